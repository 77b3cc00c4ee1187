// SPDX-License-Identifier: Apache-2.0
//
// Tells why a request was decided as it was. Looks at everything again, slowly, so that deciding
// pays nothing for it.

#ifndef DOORWARD_POLICY_EXPLAIN_H_
#define DOORWARD_POLICY_EXPLAIN_H_

#include <cstddef>
#include <string_view>

#include "doorward/claims.h"
#include "doorward/decision.h"
#include "doorward/explanation.h"
#include "doorward/scratch.h"

#include "src/policy/caller.h"
#include "src/policy/program.h"

namespace doorward {

// REQUIRES: `decision` was just made with `scratch` under `program`, for `caller`, `request` and
// `now`. Views of the decision into the scratch are valid no longer.
Explanation ExplainDecision(const PolicyProgram& program, const Decision& decision,
                            const CallerData& caller, const Request& request, Timestamp now,
                            Scratch& scratch);

// Tells what the `accept` of the issuer at `issuer` comes to for a token with these claims, if
// there is one.
void ExplainAcceptance(const PolicyProgram& program, size_t issuer, JsonView claims,
                       std::string_view iss, Scratch& scratch, Explanation& out);

}  // namespace doorward

#endif  // DOORWARD_POLICY_EXPLAIN_H_
