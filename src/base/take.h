// SPDX-License-Identifier: Apache-2.0
//
// Takes a text apart from its front.

#ifndef DOORWARD_BASE_TAKE_H_
#define DOORWARD_BASE_TAKE_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace doorward {

// Takes what stands before the first `separator`, and the separator, off the front of `rest`; all
// of it where there is none.
inline std::string_view TakeUpTo(char separator, std::string_view& rest) noexcept {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

}  // namespace doorward

#endif  // DOORWARD_BASE_TAKE_H_
