// SPDX-License-Identifier: Apache-2.0
//
// What loading a policy costs, from its text to what decides: the plain workload's rules.
//
//   BM_Load_Json/N, BM_Load_Yaml/N    time; `bytes/rule` is what the loaded policy holds of the
//                                     heap, names, texts and places for explaining included
//
// A policy that was loaded is first compared with its text: rules, roles, and that it decides.

#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "doorward/policy.h"

#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {
namespace {

constexpr uint64_t kSeed = 20261123;
constexpr size_t kRequests = 1'000;

// Octets of the heap in use.
size_t HeapInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

bool IsRight(const Policy& policy, const Workload& workload) {
  if (policy.rule_count() != workload.rules.size()) return false;
  if (policy.role_count() != workload.inherits.size()) return false;
  Scratch scratch;
  for (const WorkloadRequest& request : workload.requests) {
    std::vector<std::string> names;
    for (uint32_t role : workload.principals[request.principal]) names.push_back(RoleName(role));
    const Caller caller =
        policy.CallerWithRoles(std::vector<std::string_view>(names.begin(), names.end()));
    const Decision decision =
        policy.Decide(caller, {.method = request.method, .target = request.path}, {}, scratch);
    if (decision.allowed() != request.allowed) return false;
  }
  return true;
}

void Load(benchmark::State& state, const std::string& text, const std::string& name,
          const Workload& workload) {
  double bytes = 0;
  {
    const size_t before = HeapInUse();
    const LoadOutcome loaded = Policy::Load(text, name);
    bytes = static_cast<double>(HeapInUse() - before);
    if (loaded.policy == nullptr || !IsRight(*loaded.policy, workload)) {
      return state.SkipWithError("the policy is not what its text says");
    }
  }
  for (auto _ : state) {
    const LoadOutcome loaded = Policy::Load(text, name);
    benchmark::DoNotOptimize(loaded.policy.get());
  }
  state.counters["bytes/rule"] = bytes / static_cast<double>(state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

void BM_Load_Json(benchmark::State& state) {
  const Workload workload =
      MakePlainWorkload(static_cast<size_t>(state.range(0)), kRequests, kSeed);
  Load(state, workload.PolicyJson(), "policy.json", workload);
}

void BM_Load_Yaml(benchmark::State& state) {
  const Workload workload =
      MakePlainWorkload(static_cast<size_t>(state.range(0)), kRequests, kSeed);
  Load(state, workload.PolicyYaml(), "policy.yaml", workload);
}

BENCHMARK(BM_Load_Json)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Load_Yaml)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace doorward::benchmarks

BENCHMARK_MAIN();
