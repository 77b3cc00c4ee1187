// SPDX-License-Identifier: Apache-2.0
//
// How a decision is made (docs/policy-language.md, "How a request is decided"), for callers who are
// known by other means than a token.

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/policy.h"

namespace doorward {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kShop = R"(
doorward: 1
roles:
  viewer:
  editor: {inherits: [viewer]}
  admin: {inherits: [editor]}
rules:
  - {id: read, allow: [viewer], endpoints: ["GET /orders", "GET /orders/{id}"]}
  - {id: write, allow: [editor], endpoints: ["POST,PUT /orders/**"]}
  - {id: own, allow: [authenticated], endpoints: ["/me"]}
  - {id: open, allow: [everyone], endpoints: ["GET /health"]}
  - {id: frozen, deny: [everyone], endpoints: ["/orders/frozen/**"]}
  - {id: no-editors, deny: [editor], endpoints: ["/orders/locked"]}
  - {id: hooks, allow: [everyone], endpoints: ["POST /hooks/{name}"], token: ignore}
  - {id: export, allow: [viewer], scopes: [orders.export, orders.read], endpoints: ["GET /export"]}
)";

struct DecideCase {
  const char* name;
  std::optional<std::vector<std::string_view>> roles;  // none: no token
  std::string_view method, target;
  Reason reason;
  std::string_view rule;
};

const DecideCase kDecideCases[] = {
    {"a role allows", {{"viewer"}}, "GET", "/orders/17", Reason::kAllowed, "read"},
    {"GET covers HEAD", {{"viewer"}}, "HEAD", "/orders/17", Reason::kAllowed, "read"},
    {"HEAD does not cover POST", {{"viewer"}}, "POST", "/orders/17", Reason::kDefaultDeny, ""},
    {"a senior holds what its juniors do", {{"admin"}}, "GET", "/orders", Reason::kAllowed, "read"},
    {"a junior does not hold its senior's",
     {{"viewer"}},
     "PUT",
     "/orders/1",
     Reason::kDefaultDeny,
     ""},
    {"a trailing slash is the same path",
     {{"viewer"}},
     "GET",
     "/orders/",
     Reason::kAllowed,
     "read"},
    {"no rule matches", {{"admin"}}, "GET", "/other", Reason::kDefaultDeny, ""},
    {"no token, default", std::nullopt, "GET", "/orders", Reason::kNoToken, ""},
    {"no token, unknown path", std::nullopt, "GET", "/other", Reason::kNoToken, ""},
    {"no token, everyone", std::nullopt, "GET", "/health", Reason::kAllowed, "open"},
    {"a token, everyone", {{}}, "GET", "/health", Reason::kAllowed, "open"},
    {"a token without roles", {{}}, "GET", "/me", Reason::kAllowed, "own"},
    {"no token, authenticated", std::nullopt, "GET", "/me", Reason::kNoToken, ""},
    {"any method where none is named", {{}}, "PURGE", "/me", Reason::kAllowed, "own"},
    {"deny wins over allow", {{"admin"}}, "PUT", "/orders/frozen", Reason::kDeniedByRule, "frozen"},
    {"deny without a token", std::nullopt, "GET", "/orders/frozen/1", Reason::kDeniedByRule,
     "frozen"},
    {"deny reaches seniors",
     {{"admin"}},
     "GET",
     "/orders/locked",
     Reason::kDeniedByRule,
     "no-editors"},
    {"deny spares juniors", {{"viewer"}}, "GET", "/orders/locked", Reason::kAllowed, "read"},
    {"a rule that ignores the token", std::nullopt, "POST", "/hooks/x", Reason::kAllowed, "hooks"},
    {"the same with a token", {{"viewer"}}, "POST", "/hooks/x", Reason::kAllowed, "hooks"},
    {"scopes are lacking", {{"viewer"}}, "GET", "/export", Reason::kInsufficientScope, ""},
    {"role and scopes are lacking", {{}}, "GET", "/export", Reason::kDefaultDeny, ""},
    {"undeclared roles are ignored",
     {{"root", "viewer"}},
     "GET",
     "/orders",
     Reason::kAllowed,
     "read"},
    {"reserved names are no roles", {{"everyone"}}, "GET", "/orders", Reason::kDefaultDeny, ""},
};

TEST(Decide, FollowsTheRules) {
  const auto policy = LoadPolicy(kShop);
  Scratch scratch;
  for (const DecideCase& row : kDecideCases) {
    SCOPED_TRACE(row.name);
    const Caller caller =
        row.roles ? policy->CallerWithRoles(*row.roles) : policy->AnonymousCaller();
    const Decision got =
        policy->Decide(caller, {.method = row.method, .target = row.target}, {}, scratch);
    EXPECT_EQ(ReasonName(got.reason()), ReasonName(row.reason));
    EXPECT_EQ(got.rule_id(), row.rule);
    EXPECT_EQ(got.policy_revision(), policy->revision());
  }
}

