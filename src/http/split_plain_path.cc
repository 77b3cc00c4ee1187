// SPDX-License-Identifier: Apache-2.0

#include "src/http/split_plain_path.h"

#include <bit>

#include "src/http/block.h"
#include "src/http/plain_window.h"
#include "src/http/segments.h"

namespace doorward::http {
namespace {

inline PlainWindow ReadWindow(std::string_view octets) {
  PlainWindow window;
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

}  // namespace

bool SplitPlainPathPortably(std::string_view target, HttpPart& part, PlainPath* out) noexcept {
  const SegmentKeyReader read(target);
  size_t count = 0;
  Splitter splitter(target.data(), [&](std::string_view segment) {
    // An empty one has no key, and is about to be refused.
    if (count == kMaxSegments || segment.empty()) return false;
    part.keys[count++] = read(segment);
    return true;
  });
  PlainWindow before;
  bool acceptable = true;
  size_t size = 0;
  while (size < target.size()) {
    const char* const start = target.data() + size;
    const std::string_view octets = target.substr(size, kWindowSize);
    PlainWindow now = ReadWindow(octets);
    const auto length = static_cast<size_t>(std::countr_one(now.plain & LowBits(octets.size())));
    if (length < octets.size() && octets[length] != '?') return false;
    now.slash &= LowBits(length);
    now.dot &= LowBits(length);
    acceptable =
        acceptable && !BreaksSegmentRule(now, before) && splitter.EndAtSlashes(now.slash, start);
    size += length;
    if (length < octets.size()) break;
    before = now;
  }
  out->acceptable =
      acceptable && target[size - 1] != '.' && splitter.EndAtPathEnd(target.data() + size);
  out->size = size;
  out->segment_count = count;
  return true;
}

}  // namespace doorward::http
