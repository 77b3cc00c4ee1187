// SPDX-License-Identifier: Apache-2.0
//
// Whether an EdDSA public key is a point that may be trusted. OpenSSL takes any octets for one.

#ifndef DOORWARD_JOSE_EDWARDS_H_
#define DOORWARD_JOSE_EDWARDS_H_

#include <cstdint>
#include <vector>

namespace doorward {

enum class EdwardsCurve : uint8_t { kEd25519, kEd448 };

enum class EdwardsPoint : uint8_t {
  kGood,
  kNotOnCurve,  // or not in its only encoding (RFC 8032 sections 5.1.3 and 5.2.3)
  kSmallOrder,  // with which a signature fits every message
};

// Judges an encoded point of 32 (Ed25519) or 57 (Ed448) octets.
EdwardsPoint CheckEdwardsPoint(EdwardsCurve curve, std::vector<uint8_t> encoded);

}  // namespace doorward

#endif  // DOORWARD_JOSE_EDWARDS_H_
