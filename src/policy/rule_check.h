// SPDX-License-Identifier: Apache-2.0
//
// Whether one rule applies to one caller, looked at in full: what a leaf's entry cannot tell by its
// bits alone.

#ifndef DOORWARD_POLICY_RULE_CHECK_H_
#define DOORWARD_POLICY_RULE_CHECK_H_

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "src/policy/activation.h"
#include "src/policy/program.h"

namespace doorward {

// Whether the caller holds one of the rule's roles (or a reserved name fits).
inline Truth HoldsARole(const CompiledRule& rule, const Holdings& holdings) {
  Truth best = Truth::kNo;
  for (uint32_t bit : rule.roles) {
    if (holdings.held.Contains(bit)) return Truth::kYes;
    if (holdings.roles_in_doubt && holdings.unknown.Contains(bit)) best = Truth::kUnknown;
  }
  return best;
}

// Whether the caller holds all of the rule's scopes.
inline Truth HoldsScopes(const CompiledRule& rule, const Holdings& holdings) {
  for (const std::string& scope : rule.scopes) {
    if (!holdings.HoldsScope(scope)) {
      return holdings.scopes_in_doubt ? Truth::kUnknown : Truth::kNo;
    }
  }
  return Truth::kYes;
}

// Whether an endpoint means this method, where its bits alone do not tell.
inline bool MeansMethod(const CompiledEndpoint& endpoint, std::string_view method, uint32_t bit) {
  if ((endpoint.methods & bit) == 0) return false;
  if (bit != MethodTable::kByName || endpoint.method_names == nullptr) return true;
  const std::vector<std::string>& names = *endpoint.method_names;
  return std::find(names.begin(), names.end(), method) != names.end();
}

// Whether the rule's condition, `(when) && !(unless)`, holds for what `activation` knows: in doubt
// where it failed. `endpoint`: the matching one, whose captures it may ask for.
inline Truth HoldsCondition(const CompiledRule& rule, uint32_t endpoint,
                            RequestActivation& activation, cel::Machine& machine) {
  if (rule.condition == nullptr) return Truth::kYes;
  const RuleCondition& condition = *rule.condition;
  if (!condition.captures.empty()) activation.SetCaptures(condition.captures[endpoint]);
  const auto evaluate = [&](const Expression& expression, bool otherwise) {
    if (expression == nullptr) return otherwise ? Truth::kYes : Truth::kNo;
    return TruthOf(expression->Evaluate(machine));
  };
  const Truth when = evaluate(condition.when, true);
  if (when == Truth::kNo) return Truth::kNo;
  const Truth unless = evaluate(condition.unless, false);
  if (unless == Truth::kYes) return Truth::kNo;
  return when == Truth::kYes && unless == Truth::kNo ? Truth::kYes : Truth::kUnknown;
}

// Whether a rule applies where it is known so far that its parts hold: a deny rule counts doubt as
// held, an allow rule as not held.
inline bool Applies(bool deny, std::initializer_list<Truth> parts) {
  const Truth enough = deny ? Truth::kUnknown : Truth::kYes;
  return std::all_of(parts.begin(), parts.end(), [&](Truth part) { return part >= enough; });
}

}  // namespace doorward

#endif  // DOORWARD_POLICY_RULE_CHECK_H_
