// SPDX-License-Identifier: Apache-2.0
//
// Tokens that are remembered: bounds, what is counted, what ends an entry's use, and that a
// decision's views outlive the entry. That answers are the same as without: see
// token_cache_property_test.cc.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "tests/support/policy.h"
#include "tests/support/print_reason.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

using std::chrono::seconds;

constexpr Request kRead{.method = "GET", .target = "/orders/1"};

std::unique_ptr<Authorizer> MakeAuthorizer(const Issuer& issuer, TokenCacheOptions cache = {},
                                           std::string_view policy = kOrdersPolicy) {
  auto authorizer =
      std::make_unique<Authorizer>(LoadPolicy(policy), AuthorizerOptions{.token_cache = cache});
  EXPECT_TRUE(authorizer->SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote).empty());
  return authorizer;
}

Decision Read(const Authorizer& authorizer, std::string_view token, Scratch& scratch,
              Timestamp now = kNow) {
  return authorizer.Authorize(kRead, Credential::Token(token), now, scratch);
}

// Distinct tokens of one size.
std::vector<std::string> Tokens(const Issuer& issuer, size_t count, size_t padding = 0) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < count; ++i) {
    tokens.push_back(issuer.Token(R"(,"roles":["viewer"],"n":)" + std::to_string(1000 + i) +
                                  R"(,"p":")" + std::string(padding, 'x') + "\""));
  }
  return tokens;
}

TEST(TokenCache, ATokenSeenAgainIsNotVerifiedAgain) {
  const Issuer issuer;
  const auto authorizer = MakeAuthorizer(issuer);
  const std::string token = issuer.Token();
  Scratch scratch, another;
  EXPECT_EQ(Read(*authorizer, token, scratch).reason(), Reason::kAllowed);
  TokenCacheStats stats = authorizer->token_cache_stats();
  EXPECT_EQ(stats.hits, 0u);
  EXPECT_EQ(stats.misses, 1u);
  EXPECT_EQ(stats.insertions, 1u);
  EXPECT_EQ(stats.entries, 1u);
  EXPECT_GT(stats.bytes, 2 * token.size());

  EXPECT_EQ(Read(*authorizer, token, scratch).reason(), Reason::kAllowed);
  EXPECT_EQ(Read(*authorizer, token, another).reason(), Reason::kAllowed);
  stats = authorizer->token_cache_stats();
  EXPECT_EQ(stats.hits, 2u);
  EXPECT_EQ(stats.misses, 1u);
  EXPECT_EQ(stats.entries, 1u);
}

