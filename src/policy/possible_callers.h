// SPDX-License-Identifier: Apache-2.0
//
// Whom a caller could be besides, had it one role more: what it takes to tell whether the role
// would turn a denial round. A role seldom comes alone: any token of an issuer may give roles, and
// so may the value or the grant that gives the role.

#ifndef DOORWARD_POLICY_POSSIBLE_CALLERS_H_
#define DOORWARD_POLICY_POSSIBLE_CALLERS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/policy/caller.h"
#include "src/policy/program.h"

namespace doorward {

// Calls `does` with `caller` as it would be with the role at bit `role` (a reserved name's for no
// role in particular) and with `scopes`, in each way in which that may come about, until `does`
// returns true. A caller without a token gets one of each issuer in turn, which gives what a token
// with no claims gives; where the policy has no issuers the role comes alone. At most 16 ways are
// tried, those that bring the fewest roles first, and none that brings more than another. False
// where no issuer gives the role: of a caller with a token, its own. The machine begins anew.
bool TryWithRole(const PolicyProgram& program, const CallerData& caller, uint32_t role,
                 const std::vector<std::string>& scopes, cel::Machine& machine,
                 const std::function<bool(const CallerData&)>& does);

}  // namespace doorward

#endif  // DOORWARD_POLICY_POSSIBLE_CALLERS_H_
