// SPDX-License-Identifier: Apache-2.0

#include "src/policy/segment_matcher.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <re2/re2.h>

namespace doorward {
namespace {

// A segment is at most 8 KiB; this much memory serves an automaton well, and a hundred of them.
constexpr int64_t kRegexMemory = 1 << 20;

bool MatchesGlob(std::string_view segment, const std::vector<std::string>& parts) {
  const std::string& head = parts.front();
  const std::string& tail = parts.back();
  if (segment.size() < head.size() + tail.size() || !segment.starts_with(head) ||
      !segment.ends_with(tail)) {
    return false;
  }
  segment = segment.substr(head.size(), segment.size() - head.size() - tail.size());
  // The leftmost place for each part leaves the most to those after it.
  for (size_t i = 1; i + 1 < parts.size(); ++i) {
    const size_t found = segment.find(parts[i]);
    if (found == std::string_view::npos) return false;
    segment.remove_prefix(found + parts[i].size());
  }
  return true;
}

}  // namespace

void SegmentFilter::SetBeginning(std::string_view text) {
  char octets[8] = {}, mask_octets[8] = {};
  const size_t size = text.copy(octets, sizeof octets);
  std::memset(mask_octets, 0xFF, size);
  beginning = LoadLittle64(octets);
  mask = LoadLittle64(mask_octets);
}

SegmentMatcher::SegmentMatcher() = default;
SegmentMatcher::SegmentMatcher(SegmentMatcher&&) noexcept = default;
SegmentMatcher& SegmentMatcher::operator=(SegmentMatcher&&) noexcept = default;
SegmentMatcher::~SegmentMatcher() = default;

SegmentMatcher SegmentMatcher::Glob(std::vector<std::string> parts) {
  SegmentMatcher matcher;
  matcher.parts_ = std::move(parts);
  return matcher;
}

SegmentMatcher SegmentMatcher::Regex(const std::string& pattern, bool fold_case) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexMemory);
  options.set_case_sensitive(!fold_case);
  SegmentMatcher matcher;
  matcher.regex_ = std::make_unique<const re2::RE2>(pattern, options);
  return matcher;
}

bool SegmentMatcher::Matches(std::string_view segment) const {
  if (regex_ == nullptr) return MatchesGlob(segment, parts_);
  return re2::RE2::FullMatch(re2::StringPiece(segment.data(), segment.size()), *regex_);
}

// All that a regular expression matches stands, in the order of octets, between two texts; so it
// begins with what these have in common.
SegmentFilter SegmentMatcher::filter() const {
  SegmentFilter filter;
  if (regex_ == nullptr) {
    filter.SetBeginning(parts_.front());
    for (const std::string& part : parts_) filter.least_size += static_cast<uint32_t>(part.size());
    return filter;
  }
  constexpr int kLongest = 8;
  std::string min, max;
  if (!regex_->PossibleMatchRange(&min, &max, kLongest) || min.empty() || max.empty()) {
    return filter;
  }
  const auto differs = std::mismatch(min.begin(), min.end(), max.begin(), max.end()).first;
  filter.SetBeginning({min.data(), static_cast<size_t>(differs - min.begin())});
  filter.least = static_cast<uint8_t>(min[0]);
  filter.greatest = static_cast<uint8_t>(max[0]);
  return filter;
}

}  // namespace doorward
