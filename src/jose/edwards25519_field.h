// SPDX-License-Identifier: Apache-2.0
//
// Integers modulo p = 2^255 - 19, the field of the curve edwards25519. In time that depends on
// no number.

#ifndef DOORWARD_JOSE_EDWARDS25519_FIELD_H_
#define DOORWARD_JOSE_EDWARDS25519_FIELD_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/jose/limbs.h"

namespace doorward::edwards25519 {

// 32 octets, the least significant first, as RFC 8032 section 5.1.2 encodes all numbers.
using Octets = std::array<uint8_t, 32>;

// A number as the sum of limbs_[i] 2^(51 i). The number is not kept below p, nor limbs below 2^51:
//
//   reduced     limbs below 2^51 + 2^13: what is read, products and squares
//   sum         of two or three reduced
//   difference  of two each of which is reduced or a sum of two; limbs below 2^54
//
// All of them may be multiplied, squared and encoded. A difference is not added to anything.
class Field {
 public:
  constexpr Field() noexcept : limbs_{} {}
  static constexpr Field One() noexcept { return Of(1); }
  // REQUIRES: small < 2^51.
  static constexpr Field Of(uint64_t small) noexcept {
    Field out;
    out.limbs_[0] = small;
    return out;
  }
  // The number that 255 bits of `octets` are, be it below p or not; the last bit is left out.
  static constexpr Field Read(const Octets& octets) noexcept;

  // The only encoding of the number: below p, the last bit zero.
  constexpr Octets Encoded() const noexcept;

  constexpr Field operator*(const Field& other) const noexcept;
  constexpr Field Squared() const noexcept;
  constexpr Field SquaredTimes(int times) const noexcept;  // this^(2^times)
  constexpr Field operator+(const Field& other) const noexcept;
  constexpr Field operator-(const Field& other) const noexcept;
  // 1 / this; 0 for 0.
  constexpr Field Inverse() const noexcept;
  // this^((p - 5) / 8), which square roots are made of (RFC 8032 section 5.1.3).
  constexpr Field PowerForRoot() const noexcept;

  constexpr bool is_zero() const noexcept { return Encoded() == Octets{}; }
  // The lowest bit of the number, which RFC 8032 calls its sign.
  constexpr bool is_odd() const noexcept { return (Encoded()[0] & 1) != 0; }

 private:
  using Wide = limbs::Wide;
  static constexpr int kBits = 51;
  static constexpr uint64_t kMask = (uint64_t{1} << kBits) - 1;

  // The sum of s_i 2^(51 i), each of which is below 2^115: five products of limbs, four of them
  // times 19.
  static constexpr Field Carried(Wide s0, Wide s1, Wide s2, Wide s3, Wide s4) noexcept;
  // this^(2^250 - 1), and this^11 on the way to it.
  constexpr Field LongPower(Field& eleventh) const noexcept;

  std::array<uint64_t, 5> limbs_;
};

constexpr Field Field::Read(const Octets& octets) noexcept {
  const auto word = [&](size_t at) {
    uint64_t out = 0;
    for (size_t i = 8; i-- > 0;) out = out << 8 | octets[at + i];
    return out;
  };
  Field out;
  out.limbs_ = {word(0) & kMask, word(6) >> 3 & kMask, word(12) >> 6 & kMask, word(19) >> 1 & kMask,
                word(24) >> 12 & kMask};
  return out;
}

constexpr Octets Field::Encoded() const noexcept {
  // Carries, until the number is below 2^255.
  std::array<uint64_t, 5> n = limbs_;
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < 4; ++i) {
      n[i + 1] += n[i] >> kBits;
      n[i] &= kMask;
    }
    n[0] += 19 * (n[4] >> kBits);
    n[4] &= kMask;
  }
  // It is at least p where 19 more reach 2^255; then p is taken off, which is to add 19 and to
  // leave the bit 2^255 out.
  uint64_t carry = (n[0] + 19) >> kBits;
  for (size_t i = 1; i < 5; ++i) carry = (n[i] + carry) >> kBits;
  n[0] += 19 * carry;
  for (size_t i = 0; i < 4; ++i) {
    n[i + 1] += n[i] >> kBits;
    n[i] &= kMask;
  }
  n[4] &= kMask;
  const std::array<uint64_t, 4> words{n[0] | n[1] << 51, n[1] >> 13 | n[2] << 38,
                                      n[2] >> 26 | n[3] << 25, n[3] >> 39 | n[4] << 12};
  Octets out{};
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<uint8_t>(words[i / 8] >> (8 * (i % 8)));
  }
  return out;
}

