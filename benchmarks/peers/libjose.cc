// SPDX-License-Identifier: Apache-2.0
//
// libjose 11 (José): takes a JWK as parsed JSON and makes OpenSSL's key of it for each token; it
// verifies signatures and leaves claims to its user.

#include <ctime>
#include <vector>

#include <jansson.h>

extern "C" {  // the headers do not say so
#include <jose/b64.h>
#include <jose/jws.h>
}

#include "benchmarks/peers/peer.h"

namespace doorward::benchmarks {
namespace {

struct Free {
  void operator()(json_t* json) const { json_decref(json); }
};
using Json = std::unique_ptr<json_t, Free>;

class Libjose : public Peer {
 public:
  explicit Libjose(const AccessToken& token)
      : algorithm_(AlgorithmName(token.algorithm)),
        key_(json_loadb(token.jwk.data(), token.jwk.size(), 0, nullptr)) {}

  size_t Verify(const std::string& text) override {
    const size_t first = text.find('.');
    const size_t second = text.find('.', first + 1);
    const Json jws(json_pack("{s:s%,s:s%,s:s%}", "protected", text.data(), first, "payload",
                             text.data() + first + 1, second - first - 1, "signature",
                             text.data() + second + 1, text.size() - second - 1));
    const Json header(jose_jws_hdr(jws.get()));
    const char* const algorithm = json_string_value(json_object_get(header.get(), "alg"));
    if (algorithm == nullptr || algorithm != algorithm_ ||
        !jose_jws_ver(nullptr, jws.get(), nullptr, key_.get(), false)) {
      return 0;
    }
    const Json claims(jose_b64_dec_load(json_object_get(jws.get(), "payload")));
    return IsAccepted(claims.get()) ? OctetsRead(claims.get()) : 0;
  }

 private:
  static bool IsAccepted(json_t* claims) {
    const char* const issuer = json_string_value(json_object_get(claims, "iss"));
    if (issuer == nullptr || issuer != kIssuer) return false;
    const json_int_t now = std::time(nullptr);
    const auto date = [&](const char* name) {
      return json_integer_value(json_object_get(claims, name));
    };
    if (now >= date("exp") || date("nbf") > now || date("iat") > now) return false;
    size_t i = 0;
    json_t* audience = nullptr;
    json_array_foreach(json_object_get(claims, "aud"), i, audience) {
      if (json_string_value(audience) == kAudience) return true;
    }
    return false;
  }

  static size_t OctetsRead(json_t* claims) {
    size_t octets = json_string_length(json_object_get(claims, "sub"));
    size_t i = 0;
    json_t* group = nullptr;
    json_array_foreach(json_object_get(claims, "groups"), i, group) {
      octets += json_string_length(group);
    }
    return octets;
  }

  std::string_view algorithm_;
  Json key_;
};

}  // namespace

std::unique_ptr<Peer> MakeLibjose(const AccessToken& token) {
  if (token.algorithm == Algorithm::kEdDSA) return nullptr;
  return std::make_unique<Libjose>(token);
}

}  // namespace doorward::benchmarks
