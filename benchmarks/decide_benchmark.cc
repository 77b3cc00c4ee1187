// SPDX-License-Identifier: Apache-2.0
//
// What a decision costs for a caller who is ready: normalise, match, roles. 1,000,000 requests, no
// two alike, one after the other. For each number of rules, in the same run:
//
//   BM_Decide/N                Doorward
//   BM_Decide_Limit/N          the limit: a hand-made trie that does only this
//   BM_Decide_Paired/N         rounds of both by turns; `ratio` is the median of the rounds' ratios
//   BM_Decide_Re2Set/N         RE2::Set of paths, then methods and roles
//   BM_Decide_RuleRow/N        rules in a row with an RE2 each, which is Envoy's shape
//   BM_DecideVaried/N          Doorward on the varied workload: hosts, globs, regular expressions,
//                              ** in the middle, twenty patterns that overlap
//   BM_DecideVaried_Paired/N   rounds of both workloads by turns; `ratio` is varied to plain
//   BM_DecideVaried_Re2Set/N   RE2::Set of hosts and paths, then methods and roles
//   BM_DecideVaried_RuleRow/N  rules in a row
//
// Each is first compared with the right answers, request by request; rules in a row, which take
// minutes for all, on the requests that they are timed with. `allocs/op` is counted over all
// requests once they were decided before.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <re2/re2.h>
#include <re2/set.h>

#include "doorward/policy.h"

#include "benchmarks/support/callers.h"
#include "benchmarks/support/limit_matcher.h"
#include "benchmarks/support/rounds.h"
#include "benchmarks/support/rule_regex.h"
#include "benchmarks/support/workload.h"
#include "tests/support/allocation_counter.h"

namespace doorward::benchmarks {
namespace {

constexpr uint64_t kSeed = 20261123;
constexpr size_t kRequests = 1'000'000;

// The first request that `decide(i)` answers wrongly; "" for none.
template <class Decide>
std::string FindWrong(const std::vector<WorkloadRequest>& requests, const Decide& decide) {
  for (size_t i = 0; i < requests.size(); ++i) {
    if (decide(i) != requests[i].allowed) return "wrong answer for " + requests[i].path;
  }
  return "";
}

// Doorward, with requests as a host has them at hand: their octets in a row, so that reaching them
// is not what is measured. The limit's are laid out alike.
class Doorward {
 public:
  explicit Doorward(const Workload& workload)
      : policy_(Policy::Load(workload.PolicyJson(), "policy.json").policy),
        callers_(MakeCallers(*policy_, workload)) {
    received_.reserve(workload.requests.size());
    for (const WorkloadRequest& request : workload.requests) {
      Received& made = received_.emplace_back();
      made.path_size = static_cast<uint16_t>(request.path.copy(made.path, sizeof made.path));
      made.host_size = static_cast<uint16_t>(request.host.copy(made.host, sizeof made.host));
      made.method_size =
          static_cast<uint16_t>(request.method.copy(made.method, sizeof made.method));
      made.caller = &callers_[request.principal];
    }
    wrong_ = FindWrong(workload.requests, [&](size_t i) { return Decide(i); });
    const uint64_t before = AllocationsOnThisThread();
    for (size_t i = 0; i < size(); ++i) benchmark::DoNotOptimize(Decide(i));
    allocations_ = AllocationsOnThisThread() - before;
  }

  size_t size() const { return received_.size(); }
  const std::string& wrong() const { return wrong_; }
  double allocations_each() const {
    return static_cast<double>(allocations_) / static_cast<double>(size());
  }

  bool Decide(size_t i) {
    const Received& request = received_[i];
    return policy_
        ->Decide(*request.caller,
                 {.method = {request.method, request.method_size},
                  .host = request.Host(),
                  .target = {request.path, request.path_size}},
                 {}, scratch_)
        .allowed();
  }

 private:
  struct Received {
    const Caller* caller;
    uint16_t path_size, host_size, method_size;
    char method[8];
    char path[128];
    char host[24];

    std::optional<std::string_view> Host() const {
      if (host_size == 0) return std::nullopt;
      return std::string_view(host, host_size);
    }
  };
  std::shared_ptr<const Policy> policy_;
  std::vector<Caller> callers_;
  std::vector<Received> received_;
  Scratch scratch_;
  std::string wrong_;
  uint64_t allocations_ = 0;
};

class Limit {
 public:
  Limit(const Workload& workload, const std::vector<std::vector<uint64_t>>& bits)
      : matcher_(workload) {
    prepared_.reserve(workload.requests.size());
    for (const WorkloadRequest& request : workload.requests) {
      prepared_.push_back(matcher_.Prepare(request, bits[request.principal].data()));
    }
    wrong_ = FindWrong(workload.requests, [&](size_t i) { return Decide(i); });
  }

  const std::string& wrong() const { return wrong_; }
  bool Decide(size_t i) const { return matcher_.Decide(prepared_[i]); }
  size_t CountAllowed(size_t first, size_t count) const {
    return matcher_.CountAllowed(std::span(prepared_).subspan(first, count));
  }

