// SPDX-License-Identifier: Apache-2.0
//
// Explanations: what of the rules, the claims and the grants made a decision, and what would turn a
// denial into an allowance.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/policy.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kPolicy = R"(
doorward: 1
request: {cors_preflight: pass}
issuers:
  - issuer: https://i.example/
    audiences: a
    keys: {discovery: true}
    roles_from: [groups, /realm/roles]
    scopes_from: [scope]
roles:
  viewer:
  editor: {inherits: [viewer]}
  auditor:
  banned:
  admin:
    inherits: [editor]
    granted_to:
      - {claim: groups, values: [admins, chiefs], when: claims.level > 3}
      - {when: claims.email.endsWith("@ops")}
  boss: {granted_to: [{when: claims.boss}]}
rules:
  - {id: read, allow: [viewer, auditor], endpoints: ["GET /d/{x}"], scopes: [s.r]}
  - {id: own, allow: [authenticated], endpoints: ["/own/{user}"], when: claims.sub == params.user}
  - {id: write, allow: [editor], endpoints: ["PUT /d/{x}"]}
  - {id: frozen, deny: [everyone], endpoints: ["PUT /d/frozen"], unless: '"admin" in roles'}
  - {id: adm, allow: [admin, banned], endpoints: ["POST /adm"]}
  - {id: no-banned, deny: [banned], endpoints: ["POST /adm"]}
  - {id: level, allow: [authenticated], endpoints: ["/level"], when: '"boss" in roles && claims.level > 1'}
  - {id: hours, deny: [everyone], endpoints: ["/hours"], when: claims.level < 3}
  - {id: hours-open, allow: [everyone], endpoints: ["/hours"]}
  - {id: hook, allow: [everyone], endpoints: ["/hook"], token: ignore}
  - {id: sent, allow: [everyone], endpoints: ["/sent"]}
forward:
  headers: {X-Level: {value: string(claims.level), required: false}}
)";

class ExplainTest : public testing::Test {
 protected:
  // `claims`: "" for no token.
  Explanation Explain(std::string_view claims, std::string_view method, std::string_view target,
                      std::span<const Header> headers = {}) {
    std::string error;
    caller_ = claims.empty() ? policy_->AnonymousCaller()
                             : policy_->CallerWithClaims(claims, std::nullopt, &error);
    EXPECT_EQ(error, "");
    return policy_->Explain(*caller_, {.method = method, .target = target, .headers = headers}, {},
                            scratch_);
  }

  std::shared_ptr<const Policy> policy_ = LoadPolicy(kPolicy);
  std::optional<Caller> caller_;
  Scratch scratch_;
};

// --- Incomplete claims ---

struct IncompleteCase {
  const char* name;
  std::string_view claims;
  std::string_view claim;
  std::string_view why;
};

constexpr IncompleteCase kIncomplete[] = {
    {"number", R"({"groups":3})", "groups", "it is a number, not a string or a list of strings"},
    {"null", R"({"groups":null})", "groups", "it is null, not a string or a list of strings"},
    {"truth value", R"({"groups":true})", "groups",
     "it is a truth value, not a string or a list of strings"},
    {"object", R"({"groups":{}})", "groups", "it is an object, not a string or a list of strings"},
    {"element", R"({"groups":["a",["b"]]})", "groups", "its element 1 is a list, not a string"},
    {"distributed", R"({"_claim_names":{"groups":"src1"}})", "groups",
     "the token says that it leaves it out (`_claim_names`)"},
    {"has groups", R"({"hasgroups":true})", "groups",
     "the token says that it leaves it out (`hasgroups`)"},
    {"has groups, and another is distributed", R"({"hasgroups":true,"_claim_names":{"x":"s"}})",
     "groups", "the token says that it leaves it out (`hasgroups`)"},
    {"a pointer", R"({"realm":{"roles":0.5}})", "/realm/roles",
     "it is a number, not a string or a list of strings"},
};

