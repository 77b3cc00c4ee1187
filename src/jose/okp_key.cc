// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "src/base/source.h"
#include "src/jose/edwards.h"
#include "src/jose/key.h"

namespace doorward {
namespace {

struct OkpCurve {
  std::string_view name;
  const char* type;  // as OpenSSL calls it
  EdwardsCurve curve;
  size_t key_size;
  size_t signature_size;
};

constexpr std::array kOkpCurves{
    OkpCurve{"Ed25519", "ED25519", EdwardsCurve::kEd25519, 32, 64},
    OkpCurve{"Ed448", "ED448", EdwardsCurve::kEd448, 57, 114},
};

const OkpCurve* FindCurve(std::string_view name) {
  for (const OkpCurve& curve : kOkpCurves) {
    if (curve.name == name) return &curve;
  }
  return nullptr;
}

bool CheckPoint(const OkpCurve& curve, const std::vector<uint8_t>& x, KeyRefusal& refusal) {
  if (x.size() != curve.key_size) {
    refusal = {"key_broken", "x", "its `x` has " + std::to_string(x.size()) + " octets",
               std::to_string(curve.key_size) + " octets for " + std::string(curve.name)};
    return false;
  }
  switch (CheckEdwardsPoint(curve.curve, x)) {
    case EdwardsPoint::kGood:
      return true;
    case EdwardsPoint::kNotOnCurve:
      refusal = {"key_point", "x", "its point is not on " + std::string(curve.name), ""};
      return false;
    case EdwardsPoint::kSmallOrder:
      refusal = {"key_weak", "x", "its point has small order: anyone can sign for it", ""};
      return false;
  }
  return false;
}

}  // namespace

BuiltKey BuildOkpKey(JsonView jwk, KeyRefusal& refusal) {
  const std::string_view name = jwk.Find("crv").string_or("");
  const OkpCurve* const curve = FindCurve(name);
  if (curve == nullptr) {
    refusal = {"key_curve_unknown", "crv", "its curve " + Quote(name) + " is not supported",
               "Ed25519 or Ed448"};
    return {};
  }
  std::vector<uint8_t> x;
  if (!DecodeMember(jwk, "x", x, refusal) || !CheckPoint(*curve, x, refusal)) return {};
  auto key = std::make_shared<Key>();
  key->pkey.reset(
      EVP_PKEY_new_raw_public_key_ex(nullptr, curve->type, nullptr, x.data(), x.size()));
  key->signature_size = curve->signature_size;
  if (key->pkey == nullptr) {
    refusal = {"key_broken", "x", "its octets make no key", ""};
    return {};
  }
  key->public_octets = std::move(x);
  return {std::move(key), {Algorithm::kEdDSA}};
}

}  // namespace doorward
