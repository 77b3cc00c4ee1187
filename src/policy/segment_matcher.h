// SPDX-License-Identifier: Apache-2.0
//
// Matches one segment of a path against a glob or a regular expression.

#ifndef DOORWARD_POLICY_SEGMENT_MATCHER_H_
#define DOORWARD_POLICY_SEGMENT_MATCHER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/http/segment_key.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace doorward {

// What a pattern's segments have in common, so that most others are told by two words: how they
// begin, and how long they are at least.
struct SegmentFilter {
  uint64_t mask = 0, beginning = 0;    // of the key's first eight octets
  uint8_t least = 0, greatest = 0xFF;  // of the first octet
  uint32_t least_size = 0;

  bool Passes(const SegmentKey& key) const {
    const auto first = static_cast<uint8_t>(key.low);
    return (key.low & mask) == beginning && first >= least && first <= greatest &&
           key.size >= least_size;
  }
  // Sets how segments begin, by as much of it as there is room for.
  void SetBeginning(std::string_view text);
};

class SegmentMatcher {
 public:
  // Matches segments that begin with the first part, end with the last, and hold the others in
  // between, in their order and apart. REQUIRES: at least two parts, which may be empty.
  static SegmentMatcher Glob(std::vector<std::string> parts);
  // Matches segments that `pattern` (RE2 syntax) matches in whole. REQUIRES: the pattern compiles.
  static SegmentMatcher Regex(const std::string& pattern, bool fold_case);

  SegmentMatcher(SegmentMatcher&&) noexcept;
  SegmentMatcher& operator=(SegmentMatcher&&) noexcept;
  ~SegmentMatcher();

  // Cost: linear in the segment, for a glob times its parts. A regular expression allocates while
  // its automaton grows, within a bound.
  bool Matches(std::string_view segment) const;

  // What each segment that matches passes.
  SegmentFilter filter() const;

 private:
  SegmentMatcher();

  std::vector<std::string> parts_;
  std::unique_ptr<const re2::RE2> regex_;  // null for a glob
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_SEGMENT_MATCHER_H_
