// SPDX-License-Identifier: Apache-2.0
//
// Hashing and comparing short texts, a word at a time, without reading beyond their ends.

#ifndef DOORWARD_POLICY_SEGMENT_HASH_H_
#define DOORWARD_POLICY_SEGMENT_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace doorward {

inline uint64_t Load64(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline uint32_t Load32(const char* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The octets of a text of at most 8, in one word; equal words and sizes mean equal texts.
inline uint64_t LoadShort(const char* at, size_t size) {
  if (size >= 4) return Load32(at) | uint64_t{Load32(at + size - 4)} << 32;
  if (size == 0) return 0;
  const auto octet = [&](size_t i) { return uint64_t{static_cast<unsigned char>(at[i])}; };
  return octet(0) | octet(size / 2) << 8 | octet(size - 1) << 16;
}

inline uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t HashSegment(std::string_view segment) {
  constexpr uint64_t kA = 0xA0761D6478BD642Fu, kB = 0xE7037ED1A0B428DBu;
  const char* at = segment.data();
  const size_t size = segment.size();
  if (size <= 8) return Mix(LoadShort(at, size) ^ kA, size ^ kB);
  uint64_t hash = size;
  for (size_t i = 0; i + 8 < size; i += 8) hash = Mix(Load64(at + i) ^ kA, hash ^ kB);
  return Mix(Load64(at + size - 8) ^ kA, hash ^ kB);
}

// REQUIRES: both are `size` octets long.
inline bool EqualOctets(const char* a, const char* b, size_t size) {
  if (size < 8) return LoadShort(a, size) == LoadShort(b, size);
  for (size_t i = 0; i + 8 < size; i += 8) {
    if (Load64(a + i) != Load64(b + i)) return false;
  }
  return Load64(a + size - 8) == Load64(b + size - 8);
}

}  // namespace doorward

#endif  // DOORWARD_POLICY_SEGMENT_HASH_H_
