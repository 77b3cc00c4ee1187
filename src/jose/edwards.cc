// SPDX-License-Identifier: Apache-2.0
//
// Both curves are a x² + y² = 1 + d x² y² over the integers modulo p, with a = -1 (Ed25519) or
// a = 1 (Ed448), and a key holds y and the sign of x. There is such an x where x² = (1 - y²) /
// (a - d y²) is a square, which is where (1 - y²)(a - d y²) is one. Points of small order are
//
//   order 1, 2:  x = 0                      y = ±1
//   order 4:     y = 0
//   order 8:     doubled, they have y = 0:  y² = a x², hence d y⁴ - 2 a y² + a = 0 (as a² = 1)
//
// so that y alone tells, with no list of forbidden encodings.

#include "src/jose/edwards.h"

#include <algorithm>

#include "src/jose/openssl.h"

namespace doorward {
namespace {

struct CurveConstants {
  const char* p;  // hexadecimal
  const char* d;
  bool a_is_minus_one;
};

constexpr CurveConstants kEd25519{
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
    "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3", true};
constexpr CurveConstants kEd448{
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "-98a9", false};

BnPtr FromHex(const char* hex) {
  BIGNUM* value = nullptr;
  BN_hex2bn(&value, hex);
  return BnPtr(value);
}

// Arithmetic modulo p. Allocation failures are remembered, so that formulas stay readable.
class Field {
 public:
  explicit Field(const char* p) : p_(FromHex(p)), context_(BN_CTX_new()) {
    good_ = p_ != nullptr && context_ != nullptr;
  }

  bool good() const { return good_; }
  const BIGNUM* p() const { return p_.get(); }

  BnPtr Multiply(const BnPtr& x, const BnPtr& y) { return Compute(BN_mod_mul, x, y); }
  BnPtr Add(const BnPtr& x, const BnPtr& y) { return Compute(BN_mod_add, x, y); }
  BnPtr Subtract(const BnPtr& x, const BnPtr& y) { return Compute(BN_mod_sub, x, y); }
  bool IsZero(const BnPtr& x) const { return good_ && BN_is_zero(x.get()) == 1; }
  // Zero is a square.
  bool IsSquare(const BnPtr& x) {
    return good_ && BN_kronecker(x.get(), p_.get(), context_.get()) >= 0;
  }

 private:
  using Operation = int (*)(BIGNUM*, const BIGNUM*, const BIGNUM*, const BIGNUM*, BN_CTX*);

  BnPtr Compute(Operation operation, const BnPtr& x, const BnPtr& y) {
    BnPtr result(BN_new());
    good_ = good_ && result != nullptr && x != nullptr && y != nullptr &&
            operation(result.get(), x.get(), y.get(), p_.get(), context_.get()) == 1;
    return result;
  }

  BnPtr p_;
  BnCtxPtr context_;
  bool good_ = false;
};

}  // namespace

EdwardsPoint CheckEdwardsPoint(EdwardsCurve curve, std::vector<uint8_t> encoded) {
  const CurveConstants& constants = curve == EdwardsCurve::kEd25519 ? kEd25519 : kEd448;
  encoded.back() &= 0x7F;  // the sign of x
  const BnPtr y(BN_lebin2bn(encoded.data(), static_cast<int>(encoded.size()), nullptr));
  Field field(constants.p);
  if (y == nullptr || !field.good() || BN_cmp(y.get(), field.p()) >= 0) {
    return EdwardsPoint::kNotOnCurve;
  }
  const BnPtr one = FromHex("1");
  const BnPtr a = FromHex(constants.a_is_minus_one ? "-1" : "1");
  const BnPtr d = FromHex(constants.d);
  const BnPtr yy = field.Multiply(y, y);
  const BnPtr dyy = field.Multiply(d, yy);

  const BnPtr numerator = field.Subtract(one, yy);
  const BnPtr denominator = field.Subtract(a, dyy);
  const bool on_curve = field.IsSquare(field.Multiply(numerator, denominator));

  const BnPtr ayy = field.Multiply(a, yy);
  const BnPtr order_8 = field.Add(field.Subtract(field.Multiply(dyy, yy), field.Add(ayy, ayy)), a);
  const bool small = field.IsZero(y) || field.IsZero(numerator) || field.IsZero(order_8);

  if (!field.good() || (!on_curve && !small)) return EdwardsPoint::kNotOnCurve;
  return small ? EdwardsPoint::kSmallOrder : EdwardsPoint::kGood;
}

}  // namespace doorward
