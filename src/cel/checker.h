// SPDX-License-Identifier: Apache-2.0
//
// Gives names and calls their meaning, and each expression its type; computes what is constant.

#ifndef DOORWARD_CEL_CHECKER_H_
#define DOORWARD_CEL_CHECKER_H_

#include <span>
#include <vector>

#include "src/cel/cel.h"
#include "src/cel/problem.h"
#include "src/cel/program.h"

namespace doorward::cel {

// Checks the parsed tree of `program` and makes it ready to be evaluated. What is wrong, all of it,
// is appended to `problems`. `result`: the letter of the type that is asked for.
void Check(std::span<const Variable> variables, char result, ProgramData& program,
           std::vector<Problem>& problems);

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_CHECKER_H_