TEST_F(ExplainTest, NamesTheClaimThatIsIncomplete) {
  for (const IncompleteCase& row : kIncomplete) {
    SCOPED_TRACE(row.name);
    const Explanation got = Explain(row.claims, "PUT", "/d/1");
    EXPECT_EQ(got.reason, Reason::kRolesIncomplete);
    ASSERT_EQ(got.incomplete_claims.size(), 1u);
    EXPECT_EQ(got.incomplete_claims[0].claim, row.claim);
    EXPECT_EQ(got.incomplete_claims[0].why, row.why);
    EXPECT_THAT(got.incomplete_claims[0].roles, testing::Contains("editor"));
    EXPECT_FALSE(got.incomplete_claims[0].could_give_scopes);
  }
}

TEST_F(ExplainTest, NamesTheClaimThatMayGiveScopes) {
  const Explanation got = Explain(R"({"groups":"viewer","scope":7})", "GET", "/d/1");
  EXPECT_EQ(got.reason, Reason::kRolesIncomplete);
  ASSERT_EQ(got.incomplete_claims.size(), 1u);
  EXPECT_EQ(got.incomplete_claims[0].claim, "scope");
  EXPECT_TRUE(got.incomplete_claims[0].could_give_scopes);
  EXPECT_THAT(got.incomplete_claims[0].roles, IsEmpty());
  EXPECT_THAT(got.rules[0].unknown_scopes, ElementsAre("s.r"));
  EXPECT_THAT(got.ToText(), HasSubstr("claims that do not tell in full:\n    scope: it is a "
                                      "number, not a string or a list of strings\n          could "
                                      "give: scopes\n"));
}

TEST_F(ExplainTest, NamesNoClaimThatMadeNoDifference) {
  EXPECT_THAT(Explain(R"({"groups":["editor"]})", "PUT", "/d/1").incomplete_claims, IsEmpty());
  EXPECT_THAT(Explain("", "PUT", "/d/1").incomplete_claims, IsEmpty());
  // All that the other claim could have given is held, or was not asked for.
  EXPECT_THAT(Explain(R"({"other":3})", "PUT", "/d/1").incomplete_claims, IsEmpty());
}

// --- Grants ---

TEST_F(ExplainTest, TellsWhatGrantsWithConditionsCameTo) {
  const Explanation got =
      Explain(R"({"groups":["chiefs"],"level":3,"email":"a@ops"})", "POST", "/adm");
  EXPECT_TRUE(got.allowed);
  ASSERT_EQ(got.grants.size(), 2u);  // the role `boss` counts for nothing here
  const GrantExplanation& by_claim = got.grants[0];
  EXPECT_EQ(by_claim.role, "admin");
  EXPECT_EQ(by_claim.outcome, GrantOutcome::kDoesNotGive);
  EXPECT_EQ(by_claim.claim, "groups");
  EXPECT_THAT(by_claim.values, ElementsAre("admins", "chiefs"));
  EXPECT_TRUE(by_claim.holds_a_value);
  EXPECT_EQ(by_claim.condition.value, "false");
  ASSERT_FALSE(by_claim.condition.operands.empty());
  EXPECT_EQ(by_claim.condition.operands[0].text, "claims.level");
  EXPECT_EQ(by_claim.condition.operands[0].value, "3");
  EXPECT_EQ(got.grants[1].outcome, GrantOutcome::kGives);
  EXPECT_EQ(got.grants[1].claim, "");
  EXPECT_FALSE(got.grants[1].holds_a_value);
}

struct GrantCase {
  const char* name;
  std::string_view claims;
  GrantOutcome by_claim, by_email;
  bool claim_incomplete;
};

