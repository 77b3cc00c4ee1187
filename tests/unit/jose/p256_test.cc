// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of P-256 against OpenSSL's, on random numbers and on those whose limbs carry and
// borrow most.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "src/jose/p256_table.h"
#include "tests/unit/jose/reference_signature.h"

namespace doorward {
namespace {

p256::Number Limbs(const Bn& number) {
  const std::string octets = Encode(number);
  return p256::ReadNumber(reinterpret_cast<const unsigned char*>(octets.data()));
}

Bn Whole(const p256::Number& limbs) {
  std::string octets;
  for (size_t i = 32; i-- > 0;) octets += static_cast<char>(limbs[i / 8] >> 8 * (i % 8));
  return Bn(BN_bin2bn(reinterpret_cast<const unsigned char*>(octets.data()), 32, nullptr));
}

// Numbers below a modulus, every other limb of which is an extreme one.
class Numbers {
 public:
  explicit Numbers(const p256::Number& modulus) : modulus_(modulus) {}

  p256::Number Next() {
    static constexpr uint64_t kExtremes[] = {0,
                                             1,
                                             UINT64_MAX,
                                             UINT64_MAX - 1,
                                             0x00000000FFFFFFFF,
                                             0x0000000100000000,
                                             0xFFFFFFFF00000000,
                                             0xFFFFFFFF00000001,
                                             0x8000000000000000,
                                             0xBCE6FAADA7179E84,
                                             0xF3B9CAC2FC632551};
    p256::Number number;
    for (uint64_t& limb : number) {
      limb = random_() % 2 == 0 ? random_() : kExtremes[random_() % std::size(kExtremes)];
    }
    if (!p256::IsLess(number, modulus_)) p256::Subtract(number, modulus_, number);
    return number;
  }

 private:
  p256::Number modulus_;
  std::mt19937_64 random_{20260101};
};

template <class Modulus>
class P256Residue : public testing::Test {
 protected:
  using TheResidue = p256::Residue<Modulus>;

  static p256::Number NumberOf(const TheResidue& residue) {
    return residue.TimesNumber({1, 0, 0, 0});
  }

  Numbers numbers_{Modulus::kModulus};
};
using Moduli = testing::Types<p256::Prime, p256::Order>;
TYPED_TEST_SUITE(P256Residue, Moduli);

TYPED_TEST(P256Residue, ComputesAsOpenSslDoes) {
  using R = typename TestFixture::TheResidue;
  const Bn modulus = Whole(TypeParam::kModulus), expected(BN_new());
  const std::unique_ptr<BN_CTX, FreeReference<BN_CTX_free>> context(BN_CTX_new());
  for (int i = 0; i < 50'000; ++i) {
    const p256::Number a = this->numbers_.Next(), b = this->numbers_.Next();
    const Bn x = Whole(a), y = Whole(b);
    const R ra = R::Of(a), rb = R::Of(b);
    SCOPED_TRACE(i);
    BN_mod_add(expected.get(), x.get(), y.get(), modulus.get(), context.get());
    ASSERT_EQ(this->NumberOf(ra + rb), Limbs(expected));
    BN_mod_sub(expected.get(), x.get(), y.get(), modulus.get(), context.get());
    ASSERT_EQ(this->NumberOf(ra - rb), Limbs(expected));
    BN_mod_mul(expected.get(), x.get(), y.get(), modulus.get(), context.get());
    ASSERT_EQ(this->NumberOf(ra * rb), Limbs(expected));
    ASSERT_EQ(ra.TimesNumber(b), Limbs(expected));
    ASSERT_EQ(ra.is_zero(), p256::IsZero(a));
    ASSERT_EQ(ra == rb, a == b);
  }
}

TYPED_TEST(P256Residue, InvertsEveryNumberButZero) {
  using R = typename TestFixture::TheResidue;
  std::vector<p256::Number> rows;
  for (int i = 0; i < 5'000; ++i) rows.push_back(this->numbers_.Next());
  // Powers of two, which take the fewest steps, and their neighbours; all of them negative too.
  for (unsigned bit = 0; bit < 256; ++bit) {
    p256::Number power{}, below, above;
    power[bit / 64] = uint64_t{1} << bit % 64;
    p256::Subtract(power, {1, 0, 0, 0}, below);
    p256::Add(power, {1, 0, 0, 0}, above);
    for (const p256::Number& positive : {below, power, above}) {
      p256::Number negative;
      p256::Subtract(TypeParam::kModulus, positive, negative);
      rows.push_back(positive);
      rows.push_back(negative);
    }
  }
  int inverted = 0;
  for (const p256::Number& row : rows) {
    if (p256::IsZero(row) || !p256::IsLess(row, TypeParam::kModulus)) continue;
    ASSERT_EQ(R::InverseOf(row) * R::Of(row), R::One());
    ASSERT_EQ(R::Of(row).Inverse() * R::Of(row), R::One());
    ++inverted;
  }
  EXPECT_GT(inverted, 6'000);
}

TEST(P256Table, HoldsTheMultiplesOfItsPoint) {
  const auto table = std::make_unique<const p256::PointTable>(p256::BasePoint());
  Bn shift = Number(1);
  for (size_t digit = 0; digit < p256::PointTable::kDigits; ++digit) {
    for (const uint64_t multiple : std::initializer_list<uint64_t>{1, 2, 3, 31, 63, 64}) {
      SCOPED_TRACE(testing::Message() << multiple << " of digit " << digit);
      const std::string expected =
          Encode(PointOf(ProductModN(Number(multiple), shift), nullptr, {}));
      const p256::Point& point = table->Multiple(digit, multiple);
      const auto* const octets = reinterpret_cast<const unsigned char*>(expected.data()) + 1;
      EXPECT_EQ(point.x, p256::Field::Of(p256::ReadNumber(octets)));
      EXPECT_EQ(point.y, p256::Field::Of(p256::ReadNumber(octets + 32)));
    }
    shift = ProductModN(shift, Number(128));
  }
}

}  // namespace
}  // namespace doorward
