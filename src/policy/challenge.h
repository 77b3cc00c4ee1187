// SPDX-License-Identifier: Apache-2.0
//
// The WWW-Authenticate field of a refusal (RFC 6750 section 3, RFC 9110 section 11.6.1).

#ifndef DOORWARD_POLICY_CHALLENGE_H_
#define DOORWARD_POLICY_CHALLENGE_H_

#include <string_view>

#include "doorward/reason.h"

#include "src/policy/decide.h"

namespace doorward {

// Returns the field's value, made in the scratch, or "" where the status has none: a 401 asks for a
// token, tells what was wrong with the one that came, and a 403 for want of scopes names them.
std::string_view MakeChallenge(const PolicyProgram& program, Reason reason, PolicyScratch& scratch);

}  // namespace doorward

#endif  // DOORWARD_POLICY_CHALLENGE_H_
