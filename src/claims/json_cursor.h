// SPDX-License-Identifier: Apache-2.0
//
// A place in a JSON text that is being read, and the readers of its smallest parts. Each reader
// leaves the cursor after what it read or, where it returns false, at the fault.

#ifndef DOORWARD_CLAIMS_JSON_CURSOR_H_
#define DOORWARD_CLAIMS_JSON_CURSOR_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "src/claims/buffer.h"
#include "src/claims/json.h"

namespace doorward {

// INVARIANT: `at` <= `end`, and JsonParser::kPadding octets after `end` may be read.
struct JsonCursor {
  const char* at;
  const char* end;

  // The octet here; NUL, which is never right outside of a string, at the end.
  char Peek() const noexcept { return at < end ? *at : '\0'; }

  void SkipSpace() noexcept {
    for (; at < end && static_cast<unsigned char>(*at) <= ' '; ++at) {
      if (*at != ' ' && *at != '\n' && *at != '\r' && *at != '\t') return;
    }
  }

  bool Skip(char expected) noexcept {
    if (Peek() != expected) return false;
    ++at;
    return true;
  }
};

// Where strings go whose escapes had to be undone. All of one text together are never longer than
// the text, so that room for it, made once, never moves under the views that were handed out.
class UnescapedStrings {
 public:
  void Reset(size_t text_size) noexcept {
    text_size_ = text_size;
    used_ = 0;
  }
  // Returns the place for the next string, or null where there is no memory.
  char* Begin() noexcept {
    return memory_.Reserve(text_size_ + JsonParser::kPadding) ? memory_.data() + used_ : nullptr;
  }
  void End(const char* end) noexcept { used_ = static_cast<size_t>(end - memory_.data()); }

 private:
  Buffer<char> memory_;
  size_t text_size_ = 0;
  size_t used_ = 0;
};

#if defined(__SSE2__)
inline constexpr size_t kScanStride = 16;

// Returns how many of the next kScanStride octets a string may simply run over: those that are
// neither a quote, a backslash, a control character nor part of a multi-octet character.
inline size_t CountPlain(const char* p) noexcept {
  __m128i octets;
  std::memcpy(&octets, p, sizeof octets);
  // Octets from 0x80 are negative here, so that one comparison finds them and the controls.
  const __m128i special = _mm_or_si128(_mm_cmplt_epi8(octets, _mm_set1_epi8(0x20)),
                                       _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(octets, _mm_set1_epi8('\\'))));
  const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(special));
  return static_cast<size_t>(std::countr_zero(mask | (1u << kScanStride)));
}
#else
inline constexpr size_t kScanStride = 8;

inline size_t CountPlain(const char* p) noexcept {
  size_t count = 0;
  while (count < kScanStride) {
    const auto octet = static_cast<unsigned char>(p[count]);
    if (octet < 0x20 || octet >= 0x80 || octet == '"' || octet == '\\') break;
    ++count;
  }
  return count;
}
#endif
static_assert(kScanStride <= JsonParser::kPadding);

// Reads a string whose opening quote was just read, validating UTF-8 and undoing escapes.
bool ReadAnyJsonString(JsonCursor& cursor, UnescapedStrings& unescaped,
                       std::string_view* out) noexcept;

// The same; most strings of a token are plain and end within one stride.
inline bool ReadJsonString(JsonCursor& cursor, UnescapedStrings& unescaped,
                           std::string_view* out) noexcept {
  const size_t plain = CountPlain(cursor.at);
  const char* const end = cursor.at + plain;
  if (plain == kScanStride || end >= cursor.end || *end != '"') {
    return ReadAnyJsonString(cursor, unescaped, out);
  }
  *out = {cursor.at, plain};
  cursor.at = end + 1;
  return true;
}

// Reads a number into `node`, as kInt or kDouble.
bool ReadJsonNumber(JsonCursor& cursor, JsonNode& node) noexcept;

}  // namespace doorward

#endif  // DOORWARD_CLAIMS_JSON_CURSOR_H_
