// SPDX-License-Identifier: Apache-2.0
//
// Policies, keys and revocations change while other threads decide. Run under ThreadSanitizer as
// well.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "tests/support/policy.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

TEST(Swap, EachDecisionIsWhollyOfOnePolicy) {
  // Under the first policy rule `first` decides, under the second `second`: never the one with the
  // other's revision.
  const auto first =
      LoadPolicy("doorward: 1\nrules: [{id: first, allow: [everyone], endpoints: [/**]}]\n");
  const auto second =
      LoadPolicy("doorward: 1\nrules: [{id: second, deny: [everyone], endpoints: [/**]}]\n");
  Authorizer authorizer(first);
  std::atomic<bool> stop = false;
  std::atomic<int> seen_first = 0, seen_second = 0, mixed = 0;
  std::vector<std::thread> deciders;
  for (int i = 0; i < 3; ++i) {
    deciders.emplace_back([&] {
      Scratch scratch;
      while (!stop.load(std::memory_order_relaxed)) {
        const Decision got =
            authorizer.Authorize({.method = "GET", .target = "/a/b"}, kNow, scratch);
        if (got.rule_id() == "first" && got.policy_revision() == first->revision()) {
          ++seen_first;
        } else if (got.rule_id() == "second" && got.policy_revision() == second->revision()) {
          ++seen_second;
        } else {
          ++mixed;
        }
      }
    });
  }
  for (int i = 0; i < 20'000 || seen_first == 0 || seen_second == 0; ++i) {
    authorizer.SetPolicy(i % 2 == 0 ? second : first);
    if (i % 64 == 0) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& decider : deciders) decider.join();
  EXPECT_EQ(mixed, 0);
}

TEST(Swap, KeysAndRevocationsChangeUnderWay) {
  const Issuer issuer, other;
  Authorizer authorizer(LoadPolicy(kOrdersPolicy), {.max_revocations = 64});
  EXPECT_FALSE(HasErrors(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote)));
  const std::string token = issuer.Token(R"(,"roles":"viewer","jti":"t1")");
  std::atomic<bool> stop = false;
  std::atomic<int> surprises = 0;
  std::vector<std::thread> deciders;
  for (int i = 0; i < 2; ++i) {
    deciders.emplace_back([&] {
      Scratch scratch;
      while (!stop.load(std::memory_order_relaxed)) {
        const Reason got = authorizer
                               .Authorize({.method = "GET", .target = "/orders/1"},
                                          Credential::Token(token), kNow, scratch)
                               .reason();
        if (got != Reason::kAllowed && got != Reason::kTokenSignature &&
            got != Reason::kTokenRevoked)
          ++surprises;
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(HasErrors(
        authorizer.SetKeys(kLogin, (i % 2 == 0 ? other : issuer).Jwks(), KeyOrigin::kRemote)));
    const Timestamp until = kNow + std::chrono::seconds(i % 3);
    (void)authorizer.RevokeTokenId(kLogin, i % 5 == 0 ? "t1" : "t" + std::to_string(i), until,
                                   kNow);
    std::this_thread::yield();
  }
  stop = true;
  for (std::thread& decider : deciders) decider.join();
  EXPECT_EQ(surprises, 0);
}

TEST(Swap, RememberedTokensStayWhole) {
  // More tokens than are remembered, so that entries are displaced and filled anew all the time
  // while decisions still look at them.
  const Issuer issuer, other;
  const auto policy = LoadPolicy(kOrdersPolicy);
  Authorizer authorizer(policy, {.max_revocations = 64, .token_cache = {.max_entries = 6}});
  EXPECT_FALSE(HasErrors(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote)));
  std::vector<std::string> tokens, notes;
  for (size_t i = 0; i < 24; ++i) {
    notes.push_back(std::string(i * 40, static_cast<char>('a' + i)) + "\"");
    tokens.push_back(issuer.Token(R"(,"roles":"viewer","jti":"t)" + std::to_string(i) +
                                  R"(","note":")" + std::string(i * 40, notes[i][0]) + R"(\"")"));
  }
  notes[0] = "\"";
  std::atomic<bool> stop = false;
  std::atomic<int> surprises = 0, allowed = 0;
  std::vector<std::thread> deciders;
  for (size_t thread = 0; thread < 3; ++thread) {
    deciders.emplace_back([&, thread] {
      Scratch scratch;
      for (size_t n = thread; !stop.load(std::memory_order_relaxed); ++n) {
        // Some tokens often, all of them now and then.
        const size_t i = n % 4 != 0 ? n % 3 : n / 4 % tokens.size();
        const Decision got = authorizer.Authorize({.method = "GET", .target = "/orders/1"},
                                                  Credential::Token(tokens[i]), kNow, scratch);
        if (got.allowed()) {
          ++allowed;
          if (got.claims().Find("note").string_or("") != notes[i] || got.subject() != "ann" ||
              got.headers_to_set().size() != 1 || got.headers_to_set()[0].value != "ann") {
            ++surprises;
          }
        } else if (got.reason() != Reason::kTokenSignature &&
                   got.reason() != Reason::kTokenRevoked) {
          ++surprises;
        }
      }
    });
  }
  for (int i = 0; i < 300 || allowed < 3'000; ++i) {
    if (i % 16 == 0) authorizer.SetPolicy(policy);
    if (i % 16 == 8) {
      (void)authorizer.SetKeys(kLogin, (i % 64 == 8 ? other : issuer).Jwks(), KeyOrigin::kRemote);
    }
    if (i % 4 == 1) {
      (void)authorizer.RevokeTokenId(kLogin, "t" + std::to_string(i % 24),
                                     kNow + std::chrono::seconds(i % 2), kNow);
    }
    EXPECT_LE(authorizer.token_cache_stats().entries, 6u);
    std::this_thread::yield();
  }
  stop = true;
  for (std::thread& decider : deciders) decider.join();
  EXPECT_EQ(surprises, 0);
}

TEST(Swap, AScratchKeepsWhatItsDecisionRefersTo) {
  auto authorizer =
      std::make_unique<Authorizer>(LoadPolicy("doorward: 1\nrules: [{id: a-rule-with-a-long-name, "
                                              "allow: [everyone], endpoints: [/**]}]\n"));
  Scratch scratch;
  const Decision got = authorizer->Authorize({.method = "GET", .target = "/"}, kNow, scratch);
  authorizer->SetPolicy(nullptr);
  authorizer.reset();
  EXPECT_EQ(got.rule_id(), "a-rule-with-a-long-name");
}

}  // namespace
}  // namespace doorward
