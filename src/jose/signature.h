// SPDX-License-Identifier: Apache-2.0
//
// Verifies signatures with OpenSSL contexts that are made once for a key and an algorithm and then
// reused, after refusals too: the cost is that of the mathematics alone.

#ifndef DOORWARD_JOSE_SIGNATURE_H_
#define DOORWARD_JOSE_SIGNATURE_H_

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include "src/jose/algorithm.h"
#include "src/jose/key.h"

namespace doorward {

class SignatureVerifier {
 public:
  // True where `signature` is one of `input` under `key`. REQUIRES: the key's algorithms hold
  // `algorithm`. A failure of OpenSSL, such as lack of memory, is false too.
  bool Verify(const std::shared_ptr<const Key>& key, Algorithm algorithm, std::string_view input,
              std::string_view signature) noexcept;

 private:
  // INVARIANT: a context holds its key. A key of another set can therefore never stand at the
  // address that a context is found by.
  struct Context {
    std::shared_ptr<const Key> key;
    Algorithm algorithm{};
    EvpPkeyCtxPtr pkey;  // RSA and ECDSA: verifies a digest
    EvpMdCtxPtr eddsa;   // EdDSA: verifies the whole input
    EvpMdCtxPtr inner;   // HMAC: the hash once it has read the key's inner block,
    EvpMdCtxPtr outer;   // and the outer
  };

  // A set-associative cache: as many keys as a handful of issuers have, found by one look.
  static constexpr size_t kSets = 16;
  static constexpr size_t kWays = 4;

  Context* FindContext(const std::shared_ptr<const Key>& key, Algorithm algorithm);
  bool Prepare(Context& context);
  bool PrepareDigestVerification(Context& context, const AlgorithmInfo& info);
  bool PrepareEddsa(Context& context);
  bool PrepareMac(Context& context, const AlgorithmInfo& info);
  EVP_MD* FindDigest(Hash hash);
  EVP_MD_CTX* FindHashing();

  bool VerifyDigest(Context& context, const AlgorithmInfo& info, std::string_view input,
                    std::string_view signature);
  bool VerifyEddsa(Context& context, std::string_view input, std::string_view signature);
  bool VerifyWithTables(const Ed25519Tables& tables, const Key& key, std::string_view input,
                        std::string_view signature);
  bool VerifyMac(Context& context, const AlgorithmInfo& info, std::string_view input,
                 std::string_view signature);

  std::array<Context, kSets * kWays> contexts_;
  size_t next_victim_ = 0;
  std::array<EvpMdPtr, kHashCount> digests_;
  EvpMdCtxPtr hashing_;
};

}  // namespace doorward

#endif  // DOORWARD_JOSE_SIGNATURE_H_