TEST(TokenCache, RefusedTokensAreNotKept) {
  const Issuer issuer, stranger;
  const auto authorizer = MakeAuthorizer(issuer);
  const std::string good = issuer.Token();
  std::string tampered = good;
  tampered[good.find('.') + 12] ^= 1;
  std::string resigned = good;
  resigned[good.size() - 12] = good[good.size() - 12] == 'A' ? 'B' : 'A';
  const struct {
    const char* name;
    std::string token;
  } rows[] = {{"another's key", stranger.Token()},
              {"no token", "nonsense"},
              {"empty", ""},
              {"tampered claims", tampered},
              {"tampered signature", resigned},
              {"cut short", good.substr(0, good.size() - 1)},
              {"one octet more", good + "A"},
              {"another audience",
               issuer.Sign(R"({"iss":"https://login.example/","aud":"x","exp":1750003600})")}};
  Scratch scratch;
  EXPECT_EQ(Read(*authorizer, good, scratch).reason(), Reason::kAllowed);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(Read(*authorizer, row.token, scratch).http_status(), 401);
  }
  const TokenCacheStats stats = authorizer->token_cache_stats();
  EXPECT_EQ(stats.hits, 0u);
  EXPECT_EQ(stats.insertions, 1u);
  EXPECT_EQ(stats.misses, 1 + 2 * std::size(rows));
}

TEST(TokenCache, MayBeTurnedOff) {
  const Issuer issuer;
  for (const TokenCacheOptions& off :
       {TokenCacheOptions{.max_entries = 0}, TokenCacheOptions{.max_bytes = 0}}) {
    const auto authorizer = MakeAuthorizer(issuer, off);
    Scratch scratch;
    for (int i = 0; i < 2; ++i)
      EXPECT_EQ(Read(*authorizer, issuer.Token(), scratch).reason(), Reason::kAllowed);
    const TokenCacheStats stats = authorizer->token_cache_stats();
    EXPECT_EQ(stats.hits + stats.misses + stats.insertions + stats.entries + stats.bytes, 0u);
  }
}

TEST(TokenCache, KeepsWithinItsBounds) {
  const Issuer issuer;
  const struct {
    const char* name;
    TokenCacheOptions cache;
    size_t padding;
  } rows[] = {{"one entry", {.max_entries = 1}, 0},
              {"two entries", {.max_entries = 2}, 0},
              {"an odd number", {.max_entries = 7}, 0},
              {"several shards", {.max_entries = 130}, 0},
              {"octets", {.max_entries = 4096, .max_bytes = 50'000}, 0},
              {"octets, of longer tokens", {.max_entries = 4096, .max_bytes = 50'000}, 3000},
              {"hardly room for one", {.max_entries = 4096, .max_bytes = 5'000}, 0},
              {"room for none", {.max_entries = 4096, .max_bytes = 1'000}, 0},
              {"as large as can be", {.max_entries = SIZE_MAX, .max_bytes = 100'000}, 0}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto authorizer = MakeAuthorizer(issuer, row.cache);
    Scratch scratch;
    for (const std::string& token : Tokens(issuer, 200, row.padding)) {
      ASSERT_EQ(Read(*authorizer, token, scratch).reason(), Reason::kAllowed);
      const TokenCacheStats stats = authorizer->token_cache_stats();
      ASSERT_LE(stats.entries, row.cache.max_entries);
      ASSERT_LE(stats.bytes, row.cache.max_bytes);
      ASSERT_EQ(stats.insertions - stats.evictions, stats.entries);
    }
  }
}

TEST(TokenCache, FitsTokensOfAllSizesIntoItsBytes) {
  const Issuer issuer;
  const auto authorizer = MakeAuthorizer(issuer, {.max_entries = 64, .max_bytes = 60'000});
  std::vector<std::string> tokens;
  for (size_t padding : {0u, 300u, 700u, 1500u, 3000u, 6000u, 9000u}) {
    for (std::string& token : Tokens(issuer, 8, padding)) tokens.push_back(std::move(token));
  }
  Scratch scratch;
  for (size_t i = 0; i < 1000; ++i) {
    const std::string& token = tokens[i * 37 % tokens.size()];
    ASSERT_EQ(Read(*authorizer, token, scratch).reason(), Reason::kAllowed);
    // Where all others were in use as well, it is kept when it comes again.
    const uint64_t hits = authorizer->token_cache_stats().hits;
    for (int again = 0; again < 8; ++again) (void)Read(*authorizer, token, scratch);
    ASSERT_GT(authorizer->token_cache_stats().hits, hits);
    ASSERT_LE(authorizer->token_cache_stats().bytes, 60'000u);
  }
}

TEST(TokenCache, ATokenInUseIsNotDisplacedByAFlood) {
  const Issuer issuer;
  const auto authorizer = MakeAuthorizer(issuer, {.max_entries = 32});
  const std::string hot = issuer.Token();
  Scratch scratch;
  (void)Read(*authorizer, hot, scratch);
  (void)Read(*authorizer, hot, scratch);
  for (const std::string& token : Tokens(issuer, 400)) {
    (void)Read(*authorizer, token, scratch);
    const uint64_t hits = authorizer->token_cache_stats().hits;
    ASSERT_EQ(Read(*authorizer, hot, scratch).reason(), Reason::kAllowed);
    ASSERT_EQ(authorizer->token_cache_stats().hits, hits + 1);
  }
  EXPECT_GT(authorizer->token_cache_stats().evictions, 300u);
}

TEST(TokenCache, ADecisionOutlivesItsEntry) {
  const Issuer issuer;
  auto authorizer = MakeAuthorizer(issuer, {.max_entries = 2});
  const std::string first = issuer.Token(R"(,"roles":["viewer"],"note":"a \"quoted\" word")");
  Scratch holder, other;
  (void)Read(*authorizer, first, holder);
  const Decision held = Read(*authorizer, first, holder);
  const std::string claims = held.claims().ToJson();
  for (const std::string& token : Tokens(issuer, 50)) (void)Read(*authorizer, token, other);
  EXPECT_GT(authorizer->token_cache_stats().evictions, 0u);
  EXPECT_EQ(held.claims().ToJson(), claims);
  EXPECT_EQ(held.subject(), "ann");
  ASSERT_EQ(held.headers_to_set().size(), 1u);
  EXPECT_EQ(held.headers_to_set()[0].value, "ann");
  authorizer->SetPolicy(nullptr);
  authorizer.reset();
  EXPECT_EQ(held.claims().ToJson(), claims);
  EXPECT_EQ(held.rule_id(), "read");
}

TEST(TokenCache, AScratchServesSeveralAuthorizers) {
  const Issuer issuer, other;
  const auto one = MakeAuthorizer(issuer), two = MakeAuthorizer(other),
             off = MakeAuthorizer(issuer, {.max_entries = 0});
  const std::string token = issuer.Token();
  Scratch scratch;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Read(*one, token, scratch).reason(), Reason::kAllowed);
    EXPECT_EQ(Read(*two, token, scratch).reason(), Reason::kTokenSignature);
    EXPECT_EQ(Read(*off, token, scratch).reason(), Reason::kAllowed);
  }
  EXPECT_EQ(one->token_cache_stats().hits, 2u);
  EXPECT_EQ(two->token_cache_stats().hits, 0u);
  EXPECT_EQ(two->token_cache_stats().misses, 3u);
}

TEST(TokenCache, AChangeOfPolicyOrKeysEndsItsEntries) {
  const Issuer issuer, other;
  const auto authorizer = MakeAuthorizer(issuer);
  const std::string token = issuer.Token();
  Scratch scratch;
  const auto misses_again = [&] {
    const uint64_t misses = authorizer->token_cache_stats().misses;
    (void)Read(*authorizer, token, scratch);
    return authorizer->token_cache_stats().misses > misses;
  };
  EXPECT_TRUE(misses_again());
  EXPECT_FALSE(misses_again());
  authorizer->SetPolicy(authorizer->policy());
  EXPECT_TRUE(misses_again());
  EXPECT_FALSE(misses_again());
  (void)authorizer->SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote);
  EXPECT_TRUE(misses_again());
  EXPECT_FALSE(misses_again());
  (void)authorizer->SetKeys(kLogin, other.Jwks(), KeyOrigin::kRemote);
  EXPECT_EQ(Read(*authorizer, token, scratch).reason(), Reason::kTokenSignature);
  EXPECT_TRUE(misses_again());
}

TEST(TokenCache, RevocationsCountAtOnceForTokensThatAreKept) {
  const Issuer issuer;
  const auto authorizer = MakeAuthorizer(issuer);
  const std::string token =
      issuer.Token(R"(,"roles":["viewer"],"jti":"j1","sid":"s1")");  // iat 1749999900
  Scratch scratch;
  const Timestamp until = kNow + seconds(100);
  const auto reason = [&](Timestamp now) {
    return Read(*authorizer, token, scratch, now).reason();
  };
  EXPECT_EQ(reason(kNow), Reason::kAllowed);
  EXPECT_TRUE(authorizer->RevokeTokenId(kLogin, "j2", until, kNow));
  EXPECT_TRUE(authorizer->RevokeSubject(kLogin, "ann", kNow + seconds(-101), until, kNow));
  EXPECT_EQ(reason(kNow), Reason::kAllowed);
  EXPECT_EQ(authorizer->token_cache_stats().hits, 1u);

  EXPECT_TRUE(authorizer->RevokeSession("login.example", "s1", until, kNow));
  EXPECT_EQ(reason(kNow), Reason::kTokenRevoked);
  EXPECT_EQ(reason(until + seconds(-1)), Reason::kTokenRevoked);
  EXPECT_EQ(reason(until), Reason::kAllowed);
  EXPECT_EQ(reason(until + seconds(1)), Reason::kAllowed);
  // The host's clock may go back.
  EXPECT_EQ(reason(until + seconds(-1)), Reason::kTokenRevoked);

  // An entry that is made to count for more is a new one.
  EXPECT_TRUE(
      authorizer->RevokeSubject(kLogin, "ann", kNow + seconds(-100), until + seconds(9), kNow));
  EXPECT_EQ(reason(until + seconds(8)), Reason::kTokenRevoked);
  EXPECT_EQ(reason(until + seconds(9)), Reason::kAllowed);
}

struct DateCase {
  const char* name;
  const char* dates;
  int64_t now;
  Reason want;
};

TEST(TokenCache, EachUseChecksTheDatesAgain) {
  // Leeway is 5 s, max_age 100 s. All are valid at 1750000000, when they are kept.
  constexpr int64_t kMin = INT64_MIN, kMax = INT64_MAX;
  constexpr char kExp[] = R"("exp":1750000050,"iat":1750000000)";
  constexpr char kHalf[] = R"("exp":1750000050.5,"iat":1750000000)";
  constexpr char kNbf[] = R"("exp":1750000050,"iat":1749999950,"nbf":1749999990)";
  constexpr char kIat[] = R"("exp":1750000050,"iat":1749999990)";
  constexpr char kAge[] = R"("exp":1760000000,"iat":1750000000)";
  constexpr char kOldNbf[] = R"("exp":1750000050,"iat":1749999950,"nbf":-1)";
  const DateCase rows[] = {
      {"below exp", kExp, 1'750'000'054, Reason::kAllowed},
      {"at exp", kExp, 1'750'000'055, Reason::kTokenExpired},
      {"above exp", kExp, 1'750'000'056, Reason::kTokenExpired},
      {"below a fraction", kHalf, 1'750'000'055, Reason::kAllowed},
      {"above a fraction", kHalf, 1'750'000'056, Reason::kTokenExpired},
      {"below nbf", kNbf, 1'749'999'984, Reason::kTokenNotYetValid},
      {"at nbf", kNbf, 1'749'999'985, Reason::kAllowed},
      {"above nbf", kNbf, 1'749'999'986, Reason::kAllowed},
      {"below iat", kIat, 1'749'999'984, Reason::kTokenIssuedInFuture},
      {"at iat", kIat, 1'749'999'985, Reason::kAllowed},
      {"above iat", kIat, 1'749'999'986, Reason::kAllowed},
      {"below max_age", kAge, 1'750'000'104, Reason::kAllowed},
      {"at max_age", kAge, 1'750'000'105, Reason::kAllowed},
      {"above max_age", kAge, 1'750'000'106, Reason::kTokenTooOld},
      {"nbf before 1970", kOldNbf, 1'750'000'000, Reason::kAllowed},
      {"the beginning of time", kNbf, kMin, Reason::kTokenNotYetValid},
      {"the end of time", kNbf, kMax, Reason::kTokenExpired},
  };
  std::string policy(kOrdersPolicy);
  policy.replace(policy.find("leeway: 0s"), 10, "leeway: 5s\n    max_age: 100s");
  const Issuer issuer;
  const auto authorizer = MakeAuthorizer(issuer, {}, policy);
  Scratch scratch;
  for (const DateCase& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string token =
        issuer.Sign(R"({"iss":"https://login.example/","aud":"orders","roles":["viewer"],)" +
                    std::string(row.dates) + "}");
    ASSERT_EQ(Read(*authorizer, token, scratch).reason(), Reason::kAllowed);
    const uint64_t hits = authorizer->token_cache_stats().hits;
    const Timestamp now = Timestamp::FromUnixSeconds(row.now);
    EXPECT_EQ(Read(*authorizer, token, scratch, now).reason(), row.want);
    EXPECT_EQ(authorizer->token_cache_stats().hits - hits, row.want == Reason::kAllowed ? 1u : 0u);
    EXPECT_EQ(Read(*authorizer, token, scratch).reason(), Reason::kAllowed);
  }
}

}  // namespace
}  // namespace doorward
