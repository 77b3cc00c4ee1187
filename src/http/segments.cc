// SPDX-License-Identifier: Apache-2.0

#include "src/http/segments.h"

#include <algorithm>

#include "src/http/block.h"
#include "src/http/octet.h"
#include "src/http/segment.h"

namespace doorward::http {
namespace {

bool HoldsUpperCase(std::string_view text) {
  return !AllOctets(text, [](Block block) { return ~InRange(block, 'A', 'Z'); });
}

}  // namespace

bool SplitSegments(std::string_view path, SegmentArray& segments, Segments* out) noexcept {
  size_t count = 0;
  Splitter splitter(path.data(), [&](std::string_view segment) {
    if (count == segments.size()) return false;
    segments[count++] = segment;
    return true;
  });
  for (size_t at = 0; at < path.size(); at += kWindowSize) {
    const std::string_view window = path.substr(at, kWindowSize);
    uint64_t slashes = 0;
    ForEachBlock(window,
                 [&](Block block, size_t offset) { slashes |= Bits(block == '/') << offset; });
    if (!splitter.EndAtSlashes(slashes, window.data())) return false;
  }
  if (!splitter.EndAtPathEnd(path.data() + path.size())) return false;
  *out = {segments.data(), count};
  return true;
}

Fault CheckSegments(Segments decoded, const RequestRules& rules) noexcept {
  for (size_t i = 0; i < decoded.size(); ++i) {
    if (const char* fault = FindSegmentFault({decoded[i]}, rules)) return {fault, i, 1};
  }
  return {};
}

void SetKeys(std::string_view decoded, Segments segments, const RequestRules& rules, HttpPart& part,
             CanonicalRequest* out) noexcept {
  std::string_view text = decoded;
  if (rules.folds_case() && HoldsUpperCase(decoded)) {
    std::transform(decoded.begin(), decoded.end(), part.folded.begin(), AsciiLower);
    text = {part.folded.data(), decoded.size()};
  }
  const SegmentKeyReader read(text);
  size_t count = 0;
  for (std::string_view segment : segments) {
    const auto at = static_cast<size_t>(segment.data() - decoded.data());
    part.keys[count++] = read(text.substr(at, segment.size()));
  }
  out->keys = {part.keys.data(), count};
}

}  // namespace doorward::http
