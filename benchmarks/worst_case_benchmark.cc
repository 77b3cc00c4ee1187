// SPDX-License-Identifier: Apache-2.0
//
// What the worst patterns and paths cost. A path has at most 256 segments; the patterns here are
// made so that as many of them as can be are followed along all of it.
//
//   BM_Worst_X   rounds by turns of a policy and of one with the rule /** alone, on the same path:
//                what the path itself costs. `whole_ns` is a decision, `ns/segment` what it costs
//                above the other for a segment of the path, and `ns/pattern_segment` for a segment
//                of all the patterns: work that could not be less where all of them match
//
// Nothing here grows faster than path and patterns together: no backtracking. Each answer is first
// compared with the right one.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "doorward/policy.h"

#include "benchmarks/support/rounds.h"

namespace doorward::benchmarks {
namespace {

constexpr size_t kSegments = 256;
constexpr std::string_view kHost = "own.example";

struct Case {
  std::vector<std::string>
      patterns;  // each of a rule with a role of its own; the last one's is held
  std::string path;
  bool allowed = true;
};

std::string Repeat(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

// "/a/a/.../a" with one segment in another's place.
std::string WithOneIn(size_t place, std::string_view segment) {
  return Repeat("/a", place) + "/" + std::string(segment) + Repeat("/a", kSegments - 1 - place);
}

Case Literals() { return {{Repeat("/a", kSegments)}, Repeat("/a", kSegments)}; }
Case Wildcards() { return {{Repeat("/*", kSegments)}, Repeat("/a", kSegments)}; }

// A pattern for each place that a wildcard can have: all match.
Case WildcardInEachPlace() {
  Case made{{}, Repeat("/a", kSegments)};
  for (size_t i = 0; i < kSegments; ++i) made.patterns.push_back(WithOneIn(i, "*"));
  return made;
}

// The same with globs and regular expressions beside the wildcard.
Case EveryFormInEachPlace() {
  Case made{{}, Repeat("/a", kSegments)};
  for (size_t i = 0; i < kSegments; ++i) {
    for (std::string_view form : {"*", "a*", "*a", "{x:[a-c]+}", "{x:(a|aa)+}"}) {
      made.patterns.push_back(WithOneIn(i, form));
    }
  }
  return made;
}

// Literal or wildcard in each of the first eight places, in all ways.
Case EveryWayThroughEight() {
  Case made{{}, Repeat("/a", kSegments)};
  for (unsigned way = 0; way < 256; ++way) {
    std::string pattern;
    for (unsigned bit = 0; bit < 8; ++bit) pattern += (way >> bit & 1) != 0 ? "/*" : "/a";
    made.patterns.push_back(pattern + "/**");
  }
  return made;
}

// ** in each place, and one segment after it.
Case TailInEachPlace() {
  Case made{{}, Repeat("/a", kSegments)};
  for (size_t i = 0; i < kSegments; ++i) made.patterns.push_back(Repeat("/a", i) + "/**/a");
  return made;
}

// ** in each of the first 128 places, and 128 segments after it.
Case LongTailInEachPlace() {
  Case made{{}, Repeat("/a", kSegments)};
  for (size_t i = 0; i < kSegments / 2; ++i) {
    made.patterns.push_back(Repeat("/a", i) + "/**" + Repeat("/a", kSegments / 2));
  }
  return made;
}

// What makes a backtracking matcher try 2^n ways, in each segment.
Case CostlyRegexInEachSegment() {
  Case made{{""}, Repeat("/" + std::string(24, 'a') + "b", kSegments)};
  for (size_t i = 0; i < kSegments; ++i) {
    made.patterns[0] += "/{x" + std::to_string(i) + ":(a|aa)+b}";
  }
  return made;
}

// A hundred globs that match one long segment all but for a part of it.
Case ManyGlobsOnALongSegment() {
  Case made{{}, "/" + std::string(4'000, 'a') + "z"};
  for (size_t i = 0; i < 100; ++i) {
    made.patterns.push_back("/*a*a*a*a*b" + std::to_string(i) + "*z");
  }
  made.patterns.emplace_back("/*a*a*z");
  return made;
}

// 10,000 rules on one endpoint.
Case CrowdedLeaf() { return {std::vector<std::string>(10'000, "/a/b/c"), "/a/b/c"}; }

// 10,000 literals under one node, and a path that knows none of them.
Case CrowdedNode() {
  Case made{{}, "/a/unknown", false};
  for (size_t i = 0; i < 10'000; ++i) made.patterns.push_back("/a/b" + std::to_string(i));
  return made;
}

// A thousand globs in one place, each of four of sixty other hosts.
Case GlobsOfOtherHosts() {
  Case made{{}, "/a/b"};
  for (size_t i = 0; i < 4'000; ++i) {
    made.patterns.push_back("t" + std::to_string(i * 7 % 60) + ".example/a/g" +
                            std::to_string(i % 1'000) + "*x");
  }
  made.patterns.push_back(std::string(kHost) + "/a/{x}");
  return made;
}

std::string PolicyText(const std::vector<std::string>& patterns) {
  std::string roles, rules;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const std::string role = "\"role-" + std::to_string(i) + "\"";
    const std::string comma = i == 0 ? "" : ",";
    roles += comma + role + ":{}";
    rules += comma + R"({"id":"rule-)" + std::to_string(i) + R"(","allow":[)" + role +
             R"(],"endpoints":["GET )" + patterns[i] + "\"]}";
  }
  return R"({"doorward":1,"roles":{)" + roles + R"(},"rules":[)" + rules + "]}";
}

// A policy, and the caller whom its last rule alone allows.
class Subject {
 public:
  explicit Subject(const std::vector<std::string>& patterns)
      : policy_(Policy::Load(PolicyText(patterns), "policy.json").policy) {
    const std::string role = "role-" + std::to_string(patterns.size() - 1);
    const std::string_view roles[] = {role};
    caller_ = std::make_unique<Caller>(policy_->CallerWithRoles(roles));
  }

  bool Decide(const std::string& path) {
    return policy_->Decide(*caller_, {.method = "GET", .host = kHost, .target = path}, {}, scratch_)
        .allowed();
  }

 private:
  std::shared_ptr<const Policy> policy_;
  std::unique_ptr<Caller> caller_;
  Scratch scratch_;
};

void Compare(benchmark::State& state, Case (*make)()) {
  const Case one = make();
  Subject subject(one.patterns), bare({"/**"});
  if (subject.Decide(one.path) != one.allowed || !bare.Decide(one.path)) {
    return state.SkipWithError("wrong answer");
  }
  const auto step = [&] { return subject.Decide(one.path); };
  constexpr double kBatchNs = 500'000;
  const auto batch = std::max<size_t>(1, static_cast<size_t>(kBatchNs / TimeOf(3, step)));
  const Comparison found = CompareByTurns(
      state, [&](size_t /*round*/) { return TimeOf(batch, step); },
      [&](size_t /*round*/) { return TimeOf(batch, [&] { return bare.Decide(one.path); }); });
  const auto count = [](std::string_view text) {
    return static_cast<double>(std::count(text.begin(), text.end(), '/'));
  };
  double pattern_segments = 0;
  for (const std::string& pattern : one.patterns) pattern_segments += count(pattern);
  state.counters["whole_ns"] = found.first;
  state.counters["path_ns"] = found.second;
  state.counters["ns/segment"] = found.difference / count(one.path);
  state.counters["ns/pattern_segment"] = found.difference / pattern_segments;
  state.counters["patterns"] = static_cast<double>(one.patterns.size());
}

}  // namespace
}  // namespace doorward::benchmarks

int main(int argc, char** argv) {
  using namespace doorward::benchmarks;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const std::pair<const char*, Case (*)()> cases[] = {
      {"Literals", Literals},
      {"Wildcards", Wildcards},
      {"WildcardInEachPlace", WildcardInEachPlace},
      {"EveryFormInEachPlace", EveryFormInEachPlace},
      {"EveryWayThroughEight", EveryWayThroughEight},
      {"TailInEachPlace", TailInEachPlace},
      {"LongTailInEachPlace", LongTailInEachPlace},
      {"CostlyRegexInEachSegment", CostlyRegexInEachSegment},
      {"ManyGlobsOnALongSegment", ManyGlobsOnALongSegment},
      {"CrowdedLeaf", CrowdedLeaf},
      {"CrowdedNode", CrowdedNode},
      {"GlobsOfOtherHosts", GlobsOfOtherHosts},
  };
  constexpr int kRounds = 201;
  for (const auto& [name, make] : cases) {
    benchmark::RegisterBenchmark((std::string("BM_Worst_") + name).c_str(), Compare, make)
        ->UseManualTime()
        ->Iterations(kRounds);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
