// SPDX-License-Identifier: Apache-2.0
//
// Literal segments are told apart by every octet, however long they are, wherever they stand in a
// path, and whatever else stands below the same segment or has the same text below another.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/policy.h"

namespace doorward {
namespace {

constexpr size_t kMaxSize = 72;

// A policy with a rule for each of `paths`, named by its place; the others are nobody's.
std::shared_ptr<const Policy> PolicyFor(const std::vector<std::string>& paths) {
  std::string text = R"({"doorward":1,"rules":[)";
  for (size_t i = 0; i < paths.size(); ++i) {
    text += (i == 0 ? "{\"id\":\"" : ",{\"id\":\"") + std::to_string(i) +
            R"(","allow":"everyone","endpoints":")" + paths[i] + "\"}";
  }
  return LoadPolicy(text + "]}", "policy.json");
}

class Decider {
 public:
  explicit Decider(const std::vector<std::string>& paths)
      : policy_(PolicyFor(paths)), caller_(policy_->AnonymousCaller()) {}

  // The rule that allows `path`; "" for none.
  std::string RuleFor(std::string_view path) {
    // Without an octet to spare, so that a sanitizer sees what is read behind the end.
    const std::vector<char> target(path.begin(), path.end());
    return std::string(policy_
                           ->Decide(caller_,
                                    {.method = "GET", .target = {target.data(), target.size()}}, {},
                                    scratch_)
                           .rule_id());
  }

 private:
  std::shared_ptr<const Policy> policy_;
  Caller caller_;
  Scratch scratch_;
};

std::string Word(size_t size) { return std::string(size, 'l'); }

TEST(LiteralSegment, CountsWithEachOfItsOctets) {
  std::vector<std::string> paths;
  for (size_t size = 1; size <= kMaxSize; ++size) paths.push_back("/" + Word(size));
  Decider decider(paths);
  for (size_t size = 1; size <= kMaxSize; ++size) {
    EXPECT_EQ(decider.RuleFor("/" + Word(size)), std::to_string(size - 1));
    for (size_t place = 0; place < size; ++place) {
      std::string other = Word(size);
      other[place] = 'm';
      EXPECT_EQ(decider.RuleFor("/" + other), "") << other;
    }
  }
  EXPECT_EQ(decider.RuleFor("/" + Word(kMaxSize + 1)), "");
}

TEST(LiteralSegment, IsToldFromThoseThatDifferInOneOctet) {
  for (const size_t size : {1u, 8u, 15u, 16u, 17u, 24u, 25u, 32u, 33u, 40u, 72u}) {
    std::vector<std::string> paths;
    for (size_t place = 0; place < size; ++place) {
      paths.push_back("/" + Word(size));
      paths.back()[1 + place] = 'm';
    }
    Decider decider(paths);
    for (size_t place = 0; place < size; ++place) {
      EXPECT_EQ(decider.RuleFor(paths[place]), std::to_string(place)) << paths[place];
    }
    EXPECT_EQ(decider.RuleFor("/" + Word(size)), "");
  }
}

TEST(LiteralSegment, MayStandAnywhereInAPath) {
  std::vector<std::string> paths;
  for (size_t size = 1; size <= kMaxSize; ++size) paths.push_back("/*/" + Word(size));
  for (size_t size = 1; size <= kMaxSize; ++size) paths.push_back("/*/" + Word(size) + "/**");
  Decider decider(paths);
  for (size_t before = 1; before <= 70; ++before) {
    const std::string head = "/" + std::string(before, 'x') + "/";
    for (size_t size = 1; size <= kMaxSize; ++size) {
      const std::string rule = std::to_string(size - 1);
      EXPECT_EQ(decider.RuleFor(head + Word(size)), rule) << before;
      EXPECT_EQ(decider.RuleFor(head + Word(size) + "/"), rule) << before;
      EXPECT_EQ(decider.RuleFor(head + Word(size) + "?l"), rule) << before;
      EXPECT_EQ(decider.RuleFor(head + Word(size) + "/y"), std::to_string(kMaxSize + size - 1))
          << before;
      EXPECT_EQ(decider.RuleFor(head + Word(size - 1) + "y"), "") << before;
    }
  }
}

TEST(LiteralSegment, OfOneTextMayStandBelowManyOthers) {
  constexpr size_t kParents = 3000;
  std::vector<std::string> paths;
  for (size_t i = 0; i < kParents; ++i) paths.push_back("/p" + std::to_string(i) + "/same/end");
  Decider decider(paths);
  for (size_t i = 0; i < kParents; ++i) EXPECT_EQ(decider.RuleFor(paths[i]), std::to_string(i));
  EXPECT_EQ(decider.RuleFor("/p" + std::to_string(kParents) + "/same/end"), "");
  EXPECT_EQ(decider.RuleFor("/p1/same"), "");
  EXPECT_EQ(decider.RuleFor("/same/end"), "");
}

TEST(LiteralSegment, IsFoundAmongManyThatBeginAlike) {
  constexpr size_t kSegments = 20'000;
  const auto path = [](size_t i) {
    return "/they-all-begin-like-this-" + std::to_string(100'000 + i) + "-and-end-so";
  };
  std::vector<std::string> paths;
  for (size_t i = 0; i < kSegments; ++i) paths.push_back(path(i));
  Decider decider(paths);
  for (size_t i = 0; i < kSegments; ++i) {
    EXPECT_EQ(decider.RuleFor(path(i)), std::to_string(i));
    EXPECT_EQ(decider.RuleFor(path(kSegments + i)), "");
  }
}

}  // namespace
}  // namespace doorward
