// SPDX-License-Identifier: Apache-2.0
//
// Looks at 16 octets at once, in vectors that GCC and Clang compile for any machine. Nothing here
// reads an octet outside the text that it is given: a text that is no multiple of 16 is finished
// with a block that overlaps the one before, a text shorter than 16 is gathered from overlapping
// words.

#ifndef DOORWARD_HTTP_BLOCK_H_
#define DOORWARD_HTTP_BLOCK_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace doorward::http {

using Block [[gnu::vector_size(16)]] = uint8_t;
// What comparing blocks gives: -1 for each octet where it holds, else 0.
using BlockMask [[gnu::vector_size(16)]] = int8_t;

inline constexpr size_t kBlockSize = sizeof(Block);

inline Block LoadBlock(const char* p) noexcept {
  Block block;
  std::memcpy(&block, p, sizeof block);
  return block;
}

namespace block_internal {

template <class Word>
uint64_t Load(const char* p) noexcept {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

inline Block FromWords(uint64_t low, uint64_t high) noexcept {
  return std::bit_cast<Block>(std::array<uint64_t, 2>{low, high});
}

// Loads fewer than 8 octets. Words overlap where the count is between sizes; what they share is
// the same, so that they can be joined by OR.
inline uint64_t LoadShortWord(const char* p, size_t n) noexcept {
  if (n >= 4) return Load<uint32_t>(p) | Load<uint32_t>(p + n - 4) << (8 * (n - 4));
  if (n == 0) return 0;
  return Load<uint8_t>(p) | Load<uint8_t>(p + n / 2) << (8 * (n / 2)) |
         Load<uint8_t>(p + n - 1) << (8 * (n - 1));
}

}  // namespace block_internal

// Loads `n` < 16 octets; the others are zero.
inline Block LoadShortBlock(const char* p, size_t n) noexcept {
  using namespace block_internal;
  if constexpr (std::endian::native != std::endian::little) {
    Block block{};
    std::memcpy(&block, p, n);
    return block;
  }
  if (n < 8) return FromWords(LoadShortWord(p, n), 0);
  if (n == 8) return FromWords(Load<uint64_t>(p), 0);
  return FromWords(Load<uint64_t>(p), Load<uint64_t>(p + n - 8) >> (8 * (16 - n)));
}

// Bit i is set where the mask holds for octet i.
inline uint64_t Bits(BlockMask mask) noexcept {
#ifdef __SSE2__
  return static_cast<uint32_t>(_mm_movemask_epi8(std::bit_cast<__m128i>(mask)));
#else
  const auto octets = std::bit_cast<std::array<uint8_t, kBlockSize> >(mask);
  uint64_t bits = 0;
  for (size_t i = 0; i < kBlockSize; ++i) bits |= static_cast<uint64_t>(octets[i] & 1) << i;
  return bits;
#endif
}

// The lowest `n` bits, n <= 64.
inline uint64_t LowBits(size_t n) noexcept {
  return n >= 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1;
}

inline BlockMask InRange(Block block, uint8_t first, uint8_t last) noexcept {
  return Block(block - first) <= Block(Block{} + static_cast<uint8_t>(last - first));
}

// Calls visit(block, offset) so that each octet of `text` is in some block at its place. Octets may
// come twice; those after the end of a text shorter than 16 are zero.
template <class Visit>
inline void ForEachBlock(std::string_view text, Visit visit) noexcept {
  const char* const p = text.data();
  const size_t n = text.size();
  if (n < kBlockSize) {
    visit(LoadShortBlock(p, n), size_t{0});
    return;
  }
  size_t at = 0;
  for (; at + kBlockSize <= n; at += kBlockSize) visit(LoadBlock(p + at), at);
  if (at < n) visit(LoadBlock(p + n - kBlockSize), n - kBlockSize);
}

// True where `holds`, from Block to BlockMask, holds for every octet of `text`.
template <class Holds>
inline bool AllOctets(std::string_view text, Holds holds) noexcept {
  if (text.size() < kBlockSize) {
    const uint64_t wanted = LowBits(text.size());
    return (Bits(holds(LoadShortBlock(text.data(), text.size()))) & wanted) == wanted;
  }
  BlockMask all = ~BlockMask{};
  ForEachBlock(text, [&](Block block, size_t) { all &= holds(block); });
  return Bits(all) == LowBits(kBlockSize);
}

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_BLOCK_H_
