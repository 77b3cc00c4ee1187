// SPDX-License-Identifier: Apache-2.0
//
// Two threads against one, while a third puts another policy in force every 10 ms: two prebuilt
// policies of 1,000 rules by turns.
//
//   BM_Swap_Decide       callers who are known: Authorize with Credential::KnownCaller. A caller of
//                        the policy that is no longer in force is refused, and the request decided
//                        anew with one of the other's
//   BM_Swap_None_Decide  the same without swaps
//
// An iteration measures one thread and then two. `best` and `median` are the throughput of two over
// that of one; what else runs on the machine can only lower it. `best_of_processors` is the same by
// the time that the threads had a processor, which tells what they cost each other on a machine
// that does other things too. Every answer is compared with the right one while it is timed; the
// policies agree.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "doorward/authorizer.h"

#include "benchmarks/support/callers.h"
#include "benchmarks/support/rounds.h"
#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {
namespace {

using std::chrono::steady_clock;

constexpr uint64_t kSeed = 20261123;
constexpr size_t kRules = 1'000;
constexpr size_t kRequests = 200'000;
constexpr auto kSwapEvery = std::chrono::milliseconds(10);
constexpr auto kMeasured = std::chrono::milliseconds(500);

// A policy and the callers who were made by it.
struct Version {
  std::shared_ptr<const Policy> policy;
  std::vector<Caller> callers;
};

Version MakeVersion(const Workload& workload) {
  Version made{Policy::Load(workload.PolicyJson(), "policy.json").policy, {}};
  made.callers = MakeCallers(*made.policy, workload);
  return made;
}

struct World {
  const Workload workload = MakePlainWorkload(kRules, kRequests, kSeed);
  const std::array<Version, 2> versions{MakeVersion(workload), MakeVersion(workload)};
};

const World& TheWorld() {
  static const World world;
  return world;
}

// What a thread came to.
struct Result {
  uint64_t decisions = 0;
  uint64_t wrong = 0;
  double processor_ns = 0;
};

// Decides one request after the other until told to stop.
class Worker {
 public:
  Worker(const Authorizer& authorizer, size_t start) : authorizer_(authorizer), next_(start) {}

  Result Run(const std::atomic<bool>& stop) {
    Result result;
    const double start = ThreadTime();
    while (!stop.load(std::memory_order_relaxed)) {
      for (int i = 0; i < 64; ++i) {
        const WorkloadRequest& request = TheWorld().workload.requests[next_];
        result.wrong += static_cast<uint64_t>(Decide(request) != request.allowed);
        if (++next_ == kRequests) next_ = 0;
      }
      result.decisions += 64;
    }
    result.processor_ns = ThreadTime() - start;
    return result;
  }

 private:
  bool Decide(const WorkloadRequest& request) {
    for (;;) {
      const Caller& caller = TheWorld().versions[version_].callers[request.principal];
      const Decision decision =
          authorizer_.Authorize({.method = request.method, .target = request.path},
                                Credential::KnownCaller(caller), {}, scratch_);
      if (decision.reason() != Reason::kInternal) return decision.allowed();
      version_ = 1 - version_;  // the other policy came into force
    }
  }

  const Authorizer& authorizer_;
  Scratch scratch_;
  size_t next_;
  size_t version_ = 0;
};

void SwapUntil(const std::atomic<bool>& stop, Authorizer& authorizer) {
  for (size_t version = 1; !stop; version = 1 - version) {
    std::this_thread::sleep_for(kSwapEvery);
    authorizer.SetPolicy(TheWorld().versions[version].policy);
  }
}

struct Throughput {
  double per_second = 0;
  double per_processor_ns = 0;  // summed over the threads
  uint64_t wrong = 0;
};

Throughput Measure(size_t thread_count, bool swaps) {
  Authorizer authorizer(TheWorld().versions[0].policy);
  std::atomic<bool> stop = false;
  std::vector<Result> results(thread_count);
  std::vector<std::thread> threads;
  if (swaps) threads.emplace_back([&] { SwapUntil(stop, authorizer); });
  const auto start = steady_clock::now();
  for (size_t i = 0; i < thread_count; ++i) {
    threads.emplace_back(
        [&, i] { results[i] = Worker(authorizer, i * (kRequests / 2)).Run(stop); });
  }
  std::this_thread::sleep_for(kMeasured);
  stop = true;
  const std::chrono::duration<double> took = steady_clock::now() - start;
  for (std::thread& thread : threads) thread.join();
  Throughput sum;
  for (const Result& result : results) {
    sum.per_second += static_cast<double>(result.decisions) / took.count();
    sum.per_processor_ns += static_cast<double>(result.decisions) / result.processor_ns;
    sum.wrong += result.wrong;
  }
  return sum;
}

void Compare(benchmark::State& state, bool swaps) {
  std::vector<double> ratios, by_processor;
  double best_of_one = 0;
  for (auto _ : state) {
    const Throughput one = Measure(1, swaps), two = Measure(2, swaps);
    if (one.wrong + two.wrong != 0) return state.SkipWithError("wrong answers");
    ratios.push_back(two.per_second / one.per_second);
    by_processor.push_back(two.per_processor_ns / one.per_processor_ns);
    best_of_one = std::max(best_of_one, one.per_second);
    state.SetIterationTime(1 / two.per_second);
  }
  state.counters["best"] = *std::max_element(ratios.begin(), ratios.end());
  state.counters["median"] = Median(ratios);
  state.counters["best_of_processors"] =
      *std::max_element(by_processor.begin(), by_processor.end());
  state.counters["one_per_second"] = best_of_one;
}

void BM_Swap_Decide(benchmark::State& state) { Compare(state, true); }
void BM_Swap_None_Decide(benchmark::State& state) { Compare(state, false); }

constexpr int kRounds = 5;
BENCHMARK(BM_Swap_Decide)->UseManualTime()->Iterations(kRounds);
BENCHMARK(BM_Swap_None_Decide)->UseManualTime()->Iterations(kRounds);

}  // namespace
}  // namespace doorward::benchmarks

BENCHMARK_MAIN();