constexpr GrantCase kGrants[] = {
    {"both", R"({"groups":"admins","level":4,"email":"x@ops"})", GrantOutcome::kGives,
     GrantOutcome::kGives, false},
    {"other values", R"({"groups":"x","level":4,"email":"x"})", GrantOutcome::kDoesNotGive,
     GrantOutcome::kDoesNotGive, false},
    {"a condition that fails", R"({"groups":"admins"})", GrantOutcome::kUnknown,
     GrantOutcome::kUnknown, false},
    {"a condition that does not matter", R"({"groups":"x","email":""})", GrantOutcome::kDoesNotGive,
     GrantOutcome::kDoesNotGive, false},
    {"a claim that does not tell", R"({"groups":1,"level":4,"email":""})", GrantOutcome::kUnknown,
     GrantOutcome::kDoesNotGive, true},
    {"a claim that does not matter", R"({"groups":1,"level":3,"email":""})",
     GrantOutcome::kDoesNotGive, GrantOutcome::kDoesNotGive, true},
};

TEST_F(ExplainTest, AGrantIsTheAndOfItsPartsInThreeValues) {
  for (const GrantCase& row : kGrants) {
    SCOPED_TRACE(row.name);
    const Explanation got = Explain(row.claims, "POST", "/adm");
    ASSERT_EQ(got.grants.size(), 2u);
    EXPECT_EQ(got.grants[0].outcome, row.by_claim);
    EXPECT_EQ(got.grants[1].outcome, row.by_email);
    EXPECT_EQ(got.grants[0].claim_incomplete, row.claim_incomplete);
    const bool gives = row.by_claim == GrantOutcome::kGives || row.by_email == GrantOutcome::kGives;
    EXPECT_EQ(got.allowed, gives);
  }
}

TEST_F(ExplainTest, TellsNoGrantsWhereTheyDoNotCount) {
  EXPECT_THAT(Explain(R"({"level":4})", "GET", "/own/a").grants, IsEmpty());
  EXPECT_THAT(Explain("", "POST", "/adm").grants, IsEmpty());
  // An heir of the role that is asked for gives it too.
  EXPECT_EQ(Explain(R"({"level":4})", "PUT", "/d/1").grants.size(), 2u);
}

// --- Remedies ---

struct AdviceCase {
  const char* name;
  std::string_view claims;
  std::string_view method;
  std::string_view target;
  std::vector<std::string> advice;
};

const AdviceCase kAdvice[] = {
    {"nothing, where it is allowed", R"({"groups":"editor"})", "PUT", "/d/1", {}},
    {"a role",
     R"({"groups":"viewer"})",
     "PUT",
     "/d/1",
     {"rule `write` would allow it with the role `editor`"}},
    {"one of several roles, and a scope",
     R"({"sub":"a"})",
     "GET",
     "/d/1",
     {"rule `read` would allow it with the role `viewer` or `auditor` and the scope `s.r`"}},
    {"a scope",
     R"({"groups":"auditor"})",
     "GET",
     "/d/1",
     {"rule `read` would allow it with the scope `s.r`"}},
    {"a token with a role and a scope",
     "",
     "GET",
     "/d/1",
     {"rule `read` would allow it with a token that gives the role `viewer` or `auditor` and the "
      "scope `s.r`"}},
    {"any token, and a condition",
     "",
     "GET",
     "/own/a",
     {"rule `own` would allow it with a verified token and `when` being true"}},
    {"a condition",
     R"({"sub":"b"})",
     "GET",
     "/own/a",
     {"rule `own` would allow it with `when` being true"}},
    {"only the role that nothing denies",
     R"({"email":"","groups":"x"})",
     "POST",
     "/adm",
     {"rule `adm` would allow it with the role `admin`"}},
    {"a denial with a way out",
     R"({"groups":"editor"})",
     "PUT",
     "/d/frozen",
     {"rule `frozen` denies it; not so with `unless` being true",
      "rule `write` would allow it with the role `admin`"}},
    {"a denial without",
     R"({"groups":"banned","email":"x@ops"})",
     "POST",
     "/adm",
     {"rule `no-banned` denies it; no other rule can allow what a rule denies"}},
    {"a denial by doubt",
     R"({"groups":1,"email":"x@ops"})",
     "POST",
     "/adm",
     {"rule `no-banned` denies it; not so with a token that tells in full that the caller does "
      "not hold `banned`"}},
    {"a denial for want of a token",
     "",
     "GET",
     "/hours",
     {"rule `hours` denies it; not so with `when` being false, which takes a verified token"}},
    {"nothing there",
     R"({"sub":"a"})",
     "GET",
     "/nothing",
     {"no endpoint of the policy matches this path"}},
    {"another method alone", R"({"sub":"a"})", "DELETE", "/adm", {}},
};