TEST(Decide, NamesTheFirstRuleOfTheFileAmongThoseThatDecided) {
  const auto policy = LoadPolicy(R"(
doorward: 1
roles: {a: {}, b: {}}
rules:
  - {id: allow-b, allow: [b], endpoints: ["/x/{y}"]}
  - {id: allow-a, allow: [a], endpoints: ["/**"]}
  - {id: deny-b, deny: [b], endpoints: ["/x/no"]}
  - {id: deny-any, deny: [everyone], endpoints: ["/**/no"]}
)");
  Scratch scratch;
  const auto rule = [&](std::vector<std::string_view> roles, std::string_view target) {
    const Caller caller = policy->CallerWithRoles(roles);
    return std::string(
        policy->Decide(caller, {.method = "GET", .target = target}, {}, scratch).rule_id());
  };
  EXPECT_EQ(rule({"a", "b"}, "/x/1"), "allow-b");
  EXPECT_EQ(rule({"a"}, "/x/1"), "allow-a");
  EXPECT_EQ(rule({"a", "b"}, "/x/no"), "deny-b");
  EXPECT_EQ(rule({"a"}, "/x/no"), "deny-any");
}

TEST(Decide, ARuleThatIgnoresTheTokenYieldsToWhatDeniesACallerWithoutOne) {
  const auto policy = LoadPolicy(R"(
doorward: 1
roles: {a: {}, b: {}}
rules:
  - {id: hook, allow: [everyone], endpoints: ["/hook"], token: ignore}
  - {id: never, deny: [everyone], endpoints: ["DELETE /hook"]}
  - {id: not-a, deny: [a], endpoints: ["/hook"]}
)");
  Scratch scratch;
  const auto reason = [&](const Caller& caller, std::string_view method) {
    return ReasonName(
        policy->Decide(caller, {.method = method, .target = "/hook"}, {}, scratch).reason());
  };
  EXPECT_EQ(reason(policy->AnonymousCaller(), "GET"), "allowed");
  EXPECT_EQ(reason(policy->CallerWithRoles(std::vector<std::string_view>{"b"}), "GET"), "allowed");
  EXPECT_EQ(reason(policy->CallerWithRoles(std::vector<std::string_view>{"a"}), "GET"),
            "denied_by_rule");
  EXPECT_EQ(reason(policy->AnonymousCaller(), "DELETE"), "denied_by_rule");
}

TEST(Decide, AllowedByARuleThatIgnoresTheTokenTheCallerIsNobody) {
  const auto policy = LoadPolicy(R"(
doorward: 1
roles: {a: {}}
rules:
  - {id: hook, allow: [everyone], endpoints: ["/hook", "/both"], token: ignore}
  - {id: too, allow: [a], endpoints: ["/both"]}
)");
  Scratch scratch;
  const Caller caller = policy->CallerWithRoles(std::vector<std::string_view>{"a"});
  EXPECT_THAT(policy->Decide(caller, {.method = "GET", .target = "/hook"}, {}, scratch).roles(),
              IsEmpty());
  const Decision both = policy->Decide(caller, {.method = "GET", .target = "/both"}, {}, scratch);
  EXPECT_EQ(both.rule_id(), "hook");
  EXPECT_THAT(both.roles(), ElementsAre("a"));
}

TEST(Decide, RolesAreListedInTheOrderOfDeclaration) {
  const auto policy = LoadPolicy(kShop);
  Scratch scratch;
  const Caller caller = policy->CallerWithRoles(std::vector<std::string_view>{"editor"});
  EXPECT_THAT(policy->Decide(caller, {.method = "GET", .target = "/orders"}, {}, scratch).roles(),
              ElementsAre("viewer", "editor"));
}

TEST(Decide, ACallerOfAnotherPolicyIsDenied) {
  const auto one = LoadPolicy(kShop);
  const auto other = LoadPolicy(kShop);
  Scratch scratch;
  const Decision got =
      one->Decide(other->CallerWithRoles({}), {.method = "GET", .target = "/health"}, {}, scratch);
  EXPECT_EQ(got.reason(), Reason::kInternal);
  EXPECT_EQ(got.http_status(), 500);
}

