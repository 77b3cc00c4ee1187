// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/claims.h"

#include "src/claims/json.h"

namespace doorward {
namespace {

using Kind = JsonView::Kind;

std::unique_ptr<const JsonDocument> Parse(std::string_view text) {
  JsonError error = JsonError::kNone;
  auto document = JsonDocument::Parse(text, 32, &error);
  EXPECT_NE(document, nullptr) << text;
  return document;
}

TEST(JsonView, IsMissingByDefaultAndChains) {
  const JsonView nothing;
  EXPECT_EQ(nothing.kind(), Kind::kMissing);
  EXPECT_FALSE(nothing.Find("a").Find("b").FindPointer("/c").exists());
  EXPECT_EQ(nothing.size(), 0u);
  EXPECT_EQ(nothing.name(), "");
  EXPECT_EQ(nothing.ToJson(), "");
  for (const JsonView element : nothing.elements()) ADD_FAILURE() << element.ToJson();
}

TEST(JsonView, FindsAMemberWhoseNameIsEmpty) {
  const auto d = Parse(R"({"":1})");
  EXPECT_EQ(d->root().Find({}).int_or(0), 1);
}

TEST(JsonView, GivesEachKindItsValueAndOthersTheDefault) {
  const auto d = Parse(R"({"s":"x","i":-7,"d":1.5,"t":true,"n":null,"a":[1],"o":{"k":1}})");
  const JsonView o = d->root();
  EXPECT_EQ(o.Find("s").string_or("-"), "x");
  EXPECT_EQ(o.Find("i").string_or("-"), "-");
  EXPECT_EQ(o.Find("i").int_or(0), -7);
  EXPECT_EQ(o.Find("i").double_or(0), -7.0);
  EXPECT_EQ(o.Find("d").double_or(0), 1.5);
  EXPECT_EQ(o.Find("d").int_or(9), 9);
  EXPECT_TRUE(o.Find("t").bool_or(false));
  EXPECT_TRUE(o.Find("n").bool_or(true));
  EXPECT_EQ(o.Find("n").kind(), Kind::kNull);
  EXPECT_TRUE(o.Find("a").is_array());
  EXPECT_TRUE(o.Find("o").is_object());
  EXPECT_TRUE(o.Find("d").is_number());
  EXPECT_EQ(o.size(), 7u);
  EXPECT_EQ(o.Find("s").size(), 0u);
  EXPECT_FALSE(o.Find("S").exists());
  EXPECT_FALSE(o.Find("a").Find("0").exists());
}

TEST(JsonView, ReadsIntegersThatFitAsIntsAndAllElseAsDoubles) {
  struct {
    const char* text;
    Kind kind;
    double value;
  } const rows[] = {
      {"0", Kind::kInt, 0},
      {"-0", Kind::kInt, 0},
      {"999999999999999999", Kind::kInt, 1e18},
      {"9223372036854775807", Kind::kInt, 0x1p63},
      {"9223372036854775808", Kind::kDouble, 0x1p63},
      {"-9223372036854775808", Kind::kInt, -0x1p63},
      {"-9223372036854775809", Kind::kDouble, -0x1p63},
      {"1.0", Kind::kDouble, 1},
      {"1e3", Kind::kDouble, 1000},
      {"-0.0", Kind::kDouble, 0},
      {"1e-400", Kind::kDouble, 0},
      {"0.000000001e-400", Kind::kDouble, 0},
      {"5e-324", Kind::kDouble, 5e-324},
      {"1.7976931348623157e308", Kind::kDouble, 1.7976931348623157e308},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto d = Parse(row.text);
    EXPECT_EQ(d->root().kind(), row.kind);
    EXPECT_EQ(d->root().double_or(-1), row.value);
  }
  EXPECT_EQ(Parse("9223372036854775807")->root().int_or(0), INT64_MAX);
  EXPECT_EQ(Parse("-9223372036854775808")->root().int_or(0), INT64_MIN);
  EXPECT_EQ(Parse("-999999999999999999")->root().int_or(0), -999999999999999999);
}

TEST(JsonView, UndoesEscapesInNamesAndValues) {
  const auto d =
      Parse(R"({"\u0069ss":"\"\\\/\b\f\n\r\tA\u00e9\u20ac\ud83d\ude00","after":"plain"})");
  EXPECT_EQ(d->root().Find("iss").string_or(""),
            "\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(d->root().Find("after").string_or(""), "plain");
  const auto nul = Parse(R"({"a\u0000b":1})");
  EXPECT_EQ(nul->root().Find(std::string_view("a\0b", 3)).int_or(0), 1);
  EXPECT_FALSE(nul->root().Find("a").exists());
}

TEST(JsonView, WalksElementsInTheirOrder) {
  const auto d = Parse(R"({"a":[1,[2,3],{"b":4}],"c":{},"d":5})");
  std::vector<std::string> seen;
  for (const JsonView member : d->root().elements()) {
    seen.push_back(std::string(member.name()) + "=" + member.ToJson());
  }
  for (const JsonView element : d->root().Find("a").elements()) seen.push_back(element.ToJson());
  EXPECT_EQ(seen, (std::vector<std::string>{"a=[1,[2,3],{\"b\":4}]", "c={}", "d=5", "1", "[2,3]",
                                            "{\"b\":4}"}));
  for (const JsonView none : d->root().Find("c").elements()) ADD_FAILURE() << none.ToJson();
}

// RFC 6901 section 5, and what is none.
TEST(JsonView, FindsByPointer) {
  const auto d = Parse(
      R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})");
  struct {
    const char* pointer;
    const char* json;
  } const rows[] = {
      {"/foo", R"(["bar","baz"])"},
      {"/foo/0", R"("bar")"},
      {"/foo/1", R"("baz")"},
      {"/", "0"},
      {"/a~1b", "1"},
      {"/c%d", "2"},
      {"/e^f", "3"},
      {"/g|h", "4"},
      {"/i\\j", "5"},
      {"/k\"l", "6"},
      {"/ ", "7"},
      {"/m~0n", "8"},
      {"/foo/2", ""},
      {"/foo/00", ""},
      {"/foo/01", ""},
      {"/foo/-", ""},
      {"/foo/+1", ""},
      {"/foo/", ""},
      {"/foo/0/x", ""},
      {"/foo/99999999999999999999", ""},
      {"foo", ""},
      {"/m~n", ""},
      {"/m~2n", ""},
      {"/m~", ""},
      {"/fo", ""},
      {"/fooo", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.pointer);
    EXPECT_EQ(d->root().FindPointer(row.pointer).ToJson(), row.json);
  }
  EXPECT_EQ(d->root().FindPointer(""), d->root());
}

TEST(JsonView, WritesTextThatReadsAsTheSame) {
  struct {
    const char* text;
    const char* written;
  } const rows[] = {
      {R"( { "a" : [ 1 , { } , [ ] ] } )", R"({"a":[1,{},[]]})"},
      {R"("\u0000\u001f\"\\\/\b\f\n\r\t\u007f")", "\"\\u0000\\u001f\\\"\\\\/\\b\\f\\n\\r\\t\x7F\""},
      {R"("\u00e9\ud83d\ude00")", "\"\xC3\xA9\xF0\x9F\x98\x80\""},
      {R"({"a\"b":null,"":false})", R"({"a\"b":null,"":false})"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"1.0", "1.0"},
      {"-0.0", "-0.0"},
      {"0.1", "0.1"},
      {"1e308", "1e+308"},
      {"18446744073709551615", "18446744073709551616.0"},
      {"[[[1],2],[[]]]", "[[[1],2],[[]]]"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto first = Parse(row.text);
    EXPECT_EQ(first->root().ToJson(), row.written);
    const auto second = Parse(first->root().ToJson());
    EXPECT_EQ(second->root().ToJson(), row.written);
    EXPECT_EQ(second->root().kind(), first->root().kind());
  }
}

TEST(JsonDocument, SaysWhatIsWrong) {
  JsonError error = JsonError::kNone;
  EXPECT_EQ(JsonDocument::Parse("{", 32, &error), nullptr);
  EXPECT_EQ(error, JsonError::kSyntax);
  EXPECT_EQ(JsonDocument::Parse(R"({"a":1,"a":2})", 32, &error), nullptr);
  EXPECT_EQ(error, JsonError::kDuplicateMember);
  EXPECT_EQ(JsonDocument::Parse("[[]]", 1, nullptr), nullptr);
}

}  // namespace
}  // namespace doorward
