// SPDX-License-Identifier: Apache-2.0
//
// ASCII letters without regard to case, as field names, schemes and hosts compare. No locale is
// asked.

#ifndef DOORWARD_BASE_ASCII_H_
#define DOORWARD_BASE_ASCII_H_

#include <algorithm>
#include <string_view>

namespace doorward {

constexpr char AsciiLower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr bool EqualIgnoringCase(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return AsciiLower(x) == AsciiLower(y); });
}

}  // namespace doorward

#endif  // DOORWARD_BASE_ASCII_H_
