// SPDX-License-Identifier: Apache-2.0

#include "src/base/utf8.h"

namespace doorward {

CodePoint DecodeUtf8(std::string_view text) noexcept {
  if (text.empty()) return {};
  const auto at = [&](size_t i) -> uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto continues = [&](size_t i) { return (at(i) & 0xC0) == 0x80; };
  const uint32_t lead = at(0);
  if (lead < 0x80) return {lead, 1};
  if (lead >= 0xC2 && lead <= 0xDF) {
    if (!continues(1)) return {};
    return {(lead & 0x1F) << 6 | (at(1) & 0x3F), 2};
  }
  if ((lead & 0xF0) == 0xE0) {
    if (!continues(1) || !continues(2)) return {};
    const uint32_t value = (lead & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
    if (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF)) return {};
    return {value, 3};
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return {};
    const uint32_t value =
        (lead & 0x07) << 18 | (at(1) & 0x3F) << 12 | (at(2) & 0x3F) << 6 | (at(3) & 0x3F);
    if (value < 0x10000 || value > 0x10FFFF) return {};
    return {value, 4};
  }
  return {};
}

bool IsUtf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const CodePoint next = DecodeUtf8(text);
    if (next.length == 0) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

size_t CountCodePoints(std::string_view text) noexcept {
  size_t count = 0;
  while (!text.empty()) {
    const CodePoint next = DecodeUtf8(text);
    text.remove_prefix(next.length == 0 ? 1 : next.length);
    ++count;
  }
  return count;
}

void AppendUtf8(uint32_t code_point, std::string& out) {
  const auto put = [&](uint32_t octet) { out.push_back(static_cast<char>(octet)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

}  // namespace doorward
