// SPDX-License-Identifier: Apache-2.0
//
// The parts of an explanation that are about the caller: how its roles came about.

#ifndef DOORWARD_POLICY_EXPLAIN_CALLER_H_
#define DOORWARD_POLICY_EXPLAIN_CALLER_H_

#include <functional>
#include <span>
#include <string_view>

#include "doorward/explanation.h"

#include "src/policy/caller.h"
#include "src/policy/program.h"

namespace doorward {

// What an expression comes to with all the steps and all the memory of a decision. `member`: where
// it stands. `begin` begins `machine` anew with the variables' values.
ConditionExplanation ExplainExpression(std::string_view member, const cel::Program& expression,
                                       cel::Machine& machine, const std::function<void()>& begin);

// Tells which claims of the caller did not tell in full, and which grants with conditions gave a
// role that one of `wanted` is, or inherited by. The machine begins anew.
void ExplainRoles(const PolicyProgram& program, const CallerData& caller,
                  std::span<const uint32_t> wanted, cel::Machine& machine, Explanation& out);

}  // namespace doorward

#endif  // DOORWARD_POLICY_EXPLAIN_CALLER_H_
