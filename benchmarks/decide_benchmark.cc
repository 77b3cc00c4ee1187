// SPDX-License-Identifier: Apache-2.0
//
// What a decision costs for a caller who is ready: normalise, match, roles. Beside it, in the same
// run, the limit, and RE2::Set with a role check (the way of a matcher made of regular
// expressions). Each first answers every request and is compared with the right answers.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <re2/re2.h>
#include <re2/set.h>

#include "doorward/policy.h"

#include "benchmarks/support/limit_matcher.h"
#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {
namespace {

constexpr uint64_t kSeed = 20261123;
constexpr size_t kRequests = 1'000'000;

// Made once for each number of rules, and kept.
const Workload& WorkloadOf(int64_t rules) {
  static std::map<int64_t, std::unique_ptr<Workload>> made;
  std::unique_ptr<Workload>& workload = made[rules];
  if (workload == nullptr) {
    workload =
        std::make_unique<Workload>(MakeWorkload(static_cast<size_t>(rules), kRequests, kSeed));
  }
  return *workload;
}

// Runs `decide(i)` over all requests, time after time, once it was proved right on each.
template <class Decide>
void Run(benchmark::State& state, const Workload& workload, const Decide& decide) {
  for (size_t i = 0; i < workload.requests.size(); ++i) {
    if (decide(i) != workload.requests[i].allowed) {
      state.SkipWithError(("wrong answer for " + workload.requests[i].path).c_str());
      return;
    }
  }
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(i));
    if (++i == workload.requests.size()) i = 0;
  }
}

// A request as a host has it at hand: its octets in a row, so that reaching them is not what is
// measured. The limit gets its own laid out alike.
struct Received {
  char path[128];
  char method[8];
  uint32_t path_size;
  uint32_t method_size;
  const Caller* caller;
};

std::vector<Received> LayOut(const Workload& workload, const std::vector<Caller>& callers) {
  std::vector<Received> out;
  for (const WorkloadRequest& request : workload.requests) {
    Received& made = out.emplace_back();
    made.path_size = static_cast<uint32_t>(request.path.copy(made.path, sizeof made.path));
    made.method_size = static_cast<uint32_t>(request.method.copy(made.method, sizeof made.method));
    made.caller = &callers[request.principal];
  }
  return out;
}

void BM_Decide(benchmark::State& state) {
  const Workload& workload = WorkloadOf(state.range(0));
  const std::shared_ptr<const Policy> policy =
      Policy::Load(workload.PolicyJson(), "policy.json").policy;
  std::vector<Caller> callers;
  for (const std::vector<uint32_t>& roles : workload.principals) {
    std::vector<std::string> names;
    for (uint32_t role : roles) names.push_back(RoleName(role));
    callers.push_back(
        policy->CallerWithRoles(std::vector<std::string_view>(names.begin(), names.end())));
  }
  const std::vector<Received> received = LayOut(workload, callers);
  Scratch scratch;
  Run(state, workload, [&](size_t i) {
    const Received& request = received[i];
    return policy
        ->Decide(*request.caller,
                 {.method = {request.method, request.method_size},
                  .target = {request.path, request.path_size}},
                 {}, scratch)
        .allowed();
  });
}

// The roles of each principal as bits.
std::vector<std::vector<uint64_t>> RoleBits(const Workload& workload) {
  std::vector<std::vector<uint64_t>> bits;
  for (uint32_t i = 0; i < workload.principals.size(); ++i) {
    bits.emplace_back((workload.inherits.size() + 63) / 64, 0);
    for (uint32_t role : workload.RolesOf(i)) bits.back()[role >> 6] |= uint64_t{1} << (role & 63);
  }
  return bits;
}

void BM_Decide_Limit(benchmark::State& state) {
  if (!LimitMatcher::Supported()) return state.SkipWithError("the limit needs AVX2 and BMI2");
  const Workload& workload = WorkloadOf(state.range(0));
  const LimitMatcher limit(workload);
  const std::vector<std::vector<uint64_t>> bits = RoleBits(workload);
  std::vector<LimitMatcher::Prepared> prepared;
  for (const WorkloadRequest& request : workload.requests) {
    prepared.push_back(limit.Prepare(request, bits[request.principal].data()));
  }
  Run(state, workload, [&](size_t i) { return limit.Decide(prepared[i]); });
}

std::string RegexOf(const WorkloadRule& rule) {
  std::string methods, path;
  for (const std::string& method : rule.methods) {
    methods += (methods.empty() ? "" : "|") + method + (method == "GET" ? "|HEAD" : "");
  }
  for (const std::string& segment : rule.path) {
    path += segment == "**"     ? "(?:/.*)?"
            : segment[0] == '{' ? "/[^/]+"
                                : "/" + RE2::QuoteMeta(segment);
  }
  return "(?:" + methods + ") " + path;
}

void BM_Decide_Re2Set(benchmark::State& state) {
  const Workload& workload = WorkloadOf(state.range(0));
  const std::vector<std::vector<uint64_t>> bits = RoleBits(workload);
  RE2::Options options;
  options.set_max_mem(int64_t{4} << 30);
  RE2::Set set(options, RE2::ANCHOR_BOTH);
  for (const WorkloadRule& rule : workload.rules) set.Add(RegexOf(rule), nullptr);
  if (!set.Compile()) return state.SkipWithError("RE2::Set ran out of memory");
  std::vector<int> matched;
  std::string text;
  Run(state, workload, [&](size_t i) {
    const WorkloadRequest& request = workload.requests[i];
    text.assign(request.method).append(" ").append(request.path);
    set.Match(text, &matched);
    bool allow = false;
    for (int number : matched) {
      const WorkloadRule& rule = workload.rules[static_cast<size_t>(number)];
      for (uint32_t role : rule.roles) {
        if ((bits[request.principal][role >> 6] >> (role & 63) & 1) == 0) continue;
        if (rule.deny) return false;
        allow = true;
      }
    }
    return allow;
  });
}

BENCHMARK(BM_Decide_Limit)->Arg(10)->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK(BM_Decide)->Arg(10)->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK(BM_Decide_Re2Set)->Arg(10)->Arg(1'000);

void BM_Load_Json(benchmark::State& state) {
  const std::string text = WorkloadOf(state.range(0)).PolicyJson();
  for (auto _ : state) {
    const LoadOutcome loaded = Policy::Load(text, "policy.json");
    if (loaded.policy == nullptr) return state.SkipWithError("the policy does not load");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}
BENCHMARK(BM_Load_Json)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace doorward::benchmarks

BENCHMARK_MAIN();
