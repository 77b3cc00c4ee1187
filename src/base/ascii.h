// SPDX-License-Identifier: Apache-2.0
//
// ASCII letters without regard to case, as field names, schemes and hosts compare, and hexadecimal
// digits. No locale is asked.

#ifndef DOORWARD_BASE_ASCII_H_
#define DOORWARD_BASE_ASCII_H_

#include <algorithm>
#include <string_view>

namespace doorward {

constexpr char AsciiLower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// The value of a hexadecimal digit, or -1.
constexpr int HexValue(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = AsciiLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool EqualIgnoringCase(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return AsciiLower(x) == AsciiLower(y); });
}

}  // namespace doorward

#endif  // DOORWARD_BASE_ASCII_H_
