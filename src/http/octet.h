// SPDX-License-Identifier: Apache-2.0
//
// What single octets are in the grammars of HTTP (RFC 9110) and URIs (RFC 3986), from one table.

#ifndef DOORWARD_HTTP_OCTET_H_
#define DOORWARD_HTTP_OCTET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/ascii.h"

namespace doorward::http {

enum OctetClass : uint8_t {
  kToken = 1,       // tchar, RFC 9110 section 5.6.2
  kUnreserved = 2,  // RFC 3986 section 2.3
  kLiteral = 4,     // what a canonical path never encodes: pchar without `%` and `;`
  kLabel = 8,       // letters, digits, `-`, `_`: a host's label
};

namespace octet_internal {

constexpr bool Contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

constexpr uint8_t ClassesOf(char c) {
  const bool alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  unsigned classes = 0;
  if (alphanumeric || Contains("!#$%&'*+-.^_`|~", c)) classes |= kToken;
  if (alphanumeric || Contains("-._~", c)) classes |= kUnreserved | kLiteral;
  if (Contains("!$&'()*+,=:@", c)) classes |= kLiteral;
  if (alphanumeric || Contains("-_", c)) classes |= kLabel;
  return static_cast<uint8_t>(classes);
}

constexpr std::array<uint8_t, 256> MakeTable() {
  std::array<uint8_t, 256> table{};
  for (size_t c = 0; c < 128; ++c) table[c] = ClassesOf(static_cast<char>(c));
  return table;
}

inline constexpr std::array<uint8_t, 256> kTable = MakeTable();

}  // namespace octet_internal

constexpr uint8_t Octet(char c) noexcept { return static_cast<uint8_t>(c); }

constexpr bool Is(OctetClass wanted, char c) noexcept {
  return (octet_internal::kTable[Octet(c)] & wanted) != 0;
}

constexpr bool IsLower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool IsDigit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool IsControl(char c) noexcept { return Octet(c) < 0x20 || c == 0x7F; }

inline constexpr char kUpperHex[] = "0123456789ABCDEF";

// Compares without ASCII case; `lower` must be lower case itself.
constexpr bool EqualsLower(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (AsciiLower(text[i]) != lower[i]) return false;
  }
  return true;
}

}  // namespace doorward::http

#endif  // DOORWARD_HTTP_OCTET_H_
