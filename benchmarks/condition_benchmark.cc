// SPDX-License-Identifier: Apache-2.0
//
// What the condition of a rule adds to a decision.
//
//   BM_Condition_X   rounds by turns of two policies of 100 rules that differ in one condition,
//   that
//                    of the rule which allows. `extra_ns` is the median of the differences,
//                    `plain_ns` the decision without it
//
// Requests differ, and the condition is true for some of them alone where it looks at the request.
// Each answer is first compared with the right one.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "doorward/policy.h"

#include "benchmarks/support/rounds.h"
#include "tests/support/allocation_counter.h"

namespace doorward::benchmarks {
namespace {

constexpr size_t kRequests = 10'000;
constexpr Timestamp kNow = Timestamp::FromUnixSeconds(1'750'000'000);

constexpr std::string_view kClaims =
    R"({"iss":"https://login.example.com/","sub":"user-17","aud":["https://api.example.com"],)"
    R"("azp":"my_client_id","exp":4102444800,"iat":1749999900,"nbf":1749999900,)"
    R"("jti":"8f14e45f-ceea-467f-a1d8-91d3f1d7b2c4","scope":"openid profile email orders.read",)"
    R"("client_id":"my_client_id","email":"ann@ops.example.com","email_verified":true,)"
    R"("name":"Ann Example","locale":"en-GB","acr":"1","auth_time":1749999000,"level":3,)"
    R"("tenant":"t-17","roles":["member"],"groups":["viewers","editors","team-orders",)"
    R"("team-billing","region-eu","on-call","beta-testers","staff"]})";

struct Case {
  const char* name;
  const char* when;
  bool (*allowed)(size_t request);
};

bool Always(size_t /*request*/) { return true; }
bool IsOwn(size_t request) { return request % 2 == 0; }

constexpr Case kCases[] = {
    {"ThreeComparisons",
     "claims.tenant == 't-17' && claims.level >= 3 && claims.email_verified == true", Always},
    {"OneComparison", "claims.tenant == 't-17'", Always},
    {"ComparisonWithCapture", "params.user == subject", IsOwn},
    {"InList", "claims.tenant in ['t-3', 't-9', 't-17']", Always},
    {"InClaim", "'staff' in claims.groups", Always},
    {"Exists", "claims.groups.exists(g, g.startsWith('team-b'))", Always},
    {"StartsWith", "claims.email.startsWith('ann@')", Always},
    {"Matches", "claims.email.matches('^[a-z]+@ops[.]example[.]com$')", Always},
    {"Header", "request.headers['x-region'] == 'eu'", Always},
    {"Time", "request.time < timestamp('2026-12-31T00:00:00Z')", Always},
    {"Network", "cidr('10.0.0.0/8').containsIP(source.ip)", Always},
};

std::string PolicyText(const char* when) {
  std::string out = R"({"doorward":1,"issuers":[{"issuer":"https://login.example.com/",)"
                    R"("audiences":["https://api.example.com"],"keys":{"discovery":true}}],)"
                    R"("roles":{"member":{},"admin":{}},"rules":[{"id":"own","allow":["member"],)"
                    R"("endpoints":["GET /users/{user}/orders/{order}"])" +
                    (when == nullptr ? "" : R"(,"when":")" + std::string(when) + "\"") + "}";
  for (int i = 0; i < 99; ++i) {
    const std::string number = std::to_string(i);
    out += R"(,{"id":"rule-)" + number + R"(","allow":["admin"],"endpoints":["GET /resource-)" +
           number + R"(/{id}","GET /users/{user}/things-)" + number + "\"]}";
  }
  return out + "]}";
}

// One of the policies, and the requests.
class Subject {
 public:
  explicit Subject(const char* when)
      : policy_(Policy::Load(PolicyText(when), "policy.json").policy),
        caller_(*policy_->CallerWithClaims(kClaims, std::nullopt, nullptr)) {
    for (size_t i = 0; i < kRequests; ++i) {
      targets_.push_back("/users/user-" + std::string(i % 2 == 0 ? "17" : "18") + "/orders/" +
                         std::to_string(i));
    }
  }

  bool Decide(size_t i) {
    static constexpr Header kHeaders[] = {{"Accept", "application/json"}, {"X-Region", "eu"}};
    return policy_
        ->Decide(
            caller_,
            {.method = "GET", .target = targets_[i], .headers = kHeaders, .source_ip = "10.1.2.3"},
            kNow, scratch_)
        .allowed();
  }

  bool IsRight(bool (*allowed)(size_t)) {
    for (size_t i = 0; i < kRequests; ++i) {
      if (Decide(i) != allowed(i)) return false;
    }
    return true;
  }

  uint64_t CountAllocations() {
    const uint64_t before = AllocationsOnThisThread();
    for (size_t i = 0; i < kRequests; ++i) benchmark::DoNotOptimize(Decide(i));
    return AllocationsOnThisThread() - before;
  }

  // Nanoseconds of a decision.
  double Time() {
    return TimeOf(1,
                  [&] {
                    size_t allowed = 0;
                    for (size_t i = 0; i < kRequests; ++i)
                      allowed += static_cast<size_t>(Decide(i));
                    return allowed;
                  }) /
           kRequests;
  }

 private:
  std::shared_ptr<const Policy> policy_;
  Caller caller_;
  std::vector<std::string> targets_;
  Scratch scratch_;
};

void Compare(benchmark::State& state, const Case& one) {
  Subject with(one.when), without(nullptr);
  if (!with.IsRight(one.allowed) || !without.IsRight(Always)) {
    return state.SkipWithError("wrong answers");
  }
  state.counters["allocs/op"] = static_cast<double>(with.CountAllocations()) / kRequests;
  const Comparison found = CompareByTurns(
      state, [&](size_t /*round*/) { return with.Time(); },
      [&](size_t /*round*/) { return without.Time(); });
  state.counters["extra_ns"] = found.difference;
  state.counters["plain_ns"] = found.second;
}

}  // namespace
}  // namespace doorward::benchmarks

int main(int argc, char** argv) {
  using namespace doorward::benchmarks;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  constexpr int kRounds = 201;
  for (const Case& one : kCases) {
    benchmark::RegisterBenchmark((std::string("BM_Condition_") + one.name).c_str(), Compare, one)
        ->UseManualTime()
        ->Iterations(kRounds);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
