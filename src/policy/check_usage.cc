// SPDX-License-Identifier: Apache-2.0
//
// What can be said only of a whole policy that is right: what in it has no effect, or more than its
// author may have meant.

#include <algorithm>
#include <string>
#include <vector>

#include "src/policy/check.h"
#include "src/policy/expression.h"

namespace doorward {
namespace {

class UsageCheck {
 public:
  explicit UsageCheck(PolicyCheck& check)
      : fields_(check.fields), model_(check.model), matters_(model_.roles.size()) {}

  void WarnUnusedRoles() {
    for (const RuleModel& rule : model_.rules) {
      for (const uint32_t role : rule.roles) matters_[role] = true;
      for (const Expression& condition : {rule.when, rule.unless}) Count(condition);
    }
    for (const ForwardHeaderModel& header : model_.forward_headers) Count(header.value);
    Spread();
    for (size_t i = 0; i < model_.roles.size(); ++i) {
      if (matters_[i]) continue;
      fields_.Warning(
          model_.roles[i].at, "unused_role",
          "no rule names the role " + Quote(model_.roles[i].name) + ", nor one that it inherits",
          {"", "name it in a rule, or remove it"});
    }
  }

 private:
  // An expression that looks for single roles by name needs those; one that does anything else with
  // `roles` may need all.
  void Count(const Expression& expression) {
    constexpr size_t kRoles = PlaceOf(ExpressionVariable::kRoles);
    if (expression == nullptr || !expression->uses(kRoles)) return;
    const std::vector<cel::MemberUse> uses = expression->MembersOf(kRoles);
    if (uses.size() < expression->UseCount(kRoles)) matters_.assign(matters_.size(), true);
    for (size_t i = 0; i < model_.roles.size(); ++i) {
      const auto names = [&](const cel::MemberUse& use) {
        return use.name == model_.roles[i].name;
      };
      if (std::any_of(uses.begin(), uses.end(), names)) matters_[i] = true;
    }
  }

  // A role matters where one that it inherits does: heirs are found from what they inherit.
  void Spread() {
    std::vector<std::vector<uint32_t>> heirs(model_.roles.size());
    std::vector<uint32_t> open;
    for (uint32_t i = 0; i < model_.roles.size(); ++i) {
      for (const uint32_t inherited : model_.roles[i].inherits) heirs[inherited].push_back(i);
      if (matters_[i]) open.push_back(i);
    }
    while (!open.empty()) {
      const uint32_t role = open.back();
      open.pop_back();
      for (const uint32_t heir : heirs[role]) {
        if (matters_[heir]) continue;
        matters_[heir] = true;
        open.push_back(heir);
      }
    }
  }

  Fields& fields_;
  const PolicyModel& model_;
  std::vector<bool> matters_;
};

}  // namespace

void CheckUsage(PolicyCheck& check, Span rules) {
  const auto allows = [](const RuleModel& rule) { return !rule.deny && !rule.report_only; };
  const std::vector<RuleModel>& list = check.model.rules;
  if (std::none_of(list.begin(), list.end(), allows)) {
    check.fields.Warning(rules, list.empty() ? "no_rules" : "nothing_allowed",
                         list.empty() ? "all requests are denied, as there are no rules"
                                      : "all requests are denied, as no rule allows any",
                         {"", "add a rule with `allow`"});
  }
  if (!list.empty()) UsageCheck(check).WarnUnusedRoles();
}

}  // namespace doorward
