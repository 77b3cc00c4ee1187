// SPDX-License-Identifier: Apache-2.0
//
// Where very many rules have one pattern they are looked up by roles (RoleIndex); the answer is
// that of looking at them one by one.

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/policy.h"

namespace doorward {
namespace {

constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "DELETE", "PURGE"};

struct Rule {
  bool deny = false;
  std::vector<size_t> methods;  // none for all
  std::vector<size_t> roles;
  bool scoped = false;  // and so never allows these callers, who have no scopes
};

class World {
 public:
  World(uint32_t seed, size_t rules, size_t roles) : random_(seed), roles_(roles) {
    for (size_t i = 0; i < rules; ++i) {
      Rule& rule = rules_.emplace_back();
      rule.deny = Below(4) == 0;
      for (size_t n = Below(3); n > 0; --n) rule.methods.push_back(Below(std::size(kMethods)));
      for (size_t n = 1 + Below(3); n > 0; --n) rule.roles.push_back(Below(roles_));
      rule.scoped = !rule.deny && Below(8) == 0;
    }
  }

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

  std::string PolicyText() const {
    std::string text = R"({"doorward":1,"roles":{)";
    for (size_t i = 0; i < roles_; ++i) {
      text += (i == 0 ? "\"r" : ",\"r") + std::to_string(i) + "\":{}";
    }
    text += R"(},"rules":[)";
    for (size_t i = 0; i < rules_.size(); ++i) {
      const Rule& rule = rules_[i];
      text += (i == 0 ? "" : ",") + std::string(R"({"id":")") + std::to_string(i) +
              (rule.deny ? R"(","deny":[)" : R"(","allow":[)");
      for (size_t role : rule.roles) text += Comma(text) + "\"r" + std::to_string(role) + "\"";
      text += rule.scoped ? R"(],"scopes":["s"],"endpoints":[")" : R"(],"endpoints":[")";
      for (size_t k = 0; k < rule.methods.size(); ++k) {
        text += (k == 0 ? "" : ",") + std::string(kMethods[rule.methods[k]]);
      }
      text += rule.methods.empty() ? "/one/{x}\"]}" : " /one/{x}\"]}";
    }
    return text + "]}";
  }

  // The first rule that denies, else the first that allows; "" for none.
  std::string RuleFor(size_t method, const std::vector<size_t>& held) const {
    std::string allow;
    for (size_t i = 0; i < rules_.size(); ++i) {
      const Rule& rule = rules_[i];
      if (rule.scoped || !Meets(rule.roles, held) || !Names(rule, method)) continue;
      if (rule.deny) return std::to_string(i);
      if (allow.empty()) allow = std::to_string(i);
    }
    return allow;
  }

 private:
  static std::string Comma(const std::string& text) { return text.back() == '[' ? "" : ","; }

  static bool Meets(const std::vector<size_t>& a, const std::vector<size_t>& b) {
    return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
  }

  // HEAD is not among the methods, so that GET stands for itself alone.
  static bool Names(const Rule& rule, size_t method) {
    return rule.methods.empty() ||
           std::find(rule.methods.begin(), rule.methods.end(), method) != rule.methods.end();
  }

  std::mt19937 random_;
  size_t roles_;
  std::vector<Rule> rules_;
};

TEST(ManyRules, OfOnePatternAreDecidedAsOneByOne) {
  Scratch scratch;
  // Around the number from which there is an index, and many; few roles, and more than a word.
  for (const size_t rules : {1u, 14u, 15u, 16u, 17u, 18u, 40u, 400u}) {
    for (const size_t roles : {3u, 62u, 63u, 130u}) {
      World world(static_cast<uint32_t>(rules * 1000 + roles), rules, roles);
      const auto policy = LoadPolicy(world.PolicyText(), "policy.json");
      for (int i = 0; i < 300; ++i) {
        std::vector<size_t> held;
        std::vector<std::string> names;
        for (size_t n = world.Below(6); n > 0; --n) {
          held.push_back(world.Below(roles));
          names.push_back("r" + std::to_string(held.back()));
        }
        const Caller caller =
            policy->CallerWithRoles(std::vector<std::string_view>(names.begin(), names.end()));
        const size_t method = world.Below(std::size(kMethods));
        const Decision decision =
            policy->Decide(caller, {.method = kMethods[method], .target = "/one/7"}, {}, scratch);
        ASSERT_EQ(decision.rule_id(), world.RuleFor(method, held))
            << rules << " rules, " << roles << " roles, request " << i;
      }
    }
  }
}

}  // namespace
}  // namespace doorward
