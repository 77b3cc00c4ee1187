// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of edwards25519 against OpenSSL's numbers, on random ones and on those whose limbs
// carry most, and against the laws of the group.

#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include "src/jose/edwards25519_scalar.h"
#include "src/jose/edwards25519_table.h"
#include "tests/unit/jose/reference_signature.h"

namespace doorward {
namespace {

using edwards25519::Field;
using edwards25519::Octets;
using edwards25519::PointSum;
using edwards25519::PointTable;

Bn FromOctets(const uint8_t* octets, int size) { return Bn(BN_lebin2bn(octets, size, nullptr)); }
Bn FromOctets(const Octets& octets) { return FromOctets(octets.data(), 32); }
Octets ToOctets(const Bn& number) {
  Octets octets;
  EXPECT_EQ(BN_bn2lebinpad(number.get(), octets.data(), 32), 32);
  return octets;
}
Octets ToOctets(const limbs::Number& number) {
  Octets octets;
  for (size_t i = 0; i < 32; ++i) {
    octets[i] = static_cast<uint8_t>(number[i / 8] >> (8 * (i % 8)));
  }
  return octets;
}

// Computes modulo a number, as OpenSSL does.
class Reference {
 public:
  explicit Reference(const char* modulus) : modulus_(NumberFromHex(modulus)) {}

  Octets Add(const Octets& a, const Octets& b) const { return Run(BN_mod_add, a, b); }
  Octets Subtract(const Octets& a, const Octets& b) const { return Run(BN_mod_sub, a, b); }
  Octets Multiply(const Octets& a, const Octets& b) const { return Run(BN_mod_mul, a, b); }
  Octets Power(const Octets& a, const char* exponent) const {
    const Bn result(BN_new()), power = NumberFromHex(exponent);
    BN_mod_exp(result.get(), FromOctets(a).get(), power.get(), modulus_.get(), context_.get());
    return ToOctets(result);
  }
  Octets Reduce(const Bn& number) const {
    const Bn result(BN_new());
    BN_nnmod(result.get(), number.get(), modulus_.get(), context_.get());
    return ToOctets(result);
  }

 private:
  using Operation = int (*)(BIGNUM*, const BIGNUM*, const BIGNUM*, const BIGNUM*, BN_CTX*);
  Octets Run(Operation operation, const Octets& a, const Octets& b) const {
    const Bn result(BN_new());
    operation(result.get(), FromOctets(a).get(), FromOctets(b).get(), modulus_.get(),
              context_.get());
    return ToOctets(result);
  }

