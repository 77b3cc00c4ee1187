// SPDX-License-Identifier: Apache-2.0
//
// Where a part of a scalar stands in the source, in every style that YAML has; and that mistakes in
// expressions and endpoints of several lines are reported there.

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "src/policy/document.h"
#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

struct StyleCase {
  const char* name;
  std::string_view text;  // a YAML document with a member `v`, the last
};

constexpr StyleCase kStyles[] = {
    {"plain", "v: abc def\n"},
    {"plain, two lines", "v: abc def\n  ghi jkl\n"},
    {"plain, on its own lines", "v:\n    abc\n    def  \n    ghi\n"},
    {"plain, with an empty line", "v: abc\n\n\n  def\n\n  ghi\n"},
    {"plain, tabs at the ends", "v: abc\t \n  \tdef\n"},
    {"single quotes", "v: 'abc'\n"},
    {"single quotes, escaped", "v: 'a''b''''c d''e'\n"},
    {"single quotes, two lines", "v: 'abc''d \n   ef''g\n\n   hij'\n"},
    {"double quotes", "v: \"a\\tb\\u00e9c\\\\d\\\"e\\x41f\\_g\\Lh\\U0001F600i\"\n"},
    {"double quotes, two lines", "v: \"abc\\td  \n   def\n\n\n   ghi\"\n"},
    {"double quotes, escaped end", "v: \"abc \\\n   def\\\n\n   \\  ghi\\\n   jkl\"\n"},
    {"literal", "v: |\n  abc def\n  ghi\n"},
    {"literal, indented within", "v: |\n  abc\n    def\n   ghi\n  jkl\n"},
    {"literal, empty lines", "v: |\n\n\n  abc\n\n  def\n     \n  ghi\n\n\n"},
    {"literal, kept", "v: |+\n  abc\n  def\n\n\n"},
    {"literal, stripped", "v: |-   # a remark\n  abc\n  def\n"},
    {"literal, given indentation", "v: |2\n    abc\n   def\n  ghi\n"},
    {"literal, CR LF", "v: |\r\n  abc\r\n\r\n  def\r\n  ghi\r\n"},
    {"literal, of no ASCII", "v: |\n  aé日b\n  😀c\n"},
    {"folded", "v: >\n  abc def\n  ghi\n  jkl\n"},
    {"folded, empty lines", "v: >\n\n  abc\n\n  def\n\n\n  ghi\n  jkl\n"},
    {"folded, indented within", "v: >\n  abc\n  def\n    ghi\n     jkl\n  mno\n  pqr\n"},
    {"folded, indented first", "v: >2\n    abc\n  def\n  ghi\n"},
    {"folded, stripped", "v: >-\n  abc\n  def\n"},
    {"folded, CR", "v: >\r  abc\r  def\r\r  ghi\r"},
    {"folded, without an end", "v: >\n  abc\n  def"},
    {"in a list", "v:\n  - x: 1\n    y: |\n      abc\n      def\n"},
};

// The last scalar of the document.
DocumentValue LastScalar(const DocumentValue& value) {
  DocumentValue last = value;
  if (value.kind() == DocumentValue::Kind::kObject) {
    for (const auto& member : value.members()) last = LastScalar(member.value);
  }
  for (const DocumentValue& element : value.elements()) last = LastScalar(element);
  return last;
}

TEST(ScalarPlace, IsWhereEachOctetStands) {
  for (const StyleCase& row : kStyles) {
    SCOPED_TRACE(row.name);
    const SourceText source("v.yaml", row.text);
    DiagnosticList diagnostics(source);
    Document document(source, true);
    ASSERT_TRUE(ParseYaml(source, document, diagnostics));
    const DocumentValue value = LastScalar(document.root());
    const std::string_view text = value.text();
    size_t last = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      const Span at = value.Part(i, 1);
      EXPECT_GE(at.offset, last);
      last = at.offset;
      EXPECT_LE(at.offset + at.length, row.text.size());
      if (text[i] < 'a' || text[i] > 'z') continue;
      EXPECT_EQ(row.text.substr(at.offset, 1), text.substr(i, 1)) << "octet " << i;
    }
    const Span whole = value.Part(0, text.size());
    EXPECT_LE(whole.offset + whole.length, row.text.size());
  }
}

TEST(ScalarPlace, OfAVeryLongScalarIsItsFirstLine) {
  std::string text = "v: |\n";
  for (int i = 0; i < 20'000; ++i) text += "  abcdefgh\n";
  const SourceText source("v.yaml", text);
  DiagnosticList diagnostics(source);
  Document document(source, true);
  ASSERT_TRUE(ParseYaml(source, document, diagnostics));
  const DocumentValue value = LastScalar(document.root());
  EXPECT_EQ(value.Part(9, 1).offset, 5u + 11 + 2);
  EXPECT_EQ(value.Part(value.text().size() - 2, 1).offset, 7u);
}

constexpr std::string_view kRule = "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n";

std::string ErrorsOf(std::string_view rest) {
  return Print(Load(std::string(kRule) + std::string(rest)).diagnostics);
}

TEST(ScalarPlace, OfMistakesInAnExpressionIsTheirLineAndColumn) {
  EXPECT_EQ(ErrorsOf("    endpoints: [/a]\n"
                     "    when: |\n"
                     "      request.method == \"GET\" &&\n"
                     "      roles.size() > 0 &&\n"
                     "      nobody == 1 &&\n"
                     "        nobody == 2\n"),
            "9:7 expression_name | unknown name `nobody` | nobody\n"
            "10:9 expression_name | unknown name `nobody` | nobody\n");
  EXPECT_EQ(ErrorsOf("    endpoints: [/a]\n"
                     "    when: >-\n"
                     "      request.method == \"GET\" &&\n"
                     "      subject > 1\n"),
            "8:15 expression_type | `>` does not go with (string, int) | >\n");
  EXPECT_EQ(ErrorsOf("    endpoints: [/a]\n"
                     "    when: request.method == 'GET' &&\n"
                     "      nobody\n"),
            "7:7 expression_name | unknown name `nobody` | nobody\n");
  EXPECT_EQ(ErrorsOf("    endpoints: [/a]\n"
                     "    when: \"request.method == \\\"GET\\\" &&\n"
                     "      nobody\"\n"),
            "7:7 expression_name | unknown name `nobody` | nobody\n");
}

TEST(ScalarPlace, OfAPatternIsInsideItsExpression) {
  EXPECT_EQ(ErrorsOf("    endpoints: [/a]\n"
                     "    when: |\n"
                     "      true &&\n"
                     "      request.path.matches('a(b')\n"),
            "8:28 expression_constant | this is no regular expression: missing ): a(b | 'a(b'\n");
}

TEST(ScalarPlace, OfEndpointsOfSeveralLines) {
  EXPECT_EQ(ErrorsOf("    endpoints:\n"
                     "      - >-\n"
                     "        GET\n"
                     "        /a/b**c\n"
                     "      - |-\n"
                     "        /d/{x:(}\n"),
            "8:12 bad_segment | `**` must be a whole segment | b**c\n"
            "10:15 bad_regex | this is no regular expression: missing ): ( | (\n");
}

}  // namespace
}  // namespace doorward
