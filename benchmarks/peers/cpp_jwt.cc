// SPDX-License-Identifier: Apache-2.0
//
// cpp-jwt 1.4: reads the PEM of the key for each token; compares one audience with a claim that is
// one string, so that this token's list is compared here.

#include <algorithm>
#include <ctime>
#include <vector>

#include <jwt/jwt.hpp>

#include "benchmarks/peers/peer.h"
#include "benchmarks/support/public_key.h"

namespace doorward::benchmarks {
namespace {

class CppJwt : public Peer {
 public:
  CppJwt(std::string algorithm, std::string key)
      : algorithms_{std::move(algorithm)}, key_(std::move(key)) {}

  size_t Verify(const std::string& text) override {
    namespace params = jwt::params;
    std::error_code error;
    const jwt::jwt_object token =
        jwt::decode(text, params::algorithms(algorithms_), error, params::secret(key_),
                    params::verify(true), params::issuer(std::string(kIssuer)));
    if (error) return 0;
    const jwt::jwt_payload& claims = token.payload();
    const auto audiences = claims.get_claim_value<std::vector<std::string>>("aud");
    if (std::find(audiences.begin(), audiences.end(), kAudience) == audiences.end()) return 0;
    if (claims.get_claim_value<int64_t>("iat") > std::time(nullptr)) return 0;
    size_t octets = claims.get_claim_value<std::string>("sub").size();
    for (const auto& group : claims.get_claim_value<std::vector<std::string>>("groups")) {
      octets += group.size();
    }
    return octets;
  }

 private:
  std::vector<std::string> algorithms_;
  std::string key_;
};

}  // namespace

std::unique_ptr<Peer> MakeCppJwt(const AccessToken& token) {
  switch (token.algorithm) {
    case Algorithm::kHS256:
      return std::make_unique<CppJwt>("HS256", SecretOf(token.jwk));
    case Algorithm::kRS256:
    case Algorithm::kES256:
    case Algorithm::kES384:
      return std::make_unique<CppJwt>(std::string(AlgorithmName(token.algorithm)),
                                      PemOf(token.jwk));
    default:
      return nullptr;
  }
}

}  // namespace doorward::benchmarks
