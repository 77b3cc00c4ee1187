// SPDX-License-Identifier: Apache-2.0

#include "src/base/utf8.h"

#include <gtest/gtest.h>

namespace doorward {
namespace {

struct Utf8Case {
  const char* name;
  std::string_view text;
  uint32_t value;
  uint32_t length;  // 0: refused
};

constexpr Utf8Case kUtf8Cases[] = {
    {"last of one octet", "\x7F", 0x7F, 1},
    {"lone continuation", "\x80", 0, 0},
    {"overlong of two octets", "\xC1\xBF", 0, 0},
    {"first of two octets", "\xC2\x80", 0x80, 2},
    {"last of two octets", "\xDF\xBF", 0x7FF, 2},
    {"two octets cut short", "\xC3", 0, 0},
    {"overlong of three octets", "\xE0\x9F\xBF", 0, 0},
    {"first of three octets", "\xE0\xA0\x80", 0x800, 3},
    {"before the surrogates", "\xED\x9F\xBF", 0xD7FF, 3},
    {"first surrogate", "\xED\xA0\x80", 0, 0},
    {"last surrogate", "\xED\xBF\xBF", 0, 0},
    {"after the surrogates", "\xEE\x80\x80", 0xE000, 3},
    {"three octets cut short", "\xE2\x82", 0, 0},
    {"overlong of four octets", "\xF0\x8F\xBF\xBF", 0, 0},
    {"first of four octets", "\xF0\x90\x80\x80", 0x10000, 4},
    {"last code point", "\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
    {"above the last code point", "\xF4\x90\x80\x80", 0, 0},
    {"lead that never is", "\xF5\x80\x80\x80", 0, 0},
    {"continuation missing", "\xE2\x28\xA1", 0, 0},
    {"nothing", "", 0, 0},
};

TEST(Utf8, DecodesShortestFormsOfScalarValuesOnly) {
  for (const Utf8Case& row : kUtf8Cases) {
    SCOPED_TRACE(row.name);
    const CodePoint got = DecodeUtf8(row.text);
    EXPECT_EQ(got.value, row.value);
    EXPECT_EQ(got.length, row.length);
    EXPECT_EQ(IsUtf8(row.text), row.length > 0 || row.text.empty());
  }
}

TEST(Utf8, EveryScalarValueComesBack) {
  for (uint32_t value = 0; value <= 0x10FFFF; ++value) {
    if (value >= 0xD800 && value <= 0xDFFF) continue;
    std::string text;
    AppendUtf8(value, text);
    const CodePoint got = DecodeUtf8(text);
    ASSERT_EQ(got.value, value);
    ASSERT_EQ(got.length, text.size());
  }
}

TEST(Utf8, CountsAStrayOctetAsOne) {
  EXPECT_EQ(CountCodePoints("é€x"), 3u);
  EXPECT_EQ(CountCodePoints("\xFF\xC3"), 2u);
}

}  // namespace
}  // namespace doorward
