// SPDX-License-Identifier: Apache-2.0
//
// From claims to roles and scopes, in three values (docs/policy-language.md, "Roles and scopes").

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/policy.h"

namespace doorward {
namespace {

constexpr std::string_view kPolicy = R"(
doorward: 1
issuers:
  - issuer: https://one.example/
    audiences: a
    keys: {discovery: true}
    roles_from: [groups, /realm_access/roles, {claim: flat, split: spaces}]
    roles: [viewer, editor, admin, auditor]
  - issuer: https://two.example/
    audiences: a
    keys: {discovery: true}
    roles: [viewer, auditor]
roles:
  viewer:
  editor: {inherits: [viewer]}
  admin: {inherits: [editor], granted_to: [{claim: groups, values: [ops, root]}]}
  auditor: {granted_to: [{claim: /org/unit, values: audit, issuer: https://two.example/}, {claim: scope, values: see-all}]}
  outsider:
rules:
  - {id: v, allow: [viewer], endpoints: [/v]}
  - {id: no-admin, deny: [admin], endpoints: [/v/not-admin]}
  - {id: v2, allow: [everyone], endpoints: [/v/not-admin]}
  - {id: s, allow: [authenticated], scopes: [read, write], endpoints: [/s]}
)";

struct RolesCase {
  const char* name;
  std::string_view issuer, claims, roles;
};

constexpr std::string_view kOne = "https://one.example/", kTwo = "https://two.example/";

constexpr RolesCase kRoles[] = {
    {"by name, from an array", kOne, R"({"groups":["editor","nobody"]})", "viewer editor"},
    {"by name, from a string", kOne, R"({"groups":"viewer"})", "viewer"},
    {"a string is one value", kOne, R"({"groups":"viewer editor"})", ""},
    {"unless it is split", kOne, R"({"flat":" viewer  editor "})", "viewer editor"},
    {"an element is never split", kOne, R"({"flat":["viewer editor"]})", ""},
    {"by pointer", kOne, R"({"realm_access":{"roles":["editor"]}})", "viewer editor"},
    {"a pointer into nothing", kOne, R"({"realm_access":{}})", ""},
    {"by grant", kOne, R"({"groups":["ops"]})", "viewer editor admin"},
    {"granted roles are not taken by name", kOne, R"({"groups":["admin"]})", ""},
    {"a grant of another issuer", kOne, R"({"org":{"unit":"audit"}})", ""},
    {"a grant of this issuer", kTwo, R"({"org":{"unit":"audit"}})", "auditor"},
    {"scope is split by itself", kOne, R"({"scope":"x see-all"})", "auditor"},
    {"default claim", kTwo, R"({"roles":["viewer"],"groups":["viewer"]})", "viewer"},
    {"what the issuer may not confer by name", kTwo, R"({"roles":["editor"]})", ""},
    {"nor by grant", kTwo, R"({"groups":["ops"]})", ""},
    {"case counts", kOne, R"({"groups":["Editor"]})", ""},
    {"reserved names are no values", kOne, R"({"groups":["authenticated","everyone"]})", ""},
    {"an incomplete claim gives no value", kOne, R"({"groups":["editor",7]})", ""},
    {"another claim still does", kOne, R"({"groups":{"a":1},"flat":"viewer"})", "viewer"},
};

TEST(ClaimMapping, ReadsRoles) {
  const auto policy = LoadPolicy(kPolicy);
  Scratch scratch;
  for (const RolesCase& row : kRoles) {
    SCOPED_TRACE(row.name);
    std::string error;
    const auto caller = policy->CallerWithClaims(row.claims, row.issuer, &error);
    ASSERT_TRUE(caller) << error;
    std::string got;
    for (std::string_view role :
         policy->Decide(*caller, {.method = "GET", .target = "/"}, {}, scratch).roles()) {
      got.append(got.empty() ? "" : " ").append(role);
    }
    EXPECT_EQ(got, row.roles);
  }
}

TEST(ClaimMapping, AGrantMayAskForTheIssuerAlone) {
  const auto policy = LoadPolicy(R"(
doorward: 1
issuers:
  - {issuer: https://one.example/, audiences: a, keys: {discovery: true}, roles: [partner, base]}
  - {issuer: https://two.example/, audiences: a, keys: {discovery: true}, roles: [base]}
  - {issuer: https://three.example/, audiences: a, keys: {discovery: true}, roles: [base]}
roles:
  base:
  partner: {inherits: [base], granted_to: [{issuer: https://one.example/}, {issuer: https://two.example/}]}
rules: [{id: all, allow: [authenticated], endpoints: [/**]}]
)");
  Scratch scratch;
  const auto roles = [&](std::string_view issuer) {
    const auto caller = policy->CallerWithClaims("{}", issuer, nullptr);
    return policy->Decide(*caller, {.method = "GET", .target = "/"}, {}, scratch).roles();
  };
  EXPECT_THAT(roles("https://one.example/"), testing::ElementsAre("base", "partner"));
  EXPECT_THAT(roles("https://two.example/"), testing::IsEmpty());
  EXPECT_THAT(roles("https://three.example/"), testing::IsEmpty());
}

struct DoubtCase {
  const char* name;
  std::string_view claims, target;
  Reason reason;
};

constexpr DoubtCase kDoubts[] = {
    {"unknown does not allow", R"({"groups":null})", "/v", Reason::kRolesIncomplete},
    {"unknown denies", R"({"groups":7})", "/v/not-admin", Reason::kRolesIncomplete},
    {"known not to hold", R"({"groups":[]})", "/v/not-admin", Reason::kAllowed},
    {"held after all, by another claim", R"({"groups":false,"flat":"viewer"})", "/v",
     Reason::kAllowed},
    {"held for certain denies for certain", R"({"groups":["ops"]})", "/v/not-admin",
     Reason::kDeniedByRule},
    {"distributed claims", R"({"_claim_names":{"groups":"src1"}})", "/v", Reason::kRolesIncomplete},
    {"of another name", R"({"_claim_names":{"teams":"src1"}})", "/v", Reason::kDefaultDeny},
    {"by a pointer's first part", R"({"_claim_names":{"realm_access":"s"}})", "/v",
     Reason::kRolesIncomplete},
    {"even beside values", R"({"groups":["viewer"],"_claim_names":{"groups":"s"}})", "/v",
     Reason::kRolesIncomplete},
    {"hasgroups", R"({"hasgroups":true})", "/v", Reason::kRolesIncomplete},
    {"hasgroups false", R"({"hasgroups":false})", "/v", Reason::kDefaultDeny},
    {"scopes lacking", R"({"scope":"read"})", "/s", Reason::kInsufficientScope},
    {"scopes held", R"({"scope":"write x read"})", "/s", Reason::kAllowed},
    {"scopes of both claims", R"({"scope":"write","scp":["read"]})", "/s", Reason::kAllowed},
    {"scopes unknown", R"({"scope":"write","scp":7})", "/s", Reason::kRolesIncomplete},
    {"scopes held in spite of doubt", R"({"scope":"write read","scp":7})", "/s", Reason::kAllowed},
};

TEST(ClaimMapping, WhatIsUnknownDeniesAndDoesNotAllow) {
  const auto policy = LoadPolicy(kPolicy);
  Scratch scratch;
  for (const DoubtCase& row : kDoubts) {
    SCOPED_TRACE(row.name);
    std::string error;
    const auto caller = policy->CallerWithClaims(row.claims, kOne, &error);
    ASSERT_TRUE(caller) << error;
    const Decision got =
        policy->Decide(*caller, {.method = "GET", .target = row.target}, {}, scratch);
    EXPECT_EQ(ReasonName(got.reason()), ReasonName(row.reason));
  }
}

TEST(ClaimMapping, ChallengesNameTheScopesThatARuleAsksFor) {
  const auto policy = LoadPolicy(kPolicy);
  Scratch scratch;
  const auto caller = policy->CallerWithClaims(R"({"scope":"read"})", kOne, nullptr);
  const Decision got = policy->Decide(*caller, {.method = "GET", .target = "/s"}, {}, scratch);
  EXPECT_EQ(got.http_status(), 403);
  EXPECT_EQ(got.www_authenticate(),
            "Bearer error=\"insufficient_scope\", error_description=\"the token lacks a scope that "
            "the rule asks "
            "for\", scope=\"read write\"");
  EXPECT_EQ(got.Explain(), "rule `s` asks for the scopes `write`, which the token lacks");
}

struct BadClaimsCase {
  const char* name;
  std::string_view claims;
  std::optional<std::string_view> issuer;
};

constexpr BadClaimsCase kBadClaims[] = {
    {"no JSON", "{", std::nullopt},
    {"no object", "[]", std::nullopt},
    {"a member twice", R"({"a":1,"a":1})", std::nullopt},
    {"an issuer that the policy lacks", "{}", "https://one.example"},
};

TEST(ClaimMapping, RefusesClaimsThatAreNone) {
  const auto policy = LoadPolicy(kPolicy);
  for (const BadClaimsCase& row : kBadClaims) {
    SCOPED_TRACE(row.name);
    std::string error;
    EXPECT_FALSE(policy->CallerWithClaims(row.claims, row.issuer, &error));
    EXPECT_NE(error, "");
  }
  EXPECT_TRUE(policy->CallerWithClaims("{}", std::nullopt, nullptr));
  EXPECT_FALSE(LoadPolicy("doorward: 1\n")->CallerWithClaims("{}", std::nullopt, nullptr));
}

}  // namespace
}  // namespace doorward
