// SPDX-License-Identifier: Apache-2.0
//
// Formulas: the Explicit-Formulas Database, short Weierstrass curves with a = -3, coordinates
// "xyzz": madd-2008-s (ten multiplications) and mdbl-2008-s-1.

#include "src/jose/p256_table.h"

namespace doorward::p256 {

Point BasePoint() noexcept {
  return {
      Field::Of({0xF4A13945D898C296, 0x77037D812DEB33A0, 0xF8BCE6E563A440F2, 0x6B17D1F2E12C4247}),
      Field::Of({0xCBB6406837BF51F5, 0x2BCE33576B315ECE, 0x8EE7EB4A7C0F9E16, 0x4FE342E2FE1A7F9B})};
}

void PointSum::SetDouble(const Point& p) noexcept {
  const Field u = p.y + p.y;
  const Field v = u.Squared();
  const Field w = u * v;
  const Field s = p.x * v;
  const Field minus_one = p.x.Squared() - Field::One();
  const Field m = minus_one + minus_one + minus_one;
  x_ = m.Squared() - s - s;
  y_ = m * (s - x_) - w * p.y;
  zz_ = v;
  zzz_ = w;
}

void PointSum::Add(const Point& p) noexcept {
  if (zz_.is_zero()) {
    x_ = p.x;
    y_ = p.y;
    zz_ = zzz_ = Field::One();
    return;
  }
  const Field dx = p.x * zz_ - x_;
  const Field dy = p.y * zzz_ - y_;
  if (dx.is_zero()) [[unlikely]] {
    if (dy.is_zero()) {
      SetDouble(p);
    } else {
      *this = PointSum();
    }
    return;
  }
  const Field dx2 = dx.Squared();
  const Field dx3 = dx * dx2;
  const Field q = x_ * dx2;
  x_ = dy.Squared() - dx3 - q - q;
  y_ = dy * (q - x_) - y_ * dx3;
  zz_ = zz_ * dx2;
  zzz_ = zzz_ * dx3;
}

void PointSum::AddMultiple(const PointTable& table, const Number& scalar) noexcept {
  const auto digits = SignedDigits<PointTable::kDigitBits, PointTable::kDigits>(scalar);
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[i];
    if (digit > 0) {
      Add(table.Multiple(i, static_cast<size_t>(digit)));
    } else if (digit < 0) {
      const Point& opposite = table.Multiple(i, static_cast<size_t>(-digit));
      Add({opposite.x, -opposite.y});
    }
  }
}

bool PointSum::HasAbscissa(const Number& r) const noexcept {
  if (zz_.is_zero()) return false;
  if (Field::Of(r) * zz_ == x_) return true;
  Number above;  // r + n, where that is below p too
  return p256::Add(r, Order::kModulus, above) == 0 && IsLess(above, Prime::kModulus) &&
         Field::Of(above) * zz_ == x_;
}

PointTable::PointTable(const Point& point) noexcept {
  Point base = point;
  for (Row& row : rows_) {
    // All multiples, and before[i] as the product of the zzz of those before the i-th: one
    // inversion then serves all.
    std::array<PointSum, kMultiples> sums;
    std::array<Field, kMultiples> before;
    PointSum sum;
    Field product = Field::One();
    for (size_t i = 0; i < kMultiples; ++i) {
      sum.Add(base);
      sums[i] = sum;
      before[i] = product;
      product = product * sum.zzz_;
    }
    Field inverse = product.Inverse();
    for (size_t i = kMultiples; i-- > 0;) {
      const Field zzz_inverse = inverse * before[i];
      inverse = inverse * sums[i].zzz_;
      const Field z_inverse = sums[i].zz_ * zzz_inverse;
      row[i] = {sums[i].x_ * z_inverse.Squared(), sums[i].y_ * zzz_inverse};
    }
    sum.SetDouble(row.back());
    const Field zzz_inverse = sum.zzz_.Inverse();
    base = {sum.x_ * (sum.zz_ * zzz_inverse).Squared(), sum.y_ * zzz_inverse};
  }
}

}  // namespace doorward::p256
