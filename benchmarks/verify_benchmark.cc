// SPDX-License-Identifier: Apache-2.0
//
// What verifying an access token costs, whole: size and framing, base64url, strict JSON of header
// and payload, choice of the key, signature, all claim rules, subject read, groups walked. Beside
// it, in the same run, the floor: digest and signature on a ready context. What lies between them
// is the library's own.

#include <string>

#include <benchmark/benchmark.h>

#include "doorward/verifier.h"

#include "benchmarks/support/signature_floor.h"
#include "tools/signing/signing.h"

namespace doorward::benchmarks {
namespace {

constexpr Timestamp kNow = Timestamp::FromUnixSeconds(1'750'000'000);

// 21 claims, of them two audiences and eight groups: an access token as providers issue them.
constexpr std::string_view kClaims =
    R"({"iss":"https://login.example.com/","sub":"auth0|5f7c8ec7c33c6c004bbafe82","aud":["https://api.example.com",)"
    R"("https://login.example.com/userinfo"],"azp":"my_client_id","exp":1750003600,"iat":1749999900,"nbf":1749999900,)"
    R"("jti":"8f14e45f-ceea-467f-a1d8-91d3f1d7b2c4","sid":"08a5019c-17e1-4977-8f42-65a12843ea02","scope":"openid )"
    R"(profile email orders.read orders.write","client_id":"my_client_id","email":"ann@example.com",)"
    R"("email_verified":true,"name":"Ann Example","given_name":"Ann","family_name":"Example","locale":"en-GB",)"
    R"("acr":"1","auth_time":1749999000,"tenant":"t-17","groups":["viewers","editors","team-orders","team-billing",)"
    R"("region-eu","on-call","beta-testers","staff"]})";

void BM_Verify(benchmark::State& state, Algorithm algorithm) {
  const SigningKey key = SigningKey::Generate(algorithm, "key-2026-01").value();
  const std::string token = key.SignJws(R"({"typ":"at+jwt"})", kClaims).value();
  const Verifier verifier(
      KeySet::Parse("{\"keys\":[" + key.PublicJwk() + "]}", {.origin = KeyOrigin::kLocal}).keys,
      {.issuer = "https://login.example.com/",
       .audiences = {"https://api.example.com"},
       .algorithms = {algorithm},
       .token_type = "at+jwt"});
  Scratch scratch;
  const auto verify = [&](std::string_view text) -> size_t {
    const VerifyOutcome got = verifier.Verify(text, kNow, scratch);
    if (!got.verified()) return 0;
    size_t octets = got.token().subject().size();
    for (JsonView group : got.token().claims().Find("groups").elements())
      octets += group.string_or("").size();
    return octets;
  };
  std::string tampered = token;
  tampered[token.find('.') + 9] ^= 1;
  if (verify(token) == 0 || verify(tampered) != 0) return state.SkipWithError("verifies wrongly");
  for (auto _ : state) benchmark::DoNotOptimize(verify(token));
  state.counters["token_bytes"] = static_cast<double>(token.size());
}

void BM_Verify_Floor(benchmark::State& state, Algorithm algorithm) {
  const std::string token = SigningKey::Generate(Algorithm::kHS256, "key-2026-01")
                                ->SignJws(R"({"typ":"at+jwt"})", kClaims)
                                .value();
  SignatureFloor floor(algorithm, token.substr(0, token.rfind('.')));
  if (!floor.Verify() || floor.VerifyTampered() || !floor.Verify())
    return state.SkipWithError("verifies wrongly");
  for (auto _ : state) benchmark::DoNotOptimize(floor.Verify());
}

#define DOORWARD_VERIFY_BENCHMARKS(NAME)                        \
  BENCHMARK_CAPTURE(BM_Verify_Floor, NAME, Algorithm::k##NAME); \
  BENCHMARK_CAPTURE(BM_Verify, NAME, Algorithm::k##NAME)
DOORWARD_VERIFY_BENCHMARKS(HS256);
DOORWARD_VERIFY_BENCHMARKS(RS256);
DOORWARD_VERIFY_BENCHMARKS(PS256);
DOORWARD_VERIFY_BENCHMARKS(ES256);
DOORWARD_VERIFY_BENCHMARKS(ES384);
DOORWARD_VERIFY_BENCHMARKS(EdDSA);
#undef DOORWARD_VERIFY_BENCHMARKS

}  // namespace
}  // namespace doorward::benchmarks

BENCHMARK_MAIN();
