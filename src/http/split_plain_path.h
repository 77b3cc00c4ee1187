// SPDX-License-Identifier: Apache-2.0
//
// Checks and splits a path of unreserved characters and slashes, in two ways with the same answers:
// by what every processor has, and by what some have.

#ifndef DOORWARD_HTTP_SPLIT_PLAIN_PATH_H_
#define DOORWARD_HTTP_SPLIT_PLAIN_PATH_H_

#include <cstddef>
#include <string_view>

#include "src/base/cpu.h"
#include "src/http/scratch_part.h"

namespace doorward::http {

struct PlainPath {
  size_t size = 0;           // its octets; a query may follow
  bool acceptable = false;   // whether step S has nothing against it
  size_t segment_count = 0;  // where it is acceptable
};

// Splits the path that `target` begins with: where it is acceptable, the keys of its segments
// stand in `part` then. Returns false where the path holds an octet that is not plain. REQUIRES:
// `target` begins with a slash.
bool SplitPlainPathPortably(std::string_view target, HttpPart& part, PlainPath* out) noexcept;

// The same. REQUIRES: HasAvx512().
bool SplitPlainPathByAvx512(std::string_view target, HttpPart& part, PlainPath* out) noexcept;

inline bool SplitPlainPath(std::string_view target, HttpPart& part, PlainPath* out) noexcept {
  return HasAvx512() ? SplitPlainPathByAvx512(target, part, out)
                     : SplitPlainPathPortably(target, part, out);
}

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_SPLIT_PLAIN_PATH_H_
