// SPDX-License-Identifier: Apache-2.0
//
// Signatures as OpenSSL judges them, by another way than the library's: a new context for each, and
// the DER of an ECDSA signature by OpenSSL's own encoder. And points and scalars of P-256 to make
// unlikely signatures of.

#ifndef DOORWARD_TESTS_UNIT_JOSE_REFERENCE_SIGNATURE_H_
#define DOORWARD_TESTS_UNIT_JOSE_REFERENCE_SIGNATURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

namespace doorward {

template <auto kFree>
struct FreeReference {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bn = std::unique_ptr<BIGNUM, FreeReference<BN_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, FreeReference<EVP_PKEY_free>>;
using EcPoint = std::unique_ptr<EC_POINT, FreeReference<EC_POINT_free>>;

// Numbers modulo n, the number of points of P-256.
Bn Number(uint64_t value);
Bn NumberFromHex(const char* hex);
Bn OrderOfP256();
Bn RandomScalar();  // from 1 to n - 1
Bn SumModN(const Bn& a, const Bn& b);
Bn ProductModN(const Bn& a, const Bn& b);
Bn InverseModN(const Bn& a);
Bn OppositeModN(const Bn& a);

// Points of P-256.
EcPoint PointOf(const Bn& g, const EC_POINT* q, const Bn& v);  // g G + v Q; null q: g G
EcPoint PointWithAbscissa(const Bn& x);                        // null where there is none
Bn AbscissaOf(const EcPoint& point);
std::string Encode(const EcPoint& point);  // uncompressed: 65 octets

// 32 octets, the most significant first. REQUIRES: number < 2^256.
std::string Encode(const Bn& number);

// A signature (r, s) of a digest that fits by the making of it: with R = u1 G + u2 Q and r = x(R)
// modulo n, any u1 and u2 but 0 for the second give s = r / u2 and the digest u1 s.
struct MadeSignature {
  std::string digest;     // 32 octets
  std::string signature;  // 64
};
MadeSignature MakeSignature(const Bn& u1, const Bn& u2, const Bn& r);

class ReferenceEs256 {
 public:
  explicit ReferenceEs256(const std::string& point);
  bool Verify(std::string_view digest, std::string_view signature) const;

 private:
  Pkey key_;
};

class ReferenceEd25519 {
 public:
  explicit ReferenceEd25519(const std::string& key);
  bool Verify(std::string_view input, std::string_view signature) const;

 private:
  Pkey key_;
};

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_JOSE_REFERENCE_SIGNATURE_H_
