// SPDX-License-Identifier: Apache-2.0
//
// Numbers of 256 bits in four limbs, for the arithmetic of curves.

#ifndef DOORWARD_JOSE_LIMBS_H_
#define DOORWARD_JOSE_LIMBS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace doorward::limbs {

__extension__ typedef unsigned __int128 Wide;

// A number below 2^256, its least significant limb first.
using Number = std::array<uint64_t, 4>;

// Sets `sum` to the low limb of a + b + carry and returns the high one, 0 or 1, as `carry` is.
inline unsigned char AddLimbs(unsigned char carry, uint64_t a, uint64_t b, uint64_t& sum) noexcept {
#if defined(__x86_64__)
  unsigned long long low;
  carry = _addcarry_u64(carry, a, b, &low);
  sum = low;
  return carry;
#else
  const Wide wide = static_cast<Wide>(a) + b + carry;
  sum = static_cast<uint64_t>(wide);
  return static_cast<unsigned char>(wide >> 64);
#endif
}

// Sets `difference` to a - b - borrow modulo 2^64 and returns what it borrows, 0 or 1.
inline unsigned char SubtractLimbs(unsigned char borrow, uint64_t a, uint64_t b,
                                   uint64_t& difference) noexcept {
#if defined(__x86_64__)
  unsigned long long low;
  borrow = _subborrow_u64(borrow, a, b, &low);
  difference = low;
  return borrow;
#else
  const Wide wide = static_cast<Wide>(a) - b - borrow;
  difference = static_cast<uint64_t>(wide);
  return static_cast<unsigned char>(wide >> 64 & 1);
#endif
}

inline bool IsZero(const Number& a) noexcept { return (a[0] | a[1] | a[2] | a[3]) == 0; }

// Sets `sum` to a + b modulo 2^256 and returns the carry.
inline unsigned char Add(const Number& a, const Number& b, Number& sum) noexcept {
  unsigned char carry = AddLimbs(0, a[0], b[0], sum[0]);
  carry = AddLimbs(carry, a[1], b[1], sum[1]);
  carry = AddLimbs(carry, a[2], b[2], sum[2]);
  return AddLimbs(carry, a[3], b[3], sum[3]);
}

// Sets `difference` to a - b modulo 2^256 and returns 1 where a < b.
inline unsigned char Subtract(const Number& a, const Number& b, Number& difference) noexcept {
  unsigned char borrow = SubtractLimbs(0, a[0], b[0], difference[0]);
  borrow = SubtractLimbs(borrow, a[1], b[1], difference[1]);
  borrow = SubtractLimbs(borrow, a[2], b[2], difference[2]);
  return SubtractLimbs(borrow, a[3], b[3], difference[3]);
}

inline bool IsLess(const Number& a, const Number& b) noexcept {
  Number ignored;
  return Subtract(a, b, ignored) != 0;
}

// Returns a where `which`, else b; without a branch, as neither is the likelier.
inline Number Select(bool which, const Number& a, const Number& b) noexcept {
  const uint64_t mask = 0 - static_cast<uint64_t>(which);
  return {(a[0] & mask) | (b[0] & ~mask), (a[1] & mask) | (b[1] & ~mask),
          (a[2] & mask) | (b[2] & ~mask), (a[3] & mask) | (b[3] & ~mask)};
}

// Shift by 1 to 63 bits; those that leave are lost.
inline void ShiftRight(Number& a, unsigned bits) noexcept {
  for (size_t i = 0; i < 3; ++i) a[i] = a[i] >> bits | a[i + 1] << (64 - bits);
  a[3] >>= bits;
}
inline void ShiftLeft(Number& a, unsigned bits) noexcept {
  for (size_t i = 3; i > 0; --i) a[i] = a[i] << bits | a[i - 1] >> (64 - bits);
  a[0] <<= bits;
}

// Reads 32 octets, the most significant first.
inline Number ReadNumber(const unsigned char* octets) noexcept {
  Number a{};
  for (size_t i = 0; i < 32; ++i) a[3 - i / 8] = a[3 - i / 8] << 8 | octets[i];
  return a;
}

// A number as the sum of digits[i] 2^(kBits i), each above -2^(kBits - 1) and at most 2^(kBits -
// 1). REQUIRES: number < 2^(kBits kDigits - 1).
template <unsigned kBits, size_t kDigits>
std::array<int, kDigits> SignedDigits(Number number) noexcept {
  constexpr uint64_t kMask = (uint64_t{1} << kBits) - 1;
  constexpr int kMost = 1 << (kBits - 1);
  std::array<int, kDigits> digits;
  int carry = 0;
  for (int& digit : digits) {
    digit = static_cast<int>(number[0] & kMask) + carry;
    carry = digit > kMost ? 1 : 0;
    digit -= carry << kBits;
    ShiftRight(number, kBits);
  }
  return digits;
}

}  // namespace doorward::limbs

#endif  // DOORWARD_JOSE_LIMBS_H_
