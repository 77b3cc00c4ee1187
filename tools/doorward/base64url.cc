// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/base64url.h"

#include <cstdint>

namespace doorward::command {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;  // of bits not yet written
  for (char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if ((count += 6) >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  const uint32_t trailing = bits & ((1u << count) - 1);
  if (count >= 6 || trailing != 0) return std::nullopt;
  return out;
}

}  // namespace doorward::command
