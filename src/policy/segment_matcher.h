// SPDX-License-Identifier: Apache-2.0
//
// Matches one segment of a path against a glob or a regular expression.

#ifndef DOORWARD_POLICY_SEGMENT_MATCHER_H_
#define DOORWARD_POLICY_SEGMENT_MATCHER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}  // namespace re2

namespace doorward {

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

 private:
  SegmentMatcher();

  std::vector<std::string> parts_;
  std::unique_ptr<const re2::RE2> regex_;  // null for a glob
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_SEGMENT_MATCHER_H_
