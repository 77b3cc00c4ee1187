// SPDX-License-Identifier: Apache-2.0
//
// What verifying an access token costs. For each algorithm, in the same run:
//
//   BM_Verify_X           whole: size and framing, base64url, strict JSON of header and payload,
//                         choice of the key, signature, all claim rules, subject read, groups
//                         walked
//   BM_Verify_X_Floor     digest and signature on a ready context, of the same token
//   BM_Verify_X_Naive     digest and signature, contexts made for each token
//   BM_Verify_X_Paired    rounds of whole and floor by turns; `own_ns` is the median of whole minus
//                         floor, round by round, which is what the library itself costs
//   BM_Verify_X_Prepared  whole, where keys can be prepared for something faster than OpenSSL's
//   BM_Verify_X_<peer>    another library
//
// Each is first proved right on a good and a bad token. `allocs/op` are the library's own, of peers
// all; `openssl_allocs/op` are OpenSSL's.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "doorward/verifier.h"

#include "benchmarks/peers/peer.h"
#include "benchmarks/support/access_token.h"
#include "benchmarks/support/heap_count.h"
#include "benchmarks/support/rounds.h"
#include "benchmarks/support/signature_floor.h"

namespace doorward::benchmarks {
namespace {

constexpr Timestamp kNow = Timestamp::FromUnixSeconds(kIssuedAt + 100);
constexpr std::string_view kType = "at+jwt";      // RFC 9068
constexpr std::string_view kTypeOfPeers = "JWT";  // some refuse all others
constexpr Algorithm kMeasured[] = {Algorithm::kRS256, Algorithm::kPS256, Algorithm::kES256,
                                   Algorithm::kES384, Algorithm::kEdDSA, Algorithm::kHS256};

// Keys prepared for all that this build has, or not.
enum class Keys { kPlain, kPrepared };

// Shared by all threads.
struct Subject {
  explicit Subject(Algorithm algorithm, Keys keys)
      : token(MakeAccessToken(algorithm, kType)),
        set(KeySet::Parse("{\"keys\":[" + token.jwk + "]}", {.origin = KeyOrigin::kLocal}).keys),
        verifier(set, {.issuer = std::string(kIssuer),
                       .audiences = {std::string(kAudience)},
                       .algorithms = {algorithm},
                       .token_type = std::string(kType)}) {
    if (keys == Keys::kPrepared) set->Prepare(AvailableAcceleration());
  }

  // Octets of subject and groups; 0 for a token that is refused.
  size_t Verify(std::string_view text, Scratch& scratch) const {
    const VerifyOutcome outcome = verifier.Verify(text, kNow, scratch);
    if (!outcome.verified()) return 0;
    size_t octets = outcome.token().subject().size();
    for (const JsonView group : outcome.token().claims().Find("groups").elements()) {
      octets += group.string_or("").size();
    }
    return octets;
  }

  bool IsRight(Scratch& scratch) const {
    for (int i = 0; i < 2; ++i) {  // also after a refusal
      if (Verify(token.text, scratch) != kOctetsRead) return false;
      const Reason reason = verifier.Verify(token.tampered, kNow, scratch).reason();
      if (reason != Reason::kTokenSignature) return false;
    }
    return true;
  }