 private:
  LimitMatcher matcher_;
  std::vector<LimitMatcher::Prepared> prepared_;
  std::string wrong_;
};

enum class Kind { kPlain, kVaried };

// A workload and who decides it, made once.
class World {
 public:
  World(Kind kind, size_t rules)
      : workload(kind == Kind::kPlain ? MakePlainWorkload(rules, kRequests, kSeed)
                                      : MakeVariedWorkload(rules, kRequests, kSeed)),
        bits(workload.RoleBits()) {}

  Doorward& doorward() {
    if (!doorward_) doorward_.emplace(workload);
    return *doorward_;
  }
  Limit& limit() {
    if (!limit_) limit_.emplace(workload, bits);
    return *limit_;
  }

  const Workload workload;
  const std::vector<std::vector<uint64_t>> bits;  // roles, by principal

 private:
  std::optional<Doorward> doorward_;
  std::optional<Limit> limit_;
};

// Those of one number of rules are kept: each takes some hundred megabytes.
World& WorldOf(Kind kind, int64_t rules) {
  static std::map<std::pair<Kind, int64_t>, std::unique_ptr<World>> made;
  std::erase_if(made, [&](const auto& one) { return one.first.second != rules; });
  std::unique_ptr<World>& world = made[{kind, rules}];
  if (world == nullptr) world = std::make_unique<World>(kind, static_cast<size_t>(rules));
  return *world;
}

// Runs `decide(i)` over `size` requests, time after time.
template <class Decide>
void Run(benchmark::State& state, size_t size, const Decide& decide) {
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(i));
    if (++i == size) i = 0;
  }
}

void RunDoorward(benchmark::State& state, Kind kind) {
  Doorward& doorward = WorldOf(kind, state.range(0)).doorward();
  if (!doorward.wrong().empty()) return state.SkipWithError(doorward.wrong().c_str());
  Run(state, doorward.size(), [&](size_t i) { return doorward.Decide(i); });
  state.counters["allocs/op"] = doorward.allocations_each();
}

void BM_Decide(benchmark::State& state) { RunDoorward(state, Kind::kPlain); }
void BM_DecideVaried(benchmark::State& state) { RunDoorward(state, Kind::kVaried); }

void BM_Decide_Limit(benchmark::State& state) {
  if (!LimitMatcher::Supported()) return state.SkipWithError("the limit needs AVX2 and BMI");
  const Limit& limit = WorldOf(Kind::kPlain, state.range(0)).limit();
  if (!limit.wrong().empty()) return state.SkipWithError(limit.wrong().c_str());
  Run(state, kRequests, [&](size_t i) { return limit.Decide(i); });
}

// Rounds go on where the one before ended, and come by all requests. A batch is long enough that
// what the other left in the caches does not matter.
constexpr size_t kBatch = 50'000;
constexpr size_t kRounds = 201;
static_assert(kRequests % kBatch == 0);

// Nanoseconds of a decision, over the batch of `round`.
template <class DecideAll>
double TimeOfBatch(size_t round, const DecideAll& decide_all) {
  const size_t first = round * kBatch % kRequests;
  return TimeOf(1, [&] { return decide_all(first); }) / kBatch;
}

auto BatchesOf(Doorward& doorward) {
  return [&](size_t round) {
    return TimeOfBatch(round, [&](size_t first) {
      size_t allowed = 0;
      for (size_t i = first; i < first + kBatch; ++i)
        allowed += static_cast<size_t>(doorward.Decide(i));
      return allowed;
    });
  };
}

void BM_Decide_Paired(benchmark::State& state) {
  if (!LimitMatcher::Supported()) return state.SkipWithError("the limit needs AVX2 and BMI");
  World& world = WorldOf(Kind::kPlain, state.range(0));
  const std::string wrong = world.doorward().wrong() + world.limit().wrong();
  if (!wrong.empty()) return state.SkipWithError(wrong.c_str());
  const Comparison found = CompareByTurns(state, BatchesOf(world.doorward()), [&](size_t round) {
    return TimeOfBatch(round,
                       [&](size_t first) { return world.limit().CountAllowed(first, kBatch); });
  });
  state.counters["decide_ns"] = found.first;
  state.counters["limit_ns"] = found.second;
  state.counters["ratio"] = found.ratio;
}

void BM_DecideVaried_Paired(benchmark::State& state) {
  Doorward& plain = WorldOf(Kind::kPlain, state.range(0)).doorward();
  Doorward& varied = WorldOf(Kind::kVaried, state.range(0)).doorward();
  const std::string wrong = plain.wrong() + varied.wrong();
  if (!wrong.empty()) return state.SkipWithError(wrong.c_str());
  const Comparison found = CompareByTurns(state, BatchesOf(varied), BatchesOf(plain));
  state.counters["varied_ns"] = found.first;
  state.counters["plain_ns"] = found.second;
  state.counters["ratio"] = found.ratio;
}

