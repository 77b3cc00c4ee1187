// SPDX-License-Identifier: Apache-2.0
//
// Whether one rule applies to one caller, looked at in full: what a leaf's entry cannot tell by its
// bits alone.

#ifndef DOORWARD_POLICY_RULE_CHECK_H_
#define DOORWARD_POLICY_RULE_CHECK_H_

#include <algorithm>
#include <string>
#include <string_view>

#include "src/policy/program.h"

namespace doorward {

// Whether something is so: in doubt where the token does not tell.
enum class Truth : uint8_t { kNo, kUnknown, kYes };

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
  if (bit != MethodTable::kByName || endpoint.method_names.empty()) return true;
  return std::find(endpoint.method_names.begin(), endpoint.method_names.end(), method) !=
         endpoint.method_names.end();
}

// What an applicable rule does for a caller whose roles and scopes are known in these two values: a
// deny rule counts doubt as held, an allow rule as not held.
inline bool Applies(bool deny, Truth role, Truth scopes) {
  const Truth enough = deny ? Truth::kUnknown : Truth::kYes;
  return role >= enough && scopes >= enough;
}

}  // namespace doorward

#endif  // DOORWARD_POLICY_RULE_CHECK_H_
