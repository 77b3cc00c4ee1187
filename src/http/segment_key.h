// SPDX-License-Identifier: Apache-2.0
//
// A segment of a path as a table of segments is searched by it: most are told apart by two words in
// registers, without a look at the path's octets.

#ifndef DOORWARD_HTTP_SEGMENT_KEY_H_
#define DOORWARD_HTTP_SEGMENT_KEY_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "src/base/octet_words.h"

namespace doorward {

struct SegmentKey {
  // The octets that `low` and `high` hold.
  static constexpr size_t kHead = 16;

  uint64_t low = 0,
           high = 0;  // the first octets, the first of all lowest; zeros behind a short one
  uint32_t size = 0;  // of the segment
  uint32_t hash = 0;  // of all its octets
  const char* text = nullptr;  // the segment

  // The key of a segment whose head was read.
  static SegmentKey Of(uint64_t low, uint64_t high, std::string_view segment) noexcept {
    constexpr uint64_t kA = 0xA0761D6478BD642Fu, kB = 0xE7037ED1A0B428DBu;
    const char* const text = segment.data();
    const size_t size = segment.size();
    uint64_t hash = Mix(low ^ kA, high ^ kB);
    if (size > kHead) [[unlikely]] {
      for (size_t i = kHead; i + 8 < size; i += 8) hash = Mix(Load64(text + i) ^ kA, hash ^ kB);
      hash = Mix(Load64(text + size - 8) ^ kA, hash ^ kB);
    }
    return {low, high, static_cast<uint32_t>(size), static_cast<uint32_t>(hash), text};
  }

  std::string_view view() const { return {text, size}; }
  // True where all of the segment is in the two words.
  bool is_short() const { return size <= kHead; }
};

// Makes the keys of segments that lie in one text, and reads nothing outside of it.
class SegmentKeyReader {
 public:
  // Lifetime: the reader's is within the text's.
  explicit SegmentKeyReader(std::string_view text) noexcept : text_(text.data()) {
    if (text.size() >= SegmentKey::kHead) [[likely]] {
      last_ = text.size() - SegmentKey::kHead;
      heads_ = text_;
    } else {
      std::memcpy(padded_.data(), text.data(), text.size());
      heads_ = padded_.data();
    }
  }
  SegmentKeyReader(const SegmentKeyReader&) = delete;
  SegmentKeyReader& operator=(const SegmentKeyReader&) = delete;

  // The key of `segment`. REQUIRES: not empty, and within the text.
  SegmentKey operator()(std::string_view segment) const noexcept {
    const auto at = static_cast<size_t>(segment.data() - text_);
    const size_t size = segment.size();
    // Where 16 octets from the segment's first would go beyond the text, its last 16 are read.
    const size_t from = std::min(at, last_);
    unsigned __int128 head = static_cast<unsigned __int128>(LoadLittle64(heads_ + from + 8)) << 64 |
                             LoadLittle64(heads_ + from);
    head >>= 8 * (at - from);
    head &= ~static_cast<unsigned __int128>(0) >> (8 * (kHead - std::min(size, kHead)));
    const auto low = static_cast<uint64_t>(head), high = static_cast<uint64_t>(head >> 64);
    return SegmentKey::Of(low, high, segment);
  }

 private:
  static constexpr size_t kHead = SegmentKey::kHead;

  const char* text_;
  const char* heads_;  // the text, or a copy of one that is shorter than a head
  size_t last_ = 0;    // where in it the last head begins
  std::array<char, kHead> padded_{};
};

}  // namespace doorward

#endif  // DOORWARD_HTTP_SEGMENT_KEY_H_
