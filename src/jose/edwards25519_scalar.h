// SPDX-License-Identifier: Apache-2.0
//
// Numbers modulo L, the order of the base point of edwards25519 (RFC 8032 section 5.1).

#ifndef DOORWARD_JOSE_EDWARDS25519_SCALAR_H_
#define DOORWARD_JOSE_EDWARDS25519_SCALAR_H_

#include <cstddef>
#include <cstdint>

#include "src/jose/limbs.h"

namespace doorward::edwards25519 {

// 2^252 and some 2^124 above it.
inline constexpr limbs::Number kOrder{0x5812631A5CF5D3ED, 0x14DEF9DEA2F79CD6, 0,
                                      0x1000000000000000};

// Reads octets, the least significant first.
inline uint64_t ReadLimb(const unsigned char* octets) noexcept {
  uint64_t limb = 0;
  for (size_t i = 8; i-- > 0;) limb = limb << 8 | octets[i];
  return limb;
}
inline limbs::Number ReadScalar(const unsigned char* octets) noexcept {
  return {ReadLimb(octets), ReadLimb(octets + 8), ReadLimb(octets + 16), ReadLimb(octets + 24)};
}

// The number that 64 octets are, modulo L. Half a limb after the other is appended to what is
// there, a number r < L. With q the bits of that from 2^252 on, which are at most 33,
//
//   q L = q 2^252 + q (L - 2^252),   so that to take q L off is to leave those bits out and to take
//                                    off q (L - 2^252) < 2^159; where that is too much, by less
//                                    than L, one L is given back
inline limbs::Number ReduceHash(const unsigned char* octets) noexcept {
  constexpr unsigned kHalf = 32;
  constexpr uint64_t kBelow252 = (uint64_t{1} << 60) - 1;
  limbs::Number r{};
  for (size_t i = 16; i-- > 0;) {
    const uint64_t q = r[3] >> (60 - kHalf);
    r[3] &= kBelow252 >> kHalf;
    limbs::ShiftLeft(r, kHalf);
    r[0] |= ReadLimb(octets + i / 2 * 8) >> (i % 2 * kHalf) & 0xFFFFFFFF;
    const limbs::Wide low = static_cast<limbs::Wide>(q) * kOrder[0];
    const limbs::Wide high =
        static_cast<limbs::Wide>(q) * kOrder[1] + static_cast<uint64_t>(low >> 64);
    const limbs::Number product{static_cast<uint64_t>(low), static_cast<uint64_t>(high),
                                static_cast<uint64_t>(high >> 64), 0};
    if (limbs::Subtract(r, product, r) != 0) limbs::Add(r, kOrder, r);
  }
  return r;
}

}  // namespace doorward::edwards25519

#endif  // DOORWARD_JOSE_EDWARDS25519_SCALAR_H_
