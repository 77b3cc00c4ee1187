// SPDX-License-Identifier: Apache-2.0
//
// Reads the text of an expression into a tree. Macros (has, all, exists, map ...) become nodes of
// their own.

#ifndef DOORWARD_CEL_PARSER_H_
#define DOORWARD_CEL_PARSER_H_

#include <string_view>
#include <vector>

#include "src/cel/problem.h"
#include "src/cel/syntax.h"

namespace doorward::cel {

// No tree is higher: what walks one may recurse.
inline constexpr uint16_t kMaxHeight = 200;
inline constexpr size_t kMaxNodes = 20'000;

// Parses `text`, which must outlive the tree. False after the first thing that is no expression,
// which is appended to `problems`.
bool Parse(std::string_view text, Tree& tree, std::vector<Problem>& problems);

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_PARSER_H_
