// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

const DiagnosticCase kJsonErrors[] = {
    {"empty", "", 0, 0, "empty_policy", "the policy is empty", "", R"(at least `{"doorward": 1}`)"},
    {"space", " \n", 0, 0, "empty_policy", "the policy is empty", "",
     R"(at least `{"doorward": 1}`)"},
    {"bom", "\357\273\277{}", 1, 1, "json_byte_order_mark",
     "JSON must not begin with a byte-order mark", "\357\273\277", "",
     "save the file as UTF-8 without one"},
    {"text 1", R"({"doorward": "1"})", 1, 14, "unsupported_version",
     "this version reads policies of version `1` alone", R"("1")", "the number `1`"},
    {"1.0", R"({"doorward": 1.0})", 1, 14, "unsupported_version",
     "this version reads policies of version `1` alone", "1.0", "the number `1`"},
    {"true", R"({"doorward": true})", 1, 14, "unsupported_version",
     "this version reads policies of version `1` alone", "true", "the number `1`"},
    {"trailing comma", R"({"doorward": 1,})", 1, 16, "json_syntax",
     "a comma cannot end an object in JSON", "}", "", "remove the comma before"},
    {"list trailing", R"({"doorward": 1, "hosts": ["a",]})", 1, 31, "json_syntax",
     "a value is missing here", "]", "", "remove the comma before"},
    {"missing comma", R"({"doorward": 1 "hosts": ["a"]})", 1, 16, "json_syntax",
     "a comma or `}` is missing before this", R"(")", "", "write `,` between members"},
    {"list missing comma", R"({"doorward": 1, "hosts": ["a" "b"]})", 1, 31, "json_syntax",
     "a comma or `]` is missing before this", R"(")", "", "write `,` between values"},
    {"comment", "{\"doorward\": 1, // hi\n \"hosts\": [\"a\"]}", 1, 17, "json_syntax",
     "JSON has no comments", "/", "", "remove it, or write the policy in YAML"},
    {"comment #", "{\"doorward\": 1 # hi\n}", 1, 16, "json_syntax", "JSON has no comments", "#", "",
     "remove it, or write the policy in YAML"},
    {"single", "{'doorward': 1}", 1, 2, "json_syntax",
     "the name of a member must be text in double quotes", "'", "", R"(write `"name": value`)"},
    {"bare key", "{doorward: 1}", 1, 2, "json_syntax",
     "the name of a member must be text in double quotes", "d", "", R"(write `"name": value`)"},
    {"bare value", R"({"doorward": 1, "hosts": [api]})", 1, 27, "json_syntax",
     "text in JSON stands in double quotes", "api", "", R"(write `"` around it)"},
    {"missing colon", R"({"doorward" 1})", 1, 13, "json_syntax",
     "a colon is missing after the name of a member", "1", "", "write `:`"},
    {"missing value", R"({"doorward": })", 1, 14, "json_syntax", "a value is missing here", "}"},
    {"after", R"({"doorward": 1} x)", 1, 17, "json_syntax",
     "the text goes on after the end of the policy", "x"},
    {"two", R"({"doorward": 1}{"doorward": 1})", 1, 16, "json_syntax",
     "the text goes on after the end of the policy", R"({"doorward": 1})"},
    {"cut", R"({"doorward": 1)", 1, 15, "json_syntax", "the text ends before the policy does", ""},
    {"cut string", R"({"doorward)", 1, 2, "json_syntax",
     "the quote that opens here is never closed", R"("doorward)", "", "close it"},
    {"newline in string", "{\"door\nward\": 1}", 1, 2, "json_syntax",
     "the quote that opens here is never closed", R"("door)", "", "close it in the same line"},
    {"control", "{\"doorward\": 1, \"hosts\": [\"a\001\"]}", 1, 29, "json_syntax",
     "a control character cannot stand in JSON", " ", "", "write it as an escape"},
    {"bad escape", R"({"doorward": 1, "hosts": ["a\q"]})", 1, 29, "json_syntax",
     "this escape is not known in JSON", "\\q", "", "write `\\\\` for a backslash"},
    {"short u", R"({"doorward": 1, "hosts": ["a\u12"]})", 1, 29, "json_syntax",
     "four hexadecimal digits must follow `\\u`", R"(\u12"])"},
    {"lone high", R"({"doorward": 1, "hosts": ["\ud800x"]})", 1, 28, "json_syntax",
     "half of a surrogate pair is no character", "\\ud800"},
    {"lone low", R"({"doorward": 1, "hosts": ["\udc00"]})", 1, 28, "json_syntax",
     "half of a surrogate pair is no character", "\\udc00"},
    {"pair", R"({"doorward": 1, "hosts": ["\ud83d\ude00"]})", 1, 28, "bad_host", "`😀` is no host",
     R"(\ud83d\ude00)", "a host as `api.example.com` or `*.example.com`"},
    {"high high", R"({"doorward": 1, "hosts": ["\ud83d\ud83d"]})", 1, 28, "json_syntax",
     "half of a surrogate pair is no character", "\\ud83d"},
    {"01", R"({"doorward": 01})", 1, 14, "json_syntax", "this is no number in JSON", "01"},
    {"+1", R"({"doorward": +1})", 1, 14, "json_syntax", "a value is missing here", "+"},
    {"1.", R"({"doorward": 1.})", 1, 14, "json_syntax", "this is no number in JSON", "1."},
    {"1e", R"({"doorward": 1e})", 1, 14, "json_syntax", "this is no number in JSON", "1e"},
    {"-", R"({"doorward": -})", 1, 14, "json_syntax", "this is no number in JSON", "-"},
    {".5", R"({"doorward": .5})", 1, 14, "json_syntax", "a value is missing here", "."},
    {"NaN", R"({"doorward": NaN})", 1, 14, "json_syntax", "text in JSON stands in double quotes",
     "NaN", "", R"(write `"` around it)"},
    {"-0", R"({"doorward": -0})", 1, 14, "unsupported_version",
     "this version reads policies of version `1` alone", "-0", "the number `1`"},
    {"tru", R"({"doorward": tru})", 1, 14, "json_syntax", "text in JSON stands in double quotes",
     "tru", "", R"(write `"` around it)"},
    {"dup", R"({"doorward": 1, "doorw\u0061rd": 1})", 1, 17, "duplicate_member",
     "`doorward` stands here a second time", R"("doorw\u0061rd")", "each member once",
     "the first is in line 1"},
    {"dup nested", R"({"doorward": 1, "roles": {"a": {}, "b": {}, "a": {}}})", 1, 45,
     "duplicate_member", "`a` stands here a second time", R"("a")", "each member once",
     "the first is in line 1"},
    {"root list", "[]", 1, 1, "wrong_type", "a policy must be an object, not a list", "[]",
     "an object"},
    {"root str", R"("x")", 1, 1, "wrong_type", "a policy must be an object, not text", R"("x")",
     "an object"},
    {"root null", "null", 1, 1, "empty_value", "a policy has no value", "null", "an object"},
    {"number text", R"({"doorward": 1, "hosts": 5})", 1, 26, "wrong_type",
     "`hosts` must be text, not a number", "5", "text", "put it in quotes"},
    {"bool text", R"({"doorward": 1, "roles": {"a": {"description": true}}})", 1, 48, "wrong_type",
     "`description` of a role must be text, not a truth value", "true", "text", "put it in quotes"},
    {"null member", R"({"doorward": 1, "hosts": null})", 1, 17, "empty_value",
     "`hosts` of a policy has no value", R"("hosts")", "", "give it a value, or leave it out"},
    {"mismatch", R"({"doorward": 1])", 1, 15, "json_syntax",
     "a comma or `}` is missing before this", "]", "", "write `,` between members"},
    {"list close", R"({"doorward": 1, "hosts": ["a"})", 1, 30, "json_syntax",
     "a comma or `]` is missing before this", "}", "", "write `,` between values"},
    {"escaped position",
     R"({"doorward": 1, "rules": [{"id": "a", "allow": ["everyone"], "endpoints": ["GET \/a**b"]}]})",
     1, 83, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
    {"position",
     R"({"doorward": 1, "rules": [{"id": "ä", "allow": ["everyone"], "endpoints": ["GET /ü/a**b"]}]})",
     1, 84, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
};

TEST(JsonDocument, ReportsEachMistakeAtItsPlace) {
  for (const DiagnosticCase& row : kJsonErrors) {
    ExpectDiagnostic(row, Load(row.text, PolicyFormat::kJson), Severity::kError);
  }
}

TEST(JsonDocument, UnescapesText) {
  const LoadedModel loaded = Load(
      R"({"doorward": 1, "roles": {"a\"\\\/\u00e9\ud83d\ude00": {"description": "\b\f\n\r\t"}}})",
      PolicyFormat::kJson);
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  EXPECT_EQ(loaded.model->roles[0].name, "a\"\\/é😀");
  EXPECT_EQ(loaded.model->roles[0].description, "\b\f\n\r\t");
}

TEST(JsonDocument, IsReadWhereTheNameEndsSo) {
  struct Row {
    std::string_view name;
    PolicyFormat format;
    bool is_json;
  };
  constexpr Row kRows[] = {
      {"p.json", PolicyFormat::kByName, true},  {"P.JSON", PolicyFormat::kByName, true},
      {"p.yaml", PolicyFormat::kByName, false}, {"json", PolicyFormat::kByName, false},
      {"", PolicyFormat::kByName, false},       {"p.yaml", PolicyFormat::kJson, true},
      {"p.json", PolicyFormat::kYaml, false},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const SourceText source(row.name, "doorward: 1");
    DiagnosticList diagnostics(source);
    EXPECT_EQ(LoadModel(source, row.format, diagnostics).has_value(), !row.is_json);
  }
}

TEST(JsonDocument, NullAfterARoleEqualsAnEmptyObject) {
  const LoadedModel loaded =
      Load(R"({"doorward": 1, "roles": {"a": null, "b": {}}})", PolicyFormat::kJson);
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  EXPECT_EQ(loaded.model->roles.size(), 2u);
}

}  // namespace
}  // namespace doorward
