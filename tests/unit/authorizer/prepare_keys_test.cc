// SPDX-License-Identifier: Apache-2.0
//
// An authorizer's keys are prepared when the host says so, and stay so through changes of keys and
// policy, while others decide.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "src/jose/key_set_data.h"
#include "tests/support/policy.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

constexpr std::string_view kTwoIssuers = R"(
doorward: 1
issuers:
  - {issuer: https://login.example/, audiences: orders, keys: {discovery: true}, roles: []}
  - {issuer: https://second.example/, audiences: orders, keys: {discovery: true}, roles: []}
rules:
  - {id: read, allow: [everyone], endpoints: ["GET /**"], token: ignore}
)";
constexpr std::string_view kSecond = "https://second.example/";

AuthorizerOptions WithTables(size_t max_es256_tables = 64) {
  return {.token_cache = {.max_entries = 0},
          .acceleration = {.es256_tables = true, .max_es256_tables = max_es256_tables}};
}

std::shared_ptr<const KeySet> Parse(const std::string& jwks) {
  return KeySet::Parse(jwks, {.origin = KeyOrigin::kRemote}).keys;
}

const Es256Tables* TablesOf(const std::shared_ptr<const KeySet>& set) {
  return set->data().keys[0].key->prepared.es256.get();
}

TEST(PrepareKeys, PreparesWhatTheOptionsName) {
  const Issuer issuer;
  for (const bool asked : {false, true}) {
    SCOPED_TRACE(asked);
    Authorizer authorizer(LoadPolicy(kOrdersPolicy), asked ? WithTables() : AuthorizerOptions{});
    EXPECT_EQ(authorizer.PrepareKeys().es256_without_tables, 0u);  // no keys yet
    const auto keys = Parse(issuer.Jwks());
    authorizer.SetKeys(kLogin, keys);
    EXPECT_EQ(TablesOf(keys), nullptr);
    const KeyPreparation done = authorizer.PrepareKeys();
    EXPECT_EQ(done.es256_with_tables, asked ? 1u : 0u);
    EXPECT_EQ(done.es256_without_tables, asked ? 0u : 1u);
    EXPECT_EQ(TablesOf(keys) != nullptr, asked);
    Scratch scratch;
    EXPECT_TRUE(authorizer.Verify(issuer.Token(), kNow, scratch).verified());
    EXPECT_EQ(authorizer.Verify(Issuer().Token(), kNow, scratch).reason(), Reason::kTokenSignature);
  }
}

TEST(PrepareKeys, CountsTheKeysOfAllIssuersTogether) {
  const Issuer first, second;
  Authorizer authorizer(LoadPolicy(kTwoIssuers), WithTables(1));
  authorizer.SetKeys(kLogin, Parse(first.Jwks()));
  authorizer.SetKeys(kSecond, Parse(second.Jwks()));
  EXPECT_EQ(authorizer.PrepareKeys().es256_with_tables, 1u);
  // The second issuer's turn comes when the first no longer has that key.
  authorizer.SetKeys(kLogin, Parse("{\"keys\":[]}"));
  EXPECT_EQ(authorizer.PrepareKeys().es256_with_tables, 1u);
  EXPECT_EQ(authorizer.PrepareKeys().es256_without_tables, 0u);
}

TEST(PrepareKeys, StaysThroughChangesOfKeysAndPolicy) {
  const Issuer issuer, other;
  Authorizer authorizer(LoadPolicy(kTwoIssuers), WithTables());
  const auto keys = Parse(issuer.Jwks());
  authorizer.SetKeys(kLogin, keys);
  authorizer.PrepareKeys();
  ASSERT_NE(TablesOf(keys), nullptr);

  const auto same = Parse(issuer.Jwks()), foreign = Parse(other.Jwks());
  authorizer.SetKeys(kLogin, same);
  EXPECT_EQ(TablesOf(same), TablesOf(keys));
  // Another issuer's equal key is the same key.
  const auto elsewhere = Parse(issuer.Jwks());
  authorizer.SetKeys(kSecond, elsewhere);
  EXPECT_EQ(TablesOf(elsewhere), TablesOf(keys));
  authorizer.SetKeys(kSecond, foreign);
  EXPECT_EQ(TablesOf(foreign), nullptr);
}

TEST(PrepareKeys, StaysWithThePolicysOwnKeys) {
  const SigningKey key = *SigningKey::Generate(Algorithm::kES256, "k1"),
                   other = *SigningKey::Generate(Algorithm::kES256, "k2");
  std::string renamed = key.PublicJwk();
  renamed.replace(renamed.find("\"k1\""), 4, "\"k3\"");
  const auto policy = [](const std::string& keys) {
    return LoadPolicy(
        "{\"doorward\":1,\"issuers\":[{\"issuer\":\"https://login.example/\","
        "\"audiences\":\"orders\",\"keys\":{\"jwks\":{\"keys\":[" +
            keys + "]}}}]}",
        "policy.json");
  };
  Authorizer authorizer(policy(key.PublicJwk()), WithTables(1));
  EXPECT_EQ(authorizer.PrepareKeys().es256_with_tables, 1u);
  // The first key would be the one with tables, had not the others kept theirs.
  authorizer.SetPolicy(policy(other.PublicJwk() + "," + key.PublicJwk() + "," + renamed));
  EXPECT_EQ(authorizer.PrepareKeys().es256_with_tables, 2u);
  EXPECT_EQ(authorizer.PrepareKeys().es256_without_tables, 1u);
}

TEST(PrepareKeys, MayGoOnWhileKeysChangeAndOthersDecide) {
  const Issuer issuer, other;
  Authorizer authorizer(LoadPolicy(kOrdersPolicy), WithTables());
  authorizer.SetKeys(kLogin, Parse(issuer.Jwks()));
  const std::string token = issuer.Token();
  std::atomic<bool> stop = false;
  std::atomic<int> surprises = 0, allowed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      Scratch scratch;
      while (!stop.load(std::memory_order_relaxed)) {
        const Reason got = authorizer
                               .Authorize({.method = "GET", .target = "/orders/1"},
                                          Credential::Token(token), kNow, scratch)
                               .reason();
        if (got == Reason::kAllowed) {
          ++allowed;
        } else if (got != Reason::kTokenSignature) {
          ++surprises;
        }
      }
    });
  }
  threads.emplace_back([&] {
    while (!stop.load(std::memory_order_relaxed)) (void)authorizer.PrepareKeys();
  });
  for (int i = 0; i < 60 || allowed < 20; ++i) {
    authorizer.SetKeys(kLogin, Parse((i % 3 == 0 ? other : issuer).Jwks()));
    if (i % 7 == 0) authorizer.SetPolicy(LoadPolicy(kOrdersPolicy));
    std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(surprises, 0);
}

}  // namespace
}  // namespace doorward
