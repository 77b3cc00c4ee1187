// SPDX-License-Identifier: Apache-2.0
//
// Verification takes nothing from the heap once its scratch is warm, accepted or refused. What
// OpenSSL takes with malloc is not counted.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/verifier.h"

#include "tests/support/allocation_counter.h"
#include "tests/support/key_preparations.h"
#include "tests/unit/jose/signed_token.h"
#include "tools/signing/signing.h"

namespace doorward {
namespace {

std::string ManyMembers() {
  std::string claims = R"("exp":1750000001)";
  for (int i = 0; i < 100; ++i) claims += ",\"claim" + std::to_string(i) + "\":\"a\\nb\"";
  return claims;
}

TEST(Verify, AllocatesNothingOnceWarm) {
  const std::string iss = R"("iss":"i","aud":"a",)";
  const std::string good = TestToken(iss + R"("exp":1750000001)");
  std::string forged = good;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  struct {
    const char* name;
    std::string token;
    Reason want;
  } const rows[] = {
      {"accepted", good, Reason::kAllowed},
      {"malformed", "a.b", Reason::kTokenMalformed},
      {"too large", std::string(20000, 'a'), Reason::kTokenTooLarge},
      {"no JSON", "e30.e3.", Reason::kTokenMalformed},
      {"bad JSON", TestKey().SignVerbatim("{", "{}"), Reason::kTokenBadJson},
      {"duplicates", TestToken(R"("a":1,"a":2)"), Reason::kTokenDuplicateMember},
      {"many members, escapes", TestToken(iss + ManyMembers()), Reason::kAllowed},
      {"issuer", TestToken(R"("iss":"x")"), Reason::kTokenIssuerUnknown},
      {"algorithm", TestKey().SignVerbatim(R"({"alg":"none"})", R"({"iss":"i"})"),
       Reason::kTokenAlgorithm},
      {"key", TestKey().SignVerbatim(R"({"alg":"ES256","kid":"x"})", R"({"iss":"i"})"),
       Reason::kTokenKeyUnknown},
      {"signature", forged, Reason::kTokenSignature},
      {"expired", TestToken(iss + R"("exp":1749999999.25)"), Reason::kTokenExpired},
      {"audience", TestToken(R"("iss":"i","exp":1750000001)"), Reason::kTokenAudience},
      {"confirmation", TestToken(iss + R"("exp":1750000001,"cnf":{})"), Reason::kTokenConfirmation},
  };
  const Verifier verifier(TestKeys(), {.issuer = "i", .audiences = {"a"}});
  Scratch scratch;
  for (const auto& row : rows) (void)verifier.Verify(row.token, kNow, scratch);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const uint64_t before = AllocationsOnThisThread();
    const Reason reason = verifier.Verify(row.token, kNow, scratch).reason();
    EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
    EXPECT_EQ(reason, row.want);
  }
}

TEST(Verify, AllocatesNothingWithAnyAlgorithm) {
  Scratch scratch;
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    SCOPED_TRACE(AlgorithmName(algorithm));
    const auto key = SigningKey::Generate(algorithm, "k");
    const auto keys = KeysOf(key->PublicJwk());
    const Verifier verifier(keys, {.algorithms = AlgorithmSet::All()});
    const std::string token = *key->SignJws("{}", R"({"exp":1750000001})");
    std::string forged = token;
    forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
    ASSERT_TRUE(verifier.Verify(token, kNow, scratch).verified());
    for (const auto& [keys_are, acceleration] : kPreparations) {
      SCOPED_TRACE(keys_are);
      keys->Prepare(acceleration);
      ASSERT_TRUE(verifier.Verify(token, kNow, scratch).verified());
      const uint64_t before = AllocationsOnThisThread();
      const Reason reason = verifier.Verify(token, kNow, scratch).reason();
      const Reason refusal = verifier.Verify(forged, kNow, scratch).reason();
      const Reason after_refusal = verifier.Verify(token, kNow, scratch).reason();
      EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
      EXPECT_EQ(reason, Reason::kAllowed);
      EXPECT_EQ(refusal, Reason::kTokenSignature);
      EXPECT_EQ(after_refusal, Reason::kAllowed);
    }
  }
}

}  // namespace
}  // namespace doorward
