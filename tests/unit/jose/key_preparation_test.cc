// SPDX-License-Identifier: Apache-2.0
//
// Keys are prepared when the host asks, as far as it asks, while others verify with them.

#include "src/jose/key_preparation.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/key_set.h"
#include "doorward/verifier.h"

#include "src/jose/key_set_data.h"
#include "src/jose/libsodium.h"
#include "tests/unit/jose/signed_token.h"
#include "tools/signing/signing.h"

namespace doorward {

static bool operator==(const KeyPreparation& a, const KeyPreparation& b) {
  return a.es256_with_tables == b.es256_with_tables &&
         a.es256_without_tables == b.es256_without_tables &&
         a.ed25519_with_tables == b.ed25519_with_tables &&
         a.ed25519_with_libsodium == b.ed25519_with_libsodium &&
         a.ed25519_with_openssl == b.ed25519_with_openssl;
}

namespace {

constexpr Acceleration kEverything{
    .es256_tables = true, .ed25519_tables = true, .ed25519_libsodium = true};

SigningKey Make(Algorithm algorithm, std::string_view kid, SigningKeyOptions options = {}) {
  return *SigningKey::Generate(algorithm, kid, options);
}

std::shared_ptr<const KeySet> SetOf(const std::vector<const SigningKey*>& keys) {
  std::string members;
  for (const SigningKey* key : keys) members += (members.empty() ? "" : ",") + key->PublicJwk();
  return KeysOf(members);
}

const Es256Tables* TablesOf(const KeySet& set, size_t index) {
  return set.data().keys[index].key->prepared.es256.get();
}

const Ed25519Tables* Ed25519TablesOf(const KeySet& set, size_t index) {
  return set.data().keys[index].key->prepared.ed25519.get();
}

TEST(KeyPreparation, DoesWhatIsAskedFor) {
  const SigningKey a = Make(Algorithm::kES256, "a"), b = Make(Algorithm::kES256, "b"),
                   c = Make(Algorithm::kES256, "c"), p384 = Make(Algorithm::kES384, "d"),
                   rsa = Make(Algorithm::kRS256, "e"), ed = Make(Algorithm::kEdDSA, "f"),
                   ed2 = Make(Algorithm::kEdDSA, "i"),
                   ed448 = Make(Algorithm::kEdDSA, "g", {.ed448 = true}),
                   secret = Make(Algorithm::kHS256, "h");
  const size_t with = HasLibsodium() ? 2 : 0, without = 2 - with;
  const struct {
    const char* name;
    Acceleration acceleration;
    KeyPreparation want;
  } rows[] = {
      {"nothing", {}, {0, 3, 0, 0, 2}},
      {"ES256", {.es256_tables = true}, {3, 0, 0, 0, 2}},
      {"Ed25519", {.ed25519_tables = true}, {0, 3, 2, 0, 0}},
      {"Ed25519 by libsodium", {.ed25519_libsodium = true}, {0, 3, 0, with, without}},
      {"everything", kEverything, {3, 0, 2, 0, 0}},
      {"no tables allowed",
       {.es256_tables = true,
        .ed25519_tables = true,
        .max_es256_tables = 0,
        .max_ed25519_tables = 0},
       {0, 3, 0, 0, 2}},
      {"one fewer than keys",
       {.es256_tables = true,
        .ed25519_tables = true,
        .max_es256_tables = 2,
        .max_ed25519_tables = 1},
       {2, 1, 1, 0, 1}},
      {"one by tables, one by libsodium",
       {.ed25519_tables = true, .ed25519_libsodium = true, .max_ed25519_tables = 1},
       {0, 3, 1, with / 2, without / 2}},
      {"as many as keys",
       {.es256_tables = true,
        .ed25519_tables = true,
        .max_es256_tables = 3,
        .max_ed25519_tables = 2},
       {3, 0, 2, 0, 0}},
      {"a limit without tables", {.max_es256_tables = 3, .max_ed25519_tables = 3}, {0, 3, 0, 0, 2}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto set = SetOf({&a, &b, &c, &p384, &rsa, &ed, &ed448, &ed2, &secret});
    EXPECT_TRUE(set->Prepare({}) == (KeyPreparation{0, 3, 0, 0, 2}));
    EXPECT_TRUE(set->Prepare(row.acceleration) == row.want);
    EXPECT_TRUE(set->Prepare(row.acceleration) == row.want);  // again changes nothing
    EXPECT_TRUE(set->Prepare({}) == row.want);                // and what was prepared stays
  }
}

TEST(KeyPreparation, SaysWhatTheBuildHas) {
  EXPECT_TRUE(AvailableAcceleration().es256_tables);
  EXPECT_TRUE(AvailableAcceleration().ed25519_tables);
  EXPECT_EQ(AvailableAcceleration().ed25519_libsodium, HasLibsodium());
}

TEST(KeyPreparation, MakesTablesOnceForTheSameKey) {
  const SigningKey a = Make(Algorithm::kES256, "a"), b = Make(Algorithm::kES256, "b");
  std::string renamed = a.PublicJwk();
  renamed.replace(renamed.find("\"a\""), 3, "\"c\"");
  const auto set = KeysOf(a.PublicJwk() + "," + renamed + "," + b.PublicJwk());
  ASSERT_EQ(set->size(), 3u);
  EXPECT_TRUE(set->Prepare({.es256_tables = true, .max_es256_tables = 1}) ==
              (KeyPreparation{2, 1, 0, 0, 0}));
  EXPECT_NE(TablesOf(*set, 0), nullptr);
  EXPECT_EQ(TablesOf(*set, 0), TablesOf(*set, 1));
  EXPECT_EQ(TablesOf(*set, 2), nullptr);
  EXPECT_TRUE(set->Prepare(kEverything) == (KeyPreparation{3, 0, 0, 0, 0}));
}

TEST(KeyPreparation, StaysWithKeysThatAreInAnotherSetToo) {
  const SigningKey a = Make(Algorithm::kES256, "a"), b = Make(Algorithm::kES256, "b"),
                   ed = Make(Algorithm::kEdDSA, "f"), other = Make(Algorithm::kEdDSA, "g");
  const auto former = SetOf({&a, &ed});
  former->Prepare(kEverything);
  const auto next = SetOf({&b, &a, &other, &ed});
  next->KeepPreparation(*former);
  EXPECT_EQ(TablesOf(*next, 0), nullptr);
  EXPECT_EQ(TablesOf(*next, 1), TablesOf(*former, 0));
  EXPECT_EQ(Ed25519TablesOf(*next, 2), nullptr);
  EXPECT_EQ(Ed25519TablesOf(*next, 3), Ed25519TablesOf(*former, 1));
  EXPECT_TRUE(next->Prepare({}) == (KeyPreparation{1, 1, 1, 0, 1}));
}

TEST(KeyPreparation, OfLibsodiumStaysToo) {
  const SigningKey ed = Make(Algorithm::kEdDSA, "f"), other = Make(Algorithm::kEdDSA, "g");
  const auto former = SetOf({&ed});
  former->Prepare({.ed25519_libsodium = true});
  const auto next = SetOf({&other, &ed});
  next->KeepPreparation(*former);
  const size_t kept = HasLibsodium() ? 1 : 0;
  EXPECT_TRUE(next->Prepare({}) == (KeyPreparation{0, 0, 0, kept, 2 - kept}));
}

// The same scratch before and after: its contexts are those of the key as it was.
TEST(KeyPreparation, ChangesNoAnswer) {
  for (const Algorithm algorithm : {Algorithm::kES256, Algorithm::kEdDSA}) {
    SCOPED_TRACE(AlgorithmName(algorithm));
    const SigningKey key = Make(algorithm, "k");
    const auto set = SetOf({&key});
    const Verifier verifier(set, {.algorithms = AlgorithmSet::All(), .signature_only = true});
    Scratch scratch;
    for (int round = 0; round < 3; ++round) {
      SCOPED_TRACE(round);
      for (int i = 0; i < 200; ++i) {
        const std::string token = *key.SignJws("{}", "payload " + std::to_string(i));
        EXPECT_EQ(verifier.Verify(token, kNow, scratch).reason(), Reason::kAllowed);
        std::string tampered = token;
        const size_t at = token.rfind('.') + 1 + static_cast<size_t>(i) % 80;
        tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
        EXPECT_EQ(verifier.Verify(tampered, kNow, scratch).reason(), Reason::kTokenSignature);
      }
      set->Prepare(round == 0 ? Acceleration{.ed25519_libsodium = true} : kEverything);
    }
  }
}

TEST(KeyPreparation, GoesOnWhileOthersVerify) {
  const SigningKey es256 = Make(Algorithm::kES256, "a"), ed = Make(Algorithm::kEdDSA, "b");
  const std::string tokens[] = {*es256.SignJws("{}", "x"), *ed.SignJws("{}", "x")};
  for (int round = 0; round < 5; ++round) {
    const auto set = SetOf({&es256, &ed});
    const Verifier verifier(set, {.signature_only = true});
    std::atomic<int> wrong = 0, verified = 0;
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        Scratch scratch;
        do {
          for (const std::string& token : tokens) {
            if (!verifier.Verify(token, kNow, scratch).verified()) ++wrong;
          }
          ++verified;
        } while (!stop.load(std::memory_order_relaxed));
      });
    }
    while (verified == 0) std::this_thread::yield();
    for (int i = 0; i < 2; ++i) threads.emplace_back([&] { set->Prepare(kEverything); });
    const auto next = SetOf({&ed, &es256});
    while (TablesOf(*set, 0) == nullptr) next->KeepPreparation(*set);
    next->KeepPreparation(*set);
    EXPECT_EQ(TablesOf(*next, 1), TablesOf(*set, 0));
    const int seen = verified;
    while (verified < seen + 4) std::this_thread::yield();  // with what was prepared
    stop = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
  }
}

}  // namespace
}  // namespace doorward
