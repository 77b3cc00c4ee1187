// SPDX-License-Identifier: Apache-2.0
//
// Endpoints of several hosts, which share a trie as long as there are bits for them (Matcher): a
// request gets what its own host has, and nothing of the others.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/policy.h"

namespace doorward {
namespace {

// The rule that decides GET `path` for everyone; "" where there is none.
std::string RuleOf(const Policy& policy, std::optional<std::string_view> host,
                   std::string_view path) {
  Scratch scratch;
  const Caller caller = policy.CallerWithRoles(std::vector<std::string_view>{});
  return std::string(
      policy.Decide(caller, {.method = "GET", .host = host, .target = path}, {}, scratch)
          .rule_id());
}

std::string Rule(std::string_view id, std::string_view endpoint) {
  return "  - {id: " + std::string(id) + ", allow: [everyone], endpoints: [\"" +
         std::string(endpoint) + "\"]}\n";
}

TEST(HostSharing, OnePatternMayBelongToManyHosts) {
  const auto policy = LoadPolicy("doorward: 1\nrules:\n" + Rule("exact", "a.example.com/x/{y}") +
                                 Rule("near", "*.example.com/x/{y}") + Rule("far", "*.com/x/{y}") +
                                 Rule("any", "/x/{y}") + Rule("other", "b.example.com/x/{y}"));
  EXPECT_EQ(RuleOf(*policy, "a.example.com", "/x/1"), "exact");
  EXPECT_EQ(RuleOf(*policy, "b.example.com", "/x/1"), "near");
  EXPECT_EQ(RuleOf(*policy, "c.b.example.com", "/x/1"), "near");
  EXPECT_EQ(RuleOf(*policy, "example.com", "/x/1"), "far");
  EXPECT_EQ(RuleOf(*policy, "com", "/x/1"), "any");
  EXPECT_EQ(RuleOf(*policy, "example.org", "/x/1"), "any");
  EXPECT_EQ(RuleOf(*policy, std::nullopt, "/x/1"), "any");
}

// What stands at the root, and in every form of segment, of one host alone.
TEST(HostSharing, AnOnlyHostIsStillAsked) {
  for (const std::string_view pattern :
       {"/", "/**", "/x", "/{any}", "/x*", "/{r:x+}", "/**/x", "/**/x*"}) {
    const auto policy =
        LoadPolicy("doorward: 1\nrules:\n" + Rule("only", "a.example" + std::string(pattern)));
    const std::string_view path = pattern == "/" ? "/" : "/x";
    EXPECT_EQ(RuleOf(*policy, "a.example", path), "only") << pattern;
    EXPECT_EQ(RuleOf(*policy, "b.example", path), "") << pattern;
    EXPECT_EQ(RuleOf(*policy, std::nullopt, path), "") << pattern;
  }
}

// Globs and regular expressions of one place, each for other hosts, and some for several that one
// request matches.
TEST(HostSharing, FormsOfOnePlaceMayBelongToManyHosts) {
  std::string text = "doorward: 1\nrules:\n";
  for (const std::string_view host :
       {"a.x.example", "b.x.example", "*.x.example", "*.example", ""}) {
    const std::string name = std::string(host.empty() ? "any" : host);
    text += Rule("all " + name, std::string(host) + "/all*/" +
                                    (host.empty()               ? "any"
                                     : name.substr(0, 1) == "*" ? "wild"
                                                                : name.substr(0, 1)));
  }
  text += Rule("only a", "a.x.example/only*") + Rule("only wild", "*.x.example/{r:only[0-9]}") +
          Rule("only any", "/{r:[a-z]+9}");
  const auto policy = LoadPolicy(text);
  const struct {
    std::string_view host, path, rule;
  } kRows[] = {
      {"a.x.example", "/all1/a", "all a.x.example"},
      {"b.x.example", "/all1/a", ""},
      {"b.x.example", "/all1/b", "all b.x.example"},
      {"c.x.example", "/all1/wild", "all *.x.example"},
      {"x.example", "/all1/wild", "all *.example"},
      {"example", "/all1/wild", ""},
      {"example", "/all1/any", "all any"},
      {"a.x.example", "/all1/any", "all any"},
      {"a.x.example", "/only9", "only a"},
      {"b.x.example", "/only9", "only wild"},
      {"x.example", "/only9", "only any"},
      {"x.example", "/only", ""},
      {"a.x.example", "/onlyx", "only a"},
      {"b.x.example", "/onlyx", ""},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(RuleOf(*policy, row.host, row.path), row.rule) << row.host << row.path;
  }
}

// A way that several hosts go together parts again: neither gets the other's end.
TEST(HostSharing, WaysPartAgain) {
  const auto policy = LoadPolicy("doorward: 1\nrules:\n" + Rule("a", "a.example/x/y") +
                                 Rule("b", "b.example/x/y/z") + Rule("c", "c.example/x/**") +
                                 Rule("d", "d.example/x/**/y") + Rule("e", "e.example/x/y*") +
                                 Rule("f", "f.example/x/{y:[y]}"));
  const struct {
    std::string_view host, path, rule;
  } kRows[] = {
      {"a.example", "/x/y", "a"},   {"a.example", "/x/y/z", ""},  {"b.example", "/x/y", ""},
      {"b.example", "/x/y/z", "b"}, {"c.example", "/x", "c"},     {"c.example", "/x/y/z", "c"},
      {"d.example", "/x/y", "d"},   {"d.example", "/x/q/y", "d"}, {"d.example", "/x/q", ""},
      {"e.example", "/x/y", "e"},   {"e.example", "/x/yy", "e"},  {"f.example", "/x/y", "f"},
      {"f.example", "/x/yy", ""},   {"g.example", "/x/y", ""},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(RuleOf(*policy, row.host, row.path), row.rule) << row.host << row.path;
  }
}

// Explaining tells of the hosts that a path would have done for, be they among those that share a
// trie (the first) or not.
TEST(HostSharing, ExplainingNamesOtherHosts) {
  std::string text = "doorward: 1\nrules:\n" + Rule("first", "first.example/x");
  for (int i = 0; i < 70; ++i) {
    text += Rule("r" + std::to_string(i), "t" + std::to_string(i) + ".example/other");
  }
  const auto policy = LoadPolicy(text + Rule("last", "last.example/x"));
  Scratch scratch;
  const Caller caller = policy->CallerWithRoles(std::vector<std::string_view>{});
  const Explanation explained = policy->Explain(
      caller, {.method = "GET", .host = "stranger.example", .target = "/x"}, {}, scratch);
  ASSERT_EQ(explained.near_misses.size(), 2u);
  EXPECT_EQ(explained.near_misses[0].rule_id, "first");
  EXPECT_EQ(explained.near_misses[1].rule_id, "last");
}

// More hosts than there are bits, each with a rule of every kind of segment at the same places.
class Tenants : public testing::TestWithParam<int> {};

TEST_P(Tenants, SeeTheirOwnAlone) {
  std::string text = "doorward: 1\nrules:\n";
  const int tenants = GetParam();
  for (int i = 0; i < tenants; ++i) {
    const std::string host = "t" + std::to_string(i) + ".example";
    const std::string id = std::to_string(i);
    text += Rule("literal" + id, host + "/api/users") + Rule("glob" + id, host + "/api/report-*") +
            Rule("regex" + id, host + "/api/{n:[0-9]+}") + Rule("below" + id, host + "/files/**");
  }
  text += Rule("wild", "*.example/api/{id}/wild") + Rule("any", "/api/{id}/any");
  const auto policy = LoadPolicy(text);
  for (int i = 0; i < tenants; ++i) {
    const std::string host = "t" + std::to_string(i) + ".example";
    const std::string id = std::to_string(i);
    EXPECT_EQ(RuleOf(*policy, host, "/api/users"), "literal" + id);
    EXPECT_EQ(RuleOf(*policy, host, "/api/report-7"), "glob" + id);
    EXPECT_EQ(RuleOf(*policy, host, "/api/7"), "regex" + id);
    EXPECT_EQ(RuleOf(*policy, host, "/files/a/b"), "below" + id);
    EXPECT_EQ(RuleOf(*policy, host, "/api/7/wild"), "wild");
    EXPECT_EQ(RuleOf(*policy, host, "/api/7/any"), "any");
    EXPECT_EQ(RuleOf(*policy, host, "/api/none"), "");
  }
  for (const std::string_view path : {"/api/users", "/api/report-7", "/api/7", "/files/a/b"}) {
    EXPECT_EQ(RuleOf(*policy, "stranger.example", path), "") << path;
    EXPECT_EQ(RuleOf(*policy, "sub.t1.example", path), "") << path;
  }
}

INSTANTIATE_TEST_SUITE_P(HostSharing, Tenants, testing::Values(1, 29, 30, 31, 32, 33, 200),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace doorward
