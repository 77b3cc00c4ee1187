// SPDX-License-Identifier: Apache-2.0

#include <array>

#include <openssl/core_names.h>

#include "src/base/source.h"
#include "src/jose/key.h"

namespace doorward {
namespace {

struct Curve {
  std::string_view name;  // as `crv` spells it
  const char* group;      // as OpenSSL does
  size_t field_size;      // octets of a coordinate
  Algorithm algorithm;    // RFC 7518 section 3.4: the curve and the hash go together
};

constexpr std::array kCurves{
    Curve{"P-256", "P-256", 32, Algorithm::kES256},
    Curve{"P-384", "P-384", 48, Algorithm::kES384},
    Curve{"P-521", "P-521", 66, Algorithm::kES512},
};

const Curve* FindCurve(std::string_view name) {
  for (const Curve& curve : kCurves) {
    if (curve.name == name) return &curve;
  }
  return nullptr;
}

bool AppendCoordinate(JsonView jwk, std::string_view name, const Curve& curve,
                      std::vector<uint8_t>& point, KeyRefusal& refusal) {
  std::vector<uint8_t> octets;
  if (!DecodeMember(jwk, name, octets, refusal)) return false;
  if (octets.size() != curve.field_size) {
    refusal = {"key_broken", name,
               "its `" + std::string(name) + "` has " + std::to_string(octets.size()) + " octets",
               std::to_string(curve.field_size) + " octets for " + std::string(curve.name)};
    return false;
  }
  point.insert(point.end(), octets.begin(), octets.end());
  return true;
}

// Null where the point is not on the curve, which OpenSSL checks as it reads it. Every point of
// these curves but infinity, which has no such encoding, has full order: there is no more to check.
EvpPkeyPtr MakePkey(const Curve& curve, const std::vector<uint8_t>& point) {
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return MakePublicKey("EC", builder.get());
}

}  // namespace

BuiltKey BuildEcKey(JsonView jwk, KeyRefusal& refusal) {
  const std::string_view name = jwk.Find("crv").string_or("");
  const Curve* const curve = FindCurve(name);
  if (curve == nullptr) {
    refusal = {"key_curve_unknown", "crv", "its curve " + Quote(name) + " is not supported",
               "P-256, P-384 or P-521"};
    return {};
  }
  constexpr uint8_t kUncompressed = 4;
  std::vector<uint8_t> point{kUncompressed};
  if (!AppendCoordinate(jwk, "x", *curve, point, refusal) ||
      !AppendCoordinate(jwk, "y", *curve, point, refusal)) {
    return {};
  }
  auto key = std::make_shared<Key>();
  key->pkey = MakePkey(*curve, point);
  key->signature_size = 2 * curve->field_size;
  if (key->pkey == nullptr) {
    refusal = {"key_point", "x", "its point is not on " + std::string(curve->name), ""};
    return {};
  }
  key->public_octets = std::move(point);
  return {std::move(key), {curve->algorithm}};
}

}  // namespace doorward
