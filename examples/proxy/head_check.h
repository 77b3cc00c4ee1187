// SPDX-License-Identifier: Apache-2.0
//
// Refuses heads of messages that two readers may read in two ways, before any parser sees them:
// what request smuggling lives on. What passes has one reading (RFC 9112), and Beast parses it.

#ifndef PROXY_HEAD_CHECK_H_
#define PROXY_HEAD_CHECK_H_

#include <cstddef>
#include <string_view>

namespace proxy {

// What is wrong with a message, and what to answer: {"error": error, "message": message}.
struct Problem {
  int status = 0;  // 0: nothing is wrong
  std::string_view error;
  std::string_view message;

  explicit operator bool() const noexcept { return status != 0; }
};

inline constexpr size_t kBareLineFeed = static_cast<size_t>(-1);

// Returns the size of the head at the beginning of `text`, the empty line at its end included; 0
// where its end has not come yet; kBareLineFeed where a line ends without CR. `scanned` is how far
// former calls looked, from 0.
size_t FindHeadEnd(std::string_view text, size_t& scanned) noexcept;

// `head` ends with its empty line. More than `max_fields` fields are a problem.
Problem CheckRequestHead(std::string_view head, size_t max_fields) noexcept;
Problem CheckResponseHead(std::string_view head, size_t max_fields) noexcept;

}  // namespace proxy

#endif  // PROXY_HEAD_CHECK_H_
