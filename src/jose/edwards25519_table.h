// SPDX-License-Identifier: Apache-2.0
//
// Multiples of a point of edwards25519, made once, so that S B - h A is a sum of points that stand
// ready: no doublings, and 86 additions. In time that depends on S and h: for public ones only.

#ifndef DOORWARD_JOSE_EDWARDS25519_TABLE_H_
#define DOORWARD_JOSE_EDWARDS25519_TABLE_H_

#include <array>
#include <cstddef>
#include <optional>

#include "src/jose/edwards25519_field.h"
#include "src/jose/limbs.h"

namespace doorward::edwards25519 {

// A point of the curve -x^2 + y^2 = 1 + d x^2 y^2.
struct Point {
  Field x, y;
};

// The base point B (RFC 8032 section 5.1).
Point BasePoint() noexcept;

// RFC 8032 section 5.1.3, but that y may be p or above; none where there is no such point.
std::optional<Point> DecodePoint(const Octets& encoded) noexcept;

// A point in the form that it is added in.
struct Addend {
  Field sum, difference;  // y + x, y - x
  Field product;          // 2 d x y
};

// d 2^(6 i) P for d from 1 to 32 and i from 0 to 42. Digits from -32 to 32 are enough to write any
// number below 2^257 with, six bits at a time, as to add -P is to take P off.
class PointTable {
 public:
  static constexpr unsigned kDigitBits = 6;
  static constexpr size_t kDigits = 43;
  static constexpr size_t kMultiples = size_t{1} << (kDigitBits - 1);

  // Cost: about half a millisecond, 162 KiB.
  explicit PointTable(const Point& point) noexcept;

  // REQUIRES: 1 <= multiple <= kMultiples.
  const Addend& Multiple(size_t digit, size_t multiple) const noexcept {
    return rows_[digit][multiple - 1];
  }

 private:
  using Row = std::array<Addend, kMultiples>;
  alignas(64) std::array<Row, kDigits> rows_;
};

// A sum of points, at first the neutral one (0, 1). Any points may be added or taken off, in one
// way: the formulas have no exceptions.
//
// INVARIANT: x = x_ / z_, y = y_ / z_, x y = t_ / z_; all are reduced.
class PointSum {
 public:
  void Add(const Addend& point) noexcept;
  void Subtract(const Addend& point) noexcept;
  // REQUIRES: scalar < 2^257.
  void AddMultiple(const PointTable& table, const limbs::Number& scalar) noexcept {
    AddMultiple(table, scalar, Sign::kPlus);
  }
  void SubtractMultiple(const PointTable& table, const limbs::Number& scalar) noexcept {
    AddMultiple(table, scalar, Sign::kMinus);
  }

  // RFC 8032 section 5.1.2.
  Octets Encoded() const noexcept;

 private:
  friend class PointTable;
  enum class Sign { kPlus, kMinus };

  void AddMultiple(const PointTable& table, const limbs::Number& scalar, Sign sign) noexcept;
  // x = E / G, y = H / F in the formulas' names.
  void Set(const Field& e, const Field& f, const Field& g, const Field& h) noexcept;
  Addend ToAddend(const Field& z_inverse) const noexcept;

  Field x_, y_ = Field::One(), z_ = Field::One(), t_;
};

}  // namespace doorward::edwards25519

#endif  // DOORWARD_JOSE_EDWARDS25519_TABLE_H_
