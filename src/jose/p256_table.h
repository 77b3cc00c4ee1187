// SPDX-License-Identifier: Apache-2.0
//
// Multiples of a point of P-256, made once, so that u G + v Q is a sum of points that stand ready:
// no doublings, and 74 additions. In time that depends on u and v: for public ones only.

#ifndef DOORWARD_JOSE_P256_TABLE_H_
#define DOORWARD_JOSE_P256_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/jose/p256_residue.h"

namespace doorward::p256 {

// A point of the curve y^2 = x^3 - 3 x + b other than infinity.
struct Point {
  Field x, y;
};

// The base point G (SEC 2 section 2.4.2).
Point BasePoint() noexcept;

// d 2^(7 i) P for d from 1 to 64 and i from 0 to 36. Digits from -64 to 64 are enough to write any
// number with, seven bits at a time, as -P is P with another sign of y.
class PointTable {
 public:
  static constexpr unsigned kDigitBits = 7;
  static constexpr size_t kDigits = 37;  // 259 bits: a number's 256 and a carry
  static constexpr size_t kMultiples = size_t{1} << (kDigitBits - 1);

  // Cost: about two milliseconds, 148 KiB.
  explicit PointTable(const Point& point) noexcept;

  // REQUIRES: 1 <= multiple <= kMultiples.
  const Point& Multiple(size_t digit, size_t multiple) const noexcept {
    return rows_[digit][multiple - 1];
  }

 private:
  using Row = std::array<Point, kMultiples>;
  alignas(64) std::array<Row, kDigits> rows_;
};

// A sum of points, infinity at first. Any points may be added, equal and opposite ones too.
//
// INVARIANT: x = x_ / zz_ and y = y_ / zzz_, where zz_^3 = zzz_^2; zz_ is zero for infinity.
class PointSum {
 public:
  void Add(const Point& point) noexcept;
  void AddMultiple(const PointTable& table, const Number& scalar) noexcept;

  // Whether x modulo n is `r`, a number below n. No for infinity.
  bool HasAbscissa(const Number& r) const noexcept;

 private:
  friend class PointTable;

  void SetDouble(const Point& point) noexcept;

  Field x_, y_, zz_, zzz_;
};

}  // namespace doorward::p256

#endif  // DOORWARD_JOSE_P256_TABLE_H_
