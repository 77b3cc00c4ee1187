// SPDX-License-Identifier: Apache-2.0
//
// The expressions of a policy: conditions of rules, grants and issuers, and the values of headers
// for the upstream. What they may name.

#ifndef DOORWARD_POLICY_EXPRESSION_H_
#define DOORWARD_POLICY_EXPRESSION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "src/cel/cel.h"

namespace doorward {

// What an expression may name; the value is the variable's place among Variables().
enum class ExpressionVariable : uint8_t {
  kClaims,
  kSubject,
  kIssuer,
  kRoles,
  kScopes,
  kParams,
  kMethod,
  kHost,
  kPath,
  kQuery,
  kHeaders,
  kTime,
  kSourceIp,
};
inline constexpr size_t kExpressionVariableCount = 13;

std::span<const cel::Variable> ExpressionVariables();

// True for what follows from the token alone.
bool IsOfCaller(ExpressionVariable variable);

constexpr size_t PlaceOf(ExpressionVariable variable) { return static_cast<size_t>(variable); }

inline bool Uses(const cel::Program& expression, ExpressionVariable variable) {
  return expression.uses(PlaceOf(variable));
}
// True where the value depends on the caller alone, not on the request: it is the same for as long
// as the token is.
bool DependsOnCallerAlone(const cel::Program& expression);

}  // namespace doorward

#endif  // DOORWARD_POLICY_EXPRESSION_H_