  AccessToken token;
  std::shared_ptr<const KeySet> set;
  Verifier verifier;
};

// Made once for each algorithm, and kept.
const Subject& SubjectOf(Algorithm algorithm, Keys keys) {
  static std::mutex mutex;
  static std::map<std::pair<Algorithm, Keys>, std::unique_ptr<const Subject>> made;
  const std::lock_guard lock(mutex);
  auto& subject = made[{algorithm, keys}];
  if (subject == nullptr) subject = std::make_unique<const Subject>(algorithm, keys);
  return *subject;
}

bool IsRight(SignatureCheck& check, const AccessToken& token) {
  std::string other(token.signing_input());
  other.back() = static_cast<char>(other.back() ^ 1);
  return check.Verify(token.signing_input()) && !check.Verify(other) &&
         check.Verify(token.signing_input());
}

// Runs `step` for as long as `state` wants, and counts its allocations in a few more runs.
template <class Step>
void Measure(benchmark::State& state, const Step& step) {
  constexpr int kCounted = 16;
  const HeapCount before = HeapCountOfThread();
  for (int i = 0; i < kCounted; ++i) benchmark::DoNotOptimize(step());
  const HeapCount after = HeapCountOfThread();
  for (auto _ : state) benchmark::DoNotOptimize(step());
  const auto report = [&](const char* name, uint64_t count) {
    state.counters[name] =
        benchmark::Counter(static_cast<double>(count) / kCounted, benchmark::Counter::kAvgThreads);
  };
  report("allocs/op", after.others - before.others);
  report("openssl_allocs/op", after.openssl - before.openssl);
  state.SetItemsProcessed(state.iterations());
}

void Whole(benchmark::State& state, Algorithm algorithm, Keys keys) {
  const Subject& subject = SubjectOf(algorithm, keys);
  Scratch scratch;
  if (!subject.IsRight(scratch)) return state.SkipWithError("verifies wrongly");
  Measure(state, [&] { return subject.Verify(subject.token.text, scratch); });
}

void Signature(benchmark::State& state, Algorithm algorithm,
               const std::function<std::unique_ptr<SignatureCheck>(const AccessToken&)>& make) {
  const AccessToken& token = SubjectOf(algorithm, Keys::kPlain).token;
  const std::unique_ptr<SignatureCheck> check = make(token);
  if (!IsRight(*check, token)) return state.SkipWithError("verifies wrongly");
  Measure(state, [&] { return check->Verify(token.signing_input()); });
}

void OfPeer(benchmark::State& state, Algorithm algorithm, const PeerKind& kind) {
  const AccessToken token = MakeAccessToken(algorithm, kTypeOfPeers);
  const std::unique_ptr<Peer> peer = kind.make(token);
  if (peer->Verify(token.text) != kOctetsRead || peer->Verify(token.tampered) != 0) {
    return state.SkipWithError("verifies wrongly");
  }
  Measure(state, [&] { return peer->Verify(token.text); });
}

// One iteration is a round: a batch of each, in turns first.
void Paired(benchmark::State& state, Algorithm algorithm) {
  const Subject& subject = SubjectOf(algorithm, Keys::kPlain);
  const std::unique_ptr<SignatureCheck> floor = MakeFloor(subject.token);
  Scratch scratch;
  if (!subject.IsRight(scratch) || !IsRight(*floor, subject.token)) {
    return state.SkipWithError("verifies wrongly");
  }
  const auto whole_step = [&] { return subject.Verify(subject.token.text, scratch); };
  const auto floor_step = [&] { return floor->Verify(subject.token.signing_input()); };
  constexpr double kBatchNs = 200'000;
  const auto batch = std::max<size_t>(2, static_cast<size_t>(kBatchNs / TimeOf(10, whole_step)));
  const Comparison found = CompareByTurns(
      state, [&](size_t /*round*/) { return TimeOf(batch, whole_step); },
      [&](size_t /*round*/) { return TimeOf(batch, floor_step); });
  state.counters["whole_ns"] = found.first;
  state.counters["floor_ns"] = found.second;
  state.counters["own_ns"] = found.difference;
}

void Register(Algorithm algorithm) {
  const std::string name = "BM_Verify_" + std::string(AlgorithmName(algorithm));
  constexpr int kRounds = 1001;
  benchmark::RegisterBenchmark(name.c_str(), Whole, algorithm, Keys::kPlain)
      ->ThreadRange(1, 2)
      ->UseRealTime();
  benchmark::RegisterBenchmark((name + "_Floor").c_str(), Signature, algorithm, MakeFloor);
  benchmark::RegisterBenchmark((name + "_Naive").c_str(), Signature, algorithm, MakeNaive);
  benchmark::RegisterBenchmark((name + "_Paired").c_str(), Paired, algorithm)
      ->UseManualTime()
      ->Iterations(kRounds);
  const Acceleration has = AvailableAcceleration();
  if ((algorithm == Algorithm::kES256 && has.es256_tables) ||
      (algorithm == Algorithm::kEdDSA && (has.ed25519_tables || has.ed25519_libsodium))) {
    benchmark::RegisterBenchmark((name + "_Prepared").c_str(), Whole, algorithm, Keys::kPrepared);
  }
  for (const PeerKind& peer : Peers()) {
    if (peer.make(MakeAccessToken(algorithm, kTypeOfPeers)) == nullptr) continue;
    benchmark::RegisterBenchmark((name + "_" + peer.name).c_str(), OfPeer, algorithm, peer);
  }
}

void RegisterHmacPatterns() {
  const std::pair<const char*, HmacPattern> patterns[] = {
      {"StructCopy", HmacPattern::kStructCopy},
      {"ContextCopy", HmacPattern::kContextCopy},
      {"MacReinitialise", HmacPattern::kMacReinitialise}};
  for (const auto& [name, pattern] : patterns) {
    benchmark::RegisterBenchmark(
        (std::string("BM_Hmac_") + name).c_str(), Signature, Algorithm::kHS256,
        [made = pattern](const AccessToken& token) { return MakeHmac(token, made); });
  }
}

}  // namespace
}  // namespace doorward::benchmarks

int main(int argc, char** argv) {
  using namespace doorward::benchmarks;
  if (!IsOpenSslCounted()) {
    std::fputs("OpenSSL was in use before its allocations could be counted\n", stderr);
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  for (const doorward::Algorithm algorithm : kMeasured) Register(algorithm);
  RegisterHmacPatterns();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
