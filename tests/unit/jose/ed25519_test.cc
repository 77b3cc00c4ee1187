// SPDX-License-Identifier: Apache-2.0
//
// Ed25519 by libsodium and by tables answers as OpenSSL does, where implementations differ too:
// signatures are made with points of mixed and of small order, S beyond its range, encodings that
// are not canonical.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <sodium.h>

#include "src/jose/ed25519_tables.h"
#include "src/jose/edwards.h"
#include "src/jose/libsodium.h"
#include "tests/unit/jose/reference_signature.h"

namespace doorward {
namespace {

using Octets = std::array<unsigned char, 32>;

std::string Text(const Octets& octets) { return {octets.begin(), octets.end()}; }
const unsigned char* Data(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Octets Add(const Octets& p, const Octets& q) {
  Octets sum;
  EXPECT_EQ(crypto_core_ed25519_add(sum.data(), p.data(), q.data()), 0);
  return sum;
}

// i T, where T is a point of order 8.
Octets Torsion(int i) {
  constexpr std::string_view kPoint =
      "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
      "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05";
  Octets point{}, sum{1};
  std::copy(kPoint.begin(), kPoint.end(), point.begin());
  for (; i > 0; --i) sum = Add(sum, point);
  return sum;
}

Octets RandomScalar() {
  Octets scalar;
  crypto_core_ed25519_scalar_random(scalar.data());
  return scalar;
}

Octets TimesBase(const Octets& scalar) {
  Octets point;
  EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(point.data(), scalar.data()), 0);
  return point;
}

// A key whose public point is a B + i T.
struct MixedKey {
  explicit MixedKey(int torsion) : a(RandomScalar()), point(Add(TimesBase(a), Torsion(torsion))) {}
  Octets a, point;
};

// r + h a modulo L, where h is the hash of R, the key and the message.
Octets MakeS(const Octets& r, const std::string& r_point, const MixedKey& key,
             const std::string& message) {
  const std::string hashed = r_point + Text(key.point) + message;
  std::array<unsigned char, 64> hash;
  crypto_hash_sha512(hash.data(), Data(hashed), hashed.size());
  Octets h, product, s;
  crypto_core_ed25519_scalar_reduce(h.data(), hash.data());
  crypto_core_ed25519_scalar_mul(product.data(), h.data(), key.a.data());
  crypto_core_ed25519_scalar_add(s.data(), product.data(), r.data());
  return s;
}

bool VerifyWithTables(const std::string& key, const std::string& message,
                      const std::string& signature) {
  static std::map<std::string, std::shared_ptr<const Ed25519Tables>> made;
  const auto [found, is_new] = made.try_emplace(key, nullptr);
  if (is_new) {
    const Ed25519Tables* const sibling = made.size() == 1 ? nullptr : made.begin()->second.get();
    found->second = Ed25519Tables::Make({Data(key), key.size()}, sibling);
  }
  const std::string hashed = signature.substr(0, 32) + key + message;
  std::array<unsigned char, 64> hash;
  crypto_hash_sha512(hash.data(), Data(hashed), hashed.size());
  return found->second->Verify(hash.data(), Data(signature));
}

// What libsodium says; the test fails where OpenSSL says otherwise than it, or than tables do.
// Nothing: OpenSSL is asked.
std::optional<bool> Judge(const std::string& key, const std::string& message,
                          const std::string& signature) {
  const bool fits = ReferenceEd25519(key).Verify(message, signature);
  EXPECT_EQ(VerifyWithTables(key, message, signature), fits);
  const std::optional<bool> answer =
      VerifyWithLibsodium({Data(key), key.size()}, message, signature);
  EXPECT_EQ(answer.value_or(fits), fits);
  return answer;
}

TEST(Ed25519, LibsodiumIsReadyAndJudgesAsOpenSslDoes) {
  EXPECT_TRUE(HasLibsodium());
  EXPECT_TRUE(PrepareLibsodium());
  EXPECT_TRUE(PrepareLibsodium());
}

TEST(Ed25519, AgreeOnGoodAndTamperedSignatures) {
  ASSERT_TRUE(PrepareLibsodium());
  std::mt19937_64 random(11);
  std::optional<MixedKey> made;
  for (size_t i = 0; i < 4'000; ++i) {
    if (i % 20 == 0) made.emplace(0);
    const MixedKey& key = *made;
    const std::string public_key = Text(key.point);
    std::string message(1 + i % 200, 'm');
    const Octets r = RandomScalar();
    const std::string r_point = Text(TimesBase(r));
    std::string signature = r_point + Text(MakeS(r, r_point, key, message));
    ASSERT_EQ(Judge(public_key, message, signature), true);
    const size_t bit = random() % (8 * 64);
    signature[bit / 8] = static_cast<char>(signature[bit / 8] ^ 1 << bit % 8);
    ASSERT_EQ(Judge(public_key, message, signature), false);
    signature[bit / 8] = static_cast<char>(signature[bit / 8] ^ 1 << bit % 8);
    message[message.size() / 2] = 'n';
    ASSERT_EQ(Judge(public_key, message, signature), false);
  }
}

TEST(Ed25519, AgreeOnPointsOfMixedOrder) {
  ASSERT_TRUE(PrepareLibsodium());
  int good = 0, bad = 0;
  for (int in_key = 0; in_key < 8; ++in_key) {
    for (int in_r = 0; in_r < 8; ++in_r) {
      const MixedKey key(in_key);
      ASSERT_EQ(CheckEdwardsPoint(EdwardsCurve::kEd25519, {key.point.begin(), key.point.end()}),
                EdwardsPoint::kGood);
      for (int i = 0; i < 64; ++i) {
        const std::string message = "message " + std::to_string(i);
        const Octets r = RandomScalar();
        const std::string r_point = Text(Add(TimesBase(r), Torsion(in_r)));
        const auto answer =
            Judge(Text(key.point), message, r_point + Text(MakeS(r, r_point, key, message)));
        ASSERT_TRUE(answer.has_value());
        ++(*answer ? good : bad);
      }
    }
  }
  // Both kinds, or nothing was shown.
  EXPECT_GT(good, 300);
  EXPECT_GT(bad, 3'000);
}

TEST(Ed25519, LibsodiumLeavesPointsOfSmallOrderToOpenSsl) {
  ASSERT_TRUE(PrepareLibsodium());
  int good = 0;
  for (int in_key = 0; in_key < 8; ++in_key) {
    const MixedKey key(in_key);
    for (int in_r = 0; in_r < 8; ++in_r) {
      for (int i = 0; i < 16; ++i) {
        const std::string message = "message " + std::to_string(i);
        const std::string r_point = Text(Torsion(in_r));
        const std::string signature = r_point + Text(MakeS({}, r_point, key, message));
        EXPECT_EQ(Judge(Text(key.point), message, signature), std::nullopt);
        good += ReferenceEd25519(Text(key.point)).Verify(message, signature) ? 1 : 0;
      }
    }
  }
  // There are such that OpenSSL takes: it had to be asked.
  EXPECT_GT(good, 100);
}

TEST(Ed25519, RefuseSBeyondItsRange) {
  ASSERT_TRUE(PrepareLibsodium());
  const MixedKey key(0);
  const std::string order(
      "\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14"
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10",
      32);
  const Octets r = RandomScalar();
  const std::string r_point = Text(TimesBase(r));
  std::string s = Text(MakeS(r, r_point, key, "m"));
  ASSERT_EQ(Judge(Text(key.point), "m", r_point + s), true);
  for (int times = 1; times < 15; ++times) {  // 15 L is below 2^256
    SCOPED_TRACE(times);
    unsigned carry = 0;
    for (size_t i = 0; i < 32; ++i) {
      carry += unsigned{Data(s)[i]} + unsigned{Data(order)[i]};
      s[i] = static_cast<char>(carry);
      carry >>= 8;
    }
    EXPECT_EQ(Judge(Text(key.point), "m", r_point + s), false);
  }
  for (const std::string& edge : {order, std::string(32, '\0'), std::string(32, '\xFF')}) {
    EXPECT_EQ(Judge(Text(key.point), "m", r_point + edge), false);
  }
}

TEST(Ed25519, AgreeOnEncodingsThatAreNotCanonical) {
  ASSERT_TRUE(PrepareLibsodium());
  const MixedKey key(3);
  for (const int sign : {0x00, 0x80}) {
    for (int above_p = 0; above_p < 19; ++above_p) {  // y + p, which is below 2^255
      SCOPED_TRACE(testing::Message() << above_p << " sign " << sign);
      std::string r_point(32, '\xFF');
      r_point[0] = static_cast<char>(0xED + above_p);
      r_point[31] = static_cast<char>(0x7F | sign);
      for (const Octets& r : {Octets{}, RandomScalar()}) {
        const std::string signature = r_point + Text(MakeS(r, r_point, key, "m"));
        EXPECT_EQ(Judge(Text(key.point), "m", signature), false);
      }
    }
    // x = 0 has no sign; y = 2 is on no point.
    for (const char y : {'\x01', '\x02'}) {
      std::string r_point(32, '\0');
      r_point[0] = y;
      r_point[31] = static_cast<char>(sign);
      Judge(Text(key.point), "m", r_point + Text(MakeS({}, r_point, key, "m")));
    }
  }
}

}  // namespace
}  // namespace doorward
