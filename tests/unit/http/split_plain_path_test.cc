// SPDX-License-Identifier: Apache-2.0
//
// Both ways to split a plain path give the same answer, and its segments the keys that their octets
// make, wherever they stand. Targets are handed in without an octet to spare, so that a sanitizer
// sees what is read outside of them.

#include "src/http/split_plain_path.h"

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "src/base/cpu.h"

namespace doorward::http {
namespace {

// What a way makes of a target, in words: "" where it holds what is not plain.
using Split = bool (*)(std::string_view, HttpPart&, PlainPath*);
std::string Describe(Split split, const std::string& target, HttpPart& part) {
  const std::vector<char> octets(target.begin(), target.end());
  PlainPath path;
  if (!split({octets.data(), octets.size()}, part, &path)) return "";
  std::string text = std::to_string(path.size) + (path.acceptable ? " good" : " bad");
  for (size_t i = 0; path.acceptable && i < path.segment_count; ++i) {
    const SegmentKey& key = part.keys[i];
    text.append(" ").append(key.view());
    char head[SegmentKey::kHead] = {};
    key.view().copy(head, sizeof head);
    const uint64_t low = LoadLittle64(head), high = LoadLittle64(head + 8);
    if (key.low != low || key.high != high) text += " with another head";
    // The same octets elsewhere have the same hash.
    const std::string alone(key.view());
    if (SegmentKeyReader(alone)(alone).hash != key.hash) text += " with another hash";
  }
  return text;
}

// As a plain reading of the rules has it.
std::string DescribePlainly(const std::string& target) {
  const std::string path = target.substr(0, target.find('?'));
  std::string segments;
  bool good = true;
  size_t count = 0;
  for (size_t begin = 1; begin < path.size();) {
    const std::string segment = path.substr(begin, path.find('/', begin) - begin);
    good = good && !segment.empty() && segment.back() != '.' && !segment.starts_with("..");
    good = good && ++count <= kMaxSegments;
    segments.append(" ").append(segment);
    begin += segment.size() + 1;
  }
  for (const char c : path) {
    constexpr std::string_view kPlain = "-._~/";
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alphanumeric && kPlain.find(c) == kPlain.npos) return "";
  }
  return std::to_string(path.size()) + (good ? " good" + segments : " bad");
}

class SplitPlainPathTest : public testing::Test {
 protected:
  void Check(const std::string& target) {
    const std::string expected = DescribePlainly(target);
    ASSERT_EQ(Describe(SplitPlainPathPortably, target, *part_), expected) << target;
    if (HasAvx512()) {
      ASSERT_EQ(Describe(SplitPlainPathByAvx512, target, *part_), expected) << target;
    }
  }

 private:
  std::unique_ptr<HttpPart> part_ = std::make_unique<HttpPart>();
};

TEST_F(SplitPlainPathTest, TwoSegmentsOfAllSizes) {
  for (size_t first = 1; first <= 70; ++first) {
    for (size_t second = 0; second <= 70; ++second) {
      const std::string path = "/" + std::string(first, 'a') + "/" + std::string(second, 'b');
      Check(path);
      Check(path + "?q=/");
    }
  }
}

TEST_F(SplitPlainPathTest, EveryOctetAtEveryPlace) {
  for (const size_t size : {2u, 7u, 15u, 16u, 17u, 63u, 64u, 65u, 127u, 128u, 129u}) {
    for (size_t at = 1; at < size; ++at) {
      for (unsigned octet = 0; octet < 256; ++octet) {
        std::string target(size, 'x');
        target[0] = '/';
        target[at] = static_cast<char>(octet);
        Check(target);
      }
    }
  }
}

TEST_F(SplitPlainPathTest, AsManySegmentsAsThereMayBe) {
  for (const size_t count : {kMaxSegments - 1, kMaxSegments, kMaxSegments + 1, kMaxSegments + 70}) {
    std::string path;
    for (size_t i = 0; i < count; ++i) path += "/" + std::string(1 + i % 5, 's');
    Check(path);
    Check(path + "/");
  }
}

TEST_F(SplitPlainPathTest, PathsMadeByChance) {
  std::mt19937 random(20261123);
  constexpr std::string_view kOctets = "/////....aaaaabcXYZ019-_~";
  for (int i = 0; i < 100'000; ++i) {
    std::string target = "/";
    for (size_t n = random() % (i % 8 == 0 ? 300 : 40); n > 0; --n) {
      const bool letter = random() % 4 != 0;
      target += letter ? 'a' : kOctets[random() % kOctets.size()];
    }
    if (random() % 4 == 0) target += "?" + target;
    Check(target);
  }
}

}  // namespace
}  // namespace doorward::http
