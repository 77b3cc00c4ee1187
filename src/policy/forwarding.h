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

// What `header` says, with what the machine's activation knows; "" for nothing that may be sent.
// Lifetime: until the machine begins anew.
std::string_view ForwardValue(const ForwardHeader& header, cel::Machine& machine);

// What each of the policy's headers says of `caller` and the request under decision.
std::span<const std::string_view> ForwardValues(const PolicyProgram& program,
                                                const CallerData& caller, PolicyScratch& scratch);

// The first required header that has no value among `values`; null if there is none.
const ForwardHeader* RequiredHeaderWithoutValue(const PolicyProgram& program,
                                                std::span<const std::string_view> values);

// Fills the scratch's lists of headers to remove and to set.
void MakeForwarding(const PolicyProgram& program, std::span<const Header> headers,
                    std::span<const std::string_view> values, PolicyScratch& scratch);

}  // namespace doorward

#endif  // DOORWARD_POLICY_FORWARDING_H_
