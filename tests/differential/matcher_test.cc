// SPDX-License-Identifier: Apache-2.0
//
// The compiled matcher against the reference, on policies and requests made by chance from few
// words, so that patterns overlap and paths nearly match. A failure prints the seed and the policy.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/policy.h"

#include "tests/differential/reference_matcher.h"
#include "tests/support/policy.h"

namespace doorward {
namespace {

using reference::Rule;

class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {
    const size_t rules = Below(2) == 0 ? 1 + Below(8) : 1 + Below(60);
    for (size_t i = 0; i < rules; ++i) rules_.push_back(MakeRule(i));
  }

  const std::vector<Rule>& rules() const { return rules_; }

  std::string PolicyJson() const {
    std::string text =
        R"({"doorward":1,"roles":{"r0":{},"r1":{"inherits":["r0"]},"r2":{},"r3":{"inherits":["r1","r2"]}},"rules":[)";
    for (const Rule& rule : rules_) {
      if (text.back() != '[') text += ",";
      text += R"({"id":")" + rule.id + R"(",")" + (rule.deny ? "deny" : "allow") + R"(":[)";
      for (const std::string& role : rule.roles)
        text += (text.back() == '[' ? "\"" : ",\"") + role + "\"";
      text += R"(],"endpoints":[")" + Endpoint(rule) + "\"]}";
    }
    return text + "]}";
  }

  reference::Request MakeRequest() {
    reference::Request request{Pick({"GET", "HEAD", "POST", "PURGE"}),
                               Pick({"", "a.example", "b.example", "x.a.example", "y.x.a.example"}),
                               {}};
    // Half of the paths follow a rule's pattern, and then stray from it now and then.
    if (Below(2) == 0) {
      for (const std::string& segment : rules_[Below(rules_.size())].path)
        Follow(segment, request.path);
      if (Below(4) == 0 && !request.path.empty()) request.path[Below(request.path.size())] = Word();
    } else {
      for (size_t n = Below(6); n > 0; --n) request.path.push_back(Word());
    }
    return request;
  }

  std::set<std::string> MakeRoles() {
    std::set<std::string> roles;
    for (const char* role : {"r0", "r1", "r2", "r3"}) {
      if (Below(3) == 0) roles.insert(role);
    }
    return roles;
  }

 private:
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  std::string Pick(std::vector<std::string> from) { return from[Below(from.size())]; }

  std::string Word() {
    return Pick({"a", "b", "ab", "aba", "abab", "c1", "c22", "x",
                 "a-rather-long-segment-of-40-octets-aaaaa",
                 "a-rather-long-segment-of-40-octets-aaaab", "seventeen-octets1"});
  }

  std::string SegmentPattern() {
    switch (Below(8)) {
      case 0:
        return "*";
      case 1:
        return "{p" + std::to_string(captures_++) + "}";
      case 2:
        return Pick({"a*", "*b", "a*b", "*a*", "a*b*a", "c*", "a-rather*b"});
      case 3:
        return "{p" + std::to_string(captures_++) + ":" +
               Pick({"[a-b]+", "c[0-9]{2}", ".", "(ab)+"}) + "}";
      default:
        return Word();
    }
  }

  Rule MakeRule(size_t number) {
    Rule rule;
    rule.id = "rule-" + std::to_string(number);
    rule.deny = Below(5) == 0;
    for (size_t n = 1 + Below(2); n > 0; --n) rule.roles.insert("r" + std::to_string(Below(4)));
    rule.methods = Pick({"0", "1", "2"}) == "0"
                       ? std::vector<std::string>{}
                       : std::vector<std::string>{Pick({"GET", "POST", "HEAD", "PURGE"})};
    rule.host = Pick({"", "", "", "a.example", "*.example", "*.a.example"});
    for (size_t n = Below(5); n > 0; --n) rule.path.push_back(SegmentPattern());
    if (Below(3) == 0) {
      const std::string tail = Below(2) == 0 ? "**" : "{rest=**}";
      rule.path.insert(rule.path.begin() + static_cast<std::ptrdiff_t>(Below(rule.path.size() + 1)),
                       tail);
    }
    return rule;
  }

