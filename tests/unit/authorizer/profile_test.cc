// SPDX-License-Identifier: Apache-2.0
//
// Tokens of the shape that each provider documents, under its profile: what they give, and which
// are refused.

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "tests/unit/authorizer/provider.h"

namespace doorward {
namespace {

constexpr Reason kYes = Reason::kAllowed;
constexpr Reason kNo = Reason::kDefaultDeny;
constexpr Reason kDoubt = Reason::kRolesIncomplete;
constexpr Reason kNoScope = Reason::kInsufficientScope;

// --- Okta ---

const ProviderCase kOkta[] = {
    {"a user's access token",
     R"("ver":1,"jti":"AT.1","iss":"https://dev.okta.com/oauth2/default","aud":"api://default","sub":"ann@example.com","cid":"0oa1","uid":"00u1","scp":["openid","read"],"groups":["viewer"])",
     kYes, kYes, kNo, kYes, "ann@example.com"},
    {"groups by grant",
     R"("ver":1,"iss":"https://dev.okta.com/oauth2/default","aud":"api://default","sub":"ann","cid":"0oa1","scp":["openid"],"groups":["g-ops"])",
     kYes, kNo, kYes, kNoScope, "ann"},
    {"a service's, without uid",
     R"("ver":1,"iss":"https://dev.okta.com/oauth2/default","aud":["api://default"],"sub":"0oa1","cid":"0oa1","scp":["read"])",
     kYes, kNo, kNo, kYes, "0oa1"},
    {"scp as another provider has it",
     R"("iss":"https://dev.okta.com/oauth2/default","aud":"api://default","sub":"ann","cid":"0oa1","scp":"other read")",
     kYes, kNo, kNo, kYes, "ann"},
    {"an ID token, for the API too",
     R"("ver":1,"jti":"ID.1","iss":"https://dev.okta.com/oauth2/default","aud":["0oa1","api://default"],"sub":"00u1","amr":["pwd"],"idp":"00o1","at_hash":"x","groups":["viewer"])",
     Reason::kTokenClaimMissing,
     {},
     {},
     {},
     "",
     "expected a claim `cid` or `scp`"},
    {"an ID token",
     R"("ver":1,"iss":"https://dev.okta.com/oauth2/default","aud":"0oa1","sub":"00u1","amr":["pwd"])",
     Reason::kTokenAudience,
     {},
     {},
     {},
     "",
     "`aud`: expected `api://default`, found `0oa1`"},
    {"of the org authorization server",
     R"("ver":1,"iss":"https://dev.okta.com","aud":"https://dev.okta.com","sub":"ann","cid":"0oa1","scp":["read"])",
     Reason::kTokenIssuerUnknown,
     {},
     {},
     {},
     "",
     "tokens of Okta's org authorization server can be checked by Okta alone"},
    {"with a slash at the end",
     R"("iss":"https://dev.okta.com/oauth2/default/","aud":"api://default","sub":"ann","cid":"0oa1")",
     Reason::kTokenIssuerUnknown,
     {},
     {},
     {},
     "",
     "only a slash at the end sets it apart from `"},
    {"of another authorization server",
     R"("iss":"https://dev.okta.com/oauth2/other","aud":"api://default","sub":"ann","cid":"0oa1")",
     Reason::kTokenIssuerUnknown},
};

TEST(Profiles, Okta) {
  Provider provider(
      "profile: okta, issuer: https://dev.okta.com/oauth2/default, audiences: [\"api://default\"]");
  ExpectCases(provider, kOkta);
}

// --- Entra ID ---

constexpr std::string_view kEntraEntry =
    "profile: entra, audiences: [6e74172b, \"api://6e74172b\"], tenants: "
    "[3f2504e0-4f89-11d3-9a0c-0305e82c3301]";

const ProviderCase kEntra[] = {
    {"v2, of a user",
     R"("ver":"2.0","iss":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0","aud":"6e74172b","azp":"c1","azpacr":"1","oid":"o-1","sub":"pairwise","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"openid read","roles":["viewer"],"uti":"u")",
     kYes, kYes, kNo, kYes, "o-1"},
    {"v1, of a user, with groups",
     R"("ver":"1.0","iss":"https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/","aud":"api://6e74172b","appid":"c1","appidacr":"0","oid":"o-1","sub":"pairwise","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"user_impersonation","groups":["g-ops"])",
     kYes, kNo, kYes, kNoScope, "o-1"},
    {"v2, of an application",
     R"("ver":"2.0","iss":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0","aud":"6e74172b","azp":"c1","oid":"sp","sub":"sp","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","roles":["viewer"])",
     kYes, kYes, kNo, kNoScope, "sp"},
    {"too many groups",
     R"("ver":"2.0","iss":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0","aud":"6e74172b","azp":"c1","oid":"o-1","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"read","_claim_names":{"groups":"src1"},"_claim_sources":{"src1":{"endpoint":"https://graph.windows.net/x"}})",
     kYes, kDoubt, kDoubt, kYes, "o-1"},
    {"too many groups, in the implicit flow",
     R"("ver":"2.0","iss":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0","aud":"6e74172b","azp":"c1","oid":"o-1","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","roles":["viewer"],"hasgroups":true)",
     kYes, kYes, kDoubt, kNoScope, "o-1"},
    {"an ID token of the API's own application",
     R"("ver":"2.0","iss":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0","aud":"6e74172b","oid":"o-1","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","nonce":"n","roles":["viewer"],"preferred_username":"ann@example.com")",
     Reason::kTokenClaimMissing,
     {},
     {},
     {},
     "",
     "expected a claim `scp` or `azp` or `appid`"},
    {"another tenant",
     R"("ver":"2.0","iss":"https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0","aud":"6e74172b","azp":"c1","oid":"o-1","tid":"11111111-1111-1111-1111-111111111111","scp":"read")",
     Reason::kTokenTenant,
     {},
     {},
     {},
     "",
     "`tid`: expected `3f2504e0-4f89-11d3-9a0c-0305e82c3301`"},
    {"another tenant's issuer with our tid",
     R"("iss":"https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0","aud":"6e74172b","azp":"c1","oid":"o-1","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"read")",
     Reason::kTokenTenant},
    {"no tid",
     R"("iss":"https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/","aud":"6e74172b","appid":"c1","oid":"o-1","scp":"read")",
     Reason::kTokenTenant,
     {},
     {},
     {},
     "",
     "found none"},
    {"v1 without its slash",
     R"("iss":"https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301","aud":"6e74172b","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"read")",
     Reason::kTokenIssuerUnknown},
    {"v2 with a slash",
     R"("iss":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0/","aud":"6e74172b","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"read")",
     Reason::kTokenIssuerUnknown},
    {"the template itself",
     R"("iss":"https://login.microsoftonline.com/{tenantid}/v2.0","aud":"6e74172b","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"read")",
     Reason::kTokenIssuerUnknown},
    {"a token for Microsoft Graph",
     R"("iss":"https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/","aud":"00000003-0000-0000-c000-000000000000","appid":"c1","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","scp":"User.Read")",
     Reason::kTokenAudience},
};

