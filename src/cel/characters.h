// SPDX-License-Identifier: Apache-2.0
//
// Characters of strings, counted and found. A character is an octet that begins one, with those
// that continue it: what the strings of an expression hold is UTF-8.

#ifndef DOORWARD_CEL_CHARACTERS_H_
#define DOORWARD_CEL_CHARACTERS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "src/cel/cel.h"

namespace doorward::cel {

inline bool ContinuesCharacter(char c) noexcept { return (c & '\xC0') == '\x80'; }

// How many of 8 octets begin a character.
inline size_t BeginningsInWord(const char* octets) noexcept {
  uint64_t word;
  std::memcpy(&word, octets, sizeof word);
  const uint64_t continues = word >> 7 & ~word >> 6 & 0x0101010101010101;
  return sizeof word - static_cast<size_t>(std::popcount(continues));
}

inline size_t CountCharacters(std::string_view text) noexcept {
  size_t count = 0;
  for (; text.size() >= sizeof(uint64_t); text.remove_prefix(sizeof(uint64_t))) {
    count += BeginningsInWord(text.data());
  }
  for (const char c : text) count += ContinuesCharacter(c) ? 0u : 1u;
  return count;
}

// Octets of the first character; 0 of an empty text.
inline size_t FirstCharacterSize(std::string_view text) noexcept {
  size_t size = text.empty() ? 0 : 1;
  while (size < text.size() && ContinuesCharacter(text[size])) ++size;
  return size;
}

// Where the character number `index` begins; npos where the text is shorter. The end counts.
inline size_t OffsetOfCharacter(std::string_view text, int64_t index) noexcept {
  if (index < 0 || static_cast<uint64_t>(index) > text.size()) return std::string_view::npos;
  auto left = static_cast<size_t>(index);
  size_t offset = 0;
  while (text.size() - offset >= sizeof(uint64_t)) {
    const size_t begin = BeginningsInWord(text.data() + offset);
    if (begin > left) break;
    left -= begin;
    offset += sizeof(uint64_t);
  }
  for (; offset < text.size(); ++offset) {
    if (ContinuesCharacter(text[offset])) continue;
    if (left == 0) return offset;
    --left;
  }
  return left == 0 ? offset : std::string_view::npos;
}

// Finds one text in others, and pays for what it looks at: no text makes it compare every place of
// another at length unpaid. npos also where the budget is spent.
class Finder {
 public:
  // `times`: what it finds will be found so often; 0 where that was paid before.
  Finder(std::string_view part, Machine& machine, size_t times = 1) noexcept
      : part_(part), machine_(machine), times_(times) {}

  size_t First(std::string_view text) noexcept;
  // The last place at or before `from`.
  size_t Last(std::string_view text, size_t from) noexcept;

 private:
  // Whether the part stands at `at`, where its first octet does and there is room for it.
  bool StandsAt(const char* at) noexcept;

  bool Pay(size_t steps) noexcept { return machine_.Charge(times_ * steps); }

  std::string_view part_;
  Machine& machine_;
  size_t times_;
};

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_CHARACTERS_H_
