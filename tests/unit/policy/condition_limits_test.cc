// SPDX-License-Identifier: Apache-2.0
//
// Whatever a policy asks and whatever a request brings: deciding ends, with a reason, and takes
// nothing from the heap once the scratch is warm.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/allocation_counter.h"
#include "tests/support/policy.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

constexpr Timestamp kNow = Timestamp::FromUnixSeconds(1'782'000'000);  // 2026-06-21T00:00:00Z

// A policy whose only rule allows where `condition` is true.
std::shared_ptr<const Policy> PolicyWhen(std::string_view condition) {
  std::string quoted;
  for (const char c : condition) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return LoadPolicy(R"(
doorward: 1
issuers: [{issuer: https://i.example/, audiences: a, keys: {discovery: true}}]
roles: {viewer: , editor: {inherits: [viewer]}}
rules: [{id: r, allow: [everyone], endpoints: ["/{first}/{rest=**}"], when: ')" +
                    quoted + "'}]\n");
}

// --- Steps ---

struct BombCase {
  const char* name;
  std::string_view condition;
};

constexpr BombCase kBombs[] = {
    {"nested exists", "claims.n.exists(x, claims.n.exists(y, x + y < 0))"},
    {"nested exists of texts", "claims.s.exists(x, claims.s.exists(y, x + y == 'z'))"},
    {"nested in", "claims.n.all(x, x in claims.n)"},
    {"lists that grow", "claims.n.exists(x, (claims.n + claims.n).size() == 0)"},
    {"texts that grow", "claims.s.exists(x, (claims.t + claims.t + x).size() == 0)"},
    {"split", "claims.n.exists(x, claims.t.split('').size() == 0)"},
    {"join", "claims.n.exists(x, claims.s.join(claims.t.substring(0, 9)) == '')"},
    {"replace", "claims.n.exists(x, claims.t.replace('a', 'bb') == '')"},
    {"replace by much", "claims.t.replace('', claims.t.substring(0, 500)) == ''"},
    {"format", "claims.n.exists(x, '%s %s'.format([claims.n, claims.s]) == '')"},
    {"format of much", "claims.n.exists(x, '%.100f'.format([1e300 + double(x)]) == '')"},
    {"a pattern that stands here", "claims.n.exists(x, claims.t.matches('(a|b)*a(a|b){30}c'))"},
    {"a pattern of the request", "claims.n.exists(x, claims.t.matches(request.query.re))"},
    {"a pattern that is long to compile",
     "claims.n.exists(x, subject.matches(request.query.unicode) && x < 0)"},
    {"headers", "claims.n.all(x, request.headers.all(k, v, v != 'z'))"},
    {"one header", "claims.n.all(x, claims.n.all(y, request.headers['x-0'] == '0'))"},
    {"the query", "claims.n.all(x, request.query.all(k, v, v != 'z' && k != 'zz'))"},
    {"params", "claims.n.all(x, claims.n.all(y, params.first == 'a'))"},
    {"maps", "claims.n.all(x, [1, 2, 3].all(y, request.query == request.query))"},
};

TEST(ConditionLimits, WhatWouldTakeTooLongFails) {
  std::string numbers = "0", texts = "\"s\"";
  for (int i = 1; i < 2'000; ++i) {
    numbers += "," + std::to_string(i);
    texts += ",\"group-" + std::to_string(i) + "\"";
  }
  const std::string claims = "{\"sub\":\"ann\",\"n\":[" + numbers + "],\"s\":[" + texts +
                             "],\"t\":\"" + std::string(4'000, 'a') + "\"}";
  std::vector<std::string> names;
  std::vector<Header> headers;
  for (int i = 0; i < 50; ++i) names.push_back("X-" + std::to_string(i));
  for (const std::string& name : names) headers.push_back({name, "0"});
  const Request request{.method = "GET",
                        .target = "/a/b?re=(a%7Cb)*a(a%7Cb)*c&unicode=%5CpL&a=1&b=2&c=3&d=4&e=5",
                        .headers = headers};
  for (const BombCase& row : kBombs) {
    SCOPED_TRACE(row.name);
    const auto policy = PolicyWhen(row.condition);
    const auto caller = policy->CallerWithClaims(claims, std::nullopt, nullptr);
    Scratch scratch;
    EXPECT_EQ(policy->Decide(*caller, request, kNow, scratch).reason(), Reason::kDefaultDeny);
    const Explanation why = policy->Explain(*caller, request, kNow, scratch);
    ASSERT_EQ(why.rules.size(), 1u);
    EXPECT_EQ(why.rules[0].outcome, RuleOutcome::kFails);
    EXPECT_TRUE(why.rules[0].conditions[0].value.starts_with(
        "failed: the evaluation takes too m"))  // steps or memory
        << why.rules[0].conditions[0].value;
  }
}

TEST(ConditionLimits, ReadingTheRequestIsPaidFor) {
  const auto policy = PolicyWhen("size(request.query) > 0 && claims.n.all(x, x == 0)");
  std::string claims = R"({"n":[0)";
  for (int i = 1; i < 14'000; ++i) claims += ",0";
  const auto caller = policy->CallerWithClaims(claims + "]}", std::nullopt, nullptr);
  Scratch scratch;
  const auto reason = [&](size_t members) {
    std::string target = "/a?";
    for (size_t i = 0; i < members; ++i)
      target += std::string(1, static_cast<char>('a' + i % 26)) + "&";
    return policy->Decide(*caller, {.method = "GET", .target = target}, kNow, scratch).reason();
  };
  EXPECT_EQ(reason(10), Reason::kAllowed);
  EXPECT_EQ(reason(500), Reason::kAllowed);
  EXPECT_EQ(reason(4'000), Reason::kDefaultDeny);
}

// --- Memory ---

struct AllocationCase {
  const char* name;
  std::string_view condition;
};

constexpr AllocationCase kConditions[] = {
    {"a claim", "claims.level == 3"},
    {"three comparisons",
     R"(request.method == "GET" && claims.department == "x" && claims.level >= 3)"},
    {"a nested claim", "claims.org.limits.orders > 10"},
    {"a claim that is missing", "has(claims.none) || claims.none == 1 || true"},
    {"a claim of another type", "claims.level == \"3\" || true"},
    {"numbers", "claims.share * 2.0 + 1.0 < 3.0 && -claims.level < 0"},
    {"texts", R"(claims.email.endsWith("@example.com") && claims.email.contains("n@"))"},
    {"text order", R"(claims.department < "y" && claims.department != "w")"},
    {"sizes", "size(claims.email) == 15 && claims.groups.size() == 3"},
    {"in claims", R"("ops" in claims.groups && "org" in claims)"},
    {"in a literal", R"(claims.department in ["w", "x"] && claims.level in [1, 2, 3])"},
    {"in roles and scopes", R"("viewer" in roles && "s.r" in scopes)"},
    {"in request maps", R"("page" in request.query && "x-tenant" in request.headers)"},
    {"exists", R"(claims.groups.exists(g, g.startsWith("team-")))"},
    {"all, nested", "claims.groups.all(g, claims.groups.exists_one(h, h == g))"},
    {"two variables", "claims.org.limits.all(k, v, v > 10)"},
    {"literals",
     R"(claims.groups == ["dev", "ops", "team-red"] && {"id": 7} == {"id": claims.org.id})"},
    {"conditional", R"(has(claims.org) ? claims.org.id == 7 : false)"},
    {"captures", R"(params.first == "a" && params.rest == "b/c%20d")"},
    {"the query", R"(request.query.page == "2" && request.query.q == "x y")"},
    {"headers", R"(request.headers["x-tenant"] == "blue, green")"},
    {"cookies", R"(request.headers.cookie == "a=1; b=2")"},
    {"the time", R"(request.time.getHours("Europe/Berlin") == 2)"},
    {"the address", R"(cidr("192.0.2.0/24").containsIP(source.ip))"},
    {"a constant pattern", R"(request.path.matches("^/a/[a-z]"))"},
    {"joined texts", R"(subject + "@" + claims.department == "ann@x")"},
    {"texts that are built",
     R"(claims.email.lowerAscii().replace("@", "/").split("/").map(s, s + "!").join(",") == "ann!,example.com!")"},
    {"format", R"("%s:%d:%.1f".format([subject, claims.level, claims.share]) == "ann:3:0.5")"},
    {"conversions", R"(string(claims.level) == "3" && int("3") == claims.level)"},
};

TEST(ConditionLimits, DecidingTakesNothingFromTheHeap) {
  constexpr std::string_view kClaims =
      R"({"sub":"ann","roles":["editor"],"scope":"s.r","department":"x","level":3,"share":0.5,)"
      R"("email":"ann@example.com","groups":["dev","ops","team-red"],)"
      R"("org":{"id":7,"limits":{"orders":20}}})";
  const Header headers[] = {
      {"X-Tenant", "blue"}, {"x-tenant", "green"}, {"Cookie", "a=1;b=2"}, {"Accept", "*/*"}};
  const Request request{.method = "GET",
                        .host = "api.example.com",
                        .target = "/a/b/c%20d?page=2&q=x+y",
                        .headers = headers,
                        .source_ip = "192.0.2.7"};
  for (const AllocationCase& row : kConditions) {
    SCOPED_TRACE(row.name);
    const auto policy = PolicyWhen(row.condition);
    const auto caller = policy->CallerWithClaims(kClaims, std::nullopt, nullptr);
    Scratch scratch;
    for (int i = 0; i < 3; ++i) (void)policy->Decide(*caller, request, kNow, scratch);
    const uint64_t before = AllocationsOnThisThread();
    const Decision got = policy->Decide(*caller, request, kNow, scratch);
    EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
    EXPECT_EQ(got.reason(), Reason::kAllowed);
  }
}

}  // namespace
}  // namespace doorward
