// SPDX-License-Identifier: Apache-2.0
//
// Strict UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing above U+10FFFF.

#ifndef DOORWARD_BASE_UTF8_H_
#define DOORWARD_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace doorward {

// A code point and the number of octets that spell it; `length` 0 where `text` does not begin with
// one.
struct CodePoint {
  uint32_t value = 0;
  uint32_t length = 0;
};

// Decodes the first code point of `text`.
CodePoint DecodeUtf8(std::string_view text) noexcept;

bool IsUtf8(std::string_view text) noexcept;

// Counts code points; an octet that belongs to none counts as one.
size_t CountCodePoints(std::string_view text) noexcept;

// Appends `code_point`, which must be a scalar value.
void AppendUtf8(uint32_t code_point, std::string& out);

}  // namespace doorward

#endif  // DOORWARD_BASE_UTF8_H_