TEST(Decide, HostsThatAreNotServedAreMisdirected) {
  const auto policy = LoadPolicy(R"(
doorward: 1
hosts: [api.example.com, "*.apps.example.com"]
rules: [{id: all, allow: [everyone], endpoints: ["/**"]}]
)");
  struct Row {
    std::optional<std::string_view> host;
    Reason reason;
  };
  const Row rows[] = {
      {"api.example.com", Reason::kAllowed},
      {"API.Example.COM.:8443", Reason::kAllowed},
      {"a.apps.example.com", Reason::kAllowed},
      {"a.b.apps.example.com", Reason::kAllowed},
      {"apps.example.com", Reason::kMisdirected},
      {"xapps.example.com", Reason::kMisdirected},
      {"example.com", Reason::kMisdirected},
      {std::nullopt, Reason::kMisdirected},
      {"", Reason::kBadHost},
      {"[::1]", Reason::kMisdirected},
  };
  Scratch scratch;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.host.value_or("(none)"));
    const Decision got = policy->Decide(
        policy->AnonymousCaller(), {.method = "GET", .host = row.host, .target = "/"}, {}, scratch);
    EXPECT_EQ(ReasonName(got.reason()), ReasonName(row.reason));
  }
}

TEST(Decide, EndpointsMayNameHosts) {
  const auto policy = LoadPolicy(R"(
doorward: 1
rules:
  - {id: exact, allow: [everyone], endpoints: ["GET api.example.com/a"]}
  - {id: wild, allow: [everyone], endpoints: ["GET *.example.com/b"]}
  - {id: deny-wild, deny: [everyone], endpoints: ["*.x.example.com/**"]}
  - {id: any, allow: [everyone], endpoints: ["GET /c"]}
)");
  struct Row {
    std::optional<std::string_view> host;
    std::string_view target, rule;
  };
  const Row rows[] = {
      {"api.example.com", "/a", "exact"},
      {"www.example.com", "/a", ""},
      {std::nullopt, "/a", ""},
      {"www.example.com", "/b", "wild"},
      {"a.b.example.com", "/b", "wild"},
      {"example.com", "/b", ""},
      {"q.x.example.com", "/b", "deny-wild"},
      {"q.x.example.com", "/c", "deny-wild"},
      {"x.example.com", "/c", "any"},
      {std::nullopt, "/c", "any"},
  };
  Scratch scratch;
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.host.value_or("(none)")) + std::string(row.target));
    const Decision got =
        policy->Decide(policy->AnonymousCaller(),
                       {.method = "GET", .host = row.host, .target = row.target}, {}, scratch);
    EXPECT_EQ(got.rule_id(), row.rule);
  }
}

TEST(Decide, OptionsAsteriskMatchesItsOwnEndpointAlone) {
  const auto policy = LoadPolicy(R"(
doorward: 1
rules:
  - {id: star, allow: [everyone], endpoints: ["OPTIONS *"]}
  - {id: all, allow: [everyone], endpoints: ["OPTIONS /**"]}
)");
  Scratch scratch;
  const auto rule = [&](std::string_view target) {
    return std::string(policy
                           ->Decide(policy->AnonymousCaller(),
                                    {.method = "OPTIONS", .target = target}, {}, scratch)
                           .rule_id());
  };
  EXPECT_EQ(rule("*"), "star");
  EXPECT_EQ(rule("/"), "all");
}

TEST(Decide, MethodsBeyondTheUsualAreToldApart) {
  std::string text = "doorward: 1\nrules:\n";
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    text += "  - {id: r" + n + ", allow: [everyone], endpoints: [M" + n + " /x]}\n";
  }
  const auto policy = LoadPolicy(text);
  Scratch scratch;
  for (int i = 0; i <= 40; ++i) {
    const std::string method = "M" + std::to_string(i);
    const Decision got =
        policy->Decide(policy->AnonymousCaller(), {.method = method, .target = "/x"}, {}, scratch);
    EXPECT_EQ(got.rule_id(), i < 40 ? "r" + std::to_string(i) : "") << method;
  }
}

TEST(Decide, CanonicalRequestGoesOn) {
  const auto policy =
      LoadPolicy("doorward: 1\nrules: [{id: r, allow: [everyone], endpoints: [/**]}]\n");
  Scratch scratch;
  const Decision got = policy->Decide(
      policy->AnonymousCaller(),
      {.method = "GET", .host = "A.Example:80", .target = "/%61%20b/?q=1"}, {}, scratch);
  EXPECT_EQ(got.path(), "/a%20b/");
  EXPECT_EQ(got.host(), "a.example");
  EXPECT_EQ(got.method(), "GET");
  const Decision refused = policy->Decide(policy->AnonymousCaller(),
                                          {.method = "GET", .target = "/a/../b"}, {}, scratch);
  EXPECT_EQ(refused.reason(), Reason::kBadSegment);
  EXPECT_FALSE(refused.has_path());
  EXPECT_NE(refused.Explain(), "");
}

}  // namespace
}  // namespace doorward
