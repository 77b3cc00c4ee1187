// SPDX-License-Identifier: Apache-2.0
//
// Rules with `mode: report`: they never decide, and are listed where they alone would have turned
// the decision round.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/policy.h"

namespace doorward {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kPolicy = R"(
doorward: 1
issuers: [{issuer: i, audiences: a, keys: {discovery: true}}]
roles: {a: {}, b: {}}
rules:
  - {id: allow-a, allow: [a], endpoints: ["/x", "/both"]}
  - {id: deny-b, deny: [b], endpoints: ["/x"]}
  - {id: would-deny, deny: [a], endpoints: ["/x", "/x", "/{any}"], mode: report}
  - {id: would-allow, allow: [authenticated], endpoints: ["/x", "/new"], mode: report}
  - {id: would-deny-all, deny: [everyone], endpoints: ["/both", "/hook"], mode: report}
  - {id: hook, allow: [everyone], endpoints: ["/hook"], token: ignore}
  - {id: would-hook, allow: [everyone], endpoints: ["/soon"], token: ignore, mode: report}
  - {id: never-soon, deny: [b], endpoints: ["/soon"]}
)";

struct ReportCase {
  const char* name;
  std::vector<std::string_view> roles;
  std::string_view target;
  bool allowed;
  std::vector<std::string_view> report;
};

const ReportCase kCases[] = {
    {"a denial that would be", {"a"}, "/x", true, {"would-deny"}},
    {"an allowance that would be", {}, "/x", false, {"would-allow"}},
    {"what a rule denies no other would allow", {"b"}, "/x", false, {}},
    {"both denials, in the order of the file",
     {"a"},
     "/both",
     true,
     {"would-deny", "would-deny-all"}},
    {"what is denied anyway", {}, "/both", false, {}},
    {"a new path", {"a"}, "/new", false, {"would-allow"}},
    {"a rule that ignores the token is denied alike", {}, "/hook", true, {"would-deny-all"}},
    {"a report rule that ignores the token", {}, "/soon", false, {"would-hook"}},
    {"the same, denied", {"b"}, "/soon", false, {}},
};

TEST(Report, ListsRulesThatAloneWouldTurnTheDecisionRound) {
  const auto policy = LoadPolicy(kPolicy);
  Scratch scratch;
  for (const ReportCase& row : kCases) {
    SCOPED_TRACE(row.name);
    const Caller caller = policy->CallerWithRoles(row.roles);
    const Decision got =
        policy->Decide(caller, {.method = "GET", .target = row.target}, {}, scratch);
    EXPECT_EQ(got.allowed(), row.allowed);
    EXPECT_THAT(got.report(), testing::ElementsAreArray(row.report));
  }
}

TEST(Report, WithoutATokenAnAllowanceForEveryoneOnlyCounts) {
  const auto policy = LoadPolicy(R"(
doorward: 1
rules:
  - {id: known, allow: [authenticated], endpoints: ["/x"], mode: report}
  - {id: open, allow: [everyone], endpoints: ["/x"], mode: report}
)");
  Scratch scratch;
  const Decision got =
      policy->Decide(policy->AnonymousCaller(), {.method = "GET", .target = "/x"}, {}, scratch);
  EXPECT_EQ(got.reason(), Reason::kNoToken);
  EXPECT_THAT(got.report(), ElementsAre("open"));
}

TEST(Report, AllowancesThatForwardingWouldUndoAreNotListed) {
  const auto policy = LoadPolicy(R"(
doorward: 1
rules: [{id: open, allow: [everyone], endpoints: ["/x"], mode: report}]
forward: {headers: {X-User-ID: {value: subject, required: true}}}
)");
  Scratch scratch;
  const Decision got =
      policy->Decide(policy->AnonymousCaller(), {.method = "GET", .target = "/x"}, {}, scratch);
  EXPECT_THAT(got.report(), IsEmpty());
}

TEST(Report, WhatAnotherCallersHeadersForbadeCounts) {
  const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: i, audiences: a, keys: {discovery: true}}]
rules:
  - {id: open, allow: [everyone], endpoints: ["/x"], token: ignore}
  - {id: known, allow: [authenticated], endpoints: ["/x"], mode: report}
forward: {headers: {X-User-ID: {value: subject, required: true}}}
)");
  Scratch scratch;
  const auto caller = policy->CallerWithClaims(R"({"sub":"bob"})", std::nullopt, nullptr);
  const Decision got = policy->Decide(*caller, {.method = "GET", .target = "/x"}, {}, scratch);
  EXPECT_EQ(got.reason(), Reason::kForwardValue);
  EXPECT_THAT(got.report(), ElementsAre("known"));
}

