// SPDX-License-Identifier: Apache-2.0
//
// Steps P and S by example. That every path is read by these rules, and the fast way like the slow
// one, is shown by path_differential_test.cc.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/utf8.h"
#include "src/http/http.h"
#include "tests/support/print_reason.h"
#include "tests/unit/http/keys.h"

namespace doorward {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr RequestRules kKeepsSlash{.encoded_slash = RequestRules::EncodedSlash::kKeep};
constexpr RequestRules kMerges{.empty_segments = RequestRules::EmptySegments::kMerge};
constexpr RequestRules kTakesSemicolon{.semicolon = RequestRules::Semicolon::kLiteral};
constexpr RequestRules kFolds{.path_case = RequestRules::PathCase::kFold};
constexpr RequestRules kWindows{.backend = RequestRules::Backend::kWindows};

struct PathCase {
  const char* name;
  std::string target;
  Reason reason = Reason::kAllowed;
  std::string path = "";
  RequestRules rules = {};
};

void ExpectOutcome(const PathCase& c) {
  SCOPED_TRACE(c.name);
  Scratch scratch;
  CanonicalRequest out;
  EXPECT_EQ(Normalise({.method = "GET", .target = c.target}, c.rules, scratch, &out), c.reason);
  if (c.reason == Reason::kAllowed) {
    EXPECT_EQ(out.path, c.path);
  }
}

TEST(Path, IsDecodedOnce) {
  const PathCase cases[] = {
      {"unreserved", "/%41%7a%30%2D%2e%5F%7E0", Reason::kAllowed, "/Az0-._~0"},
      {"sub-delimiters", "/%21%24%26%27%28%29%2a%2B%2c%3D", Reason::kAllowed, "/!$&'()*+,="},
      {"colon and at", "/%3a%40", Reason::kAllowed, "/:@"},
      {"raw sub-delimiters", "/!$&'()*+,=:@", Reason::kAllowed, "/!$&'()*+,=:@"},
      {"what stays encoded", "/a%20b%22%3c%3e%5b%5d%5e%60%7b%7c%7d", Reason::kAllowed,
       "/a%20b%22%3C%3E%5B%5D%5E%60%7B%7C%7D"},
      {"UTF-8 of two octets", "/caf%c3%a9", Reason::kAllowed, "/caf%C3%A9"},
      {"UTF-8 of three octets", "/%e4%bd%a0", Reason::kAllowed, "/%E4%BD%A0"},
      {"UTF-8 of four octets", "/%f0%9f%9a%aa", Reason::kAllowed, "/%F0%9F%9A%AA"},
      {"percent", "/%25", Reason::kBadPath},
      {"decoded twice", "/%2561dmin", Reason::kBadPath},
      {"slash", "/a%2Fb", Reason::kBadPath},
      {"slash in lower case", "/a%2fb", Reason::kBadPath},
      {"backslash", "/a%5Cb", Reason::kBadPath},
      {"question mark", "/a%3Fb", Reason::kBadPath},
      {"fragment", "/a%23b", Reason::kBadPath},
      {"semicolon", "/a%3Bb", Reason::kBadPath},
      {"NUL", "/a%00", Reason::kBadPath},
      {"last control", "/a%1F", Reason::kBadPath},
      {"space after the controls", "/a%20b", Reason::kAllowed, "/a%20b"},
      {"tilde before DEL", "/a%7E", Reason::kAllowed, "/a~"},
      {"DEL", "/a%7F", Reason::kBadPath},
      {"no digits", "/a%", Reason::kBadPath},
      {"one digit", "/a%2", Reason::kBadPath},
      {"no hexadecimal digit", "/a%2G", Reason::kBadPath},
      {"percent twice", "/a%%41", Reason::kBadPath},
      {"a digit in the query", "/a%4?1", Reason::kBadPath},
      {"%u", "/%u002e", Reason::kBadPath},
      {"raw semicolon", "/a;b", Reason::kBadPath},
      {"raw backslash", "/a\\b", Reason::kBadPath},
      {"raw quote", "/a\"b", Reason::kBadPath},
      {"raw bracket", "/a[b", Reason::kBadPath},
      {"raw brace", "/{a}", Reason::kBadPath},
      {"raw bar", "/a|b", Reason::kBadPath},
      {"raw caret", "/a^b", Reason::kBadPath},
      {"raw grave", "/a`b", Reason::kBadPath},
      {"raw angle", "/a<b", Reason::kBadPath},
  };
  for (const PathCase& c : cases) ExpectOutcome(c);
}

TEST(Path, HoldsUtf8InItsShortestForm) {
  const PathCase cases[] = {
      {"continuation alone", "/%80", Reason::kBadPath},
      {"lead alone", "/%C3", Reason::kBadPath},
      {"lead before ASCII", "/%C3a", Reason::kBadPath},
      {"lead before encoded ASCII", "/%C3%41", Reason::kBadPath},
      {"lead before a slash", "/%C3/%A9", Reason::kBadPath},
      {"lead before a broken escape", "/%C3%A", Reason::kBadPath},
      {"two octets for a slash", "/%c0%af", Reason::kBadPath},
      {"three octets for a slash", "/%e0%80%af", Reason::kBadPath},
      {"four octets for a dot", "/%f0%80%80%ae", Reason::kBadPath},
      {"surrogate", "/%ed%a0%80", Reason::kBadPath},
      {"above U+10FFFF", "/%f4%90%80%80", Reason::kBadPath},
      {"five octets", "/%f8%88%80%80%80", Reason::kBadPath},
      {"FE", "/%fe", Reason::kBadPath},
      {"second character broken", "/%C3%A9%C3", Reason::kBadPath},
  };
  for (const PathCase& c : cases) ExpectOutcome(c);
}

std::string Encoded(uint32_t code_point) {
  std::string octets, out = "/x";
  AppendUtf8(code_point, octets);
  for (const char c : octets) {
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
    out += escape;
  }
  return out;
}

// Both ends of each refused range, and its neighbours outside.
TEST(Path, HoldsNoLookAlikes) {
  struct Range {
    uint32_t first, last;
  };
  const Range refused[] = {
      {0x80, 0xA0},       {0xAD, 0xAD},       {0x130, 0x131},   {0x17F, 0x17F},   {0x2000, 0x209C},
      {0x2100, 0x218B},   {0x2215, 0x2216},   {0x2236, 0x2236}, {0x29F5, 0x29F9}, {0x3000, 0x3002},
      {0xE000, 0xF8FF},   {0xFB00, 0xFB06},   {0xFDD0, 0xFDEF}, {0xFE00, 0xFE6F}, {0xFEFF, 0xFFFF},
      {0x1D400, 0x1D7FF}, {0xE0000, 0x10FFFF}};
  for (const Range& range : refused) {
    SCOPED_TRACE(range.first);
    ExpectOutcome({"first", Encoded(range.first), Reason::kBadPath});
    ExpectOutcome({"last", Encoded(range.last), Reason::kBadPath});
    const bool borders_ascii = range.first == 0x80;
    const bool borders_surrogates = range.first == 0xE000;
    const uint32_t before = borders_surrogates ? 0xD7FF : range.first - 1;
    if (!borders_ascii)
      ExpectOutcome({"before", Encoded(before), Reason::kAllowed, Encoded(before)});
    const uint32_t after = range.last + 1;
    if (after <= 0x10FFFF)
      ExpectOutcome({"after", Encoded(after), Reason::kAllowed, Encoded(after)});
  }
}

TEST(Segment, IsNeverAmbiguous) {
  const PathCase cases[] = {
      {"root", "/", Reason::kAllowed, "/"},
      {"trailing slash", "/a/", Reason::kAllowed, "/a/"},
      {"empty", "/a//b", Reason::kBadSegment},
      {"empty first", "//a", Reason::kBadSegment},
      {"two trailing slashes", "/a//", Reason::kBadSegment},
      {"slashes alone", "//", Reason::kBadSegment},
      {"dot", "/a/./b", Reason::kBadSegment},
      {"dot at the end", "/a/.", Reason::kBadSegment},
      {"two dots", "/a/../b", Reason::kBadSegment},
      {"two dots at the end", "/a/..", Reason::kBadSegment},
      {"three dots", "/...", Reason::kBadSegment},
      {"encoded dots", "/%2e%2E/a", Reason::kBadSegment},
      {"dots half encoded", "/.%2e/a", Reason::kBadSegment},
      {"begins with one dot", "/.a", Reason::kAllowed, "/.a"},
      {"begins with two dots", "/..a", Reason::kBadSegment},
      {"begins with two dots, encoded", "/%2e.a", Reason::kBadSegment},
      {"ends with a dot", "/a./b", Reason::kBadSegment},
      {"ends with a dot at the end", "/a.", Reason::kBadSegment},
      {"ends with a dot before a query", "/a.?b", Reason::kBadSegment},
      {"ends with an encoded dot", "/a%2e", Reason::kBadSegment},
      {"dots inside", "/a..b/c...d", Reason::kAllowed, "/a..b/c...d"},
      {"space inside", "/a%20b", Reason::kAllowed, "/a%20b"},
      {"leading space", "/%20a", Reason::kBadSegment},
      {"trailing space", "/a%20", Reason::kBadSegment},
      {"trailing space before a slash", "/a%20/b", Reason::kBadSegment},
      {"space alone", "/%20", Reason::kBadSegment},
      {"dot and space", "/.%20/a", Reason::kBadSegment},
  };
  for (const PathCase& c : cases) ExpectOutcome(c);
}

TEST(Segment, ThereAreAtMost256) {
  for (const std::string segment : {"/a", "/abcdefg", "/%61", "/a%20b"}) {
    std::string target;
    for (size_t count = 1; count <= 258; ++count) {
      target += segment;
      const Reason want = count <= 256 ? Reason::kAllowed : Reason::kBadSegment;
      for (const std::string& whole : {target, target + "/", target + "?q/q"}) {
        Scratch scratch;
        CanonicalRequest out;
        ASSERT_EQ(Normalise({.method = "GET", .target = whole}, {}, scratch, &out), want)
            << segment << " times " << count;
        if (want == Reason::kAllowed) {
          ASSERT_EQ(out.keys.size(), count);
        }
      }
    }
  }
}

TEST(Segment, CountsAfterMerging) {
  std::string target;
  for (int i = 0; i < 256; ++i) target += "//a";
  Scratch scratch;
  CanonicalRequest out;
  ASSERT_EQ(Normalise({.method = "GET", .target = target}, kMerges, scratch, &out),
            Reason::kAllowed);
  EXPECT_EQ(out.keys.size(), 256u);
  target += "//a";
  EXPECT_EQ(Normalise({.method = "GET", .target = target}, kMerges, scratch, &out),
            Reason::kBadSegment);
}

TEST(PathRules, LoosenOneThingEach) {
  const PathCase cases[] = {
      {"kept slash", "/a%2fb", Reason::kAllowed, "/a%2Fb", kKeepsSlash},
      {"kept slash and backslash", "/a%2fb%5c", Reason::kBadPath, "", kKeepsSlash},
      {"kept slash and dots", "/a/..%2Fb", Reason::kBadSegment, "", kKeepsSlash},
      {"kept slash at the end", "/a%2F", Reason::kAllowed, "/a%2F", kKeepsSlash},
      {"merged", "//a///b", Reason::kAllowed, "/a/b", kMerges},
      {"merged at the end", "/a//", Reason::kAllowed, "/a/", kMerges},
      {"merged to the root", "///", Reason::kAllowed, "/", kMerges},
      {"merged around dots", "/a//../b", Reason::kBadSegment, "", kMerges},
      {"merged, encoded", "//%61//%62", Reason::kAllowed, "/a/b", kMerges},
      {"merged with a bad target", "//a? ", Reason::kBadTarget, "", kMerges},
      {"semicolon", "/a;b=c/;", Reason::kAllowed, "/a;b=c/;", kTakesSemicolon},
      {"semicolon after dots", "/..;/a", Reason::kBadSegment, "", kTakesSemicolon},
      {"encoded semicolon", "/a%3Bb", Reason::kBadPath, "", kTakesSemicolon},
      {"case kept for forwarding", "/A%62C", Reason::kAllowed, "/AbC", kFolds},
  };
  for (const PathCase& c : cases) ExpectOutcome(c);
}

TEST(Windows, RefusesWhatItReadsInAnotherWay) {
  const PathCase cases[] = {
      {"case", "/ADMIN/Users", Reason::kAllowed, "/admin/users", kWindows},
      {"case of an escape", "/%C3%89%41", Reason::kAllowed, "/%C3%89a", kWindows},
      {"colon", "/a::$DATA", Reason::kBadSegment, "", kWindows},
      {"encoded colon", "/a%3Ab", Reason::kBadSegment, "", kWindows},
      {"asterisk", "/a*", Reason::kBadSegment, "", kWindows},
      {"quote", "/a%22", Reason::kBadSegment, "", kWindows},
      {"less", "/a%3C", Reason::kBadSegment, "", kWindows},
      {"greater", "/a%3E", Reason::kBadSegment, "", kWindows},
      {"bar", "/a%7C", Reason::kBadSegment, "", kWindows},
      {"short name", "/PROGRA~1", Reason::kBadSegment, "", kWindows},
      {"short name with an encoded tilde", "/progra%7e9", Reason::kBadSegment, "", kWindows},
      {"tilde before a letter", "/~user1", Reason::kAllowed, "/~user1", kWindows},
      {"tilde at the end", "/a~/1", Reason::kAllowed, "/a~/1", kWindows},
      {"CON", "/CON", Reason::kBadSegment, "", kWindows},
      {"device later", "/a/b/prn", Reason::kBadSegment, "", kWindows},
      {"device before a slash", "/aux/", Reason::kBadSegment, "", kWindows},
      {"device with an extension", "/nul.txt", Reason::kBadSegment, "", kWindows},
      {"device with two extensions", "/nul.tar.gz", Reason::kBadSegment, "", kWindows},
      {"device with spaces before the extension", "/con%20%20.txt", Reason::kBadSegment, "",
       kWindows},
      {"CONIN$", "/conin$", Reason::kBadSegment, "", kWindows},
      {"CONOUT$", "/conout%24", Reason::kBadSegment, "", kWindows},
      {"COM0", "/com0", Reason::kBadSegment, "", kWindows},
      {"COM9", "/Com9.log", Reason::kBadSegment, "", kWindows},
      {"LPT1", "/lpt1", Reason::kBadSegment, "", kWindows},
      {"COM¹", "/com%C2%B9", Reason::kBadSegment, "", kWindows},
      {"LPT²", "/lpt%C2%B2.x", Reason::kBadSegment, "", kWindows},
      {"LPT³", "/lpt%C2%B3", Reason::kBadSegment, "", kWindows},
      {"COM", "/com", Reason::kAllowed, "/com", kWindows},
      {"COM10", "/com10", Reason::kAllowed, "/com10", kWindows},
      {"COMx", "/comx", Reason::kAllowed, "/comx", kWindows},
      {"begins with a device", "/console", Reason::kAllowed, "/console", kWindows},
      {"ends with a device", "/a.con", Reason::kAllowed, "/a.con", kWindows},
      {"all of it elsewhere", "/CON/a:b*~1/%7C", Reason::kAllowed, "/CON/a:b*~1/%7C"},
  };
  for (const PathCase& c : cases) ExpectOutcome(c);
}

TEST(Readings, AreOneArrayWhereTheyAreOneText) {
  Scratch scratch;
  CanonicalRequest out;
  const std::string target = "/a/b.c/?d";
  ASSERT_EQ(Normalise({.method = "GET", .target = target}, kFolds, scratch, &out),
            Reason::kAllowed);
  EXPECT_THAT(KeysOf(out), ElementsAre("a", "b.c"));
  EXPECT_EQ(out.encoded[0].data(), out.decoded[0].data());
  EXPECT_EQ(out.path.data(), target.data()) << "a plain path is not copied";
  EXPECT_EQ(out.keys[0].text, target.data() + 1);
}

TEST(Readings, Differ) {
  Scratch scratch;
  CanonicalRequest out;
  const std::string target = "/Caf%c3%a9/%41%20b/C";
  ASSERT_EQ(Normalise({.method = "GET", .target = target}, kFolds, scratch, &out),
            Reason::kAllowed);
  EXPECT_THAT(KeysOf(out), ElementsAre("café", "a b", "c"));
  EXPECT_THAT(TextsOf(out.decoded), ElementsAre("Café", "A b", "C"));
  EXPECT_THAT(TextsOf(out.encoded), ElementsAre("Caf%C3%A9", "A%20b", "C"));
  ASSERT_EQ(Normalise({.method = "GET", .target = target}, kWindows, scratch, &out),
            Reason::kAllowed);
  EXPECT_THAT(KeysOf(out), ElementsAre("café", "a b", "c"));
  EXPECT_THAT(TextsOf(out.decoded), ElementsAre("café", "a b", "c"));
  EXPECT_THAT(TextsOf(out.encoded), ElementsAre("caf%C3%A9", "a%20b", "c"));
}

TEST(Readings, OfAPlainPathDifferByCaseAlone) {
  Scratch scratch;
  CanonicalRequest out;
  ASSERT_EQ(Normalise({.method = "GET", .target = "/Ab/c"}, kFolds, scratch, &out),
            Reason::kAllowed);
  EXPECT_EQ(out.path, "/Ab/c");
  EXPECT_THAT(KeysOf(out), ElementsAre("ab", "c"));
  EXPECT_THAT(TextsOf(out.decoded), ElementsAre("Ab", "c"));
  EXPECT_EQ(out.decoded[0].data(), out.encoded[0].data());
}

TEST(Readings, HoldAKeptSlashAsThreeCharacters) {
  Scratch scratch;
  CanonicalRequest out;
  ASSERT_EQ(Normalise({.method = "GET", .target = "/a%2fb%20c"}, kKeepsSlash, scratch, &out),
            Reason::kAllowed);
  EXPECT_THAT(KeysOf(out), ElementsAre("a%2Fb c"));
  EXPECT_THAT(TextsOf(out.encoded), ElementsAre("a%2Fb%20c"));
}

TEST(Readings, OfTheRootAndTheAsteriskAreEmpty) {
  Scratch scratch;
  CanonicalRequest out;
  ASSERT_EQ(Normalise({.method = "OPTIONS", .target = "/a"}, {}, scratch, &out), Reason::kAllowed);
  ASSERT_EQ(Normalise({.method = "OPTIONS", .target = "*"}, {}, scratch, &out), Reason::kAllowed);
  EXPECT_THAT(KeysOf(out), IsEmpty());
  EXPECT_THAT(TextsOf(out.decoded), IsEmpty());
  EXPECT_THAT(TextsOf(out.encoded), IsEmpty());
  ASSERT_EQ(Normalise({.method = "GET", .target = "/"}, {}, scratch, &out), Reason::kAllowed);
  EXPECT_THAT(KeysOf(out), IsEmpty());
  EXPECT_FALSE(out.is_asterisk);
}

}  // namespace
}  // namespace doorward
