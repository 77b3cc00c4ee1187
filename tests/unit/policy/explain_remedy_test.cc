// SPDX-License-Identifier: Apache-2.0
//
// Explanations agree with decisions: conditions that build much text, and remedies for callers of
// whom tokens decide what they may hold.

#include <memory>
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

// `claims`: "" for no token.
Explanation Explain(const Policy& policy, std::string_view claims, std::string_view target) {
  std::string error;
  const std::optional<Caller> caller = claims.empty()
                                           ? policy.AnonymousCaller()
                                           : policy.CallerWithClaims(claims, std::nullopt, &error);
  EXPECT_EQ(error, "");
  Scratch scratch;
  return policy.Explain(*caller, {.method = "GET", .target = target}, {}, scratch);
}

// --- Conditions that build text: a decision may take 1 MiB for it ---

constexpr std::string_view kMuchText = R"(
doorward: 1
issuers: [{issuer: "https://i/", audiences: [x], keys: {discovery: true}}]
roles:
  v:
  w:
  g: {granted_to: [{when: '(claims.x + claims.x).startsWith("a")'}]}
rules:
  - id: three-texts
    allow: [v]
    endpoints: [/a]
    when: claims.x.upperAscii().size() > 0 && claims.x.lowerAscii().size() > 0 && claims.x.reverse().size() > 0
  - id: two-conditions
    allow: [w]
    endpoints: ["/b/{p}"]
    when: '(claims.x + claims.x).startsWith("a") && params.p == "1"'
    unless: (claims.x + claims.x).startsWith(params.p)
  - {id: granted, allow: [g], endpoints: [/g]}
  - {id: shared, allow: [v], endpoints: [/s], when: '(claims.x + claims.x).startsWith("a")'}
  - {id: shared-deny, deny: [v], endpoints: [/s], unless: '(claims.x + claims.x).startsWith("a")'}
)";

std::string ClaimsWithText(std::string_view role, size_t size) {
  return R"({"roles":[")" + std::string(role) + R"("],"x":")" + std::string(size, 'a') + "\"}";
}

struct TextCase {
  const char* name;
  std::string_view role;
  std::string_view target;
  std::vector<std::string> values;  // of the conditions
};

const TextCase kTexts[] = {
    {"three texts", "v", "/a", {"true"}},
    {"two conditions", "w", "/b/1", {"true", "false"}},
    {"two rules", "v", "/s", {"true", "true"}},
};

