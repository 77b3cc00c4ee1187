// SPDX-License-Identifier: Apache-2.0
//
// A token through all checks: their order, what the options do, and what an accepted token shows.

#include "doorward/verifier.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/unit/jose/signed_token.h"

namespace doorward {
namespace {

constexpr const char* kIssuer = "https://issuer.example";
constexpr const char* kAudience = "https://api.example";

VerifyOptions Strict() {
  return {.issuer = kIssuer, .audiences = {kAudience}, .token_type = "at+jwt"};
}

Reason Verify(std::string_view token, const VerifyOptions& options) {
  Scratch scratch;
  return Verifier(TestKeys(), options).Verify(token, kNow, scratch).reason();
}

// Every check fails on the token of its row and of those before it, so that each row shows which of
// two comes first.
TEST(Verifier, RunsItsChecksInOrder) {
  const SigningKey& key = TestKey();
  const std::string ok_header = R"({"alg":"ES256","kid":"k","typ":"at+jwt"})";
  const std::string head = R"("iss":"https://issuer.example")";
  const std::string in_time = head + R"(,"exp":1750000001)";
  const auto sign = [&](const std::string& header, const std::string& claims) {
    return key.SignVerbatim(header, "{" + claims + "}");
  };
  const std::string good = sign(ok_header, in_time + R"(,"aud":"https://api.example")");
  std::string forged = sign(R"({"alg":"ES256","kid":"k","typ":"JWT"})", head + R"(,"exp":1)");
  forged[forged.size() - 20] = forged[forged.size() - 20] == 'A' ? 'B' : 'A';
  VerifyOptions options = Strict();
  options.max_token_bytes = 600;
  options.max_age = std::chrono::seconds(10);
  struct {
    Reason want;
    std::string token;
  } const rows[] = {
      {Reason::kTokenTooLarge, std::string(601, '.')},
      {Reason::kTokenMalformed, "e30.e30.A"},
      {Reason::kTokenMalformed, "e30=.e30.SIGNATURE_REMOVED_BY_GOOGLE"},
      {Reason::kTokenSignatureRemoved, "e30.e30.SIGNATURE_REMOVED_BY_GOOGLE"},
      {Reason::kTokenBadJson, sign(R"({"alg":"none","alg":"none","crit":[]} x)", "x")},
      {Reason::kTokenDuplicateMember, sign(R"({"alg":"none","alg":"none","crit":[]})", "x")},
      {Reason::kTokenCriticalHeader, sign(R"({"alg":"none","crit":[]})", "x")},
      {Reason::kTokenBadJson, sign(R"({"alg":"none"})", "x")},
      {Reason::kTokenDuplicateMember, sign(R"({"alg":"none"})", R"("iss":1,"iss":2)")},
      {Reason::kTokenIssuerUnknown, sign(R"({"alg":"none","kid":1})", R"("iss":"x")")},
      {Reason::kTokenAlgorithm, sign(R"({"alg":"none","kid":1})", head)},
      {Reason::kTokenKeyUnknown, sign(R"({"alg":"ES256","kid":1})", head)},
      {Reason::kTokenSignature, forged},
      {Reason::kTokenType, sign(R"({"alg":"ES256","kid":"k","typ":"JWT"})", head + R"(,"exp":1)")},
      {Reason::kTokenWithoutExpiry, sign(ok_header, head + R"(,"nbf":"x")")},
      {Reason::kTokenBadDate, sign(ok_header, head + R"(,"exp":"x","nbf":1750000001)")},
      {Reason::kTokenExpired, sign(ok_header, head + R"(,"exp":1750000000,"nbf":"x")")},
      {Reason::kTokenBadDate, sign(ok_header, in_time + R"(,"nbf":"x","iat":1750000001)")},
      {Reason::kTokenNotYetValid, sign(ok_header, in_time + R"(,"nbf":1750000001,"iat":"x")")},
      {Reason::kTokenBadDate, sign(ok_header, in_time + R"(,"iat":"x")")},
      {Reason::kTokenIssuedInFuture, sign(ok_header, in_time + R"(,"iat":1750000001)")},
      {Reason::kTokenClaimMissing, good},
      {Reason::kTokenTooOld, sign(ok_header, in_time + R"(,"iat":1749999989)")},
      {Reason::kTokenAudience, sign(ok_header, in_time + R"(,"iat":1749999990,"sub":1)")},
      {Reason::kTokenClaimValue,
       sign(ok_header,
            in_time + R"(,"iat":1749999990,"aud":"https://api.example","sub":1,"cnf":{})")},
      {Reason::kTokenConfirmation,
       sign(ok_header, in_time + R"(,"iat":1749999990,"aud":"https://api.example","cnf":{})")},
      {Reason::kAllowed,
       sign(ok_header, in_time + R"(,"iat":1749999990,"aud":"https://api.example")")},
  };
  for (size_t i = 0; i < std::size(rows); ++i) {
    SCOPED_TRACE(std::to_string(i) + " " + std::string(ReasonName(rows[i].want)));
    EXPECT_EQ(Verify(rows[i].token, options), rows[i].want);
  }
}

TEST(Verifier, RefusesATokenLongerThanPermitted) {
  const std::string token = TestToken(R"("exp":1750000001)");
  for (const size_t limit : {token.size() - 1, token.size(), token.size() + 1}) {
    SCOPED_TRACE(limit);
    EXPECT_EQ(Verify(token, {.max_token_bytes = limit}),
              limit < token.size() ? Reason::kTokenTooLarge : Reason::kAllowed);
  }
}

TEST(Verifier, ShowsWhatItVerified) {
  const std::string token = TestToken(
      R"("iss":"https://issuer.example","sub":"alice","exp":1750000001,"n":[1,{"a":"\u00e9"}])",
      R"("typ":"JWT")");
  Scratch scratch;
  const Verifier verifier(TestKeys(), {});
  const VerifyOutcome out = verifier.Verify(token, kNow, scratch);
  ASSERT_TRUE(out.verified()) << out.Explain();
  EXPECT_EQ(out.token().issuer(), kIssuer);
  EXPECT_EQ(out.token().subject(), "alice");
  EXPECT_EQ(out.token().algorithm(), Algorithm::kES256);
  EXPECT_EQ(out.token().header().ToJson(), R"({"alg":"ES256","kid":"k","typ":"JWT"})");
  EXPECT_EQ(out.token().claims().FindPointer("/n/1/a").string_or(""), "\xC3\xA9");
  EXPECT_TRUE(out.token().payload().starts_with(R"({"iss":)"));
}

TEST(VerifierDeathTest, GivesNoTokenWhereThereIsNone) {
  Scratch scratch;
  const Verifier verifier(TestKeys(), {});
  const VerifyOutcome out = verifier.Verify("x", kNow, scratch);
  EXPECT_DEATH((void)out.token(), "");
}

TEST(Verifier, LoosensOnlyWhatIsNamed) {
  struct {
    const char* name;
    std::string claims;
    VerifyOptions options;
    Reason want;
  } const rows[] = {
      {"no expiry", "", {}, Reason::kTokenWithoutExpiry},
      {"no expiry, allowed", "", {.allow_missing_expiry = true}, Reason::kAllowed},
      {"bad expiry, allowed missing",
       R"("exp":null)",
       {.allow_missing_expiry = true},
       Reason::kTokenBadDate},
      {"confirmation", R"("exp":1750000001,"cnf":null)", {}, Reason::kTokenConfirmation},
      {"confirmation ignored",
       R"("exp":1750000001,"cnf":{"jkt":"x"})",
       {.ignore_confirmation = true},
       Reason::kAllowed},
      {"no issuer asked for", R"("exp":1750000001,"iss":"any")", {}, Reason::kAllowed},
      {"no issuer asked for, but what is none",
       R"("exp":1750000001,"iss":["any"])",
       {},
       Reason::kTokenIssuerUnknown},
      {"issuer missing", R"("exp":1750000001)", {.issuer = kIssuer}, Reason::kTokenIssuerUnknown},
      {"audience missing", R"("exp":1750000001)", {.audiences = {"a"}}, Reason::kTokenAudience},
      {"one of two audiences",
       R"("exp":1750000001,"aud":["x","b"])",
       {.audiences = {"a", "b"}},
       Reason::kAllowed},
      {"jti no string", R"("exp":1750000001,"jti":1)", {}, Reason::kTokenClaimValue},
      {"sub null", R"("exp":1750000001,"sub":null)", {}, Reason::kTokenClaimValue},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Verify(TestToken(row.claims), row.options), row.want);
  }
}

TEST(Verifier, CutsLeewayToTenMinutes) {
  const std::string token = TestToken(R"("exp":1749999400)");  // ten minutes ago
  const std::string younger = TestToken(R"("exp":1749999401)");
  const VerifyOptions options{.leeway = std::chrono::hours(5)};
  EXPECT_EQ(Verify(token, options), Reason::kTokenExpired);
  EXPECT_EQ(Verify(younger, options), Reason::kAllowed);
  EXPECT_EQ(Verify(TestToken(R"("exp":1750000001)"), {.leeway = std::chrono::seconds(-5)}),
            Reason::kAllowed);
}

TEST(Verifier, VerifiesAPlainJwsBySignatureAlone) {
  const VerifyOptions plain{.issuer = kIssuer, .signature_only = true};
  const SigningKey& key = TestKey();
  struct {
    const char* name;
    std::string token;
    Reason want;
  } const rows[] = {
      {"any octets", *key.SignJws("{}", std::string("\0\xFF{", 3)), Reason::kAllowed},
      {"no octets", *key.SignJws("{}", ""), Reason::kAllowed},
      {"expired claims", TestToken(R"("exp":1)"), Reason::kAllowed},
      {"nested token", *key.SignJws(R"({"cty":"JWT"})", "x"), Reason::kAllowed},
      {"critical header", *key.SignJws(R"({"crit":["exp"]})", "x"), Reason::kTokenCriticalHeader},
      {"unencoded payload", *key.SignJws(R"({"b64":true})", "x"), Reason::kTokenCriticalHeader},
      {"typ no string", *key.SignJws(R"({"typ":1})", "x"), Reason::kTokenType},
      {"header no object", key.SignVerbatim("[]", "x"), Reason::kTokenBadJson},
      {"header with a lone surrogate", key.SignVerbatim(R"({"alg":"ES256","x":"\ud800"})", "x"),
       Reason::kTokenBadJson},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Verify(row.token, plain), row.want);
  }
  Scratch scratch;
  const Verifier verifier(TestKeys(), plain);
  const VerifyOutcome out = verifier.Verify(rows[0].token, kNow, scratch);
  EXPECT_EQ(out.token().payload(), std::string_view("\0\xFF{", 3));
  EXPECT_FALSE(out.token().claims().exists());
  EXPECT_EQ(out.token().subject(), "");
}

TEST(Verifier, HasNoKeysWithoutAKeySet) {
  Scratch scratch;
  const Verifier verifier(nullptr, {});
  EXPECT_EQ(verifier.Verify(TestToken(""), kNow, scratch).reason(), Reason::kKeysUnavailable);
}

TEST(Verifier, RefusesEveryPrefixAndEveryFlippedCharacter) {
  const std::string token = TestToken(R"("exp":1750000001)");
  Scratch scratch;
  const Verifier verifier(TestKeys(), {});
  ASSERT_TRUE(verifier.Verify(token, kNow, scratch).verified());
  for (size_t i = 0; i < token.size(); ++i) {
    EXPECT_FALSE(verifier.Verify(token.substr(0, i), kNow, scratch).verified()) << i;
    std::string flipped = token;
    flipped[i] = flipped[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verifier.Verify(flipped, kNow, scratch).verified()) << i;
  }
  EXPECT_TRUE(verifier.Verify(token, kNow, scratch).verified());
}

}  // namespace
}  // namespace doorward
