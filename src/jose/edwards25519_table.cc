// SPDX-License-Identifier: Apache-2.0
//
// Formulas: the Explicit-Formulas Database, twisted Edwards curves with a = -1, extended
// coordinates: madd-2008-hwcd-3 (seven multiplications). They hold for all points, as -1 is a
// square modulo p and d is none.

#include "src/jose/edwards25519_table.h"

#include "src/base/ascii.h"

namespace doorward::edwards25519 {
namespace {

// Of a number in hexadecimal, its most significant digit first.
consteval Field FromHex(const char (&digits)[65]) {
  Octets octets{};
  for (size_t i = 0; i < octets.size(); ++i) {
    octets[31 - i] =
        static_cast<uint8_t>(HexValue(digits[2 * i]) << 4 | HexValue(digits[2 * i + 1]));
  }
  return Field::Read(octets);
}

constexpr Field kD = FromHex("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
constexpr Field kRootOfMinusOne =
    FromHex("2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0");

bool AreEqual(const Field& a, const Field& b) noexcept { return (a - b).is_zero(); }

// REQUIRES: both are reduced.
Addend AddendOf(const Field& x, const Field& y) noexcept {
  return {y + x, y - x, x * y * (kD + kD)};
}

}  // namespace

Point BasePoint() noexcept {
  return {FromHex("216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
          FromHex("6666666666666666666666666666666666666666666666666666666666666658")};
}

// x^2 = u / v, of which r = u v^3 (u v^7)^((p - 5) / 8) is a root, or else of -u / v.
std::optional<Point> DecodePoint(const Octets& encoded) noexcept {
  const Field y = Field::Read(encoded);
  const Field y2 = y.Squared();
  const Field u = y2 - Field::One();
  const Field v = y2 * kD + Field::One();
  const Field v3 = v.Squared() * v;
  Field x = u * v3 * (u * v3.Squared() * v).PowerForRoot();
  const Field is_u = x.Squared() * v;
  if (!AreEqual(is_u, u * Field::One())) {
    x = x * kRootOfMinusOne;
    if (!AreEqual(x.Squared() * v, u * Field::One())) return std::nullopt;
  }
  const bool is_odd = (encoded[31] & 0x80) != 0;
  if (x.is_zero() && is_odd) return std::nullopt;
  if (x.is_odd() != is_odd) x = (Field() - x) * Field::One();
  return Point{x, y};
}

void PointSum::Set(const Field& e, const Field& f, const Field& g, const Field& h) noexcept {
  x_ = e * f;
  y_ = g * h;
  z_ = f * g;
  t_ = e * h;
}

void PointSum::Add(const Addend& point) noexcept {
  const Field a = (y_ - x_) * point.difference, b = (y_ + x_) * point.sum;
  const Field c = t_ * point.product, d = z_ + z_;
  Set(b - a, d - c, d + c, b + a);
}

// What is taken off is (-x, y): sum and difference change places, and the product its sign.
void PointSum::Subtract(const Addend& point) noexcept {
  const Field a = (y_ - x_) * point.sum, b = (y_ + x_) * point.difference;
  const Field c = t_ * point.product, d = z_ + z_;
  Set(b - a, d + c, d - c, b + a);
}

void PointSum::AddMultiple(const PointTable& table, const limbs::Number& scalar,
                           Sign sign) noexcept {
  const auto digits = limbs::SignedDigits<PointTable::kDigitBits, PointTable::kDigits>(scalar);
  for (size_t i = 0; i < digits.size(); ++i) {
    const int digit = sign == Sign::kPlus ? digits[i] : -digits[i];
    if (digit > 0) Add(table.Multiple(i, static_cast<size_t>(digit)));
    if (digit < 0) Subtract(table.Multiple(i, static_cast<size_t>(-digit)));
  }
}

Octets PointSum::Encoded() const noexcept {
  const Field inverse = z_.Inverse();
  Octets out = (y_ * inverse).Encoded();
  if ((x_ * inverse).is_odd()) out[31] |= 0x80;
  return out;
}

Addend PointSum::ToAddend(const Field& z_inverse) const noexcept {
  return AddendOf(x_ * z_inverse, y_ * z_inverse);
}

PointTable::PointTable(const Point& point) noexcept {
  Addend base = AddendOf(point.x, point.y);
  for (Row& row : rows_) {
    // All multiples, and before[i] as the product of the z of those before the i-th: one inversion
    // then serves all.
    std::array<PointSum, kMultiples> sums;
    std::array<Field, kMultiples> before;
    PointSum sum;
    Field product = Field::One();
    for (size_t i = 0; i < kMultiples; ++i) {
      sum.Add(base);
      sums[i] = sum;
      before[i] = product;
      product = product * sum.z_;
    }
    Field inverse = product.Inverse();
    for (size_t i = kMultiples; i-- > 0;) {
      row[i] = sums[i].ToAddend(inverse * before[i]);
      inverse = inverse * sums[i].z_;
    }
    sum.Add(row.back());
    base = sum.ToAddend(sum.z_.Inverse());
  }
}

}  // namespace doorward::edwards25519