  Bn modulus_;
  std::unique_ptr<BN_CTX, FreeReference<BN_CTX_free>> context_{BN_CTX_new()};
};

const Reference kModuloP("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
constexpr const char* kL = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
const Reference kModuloL(kL);

// Octets in runs of extremes and of random ones; some are of p and of its neighbours.
template <size_t kSize>
std::array<uint8_t, kSize> MakeOctets(std::mt19937_64& random) {
  static constexpr uint8_t kExtremes[] = {0x00, 0xFF, 0x01, 0x7F, 0x80,
                                          0xED, 0xEC, 0xEE, 0x07, 0xF8};
  std::array<uint8_t, kSize> octets;
  for (size_t i = 0; i < kSize;) {
    const bool is_random = random() % 3 == 0;
    const uint8_t extreme = kExtremes[random() % std::size(kExtremes)];
    for (size_t run = 1 + random() % 32; run > 0 && i < kSize; --run) {
      octets[i++] = is_random ? static_cast<uint8_t>(random()) : extreme;
    }
  }
  return octets;
}

Octets MakeNumber(std::mt19937_64& random) {
  Octets octets = MakeOctets<32>(random);
  octets[31] &= 0x7F;
  if (random() % 8 == 0) {
    octets.fill(0xFF);  // from p - 19 to 2^255 - 1
    octets[31] = 0x7F;
    octets[0] = static_cast<uint8_t>(0xFF - random() % 38);
  }
  return octets;
}

TEST(Edwards25519Field, ComputesAsOpenSslDoes) {
  std::mt19937_64 random(20261123);
  for (int i = 0; i < 20'000; ++i) {
    SCOPED_TRACE(i);
    const Octets a = MakeNumber(random), b = MakeNumber(random);
    const Field x = Field::Read(a), y = Field::Read(b);
    ASSERT_EQ(x.Encoded(), kModuloP.Reduce(FromOctets(a)));
    ASSERT_EQ((x + y).Encoded(), kModuloP.Add(a, b));
    ASSERT_EQ((x - y).Encoded(), kModuloP.Subtract(a, b));
    ASSERT_EQ((x * y).Encoded(), kModuloP.Multiply(a, b));
    ASSERT_EQ(x.Squared().Encoded(), kModuloP.Multiply(a, a));
    ASSERT_EQ(x.is_odd(), (kModuloP.Reduce(FromOctets(a))[0] & 1) != 0);
    ASSERT_EQ(x.is_zero(), kModuloP.Reduce(FromOctets(a)) == Octets{});
  }
}

// The largest limbs that there may be: sums and differences of sums.
TEST(Edwards25519Field, MultipliesWhatIsNotReduced) {
  std::mt19937_64 random(20261124);
  for (int i = 0; i < 5'000; ++i) {
    SCOPED_TRACE(i);
    const Octets a = MakeNumber(random), b = MakeNumber(random), c = MakeNumber(random),
                 d = MakeNumber(random);
    const Field difference = (Field::Read(a) + Field::Read(b)) - (Field::Read(c) + Field::Read(d));
    const Octets want = kModuloP.Subtract(kModuloP.Add(a, b), kModuloP.Add(c, d));
    ASSERT_EQ(difference.Encoded(), want);
    ASSERT_EQ((difference * difference).Encoded(), kModuloP.Multiply(want, want));
    ASSERT_EQ(difference.Squared().Encoded(), kModuloP.Multiply(want, want));
    ASSERT_EQ((difference * difference.Squared()).Encoded(),
              kModuloP.Multiply(want, kModuloP.Multiply(want, want)));
  }
}

TEST(Edwards25519Field, InvertsAndTakesPowers) {
  std::mt19937_64 random(20261125);
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    const Octets a = i == 0 ? Octets{} : MakeNumber(random);
    const Field x = Field::Read(a);
    ASSERT_EQ(
        x.Inverse().Encoded(),
        kModuloP.Power(a, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeb"));
    ASSERT_EQ(
        x.PowerForRoot().Encoded(),
        kModuloP.Power(a, "0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd"));
  }
}

TEST(Edwards25519Scalar, ReducesHashesAsOpenSslDoes) {
  std::mt19937_64 random(20261126);
  for (int i = 0; i < 20'000; ++i) {
    SCOPED_TRACE(i);
    const auto hash = MakeOctets<64>(random);
    ASSERT_EQ(ToOctets(edwards25519::ReduceHash(hash.data())),
              kModuloL.Reduce(FromOctets(hash.data(), 64)));
  }
}

// Just below, at and just above multiples of L, up to the largest that 64 octets hold.
TEST(Edwards25519Scalar, ReducesMultiplesOfTheOrder) {
  const Bn order = NumberFromHex(kL), factor(BN_new()), product(BN_new());
  const std::unique_ptr<BN_CTX, FreeReference<BN_CTX_free>> context(BN_CTX_new());
  for (int bit = 0; bit < 259; ++bit) {
    BN_zero(factor.get());
    BN_set_bit(factor.get(), bit);
    BN_mul(product.get(), order.get(), factor.get(), context.get());
    BN_sub_word(product.get(), 2);
    for (int step = 0; step < 5; ++step, BN_add_word(product.get(), 1)) {
      std::array<uint8_t, 64> octets;
      ASSERT_EQ(BN_bn2lebinpad(product.get(), octets.data(), 64), 64);
      ASSERT_EQ(ToOctets(edwards25519::ReduceHash(octets.data())), kModuloL.Reduce(product))
          << bit << " " << step;
    }
  }
  EXPECT_EQ(ToOctets(edwards25519::kOrder), ToOctets(order));
}

TEST(Limbs, SignedDigitsAreTheNumber) {
  std::mt19937_64 random(20261127);
  for (int i = 0; i < 5'000; ++i) {
    SCOPED_TRACE(i);
    const Octets octets = MakeNumber(random);
    const limbs::Number number = edwards25519::ReadScalar(octets.data());
    const auto digits = limbs::SignedDigits<6, 43>(number);
    const Bn sum(BN_new());
    for (size_t k = digits.size(); k-- > 0;) {
      ASSERT_LE(digits[k], 32);
      ASSERT_GT(digits[k], -32);
      BN_lshift(sum.get(), sum.get(), 6);
      digits[k] < 0 ? BN_sub_word(sum.get(), static_cast<BN_ULONG>(-digits[k]))
                    : BN_add_word(sum.get(), static_cast<BN_ULONG>(digits[k]));
    }
    ASSERT_EQ(ToOctets(sum), octets);
  }
}

constexpr Octets kNeutral{1};

Octets MultipleOfBase(const PointTable& base, const limbs::Number& scalar) {
  PointSum sum;
  sum.AddMultiple(base, scalar);
  return sum.Encoded();
}

TEST(Edwards25519Table, HasTheBasePoint) {
  const PointTable base(edwards25519::BasePoint());
  Octets encoded;
  encoded.fill(0x66);  // RFC 8032 section 5.1: y = 4/5, x even
  encoded[0] = 0x58;
  EXPECT_EQ(MultipleOfBase(base, {1, 0, 0, 0}), encoded);
  EXPECT_EQ(MultipleOfBase(base, {0, 0, 0, 0}), kNeutral);
  EXPECT_EQ(MultipleOfBase(base, edwards25519::kOrder), kNeutral);
  const std::optional<edwards25519::Point> decoded = edwards25519::DecodePoint(encoded);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->x.Encoded(), edwards25519::BasePoint().x.Encoded());
}

// (a + b) B = a B + b B, and a B - a B is nothing, with the table of another point too.
TEST(Edwards25519Table, KeepsTheLawsOfTheGroup) {
  std::mt19937_64 random(20261128);
  const PointTable base(edwards25519::BasePoint());
  for (int round = 0; round < 4; ++round) {
    const auto point = MultipleOfBase(base, {random(), random(), random(), random() >> 4});
    const std::optional<edwards25519::Point> decoded = edwards25519::DecodePoint(point);
    ASSERT_TRUE(decoded.has_value());
    const PointTable other(*decoded);
    for (const PointTable* table : {&base, &other}) {
      for (int i = 0; i < 200; ++i) {
        SCOPED_TRACE(i);
        const Octets a = ToOctets(edwards25519::ReduceHash(MakeOctets<64>(random).data()));
        const Octets b = ToOctets(edwards25519::ReduceHash(MakeOctets<64>(random).data()));
        const Octets both = kModuloL.Add(a, b);
        PointSum sum;
        sum.AddMultiple(*table, edwards25519::ReadScalar(a.data()));
        sum.AddMultiple(*table, edwards25519::ReadScalar(b.data()));
        ASSERT_EQ(sum.Encoded(), MultipleOfBase(*table, edwards25519::ReadScalar(both.data())));
        sum.SubtractMultiple(*table, edwards25519::ReadScalar(a.data()));
        ASSERT_EQ(sum.Encoded(), MultipleOfBase(*table, edwards25519::ReadScalar(b.data())));
        sum.SubtractMultiple(*table, edwards25519::ReadScalar(b.data()));
        ASSERT_EQ(sum.Encoded(), kNeutral);
      }
    }
  }
}

// Every entry is what as many additions give.
TEST(Edwards25519Table, HoldsTheMultiples) {
  const PointTable base(edwards25519::BasePoint());
  PointSum unit;
  unit.Add(base.Multiple(0, 1));
  for (size_t digit = 0; digit < PointTable::kDigits; ++digit) {
    PointSum sum;
    for (size_t multiple = 1; multiple <= PointTable::kMultiples; ++multiple) {
      sum.Add(base.Multiple(digit, 1));
      PointSum entry;
      entry.Add(base.Multiple(digit, multiple));
      ASSERT_EQ(entry.Encoded(), sum.Encoded()) << digit << " " << multiple;
    }
    if (digit + 1 == PointTable::kDigits) break;
    sum.Add(base.Multiple(digit, PointTable::kMultiples));
    PointSum next;
    next.Add(base.Multiple(digit + 1, 1));
    ASSERT_EQ(next.Encoded(), sum.Encoded()) << digit;
  }
}

TEST(Edwards25519Table, DecodesPointsAlone) {
  std::mt19937_64 random(20261129);
  int points = 0;
  for (int i = 0; i < 2'000; ++i) {
    const Octets encoded = MakeOctets<32>(random);
    const std::optional<edwards25519::Point> point = edwards25519::DecodePoint(encoded);
    if (!point) continue;
    ++points;
    // -x^2 + y^2 = 1 + d x^2 y^2, multiplied by 121666: d is -121665/121666
    const Field xx = point->x.Squared(), yy = point->y.Squared();
    const Field left = (yy - xx) * Field::Of(121666);
    const Field right = Field::Of(121666) - xx * yy * Field::Of(121665);
    ASSERT_EQ(left.Encoded(), right.Encoded());
    ASSERT_EQ(point->x.is_odd(), (encoded[31] & 0x80) != 0);
    Octets y = encoded;
    y[31] &= 0x7F;
    ASSERT_EQ(point->y.Encoded(), kModuloP.Reduce(FromOctets(y)));
  }
  EXPECT_GT(points, 500);
  EXPECT_LT(points, 1'500);
  Octets neutral = kNeutral;
  EXPECT_TRUE(edwards25519::DecodePoint(neutral).has_value());
  neutral[31] = 0x80;  // x = 0 is not odd
  EXPECT_FALSE(edwards25519::DecodePoint(neutral).has_value());
  EXPECT_FALSE(edwards25519::DecodePoint(Octets{2}).has_value());
}

}  // namespace
}  // namespace doorward
