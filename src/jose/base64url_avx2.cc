// SPDX-License-Identifier: Apache-2.0
//
// ASCII is taken as a table of rows of sixteen: `-` is in row 2, digits are in row 3, letters in
// rows 4 to 7, and `_` in row 5. A character's row tells what to add to its code to have its value,
// and which columns are good: both are looked up for 32 characters at once. What is no character is
// noted, and asked for at the end.

#include "src/jose/base64url_avx2.h"

#if defined(__x86_64__)

#include <immintrin.h>

namespace doorward {
namespace {

#define DOORWARD_AVX2 __attribute__((target("avx2")))

// Looks up each octet of `index`, which is below 16, in `table`.
DOORWARD_AVX2 inline __m256i LookUp(__m128i table, __m256i index) noexcept {
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), index);
}

// Returns what is not zero where there is a bad character. Each kind of row has a bit; a column has
// the bits of the rows in which nothing good stands there.
DOORWARD_AVX2 inline __m256i FindBad(__m256i row, __m256i column) noexcept {
  constexpr char kDash = 1, kDigits = 2, kToO = 4, kToZ = 8, kToSmallZ = 16, kNone = 32;
  constexpr char kFirst = kDash | kToO | kNone;
  constexpr char kMiddle = kDash | kNone;
  constexpr char kLast = kDash | kDigits | kToZ | kToSmallZ | kNone;
  const __m128i rows = _mm_setr_epi8(kNone, kNone, kDash, kDigits, kToO, kToZ, kToO, kToSmallZ,  //
                                     kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone);
  const __m128i columns =
      _mm_setr_epi8(kFirst, kMiddle, kMiddle, kMiddle, kMiddle, kMiddle, kMiddle, kMiddle, kMiddle,
                    kMiddle, kMiddle | kDigits, kLast, kLast, kLast & ~kDash, kLast, kLast & ~kToZ);
  return _mm256_and_si256(LookUp(rows, row), LookUp(columns, column));
}

// The six bits that each character stands for.
DOORWARD_AVX2 inline __m256i Values(__m256i text, __m256i row) noexcept {
  constexpr char kDash = 62 - '-', kDigits = 52 - '0', kUpper = 0 - 'A', kLower = 26 - 'a';
  constexpr char kUnderscore = 63 - '_' - kUpper;  // more than the others of its row
  const __m128i shifts = _mm_setr_epi8(0, 0, kDash, kDigits, kUpper, kUpper, kLower, kLower,  //
                                       0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i is_underscore = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('_'));
  const __m256i more = _mm256_and_si256(is_underscore, _mm256_set1_epi8(kUnderscore));
  return _mm256_add_epi8(_mm256_add_epi8(text, LookUp(shifts, row)), more);
}

// Joins each four values to three octets; all 24 stand first.
DOORWARD_AVX2 inline __m256i Join(__m256i values) noexcept {
  const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
  const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i octets = _mm256_shuffle_epi8(groups, _mm256_broadcastsi128_si256(order));
  return _mm256_permutevar8x32_epi32(octets, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

// Decodes one block to 24 octets. Returns as FindBad does.
DOORWARD_AVX2 inline __m256i DecodeBlock(const char* from, char* to) noexcept {
  const __m256i low_bits = _mm256_set1_epi8(0x0F);
  const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  const __m256i row = _mm256_and_si256(_mm256_srli_epi32(text, 4), low_bits);
  const __m256i octets = Join(Values(text, row));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(octets));
  _mm_storeu_si64(to + 16, _mm256_extracti128_si256(octets, 1));
  return FindBad(row, _mm256_and_si256(text, low_bits));
}

}  // namespace

DOORWARD_AVX2 bool DecodeGroupsAvx2(const char* text, size_t size, char* out) noexcept {
  constexpr size_t kOctets = kAvx2Block / 4 * 3;
  const char* const last = text + size - kAvx2Block;
  __m256i bad = _mm256_setzero_si256();
  for (const char* p = text; p < last; p += kAvx2Block, out += kOctets) {
    bad = _mm256_or_si256(bad, DecodeBlock(p, out));
  }
  // The last block ends with the text, and so may overlap the one before: its octets are the same.
  const size_t overlap = (kAvx2Block - size % kAvx2Block) % kAvx2Block;
  bad = _mm256_or_si256(bad, DecodeBlock(last, out - overlap / 4 * 3));
  return _mm256_testz_si256(bad, bad) != 0;
}

}  // namespace doorward

#else

namespace doorward {

bool DecodeGroupsAvx2(const char*, size_t, char*) noexcept { return false; }

}  // namespace doorward

#endif