// What becomes of anyone's preflight that asks about `method` on /x. Its fields are not looked at
// later.
Decision DecidePreflight(const Policy& policy, std::string_view method, Scratch& scratch) {
  const std::vector<Header> headers{{"Origin", "https://a"},
                                    {"Access-Control-Request-Method", method}};
  return policy.Decide(policy.AnonymousCaller(),
                       {.method = "OPTIONS", .target = "/x", .headers = headers}, {}, scratch);
}

TEST(Report, APreflightThatTheRulesWouldAllowAnywayIsNotListed) {
  const auto policy = LoadPolicy(R"(
doorward: 1
request: {cors_preflight: pass}
rules:
  - {id: open, allow: [everyone], endpoints: ["/x"]}
  - {id: shut, deny: [everyone], endpoints: ["GET /x"], mode: report}
)");
  Scratch scratch;
  const Decision got = DecidePreflight(*policy, "GET", scratch);
  EXPECT_TRUE(got.allowed());
  EXPECT_THAT(got.report(), IsEmpty());
}

TEST(Report, PreflightsCountToo) {
  const auto policy = LoadPolicy(R"(
doorward: 1
request: {cors_preflight: pass}
rules:
  - {id: get, allow: [authenticated], endpoints: ["GET /x"]}
  - {id: close, deny: [everyone], endpoints: ["GET /x"], mode: report}
  - {id: put, allow: [authenticated], endpoints: ["PUT /x"], mode: report}
)");
  Scratch scratch;
  const auto preflight = [&](std::string_view method) {
    const Decision got = DecidePreflight(*policy, method, scratch);
    std::string text(ReasonName(got.reason()));
    for (std::string_view rule : got.report()) text += " " + std::string(rule);
    return text;
  };
  EXPECT_EQ(preflight("GET"), "allowed close");
  EXPECT_EQ(preflight("PUT"), "no_token put");
  EXPECT_EQ(preflight("POST"), "no_token");
}

TEST(Report, WhatARuleSaysOfThePreflightItselfCounts) {
  const auto policy = LoadPolicy(R"(
doorward: 1
request: {cors_preflight: pass}
rules:
  - {id: open, allow: [everyone], endpoints: ["/x"]}
  - {id: shut, deny: [everyone], endpoints: ["GET,OPTIONS /x"], mode: report}
  - {id: shut-apart, deny: [everyone], endpoints: ["GET /x", "OPTIONS /x"], mode: report}
)");
  Scratch scratch;
  const Decision got = DecidePreflight(*policy, "GET", scratch);
  EXPECT_TRUE(got.allowed());
  EXPECT_THAT(got.report(), ElementsAre("shut", "shut-apart"));
}

// All that are tried share one budget: beyond it their conditions fail, which denies.
TEST(Report, TriesManyRulesWithinOneBudget) {
  std::string text = R"({"doorward":1,"issuers":[{"issuer":"i","audiences":"a",)"
                     R"("keys":{"discovery":true}}],"rules":[{"id":"open","allow":["everyone"],)"
                     R"("endpoints":["/x"]})";
  constexpr int kRules = 200;
  for (int i = 0; i < kRules; ++i) {
    text += R"(,{"id":"r)" + std::to_string(i) +
            R"x(","deny":["everyone"],"endpoints":["/x"],"mode":"report",)x" +
            R"x("when":"claims.n.exists(a, claims.n.exists(b, a + b < 0))"})x";
  }
  const auto policy = LoadPolicy(text + "]}", "policy.json");
  const auto reports = [&](size_t numbers) {
    std::string claims = R"({"n":[0)";
    for (size_t i = 1; i < numbers; ++i) claims += ",1";
    const auto caller = policy->CallerWithClaims(claims + "]}", "i", nullptr);
    Scratch scratch;
    const Decision got = policy->Decide(*caller, {.method = "GET", .target = "/x"}, {}, scratch);
    EXPECT_TRUE(got.allowed());
    return got.report().size();
  };
  EXPECT_EQ(reports(2), 0u);
  EXPECT_EQ(reports(1'000), static_cast<size_t>(kRules)) << "not even one condition is finished";
  EXPECT_THAT(reports(50),
              testing::AllOf(testing::Gt(0u), testing::Lt(static_cast<size_t>(kRules))));
}

}  // namespace
}  // namespace doorward
