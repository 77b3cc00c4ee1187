// SPDX-License-Identifier: Apache-2.0

#include "src/jose/base64url.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tools/signing/signing.h"

namespace doorward {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Decoder = std::optional<size_t>(std::string_view, char*) noexcept;

// Decodes into a buffer that is as large as promised, and not more.
std::optional<std::string> DecodeWith(Decoder& decode, std::string_view text) {
  std::vector<char> out(DecodedCapacity(text.size()), '\xAA');
  const auto size = decode(text, out.data());
  if (!size) return std::nullopt;
  EXPECT_LE(*size, out.size());
  EXPECT_TRUE(std::all_of(out.begin() + static_cast<ptrdiff_t>(*size), out.end(),
                          [](char c) { return c == '\xAA'; }));
  return std::string(out.data(), *size);
}

std::optional<std::string> Decode(std::string_view text) {
  const auto octets = DecodeWith(DecodeBase64Url, text);
  EXPECT_EQ(octets, DecodeWith(DecodeBase64UrlPortably, text)) << text;
  return octets;
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
  for (size_t place = 0; place < 4; ++place) {
    for (int octet = 0; octet < 256; ++octet) {
      std::string text = "AAAA";
      text[place] = static_cast<char>(octet);
      EXPECT_EQ(Decode(text).has_value(), kAlphabet.find(text[place]) != std::string_view::npos)
          << place << " " << octet;
    }
  }
}

// Lengths around those at which whole blocks of a wide decoder end.
TEST(Base64Url, SeesAForeignCharacterAtEveryPlaceOfEveryBlock) {
  for (size_t blocks = 1; blocks <= 3; ++blocks) {
    for (size_t size = blocks * 32 - 1; size <= blocks * 32 + 5; ++size) {
      if (size % 4 == 1) continue;
      for (size_t place = 0; place < size; ++place) {
        std::string text(size, 'A');
        for (int octet = 0; octet < 256; ++octet) {
          text[place] = static_cast<char>(octet);
          const bool is_good = kAlphabet.find(text[place]) != std::string_view::npos;
          const size_t value = kAlphabet.find(text[place]);
          const bool has_bits_behind = place + 1 == size && (size % 4 == 2   ? value % 16 != 0
                                                             : size % 4 == 3 ? value % 4 != 0
                                                                             : false);
          ASSERT_EQ(Decode(text).has_value(), is_good && !has_bits_behind)
              << size << " " << place << " " << octet;
        }
      }
    }
  }
}

TEST(Base64Url, DecodesEveryCharacterAtEveryPlaceOfABlock) {
  for (size_t place = 0; place < 64; ++place) {
    for (const char c : kAlphabet) {
      std::string text(64, '_');
      text[place] = c;
      const auto octets = Decode(text);
      ASSERT_TRUE(octets.has_value());
      EXPECT_EQ(EncodeBase64Url(*octets), text);
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
