// SPDX-License-Identifier: Apache-2.0
//
// libjwt 1.10: reads the PEM of the key for each token, and gives lists as JSON text.

#include <ctime>

#include <jansson.h>
#include <jwt.h>

#include "benchmarks/peers/peer.h"
#include "benchmarks/support/public_key.h"

namespace doorward::benchmarks {
namespace {

struct Free {
  void operator()(jwt_t* token) const { jwt_free(token); }
  void operator()(json_t* json) const { json_decref(json); }
};

class Libjwt : public Peer {
 public:
  Libjwt(jwt_alg_t algorithm, std::string key) : algorithm_(algorithm), key_(std::move(key)) {}

  size_t Verify(const std::string& text) override {
    jwt_t* raw = nullptr;
    const auto* const key = reinterpret_cast<const unsigned char*>(key_.data());
    if (jwt_decode(&raw, text.c_str(), key, static_cast<int>(key_.size())) != 0) return 0;
    const std::unique_ptr<jwt_t, Free> token(raw);
    const char* const issuer = jwt_get_grant(raw, "iss");
    const char* const subject = jwt_get_grant(raw, "sub");
    if (jwt_get_alg(raw) != algorithm_ || issuer == nullptr || issuer != kIssuer ||
        subject == nullptr || !IsInTime(raw) || !IsMeantForUs(raw)) {
      return 0;
    }
    const auto groups = List(raw, "groups");
    size_t octets = std::string_view(subject).size();
    size_t i = 0;
    json_t* group = nullptr;
    json_array_foreach(groups.get(), i, group) octets += json_string_length(group);
    return octets;
  }

 private:
  static std::unique_ptr<json_t, Free> List(jwt_t* token, const char* name) {
    char* const text = jwt_get_grants_json(token, name);
    std::unique_ptr<json_t, Free> list(text == nullptr ? nullptr : json_loads(text, 0, nullptr));
    std::free(text);
    return list;
  }

  static bool IsInTime(jwt_t* token) {
    const long now = static_cast<long>(std::time(nullptr));
    return now < jwt_get_grant_int(token, "exp") && jwt_get_grant_int(token, "nbf") <= now &&
           jwt_get_grant_int(token, "iat") <= now;
  }

  static bool IsMeantForUs(jwt_t* token) {
    const auto list = List(token, "aud");
    size_t i = 0;
    json_t* audience = nullptr;
    json_array_foreach(list.get(), i, audience) {
      if (json_string_value(audience) == kAudience) return true;
    }
    return false;
  }

  jwt_alg_t algorithm_;
  std::string key_;
};

}  // namespace

std::unique_ptr<Peer> MakeLibjwt(const AccessToken& token) {
  switch (token.algorithm) {
    case Algorithm::kHS256:
      return std::make_unique<Libjwt>(JWT_ALG_HS256, SecretOf(token.jwk));
    case Algorithm::kRS256:
      return std::make_unique<Libjwt>(JWT_ALG_RS256, PemOf(token.jwk));
    case Algorithm::kES256:
      return std::make_unique<Libjwt>(JWT_ALG_ES256, PemOf(token.jwk));
    case Algorithm::kES384:
      return std::make_unique<Libjwt>(JWT_ALG_ES384, PemOf(token.jwk));
    default:
      return nullptr;
  }
}

}  // namespace doorward::benchmarks