TEST_F(ExplainTest, AdvisesWhatWouldTurnADenialRound) {
  for (const AdviceCase& row : kAdvice) {
    SCOPED_TRACE(row.name);
    EXPECT_THAT(Explain(row.claims, row.method, row.target).advice,
                testing::ElementsAreArray(row.advice));
  }
}

TEST_F(ExplainTest, ARemedyThatWouldNotDoSaysWhy) {
  const auto policy = LoadPolicy(R"(
doorward: 1
roles: {a: {}, b: {}}
rules:
  - {id: allow-a, allow: [a], endpoints: [/x]}
  - {id: deny-a, deny: [a], endpoints: [/x]}
)");
  const std::string_view roles[] = {"b"};
  const Explanation got = policy->Explain(policy->CallerWithRoles(roles),
                                          {.method = "GET", .target = "/x"}, {}, scratch_);
  ASSERT_EQ(got.remedies.size(), 1u);
  EXPECT_FALSE(got.remedies[0].suffices);
  EXPECT_EQ(got.remedies[0].otherwise, "rule `deny-a` denies it");
  EXPECT_THAT(got.advice, ElementsAre("rule `allow-a` would allow it with the role `a`, but then: "
                                      "rule `deny-a` denies it"));
}

TEST_F(ExplainTest, ConditionsAreJudgedWithTheRoleThatIsLacking) {
  const auto policy = LoadPolicy(R"(
doorward: 1
roles: {a: {}}
rules: [{id: r, allow: [a], endpoints: [/x], when: '"a" in roles'}]
)");
  const Explanation got =
      policy->Explain(policy->AnonymousCaller(), {.method = "GET", .target = "/x"}, {}, scratch_);
  ASSERT_EQ(got.remedies.size(), 1u);
  EXPECT_EQ(got.rules[0].conditions[0].value, "false");
  EXPECT_THAT(got.remedies[0].conditions, IsEmpty());
  EXPECT_TRUE(got.remedies[0].suffices);
  EXPECT_TRUE(got.remedies[0].token);
}

// Whatever roles a caller has and whatever it asks for: with what a remedy names it passes.
TEST_F(ExplainTest, WhatIsSaidToSufficeSuffices) {
  constexpr std::string_view kNames[] = {"viewer", "editor", "auditor", "banned"};
  constexpr std::pair<std::string_view, std::string_view> kRequests[] = {
      {"GET", "/d/1"},     {"PUT", "/d/1"},   {"PUT", "/d/frozen"}, {"POST", "/adm"},
      {"GET", "/own/ann"}, {"GET", "/level"}, {"GET", "/sent"}};
  const auto claims = [](const std::vector<std::string>& groups, std::string_view scope) {
    std::string out = R"({"sub":"ann","email":"","boss":false,"level":2,"scope":")";
    out += std::string(scope) + R"(","groups":[)";
    for (size_t i = 0; i < groups.size(); ++i) out += (i > 0 ? ",\"" : "\"") + groups[i] + '"';
    return out + "]}";
  };
  size_t tried = 0;
  for (unsigned held = 0; held < 16; ++held) {
    std::vector<std::string> groups;
    for (size_t i = 0; i < 4; ++i) {
      if ((held >> i & 1) != 0) groups.emplace_back(kNames[i]);
    }
    for (const auto& [method, target] : kRequests) {
      const Explanation got = Explain(claims(groups, ""), method, target);
      for (const Remedy& remedy : got.remedies) {
        if (!remedy.suffices) continue;
        std::vector<std::string> roles = remedy.roles_any_of;
        if (roles.empty()) roles.emplace_back("none");
        for (const std::string& role : roles) {
          if (role == "admin") continue;  // which no group gives
          std::vector<std::string> more = groups;
          more.push_back(role);
          EXPECT_TRUE(Explain(claims(more, "s.r"), method, target).allowed) << target << role;
          ++tried;
        }
      }
    }
  }
  EXPECT_GT(tried, 10u);
}

