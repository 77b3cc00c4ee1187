// SPDX-License-Identifier: Apache-2.0
//
// An issuer of tokens for the authorizer's tests, with a policy that trusts it.

#ifndef DOORWARD_TESTS_UNIT_AUTHORIZER_ISSUER_H_
#define DOORWARD_TESTS_UNIT_AUTHORIZER_ISSUER_H_

#include <string>
#include <string_view>

#include "doorward/timestamp.h"

#include "tools/signing/signing.h"

namespace doorward {

inline constexpr Timestamp kNow = Timestamp::FromUnixSeconds(1'750'000'000);

inline constexpr std::string_view kLogin = "https://login.example/";

// Trusts kLogin, with keys handed in; roles viewer and editor by the claim `roles`.
inline constexpr std::string_view kOrdersPolicy = R"(
doorward: 1
issuers:
  - issuer: [https://login.example/, login.example]
    audiences: orders
    keys: {discovery: true}
    leeway: 0s
roles: {viewer: {}, editor: {inherits: [viewer]}}
rules:
  - {id: read, allow: [viewer], endpoints: ["GET /orders/**"]}
  - {id: write, allow: [editor], endpoints: ["POST /orders"]}
  - {id: hook, allow: [everyone], endpoints: ["POST /hook"], token: ignore}
  - {id: open, allow: [everyone], endpoints: ["GET /open"]}
forward: {headers: {X-User-ID: subject}}
)";

class Issuer {
 public:
  explicit Issuer(std::string_view kid = "k1")
      : key_(SigningKey::Generate(Algorithm::kES256, kid).value()) {}

  std::string Jwks() const { return "{\"keys\":[" + key_.PublicJwk() + "]}"; }

  // A token of kLogin for `orders`, valid at kNow; `more` are further members, each with a comma
  // before it.
  std::string Token(std::string_view more = R"(,"roles":["viewer"])") const {
    return Sign(
        R"({"iss":"https://login.example/","aud":"orders","sub":"ann","iat":1749999900,"exp":1750003600)" +
        std::string(more) + "}");
  }
  std::string Sign(std::string_view claims) const { return key_.SignJws("{}", claims).value(); }

 private:
  SigningKey key_;
};

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_AUTHORIZER_ISSUER_H_
