// SPDX-License-Identifier: Apache-2.0
//
// The key of a JWK as OpenSSL has it, for what is measured beside the library.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_PUBLIC_KEY_H_
#define DOORWARD_BENCHMARKS_SUPPORT_PUBLIC_KEY_H_

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace doorward::benchmarks {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using PublicKey = std::unique_ptr<EVP_PKEY, FreeKey>;

// REQUIRES: a JWK as SigningKey writes it, of type RSA, EC or OKP (Ed25519). Throws where OpenSSL
// fails, as all of these do.
PublicKey PublicKeyOf(std::string_view jwk);
// The same in PEM.
std::string PemOf(std::string_view jwk);
// The octets of an `oct` key.
std::string SecretOf(std::string_view jwk);

// Decodes base64url. Throws where it is none.
std::string Decoded(std::string_view text);

// Throws where a step of the preparations failed.
void Need(bool done);

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_PUBLIC_KEY_H_
