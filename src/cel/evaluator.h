// SPDX-License-Identifier: Apache-2.0
//
// Computes the values of a program's nodes.

#ifndef DOORWARD_CEL_EVALUATOR_H_
#define DOORWARD_CEL_EVALUATOR_H_

#include <cstdint>

#include "src/cel/cel.h"
#include "src/cel/program.h"

namespace doorward::cel {

// REQUIRES: the node names no local of a comprehension around it, unless that is bound.
Value EvaluateNode(const ProgramData& program, uint32_t node, Machine& machine) noexcept;

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_EVALUATOR_H_
