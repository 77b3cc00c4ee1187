// SPDX-License-Identifier: Apache-2.0

#include "src/http/plain_path.h"

#include "src/http/segments.h"
#include "src/http/split_plain_path.h"
#include "src/http/target.h"

namespace doorward::http {
namespace {

bool MayBePlain(std::string_view target, const RequestRules& rules) {
  return !target.empty() && target.size() <= kMaxTargetBytes && target[0] == '/' &&
         rules.backend == RequestRules::Backend::kGeneric;
}

}  // namespace

std::optional<Reason> NormalisePlainTarget(std::string_view target, const RequestRules& rules,
                                           HttpPart& part, CanonicalRequest* out) noexcept {
  PlainPath plain;
  if (!MayBePlain(target, rules) || !SplitPlainPath(target, part, &plain)) {
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
  out->keys = {part.keys.data(), plain.segment_count};
  if (rules.folds_case()) [[unlikely]] {
    Segments segments;
    SplitSegments(out->path, part.decoded_segments, &segments);
    SetKeys(out->path, segments, rules, part, out);
    out->decoded = out->encoded = SegmentTexts(segments);
  } else {
    out->decoded = out->encoded = SegmentTexts(out->keys);
  }
  return Reason::kAllowed;
}

}  // namespace doorward::http
