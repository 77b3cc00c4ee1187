// SPDX-License-Identifier: Apache-2.0
//
// A key that is ready to verify with, and how one is made from the members of a JWK.

#ifndef DOORWARD_JOSE_KEY_H_
#define DOORWARD_JOSE_KEY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/claims.h"
#include "doorward/key_set.h"

#include "src/jose/openssl.h"
#include "src/jose/prepared_key.h"

namespace doorward {

// Octets that are wiped when they are let go.
struct SecretBytes {
  SecretBytes() = default;
  ~SecretBytes() { OPENSSL_cleanse(octets.data(), octets.size()); }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  std::vector<uint8_t> octets;
};

// Thread-safety: immutable but for what is prepared; contexts for it live in each Scratch.
struct Key {
  EvpPkeyPtr pkey;                     // of a public key
  SecretBytes secret;                  // of an `oct` key
  size_t signature_size = 0;           // of a public key's signatures; an HMAC has its hash's
  std::vector<uint8_t> public_octets;  // EC: the uncompressed point; OKP: the encoded one
  mutable PreparedKey prepared;
};

// Why a JWK is set aside.
struct KeyRefusal {
  std::string_view code;    // of the diagnostic
  std::string_view member;  // at fault, where there is one
  std::string message;      // goes on from "... is set aside: "
  std::string expected;
};

// A key and what its type lets it be used for, before `alg` narrows that; a null key was refused.
struct BuiltKey {
  std::shared_ptr<const Key> key = nullptr;
  AlgorithmSet algorithms = {};
};

// RFC 7518 sections 6.2 to 6.4, RFC 8037 section 2. Only public members are read, and `k`.
BuiltKey BuildRsaKey(JsonView jwk, KeyRefusal& refusal);
BuiltKey BuildEcKey(JsonView jwk, KeyRefusal& refusal);
BuiltKey BuildOkpKey(JsonView jwk, KeyRefusal& refusal);
BuiltKey BuildOctKey(JsonView jwk, KeyRefusal& refusal);

// Makes a public key of OpenSSL's type `type` from its parameters; null where OpenSSL refuses them.
EvpPkeyPtr MakePublicKey(const char* type, OSSL_PARAM_BLD* parameters);

// Decodes the base64url member `name`, which must be there.
bool DecodeMember(JsonView jwk, std::string_view name, std::vector<uint8_t>& out,
                  KeyRefusal& refusal);

}  // namespace doorward

#endif  // DOORWARD_JOSE_KEY_H_
