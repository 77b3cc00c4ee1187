// SPDX-License-Identifier: Apache-2.0
//
// Four characters are looked up in four tables, which hold each value shifted to its place in a
// group of 24 bits: one OR makes the group. What is no character has kInvalid set, and is looked
// for once, at the end.

#include "src/jose/base64url.h"

#include <array>

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

}  // namespace

std::optional<size_t> DecodeBase64Url(std::string_view text, char* out) noexcept {
  const char* p = text.data();
  const char* const end_of_groups = p + text.size() / 4 * 4;
  char* to = out;
  uint32_t seen = 0;
  for (; p < end_of_groups; p += 4, to += 3) {
    const uint32_t group = Look(0, p[0]) | Look(1, p[1]) | Look(2, p[2]) | Look(3, p[3]);
    seen |= group;
    to[0] = static_cast<char>(group >> 16);
    to[1] = static_cast<char>(group >> 8);
    to[2] = static_cast<char>(group);
  }
  const size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  if (rest >= 2) {
    const uint32_t group = Look(0, p[0]) | Look(1, p[1]) | (rest == 3 ? Look(2, p[2]) : 0);
    const uint32_t behind_last_octet = rest == 3 ? 0xFF : 0xFFFF;
    if ((group & behind_last_octet) != 0) return std::nullopt;
    seen |= group;
    *to++ = static_cast<char>(group >> 16);
    if (rest == 3) *to++ = static_cast<char>(group >> 8);
  }
  if ((seen & kInvalid) != 0) return std::nullopt;
  return static_cast<size_t>(to - out);
}

}  // namespace doorward