  static std::string Endpoint(const Rule& rule) {
    std::string text;
    for (const std::string& method : rule.methods) text += (text.empty() ? "" : ",") + method;
    if (!text.empty()) text += ' ';
    text += rule.host;
    for (const std::string& segment : rule.path) text += "/" + segment;
    return rule.path.empty() ? text + "/" : text;
  }

  void Follow(const std::string& pattern, std::vector<std::string>& path) {
    if (pattern == "**" || pattern == "{rest=**}") {
      for (size_t n = Below(4); n > 0; --n) path.push_back(Word());
    } else if (pattern[0] == '{' || pattern.find('*') != std::string::npos) {
      path.push_back(Word());
    } else {
      path.push_back(pattern);
    }
  }

  std::mt19937 random_;
  std::vector<Rule> rules_;
  size_t captures_ = 0;
};

// With what those roles inherit.
std::set<std::string> Closed(std::set<std::string> roles) {
  if (roles.contains("r3")) roles.insert({"r1", "r2"});
  if (roles.contains("r1")) roles.insert("r0");
  return roles;
}

std::string Target(const std::vector<std::string>& path) {
  std::string target;
  for (const std::string& segment : path) target += "/" + segment;
  return target.empty() ? "/" : target;
}

std::string Name(const Decision& decision) {
  if (decision.rule_id().empty()) return "default";
  return (decision.allowed() ? "allow " : "deny ") + std::string(decision.rule_id());
}

TEST(MatcherDifferential, DecidesAsTheReferenceDoes) {
  constexpr uint32_t kWorlds = 400;
  constexpr int kRequests = 250;
  Scratch scratch;
  size_t matched = 0;
  for (uint32_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    const std::string text = world.PolicyJson();
    const auto policy = LoadPolicy(text, "policy.json");
    for (int i = 0; i < kRequests; ++i) {
      const reference::Request request = world.MakeRequest();
      const std::set<std::string> roles = world.MakeRoles();
      const std::vector<std::string_view> direct(roles.begin(), roles.end());
      const std::string target = Target(request.path);
      const auto host =
          request.host.empty() ? std::nullopt : std::optional<std::string_view>(request.host);
      const Decision got =
          policy->Decide(policy->CallerWithRoles(direct),
                         {.method = request.method, .host = host, .target = target}, {}, scratch);
      const std::string want = reference::Decide(world.rules(), request, Closed(roles));
      matched += want != "default";
      ASSERT_EQ(Name(got), want) << "seed " << seed << ", " << request.method << " " << request.host
                                 << target << "\n"
                                 << text;
    }
  }
  // The comparison means something only if enough requests meet a rule.
  EXPECT_GT(matched, kWorlds * kRequests / 10);
}

// Patterns chosen so that a matcher that backtracks, or follows "**" by guessing, would take
// exponentially long.
TEST(MatcherDifferential, HostilePatternsAndPathsEndSoon) {
  std::string text = "doorward: 1\nroles: {r: {}}\nrules:\n";
  for (int i = 0; i < 128; ++i) {
    std::string path;
    for (int k = 0; k < 16; ++k)
      path += k == i % 16 ? "/**" : (i >> (k % 7) & 1) != 0 ? "/a" : "/*";
    text += "  - {id: r" + std::to_string(i) + ", deny: [r], endpoints: ['" + path + "']}\n";
  }
  const auto policy = LoadPolicy(text);
  std::string target;
  for (int i = 0; i < 255; ++i) target += "/a";
  target += "/b";
  Scratch scratch;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(policy
                  ->Decide(policy->CallerWithRoles(std::vector<std::string_view>{"r"}),
                           {.method = "GET", .target = target}, {}, scratch)
                  .http_status(),
              403);
  }
}

}  // namespace
}  // namespace doorward