TEST(ExplainText, ConditionsComeOutAsTheyWereDecided) {
  const auto policy = LoadPolicy(kMuchText);
  for (const TextCase& row : kTexts) {
    SCOPED_TRACE(row.name);
    const Explanation got = Explain(*policy, ClaimsWithText(row.role, 200'000), row.target);
    EXPECT_TRUE(got.allowed);
    EXPECT_FALSE(got.out_of_memory);
    std::vector<std::string> values;
    for (const RuleExplanation& rule : got.rules) {
      for (const ConditionExplanation& condition : rule.conditions) {
        values.push_back(condition.value);
        for (const auto& operand : condition.operands) {
          EXPECT_THAT(operand.value, Not(HasSubstr("failed"))) << operand.text;
        }
      }
      EXPECT_EQ(rule.decided, !rule.deny);
    }
    EXPECT_EQ(values, row.values);
  }
}

TEST(ExplainText, GrantsComeOutAsTheyWereDecided) {
  const Explanation got = Explain(*LoadPolicy(kMuchText), ClaimsWithText("v", 300'000), "/g");
  EXPECT_TRUE(got.allowed);
  ASSERT_EQ(got.grants.size(), 1u);
  EXPECT_EQ(got.grants[0].outcome, GrantOutcome::kGives);
  EXPECT_EQ(got.grants[0].condition.value, "true");
  ASSERT_EQ(got.grants[0].condition.operands.size(), 2u);
  EXPECT_THAT(got.grants[0].condition.operands[0].value, HasSubstr("aaa"));
}

TEST(ExplainText, RemediesAreTriedWithAllTheMemory) {
  const auto policy = LoadPolicy(kMuchText);
  const Explanation got = Explain(*policy, ClaimsWithText("v", 200'000), "/b/1");
  EXPECT_THAT(got.advice, ElementsAre("rule `two-conditions` would allow it with the role `w`"));
  EXPECT_THAT(Explain(*policy, ClaimsWithText("v", 200'000), "/b/a").advice,
              ElementsAre("rule `two-conditions` would allow it with the role `w` and `when` being "
                          "true and `unless` being false"));
}

TEST(ExplainText, SaysWhereTheDecisionRanOutOfMemory) {
  const auto policy = LoadPolicy(kMuchText);
  const Explanation got = Explain(*policy, ClaimsWithText("v", 300'000), "/s");
  EXPECT_EQ(got.reason, Reason::kDeniedByRule);
  EXPECT_TRUE(got.out_of_memory);
  EXPECT_THAT(got.ToText(), HasSubstr("note: the conditions took more memory"));
  EXPECT_THAT(got.ToJson(), HasSubstr(R"("out_of_memory":true)"));
  EXPECT_FALSE(Explain(*policy, ClaimsWithText("v", 10), "/s").out_of_memory);
}

TEST(ExplainText, HeadersAreTriedWithAllTheMemory) {
  const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: "https://i/", audiences: [x], keys: {discovery: true}}]
rules: [{id: r, allow: [everyone], endpoints: [/x]}]
forward:
  headers:
    X-A: {value: '(claims.x + claims.x).startsWith("a") ? "a" : request.path', required: true}
    X-B: {value: '(claims.x + claims.x).startsWith("a") ? "" : request.path', required: true}
)");
  const Explanation got = Explain(*policy, ClaimsWithText("v", 200'000), "/x");
  EXPECT_EQ(got.reason, Reason::kForwardValue);
  ASSERT_EQ(got.headers_without_value.size(), 1u);
  EXPECT_EQ(got.headers_without_value[0].member, "X-B");
  EXPECT_EQ(got.headers_without_value[0].value, R"("")");
}

// --- What tokens may give ---

constexpr std::string_view kGiven = R"(
doorward: 1
issuers:
  - {issuer: "https://inside/", audiences: [x], keys: {discovery: true}, roles: [v, twin, other-twin, inside, doubt]}
  - {issuer: "https://outside/", audiences: [x], keys: {discovery: true}, roles: [v, w, outside]}
roles:
  v:
  w:
  local: {}
  twin: {granted_to: [{claim: g, values: [t]}]}
  other-twin: {granted_to: [{claim: g, values: [t]}]}
  inside: {granted_to: [{issuer: "https://inside/"}]}
  outside: {granted_to: [{issuer: "https://outside/"}]}
  doubt: {granted_to: [{issuer: "https://inside/", when: claims.risk > 3}]}
rules:
  - {id: any, allow: [authenticated], endpoints: [/inside-denied, /both-denied]}
  - {id: allow-v, allow: [v], endpoints: [/inside-denied, /both-denied, /outside-denied, /doubt]}
  - {id: deny-inside, deny: [inside], endpoints: [/inside-denied, /both-denied]}
  - {id: deny-outside, deny: [outside], endpoints: [/both-denied, /outside-denied, /doubt]}
  - {id: deny-doubt, deny: [doubt], endpoints: [/doubt]}
  - {id: allow-local, allow: [local], endpoints: [/local]}
  - {id: allow-w-or-local, allow: [w, local], endpoints: [/w-or-local]}
  - {id: allow-twin, allow: [twin], endpoints: [/twin]}
  - {id: deny-other-twin, deny: [other-twin], endpoints: [/twin]}
)";

struct GivenCase {
  const char* name;
  std::string_view claims;
  std::string_view target;
  bool suffices;  // the first remedy
  std::vector<std::string> advice;
};

const GivenCase kGivenCases[] = {
    {"a token of one issuer does",
     "",
     "/inside-denied",
     true,
     {"rule `any` would allow it with a verified token",
      "rule `allow-v` would allow it with a token that gives the role `v`"}},
    {"a token of the other issuer does",
     "",
     "/outside-denied",
     true,
     {"rule `allow-v` would allow it with a token that gives the role `v`"}},
    {"each issuer gives a role that is denied",
     "",
     "/both-denied",
     false,
     {"rule `any` would allow it with a verified token, but then: rule `deny-inside` denies it",
      "rule `allow-v` would allow it with a token that gives the role `v`, but then: rule "
      "`deny-inside` denies it"}},
    {"what a token does not tell stays in doubt",
     "",
     "/doubt",
     false,
     {"rule `allow-v` would allow it with a token that gives the role `v`, but then: rule "
      "`deny-doubt` denies it, since the token does not tell in full what the caller holds"}},
    {"no issuer gives the role",
     "",
     "/local",
     false,
     {"rule `allow-local` would allow it with a token that gives the role `local`, but no issuer "
      "of the policy gives `local`"}},
    {"an issuer gives one of the roles",
     "",
     "/w-or-local",
     true,
     {"rule `allow-w-or-local` would allow it with a token that gives the role `w`; no issuer of "
      "the policy gives `local`"}},
    {"the token's issuer gives none of them",
     R"({"sub":"a"})",
     "/w-or-local",
     false,
     {"rule `allow-w-or-local` would allow it with the role `w` or `local`, but the token's issuer "
      "does not give `w` or `local`"}},
    {"the other issuer's token",
     R"({"iss":"https://outside/"})",
     "/w-or-local",
     true,
     {"rule `allow-w-or-local` would allow it with the role `w`; the token's issuer does not give "
      "`local`"}},
    {"a role that does not come alone",
     R"({"risk":0})",
     "/twin",
     false,
     {"rule `allow-twin` would allow it with the role `twin`, but then: rule `deny-other-twin` "
      "denies it"}},
};

TEST(ExplainGiven, RemediesAreWhatTokensMayGive) {
  const auto policy = LoadPolicy(kGiven);
  for (const GivenCase& row : kGivenCases) {
    SCOPED_TRACE(row.name);
    std::string error;
    const bool outside = row.claims.find("outside") != row.claims.npos;
    const std::optional<Caller> caller =
        row.claims.empty()
            ? policy->AnonymousCaller()
            : policy->CallerWithClaims(row.claims, outside ? "https://outside/" : "https://inside/",
                                       &error);
    ASSERT_TRUE(caller) << error;
    Scratch scratch;
    const Explanation got =
        policy->Explain(*caller, {.method = "GET", .target = row.target}, {}, scratch);
    EXPECT_FALSE(got.allowed);
    EXPECT_EQ(got.advice, row.advice);
    ASSERT_FALSE(got.remedies.empty());
    EXPECT_EQ(got.remedies[0].suffices, row.suffices);
    EXPECT_EQ(got.remedies[0].otherwise.empty(), row.suffices);
  }
}

TEST(ExplainGiven, RolesThatNoIssuerGivesAreListedApart) {
  const auto policy = LoadPolicy(kGiven);
  const Explanation got = Explain(*policy, "", "/w-or-local");
  ASSERT_EQ(got.remedies.size(), 1u);
  EXPECT_THAT(got.remedies[0].roles_any_of, ElementsAre("w"));
  EXPECT_THAT(got.remedies[0].roles_not_given, ElementsAre("local"));
  EXPECT_THAT(got.ToJson(), HasSubstr(R"("roles_any_of":["w"],"roles_not_given":["local"],)"
                                      R"("untried_roles":0)"));
  EXPECT_THAT(Explain(*policy, "", "/local").remedies[0].roles_any_of, IsEmpty());
}

// --- Many roles ---

// Rule `a` allows `count` roles, and rule `d` denies the first `denied` of them.
std::shared_ptr<const Policy> WithManyRoles(size_t count, size_t denied) {
  std::string declared, allowed, refused;
  for (size_t i = 0; i < count; ++i) {
    const std::string name = "r" + std::to_string(i);
    declared += (i > 0 ? ", " : "") + name + ": {}";
    allowed += (i > 0 ? ", " : "") + name;
    if (i < denied) refused += (i > 0 ? ", " : "") + name;
  }
  return LoadPolicy("doorward: 1\nroles: {" + declared + "}\nrules:\n  - {id: a, allow: [" +
                    allowed + "], endpoints: [/x]}\n  - {id: d, deny: [" + refused +
                    "], endpoints: [/x]}\n");
}

struct ManyCase {
  const char* name;
  size_t count, denied;
  bool suffices;
  size_t named;  // roles that the remedy names
  uint32_t untried;
};

constexpr ManyCase kMany[] = {
    {"the ninth would do", 9, 8, true, 1, 0},
    {"the tenth and more would do", 12, 9, true, 3, 0},
    {"the last that is tried would do", 64, 63, true, 1, 0},
    {"one more is there", 65, 63, true, 1, 1},
    {"the first that is not tried would do", 65, 64, false, 64, 1},
    {"many are not tried", 80, 70, false, 64, 16},
};

TEST(ExplainManyRoles, TriesThemAndSaysOfHowManyItDidNot) {
  for (const ManyCase& row : kMany) {
    SCOPED_TRACE(row.name);
    const Explanation got = Explain(*WithManyRoles(row.count, row.denied), "", "/x");
    ASSERT_EQ(got.remedies.size(), 1u);
    EXPECT_EQ(got.remedies[0].suffices, row.suffices);
    EXPECT_EQ(got.remedies[0].roles_any_of.size(), row.named);
    EXPECT_EQ(got.remedies[0].untried_roles, row.untried);
    ASSERT_EQ(got.advice.size(), 1u);
    const std::string note = "; of " + std::to_string(row.untried) + " more roles it was not tried";
    EXPECT_EQ(got.advice[0].ends_with(note), row.untried > 0) << got.advice[0];
  }
}

TEST(ExplainManyRoles, SaysSoOfRolesThatAConditionAsksFor) {
  for (const size_t count : {64u, 65u}) {
    SCOPED_TRACE(count);
    std::string declared;
    for (size_t i = 0; i < count; ++i) declared += "r" + std::to_string(i) + ": {}, ";
    const auto policy = LoadPolicy("doorward: 1\nroles: {" + declared + R"(}
rules:
  - {id: a, allow: [everyone], endpoints: [/x]}
  - {id: d, deny: [everyone], endpoints: [/x], unless: '"r64" in roles && "r0" in roles'}
)");
    const Explanation got = Explain(*policy, "", "/x");
    const auto says = HasSubstr("none of the first 64 roles would turn it round");
    EXPECT_THAT(got.remedies, IsEmpty());
    EXPECT_EQ(got.advice.size(), count == 64 ? 1u : 2u);
    if (count == 65) {
      EXPECT_THAT(got.advice.back(), says);
    }
  }
}

// --- Claims that are handed in ---

TEST(ExplainClaims, ThoseThatAreTooDeepAreToldFromWhatIsNoJson) {
  const auto policy = LoadPolicy(kGiven);
  const auto error_of = [&](size_t depth, std::string_view tail) {
    std::string error;
    const std::string claims =
        R"({"x":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + std::string(tail);
    const bool made = policy->CallerWithClaims(claims, std::nullopt, &error).has_value();
    EXPECT_EQ(made, error.empty());
    return error;
  };
  EXPECT_EQ(error_of(31, "}"), "");
  EXPECT_EQ(error_of(32, "}"), "");
  EXPECT_EQ(error_of(33, "}"), "the claims are more than 32 deep, which a token's may not be");
  EXPECT_EQ(error_of(33, ""), "the claims are not a strict JSON object");
}

}  // namespace
}  // namespace doorward
