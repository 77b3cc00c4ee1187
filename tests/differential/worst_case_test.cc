// SPDX-License-Identifier: Apache-2.0
//
// Policies and requests that a matcher which backtracks, guesses how much `**` takes, or compiles
// all combinations of overlapping patterns would not come to an end with. No time is measured: each
// of these takes longer than anyone waits for where a step is repeated for each way that leads to
// it.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/policy.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

constexpr size_t kMaxSegments = 256;

std::string Repeat(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

// A policy of rules for everyone. Everything not denied is allowed, by the rule `rest`.
class PolicyText {
 public:
  PolicyText& Deny(const std::string& endpoint, const std::string& more = "") {
    text_ += (rules_ == 0 ? "" : ",") + ("{\"id\":\"r" + std::to_string(rules_)) +
             R"(","deny":"everyone","endpoints":")" + endpoint + "\"" + more + "}";
    ++rules_;
    return *this;
  }
  std::shared_ptr<const Policy> Load() const {
    return LoadPolicy(text_ + R"(,{"id":"rest","allow":"everyone","endpoints":"/**"}]})",
                      "policy.json");
  }

 private:
  std::string text_ = R"({"doorward":1,"rules":[)";
  size_t rules_ = 0;
};

// The rule that decides, several times over with one scratch.
std::string RuleFor(const Policy& policy, const std::string& target,
                    std::optional<std::string_view> host = std::nullopt) {
  Scratch scratch;
  const Caller caller = policy.AnonymousCaller();
  std::string rule;
  for (int i = 0; i < 20; ++i) {
    const Decision decision =
        policy.Decide(caller, {.method = "GET", .host = host, .target = target}, {}, scratch);
    EXPECT_TRUE(i == 0 || decision.rule_id() == rule) << decision.rule_id();
    rule = decision.rule_id();
  }
  return rule;
}

// Four patterns that the segment "a" fits, of which "zz" fits the second alone.
std::string SegmentOfKind(size_t kind, size_t level) {
  constexpr std::string_view kPlain[] = {"/a", "/*", "/a*"};
  if (kind < 3) return std::string(kPlain[kind]);
  return "/{x" + std::to_string(level) + ":[ab]+}";
}

TEST(WorstCase, OneSegmentPatternOfEachKindOnEveryLevel) {
  // 4 ways on each of 256 levels: by all of them 4^256.
  PolicyText text;
  for (size_t rule = 0; rule < 400; ++rule) {
    std::string path;
    for (size_t level = 0; level < kMaxSegments; ++level) {
      // The first rules share long heads, the others long tails.
      const size_t bit = rule < 200 ? kMaxSegments - 1 - level : level;
      path += SegmentOfKind(bit < 8 ? rule >> bit & 3 : 1, level);
    }
    text.Deny(path);
  }
  const auto policy = text.Load();
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments)), "r0");
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments - 1)), "rest");
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments - 1) + "/zz"), "r1");
}

TEST(WorstCase, TailsThatBeginOnEveryLevel) {
  PolicyText text;
  for (size_t level = 0; level < 200; ++level) {
    text.Deny(Repeat("/*", level) + "/**" + Repeat("/a", 200 - level) + "/z");
    text.Deny(Repeat("/a", level) + "/**" + Repeat("/*", 200 - level) + "/z");
  }
  const auto policy = text.Load();
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments)), "rest");
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments - 1) + "/z"), "r0");
  EXPECT_EQ(RuleFor(*policy, Repeat("/b", kMaxSegments - 1) + "/z"), "r1");
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", 200) + "/z"), "r0");
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", 199) + "/z"), "rest");
}

TEST(WorstCase, LiteralsAndWildcardsInAllOrdersAboutATail) {
  PolicyText text;
  for (size_t rule = 0; rule < 1024; ++rule) {
    std::string path;
    for (size_t level = 0; level < 20; ++level) {
      path += level == 10 ? "/**" : (rule >> (level % 10) & 1) != 0 ? "/a" : "/*";
    }
    text.Deny(path + (rule == 0 ? "/no" : ""));
  }
  const auto policy = text.Load();
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments)), "r1");
  EXPECT_EQ(RuleFor(*policy, Repeat("/b", kMaxSegments)), "rest");
  EXPECT_EQ(RuleFor(*policy, Repeat("/b", kMaxSegments - 1) + "/no"), "r0");
}

TEST(WorstCase, VeryManyRulesForOneEndpoint) {
  PolicyText text;
  for (int rule = 0; rule < 20'000; ++rule) {
    text.Deny("/x",
              rule % 2 == 0 ? R"(,"scopes":["s"])" : R"(,"unless":"request.method == 'GET'")");
  }
  const auto policy = text.Load();
  EXPECT_EQ(RuleFor(*policy, "/x"), "rest");
  text.Deny("/x");
  EXPECT_EQ(RuleFor(*text.Load(), "/x"), "r20000");
}

struct SegmentCase {
  const char* name;
  std::string pattern;
  std::string fits, does_not;
};

const SegmentCase kSegmentCases[] = {
    {"nested repetition", "{x:(a*)*b}", Repeat("a", 8000) + "b", Repeat("a", 8000) + "c"},
    {"alternatives that overlap", "{x:(a|aa)+b}", Repeat("a", 8000) + "b", Repeat("a", 8000)},
    {"optional after optional", "{x:" + Repeat("a?", 200) + Repeat("a", 200) + "}",
     Repeat("a", 200), Repeat("a", 199)},
    {"a counted repetition", "{x:(.{1,30}a){1,30}b}", Repeat("ca", 30) + "b", Repeat("a", 8000)},
    {"many stars", Repeat("a*", 1000) + "b", Repeat("a", 7000) + "b", Repeat("a", 8000)},
    {"many stars and a part that is not there",
     Repeat("*a", 500) + "*ab*" + Repeat("a*", 500) + "c",
     Repeat("a", 2000) + "b" + Repeat("a", 2000) + "c", Repeat("a", 8000) + "c"},
};

TEST(WorstCase, SegmentPatternsAreMatchedWithoutBacktracking) {
  for (const SegmentCase& c : kSegmentCases) {
    SCOPED_TRACE(c.name);
    const auto policy = PolicyText().Deny("/" + c.pattern).Load();
    EXPECT_EQ(RuleFor(*policy, "/" + c.fits), "r0");
    EXPECT_EQ(RuleFor(*policy, "/" + c.does_not), "rest");
  }
}

TEST(WorstCase, ManySegmentPatternsOnOneLevel) {
  PolicyText text;
  for (int rule = 0; rule < 200; ++rule) {
    const std::string n = std::to_string(rule);
    text.Deny("/{x:(a*)*" + n + "}/b").Deny("/a*" + n + "/b");
  }
  const auto policy = text.Load();
  EXPECT_EQ(RuleFor(*policy, "/" + Repeat("a", 4000) + "/b"), "rest");
  EXPECT_EQ(RuleFor(*policy, "/" + Repeat("a", 4000) + "199/b"), "r19");
}

TEST(WorstCase, WildcardHostsOnEveryLabel) {
  PolicyText text;
  std::string labels;
  for (int label = 0; label < 120; ++label) {
    labels = "a" + std::string(label == 0 ? "" : ".") + labels;
    text.Deny("*." + labels + Repeat("/*", 100) + "/no");
  }
  const auto policy = text.Load();
  const std::string path = Repeat("/a", 100);
  EXPECT_EQ(RuleFor(*policy, path + "/yes", "a." + labels), "rest");
  EXPECT_EQ(RuleFor(*policy, path + "/no", "a." + labels), "r0");
  EXPECT_EQ(RuleFor(*policy, path + "/no", "b"), "rest");
}

TEST(WorstCase, APathHasAtMostSoManySegments) {
  const auto policy = PolicyText().Deny(Repeat("/a", kMaxSegments)).Load();
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments - 1)), "rest");
  EXPECT_EQ(RuleFor(*policy, Repeat("/a", kMaxSegments)), "r0");
  Scratch scratch;
  const std::string target = Repeat("/a", kMaxSegments + 1);
  EXPECT_EQ(
      policy->Decide(policy->AnonymousCaller(), {.method = "GET", .target = target}, {}, scratch)
          .reason(),
      Reason::kBadSegment);
}

}  // namespace
}  // namespace doorward
