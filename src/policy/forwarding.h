// SPDX-License-Identifier: Apache-2.0
//
// What the upstream learns of the caller, and what of the client's request it must not see.

#ifndef DOORWARD_POLICY_FORWARDING_H_
#define DOORWARD_POLICY_FORWARDING_H_

#include <span>
#include <string_view>

#include "doorward/request.h"

#include "src/policy/caller.h"
#include "src/policy/decide.h"
#include "src/policy/program.h"

namespace doorward {

// What `header` says of a caller whose claims, issuer and subject are set; "" for nothing that may
// be sent.
std::string_view ForwardValue(const ForwardHeaderModel& header, const CallerData& caller);

// The name of the first required header that has no value fit to be sent for `caller`; "" if there
// is none.
std::string_view RequiredHeaderWithoutValue(const PolicyProgram& program, const CallerData& caller);

// Fills the scratch's lists of headers to remove and to set.
void MakeForwarding(const PolicyProgram& program, std::span<const Header> headers,
                    const CallerData& caller, PolicyScratch& scratch);

}  // namespace doorward

#endif  // DOORWARD_POLICY_FORWARDING_H_
