// SPDX-License-Identifier: Apache-2.0

#include "src/policy/expression.h"

#include <algorithm>
#include <iterator>

namespace doorward {
namespace {

using Variable = ExpressionVariable;

constexpr cel::Variable kVariables[] = {
    {"claims", 'C'},       {"subject", 's'},       {"issuer", 's'},          {"roles", 'S'},
    {"scopes", 'S'},       {"params", 'P'},        {"request.method", 's'},  {"request.host", 's'},
    {"request.path", 's'}, {"request.query", 'P'}, {"request.headers", 'P'}, {"request.time", 't'},
    {"source.ip", 'p'},
};
static_assert(std::size(kVariables) == kExpressionVariableCount);

constexpr Variable kOfCaller[] = {Variable::kClaims, Variable::kSubject, Variable::kIssuer,
                                  Variable::kRoles, Variable::kScopes};

}  // namespace

std::span<const cel::Variable> ExpressionVariables() { return kVariables; }

bool IsOfCaller(ExpressionVariable variable) {
  return std::find(std::begin(kOfCaller), std::end(kOfCaller), variable) != std::end(kOfCaller);
}

bool DependsOnCallerAlone(const cel::Program& expression) {
  for (size_t i = 0; i < kExpressionVariableCount; ++i) {
    if (expression.uses(i) && !IsOfCaller(static_cast<Variable>(i))) return false;
  }
  return true;
}

}  // namespace doorward
