// SPDX-License-Identifier: Apache-2.0
//
// What a compiled expression is made of.

#ifndef DOORWARD_CEL_PROGRAM_H_
#define DOORWARD_CEL_PROGRAM_H_

#include <memory>
#include <string>
#include <vector>

#include <absl/time/time.h>
#include <re2/re2.h>

#include "src/cel/arena.h"
#include "src/cel/cel.h"
#include "src/cel/syntax.h"

namespace doorward::cel {

inline constexpr size_t kMaxConstantBytes = 16 * 1024 * 1024;

struct ProgramData {
  std::string text;
  Tree tree;
  size_t local_count = 0;  // places for the variables of comprehensions
  std::vector<std::unique_ptr<const re2::RE2>> patterns;
  std::vector<absl::TimeZone> zones;
  std::vector<bool> used;              // variables, by index
  Arena constants{kMaxConstantBytes};  // what folded literals point to
};

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_PROGRAM_H_
