// SPDX-License-Identifier: Apache-2.0
//
// The target is read in windows of 64 octets. For each window three words are made, with a bit for
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
// is a view for each set bit of `slash`. tests/unit/http compares this with a plain reading of the
// rules, octet by octet.

#include "src/http/plain_path.h"

#include <bit>

#include "src/http/block.h"
#include "src/http/segments.h"
#include "src/http/target.h"

namespace doorward::http {
namespace {

struct Window {
  uint64_t slash = 0;
  uint64_t dot = 0;
  uint64_t plain = 0;
};

inline Window ReadWindow(std::string_view octets) {
  Window window;
  ForEachBlock(octets, [&](Block block, size_t at) {
    // `-`, `.`, `/` and the digits are neighbours.
    const BlockMask plain = InRange(block | 0x20, 'a', 'z') | InRange(block, '-', '9') |
                            (block == '_') | (block == '~');
    window.plain |= Bits(plain) << at;
    window.slash |= Bits(block == '/') << at;
    window.dot |= Bits(block == '.') << at;
  });
  return window;
}

// The bits of octets whose neighbour, `distance` before them, is set in `now` or in the window
// `before`.
inline uint64_t Follows(uint64_t now, uint64_t before, unsigned distance) {
  return now << distance | before >> (kWindowSize - distance);
}

inline bool BreaksSegmentRule(const Window& now, const Window& before) {
  const uint64_t after_slash = Follows(now.slash, before.slash, 1);
  const uint64_t after_dot = Follows(now.dot, before.dot, 1);
  const uint64_t second_after_slash = Follows(now.slash, before.slash, 2);
  return ((now.slash & (after_slash | after_dot)) | (now.dot & after_dot & second_after_slash)) !=
         0;
}

// What is left of a target once its path was split.
struct PlainPath {
  size_t size = 0;
  size_t segment_count = 0;
  bool acceptable = true;  // whether step S has nothing against it
};

// Splits the path that `target` begins with. Returns false where it holds an octet that is not
// plain.
inline bool SplitPlainPath(std::string_view target, SegmentArray& segments, PlainPath* out) {
  SegmentList list(target.data(), segments);
  Window before;
  bool acceptable = true;
  size_t size = 0;
  while (size < target.size()) {
    const char* const start = target.data() + size;
    const std::string_view octets = target.substr(size, kWindowSize);
    Window now = ReadWindow(octets);
    const auto length = static_cast<size_t>(std::countr_one(now.plain & LowBits(octets.size())));
    if (length < octets.size() && octets[length] != '?') return false;
    now.slash &= LowBits(length);
    now.dot &= LowBits(length);
    acceptable =
        acceptable && !BreaksSegmentRule(now, before) && list.EndAtSlashes(now.slash, start);
    size += length;
    if (length < octets.size()) break;
    before = now;
  }
  out->acceptable =
      acceptable && target[size - 1] != '.' && list.EndAtPathEnd(target.data() + size);
  out->size = size;
  out->segment_count = list.size();
  return true;
}

bool MayBePlain(std::string_view target, const RequestRules& rules) {
  return !target.empty() && target.size() <= kMaxTargetBytes && target[0] == '/' &&
         rules.backend == RequestRules::Backend::kGeneric;
}

}  // namespace

std::optional<Reason> NormalisePlainTarget(std::string_view target, const RequestRules& rules,
                                           HttpPart& part, CanonicalRequest* out) noexcept {
  PlainPath plain;
  if (!MayBePlain(target, rules) || !SplitPlainPath(target, part.encoded_segments, &plain)) {
    return std::nullopt;
  }
  const bool merges = rules.empty_segments == RequestRules::EmptySegments::kMerge;
  if (!plain.acceptable && merges) return std::nullopt;
  const bool has_query = plain.size < target.size();
  const std::string_view query = has_query ? target.substr(plain.size + 1) : std::string_view();
  if (has_query && !HoldsOnlyTargetOctets(query)) return Reason::kBadTarget;
  if (!plain.acceptable) return Reason::kBadSegment;
  out->path = target.substr(0, plain.size);
  out->query = query;
  out->has_query = has_query;
  out->is_asterisk = false;
  const Segments segments(part.encoded_segments.data(), plain.segment_count);
  out->encoded = segments;
  out->decoded = segments;
  out->keys = segments;
  if (rules.folds_case()) FoldKeys(out->path, part, out);
  return Reason::kAllowed;
}

}  // namespace doorward::http
