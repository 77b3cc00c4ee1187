// SPDX-License-Identifier: Apache-2.0
//
// Where policy and jose meet: what an issuer's entry in a policy asks of its tokens, in the
// verifier's terms.

#ifndef DOORWARD_AUTHORIZER_ISSUER_RULES_H_
#define DOORWARD_AUTHORIZER_ISSUER_RULES_H_

#include "src/jose/token.h"
#include "src/policy/model.h"

namespace doorward {

TokenRules RulesOf(const IssuerModel& issuer);

}  // namespace doorward

#endif  // DOORWARD_AUTHORIZER_ISSUER_RULES_H_
