// SPDX-License-Identifier: Apache-2.0
//
// What a decision through the C functions costs above the C++ call: the same policy, six header
// fields, a token seen before, and five values read from the decision. The two are timed in turns,
// in short batches, so that what disturbs the machine disturbs both; the median of the differences
// counts.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <doorward.h>

#include "doorward/authorizer.h"

namespace doorward::benchmarks {
namespace {

constexpr int kBatch = 2'000;
constexpr int64_t kNow = 1'750'000'000;
constexpr const char kIssuer[] = "https://login.example.com/";

std::string ReadExample(const std::string& name) {
  std::ifstream file(DOORWARD_SOURCE_DIR "/examples/embed/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string PolicyText() {
  return ReadExample("policy.yaml") +
         "forward:\n  headers: {X-User-ID: subject, X-User-Issuer: issuer}\n";
}

std::string Authorization() {
  std::string text = "Bearer " + ReadExample("token.txt");
  return text.erase(text.find_last_not_of('\n') + 1);
}

constexpr std::string_view kFields[5][2] = {
    {"Host", "api.example.com"},
    {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"},
    {"Accept", "application/json"},
    {"Accept-Encoding", "gzip, deflate, br"},
    {"X-Request-ID", "7d444840-9dc0-11d1-b245-5ffdce74fad2"}};

// Both hosts answer with a sum of what they read, which must be the same.

class CppHost {
 public:
  CppHost() : authorizer_(Policy::Load(PolicyText(), "p.yaml").policy) {
    (void)authorizer_.SetKeys(kIssuer, ReadExample("jwks.json"));
    for (const auto& [name, value] : kFields) headers_.push_back({name, value});
    headers_.push_back({"Authorization", authorization_});
  }

  size_t Ask() {
    const Decision d = authorizer_.Authorize(
        {.method = "GET", .host = "api.example.com", .target = "/orders/17", .headers = headers_},
        Timestamp::FromUnixSeconds(kNow), scratch_);
    return size_t{d.allowed()} + static_cast<size_t>(d.http_status()) + d.path().size() +
           d.headers_to_remove().size() + d.headers_to_set().size();
  }

 private:
  const std::string authorization_ = Authorization();
  std::vector<Header> headers_;
  Authorizer authorizer_;
  Scratch scratch_;
};

doorward_string View(std::string_view s) { return {s.data(), s.size()}; }

class CHost {
 public:
  CHost() {
    doorward_policy* const policy =
        doorward_policy_load(View(PolicyText()), View("p.yaml"), 0, nullptr, nullptr);
    authorizer_ = doorward_authorizer_new(policy, nullptr, nullptr);
    doorward_policy_free(policy);
    if (doorward_authorizer_set_keys(authorizer_, View(kIssuer), View(ReadExample("jwks.json")), 0,
                                     nullptr, nullptr) != DOORWARD_OK) {
      std::abort();
    }
    for (const auto& [name, value] : kFields) headers_.push_back({View(name), View(value)});
    headers_.push_back({View("Authorization"), View(authorization_)});
  }
  ~CHost() {
    doorward_scratch_free(scratch_);
    doorward_authorizer_free(authorizer_);
  }
  CHost(const CHost&) = delete;
  CHost& operator=(const CHost&) = delete;

  size_t Ask() {
    const doorward_request request = {.struct_size = sizeof request,
                                      .method = View("GET"),
                                      .host = View("api.example.com"),
                                      .target = View("/orders/17"),
                                      .headers = headers_.data(),
                                      .header_count = headers_.size(),
                                      .source_ip = {},
                                      .flags = 0,
                                      .reserved = 0};
    const doorward_decision* const d =
        doorward_authorize(authorizer_, &request, nullptr, {kNow, 0}, scratch_);
    return size_t{doorward_decision_allowed(d)} +
           static_cast<size_t>(doorward_decision_http_status(d)) + doorward_decision_path(d).size +
           doorward_decision_headers_to_remove(d).count + doorward_decision_headers_to_set(d).count;
  }

 private:
  const std::string authorization_ = Authorization();
  std::vector<doorward_header> headers_;
  doorward_authorizer* authorizer_ = nullptr;
  doorward_scratch* scratch_ = doorward_scratch_new(nullptr);
};

// Nanoseconds for one call of `host.Ask()`.
template <class Host>
double TimeBatch(Host& host) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kBatch; ++i) benchmark::DoNotOptimize(host.Ask());
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / kBatch;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void BM_Authorize_COverCpp(benchmark::State& state) {
  CppHost cpp;
  CHost c;
  if (cpp.Ask() != c.Ask() || cpp.Ask() < 200 || cpp.Ask() >= 300) {
    state.SkipWithError("the two do not agree, or do not allow the request");
    return;
  }
  std::vector<double> through_cpp, through_c, differences;
  for (auto _ : state) {
    through_cpp.push_back(TimeBatch(cpp));
    through_c.push_back(TimeBatch(c));
    differences.push_back(through_c.back() - through_cpp.back());
    state.SetIterationTime(through_c.back() * 1e-9);
  }
  state.counters["cpp_ns"] = Median(through_cpp);
  state.counters["c_ns"] = Median(through_c);
  state.counters["overhead_ns"] = Median(differences);
}
BENCHMARK(BM_Authorize_COverCpp)->UseManualTime()->Iterations(2'000);

}  // namespace
}  // namespace doorward::benchmarks

BENCHMARK_MAIN();
