// SPDX-License-Identifier: Apache-2.0
//
// What authorizing a request costs, whole: six header fields with a token of 1 KB in, decision and
// headers for the upstream out, under a policy of 1,000 rules. 1,000,000 distinct requests come
// with 1,600 tokens. Every answer is first compared with the right one.
//
//   Receive    the floor: the token's octets come into a buffer, as they do in every host
//   Hit        the token was seen before: the cache of verified tokens has it
//   OneToken   the same, and all requests come with one token
//   Churn      the cache holds far fewer tokens than there are: verified, and most of them kept
//   Off        no cache: verified each time. What Churn costs above this is the cache's
//
// HS256, since its verification is so cheap that it hides nothing.

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "doorward/authorizer.h"

#include "benchmarks/support/workload.h"
#include "tests/support/allocation_counter.h"
#include "tools/signing/signing.h"

namespace doorward::benchmarks {
namespace {

constexpr uint64_t kSeed = 20261123;
constexpr size_t kRules = 1'000;
constexpr size_t kRequests = 1'000'000;
constexpr size_t kTokensEach = 8;  // of each caller of the workload
constexpr Timestamp kNow = Timestamp::FromUnixSeconds(1'750'000'000);
constexpr std::string_view kIssuer = "https://login.example.com/";

constexpr std::string_view kPolicyHead =
    R"({"doorward":1,"issuers":[{"issuer":"https://login.example.com/",)"
    R"("audiences":["https://api.example.com"],"algorithms":["HS256"],"keys":{"discovery":true}}],)"
    R"("forward":{"headers":{"X-User-ID":"subject","X-User-Issuer":"issuer",)"
    R"("X-Tenant":"claims.tenant"}},)";

// 21 claims, padded to a token of 1 KB.
std::string ClaimsOf(const std::vector<uint32_t>& roles, size_t number) {
  std::string names;
  for (uint32_t role : roles) names += (names.empty() ? "\"" : ",\"") + RoleName(role) + "\"";
  std::string claims =
      R"({"iss":"https://login.example.com/","sub":"auth0|)" + std::to_string(number) +
      R"(","aud":["https://api.example.com","https://login.example.com/userinfo"],)"
      R"("azp":"my_client_id","exp":1750003600,"iat":1749999900,"nbf":1749999900,)"
      R"("jti":"8f14e45f-ceea-467f-a1d8-91d3f1d7b2c4","sid":"08a5019c-17e1-4977-8f42-65a12843ea02",)"
      R"("scope":"openid profile email orders.read orders.write","client_id":"my_client_id",)"
      R"("email":"ann@example.com","email_verified":true,"name":"Ann Example",)"
      R"("given_name":"Ann","family_name":"Example","locale":"en-GB","acr":"1","tenant":"t-17",)"
      R"("roles":[)" +
      names + R"(],"amr":")";
  constexpr size_t kSize = 715;
  claims.append(claims.size() < kSize ? kSize - claims.size() : 1, 'x');
  return claims + "\"}";
}

// A request as a host has it at hand, its octets in a row.
struct Received {
  char path[128];
  char method[8];
  uint32_t path_size;
  uint32_t method_size;
  uint32_t token;
  bool allowed;

  std::string_view Path() const { return {path, path_size}; }
  std::string_view Method() const { return {method, method_size}; }
};

struct World {
  std::shared_ptr<const Policy> policy;
  std::string jwks;
  std::vector<std::string> authorizations;  // one for each token
  std::vector<Received> requests;
};

// A connection of a host: what it received last lies in its buffer.
class Connection {
 public:
  // What every host does before it can ask: has the request's octets in memory that is at hand.
  // The floor of this benchmark.
  Request Receive(const World& world, const Received& received) {
    const std::string& authorization = world.authorizations[received.token];
    authorization.copy(buffer_, sizeof buffer_);
    headers_[4].value = {buffer_, authorization.size()};
    return {.method = received.Method(),
            .host = "api.example.com",
            .target = received.Path(),
            .headers = headers_};
  }

