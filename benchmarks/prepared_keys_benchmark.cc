// SPDX-License-Identifier: Apache-2.0
//
// What prepared keys save: an access token verified whole with them, against OpenSSL's floor for
// its algorithm (digest and signature on a ready context, nothing else), and what preparing costs.
//
// Verifying is measured in pairs, a round of one right after a round of the other, so that a
// machine that slows down slows both: `ratio` is the median of the rounds' ratios. At most 0.45
// is wanted of ES256, 0.6 of EdDSA.

#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "doorward/key_set.h"
#include "doorward/verifier.h"

#include "benchmarks/support/access_token.h"
#include "benchmarks/support/rounds.h"
#include "benchmarks/support/signature_floor.h"
#include "tools/signing/signing.h"

namespace doorward::benchmarks {
namespace {

constexpr Timestamp kNow = Timestamp::FromUnixSeconds(kIssuedAt + 100);
constexpr Acceleration kPlain;
constexpr Acceleration kTables{.es256_tables = true, .ed25519_tables = true};
constexpr Acceleration kLibsodium{.ed25519_libsodium = true};
constexpr int kRounds = 300;
constexpr size_t kPerRound = 20;

std::shared_ptr<const KeySet> KeysOf(const std::string& jwks) {
  return KeySet::Parse("{\"keys\":[" + jwks + "]}", {.origin = KeyOrigin::kRemote}).keys;
}

// The whole of Doorward's verification; the time is that of one.
void BM_Verify(benchmark::State& state, Algorithm algorithm, const Acceleration& acceleration) {
  const AccessToken token = MakeAccessToken(algorithm, "at+jwt");
  const auto keys = KeysOf(token.jwk);
  keys->Prepare(acceleration);
  const Verifier verifier(keys, {.issuer = std::string(kIssuer),
                                 .audiences = {std::string(kAudience)},
                                 .token_type = "at+jwt"});
  Scratch scratch;
  const auto verify = [&](std::string_view text) {
    return verifier.Verify(text, kNow, scratch).verified();
  };
  const std::unique_ptr<SignatureCheck> floor = MakeFloor(token);
  const auto verify_floor = [&] { return floor->Verify(token.signing_input()); };
  if (!verify(token.text) || verify(token.tampered) || !verify_floor() ||
      floor->Verify(token.header())) {
    return state.SkipWithError("verifies wrongly");
  }
  const Comparison found = CompareByTurns(
      state,
      [&](size_t /*round*/) { return TimeOf(kPerRound, [&] { return verify(token.text); }); },
      [&](size_t /*round*/) { return TimeOf(kPerRound, verify_floor); });
  state.counters["floor_ns"] = found.second;
  state.counters["ratio"] = found.ratio;
}

// A set of so many keys, all of them new; the base point's table is made for each set.
void BM_Prepare(benchmark::State& state, Algorithm algorithm) {
  std::string members;
  for (int64_t i = 0; i < state.range(0); ++i) {
    members +=
        (i == 0 ? "" : ",") + SigningKey::Generate(algorithm, std::to_string(i))->PublicJwk();
  }
  for (auto _ : state) {
    state.PauseTiming();
    const auto keys = KeysOf(members);
    state.ResumeTiming();
    benchmark::DoNotOptimize(keys->Prepare(kTables));
  }
}

// What this build has.
void Register() {
  const Acceleration has = AvailableAcceleration();
  const auto add = [](const char* name, Algorithm algorithm, const Acceleration& acceleration) {
    benchmark::RegisterBenchmark(name, BM_Verify, algorithm, acceleration)
        ->UseManualTime()
        ->Iterations(kRounds);
  };
  const auto add_tables = [&](const char* verify, const char* prepare, Algorithm algorithm) {
    add(verify, algorithm, kTables);
    benchmark::RegisterBenchmark(prepare, BM_Prepare, algorithm)
        ->Arg(1)
        ->Arg(8)
        ->Unit(benchmark::kMillisecond);
  };
  add("BM_Verify/ES256", Algorithm::kES256, kPlain);
  if (has.es256_tables) add_tables("BM_Verify/ES256_Tables", "BM_Prepare/ES256", Algorithm::kES256);
  add("BM_Verify/EdDSA", Algorithm::kEdDSA, kPlain);
  if (has.ed25519_tables)
    add_tables("BM_Verify/EdDSA_Tables", "BM_Prepare/EdDSA", Algorithm::kEdDSA);
  if (has.ed25519_libsodium) add("BM_Verify/EdDSA_Libsodium", Algorithm::kEdDSA, kLibsodium);
}

}  // namespace
}  // namespace doorward::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  doorward::benchmarks::Register();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
