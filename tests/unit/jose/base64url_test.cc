// SPDX-License-Identifier: Apache-2.0

#include "src/jose/base64url.h"

#include <string>

#include <gtest/gtest.h>

#include "tools/signing/signing.h"

namespace doorward {
namespace {

std::optional<std::string> Decode(std::string_view text) {
  std::string out(DecodedCapacity(text.size()), '\xAA');
  const auto size = DecodeBase64Url(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

TEST(Base64Url, DecodesTheVectorsOfRfc4648) {
  struct {
    const char *text, *octets;
  } const rows[] = {
      {"", ""},           {"Zg", "f"},          {"Zm8", "fo"},          {"Zm9v", "foo"},
      {"Zm9vYg", "foob"}, {"Zm9vYmE", "fooba"}, {"Zm9vYmFy", "foobar"}, {"-_-_", "\xFB\xFF\xBF"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(Decode(row.text), row.octets);
  }
}

TEST(Base64Url, DecodesWhatWasEncodedAtEveryLength) {
  std::string octets;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(Decode(EncodeBase64Url(octets)), octets);
    octets += static_cast<char>(i * 7 + 200);
  }
}

TEST(Base64Url, RefusesAllButOneSpelling) {
  struct {
    const char* name;
    std::string_view text;
  } const rows[] = {
      {"one character", "A"},
      {"five characters", "AAAAA"},
      {"padding", "Zg=="},
      {"one pad", "Zm8="},
      {"pad in the middle", "Zg==Zm8"},
      {"plus", "+-AA"},
      {"slash", "/AAA"},
      {"space before", " Zm9v"},
      {"space after", "Zm9v "},
      {"line break", "Zm9v\nZm9v"},
      {"dot", "Zm.v"},
      {"trailing bits of two", "Zh"},
      {"trailing bits of three", "Zm9"},
      {"non-ASCII", "Zm\xC3\xA9"},
      {"NUL", std::string_view("Zm9\0", 4)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Decode(row.text), std::nullopt);
  }
}

TEST(Base64Url, KnowsItsAlphabetAtEveryPlaceOfAGroup) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (size_t place = 0; place < 4; ++place) {
    for (int octet = 0; octet < 256; ++octet) {
      std::string text = "AAAA";
      text[place] = static_cast<char>(octet);
      EXPECT_EQ(Decode(text).has_value(), kAlphabet.find(text[place]) != std::string_view::npos)
          << place << " " << octet;
    }
  }
}

// For every group that ends a text, what decodes must encode to the same again.
TEST(Base64Url, HasOneTextForEachSequenceOfOctets) {
  for (int a = 0; a < 128; ++a) {
    for (int b = 0; b < 128; ++b) {
      const std::string two{static_cast<char>(a), static_cast<char>(b)};
      for (const std::string& text : {two, "A" + two}) {
        const auto octets = Decode(text);
        if (octets) {
          EXPECT_EQ(EncodeBase64Url(*octets), text);
        }
      }
    }
  }
}

}  // namespace
}  // namespace doorward