 private:
  char buffer_[2048];
  std::array<Header, 6> headers_ = {
      Header{"Host", "api.example.com"},
      {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"},
      {"Accept", "application/json"},
      {"Accept-Encoding", "gzip, deflate, br"},
      {"Authorization", {}},
      {"X-Request-ID", "7d444840-9dc0-11d1-b245-5ffdce74fad2"}};
};

World MakeWorld() {
  const Workload workload = MakePlainWorkload(kRules, kRequests, kSeed);
  const SigningKey key = SigningKey::Generate(Algorithm::kHS256, "key-2026-01").value();
  World world;
  std::string policy = workload.PolicyJson();
  policy.replace(0, std::string_view(R"({"doorward":1,)").size(), kPolicyHead);
  world.policy = Policy::Load(policy, "policy.json").policy;
  world.jwks = "{\"keys\":[" + key.PublicJwk() + "]}";
  for (size_t i = 0; i < workload.principals.size() * kTokensEach; ++i) {
    world.authorizations.push_back(
        "Bearer " +
        key.SignJws(R"({"typ":"at+jwt"})", ClaimsOf(workload.principals[i / kTokensEach], i))
            .value());
  }
  for (const WorkloadRequest& request : workload.requests) {
    Received& made = world.requests.emplace_back();
    made.path_size = static_cast<uint32_t>(request.path.copy(made.path, sizeof made.path));
    made.method_size = static_cast<uint32_t>(request.method.copy(made.method, sizeof made.method));
    made.token = static_cast<uint32_t>(request.principal * kTokensEach +
                                       world.requests.size() % kTokensEach);
    made.allowed = request.allowed;
  }
  return world;
}

const World& TheWorld() {
  static const World world = MakeWorld();
  return world;
}

// The requests of one token.
const std::vector<Received>& RequestsOfOne() {
  static const std::vector<Received> requests = [] {
    std::vector<Received> out;
    for (const Received& received : TheWorld().requests) {
      if (received.token == TheWorld().requests[0].token) out.push_back(received);
    }
    return out;
  }();
  return requests;
}

// Whether the decision is right, and carries what the upstream is told.
bool IsRight(const Decision& decision, const Received& received) {
  if (decision.allowed() != received.allowed) return false;
  return !received.allowed || decision.headers_to_set().size() == 3;
}

// Made anew before each run, and shared by its threads.
std::unique_ptr<Authorizer> authorizer;
bool is_right = false;

template <const TokenCacheOptions& kCache>
void Prepare(const benchmark::State&) {
  const World& world = TheWorld();
  authorizer = std::make_unique<Authorizer>(world.policy, AuthorizerOptions{.token_cache = kCache});
  (void)authorizer->SetKeys(kIssuer, world.jwks, KeyOrigin::kLocal);
  Connection connection;
  Scratch scratch;
  is_right = std::all_of(world.requests.begin(), world.requests.end(), [&](const Received& one) {
    return IsRight(authorizer->Authorize(connection.Receive(world, one), kNow, scratch), one);
  });
}

// Runs `each(request)` for one request after the other. Threads go through the same ones, far from
// each other.
template <class Each>
void ForRequests(benchmark::State& state, const std::vector<Received>& requests, const Each& each) {
  Connection connection;
  size_t i = requests.size() / static_cast<size_t>(state.threads()) *
             static_cast<size_t>(state.thread_index());
  for (auto _ : state) {
    each(connection.Receive(TheWorld(), requests[i]));
    if (++i == requests.size()) i = 0;
  }
}

void Receive(benchmark::State& state, const std::vector<Received>& requests) {
  ForRequests(state, requests, [](const Request& request) { benchmark::DoNotOptimize(&request); });
}

void Authorize(benchmark::State& state, const std::vector<Received>& requests) {
  if (!is_right) return state.SkipWithError("wrong answers");
  Connection connection;
  Scratch scratch;
  for (size_t i = 0; i < 5'000; ++i) {
    benchmark::DoNotOptimize(authorizer->Authorize(
        connection.Receive(TheWorld(), requests[i % requests.size()]), kNow, scratch));
  }
  uint64_t allocations = 0;
  ForRequests(state, requests, [&](const Request& request) {
    const uint64_t before = AllocationsOnThisThread();
    const Decision decision = authorizer->Authorize(request, kNow, scratch);
    benchmark::DoNotOptimize(decision.headers_to_set().data());
    allocations += AllocationsOnThisThread() - before;
  });
  state.counters["allocations"] = static_cast<double>(allocations);
  const TokenCacheStats stats = authorizer->token_cache_stats();
  const auto hits = static_cast<double>(stats.hits), misses = static_cast<double>(stats.misses);
  if (state.thread_index() == 0 && hits > 0) state.counters["hit%"] = 100 * hits / (hits + misses);
}

constexpr TokenCacheOptions kDefault;
constexpr TokenCacheOptions kSmall{.max_entries = 64};
constexpr TokenCacheOptions kOff{.max_entries = 0};

void BM_Receive(benchmark::State& state) { Receive(state, TheWorld().requests); }
void BM_Authorize_Hit(benchmark::State& state) { Authorize(state, TheWorld().requests); }
void BM_Authorize_Churn(benchmark::State& state) { Authorize(state, TheWorld().requests); }
void BM_Authorize_Off(benchmark::State& state) { Authorize(state, TheWorld().requests); }
void BM_Receive_OneToken(benchmark::State& state) { Receive(state, RequestsOfOne()); }
void BM_Authorize_OneToken(benchmark::State& state) { Authorize(state, RequestsOfOne()); }

BENCHMARK(BM_Receive)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(BM_Authorize_Hit)->Setup(Prepare<kDefault>)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(BM_Receive_OneToken)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(BM_Authorize_OneToken)->Setup(Prepare<kDefault>)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(BM_Authorize_Churn)->Setup(Prepare<kSmall>)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(BM_Authorize_Off)->Setup(Prepare<kOff>)->ThreadRange(1, 2)->UseRealTime();

}  // namespace
}  // namespace doorward::benchmarks

BENCHMARK_MAIN();
