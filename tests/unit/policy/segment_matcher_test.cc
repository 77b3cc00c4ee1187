// SPDX-License-Identifier: Apache-2.0
//
// A filter may let through what does not match, but stops nothing that does.

#include "src/policy/segment_matcher.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace doorward {
namespace {

SegmentKey KeyOf(const std::string& segment) { return SegmentKeyReader(segment)(segment); }

// All texts of one to four octets of few kinds, and longer ones by chance.
std::vector<std::string> Segments() {
  constexpr std::string_view kOctets = "09azAZ-._\xC3\xA9\xFF";
  std::vector<std::string> segments{""};
  for (size_t begin = 0, length = 1; length <= 3; ++length) {
    const size_t end = segments.size();
    for (; begin < end; ++begin) {
      for (const char octet : kOctets) segments.push_back(segments[begin] + octet);
    }
  }
  segments.erase(segments.begin());
  std::mt19937 random(5);
  for (int i = 0; i < 5'000; ++i) {
    std::string& segment = segments.emplace_back();
    for (size_t n = 1 + random() % 24; n > 0; --n) {
      segment += random() % 3 == 0 ? kOctets[random() % kOctets.size()] : "abvr019-"[random() % 8];
    }
  }
  for (const char* one :
       {"2026-11-23", "report-1.json", "v1", "v", "abcdefgh", "abcdefghi", "ABCDEFGHI",
        "\xC3\xA9t\xC3\xA9", "a-b-c", "0.5", "aaaaaaaaaaaaaaaaaaaa"}) {
    segments.emplace_back(one);
  }
  return segments;
}

void ExpectPasses(const SegmentMatcher& matcher, const std::vector<std::string>& segments,
                  const std::string& name) {
  const SegmentFilter filter = matcher.filter();
  for (const std::string& segment : segments) {
    if (!matcher.Matches(segment)) continue;
    ASSERT_TRUE(filter.Passes(KeyOf(segment))) << name << " and " << segment;
  }
}

TEST(SegmentFilter, LetsAllThroughThatARegexMatches) {
  const std::vector<std::string> segments = Segments();
  for (const char* pattern : {"[0-9]+",
                              "[0-9]{4}-[0-9]{2}-[0-9]{2}",
                              "[a-z]+(-[a-z]+)*",
                              "v[0-9]",
                              "abcdefgh.*",
                              "a*",
                              "a|b",
                              "(a|0).*",
                              ".+",
                              "[^a]+",
                              "\xC3\xA9.*",
                              ".",
                              "(?i)ab.*",
                              "(?i)abcdefghi?",
                              "a?b?v?",
                              "\\d+\\.\\d+",
                              "^a.*",
                              ".*a$",
                              "(report|v).*",
                              "(?s).*",
                              "[é-ÿ].*",
                              "$|a",
                              "aaaaaaaaaa+"}) {
    for (const bool fold : {false, true}) {
      ExpectPasses(SegmentMatcher::Regex(pattern, fold), segments, pattern);
    }
  }
}

TEST(SegmentFilter, LetsAllThroughThatAGlobMatches) {
  const std::vector<std::string> segments = Segments();
  for (const std::vector<std::string>& parts :
       std::vector<std::vector<std::string>>{{"v", ""},
                                             {"", ".json"},
                                             {"report-", ".json"},
                                             {"abcdefgh", ""},
                                             {"abcdefghi", ""},
                                             {"", "-", ""},
                                             {"a", "-", "c"},
                                             {"", ""},
                                             {"a", "a"},
                                             {"\xC3\xA9", ""}}) {
    ExpectPasses(SegmentMatcher::Glob(parts), segments, parts.front() + "*" + parts.back());
  }
}

TEST(SegmentFilter, StopsWhatBeginsOtherwise) {
  const SegmentFilter day = SegmentMatcher::Regex("[0-9]{4}-[0-9]{2}", false).filter();
  EXPECT_TRUE(day.Passes(KeyOf("2026-11")));
  EXPECT_FALSE(day.Passes(KeyOf("a026-11")));
  const SegmentFilter glob = SegmentMatcher::Glob({"report-", ".json"}).filter();
  EXPECT_TRUE(glob.Passes(KeyOf("report-.json")));
  EXPECT_FALSE(glob.Passes(KeyOf("report-json")));
  EXPECT_FALSE(glob.Passes(KeyOf("repord-.json")));
}

}  // namespace
}  // namespace doorward
