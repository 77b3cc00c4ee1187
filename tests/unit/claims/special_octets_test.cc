// SPDX-License-Identifier: Apache-2.0

#include "src/claims/special_octets.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace doorward {
namespace {

bool IsSpecial(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet >= 0x80 || c == '"' || c == '\\';
}

// Where Next leads from each octet of a text that is found out by `find`.
using Find = bool (SpecialOctets::*)(std::string_view) noexcept;

void ExpectFound(Find find, const std::string& text) {
  // What follows the NUL must not count.
  const std::string padded = text + std::string(1, '\0') + std::string(SpecialOctets::kBlock, '"');
  SpecialOctets special;
  ASSERT_TRUE((special.*find)(std::string_view(padded).substr(0, text.size())));
  size_t next = text.size();
  for (size_t i = text.size() + 1; i-- > 0;) {
    if (IsSpecial(padded[i])) next = i;
    ASSERT_EQ(static_cast<size_t>(special.Next(padded.data() + i) - padded.data()), next) << i;
  }
}

class SpecialOctetsTest : public testing::TestWithParam<Find> {};

TEST_P(SpecialOctetsTest, AreKnownByTheirValue) {
  for (int octet = 0; octet < 256; ++octet) {
    SCOPED_TRACE(octet);
    ExpectFound(GetParam(), "a" + std::string(1, static_cast<char>(octet)) + "b");
  }
}

TEST_P(SpecialOctetsTest, AreFoundAtEveryPlace) {
  for (size_t size = 0; size < 200; ++size) {
    SCOPED_TRACE(size);
    ExpectFound(GetParam(), std::string(size, 'x'));
    for (size_t place = 0; place < size; place += 1 + size / 70) {
      std::string text(size, 'x');
      text[place] = '"';
      ExpectFound(GetParam(), text);
    }
  }
}

TEST_P(SpecialOctetsTest, AreFoundBesideEachOther) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 37 + i / 7);
  ExpectFound(GetParam(), text);
  ExpectFound(GetParam(), std::string(300, '\\'));
}

TEST_P(SpecialOctetsTest, OfATextBeforeAreForgotten) {
  SpecialOctets special;
  const std::string padding(SpecialOctets::kBlock, '\0');
  const std::string quotes = std::string(500, '"') + padding;
  const std::string plain = std::string(100, 'x') + padding;
  ASSERT_TRUE((special.*GetParam())(std::string_view(quotes).substr(0, 500)));
  ASSERT_TRUE((special.*GetParam())(std::string_view(plain).substr(0, 100)));
  EXPECT_EQ(special.Next(plain.data()), plain.data() + 100);
}

INSTANTIATE_TEST_SUITE_P(Ways, SpecialOctetsTest,
                         testing::Values(&SpecialOctets::Find, &SpecialOctets::FindPortably));

}  // namespace
}  // namespace doorward
