// SPDX-License-Identifier: Apache-2.0

#include "src/jose/es256_tables.h"

#if defined(__SIZEOF_INT128__)
#include "src/jose/p256_table.h"

namespace doorward {

bool Es256Tables::IsAvailable() noexcept { return true; }

std::shared_ptr<const Es256Tables> Es256Tables::Make(std::span<const uint8_t> point,
                                                     const Es256Tables* sibling) {
  using p256::Field, p256::PointTable, p256::ReadNumber;
  const std::shared_ptr<Es256Tables> made(new Es256Tables);
  made->base_ =
      sibling != nullptr ? sibling->base_ : std::make_shared<const PointTable>(p256::BasePoint());
  const uint8_t* const x = point.data() + 1;
  made->key_ = std::make_unique<const PointTable>(
      p256::Point{Field::Of(ReadNumber(x)), Field::Of(ReadNumber(x + 32))});
  return made;
}

bool Es256Tables::Verify(const unsigned char* digest,
                         const unsigned char* signature) const noexcept {
  using p256::IsLess, p256::IsZero, p256::Number, p256::Scalar;
  constexpr Number kOrder = p256::Order::kModulus;
  const Number r = p256::ReadNumber(signature), s = p256::ReadNumber(signature + 32);
  if (IsZero(r) || IsZero(s) || !IsLess(r, kOrder) || !IsLess(s, kOrder)) return false;
  Number e = p256::ReadNumber(digest);
  if (!IsLess(e, kOrder)) p256::Subtract(e, kOrder, e);

  const Scalar inverse = Scalar::InverseOf(s);
  p256::PointSum sum;
  sum.AddMultiple(*base_, inverse.TimesNumber(e));
  sum.AddMultiple(*key_, inverse.TimesNumber(r));
  return sum.HasAbscissa(r);
}

#else

namespace doorward {

class p256::PointTable {};

bool Es256Tables::IsAvailable() noexcept { return false; }

std::shared_ptr<const Es256Tables> Es256Tables::Make(std::span<const uint8_t>, const Es256Tables*) {
  return nullptr;
}

bool Es256Tables::Verify(const unsigned char*, const unsigned char*) const noexcept {
  return false;
}

#endif

Es256Tables::~Es256Tables() = default;

}  // namespace doorward
