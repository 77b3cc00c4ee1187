// SPDX-License-Identifier: Apache-2.0
//
// The tree of an expression. The parser makes it, the checker resolves its names and folds what is
// constant, the evaluator walks it.

#ifndef DOORWARD_CEL_SYNTAX_H_
#define DOORWARD_CEL_SYNTAX_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/source.h"
#include "src/cel/operation.h"
#include "src/cel/value.h"

namespace doorward::cel {

// Stands among a comprehension's arguments for what it does not have.
inline constexpr uint32_t kNoNode = UINT32_MAX;

// One node. What its members mean depends on `op` (operation.h).
struct Expr {
  Op op = Op::kLiteral;
  bool is_method = false;  // a call written `target.name(...)`
  uint16_t height = 0;     // of the tree below it
  uint32_t argument_count = 0;
  uint32_t first_argument = 0;  // in Tree::arguments
  Span at;                      // the whole of it
  Span name_at;                 // the operator, the function's or the member's name
  Value literal;                // kLiteral; kSelect, kHas, kCall, kName: the name, as a string
  // kVariable, kLocal: which; a comprehension: its first local. kMatches and what reads a time in a
  // zone: 1 + the place of the constant pattern or zone, 0 where it is not constant.
  uint32_t index = 0;
};

// The arguments of a comprehension.
enum ComprehensionArgument : size_t {
  kRange,
  kBody,    // of a filter: the name of its variable
  kFilter,  // kNoNode: all elements
  kFirstName,
  kSecondName,  // kNoNode: one variable
  kComprehensionArguments
};

struct Tree {
  std::vector<Expr> nodes;
  std::vector<uint32_t> arguments;  // nodes, those of one parent in a row
  uint32_t root = 0;
  // Texts of literals and names that the source does not spell out as they are.
  std::list<std::string> texts;

  std::span<const uint32_t> ArgumentsOf(const Expr& expr) const {
    return {arguments.data() + expr.first_argument, expr.argument_count};
  }
  const Expr& Argument(const Expr& expr, size_t index) const {
    return nodes[arguments[expr.first_argument + index]];
  }
};

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_SYNTAX_H_
