// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>

#include "src/base/utf8.h"
#include "src/claims/json_cursor.h"

namespace doorward {
namespace {

// Moves over plain octets and whole UTF-8 characters, to a quote or a backslash. Returns false at
// the end of the text, a control character or broken UTF-8.
bool SkipText(JsonCursor& cursor, const SpecialOctets& special) noexcept {
  for (;;) {
    cursor.at = special.Next(cursor.at);
    const char c = *cursor.at;
    if (c == '"' || c == '\\') return true;
    if (static_cast<unsigned char>(c) < 0x20) return false;
    const CodePoint next = DecodeUtf8({cursor.at, static_cast<size_t>(cursor.end - cursor.at)});
    if (next.length == 0) return false;
    cursor.at += next.length;
  }
}

// Reads four hexadecimal digits.
bool ReadHex4(JsonCursor& cursor, uint32_t* value) noexcept {
  *value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = *cursor.at;
    uint32_t digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint32_t>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      digit = static_cast<uint32_t>((c | 0x20) - 'a') + 10;
    } else {
      return false;
    }
    *value = *value << 4 | digit;
    ++cursor.at;
  }
  return true;
}

char* PutUtf8(uint32_t value, char* out) noexcept {
  const auto put = [&out](uint32_t octet) { *out++ = static_cast<char>(octet); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0 | value >> 6);
    put(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    put(0xE0 | value >> 12);
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  } else {
    put(0xF0 | value >> 18);
    put(0x80 | (value >> 12 & 0x3F));
    put(0x80 | (value >> 6 & 0x3F));
    put(0x80 | (value & 0x3F));
  }
  return out;
}

// Reads what follows `\u`: a scalar value, spelt as a pair of surrogates where it needs one (RFC
// 8259 section 7). A surrogate alone is no character (RFC 7493 section 2.1).
char* ReadUnicodeEscape(JsonCursor& cursor, char* out) noexcept {
  uint32_t value = 0;
  if (!ReadHex4(cursor, &value)) return nullptr;
  if (value >= 0xDC00 && value <= 0xDFFF) return nullptr;
  if (value >= 0xD800 && value <= 0xDBFF) {
    uint32_t low = 0;
    if (!cursor.Skip('\\') || !cursor.Skip('u') || !ReadHex4(cursor, &low)) return nullptr;
    if (low < 0xDC00 || low > 0xDFFF) return nullptr;
    value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
  }
  return PutUtf8(value, out);
}

// Reads an escape whose backslash is here. Returns the end of what it wrote, or null.
char* ReadEscape(JsonCursor& cursor, char* out) noexcept {
  ++cursor.at;
  const char c = *cursor.at;
  char plain;
  switch (c) {
    case '"':
    case '\\':
    case '/':
      plain = c;
      break;
    case 'b':
      plain = '\b';
      break;
    case 'f':
      plain = '\f';
      break;
    case 'n':
      plain = '\n';
      break;
    case 'r':
      plain = '\r';
      break;
    case 't':
      plain = '\t';
      break;
    case 'u':
      ++cursor.at;
      return ReadUnicodeEscape(cursor, out);
    default:
      return nullptr;
  }
  ++cursor.at;
  *out++ = plain;
  return out;
}

// Reads on from the first backslash of a string that began at `start`.
bool ReadEscapedString(const char* start, JsonCursor& cursor, const SpecialOctets& special,
                       UnescapedStrings& unescaped, std::string_view* out) noexcept {
  char* const begin = unescaped.Begin();
  if (begin == nullptr) return false;
  char* end = std::copy(start, cursor.at, begin);
  while (*cursor.at == '\\') {
    end = ReadEscape(cursor, end);
    if (end == nullptr) return false;
    const char* const text = cursor.at;
    if (!SkipText(cursor, special)) return false;
    end = std::copy(text, cursor.at, end);
  }
  ++cursor.at;
  unescaped.End(end);
  *out = {begin, static_cast<size_t>(end - begin)};
  return true;
}

}  // namespace

bool ReadAnyJsonString(const char* start, JsonCursor& cursor, const SpecialOctets& special,
                       UnescapedStrings& unescaped, std::string_view* out) noexcept {
  if (!SkipText(cursor, special)) return false;
  if (*cursor.at != '"') return ReadEscapedString(start, cursor, special, unescaped, out);
  *out = {start, static_cast<size_t>(cursor.at - start)};
  ++cursor.at;
  return true;
}

}  // namespace doorward
