// SPDX-License-Identifier: Apache-2.0
//
// Numbers modulo the two primes of P-256 (SEC 2 section 2.4.2): p, over which the curve is, and n,
// the number of its points. Some of it takes a time that depends on the numbers: for public ones
// only.

#ifndef DOORWARD_JOSE_P256_RESIDUE_H_
#define DOORWARD_JOSE_P256_RESIDUE_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "src/jose/limbs.h"

namespace doorward::p256 {

using namespace limbs;

namespace internal {

// Returns 2^exponent modulo `modulus`, which is above 2^255.
constexpr Number PowerOfTwo(unsigned exponent, const Number& modulus) noexcept {
  Number power{1, 0, 0, 0};
  for (unsigned i = 0; i < exponent; ++i) {
    const bool carries = power[3] >> 63 != 0;
    for (size_t j = 3; j > 0; --j) power[j] = power[j] << 1 | power[j - 1] >> 63;
    power[0] <<= 1;
    Number less{};
    Wide borrow = 0;
    for (size_t j = 0; j < 4; ++j) {
      const Wide difference = static_cast<Wide>(power[j]) - modulus[j] - borrow;
      less[j] = static_cast<uint64_t>(difference);
      borrow = difference >> 64 & 1;
    }
    if (carries || borrow == 0) power = less;
  }
  return power;
}

// Returns -1 / odd modulo 2^64: each step of Newton's doubles the bits that are right.
constexpr uint64_t NegatedInverse(uint64_t odd) noexcept {
  uint64_t inverse = odd;  // three bits are
  for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
  return 0 - inverse;
}

}  // namespace internal

// p = 2^256 - 2^224 + 2^192 + 2^96 - 1
struct Prime {
  static constexpr Number kModulus{0xFFFFFFFFFFFFFFFF, 0x00000000FFFFFFFF, 0, 0xFFFFFFFF00000001};
};
struct Order {
  static constexpr Number kModulus{0xF3B9CAC2FC632551, 0xBCE6FAADA7179E84, 0xFFFFFFFFFFFFFFFF,
                                   0xFFFFFFFF00000000};
};

// INVARIANT: a number x is held in Montgomery's form, x 2^256 modulo m, which is below m. The
// product of two forms divided by 2^256 is a form again, and that division modulo m is cheap.
template <class M>
class Residue {
 public:
  Residue() noexcept = default;  // zero

  static Residue One() noexcept { return Residue(kOne); }
  // REQUIRES: number < m.
  static Residue Of(const Number& number) noexcept { return Residue(Product(number, kSquare)); }
  // Returns 1 / number. REQUIRES: 0 < number < m.
  static Residue InverseOf(const Number& number) noexcept;

  bool is_zero() const noexcept { return IsZero(form_); }
  // Returns this times `factor` as a plain number. REQUIRES: factor < m.
  Number TimesNumber(const Number& factor) const noexcept { return Product(form_, factor); }

  Residue Squared() const noexcept { return *this * *this; }
  // REQUIRES: not zero.
  Residue Inverse() const noexcept { return Of(InverseOf(form_).form_); }

  friend Residue operator*(const Residue& a, const Residue& b) noexcept {
    return Residue(Product(a.form_, b.form_));
  }
  friend Residue operator+(const Residue& a, const Residue& b) noexcept {
    Number sum;
    const unsigned char carry = Add(a.form_, b.form_, sum);
    return Residue(SubtractOnce(sum, carry));
  }
  friend Residue operator-(const Residue& a, const Residue& b) noexcept {
    Number difference;
    const bool borrows = Subtract(a.form_, b.form_, difference) != 0;
    Add(difference, Select(borrows, M::kModulus, Number{}), difference);
    return Residue(difference);
  }
  friend Residue operator-(const Residue& a) noexcept { return Residue() - a; }
  friend bool operator==(const Residue& a, const Residue& b) noexcept { return a.form_ == b.form_; }

 private:
  static constexpr Number kOne = internal::PowerOfTwo(256, M::kModulus);
  static constexpr Number kSquare = internal::PowerOfTwo(512, M::kModulus);
  static constexpr uint64_t kNegatedInverse = internal::NegatedInverse(M::kModulus[0]);

  // A product under way: below 2 m, and while a row is added below 2^64 m + 2 m.
  using Sum = std::array<uint64_t, 6>;

  explicit Residue(const Number& form) noexcept : form_(form) {}

  // Returns a + 2^256 carry modulo m. REQUIRES: it is below 2 m.
  [[gnu::always_inline]] static Number SubtractOnce(const Number& a, uint64_t carry) noexcept {
    Number less;
    const unsigned char borrow = Subtract(a, M::kModulus, less);
    return Select(borrow > carry, a, less);
  }

