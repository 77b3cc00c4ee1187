// SPDX-License-Identifier: Apache-2.0
//
// What keeps an expression from loading.

#ifndef DOORWARD_CEL_PROBLEM_H_
#define DOORWARD_CEL_PROBLEM_H_

#include <string>
#include <string_view>

#include "src/base/source.h"

namespace doorward::cel {

struct Problem {
  Span at;                // in the expression's text, in octets
  std::string_view code;  // stable: "expression_syntax", "expression_name", "expression_type",
                          // "expression_constant", "expression_size", "expression_unsupported"
  std::string message;
  std::string expected = {};
  std::string suggestion = {};
};

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_PROBLEM_H_
