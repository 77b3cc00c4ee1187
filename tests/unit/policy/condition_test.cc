// SPDX-License-Identifier: Apache-2.0
//
// Conditions in rules, grants and headers: what they see of a request, and what becomes of a
// decision where one is true, false or fails (docs/policy-language.md).

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

using testing::HasSubstr;

constexpr Timestamp kNow = Timestamp::FromUnixSeconds(1'782'000'000);  // 2026-06-21T00:00:00Z

// Decides for a caller with `claims`, or without a token where they are "".
Decision Decide(const Policy& policy, std::string_view claims, const Request& request,
                Scratch& scratch) {
  static std::optional<Caller> caller;
  std::string error;
  caller = claims.empty() ? policy.AnonymousCaller()
                          : policy.CallerWithClaims(claims, std::nullopt, &error);
  return policy.Decide(*caller, request, kNow, scratch);
}

// --- What a condition sees ---

// A policy whose only rule allows where `condition` is true.
std::shared_ptr<const Policy> PolicyWhen(std::string_view condition,
                                         std::string_view endpoint = "/**") {
  std::string quoted;
  for (const char c : condition) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return LoadPolicy(R"(
doorward: 1
issuers: [{issuer: https://i.example/, audiences: a, keys: {discovery: true}}]
roles: {viewer: , editor: {inherits: [viewer]}}
token: {from: [{header: Authorization, scheme: Bearer}, {cookie: session}, {header: X-Token}]}
forward: {strip: ["X-User-*"]}
rules: [{id: r, allow: [everyone], endpoints: [')" +
                    std::string(endpoint) + "'], when: '" + quoted + "'}]\n");
}

struct SeesCase {
  const char* name;
  std::string_view endpoint;
  std::string_view condition;
  bool allowed;
};

constexpr std::string_view kClaims =
    R"({"sub":"ann","roles":["editor"],"scope":"a b","level":3,"big":18446744073709551615,)"
    R"("nested":{"x.y":[1,2,3]},"flag":true,"nothing":null,"iss":"https://i.example/"})";

const SeesCase kSeesCases[] = {
    {"a claim", "/**", R"(claims.sub == "ann")", true},
    {"a claim of another value", "/**", R"(claims.sub == "bob")", false},
    {"a claim that is absent", "/**", R"(claims.nobody == "ann")", false},
    {"has", "/**", "has(claims.sub) && !has(claims.nobody)", true},
    {"has of null", "/**", "has(claims.nothing) && claims.nothing == null", true},
    {"a truth value", "/**", "claims.flag", true},
    {"no truth value", "/**", "claims.level", false},
    {"an integer is an int", "/**", "claims.level > 2 && type(claims.level) == int", true},
    {"a great integer is a double", "/**", "type(claims.big) == double", true},
    {"a nested claim by index", "/**", R"(claims.nested["x.y"][2] == 3)", true},
    {"a list of claims", "/**", "claims.roles.exists(r, r.startsWith('ed'))", true},
    {"subject and issuer", "/**", R"(subject == "ann" && issuer == "https://i.example/")", true},
    {"roles with those inherited", "/**", R"(roles == ["viewer", "editor"])", true},
    {"a role that is not held", "/**", R"("admin" in roles)", false},
    {"scopes", "/**", R"(scopes == ["a", "b"])", true},
    {"a capture", "/**/{last}", R"(params.last == "c d")", true},
    {"a capture by pattern", "/{a:[a-z]+}/**", R"(params.a == "a")", true},
    {"a capture in the middle", "/a/{x}/*", R"(params.x == "b")", true},
    {"captures around a tail", "/{first}/{rest=**}/{last}",
     R"(params.first + "|" + params.rest + "|" + params.last == "a|b|c d")", true},
    {"an empty tail", "/a/b/c%20d/{rest=**}", R"(params.rest == "" && size(params) == 1)", true},
    {"a tail is encoded", "/a/{rest=**}", R"(params.rest == "b/c%20d")", true},
    {"the method", "/**", R"(request.method == "GET")", true},
    {"the host", "/**", R"(request.host == "api.example.com")", true},
    {"the path", "/**", R"(request.path == "/a/b/c%20d")", true},
    {"the query", "/**", R"(request.query.q == "x y&" && request.query["p"] == "")", true},
    {"a key that is not in the query", "/**", "has(request.query.z)", false},
    {"a key twice", "/**", R"(request.query.twice == "1")", false},
    {"a key twice is not absent either", "/**", "!has(request.query.twice)", false},
    {"a key that is malformed", "/**", R"("bad" in request.query || true)", true},
    {"a key that is malformed fails", "/**", R"(!("bad" in request.query))", false},
    {"the time", "/**", R"(request.time == timestamp("2026-06-21T00:00:00Z"))", true},
    {"the weekday somewhere", "/**", R"(request.time.getDayOfWeek("Europe/Berlin") == 0)", true},
    {"the address", "/**", R"(cidr("192.0.2.0/24").containsIP(source.ip))", true},
    {"the address, elsewhere", "/**", R"(cidr("198.51.100.0/24").containsIP(source.ip))", false},
    {"a header", "/**", R"(request.headers["x-team"] == "blue, green")", true},
    {"a header whose first value is empty", "/**", R"(request.headers["x-list"] == ", a, , b")",
     true},
    {"headers that are stripped", "/**", R"("x-user-id" in request.headers)", false},
    {"headers that override", "/**", R"("x-original-url" in request.headers)", false},
    {"a header that holds the token", "/**", R"("authorization" in request.headers)", false},
    {"another header that may hold it", "/**", R"("x-token" in request.headers)", false},
    {"cookies without the token", "/**", R"(request.headers.cookie == "a=1; b=2")", true},
    {"a header that is no UTF-8", "/**", R"(request.headers["x-bytes"] != "")", false},
};

TEST(Condition, SeesTheCallerAndTheRequest) {
  const Header headers[] = {{"X-Team", "blue"},
                            {"x-team", "green"},
                            {"X-List", ""},
                            {"X-List", "a"},
                            {"X-List", ""},
                            {"X-List", "b"},
                            {"X_User_Id", "forged"},
                            {"X-Original-URL", "/other"},
                            {"Authorization", "Bearer x.y.z"},
                            {"X-Token", "t"},
                            {"Cookie", "a=1;session=secret; b=2"},
                            {"X-Bytes", "\xFF"}};
  const Request request{.method = "GET",
                        .host = "API.example.com:8443",
                        .target = "/a/b/c%20d?q=x+y%26&p&twice=1&twice=1&bad=%zz",
                        .headers = headers,
                        .source_ip = "::ffff:192.0.2.7"};
  for (const SeesCase& c : kSeesCases) {
    SCOPED_TRACE(c.name);
    Scratch scratch;
    const auto policy = PolicyWhen(c.condition, c.endpoint);
    EXPECT_EQ(Decide(*policy, kClaims, request, scratch).reason(),
              c.allowed ? Reason::kAllowed : Reason::kDefaultDeny);
  }
}

TEST(Condition, SeesNothingOfACallerWithoutAToken) {
  const Request request{.method = "GET", .target = "/"};
  for (const std::string_view condition :
       {"claims == {}", "size(claims) == 0", R"(subject == "" && issuer == "")",
        "roles == [] && scopes == []", R"(request.host == "")"}) {
    SCOPED_TRACE(condition);
    Scratch scratch;
    EXPECT_EQ(Decide(*PolicyWhen(condition), "", request, scratch).reason(), Reason::kAllowed);
  }
  Scratch scratch;
  const auto by_address =
      PolicyWhen(R"(source.ip == ip("192.0.2.1") || !(source.ip == ip("::1")))");
  EXPECT_EQ(Decide(*by_address, "", request, scratch).reason(), Reason::kNoToken);
}

// --- True, false, failed ---

struct TruthCase {
  const char* name;
  std::string_view rules;
  std::string_view claims;  // "": no token
  Reason reason;
  std::string_view rule;
};

const TruthCase kTruthCases[] = {
    {"allow, true", "allow: [viewer], when: claims.ok", R"({"roles":["viewer"],"ok":true})",
     Reason::kAllowed, "r"},
    {"allow, false", "allow: [viewer], when: claims.ok", R"({"roles":["viewer"],"ok":false})",
     Reason::kDefaultDeny, ""},
    {"allow, failed", "allow: [viewer], when: claims.ok", R"({"roles":["viewer"]})",
     Reason::kDefaultDeny, ""},
    {"allow, no bool", "allow: [viewer], when: claims.ok", R"({"roles":["viewer"],"ok":"true"})",
     Reason::kDefaultDeny, ""},
    {"unless, true", "allow: [viewer], unless: claims.ok", R"({"roles":["viewer"],"ok":true})",
     Reason::kDefaultDeny, ""},
    {"unless, false", "allow: [viewer], unless: claims.ok", R"({"roles":["viewer"],"ok":false})",
     Reason::kAllowed, "r"},
    {"unless, failed", "allow: [viewer], unless: claims.ok", R"({"roles":["viewer"]})",
     Reason::kDefaultDeny, ""},
    {"when false absorbs a failed unless", "allow: [viewer], when: 'false', unless: claims.ok",
     R"({"roles":["viewer"]})", Reason::kDefaultDeny, ""},
    {"a role is wanted too", "allow: [viewer], when: claims.ok", R"({"ok":true})",
     Reason::kDefaultDeny, ""},
    {"deny, true", "deny: [everyone], when: claims.bad}, {id: a, allow: [everyone], endpoints: /x",
     R"({"bad":true})", Reason::kDeniedByRule, "r"},
    {"deny, false", "deny: [everyone], when: claims.bad}, {id: a, allow: [everyone], endpoints: /x",
     R"({"bad":false})", Reason::kAllowed, "a"},
    {"deny, failed",
     "deny: [everyone], when: claims.bad}, {id: a, allow: [everyone], endpoints: /x", R"({})",
     Reason::kDeniedByRule, "r"},
    {"deny, failed, no token",
     "deny: [everyone], when: claims.bad}, {id: a, allow: [everyone], endpoints: /x", "",
     Reason::kNoToken, "r"},
    {"deny, failed and another surely, no token",
     "deny: [everyone], when: claims.bad}, {id: b, deny: [everyone], endpoints: /x", "",
     Reason::kDeniedByRule, "r"},
    {"deny unless, failed when does not matter where unless is true",
     "deny: [everyone], when: claims.bad, unless: 'true'}, {id: a, allow: [everyone], endpoints: "
     "/x",
     R"({})", Reason::kAllowed, "a"},
    {"deny by an unknown role and a true condition",
     "deny: [viewer], when: 'true'}, {id: a, allow: [everyone], endpoints: /x", R"({"roles":1})",
     Reason::kRolesIncomplete, "r"},
    {"deny by an unknown role and a failed condition",
     "deny: [viewer], when: claims.bad}, {id: a, allow: [everyone], endpoints: /x",
     R"({"roles":1})", Reason::kDeniedByRule, "r"},
    {"deny by an unknown role and a false condition",
     "deny: [viewer], when: 'false'}, {id: a, allow: [everyone], endpoints: /x", R"({"roles":1})",
     Reason::kAllowed, "a"},
    {"lacks an unknown role alone", "allow: [viewer], when: 'true'", R"({"roles":1})",
     Reason::kRolesIncomplete, ""},
    {"lacks an unknown role and a condition", "allow: [viewer], when: 'false'", R"({"roles":1})",
     Reason::kDefaultDeny, ""},
    {"lacks scopes alone", "allow: [everyone], scopes: s, when: 'true'", R"({})",
     Reason::kInsufficientScope, ""},
    {"lacks scopes and a condition", "allow: [everyone], scopes: s, when: claims.ok", R"({})",
     Reason::kDefaultDeny, ""},
    {"applies by any endpoint", "allow: [everyone], when: 'params.p == \"x\"'", "",
     Reason::kAllowed, "r"},
    {"a capture that the endpoint lacks fails",
     "deny: [everyone], when: 'params.q == \"z\"', unless: 'params.p == \"x\"'", R"({})",
     Reason::kDeniedByRule, "r"},
};

TEST(Condition, DecidesInThreeValues) {
  for (const TruthCase& c : kTruthCases) {
    SCOPED_TRACE(c.name);
    const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: https://i.example/, audiences: a, keys: {discovery: true}}]
roles: {viewer: }
rules: [{id: r, endpoints: ["/x", "/{p}", "/{q:x}"], )" +
                                   std::string(c.rules) + "}]\n");
    Scratch scratch;
    const Decision got = Decide(*policy, c.claims, {.method = "GET", .target = "/x"}, scratch);
    EXPECT_EQ(got.reason(), c.reason);
    EXPECT_EQ(got.rule_id(), c.rule);
  }
}

// --- Grants ---

struct GrantCase {
  const char* name;
  std::string_view grant;
  std::string_view claims;
  Reason reason;
};

const GrantCase kGrantCases[] = {
    {"true", "{when: claims.level > 2}", R"({"level":3})", Reason::kAllowed},
    {"false", "{when: claims.level > 2}", R"({"level":2})", Reason::kDefaultDeny},
    {"failed", "{when: claims.level > 2}", R"({"level":"3"})", Reason::kRolesIncomplete},
    {"absent", "{when: claims.level > 2}", R"({})", Reason::kRolesIncomplete},
    {"by issuer", R"({when: issuer == "https://i.example/"})", R"({"iss":"https://i.example/"})",
     Reason::kAllowed},
    {"claim and condition", "{claim: g, values: [a, b], when: claims.ok}",
     R"({"g":["b"],"ok":true})", Reason::kAllowed},
    {"claim alone", "{claim: g, values: [a, b], when: claims.ok}", R"({"g":["b"],"ok":false})",
     Reason::kDefaultDeny},
    {"condition alone", "{claim: g, values: [a, b], when: claims.ok}", R"({"g":["c"],"ok":true})",
     Reason::kDefaultDeny},
    {"another value, failed condition", "{claim: g, values: a, when: claims.ok}", R"({"g":"c"})",
     Reason::kDefaultDeny},
    {"incomplete claim, true condition", "{claim: g, values: a, when: claims.ok}",
     R"({"g":1,"ok":true})", Reason::kRolesIncomplete},
    {"incomplete claim, false condition", "{claim: g, values: a, when: claims.ok}",
     R"({"g":1,"ok":false})", Reason::kDefaultDeny},
    {"a true entry settles it", "[{when: claims.none}, {when: 'true'}]", R"({})", Reason::kAllowed},
};

TEST(Condition, GrantsRolesInThreeValues) {
  for (const GrantCase& c : kGrantCases) {
    SCOPED_TRACE(c.name);
    const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: https://i.example/, audiences: a, keys: {discovery: true}}]
roles:
  viewer:
  editor: {inherits: [viewer], granted_to: )" +
                                   std::string(c.grant) + R"(}
rules: [{id: r, allow: [viewer], endpoints: "/**"}]
)");
    Scratch scratch;
    EXPECT_EQ(Decide(*policy, c.claims, {.method = "GET", .target = "/"}, scratch).reason(),
              c.reason);
  }
}

// --- Headers ---

TEST(Condition, ComputesHeadersForTheUpstream) {
  const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: https://i.example/, audiences: a, keys: {discovery: true}}]
roles: {viewer: , editor: {inherits: [viewer]}}
rules: [{id: r, allow: [everyone], endpoints: "/**"}]
forward:
  headers:
    X-Roles: roles.join(",")
    X-Where: request.method + " " + request.path
    X-Who: 'has(claims.name) ? claims.name : "nobody"'
    X-Level: claims.level
)");
  Scratch scratch;
  const auto forwarded = [&](std::string_view claims) {
    std::string out;
    for (const Header& header :
         Decide(*policy, claims, {.method = "GET", .target = "/a?b"}, scratch).headers_to_set()) {
      out.append(header.name).append("=").append(header.value).append(";");
    }
    return out;
  };
  EXPECT_EQ(forwarded(R"({"roles":"editor","name":"ann","level":3})"),
            "X-Roles=viewer,editor;X-Where=GET /a;X-Who=ann;");
  EXPECT_EQ(forwarded(R"({"level":"high","name":"\u0007"})"), "X-Where=GET /a;X-Level=high;");
  EXPECT_EQ(forwarded(""), "X-Where=GET /a;X-Who=nobody;");
}

TEST(Condition, ARequiredHeaderMayDependOnTheRequest) {
  const auto policy = LoadPolicy(R"(
doorward: 1
rules: [{id: r, allow: [everyone], endpoints: "/**"}]
forward: {headers: {X-Team: {value: request.query.team, required: true}}}
)");
  Scratch scratch;
  EXPECT_EQ(Decide(*policy, "", {.method = "GET", .target = "/?team=a"}, scratch).reason(),
            Reason::kAllowed);
  const Decision refused = Decide(*policy, "", {.method = "GET", .target = "/"}, scratch);
  EXPECT_EQ(refused.reason(), Reason::kForwardValue);
  EXPECT_EQ(refused.rule_id(), "r");
}

// --- Bounds ---

TEST(Condition, ThatTakesTooLongFails) {
  std::string list = "[0";
  for (int i = 1; i < 2000; ++i) list += "," + std::to_string(i);
  const std::string claims = R"({"n":)" + list + "]}";
  const auto policy = PolicyWhen("claims.n.all(a, claims.n.all(b, a + b >= 0)) || !has(claims.n)");
  Scratch scratch;
  EXPECT_EQ(Decide(*policy, claims, {.method = "GET", .target = "/"}, scratch).reason(),
            Reason::kDefaultDeny);
  // The next decision has a budget of its own.
  EXPECT_EQ(Decide(*policy, "{}", {.method = "GET", .target = "/"}, scratch).reason(),
            Reason::kAllowed);
}

TEST(Condition, OneBudgetIsSharedByTheRulesOfADecision) {
  std::string rules;
  for (int i = 0; i < 100; ++i) {
    rules += "  - {id: r" + std::to_string(i) +
             ", deny: [everyone], endpoints: '/**', when: 'claims.n.exists(a, a == -1)'}\n";
  }
  const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: https://i.example/, audiences: a, keys: {discovery: true}}]
rules:
  - {id: all, allow: [everyone], endpoints: '/**'}
)" + rules);
  std::string list = "[0";
  for (int i = 1; i < 1000; ++i) list += ",0";
  Scratch scratch;
  const Request request{.method = "GET", .target = "/"};
  EXPECT_EQ(Decide(*policy, R"({"n":[0]})", request, scratch).reason(), Reason::kAllowed);
  EXPECT_EQ(Decide(*policy, R"({"n":)" + list + "]}", request, scratch).reason(),
            Reason::kDeniedByRule);
}

// --- Telling why ---

TEST(Condition, IsExplainedWithTheOperandsThatDecided) {
  const auto policy = PolicyWhen(R"(claims.level > 5 && claims.team == "ops")");
  Scratch scratch;
  std::string error;
  const Caller caller = *policy->CallerWithClaims(R"({"level":3,"team":"ops"})", {}, &error);
  const Explanation why = policy->Explain(caller, {.method = "GET", .target = "/"}, kNow, scratch);
  ASSERT_EQ(why.rules.size(), 1u);
  ASSERT_EQ(why.rules[0].conditions.size(), 1u);
  const ConditionExplanation& condition = why.rules[0].conditions[0];
  EXPECT_EQ(condition.member, "when");
  EXPECT_EQ(condition.value, "false");
  ASSERT_FALSE(condition.operands.empty());
  EXPECT_EQ(condition.operands[0].text, "claims.level");
  EXPECT_EQ(condition.operands[0].value, "3");
  EXPECT_THAT(why.ToText(), HasSubstr("claims.level is 3"));
  EXPECT_THAT(why.ToJson(), HasSubstr(R"("member":"when")"));
  ASSERT_EQ(why.advice.size(), 1u);
  EXPECT_THAT(why.advice[0], HasSubstr("with `when` being true"));
}

TEST(Condition, ThatFailsIsExplained) {
  const auto policy = PolicyWhen("claims.level > 5");
  Scratch scratch;
  const Explanation why =
      policy->Explain(policy->AnonymousCaller(), {.method = "GET", .target = "/"}, kNow, scratch);
  ASSERT_EQ(why.rules.size(), 1u);
  EXPECT_EQ(why.rules[0].outcome, RuleOutcome::kFails);
  EXPECT_EQ(why.rules[0].conditions[0].value, "failed: there is no such key");
}

}  // namespace
}  // namespace doorward
