// SPDX-License-Identifier: Apache-2.0
//
// The floor of verifying a token: its digest and the signature on a ready OpenSSL context, and
// nothing else. Beside it the pattern that most programs follow, which makes its contexts anew for
// each token.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_SIGNATURE_FLOOR_H_
#define DOORWARD_BENCHMARKS_SUPPORT_SIGNATURE_FLOOR_H_

#include <memory>
#include <string>
#include <string_view>

#include "benchmarks/support/access_token.h"

namespace doorward::benchmarks {

// Verifies the signature of one token. REQUIRES: RS256, PS256, ES256, ES384, EdDSA (Ed25519) or
// HS256.
class SignatureCheck {
 public:
  virtual ~SignatureCheck() = default;
  // Verifies the token's signature as one of `input`.
  virtual bool Verify(std::string_view input) = 0;
};

// The ways to compute an HMAC with a key that is known beforehand.
enum class HmacPattern {
  kStructCopy,   // SHA256_CTX after the key's blocks, copied: fastest, and deprecated in OpenSSL 3
  kContextCopy,  // EVP_MD_CTX after the key's blocks, copied with EVP_MD_CTX_copy_ex
  kMacReinitialise  // EVP_MAC_init without a key on a ready context
};

// The fastest documented pattern, on contexts that are ready.
std::unique_ptr<SignatureCheck> MakeFloor(const AccessToken& token);
std::unique_ptr<SignatureCheck> MakeHmac(const AccessToken& token, HmacPattern pattern);
// The pattern of a first reading of the manual: all but the key is made for each token.
std::unique_ptr<SignatureCheck> MakeNaive(const AccessToken& token);

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_SIGNATURE_FLOOR_H_
