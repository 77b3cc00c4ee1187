// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/access_token.h"

#include "tools/signing/signing.h"

namespace doorward::benchmarks {
namespace {

constexpr std::string_view kClaims =
    R"({"iss":"https://login.example.com/","sub":"auth0|5f7c8ec7c33c6c004bbafe82","aud":["https://api.example.com",)"
    R"("https://login.example.com/userinfo"],"azp":"my_client_id","exp":4102444800,"iat":1749999900,"nbf":1749999900,)"
    R"("jti":"8f14e45f-ceea-467f-a1d8-91d3f1d7b2c4","sid":"08a5019c-17e1-4977-8f42-65a12843ea02","scope":"openid )"
    R"(profile email orders.read orders.write","client_id":"my_client_id","email":"ann@example.com",)"
    R"("email_verified":true,"name":"Ann Example","given_name":"Ann","family_name":"Example","locale":"en-GB",)"
    R"("acr":"1","auth_time":1749999000,"tenant":"t-17","groups":["viewers","editors","team-orders","team-billing",)"
    R"("region-eu","on-call","beta-testers","staff"]})";

}  // namespace

std::string_view AccessToken::signing_input() const {
  return std::string_view(text).substr(0, text.rfind('.'));
}

std::string_view AccessToken::header() const {
  return std::string_view(text).substr(0, text.find('.'));
}

std::string_view AccessToken::payload() const {
  return signing_input().substr(header().size() + 1);
}

std::string_view AccessToken::signature() const {
  return std::string_view(text).substr(text.rfind('.') + 1);
}

AccessToken MakeAccessToken(Algorithm algorithm, std::string_view typ) {
  const SigningKey key = SigningKey::Generate(algorithm, "key-2026-01").value();
  AccessToken made{.algorithm = algorithm,
                   .text = key.SignJws(R"({"typ":")" + std::string(typ) + "\"}", kClaims).value(),
                   .tampered = {},
                   .jwk = key.PublicJwk()};
  made.tampered = made.text;
  char& octet = made.tampered[made.text.rfind('.') + 9];
  octet = octet == 'A' ? 'B' : 'A';
  return made;
}

}  // namespace doorward::benchmarks
