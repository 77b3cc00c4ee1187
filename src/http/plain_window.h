// SPDX-License-Identifier: Apache-2.0
//
// A target is read in windows of 64 octets. For each window three words are made, with a bit for
// each octet: is it a slash, is it a dot, is it plain (unreserved or a slash). All rules of step S
// that plain octets can break are then a few operations on words:
//
//   target   /a/../b.?x=/    octet 0 is bit 0
//   plain    111111110101    the first gap must be `?`: the path ends there
//   slash    10100100        cut to the path
//   dot      00011001
//
//   a slash after a slash    an empty segment
//   a slash after a dot      a segment that ends with a dot (dots only, too)
//   /.. in a row             a segment that begins with two dots
//   a dot as the last octet  as the second
//
// Bits of the window before are carried in from the word's other end. What is left to do one by one
// is a view and a key for each set bit of `slash`. tests/unit/http compares this with a plain
// reading of the rules, octet by octet.

#ifndef DOORWARD_HTTP_PLAIN_WINDOW_H_
#define DOORWARD_HTTP_PLAIN_WINDOW_H_

#include <cstdint>

#include "src/http/segments.h"

namespace doorward::http {

struct PlainWindow {
  uint64_t slash = 0;
  uint64_t dot = 0;
  uint64_t plain = 0;
};

// The bits of octets whose neighbour, `distance` before them, is set in `now` or in the window
// `before`.
inline uint64_t Follows(uint64_t now, uint64_t before, unsigned distance) {
  return now << distance | before >> (kWindowSize - distance);
}

// True where some slash or dot within the path breaks a rule.
inline bool BreaksSegmentRule(const PlainWindow& now, const PlainWindow& before) {
  const uint64_t after_slash = Follows(now.slash, before.slash, 1);
  const uint64_t after_dot = Follows(now.dot, before.dot, 1);
  const uint64_t second_after_slash = Follows(now.slash, before.slash, 2);
  return ((now.slash & (after_slash | after_dot)) | (now.dot & after_dot & second_after_slash)) !=
         0;
}

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_PLAIN_WINDOW_H_