TEST(Profiles, Entra) {
  Provider provider(kEntraEntry);
  ExpectCases(provider, kEntra);
}

// --- Google ---

const ProviderCase kGoogle[] = {
    {"a user",
     R"("iss":"https://accounts.google.com","aud":"https://api.run.app","sub":"117","azp":"c","email":"ann@example.com","email_verified":true,"hd":"example.com","groups":["g-ops"])",
     kYes, kNo, kYes, kNoScope, "117"},
    {"the other spelling",
     R"("iss":"accounts.google.com","aud":"https://api.run.app","sub":"117","hd":"example.com")",
     kYes, kNo, kNo, kNoScope, "117"},
    {"roles are none of Google's",
     R"("iss":"accounts.google.com","aud":"https://api.run.app","sub":"117","hd":"example.com","roles":["viewer"],"scope":"read")",
     kYes, kNo, kNo, kNoScope, "117"},
    {"an address that nobody verified",
     R"("iss":"accounts.google.com","aud":"https://api.run.app","sub":"117","hd":"example.com","email":"ann@example.com","email_verified":false)",
     Reason::kTokenClaimValue,
     {},
     {},
     {},
     "",
     "`email_verified`: expected `true`, found `false`"},
    {"an address without a word on it",
     R"("iss":"accounts.google.com","aud":"https://api.run.app","sub":"117","hd":"example.com","email":"ann@example.com")",
     Reason::kTokenClaimMissing,
     {},
     {},
     {},
     "",
     "`email_verified`: expected `true`, found none"},
    {"another organisation",
     R"("iss":"https://accounts.google.com","aud":"https://api.run.app","sub":"117","hd":"example.net")",
     Reason::kTokenClaimValue},
    {"no organisation",
     R"("iss":"https://accounts.google.com","aud":"https://api.run.app","sub":"117")",
     Reason::kTokenClaimMissing},
    {"another service",
     R"("iss":"https://accounts.google.com","aud":"https://other.run.app","sub":"117","hd":"example.com")",
     Reason::kTokenAudience},
    {"a slash",
     R"("iss":"https://accounts.google.com/","aud":"https://api.run.app","sub":"117","hd":"example.com")",
     Reason::kTokenIssuerUnknown},
};

