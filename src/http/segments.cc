// SPDX-License-Identifier: Apache-2.0

#include "src/http/segments.h"

#include <algorithm>

#include "src/http/block.h"
#include "src/http/octet.h"
#include "src/http/segment.h"

namespace doorward::http {

bool SplitSegments(std::string_view path, SegmentArray& segments, Segments* out) noexcept {
  SegmentList list(path.data(), segments);
  for (size_t at = 0; at < path.size(); at += kWindowSize) {
    const std::string_view window = path.substr(at, kWindowSize);
    uint64_t slashes = 0;
    ForEachBlock(window,
                 [&](Block block, size_t offset) { slashes |= Bits(block == '/') << offset; });
    if (!list.EndAtSlashes(slashes, window.data())) return false;
  }
  if (!list.EndAtPathEnd(path.data() + path.size())) return false;
  *out = {segments.data(), list.size()};
  return true;
}

Fault CheckSegments(Segments decoded, const RequestRules& rules) noexcept {
  for (size_t i = 0; i < decoded.size(); ++i) {
    if (const char* fault = FindSegmentFault({decoded[i]}, rules)) return {fault, i, 1};
  }
  return {};
}

void FoldKeys(std::string_view decoded, HttpPart& part, CanonicalRequest* out) noexcept {
  if (AllOctets(decoded, [](Block block) { return ~InRange(block, 'A', 'Z'); })) return;
  std::transform(decoded.begin(), decoded.end(), part.keys.begin(), AsciiLower);
  SplitSegments({part.keys.data(), decoded.size()}, part.key_segments, &out->keys);
}

}  // namespace doorward::http
