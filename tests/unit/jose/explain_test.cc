// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doorward/verifier.h"

#include "tests/unit/jose/signed_token.h"

namespace doorward {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Explain(const std::string& token, const VerifyOptions& options = {}) {
  Scratch scratch;
  return Verifier(TestKeys(), options).Verify(token, kNow, scratch).Explain();
}

TEST(Explain, NamesWhatWasExpectedAndFound) {
  const std::string exp = R"("exp":1750000001)";
  struct {
    const char* name;
    std::string token;
    VerifyOptions options;
    const char* text;
  } const rows[] = {
      {"size",
       "....",
       {.max_token_bytes = 3},
       "the token is longer than permitted: 4 octets, at most 3 are permitted"},
      {"segments", "a.b", {}, "the token is not three base64url segments joined by dots"},
      {"base64url",
       "e30.e30=.",
       {},
       "the token is not three base64url segments joined by dots: the fault is in the payload"},
      {"expiry",
       TestToken(R"("exp":1749999999.5)"),
       {.leeway = std::chrono::seconds(0)},
       "the token has expired: `exp` is 2025-06-15T15:06:39.5Z, and now is 2025-06-15T15:06:40Z"},
      {"expiry with leeway",
       TestToken(R"("exp":1749990000)"),
       {.leeway = std::chrono::seconds(60)},
       "the token has expired: `exp` is 2025-06-15T12:20:00Z, and now is 2025-06-15T15:06:40Z, "
       "with "
       "a leeway of 60 s"},
      {"date",
       TestToken(R"("exp":"soon")"),
       {},
       "a date of the token is not a number in range: `exp` is `soon`, expected a number from 0 to "
       "253402300799"},
      {"issuer",
       TestToken(R"("iss":"https://evil.example")"),
       {.issuer = "https://good.example"},
       "the token's issuer is not trusted here: `iss`: expected `https://good.example`, found "
       "`https://evil.example`"},
      {"no issuer",
       TestToken(""),
       {.issuer = "https://good.example"},
       "the token's issuer is not trusted here: `iss`: expected `https://good.example`, found "
       "none"},
      {"audience",
       TestToken(exp + R"(,"aud":["x","y"])"),
       {.audiences = {"a", "b"}},
       "the token is meant for another audience: `aud`: expected `a` or `b`, found "
       "`[\"x\",\"y\"]`"},
      {"algorithm",
       TestToken(exp),
       {.algorithms = {Algorithm::kRS256, Algorithm::kPS256}},
       "the token's algorithm is not permitted: `alg`: expected RS256, PS256, found `ES256`"},
      {"typ",
       TestToken(exp, R"("typ":"JWT")"),
       {.token_type = "at+jwt"},
       "the token is of another type than demanded: `typ`: expected `at+jwt`, found `JWT`"},
      {"claim",
       TestToken(exp),
       {.max_age = std::chrono::seconds(1)},
       "the token lacks a claim that is required: `iat`"},
      {"value",
       TestToken(exp + R"(,"sub":7)"),
       {},
       "a claim of the token has a value not permitted: `sub`: expected `a string`, found `7`"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Explain(row.token, row.options), row.text);
  }
}

TEST(Explain, CutsAndQuotesWhatItShows) {
  const std::string text =
      Explain(TestToken(R"("iss":")" + std::string(5000, 'x') + "\\n\""), {.issuer = "y"});
  EXPECT_LT(text.size(), 300u);
  EXPECT_THAT(Explain(TestToken("\"iss\":\"a\\nb\""), {.issuer = "y"}), Not(HasSubstr("\n")));
}

TEST(Explain, NeverShowsTheTokenOrItsSignature) {
  const std::string token = TestToken(R"("exp":1)");
  std::string forged = token;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {token, forged, token + ".x", "x" + token}) {
    const std::string text = Explain(bad);
    EXPECT_THAT(text, Not(HasSubstr(token.substr(token.rfind('.') + 1, 12))));
    EXPECT_THAT(text, Not(HasSubstr(token.substr(0, 12))));
  }
}

TEST(Explain, SaysOfAnAcceptedTokenOnlyThat) {
  EXPECT_EQ(Explain(TestToken(R"("exp":1750000001)")), ReasonText(Reason::kAllowed));
}

TEST(Explain, ShowsTimesBeyondTheYearsAsSeconds) {
  Scratch scratch;
  const Verifier verifier(TestKeys(), {});
  const std::string token = TestToken(R"("exp":1)");
  EXPECT_THAT(verifier.Verify(token, Timestamp::FromUnixSeconds(INT64_MAX), scratch).Explain(),
              HasSubstr("now is Unix time 9223372036854775807"));
}

}  // namespace
}  // namespace doorward
