// SPDX-License-Identifier: Apache-2.0
//
// A profile is nothing but members that need not be written: an entry that spells them out answers
// every token in the same way. Where a profile does more than members can say, the row says so by
// leaving such tokens out.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/authorizer/provider.h"

namespace doorward {
namespace {

struct Twin {
  std::string_view name;
  std::string_view by_profile;
  std::string_view by_hand;
  Algorithm algorithm;
  std::string_view always;  // claims that each token of the mix has
};

const Twin kTwins[] = {
    {"okta", "profile: okta, issuer: https://o.example/oauth2/d, audiences: a",
     "issuer: https://o.example/oauth2/d, audiences: a, keys: {discovery: true}, algorithms: "
     "RS256, "
     "roles_from: groups, scopes_from: scp",
     Algorithm::kRS256, R"("cid":"c")"},
    {"entra", "profile: entra, audiences: a, tenants: 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
     "issuer: ['https://login.microsoftonline.com/{tenantid}/v2.0', "
     "'https://sts.windows.net/{tenantid}/'], audiences: a, keys: {jwks_uri: "
     "https://login.microsoftonline.com/common/discovery/v2.0/keys}, algorithms: RS256, tenants: "
     "3f2504e0-4f89-11d3-9a0c-0305e82c3301, subject: oid, roles_from: [roles, groups], "
     "scopes_from: scp",
     Algorithm::kRS256, R"("azp":"c")"},
    {"google", "profile: google, audiences: a",
     "issuer: [https://accounts.google.com, accounts.google.com], audiences: a, keys: {jwks_uri: "
     "https://www.googleapis.com/oauth2/v3/certs}, algorithms: RS256, roles_from: [], scopes_from: "
     "[], require: {email_verified: true}",
     Algorithm::kRS256, R"("email":"e")"},
    {"google-iap", "profile: google-iap, audiences: a",
     "issuer: https://cloud.google.com/iap, audiences: a, keys: {jwks_uri: "
     "https://www.gstatic.com/iap/verify/public_key-jwk}, algorithms: ES256, roles_from: [], "
     "scopes_from: [], leeway: 30s, max_age: 10m",
     Algorithm::kES256, R"("x":1)"},
    {"keycloak", "profile: keycloak, issuer: https://k.example/realms/r, audiences: [a, x/y]",
     "issuer: https://k.example/realms/r, audiences: [a, x/y], keys: {discovery: true}, "
     "roles_from: [/realm_access/roles, /resource_access/a/roles, /resource_access/x~1y/roles], "
     "scopes_from: scope, require: {typ: Bearer}",
     Algorithm::kRS256, R"("resource_access":{"a":{"roles":["viewer"]}})"},
    {"auth0", "profile: auth0, issuer: https://t.auth0.com/, audiences: a",
     "issuer: https://t.auth0.com/, audiences: a, keys: {discovery: true}, roles_from: "
     "permissions, scopes_from: scope",
     Algorithm::kRS256, R"("azp":"c")"},
    {"cognito", "profile: cognito, issuer: https://cognito-idp.x.amazonaws.com/p, audiences: a",
     "issuer: https://cognito-idp.x.amazonaws.com/p, audiences: any, keys: {discovery: true}, "
     "algorithms: RS256, roles_from: 'cognito:groups', scopes_from: scope, require: {token_use: "
     "access, client_id: a}",
     Algorithm::kRS256, R"("client_id":"a")"},
};

// Members of which a token has some.
constexpr std::string_view kIssuers[] = {
    "https://o.example/oauth2/d",
    "https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0",
    "https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/",
    "https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3302/",
    "https://accounts.google.com",
    "accounts.google.com",
    "https://cloud.google.com/iap",
    "https://k.example/realms/r",
    "https://t.auth0.com/",
    "https://t.auth0.com",
    "https://cognito-idp.x.amazonaws.com/p"};

constexpr std::string_view kMembers[] = {
    R"("aud":["a","z"])",
    R"("sub":"s","oid":"o")",
    R"("tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301")",
    R"("roles":["viewer"],"permissions":["viewer"],"cognito:groups":["viewer"])",
    R"("groups":["viewer","g-ops"])",
    R"("realm_access":{"roles":["viewer"]})",
    R"("scope":"read","scp":["read"])",
    R"("typ":"Bearer","token_use":"access","email_verified":true)",
    R"("hasgroups":true)",
};

// One answer for each path, of each token of the mix.
std::string Answers(const Twin& twin, std::string_view entry) {
  Provider provider(entry, twin.algorithm);
  std::string out;
  for (const std::string_view issuer : kIssuers) {
    // Not every subset: signing takes time.
    for (uint32_t mask = 0; mask < 1u << std::size(kMembers); mask += 37) {
      std::string claims = R"("iss":")" + std::string(issuer) + "\"," + std::string(twin.always);
      const uint32_t members = ~mask;
      for (size_t i = 0; i < std::size(kMembers); ++i) {
        if ((members >> i & 1u) != 0) claims += "," + std::string(kMembers[i]);
      }
      const std::string token = provider.Token(claims);
      for (const std::string_view path : {"/any", "/role", "/grant", "/scope"}) {
        const Decision decision = provider.Ask(path, token);
        out += claims + " " + std::string(path) + " " + std::string(ReasonName(decision.reason())) +
               " " + std::string(decision.subject()) + "\n";
      }
    }
  }
  return out;
}

TEST(Profiles, SayWhatMembersCouldSay) {
  for (const Twin& twin : kTwins) {
    SCOPED_TRACE(twin.name);
    const std::string by_profile = Answers(twin, twin.by_profile);
    EXPECT_EQ(by_profile, Answers(twin, twin.by_hand));
    EXPECT_NE(by_profile.find("/any allowed"), std::string::npos);
  }
}

}  // namespace
}  // namespace doorward
