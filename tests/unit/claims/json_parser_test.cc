// SPDX-License-Identifier: Apache-2.0
//
// What is JSON and what is not: every rule of strictness that src/claims/json.h names.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "src/claims/json.h"

namespace doorward {
namespace {

constexpr size_t kDepth = 32;

// Parses a copy whose padding, but for the NUL, would change the meaning if it were looked at.
JsonError Parse(std::string_view text, size_t max_depth = kDepth, JsonParser* parser = nullptr) {
  JsonParser own;
  std::string padded(text);
  padded.append(1, '\0').append("0}]\",\\u").append(JsonParser::kPadding, '9');
  return (parser == nullptr ? own : *parser)
      .Parse(std::string_view(padded).substr(0, text.size()), max_depth);
}

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

struct Row {
  const char* name;
  std::string text;
};

TEST(JsonParser, ReadsWhatIsStrict) {
  const Row rows[] = {
      {"scalar", "1"},
      {"spaces around", " \t\r\n{ \"a\" : [ 1 , 2 ] } \n"},
      {"empty containers", R"({"a":{},"b":[],"":[[],{}]})"},
      {"all escapes", R"(["\"\\\/\b\f\n\r\t\u0041"])"},
      {"surrogate pair", R"(["\ud83d\ude00"])"},
      {"raw UTF-8 of every length",
       "[\"\x7F\xC2\x80\xE0\xA0\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"]"},
      {"noncharacter", "[\"\xEF\xBF\xBF\"]"},
      {"numbers", "[0,-0,1.5,-1e5,1E+5,1e-5,9223372036854775807,-9223372036854775808,1e308]"},
      {"integer beyond 64 bits", "18446744073709551615"},
      {"tiny", "[1e-400,-1e-400,0.0e999999999999999999999,1e-99999999999999999999]"},
      {"one name in two objects", R"({"a":{"x":1},"b":{"x":1},"x":1})"},
      {"names that only look alike",
       "{\"\xC3\xA9\":1,\"e\xCC\x81\":2,\"a\":1,\"A\":2,\"a\\u0000\":3}"},
      {"number of 1,024 characters", "[0." + std::string(1022, '1') + "]"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Parse(row.text), JsonError::kNone);
  }
}

TEST(JsonParser, RefusesWhatIsNot) {
  const Row rows[] = {
      {"nothing", ""},
      {"spaces", "  "},
      {"byte-order mark", "\xEF\xBB\xBF{}"},
      {"two values", "{}{}"},
      {"trailing comma in array", "[1,]"},
      {"trailing comma in object", R"({"a":1,})"},
      {"leading comma", "[,1]"},
      {"two commas", "[1,,2]"},
      {"comma in an empty object", "{,}"},
      {"comma after the document", "1,"},
      {"missing comma", "[1 2]"},
      {"missing colon", R"({"a" 1})"},
      {"missing value", R"({"a":})"},
      {"name without quotes", "{a:1}"},
      {"name that is a number", "{1:1}"},
      {"wrong bracket", "[1}"},
      {"closing alone", "]"},
      {"unterminated array", "[1"},
      {"unterminated object", R"({"a":1)"},
      {"unterminated string", R"(["a)"},
      {"string ends in backslash", "\"\\"},
      {"quote only in the padding", "\"a"},
      {"single quotes", "['a']"},
      {"comment", "[1/**/]"},
      {"vertical tab as space", "[\v1]"},
      {"no-break space",
       "[\xC2\xA0"
       "1]"},
      {"NUL after", std::string("{}\0", 3)},
      {"NUL in string", std::string("\"\0\"", 3)},
      {"control character", "\"\x1F\""},
      {"line break in string", "\"\n\""},
      {"unknown escape", R"("\x41")"},
      {"short unicode escape", R"("\u12")"},
      {"unicode escape with sign", R"("\u+123")"},
      {"lone high surrogate", R"("\ud800")"},
      {"lone low surrogate", R"("\udc00")"},
      {"high surrogate before a letter", R"("\ud83dx")"},
      {"high surrogate before another escape", R"("\ud83d\n")"},
      {"high surrogate before a high one", R"("\ud83d\ud83d")"},
      {"reversed surrogates", R"("\udc00\ud800")"},
      {"overlong", "\"\xC0\xAF\""},
      {"surrogate in UTF-8", "\"\xED\xA0\x80\""},
      {"above U+10FFFF", "\"\xF4\x90\x80\x80\""},
      {"continuation alone", "\"\x80\""},
      {"cut character", "\"\xE2\x82\""},
      {"broken UTF-8 in a name", "{\"\xFF\":1}"},
      {"broken UTF-8 after an escape", "\"\\n\xFF\""},
      {"leading zero", "01"},
      {"leading zero, negative", "-01"},
      {"plus", "+1"},
      {"minus alone", "-"},
      {"minus, digits only in the padding", "[-"},
      {"point first", ".5"},
      {"point last", "5."},
      {"exponent without digits", "1e"},
      {"exponent with sign only", "1e+"},
      {"hexadecimal", "0x1"},
      {"Infinity", "Infinity"},
      {"NaN", "NaN"},
      {"too great", "1e309"},
      {"too great, negative", "-1e400"},
      {"too great, written out", std::string(400, '9')},
      {"too great, huge exponent", "1e99999999999999999999"},
      {"cut literal", "tru"},
      {"literal in upper case", "True"},
      {"literal and more", "truex"},
      {"number of 1,025 characters", "[0." + std::string(1023, '1') + "]"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Parse(row.text), JsonError::kSyntax);
  }
}

TEST(JsonParser, RefusesEveryPrefixOfADocument) {
  const std::string text = R"({"a":[1.5e3,true,null,"x\u00e9\ud83d\ude00"],"b":{"c":"ä€😀"}})";
  ASSERT_EQ(Parse(text), JsonError::kNone);
  for (size_t size = 0; size < text.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(Parse(text.substr(0, size)), JsonError::kSyntax);
  }
}

TEST(JsonParser, FindsDuplicateMembers) {
  std::string many = "{";
  for (int i = 0; i < 200; ++i) many += "\"member" + std::to_string(i) + "\":0,";
  const Row rows[] = {
      {"same spelling", R"({"a":1,"a":1})"},
      {"escaped", R"({"exp":1,"\u0065xp":2})"},
      {"empty name", R"({"":1,"":2})"},
      {"nested", R"({"a":[{"b":{"c":1,"c":2}}]})"},
      {"long names", R"({"a name of more than eight":1,"a name of more than eight":2})"},
      {"last of three", R"({"a":1,"b":2,"b":3})"},
      {"among 201", many + "\"member7\":1}"},
      {"after a nested object of the same names", R"({"a":{"a":1,"b":2},"b":1,"a":2})"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Parse(row.text), JsonError::kDuplicateMember);
  }
  many.back() = '}';
  EXPECT_EQ(Parse(many), JsonError::kNone);
}

// Whatever comes after a duplicate must still be JSON for it to be called one.
TEST(JsonParser, CallsItASyntaxErrorFirst) {
  EXPECT_EQ(Parse(R"({"a":1,"a":1} x)"), JsonError::kSyntax);
}

// Names of one length that agree in their first and last eight octets share a hash: a table of
// fixed size must neither fill up nor mistake them for each other.
TEST(JsonParser, TellsNamesOfOneHashApart) {
  for (const size_t count : {63u, 64u, 65u, 128u}) {
    SCOPED_TRACE(count);
    std::string object = "{";
    for (size_t i = 0; i < count; ++i) {
      object += "\"same-head" + std::to_string(1000 + i) + "same-tail\":0,";
    }
    object.back() = '}';
    EXPECT_EQ(Parse(object), JsonError::kNone);
    object.back() = ',';
    EXPECT_EQ(Parse(object + "\"same-head1000same-tail\":1}"), JsonError::kDuplicateMember);
  }
}

TEST(JsonParser, CountsDepthInContainers) {
  for (const size_t depth : {1u, 2u, 32u}) {
    SCOPED_TRACE(depth);
    EXPECT_EQ(Parse(Repeat("[", depth) + Repeat("]", depth), depth), JsonError::kNone);
    EXPECT_EQ(Parse(Repeat("[", depth + 1) + Repeat("]", depth + 1), depth), JsonError::kSyntax);
    EXPECT_EQ(Parse(Repeat("{\"a\":", depth) + "1" + Repeat("}", depth), depth), JsonError::kNone);
  }
  EXPECT_EQ(Parse("1", 0), JsonError::kNone);
  EXPECT_EQ(Parse("[]", 0), JsonError::kSyntax);
  EXPECT_EQ(Parse(Repeat("[", 1'000'000)), JsonError::kSyntax);
  EXPECT_EQ(Parse(Repeat("[", 100'000) + Repeat("]", 100'000), 100'000), JsonError::kNone);
}

TEST(JsonParser, SaysWhereTheTextStopsBeingJson) {
  struct {
    const char* name;
    const char* text;
    size_t offset;
  } const rows[] = {
      {"number", R"({"a":01})", 6},
      {"control character", "[\"ab\x01\"]", 4},
      {"end", "[1", 2},
      {"too great", "[1,1e400]", 3},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    JsonParser parser;
    EXPECT_EQ(Parse(row.text, kDepth, &parser), JsonError::kSyntax);
    EXPECT_EQ(parser.error_offset(), row.offset);
    EXPECT_FALSE(parser.root().exists());
  }
}

TEST(JsonParser, IsAsNewAfterARefusal) {
  JsonParser parser;
  EXPECT_EQ(Parse(R"({"a":[[[{"b)", kDepth, &parser), JsonError::kSyntax);
  EXPECT_EQ(Parse(R"({"a":1,"a":1})", kDepth, &parser), JsonError::kDuplicateMember);
  EXPECT_EQ(Parse(R"({"a":[1,2]})", kDepth, &parser), JsonError::kNone);
}

// The scanner reads 32 octets at a time: whatever stands at each place of them must be seen.
TEST(JsonParser, SeesWhatEndsAStringAtEveryOffset) {
  for (size_t i = 0; i < 100; ++i) {
    SCOPED_TRACE(i);
    const std::string plain(i, 'x');
    EXPECT_EQ(Parse("\"" + plain + "\""), JsonError::kNone);
    EXPECT_EQ(Parse("\"" + plain + "\\n\""), JsonError::kNone);
    EXPECT_EQ(Parse("\"" + plain + "\xC3\xA4\""), JsonError::kNone);
    EXPECT_EQ(Parse("\"" + plain + "\x1F\""), JsonError::kSyntax);
    EXPECT_EQ(Parse("\"" + plain + "\xC3\""), JsonError::kSyntax);
    EXPECT_EQ(Parse("\"" + plain), JsonError::kSyntax);
    EXPECT_EQ(Parse("\"" + plain + std::string(1, '\0') + "\""), JsonError::kSyntax);
  }
}

TEST(JsonParser, RefusesNulWhereverItStands) {
  const std::string text = R"( { "a" : [ 1 , -2.5e3 , "b\n" , true ] } )";
  ASSERT_EQ(Parse(text), JsonError::kNone);
  for (size_t i = 0; i <= text.size(); ++i) {
    SCOPED_TRACE(i);
    std::string with_nul = text;
    with_nul.insert(i, 1, '\0');
    EXPECT_EQ(Parse(with_nul), JsonError::kSyntax);
  }
}

TEST(JsonParser, RefusesATextWithoutNulBehindIt) {
  JsonParser parser;
  const std::string text = "[1] " + std::string(JsonParser::kPadding, '\0');
  EXPECT_EQ(parser.Parse(std::string_view(text).substr(0, 3), kDepth), JsonError::kSyntax);
  EXPECT_EQ(parser.Parse(std::string_view(text).substr(0, 4), kDepth), JsonError::kNone);
}

}  // namespace
}  // namespace doorward
