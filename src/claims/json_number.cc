// SPDX-License-Identifier: Apache-2.0

#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "src/claims/json_cursor.h"

namespace doorward {
namespace {

// No number that means anything is longer; reading one exactly takes time that grows faster than
// its length.
constexpr ptrdiff_t kMaxNumberBytes = 1024;
// So many digits always fit 64 bits with sign.
constexpr ptrdiff_t kSafeDigits = 18;

bool IsDigit(char c) noexcept { return c >= '0' && c <= '9'; }

// Reads digits, at least one.
bool SkipDigits(JsonCursor& cursor) noexcept {
  if (!IsDigit(*cursor.at)) return false;
  while (IsDigit(*cursor.at)) ++cursor.at;
  return true;
}

bool SkipFraction(JsonCursor& cursor) noexcept { return !cursor.Skip('.') || SkipDigits(cursor); }

bool SkipExponent(JsonCursor& cursor) noexcept {
  if (!cursor.Skip('e') && !cursor.Skip('E')) return true;
  if (!cursor.Skip('+')) cursor.Skip('-');
  return SkipDigits(cursor);
}

// True where the number that is spelt at [first, last), which no double can hold, is too small
// rather than too great. Its first digit that counts stands at 10 to the power of `magnitude`.
bool IsTooSmall(const char* first, const char* last) noexcept {
  if (*first == '-') ++first;
  const char* point = first;
  while (point < last && IsDigit(*point)) ++point;
  const char* digit = first;
  while (*digit == '0' || *digit == '.') ++digit;
  const ptrdiff_t magnitude = digit < point ? point - digit - 1 : point - digit;
  const char* exponent = point;
  while (exponent < last && *exponent != 'e' && *exponent != 'E') ++exponent;
  if (exponent == last) return magnitude < 0;
  exponent += exponent[1] == '+' ? 2 : 1;
  int64_t power = 0;
  if (std::from_chars(exponent, last, power).ec != std::errc()) return *exponent == '-';
  return power < -magnitude;
}

bool ReadDouble(const char* first, const char* last, JsonNode& node) noexcept {
  double value = 0;
  const std::errc error = std::from_chars(first, last, value).ec;
  if (error == std::errc::result_out_of_range && IsTooSmall(first, last)) {
    value = 0;
  } else if (error != std::errc() || !std::isfinite(value)) {
    return false;
  }
  node.kind = JsonView::Kind::kDouble;
  node.number = value;
  return true;
}

bool ReadInteger(const char* first, const char* last, JsonNode& node) noexcept {
  if (last - first <= kSafeDigits) {
    const bool negative = *first == '-';
    int64_t value = 0;
    for (const char* p = first + (negative ? 1 : 0); p < last; ++p) value = value * 10 + (*p - '0');
    node.integer = negative ? -value : value;
  } else if (std::from_chars(first, last, node.integer).ec != std::errc()) {
    return ReadDouble(first, last, node);
  }
  node.kind = JsonView::Kind::kInt;
  return true;
}

}  // namespace

bool ReadJsonNumber(JsonCursor& cursor, JsonNode& node) noexcept {
  const char* const first = cursor.at;
  cursor.Skip('-');
  if (!cursor.Skip('0') && !SkipDigits(cursor)) return false;
  const char* const integer_end = cursor.at;
  if (!SkipFraction(cursor) || !SkipExponent(cursor)) return false;
  if (cursor.at - first > kMaxNumberBytes) {
    cursor.at = first;
    return false;
  }
  const bool read = cursor.at == integer_end ? ReadInteger(first, cursor.at, node)
                                             : ReadDouble(first, cursor.at, node);
  if (!read) cursor.at = first;
  return read;
}

}  // namespace doorward