// The way of a matcher made of one automaton for the hosts and paths of all rules.
class RuleSet {
 public:
  explicit RuleSet(const World& world) : world_(world), set_(MakeOptions(), RE2::ANCHOR_BOTH) {
    for (const WorkloadRule& rule : world.workload.rules) {
      set_.Add(PlaceRegex(rule), nullptr);
    }
  }

  bool Compile() { return set_.Compile(); }

  bool Decide(size_t i) {
    const WorkloadRequest& request = world_.workload.requests[i];
    text_.assign(request.host).append(request.path);
    set_.Match(text_, &matched_);
    bool allow = false;
    for (int number : matched_) {
      const WorkloadRule& rule = world_.workload.rules[static_cast<size_t>(number)];
      if (!MeansMethod(rule, request.method)) continue;
      for (uint32_t role : rule.roles) {
        if ((world_.bits[request.principal][role >> 6] >> (role & 63) & 1) == 0) continue;
        if (rule.deny) return false;
        allow = true;
      }
    }
    return allow;
  }

 private:
  static RE2::Options MakeOptions() {
    RE2::Options options;
    options.set_max_mem(int64_t{4} << 30);
    return options;
  }

  const World& world_;
  RE2::Set set_;
  std::vector<int> matched_;
  std::string text_;
};

void RunRe2Set(benchmark::State& state, Kind kind) {
  const World& world = WorldOf(kind, state.range(0));
  static const World* of = nullptr;
  static std::unique_ptr<RuleSet> set;  // made once: it takes minutes where rules are many
  if (of != &world) {
    of = &world;
    set = std::make_unique<RuleSet>(world);
    if (!set->Compile()) return state.SkipWithError("RE2::Set ran out of memory");
  }
  const auto decide = [&](size_t i) { return set->Decide(i); };
  const std::string wrong = FindWrong(world.workload.requests, decide);
  if (!wrong.empty()) return state.SkipWithError(wrong.c_str());
  Run(state, kRequests, decide);
}

void BM_Decide_Re2Set(benchmark::State& state) { RunRe2Set(state, Kind::kPlain); }
void BM_DecideVaried_Re2Set(benchmark::State& state) { RunRe2Set(state, Kind::kVaried); }

void RunRuleRow(benchmark::State& state, Kind kind) {
  const World& world = WorldOf(kind, state.range(0));
  const RuleRow row(world.workload);
  const size_t size = static_cast<size_t>(10'000'000 / state.range(0));
  const std::vector<WorkloadRequest> requests(
      world.workload.requests.begin(),
      world.workload.requests.begin() + static_cast<ptrdiff_t>(size));
  const auto decide = [&](size_t i) {
    return row.Decide(requests[i], world.bits[requests[i].principal]);
  };
  const std::string wrong = FindWrong(requests, decide);
  if (!wrong.empty()) return state.SkipWithError(wrong.c_str());
  Run(state, size, decide);
}

void BM_Decide_RuleRow(benchmark::State& state) { RunRuleRow(state, Kind::kPlain); }
void BM_DecideVaried_RuleRow(benchmark::State& state) { RunRuleRow(state, Kind::kVaried); }

constexpr int64_t kRules[] = {10, 1'000, 10'000, 100'000};

struct Add {
  int64_t rules;
  benchmark::internal::Benchmark* operator()(const char* name,
                                             void (*run)(benchmark::State&)) const {
    return benchmark::RegisterBenchmark(name, run)->Arg(rules);
  }
};

// By number of rules, since workloads of one number are kept. Peers come last: what they take and
// leave of the heap is nothing that others ought to lie among.
void Register(int64_t rules) {
  const Add add{rules};
  add("BM_Decide", BM_Decide);
  add("BM_Decide_Limit", BM_Decide_Limit);
  add("BM_Decide_Paired", BM_Decide_Paired)->UseManualTime()->Iterations(kRounds);
  add("BM_DecideVaried", BM_DecideVaried);
  add("BM_DecideVaried_Paired", BM_DecideVaried_Paired)->UseManualTime()->Iterations(kRounds);
}

void RegisterPeers(int64_t rules) {
  const Add add{rules};
  add("BM_Decide_Re2Set", BM_Decide_Re2Set);
  add("BM_Decide_RuleRow", BM_Decide_RuleRow);
  // With more it has no room, whatever it is given: an automaton has at most 2^24 instructions.
  if (rules <= 10'000) add("BM_DecideVaried_Re2Set", BM_DecideVaried_Re2Set);
  add("BM_DecideVaried_RuleRow", BM_DecideVaried_RuleRow);
}

}  // namespace
}  // namespace doorward::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  for (const int64_t rules : doorward::benchmarks::kRules) doorward::benchmarks::Register(rules);
  for (const int64_t rules : doorward::benchmarks::kRules)
    doorward::benchmarks::RegisterPeers(rules);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
