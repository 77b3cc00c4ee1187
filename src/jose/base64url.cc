// SPDX-License-Identifier: Apache-2.0
//
// Four characters are looked up in four tables, which hold each value shifted to its place in a
// group of 24 bits: one OR makes the group. What is no character has kInvalid set, and is looked
// for once, at the end.

#include "src/jose/base64url.h"

#include <array>

#include "src/base/cpu.h"
#include "src/jose/base64url_avx2.h"

namespace doorward {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint32_t kInvalid = 1u << 24;

using Table = std::array<uint32_t, 256>;

constexpr Table MakeTable(unsigned shift) {
  Table table;
  table.fill(kInvalid);
  for (uint32_t value = 0; value < kAlphabet.size(); ++value) {
    table[static_cast<unsigned char>(kAlphabet[value])] = value << shift;
  }
  return table;
}

constexpr std::array<Table, 4> kTables{MakeTable(18), MakeTable(12), MakeTable(6), MakeTable(0)};

uint32_t Look(size_t place, char c) noexcept {
  return kTables[place][static_cast<unsigned char>(c)];
}

// Decodes groups of four. Returns false where a character is none of the alphabet.
bool DecodeGroups(std::string_view text, char* out) noexcept {
  uint32_t seen = 0;
  for (size_t i = 0; i < text.size(); i += 4, out += 3) {
    const char* const p = text.data() + i;
    const uint32_t group = Look(0, p[0]) | Look(1, p[1]) | Look(2, p[2]) | Look(3, p[3]);
    seen |= group;
    out[0] = static_cast<char>(group >> 16);
    out[1] = static_cast<char>(group >> 8);
    out[2] = static_cast<char>(group);
  }
  return (seen & kInvalid) == 0;
}

// Decodes the two or three characters behind the last group to one octet less.
bool DecodeRest(std::string_view text, char* out) noexcept {
  const bool has_third = text.size() == 3;
  const uint32_t group = Look(0, text[0]) | Look(1, text[1]) | (has_third ? Look(2, text[2]) : 0);
  const uint32_t behind_last_octet = has_third ? 0xFF : 0xFFFF;
  out[0] = static_cast<char>(group >> 16);
  if (has_third) out[1] = static_cast<char>(group >> 8);
  return (group & (kInvalid | behind_last_octet)) == 0;
}

// Decodes with `decode_groups(text, out)` and what follows the groups alike for all.
template <class DecodeGroups>
std::optional<size_t> Decode(std::string_view text, char* out,
                             const DecodeGroups& decode_groups) noexcept {
  const size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  const std::string_view groups = text.substr(0, text.size() - rest);
  if (!decode_groups(groups, out)) return std::nullopt;
  const size_t octets = groups.size() / 4 * 3;
  if (rest == 0) return octets;
  if (!DecodeRest(text.substr(groups.size()), out + octets)) return std::nullopt;
  return octets + rest - 1;
}

}  // namespace

std::optional<size_t> DecodeBase64Url(std::string_view text, char* out) noexcept {
  return Decode(text, out, [](std::string_view groups, char* to) {
    if (groups.size() < kAvx2Block || !HasAvx2()) return DecodeGroups(groups, to);
    return DecodeGroupsAvx2(groups.data(), groups.size(), to);
  });
}

std::optional<size_t> DecodeBase64UrlPortably(std::string_view text, char* out) noexcept {
  return Decode(text, out, DecodeGroups);
}

}  // namespace doorward
