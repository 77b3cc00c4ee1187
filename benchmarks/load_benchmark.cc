// SPDX-License-Identifier: Apache-2.0
//
// What loading a policy costs, from its text to what decides: the plain workload's rules.
//
//   BM_Load_Json/N, BM_Load_Yaml/N   time; what the policy then holds of the heap for each rule, in
//                                    octets: `deciding_bytes/rule`, and apart from it
//                                    `explaining_bytes/rule`, for identifiers, endpoints as they
//                                    are spelled, and places
//
// A policy that was loaded is first compared with its text: rules, roles, and that it decides.

#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "doorward/policy.h"

#include "benchmarks/support/callers.h"
#include "benchmarks/support/workload.h"
#include "src/policy/program.h"

namespace doorward::benchmarks {
namespace {

constexpr uint64_t kSeed = 20261123;
constexpr size_t kRequests = 1'000;

// Octets of the heap in use.
size_t HeapInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// Octets that the rules hold for explaining: names, texts and places, and the views of them.
size_t BytesForExplaining(const CompiledRules& rules) {
  size_t bytes = 0;
  for (size_t i = 0; i < rules.size(); ++i) {
    const CompiledRule& rule = rules[i];
    bytes += sizeof rule.id + rule.id.size() + sizeof rule.line;
    for (const CompiledEndpoint& endpoint : rule.endpoints) {
      bytes += sizeof endpoint.host + endpoint.host.size();
      bytes += sizeof endpoint.text + endpoint.text.size();
    }
  }
  return bytes;
}

bool IsRight(const Policy& policy, const Workload& workload) {
  if (policy.rule_count() != workload.rules.size()) return false;
  if (policy.role_count() != workload.inherits.size()) return false;
  const std::vector<Caller> callers = MakeCallers(policy, workload);
  Scratch scratch;
  for (const WorkloadRequest& request : workload.requests) {
    const Decision decision =
        policy.Decide(callers[request.principal],
                      {.method = request.method, .target = request.path}, {}, scratch);
    if (decision.allowed() != request.allowed) return false;
  }
  return true;
}

void Load(benchmark::State& state, const std::string& text, const std::string& name,
          const Workload& workload) {
  const auto rules = static_cast<double>(state.range(0));
  {
    const size_t before = HeapInUse();
    const std::shared_ptr<const Policy> policy = Policy::Load(text, name).policy;
    const size_t bytes = HeapInUse() - before;
    if (policy == nullptr || !IsRight(*policy, workload)) {
      return state.SkipWithError("the policy is not what its text says");
    }
    const size_t explaining = BytesForExplaining(policy->program().rules);
    state.counters["deciding_bytes/rule"] = static_cast<double>(bytes - explaining) / rules;
    state.counters["explaining_bytes/rule"] = static_cast<double>(explaining) / rules;
  }
  for (auto _ : state) {
    const LoadOutcome loaded = Policy::Load(text, name);
    benchmark::DoNotOptimize(loaded.policy.get());
  }
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