  // sum += row * limb.
  [[gnu::always_inline]] static void AddRow(Sum& sum, const Number& row, uint64_t limb) noexcept {
    const Wide p0 = static_cast<Wide>(row[0]) * limb, p1 = static_cast<Wide>(row[1]) * limb;
    const Wide p2 = static_cast<Wide>(row[2]) * limb, p3 = static_cast<Wide>(row[3]) * limb;
    unsigned char carry = AddLimbs(0, sum[0], static_cast<uint64_t>(p0), sum[0]);
    carry = AddLimbs(carry, sum[1], static_cast<uint64_t>(p1), sum[1]);
    carry = AddLimbs(carry, sum[2], static_cast<uint64_t>(p2), sum[2]);
    carry = AddLimbs(carry, sum[3], static_cast<uint64_t>(p3), sum[3]);
    sum[5] += AddLimbs(carry, sum[4], 0, sum[4]);
    carry = AddLimbs(0, sum[1], static_cast<uint64_t>(p0 >> 64), sum[1]);
    carry = AddLimbs(carry, sum[2], static_cast<uint64_t>(p1 >> 64), sum[2]);
    carry = AddLimbs(carry, sum[3], static_cast<uint64_t>(p2 >> 64), sum[3]);
    sum[5] += AddLimbs(carry, sum[4], static_cast<uint64_t>(p3 >> 64), sum[4]);
  }

  // sum = (sum + the multiple of m that makes it divisible by 2^64) / 2^64.
  [[gnu::always_inline]] static void DropLimb(Sum& sum) noexcept {
    if constexpr (kNegatedInverse == 1) {
      // p, times the lowest limb l: l (2^256 - 2^224 + 2^192) + l 2^96 - l, where the last clears
      // the limb.
      const uint64_t l = sum[0];
      const Wide high = static_cast<Wide>(l) * M::kModulus[3];
      unsigned char carry = AddLimbs(0, sum[1], l << 32, sum[0]);
      carry = AddLimbs(carry, sum[2], l >> 32, sum[1]);
      carry = AddLimbs(carry, sum[3], static_cast<uint64_t>(high), sum[2]);
      carry = AddLimbs(carry, sum[4], static_cast<uint64_t>(high >> 64), sum[3]);
      sum[4] = sum[5] + carry;
    } else {
      AddRow(sum, M::kModulus, sum[0] * kNegatedInverse);
      for (size_t i = 0; i < 5; ++i) sum[i] = sum[i + 1];
    }
    sum[5] = 0;
  }

  // Returns a b / 2^256 modulo m. REQUIRES: a < m and b < m.
  static Number Product(const Number& a, const Number& b) noexcept {
    Sum sum{};
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; ++i) {
      AddRow(sum, a, b[i]);
      DropLimb(sum);
    }
    return SubtractOnce({sum[0], sum[1], sum[2], sum[3]}, sum[4]);
  }

  Number form_{};
};

// Kaliski's almost inverse. Throughout, m = u s + v r, number r = -u 2^k and number s = v 2^k
// modulo m; u and v are odd and have no common divisor, so that both end as 1, and s as 2^k /
// number. By the first equation r and s stay below m.
template <class M>
Residue<M> Residue<M>::InverseOf(const Number& number) noexcept {
  Number u = M::kModulus, v = number, r{}, s{1, 0, 0, 0};
  unsigned k = 0;
  // Halves what is even, and doubles what stands for it.
  const auto halve = [&k](Number& even, Number& other) {
    while ((even[0] & 1) == 0) {
      const auto bits = static_cast<unsigned>(std::countr_zero(even[0] | uint64_t{1} << 63));
      ShiftRight(even, bits);
      ShiftLeft(other, bits);
      k += bits;
    }
  };
  halve(v, r);
  for (Number difference; u != v;) {
    if (Subtract(u, v, difference) == 0) {
      u = difference;
      Add(r, s, r);
      halve(u, s);
    } else {
      Subtract(v, u, v);
      Add(s, r, s);
      halve(v, r);
    }
  }
  // s 2^(512 - k) / 2^256 is the form of 2^-k s.
  unsigned exponent = 512 - k;
  for (; exponent > 255; --exponent) s = (Residue(s) + Residue(s)).form_;
  Number power{};
  power[exponent / 64] = uint64_t{1} << exponent % 64;
  return Residue(Product(s, power));
}

using Field = Residue<Prime>;   // coordinates
using Scalar = Residue<Order>;  // what points are multiplied by

}  // namespace doorward::p256

#endif  // DOORWARD_JOSE_P256_RESIDUE_H_
