// SPDX-License-Identifier: Apache-2.0
//
// Octets taken a word at a time, without a read beyond their ends, and the hash that short texts
// are found by.

#ifndef DOORWARD_BASE_OCTET_WORDS_H_
#define DOORWARD_BASE_OCTET_WORDS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace doorward {

inline uint64_t Load64(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The same with the first octet lowest, whatever the machine.
inline uint64_t LoadLittle64(const char* at) {
  const uint64_t word = Load64(at);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

// Each bit of the result depends on all of both.
inline uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace doorward

#endif  // DOORWARD_BASE_OCTET_WORDS_H_