[[gnu::always_inline]] constexpr Field Field::Carried(Wide s0, Wide s1, Wide s2, Wide s3,
                                                      Wide s4) noexcept {
  const auto low = [](Wide sum) { return static_cast<uint64_t>(sum) & kMask; };
  const auto carry = [](Wide sum) { return static_cast<uint64_t>(sum >> kBits); };
  s1 += carry(s0);
  s2 += carry(s1);
  s3 += carry(s2);
  s4 += carry(s3);
  // 2^255 is 19.
  const Wide first = static_cast<Wide>(carry(s4)) * 19 + low(s0);
  Field out;
  out.limbs_ = {low(first), low(s1) + carry(first), low(s2), low(s3), low(s4)};
  return out;
}

constexpr Field Field::operator*(const Field& other) const noexcept {
  const std::array<uint64_t, 5>&a = limbs_, &b = other.limbs_;
  const auto times = [](uint64_t x, uint64_t y) { return static_cast<Wide>(x) * y; };
  const uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
  return Carried(
      times(a[0], b[0]) + times(a[1], b4) + times(a[2], b3) + times(a[3], b2) + times(a[4], b1),
      times(a[0], b[1]) + times(a[1], b[0]) + times(a[2], b4) + times(a[3], b3) + times(a[4], b2),
      times(a[0], b[2]) + times(a[1], b[1]) + times(a[2], b[0]) + times(a[3], b4) + times(a[4], b3),
      times(a[0], b[3]) + times(a[1], b[2]) + times(a[2], b[1]) + times(a[3], b[0]) +
          times(a[4], b4),
      times(a[0], b[4]) + times(a[1], b[3]) + times(a[2], b[2]) + times(a[3], b[1]) +
          times(a[4], b[0]));
}

constexpr Field Field::Squared() const noexcept {
  const std::array<uint64_t, 5>& a = limbs_;
  const auto times = [](uint64_t x, uint64_t y) { return static_cast<Wide>(x) * y; };
  const uint64_t twice0 = 2 * a[0], twice1 = 2 * a[1], a3 = 19 * a[3], a4 = 19 * a[4];
  return Carried(times(a[0], a[0]) + times(twice1, a4) + times(2 * a[2], a3),
                 times(twice0, a[1]) + times(2 * a[2], a4) + times(a[3], a3),
                 times(twice0, a[2]) + times(a[1], a[1]) + times(2 * a[3], a4),
                 times(twice0, a[3]) + times(twice1, a[2]) + times(a[4], a4),
                 times(twice0, a[4]) + times(twice1, a[3]) + times(a[2], a[2]));
}

constexpr Field Field::SquaredTimes(int times) const noexcept {
  Field out = *this;
  for (; times > 0; --times) out = out.Squared();
  return out;
}

constexpr Field Field::operator+(const Field& other) const noexcept {
  Field out;
  for (size_t i = 0; i < 5; ++i) out.limbs_[i] = limbs_[i] + other.limbs_[i];
  return out;
}

// 4 p is added, whose limbs are above those of what is taken off.
constexpr Field Field::operator-(const Field& other) const noexcept {
  Field out;
  out.limbs_[0] = limbs_[0] + 4 * (kMask - 18) - other.limbs_[0];
  for (size_t i = 1; i < 5; ++i) out.limbs_[i] = limbs_[i] + 4 * kMask - other.limbs_[i];
  return out;
}

constexpr Field Field::LongPower(Field& eleventh) const noexcept {
  const Field square = Squared();
  const Field ninth = square.SquaredTimes(2) * *this;
  eleventh = ninth * square;
  const Field bits5 = eleventh.Squared() * ninth;  // this^(2^5 - 1)
  const Field bits10 = bits5.SquaredTimes(5) * bits5;
  const Field bits20 = bits10.SquaredTimes(10) * bits10;
  const Field bits40 = bits20.SquaredTimes(20) * bits20;
  const Field bits50 = bits40.SquaredTimes(10) * bits10;
  const Field bits100 = bits50.SquaredTimes(50) * bits50;
  const Field bits200 = bits100.SquaredTimes(100) * bits100;
  return bits200.SquaredTimes(50) * bits50;
}

// p - 2 = 2^255 - 21 = 2^5 (2^250 - 1) + 11 (Fermat).
constexpr Field Field::Inverse() const noexcept {
  Field eleventh;
  return LongPower(eleventh).SquaredTimes(5) * eleventh;
}

// 2^252 - 3 = 2^2 (2^250 - 1) + 1.
constexpr Field Field::PowerForRoot() const noexcept {
  Field eleventh;
  return LongPower(eleventh).SquaredTimes(2) * *this;
}

}  // namespace doorward::edwards25519

#endif  // DOORWARD_JOSE_EDWARDS25519_FIELD_H_
