// SPDX-License-Identifier: Apache-2.0
//
// Reads expressions out of a document, and reports what is wrong with them where it stands.

#ifndef DOORWARD_POLICY_READ_EXPRESSION_H_
#define DOORWARD_POLICY_READ_EXPRESSION_H_

#include <cstdint>
#include <string_view>

#include "src/policy/document.h"
#include "src/policy/expression.h"
#include "src/policy/fields.h"
#include "src/policy/model.h"

namespace doorward {

// Where an expression stands; it decides what it may name.
enum class ExpressionPlace : uint8_t {
  kRule,
  kRuleWithoutToken,  // `token: ignore`: nothing of the caller
  kGrant,             // the claims and their issuer: roles are resolved once per token
  kAccept,            // likewise
  kForward,           // all but captures, which are an endpoint's
};

// Compiles the expression in `value`; `what` names it in messages ("`when`"). Null after an error,
// which is reported where it stands in the policy's text. `result`: as in cel::Compile.
Expression ReadExpression(Fields& fields, const DocumentValue& value, std::string_view what,
                          ExpressionPlace place, char result);

// The place in the policy's text of a place in the expression.
Span PlaceInPolicy(const DocumentValue& value, Span at);

}  // namespace doorward

#endif  // DOORWARD_POLICY_READ_EXPRESSION_H_
