// SPDX-License-Identifier: Apache-2.0

#include "src/base/source.h"

#include <sstream>

#include <gtest/gtest.h>

namespace doorward {
namespace {

struct PlaceCase {
  const char* name;
  std::string_view text;
  uint32_t offset;
  uint32_t line, column;
};

constexpr PlaceCase kPlaces[] = {
    {"first", "ab\ncd", 0, 1, 1},
    {"end of a line", "ab\ncd", 2, 1, 3},
    {"after a line feed", "ab\ncd", 3, 2, 1},
    {"after carriage return and line feed", "ab\r\ncd", 4, 2, 1},
    {"after a lone carriage return", "ab\rcd", 3, 2, 1},
    {"columns are code points", "é€x", 5, 1, 3},
    {"a byte-order mark takes no column", "\xEF\xBB\xBFx", 3, 1, 1},
    {"at the end", "ab\n", 3, 2, 1},
    {"beyond the end", "ab", 9, 1, 3},
};

TEST(SourceText, FindsLineAndColumn) {
  for (const PlaceCase& row : kPlaces) {
    SCOPED_TRACE(row.name);
    const SourceRange range = SourceText("f", row.text).Range({row.offset, 1});
    EXPECT_EQ(range.line, row.line);
    EXPECT_EQ(range.column, row.column);
  }
}

TEST(SourceText, PlacesAreTheSameInWhateverOrderTheyAreAskedFor) {
  const std::string_view text = "é1\n€22\r\n333 é é é\n\n4";
  const SourceText once("f", text);
  for (uint32_t i = 0; i < text.size(); ++i) {
    const uint32_t at = i * 7 % static_cast<uint32_t>(text.size());
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;  // within a code point
    const SourceRange want = SourceText("f", text).Range({at, 0});
    const SourceRange got = once.Range({at, 0});
    EXPECT_EQ(got.line, want.line) << at;
    EXPECT_EQ(got.column, want.column) << at;
  }
}

TEST(SourceText, ExcerptIsOneLineOfAtMost80CodePoints) {
  const std::string text = "a\tb\nc" + std::string(90, 'x');
  const SourceText source("f", text);
  EXPECT_EQ(source.Excerpt({0, 5}), "a b");
  EXPECT_EQ(source.Excerpt({4, 91}), "c" + std::string(79, 'x') + "…");
}

TEST(DiagnosticList, HidesTextInWhateverOrderItIsNamed) {
  const SourceText source("f", "0123é5678");
  DiagnosticList list(source);
  list.Error({0, 10}, "a", "all");
  list.HideText({8, 1});
  list.HideText({3, 3});
  list.HideText({4, 4});
  list.HideText({4, 0});
  list.Error({5, 5}, "b", "from within");
  list.Error({0, 3}, "c", "before");
  const std::vector<Diagnostic> found = list.Take();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].excerpt, "012*****8");
  EXPECT_EQ(found[1].excerpt, "012");
}

TEST(DiagnosticList, ReportsInTheOrderOfTheText) {
  const SourceText source("p.yaml", "one\ntwo");
  DiagnosticList list(source);
  list.Warning({4, 3}, "second", "a doubt");
  EXPECT_FALSE(list.has_errors());
  list.Error({0, 3}, "first", "unknown role `one`", {"a role", "did you mean `own`?"});
  EXPECT_TRUE(list.has_errors());
  const std::vector<Diagnostic> found = list.Take();
  ASSERT_EQ(found.size(), 2u);
  std::ostringstream out;
  out << found[0] << "\n" << found[1];
  EXPECT_EQ(out.str(),
            "p.yaml:1:1: error: unknown role `one` [first]\n  expected: a role\n"
            "  help: did you mean `own`?\np.yaml:2:1: warning: a doubt [second]");
  EXPECT_EQ(found[1].excerpt, "two");
}

TEST(DiagnosticList, KeepsABoundedNumberAndSaysSo) {
  const SourceText source("f", "x");
  DiagnosticList list(source);
  for (size_t i = 0; i < DiagnosticList::kMaxDiagnostics; ++i) list.Error({0, 1}, "e", "m");
  EXPECT_TRUE(list.full());
  list.Error({0, 1}, "e", "m");
  const std::vector<Diagnostic> found = list.Take();
  ASSERT_EQ(found.size(), DiagnosticList::kMaxDiagnostics + 1);
  EXPECT_EQ(found.back().code, "too_many_diagnostics");
  EXPECT_EQ(found.back().message, "1 more are not shown");
}

TEST(DidYouMean, OffersANearName) {
  const std::vector<std::string_view> names{"viewer", "editor", "admin"};
  EXPECT_EQ(DidYouMean("edtior", names), "did you mean `editor`?");
  EXPECT_EQ(DidYouMean("Viewer", names), "did you mean `viewer`?");
  EXPECT_EQ(DidYouMean("auditor", names), "did you mean `editor`?");
  EXPECT_EQ(DidYouMean("owner", names), "");
  EXPECT_EQ(DidYouMean("x", {"y"}), "");
}

TEST(Visible, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(Visible("a\x1B[2J\xC2\x9B\xE2\x80\xAE"
                    "é\xFF",
                    100),
            "a\\x1B[2J\\xC2\\x9B\\xE2\\x80\\xAEé\\xFF");
  EXPECT_EQ(Visible("ééé", 3), "ééé");
  EXPECT_EQ(Visible("éééé", 3), "ééé…");
}

TEST(Quote, ShowsControlsAndShortens) {
  EXPECT_EQ(Quote("a\nb\xFF"), "`a\\x0Ab\\xFF`");
  EXPECT_EQ(Quote(std::string(61, 'q')), "`" + std::string(60, 'q') + "…`");
}

}  // namespace
}  // namespace doorward
