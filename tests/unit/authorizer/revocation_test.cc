// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "tests/support/policy.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

using std::chrono::seconds;

class RevocationTest : public testing::Test {
 protected:
  RevocationTest() : authorizer_(LoadPolicy(kOrdersPolicy), {.max_revocations = 3}) {
    EXPECT_FALSE(HasErrors(authorizer_.SetKeys(kLogin, issuer_.Jwks(), KeyOrigin::kRemote)));
  }

  // The reason for a token with these further claims, at `now`.
  std::string_view ReasonFor(std::string_view more, Timestamp now = kNow) {
    const std::string token = issuer_.Token(R"(,"roles":"viewer")" + std::string(more));
    return ReasonName(authorizer_
                          .Authorize({.method = "GET", .target = "/orders/1"},
                                     Credential::Token(token), now, scratch_)
                          .reason());
  }

  static constexpr Timestamp kUntil = kNow + seconds(600);
  Issuer issuer_;
  Authorizer authorizer_;
  Scratch scratch_;
};

TEST_F(RevocationTest, ATokenIsRevokedByItsId) {
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t1", kUntil, kNow));
  EXPECT_EQ(ReasonFor(R"(,"jti":"t1")"), "token_revoked");
  EXPECT_EQ(ReasonFor(R"(,"jti":"t2")"), "allowed");
  EXPECT_EQ(ReasonFor(""), "allowed");
  EXPECT_EQ(ReasonFor(R"(,"sid":"t1")"), "allowed");
}

TEST_F(RevocationTest, ASessionIsRevokedByItsId) {
  EXPECT_TRUE(authorizer_.RevokeSession(kLogin, "s1", kUntil, kNow));
  EXPECT_EQ(ReasonFor(R"(,"sid":"s1")"), "token_revoked");
  EXPECT_EQ(ReasonFor(R"(,"sid":"s2")"), "allowed");
}

TEST_F(RevocationTest, ASubjectsTokensAreRevokedUpToADate) {
  const Timestamp issued = Timestamp::FromUnixSeconds(1'749'999'900);
  EXPECT_TRUE(authorizer_.RevokeSubject(kLogin, "ann", issued + seconds(-1), kUntil, kNow));
  EXPECT_EQ(ReasonFor(""), "allowed");
  EXPECT_TRUE(authorizer_.RevokeSubject(kLogin, "ann", issued, kUntil, kNow));
  EXPECT_EQ(ReasonFor(""), "token_revoked");
  EXPECT_EQ(authorizer_.revocation_count(), 1u);
}

TEST_F(RevocationTest, ATokenWithoutDateCountsAsIssuedBefore) {
  EXPECT_TRUE(
      authorizer_.RevokeSubject(kLogin, "ann", Timestamp::FromUnixSeconds(1), kUntil, kNow));
  const std::string token = issuer_.Sign(
      R"({"iss":"https://login.example/","aud":"orders","sub":"ann","exp":1750003600,"roles":"viewer"})");
  EXPECT_EQ(authorizer_.Verify(token, kNow, scratch_).reason(), Reason::kTokenRevoked);
}

TEST_F(RevocationTest, AnySpellingOfTheIssuerServes) {
  EXPECT_TRUE(authorizer_.RevokeTokenId("login.example", "t1", kUntil, kNow));
  EXPECT_EQ(ReasonFor(R"(,"jti":"t1")"), "token_revoked");
}

TEST_F(RevocationTest, AnotherIssuersIdsDoNotCount) {
  EXPECT_TRUE(authorizer_.RevokeTokenId("https://other/", "t1", kUntil, kNow));
  // Nor can the parts of a key run into each other.
  EXPECT_TRUE(authorizer_.RevokeTokenId(std::string(kLogin) + "t", "1", kUntil, kNow));
  EXPECT_EQ(ReasonFor(R"(,"jti":"t1")"), "allowed");
}

TEST_F(RevocationTest, AnEntryCountsUntilItsTime) {
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t1", kUntil, kNow));
  EXPECT_EQ(ReasonFor(R"(,"jti":"t1")", kUntil + seconds(-1)), "token_revoked");
  EXPECT_EQ(ReasonFor(R"(,"jti":"t1")", kUntil), "allowed");
}

TEST_F(RevocationTest, AFullListRefusesRatherThanForget) {
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t1", kNow + seconds(10), kNow));
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t2", kUntil, kNow));
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t3", kUntil, kNow));
  EXPECT_FALSE(authorizer_.RevokeTokenId(kLogin, "t4", kUntil, kNow));
  EXPECT_EQ(ReasonFor(R"(,"jti":"t1")"), "token_revoked");
  EXPECT_EQ(ReasonFor(R"(,"jti":"t4")"), "allowed");
  // The same again needs no place; one that has expired gives its own up.
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t2", kUntil, kNow));
  EXPECT_FALSE(authorizer_.RevokeTokenId(kLogin, "t4", kUntil, kNow + seconds(9)));
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t4", kUntil, kNow + seconds(10)));
  EXPECT_EQ(authorizer_.revocation_count(), 3u);
}

TEST_F(RevocationTest, RevokingAgainKeepsTheLaterEnd) {
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t1", kUntil, kNow));
  EXPECT_TRUE(authorizer_.RevokeTokenId(kLogin, "t1", kNow + seconds(1), kNow));
  EXPECT_EQ(ReasonFor(R"(,"jti":"t1")", kNow + seconds(500)), "token_revoked");
}

}  // namespace
}  // namespace doorward