TEST(Profiles, Google) {
  Provider provider("profile: google, audiences: https://api.run.app, require: {hd: example.com}");
  ExpectCases(provider, kGoogle);
}

TEST(Profiles, ATokenWhoseSignatureCloudRunRemovedIsRefusedForThat) {
  Provider provider("profile: google, audiences: https://api.run.app");
  std::string token = provider.Token(
      R"("iss":"https://accounts.google.com","aud":"https://api.run.app","sub":"117")");
  token.replace(token.rfind('.') + 1, std::string::npos, "SIGNATURE_REMOVED_BY_GOOGLE");
  EXPECT_EQ(provider.Ask("/any", token).reason(), Reason::kTokenSignatureRemoved);
}

// --- Google IAP ---

constexpr std::string_view kIapEntry =
    "profile: google-iap, audiences: /projects/1/global/backendServices/2";

const ProviderCase kIap[] = {
    {"a user",
     R"("iss":"https://cloud.google.com/iap","aud":"/projects/1/global/backendServices/2","sub":"accounts.google.com:117","email":"ann@example.com","hd":"example.com","google":{"access_levels":["a"]})",
     kYes, kNo, kNo, kNoScope, "accounts.google.com:117"},
    {"an application of someone else",
     R"("iss":"https://cloud.google.com/iap","aud":"/projects/9/global/backendServices/9","sub":"accounts.google.com:117")",
     Reason::kTokenAudience},
    {"an ID token of Google",
     R"("iss":"https://accounts.google.com","aud":"/projects/1/global/backendServices/2","sub":"117")",
     Reason::kTokenIssuerUnknown},
};

TEST(Profiles, GoogleIap) {
  Provider provider(kIapEntry, Algorithm::kES256);
  ExpectCases(provider, kIap);
}

TEST(Profiles, GoogleIapIsHeldToTenMinutes) {
  Provider provider(kIapEntry, Algorithm::kES256);
  const std::string token = provider.Token(
      R"("iss":"https://cloud.google.com/iap","aud":"/projects/1/global/backendServices/2","sub":"s")");
  const auto at = [&](int64_t age) {
    return provider.Ask("/any", token, Timestamp::FromUnixSeconds(1'749'999'900 + age)).reason();
  };
  EXPECT_EQ(at(629), Reason::kAllowed);
  EXPECT_EQ(at(630), Reason::kAllowed);
  EXPECT_EQ(at(631), Reason::kTokenTooOld);
  EXPECT_EQ(at(-30), Reason::kAllowed);
  EXPECT_EQ(at(-31), Reason::kTokenIssuedInFuture);
}

TEST(Profiles, AnAlgorithmThatTheProviderDoesNotUseIsRefused) {
  struct {
    std::string_view name, entry, claims;
    Algorithm other;
  } const rows[] = {
      {"iap", kIapEntry, R"("iss":"https://cloud.google.com/iap")", Algorithm::kRS256},
      {"entra", kEntraEntry,
       R"("iss":"https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/")",
       Algorithm::kES256},
      {"okta", "profile: okta, issuer: https://d.okta.com/oauth2/a, audiences: x",
       R"("iss":"https://d.okta.com/oauth2/a")", Algorithm::kES256},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Provider provider(row.entry, row.other);
    EXPECT_EQ(provider.Ask("/any", provider.Token(row.claims)).reason(), Reason::kTokenAlgorithm);
  }
}

// --- Keycloak ---

const ProviderCase kKeycloak[] = {
    {"a role of the realm",
     R"("iss":"https://id.example/realms/r","aud":["account","team/orders~1.api"],"typ":"Bearer","azp":"web","sub":"u-1","scope":"openid read","realm_access":{"roles":["offline_access","viewer"]})",
     kYes, kYes, kNo, kYes, "u-1"},
    {"a role of the client, whose id needs escapes",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Bearer","sub":"u-1","scope":"openid","realm_access":{"roles":[]},"resource_access":{"team/orders~1.api":{"roles":["viewer"]}})",
     kYes, kYes, kNo, kNoScope, "u-1"},
    {"a role of another client",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Bearer","sub":"u-1","realm_access":{"roles":["x"]},"resource_access":{"other":{"roles":["viewer"]},"team":{"orders~1":{"api":{"roles":["viewer"]}}}})",
     kYes, kNo, kNo, kNoScope, "u-1"},
    {"a lightweight token: without claims, not without roles",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Bearer","sub":"u-1","scope":"read")",
     kYes, kDoubt, kNo, kYes, "u-1"},
    {"roles of some client alone: no doubt",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Bearer","sub":"u-1","resource_access":{"account":{"roles":["x"]}})",
     kYes, kNo, kNo, kNoScope, "u-1"},
    {"no sub, as of version 25",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Bearer","realm_access":{"roles":["viewer"]})",
     kYes, kYes, kNo, kNoScope, ""},
    {"an ID token",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"ID","sub":"u-1","realm_access":{"roles":["viewer"]})",
     Reason::kTokenClaimValue,
     {},
     {},
     {},
     "",
     "`typ`: expected `Bearer`, found `ID`"},
    {"a refresh token",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Refresh","sub":"u-1")",
     Reason::kTokenClaimValue},
    {"a logout token",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Logout","sub":"u-1")",
     Reason::kTokenClaimValue},
    {"no typ",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","sub":"u-1")",
     Reason::kTokenClaimMissing,
     {},
     {},
     {},
     "",
     "`typ`: expected `Bearer`, found none"},
    {"no audience mapper",
     R"("iss":"https://id.example/realms/r","aud":"account","typ":"Bearer","sub":"u-1")",
     Reason::kTokenAudience,
     {},
     {},
     {},
     "",
     "`aud`: expected `team/orders~1.api`, found `account`"},
    {"another realm",
     R"("iss":"https://id.example/realms/master","aud":"team/orders~1.api","typ":"Bearer","sub":"u-1")",
     Reason::kTokenIssuerUnknown},
    {"bound to a certificate",
     R"("iss":"https://id.example/realms/r","aud":"team/orders~1.api","typ":"Bearer","sub":"u-1","cnf":{"x5t#S256":"x"})",
     Reason::kTokenConfirmation},
};

TEST(Profiles, Keycloak) {
  Provider provider(
      "profile: keycloak, issuer: https://id.example/realms/r, audiences: team/orders~1.api");
  ExpectCases(provider, kKeycloak);
}

// --- Auth0 ---

const ProviderCase kAuth0[] = {
    {"a user's, in Auth0's own dialect",
     R"("iss":"https://t.auth0.com/","sub":"auth0|1","aud":["https://api","https://t.auth0.com/userinfo"],"azp":"c","scope":"openid read","permissions":["viewer"])",
     kYes, kYes, kNo, kYes, "auth0|1"},
    {"a machine's, by RFC 9068",
     R"("iss":"https://t.auth0.com/","sub":"c@clients","aud":"https://api","client_id":"c","jti":"j","scope":"read")",
     kYes, kNo, kNo, kYes, "c@clients"},
    {"an ID token, for the API too",
     R"("iss":"https://t.auth0.com/","sub":"auth0|1","aud":["c","https://api"],"nonce":"n","sid":"s","email":"ann@example.com")",
     Reason::kTokenClaimMissing},
    {"an ID token", R"("iss":"https://t.auth0.com/","sub":"auth0|1","aud":"c","nonce":"n")",
     Reason::kTokenAudience},
    {"without its slash",
     R"("iss":"https://t.auth0.com","sub":"auth0|1","aud":"https://api","azp":"c")",
     Reason::kTokenIssuerUnknown,
     {},
     {},
     {},
     "",
     "only a slash at the end sets it apart from `"},
    {"another tenant",
     R"("iss":"https://u.auth0.com/","sub":"auth0|1","aud":"https://api","azp":"c")",
     Reason::kTokenIssuerUnknown},
};

TEST(Profiles, Auth0) {
  Provider provider("profile: auth0, issuer: https://t.auth0.com/, audiences: https://api");
  ExpectCases(provider, kAuth0);
  const std::string_view claims =
      R"("iss":"https://t.auth0.com/","sub":"s","aud":"https://api","azp":"c")";
  for (const std::string_view typ : {"JWT", "at+jwt", "application/at+jwt"}) {
    const std::string header = R"("typ":")" + std::string(typ) + "\"";
    EXPECT_EQ(provider.Ask("/any", provider.Token(claims, header)).reason(), kYes) << typ;
  }
}

TEST(Profiles, Auth0RolesMayStandInAClaimNamedByAUrl) {
  Provider provider(
      "profile: auth0, issuer: https://t.auth0.com/, audiences: https://api, roles_from: "
      "https://my.example/roles");
  ExpectCase(
      provider,
      {"own claim",
       R"("iss":"https://t.auth0.com/","sub":"s","aud":"https://api","azp":"c","https://my.example/roles":["viewer"],"scope":"read","permissions":["other"])",
       kYes, kYes, kNo, kYes, "s"});
}

// --- Cognito ---

const ProviderCase kCognito[] = {
    {"a user's",
     R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a","sub":"u","client_id":"c1","token_use":"access","scope":"openid read","username":"ann","version":2,"cognito:groups":["viewer"])",
     kYes, kYes, kNo, kYes, "u"},
    {"with an aud besides",
     R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a","sub":"u","client_id":"c1","aud":"https://elsewhere","token_use":"access")",
     kYes, kNo, kNo, kNoScope, "u"},
    {"an ID token",
     R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a","sub":"u","aud":"c1","token_use":"id","cognito:groups":["viewer"])",
     Reason::kTokenAudience,
     {},
     {},
     {},
     "",
     "`client_id`: expected `c1`, found none"},
    {"an ID token with a client_id",
     R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a","sub":"u","client_id":"c1","token_use":"id")",
     Reason::kTokenClaimValue,
     {},
     {},
     {},
     "",
     "`token_use`: expected `access`, found `id`"},
    {"no token_use",
     R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a","sub":"u","client_id":"c1")",
     Reason::kTokenClaimMissing},
    {"another client",
     R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a","sub":"u","client_id":"c2","aud":"c1","token_use":"access")",
     Reason::kTokenAudience,
     {},
     {},
     {},
     "",
     "`client_id`: expected `c1`, found `c2`"},
    {"another pool",
     R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_b","sub":"u","client_id":"c1","token_use":"access")",
     Reason::kTokenIssuerUnknown},
};

TEST(Profiles, Cognito) {
  Provider provider(
      "profile: cognito, issuer: https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a, "
      "audiences: c1");
  ExpectCases(provider, kCognito);
}

// --- What the entry says itself ---

struct OwnCase {
  std::string_view name, entry;
  ProviderCase want;
};

const OwnCase kOwn[] = {
    {"require of another claim keeps the profile's",
     "profile: keycloak, issuer: https://k/realms/r, audiences: a, require: {acr: 1}",
     {"", R"("iss":"https://k/realms/r","aud":"a","typ":"ID","acr":1)", Reason::kTokenClaimValue}},
    {"require of the same claim counts in its place",
     "profile: keycloak, issuer: https://k/realms/r, audiences: a, require: {typ: ID}",
     {"", R"("iss":"https://k/realms/r","aud":"a","typ":"ID","realm_access":{"roles":["viewer"]})",
      kYes, kYes}},
    {"a list of names too",
     "profile: keycloak, issuer: https://k/realms/r, audiences: a, require: [typ]",
     {"", R"("iss":"https://k/realms/r","aud":"a","typ":"DPoP","realm_access":{})", kYes}},
    {"roles_from",
     "profile: keycloak, issuer: https://k/realms/r, audiences: a, roles_from: groups",
     {"", R"("iss":"https://k/realms/r","aud":"a","typ":"Bearer","groups":["viewer"])", kYes,
      kYes}},
    {"subject and scopes_from",
     "profile: okta, issuer: https://o/oauth2/d, audiences: a, subject: uid, scopes_from: scope",
     {"", R"("iss":"https://o/oauth2/d","aud":"a","cid":"c","sub":"s","uid":"u","scope":"read")",
      kYes, kNo, kNo, kYes, "u"}},
    {"issuer",
     "profile: entra, issuer: https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/, "
     "audiences: a",
     {"",
      R"("iss":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0","aud":"a","scp":"read")",
      Reason::kTokenIssuerUnknown}},
    {"max_age",
     "profile: google-iap, audiences: a, max_age: 1m, algorithms: RS256",
     {"", R"("iss":"https://cloud.google.com/iap","aud":"a")", Reason::kTokenTooOld}},
    {"email_verified",
     "profile: google, audiences: a, require: [email_verified]",
     {"", R"("iss":"accounts.google.com","aud":"a","sub":"s","email_verified":false,"email":"x")",
      kYes, kNo, kNo, kNoScope, "s"}},
};

TEST(Profiles, WhatTheEntrySaysItselfCounts) {
  for (const OwnCase& row : kOwn) {
    SCOPED_TRACE(row.name);
    Provider provider(row.entry);
    ExpectCase(provider, row.want);
  }
}

// --- All at once ---

constexpr std::string_view kAllProfiles = R"(
doorward: 1
issuers:
  - {profile: okta, issuer: https://o.example/oauth2/d, audiences: a, roles: []}
  - {profile: entra, tenants: 3f2504e0-4f89-11d3-9a0c-0305e82c3301, audiences: a, roles: []}
  - {profile: google, audiences: a, roles: []}
  - {profile: google-iap, audiences: a, roles: [], algorithms: RS256}
  - {profile: keycloak, issuer: https://k.example/realms/r, audiences: a, roles: []}
  - {profile: auth0, issuer: https://t.auth0.com/, audiences: a, roles: []}
  - {profile: cognito, issuer: https://c.example/p, audiences: a, roles: []}
  - {profile: aws-alb, issuer: https://idp.example, audiences: a, roles: [], keys: {jwks_file: k},
     signer: "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/w/1", algorithms: RS256}
rules: [{id: any, allow: [authenticated], endpoints: [/any]}]
)";

// What each provider's issuer says of itself, and what makes a token the right kind there.
constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
    {"https://o.example/oauth2/d", R"("cid":"c")"},
    {"https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/",
     R"("appid":"c","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301")"},
    {"accounts.google.com", R"("hd":"example.com")"},
    {"https://cloud.google.com/iap", R"("hd":"example.com")"},
    {"https://k.example/realms/r", R"("typ":"Bearer")"},
    {"https://t.auth0.com/", R"("azp":"c")"},
    {"https://c.example/p", R"("client_id":"a","token_use":"access")"},
};

// Which of the kinds an issuer takes, one character for each.
std::string TakenKinds(const Authorizer& authorizer, std::string_view issuer) {
  std::string taken;
  Scratch scratch;
  for (const auto& kind : kKinds) {
    const std::string token =
        *ProviderKey(Algorithm::kRS256)
             .SignJws("{}", R"({"aud":"a","iss":")" + std::string(issuer) + "\"," +
                                std::string(kind.second) + "," + std::string(kTimes) + "}");
    taken += authorizer.Verify(token, kNow, scratch).verified() ? '+' : '.';
  }
  return taken;
}

TEST(Profiles, StandBesideEachOther) {
  const auto policy = LoadPolicy(kAllProfiles);
  Authorizer authorizer(policy);
  for (size_t i = 0; i < policy->issuer_count(); ++i) {
    (void)authorizer.SetKeys(policy->issuer_keys(i).issuer, ProviderJwks(Algorithm::kRS256),
                             KeyOrigin::kRemote);
  }
  const std::string_view want[] = {
      "+......",  // Okta
      ".+.....",  // Entra ID
      "+++++++",  // Google, whose tokens have no kind
      "+++++++",  // IAP, likewise
      "....+..",  // Keycloak
      ".....++",  // Auth0: its tokens may have `client_id`, as Cognito's
      "......+",  // Cognito
  };
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    EXPECT_EQ(TakenKinds(authorizer, kKinds[i].first), want[i]) << kKinds[i].first;
  }
  EXPECT_EQ(TakenKinds(authorizer, "https://idp.example"), ".......");  // not in the header
}

}  // namespace
}  // namespace doorward
