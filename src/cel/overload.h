// SPDX-License-Identifier: Apache-2.0
//
// The functions and operators of the language, with the types that each takes (cel-spec, "List of
// Standard Definitions"; the strings and network extensions).

#ifndef DOORWARD_CEL_OVERLOAD_H_
#define DOORWARD_CEL_OVERLOAD_H_

#include <span>
#include <string_view>
#include <vector>

#include "src/cel/operation.h"

namespace doorward::cel {

// One way to call a function. `types` is a letter for each argument, the target of a method first,
// then ":" and the result:
//   b bool  i int  u uint  f double  s string  y bytes  t timestamp  r duration  p ip  c cidr
//   T type  d dyn  A, B any type  L list(A)  M map(A, B)  S list(string)  D list(dyn)
struct Overload {
  std::string_view name;  // of an operator: its sign
  bool is_method;
  std::string_view types;
  Op op;
};

// All overloads of `name`, functions and methods.
std::span<const Overload> FindOverloads(std::string_view name);

// The names that an author could have meant.
std::vector<std::string_view> FunctionNames();

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_OVERLOAD_H_
