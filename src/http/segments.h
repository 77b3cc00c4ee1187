// SPDX-License-Identifier: Apache-2.0
//
// Step S for a whole path, and the arrays that it is split into.

#ifndef DOORWARD_HTTP_SEGMENTS_H_
#define DOORWARD_HTTP_SEGMENTS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "src/http/fault.h"
#include "src/http/http.h"
#include "src/http/scratch_part.h"

namespace doorward::http {

using Segments = std::span<const std::string_view>;

// Where a path is split, its slashes come as words with a bit for each of so many octets.
inline constexpr size_t kWindowSize = 64;

// Tells the segments of a path, as slashes are found: calls `add(std::string_view)` for each, which
// returns false for one too many.
template <class Add>
class Splitter {
 public:
  // REQUIRES: `path` begins with a slash.
  Splitter(const char* path, Add add) : add_(add), begin_(path + 1) {}

  // Ends a segment at each bit of `slashes`, which counts from `window`.
  bool EndAtSlashes(uint64_t slashes, const char* window) {
    // The path's first octet begins a segment and ends none.
    if (window < begin_) slashes &= slashes - 1;
    for (; slashes != 0; slashes &= slashes - 1) {
      if (!EndAt(window + std::countr_zero(slashes))) return false;
    }
    return true;
  }

  // Ends the last segment; a trailing slash has none after it.
  bool EndAtPathEnd(const char* end) { return begin_ >= end || EndAt(end); }

 private:
  bool EndAt(const char* end) {
    const std::string_view segment(begin_, static_cast<size_t>(end - begin_));
    begin_ = end + 1;
    return add_(segment);
  }

  Add add_;
  const char* begin_;
};

// Splits `path` into `segments`, and sets `*out` to those in use. Returns false where there are
// more than kMaxSegments.
bool SplitSegments(std::string_view path, SegmentArray& segments, Segments* out) noexcept;

// Checks decoded segments. The fault's `at` is the index of a segment.
Fault CheckSegments(Segments decoded, const RequestRules& rules) noexcept;

// Sets the keys of `out` from its decoded segments, which lie in `decoded`.
void SetKeys(std::string_view decoded, Segments segments, const RequestRules& rules, HttpPart& part,
             CanonicalRequest* out) noexcept;

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_SEGMENTS_H_