// --- Forwarding, preflights, steps ---

TEST_F(ExplainTest, TracesTheHeaderForWhoseWantItWasDenied) {
  const auto policy = LoadPolicy(R"(
doorward: 1
rules: [{id: r, allow: [everyone], endpoints: [/x]}]
forward:
  headers:
    X-A: {value: 'request.headers["x-b"] + "!"', required: true}
    X-C: {value: '"fine"', required: true}
)");
  const Explanation got =
      policy->Explain(policy->AnonymousCaller(), {.method = "GET", .target = "/x"}, {}, scratch_);
  EXPECT_EQ(got.reason, Reason::kForwardValue);
  ASSERT_EQ(got.headers_without_value.size(), 1u);
  EXPECT_EQ(got.headers_without_value[0].member, "X-A");
  EXPECT_EQ(got.headers_without_value[0].value, "failed: there is no such key");
  EXPECT_THAT(got.ToText(), HasSubstr("headers without a value that may be sent:\n    X-A: "
                                      "request.headers[\"x-b\"] + \"!\" is failed: there is no "
                                      "such key\n"));
}

TEST_F(ExplainTest, ShowsTheRulesThatAPreflightAsksAbout) {
  const Header headers[] = {{"Origin", "https://a.example"},
                            {"Access-Control-Request-Method", "PUT"}};
  const Explanation got = Explain("", "OPTIONS", "/d/1", headers);
  EXPECT_TRUE(got.allowed);
  EXPECT_EQ(got.preflight_method, "PUT");
  ASSERT_EQ(got.rules.size(), 1u);
  EXPECT_EQ(got.rules[0].rule_id, "write");
  EXPECT_TRUE(got.rules[0].decided);
  EXPECT_EQ(got.rules[0].outcome, RuleOutcome::kApplies);
  EXPECT_THAT(got.ToText(), HasSubstr("CORS preflight for: PUT\n"));
  EXPECT_EQ(Explain("", "OPTIONS", "/d/1").preflight_method, "");
}

TEST_F(ExplainTest, SaysWhereTheDecisionRanOutOfSteps) {
  const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: i, audiences: a, keys: {discovery: true}}]
rules:
  - {id: a, allow: [everyone], endpoints: [/x], when: 'claims.n.all(x, claims.n.all(y, x == y))'}
  - {id: b, allow: [everyone], endpoints: [/x], when: 'size(claims.n) > 0'}
)");
  const auto explain = [&](size_t count) {
    std::string list = R"({"n":[0)";
    for (size_t i = 1; i < count; ++i) list += ",0";
    const auto caller = policy->CallerWithClaims(list + "]}", std::nullopt, nullptr);
    return policy->Explain(*caller, {.method = "GET", .target = "/x"}, {}, scratch_);
  };
  EXPECT_FALSE(explain(10).out_of_steps);
  const Explanation got = explain(1000);
  EXPECT_TRUE(got.out_of_steps);
  EXPECT_FALSE(got.allowed);
  EXPECT_THAT(got.ToText(), HasSubstr("note: the conditions took more steps"));
  EXPECT_THAT(got.ToJson(), HasSubstr(R"("out_of_steps":true)"));
}

TEST_F(ExplainTest, SaysNothingOfRulesWhereTheRequestIsRefused) {
  const Explanation got = Explain("", "GET", "/a/../b");
  EXPECT_EQ(got.http_status, 400);
  EXPECT_THAT(got.rules, IsEmpty());
  EXPECT_THAT(got.advice, IsEmpty());
  EXPECT_THAT(got.ToText(), Not(HasSubstr("rules that match")));
}

}  // namespace
}  // namespace doorward
