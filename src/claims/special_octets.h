// SPDX-License-Identifier: Apache-2.0
//
// One wide pass over a JSON text that notes each octet which a string may not simply run over: a
// quote, a backslash, a control character, part of a character of several octets. To find the end
// of a string is then a look into a row of bits.

#ifndef DOORWARD_CLAIMS_SPECIAL_OCTETS_H_
#define DOORWARD_CLAIMS_SPECIAL_OCTETS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "src/claims/buffer.h"

namespace doorward {

class SpecialOctets {
 public:
  // Octets that are looked at together.
  static constexpr size_t kBlock = 64;

  // Notes those of `text`, which is followed by NUL and kBlock octets in all that may be read.
  // Returns false where there is no memory.
  bool Find(std::string_view text) noexcept;
  // The same, by the way that every processor has: what the others are tested against.
  bool FindPortably(std::string_view text) noexcept;

  // Returns the first special octet from `from` on: at the latest, the NUL behind the text.
  // REQUIRES: `from` is in the text or behind its last octet.
  const char* Next(const char* from) const noexcept {
    auto at = static_cast<size_t>(from - text_);
    for (;;) {
      // Of a word that begins in the midst of an octet of bits, the bits before are shifted out.
      const uint64_t bits = LoadWord(at / 8) >> at % 8;
      if (bits != 0) return text_ + at + static_cast<size_t>(std::countr_zero(bits));
      at += 64 - at % 8;
    }
  }

 private:
  template <class FindInBlocks>
  bool FindWith(std::string_view text, const FindInBlocks& find) noexcept;

  uint64_t LoadWord(size_t octet) const noexcept;

  const char* text_ = nullptr;
  Buffer<unsigned char> bits_;  // of the text's octets, in their order, the lowest first
};

// Turns a word that was read from memory into one whose lowest octet came first, and back.
constexpr uint64_t LittleEndian(uint64_t word) noexcept {
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

inline uint64_t SpecialOctets::LoadWord(size_t octet) const noexcept {
  uint64_t word;
  std::memcpy(&word, bits_.data() + octet, sizeof word);
  return LittleEndian(word);
}

}  // namespace doorward

#endif  // DOORWARD_CLAIMS_SPECIAL_OCTETS_H_
