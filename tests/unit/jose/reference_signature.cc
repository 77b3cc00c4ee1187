// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/jose/reference_signature.h"

#include <cstdlib>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

namespace doorward {
namespace {

// What fails here is the test's own fault.
void Must(bool done) {
  if (!done) std::abort();
}

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

const EC_GROUP* Group() {
  static const std::unique_ptr<EC_GROUP, FreeReference<EC_GROUP_free>> group(
      EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  return group.get();
}

BN_CTX* Context() {
  static const std::unique_ptr<BN_CTX, FreeReference<BN_CTX_free>> context(BN_CTX_new());
  return context.get();
}

}  // namespace

Bn Number(uint64_t value) {
  Bn number(BN_new());
  Must(BN_set_word(number.get(), value) == 1);
  return number;
}

Bn NumberFromHex(const char* hex) {
  BIGNUM* number = nullptr;
  Must(BN_hex2bn(&number, hex) > 0);
  return Bn(number);
}

Bn OrderOfP256() { return Bn(BN_dup(EC_GROUP_get0_order(Group()))); }

Bn RandomScalar() {
  Bn number(BN_new());
  do {
    Must(BN_rand_range(number.get(), EC_GROUP_get0_order(Group())) == 1);
  } while (BN_is_zero(number.get()) == 1);
  return number;
}

Bn SumModN(const Bn& a, const Bn& b) {
  Bn sum(BN_new());
  Must(BN_mod_add(sum.get(), a.get(), b.get(), EC_GROUP_get0_order(Group()), Context()) == 1);
  return sum;
}

Bn ProductModN(const Bn& a, const Bn& b) {
  Bn product(BN_new());
  Must(BN_mod_mul(product.get(), a.get(), b.get(), EC_GROUP_get0_order(Group()), Context()) == 1);
  return product;
}

Bn InverseModN(const Bn& a) {
  Bn inverse(BN_new());
  Must(BN_mod_inverse(inverse.get(), a.get(), EC_GROUP_get0_order(Group()), Context()) != nullptr);
  return inverse;
}

Bn OppositeModN(const Bn& a) {
  Bn opposite(BN_new());
  Must(BN_mod_sub(opposite.get(), Number(0).get(), a.get(), EC_GROUP_get0_order(Group()),
                  Context()) == 1);
  return opposite;
}

EcPoint PointOf(const Bn& g, const EC_POINT* q, const Bn& v) {
  EcPoint point(EC_POINT_new(Group()));
  Must(EC_POINT_mul(Group(), point.get(), g.get(), q, q == nullptr ? nullptr : v.get(),
                    Context()) == 1);
  return point;
}

EcPoint PointWithAbscissa(const Bn& x) {
  EcPoint point(EC_POINT_new(Group()));
  if (EC_POINT_set_compressed_coordinates(Group(), point.get(), x.get(), 0, Context()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return point;
}

Bn AbscissaOf(const EcPoint& point) {
  Bn x(BN_new());
  Must(EC_POINT_get_affine_coordinates(Group(), point.get(), x.get(), nullptr, Context()) == 1);
  return x;
}

std::string Encode(const EcPoint& point) {
  std::string octets(65, '\0');
  Must(EC_POINT_point2oct(Group(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                          reinterpret_cast<unsigned char*>(octets.data()), octets.size(),
                          Context()) == octets.size());
  return octets;
}

std::string Encode(const Bn& number) {
  std::string octets(32, '\0');
  Must(BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(octets.data()), 32) == 32);
  return octets;
}

MadeSignature MakeSignature(const Bn& u1, const Bn& u2, const Bn& r) {
  const Bn s = ProductModN(r, InverseModN(u2));
  return {Encode(ProductModN(u1, s)), Encode(r) + Encode(s)};
}

ReferenceEs256::ReferenceEs256(const std::string& point) {
  const std::unique_ptr<OSSL_PARAM_BLD, FreeReference<OSSL_PARAM_BLD_free>> builder(
      OSSL_PARAM_BLD_new());
  Must(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ==
           1 &&
       OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                        point.size()) == 1);
  const std::unique_ptr<OSSL_PARAM, FreeReference<OSSL_PARAM_free>> params(
      OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, FreeReference<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  Must(EVP_PKEY_fromdata_init(context.get()) == 1 &&
       EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1);
  key_.reset(key);
}

bool ReferenceEs256::Verify(std::string_view digest, std::string_view signature) const {
  const std::unique_ptr<ECDSA_SIG, FreeReference<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
  Must(ECDSA_SIG_set0(pair.get(), BN_bin2bn(Octets(signature), 32, nullptr),
                      BN_bin2bn(Octets(signature) + 32, 32, nullptr)) == 1);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  Must(size > 0);
  const std::unique_ptr<EVP_PKEY_CTX, FreeReference<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new(key_.get(), nullptr));
  Must(EVP_PKEY_verify_init(context.get()) == 1);
  const int fits =
      EVP_PKEY_verify(context.get(), der, static_cast<size_t>(size), Octets(digest), digest.size());
  OPENSSL_free(der);
  ERR_clear_error();
  return fits == 1;
}

ReferenceEd25519::ReferenceEd25519(const std::string& key)
    : key_(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Octets(key), key.size())) {
  Must(key_ != nullptr);
}

bool ReferenceEd25519::Verify(std::string_view input, std::string_view signature) const {
  const std::unique_ptr<EVP_MD_CTX, FreeReference<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  Must(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  const int fits = EVP_DigestVerify(context.get(), Octets(signature), signature.size(),
                                    Octets(input), input.size());
  ERR_clear_error();
  return fits == 1;
}

}  // namespace doorward
