// SPDX-License-Identifier: Apache-2.0
//
// A load that leaves octets out touches none of them: a window that the target ends in and a
// segment that ends before its key does are each read by one instruction, whatever their sizes.

#include "src/http/split_plain_path.h"

#if defined(__x86_64__)

#include <algorithm>
#include <bit>
#include <cstddef>

#include <immintrin.h>

#include "src/http/plain_window.h"

#define DOORWARD_AVX512 __attribute__((target("avx512bw,avx512vl,bmi,bmi2")))

namespace doorward::http {
namespace {

// REQUIRES: size <= 64.
DOORWARD_AVX512 inline PlainWindow ReadWindow(const char* at, size_t size) noexcept {
  const __mmask64 here = _bzhi_u64(~uint64_t{0}, static_cast<unsigned>(size));
  const __m512i octets = _mm512_maskz_loadu_epi8(here, at);
  const __m512i lower = _mm512_or_si512(octets, _mm512_set1_epi8(0x20));
  const __mmask64 letter = _mm512_cmple_epu8_mask(_mm512_sub_epi8(lower, _mm512_set1_epi8('a')),
                                                  _mm512_set1_epi8('z' - 'a'));
  // `-`, `.`, `/` and the digits are neighbours.
  const __mmask64 digit = _mm512_cmple_epu8_mask(_mm512_sub_epi8(octets, _mm512_set1_epi8('-')),
                                                 _mm512_set1_epi8('9' - '-'));
  PlainWindow window;
  window.plain = letter | digit | _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('_')) |
                 _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('~'));
  window.slash = _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('/'));
  window.dot = _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8('.'));
  return window;
}

DOORWARD_AVX512 inline void AddSegment(const char* at, size_t size, size_t count,
                                       HttpPart& part) noexcept {
  const auto in_head = static_cast<unsigned>(std::min(size, SegmentKey::kHead));
  const auto here = static_cast<__mmask16>(_bzhi_u32(0xFFFF, in_head));
  const __m128i head = _mm_maskz_loadu_epi8(here, at);
  const auto low = static_cast<uint64_t>(_mm_cvtsi128_si64(head));
  const auto high = static_cast<uint64_t>(_mm_extract_epi64(head, 1));
  SegmentKey& key = part.keys[count];
  key = SegmentKey::Of(low, high, {at, size});
  // Once more, as one store: that takes the place of the two, for which the words would have to
  // leave their register first.
  static_assert(offsetof(SegmentKey, high) == offsetof(SegmentKey, low) + sizeof key.low);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(&key.low), head);
}

}  // namespace

DOORWARD_AVX512 bool SplitPlainPathByAvx512(std::string_view target, HttpPart& part,
                                            PlainPath* out) noexcept {
  const char* const text = target.data();
  PlainWindow before;
  bool acceptable = true;
  size_t size = 0, begin = 1, count = 0;
  for (;;) {
    const size_t left = std::min(target.size() - size, kWindowSize);
    PlainWindow now = ReadWindow(text + size, left);
    const auto length = static_cast<size_t>(std::countr_one(now.plain));
    if (length < left && text[size + length] != '?') return false;
    now.slash = _bzhi_u64(now.slash, static_cast<unsigned>(length));
    now.dot = _bzhi_u64(now.dot, static_cast<unsigned>(length));
    acceptable = acceptable && !BreaksSegmentRule(now, before);
    // Bits of where a segment ends: at a slash but the first, and where the path does.
    uint64_t ends = size == 0 ? (now.slash - 1) & now.slash : now.slash;
    if (length < kWindowSize && text[size + length - 1] != '/') ends |= uint64_t{1} << length;
    acceptable = acceptable && count + static_cast<size_t>(std::popcount(ends)) <= kMaxSegments;
    if (acceptable) {
      for (; ends != 0; ends &= ends - 1) {
        const size_t end = size + static_cast<size_t>(std::countr_zero(ends));
        AddSegment(text + begin, end - begin, count++, part);
        begin = end + 1;
      }
    }
    size += length;
    if (length < kWindowSize) break;
    before = now;
  }
  out->acceptable = acceptable && text[size - 1] != '.';
  out->size = size;
  out->segment_count = count;
  return true;
}

}  // namespace doorward::http

#else

namespace doorward::http {

bool SplitPlainPathByAvx512(std::string_view target, HttpPart& part, PlainPath* out) noexcept {
  return SplitPlainPathPortably(target, part, out);
}

}  // namespace doorward::http

#endif
