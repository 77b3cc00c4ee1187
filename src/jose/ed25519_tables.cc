// SPDX-License-Identifier: Apache-2.0

#include "src/jose/ed25519_tables.h"

#if defined(__SIZEOF_INT128__)
#include <algorithm>
#include <cstring>

#include "src/jose/edwards25519_scalar.h"
#include "src/jose/edwards25519_table.h"

namespace doorward {

bool Ed25519Tables::IsAvailable() noexcept { return true; }

std::shared_ptr<const Ed25519Tables> Ed25519Tables::Make(std::span<const uint8_t> key,
                                                         const Ed25519Tables* sibling) {
  using edwards25519::PointTable;
  edwards25519::Octets encoded{};
  if (key.size() != encoded.size()) return nullptr;
  std::copy(key.begin(), key.end(), encoded.begin());
  const std::optional<edwards25519::Point> point = edwards25519::DecodePoint(encoded);
  if (!point) return nullptr;
  const std::shared_ptr<Ed25519Tables> made(new Ed25519Tables);
  made->base_ = sibling != nullptr ? sibling->base_
                                   : std::make_shared<const PointTable>(edwards25519::BasePoint());
  made->key_ = std::make_unique<const PointTable>(*point);
  return made;
}

bool Ed25519Tables::Verify(const unsigned char* hash,
                           const unsigned char* signature) const noexcept {
  const limbs::Number s = edwards25519::ReadScalar(signature + 32);
  if (!limbs::IsLess(s, edwards25519::kOrder)) return false;
  edwards25519::PointSum sum;
  sum.AddMultiple(*base_, s);
  sum.SubtractMultiple(*key_, edwards25519::ReduceHash(hash));
  const edwards25519::Octets r = sum.Encoded();
  return std::memcmp(r.data(), signature, r.size()) == 0;
}

#else

namespace doorward {

class edwards25519::PointTable {};

bool Ed25519Tables::IsAvailable() noexcept { return false; }

std::shared_ptr<const Ed25519Tables> Ed25519Tables::Make(std::span<const uint8_t>,
                                                         const Ed25519Tables*) {
  return nullptr;
}

bool Ed25519Tables::Verify(const unsigned char*, const unsigned char*) const noexcept {
  return false;
}

#endif

Ed25519Tables::~Ed25519Tables() = default;

}  // namespace doorward
