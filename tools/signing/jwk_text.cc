// SPDX-License-Identifier: Apache-2.0
//
// Key material read from the members of a JWK and written as such (RFC 7518 section 6, RFC 8037).

#include <algorithm>
#include <array>
#include <cstdint>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "tools/signing/key_material.h"

namespace doorward::signing {
namespace {

using BnPtr = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

struct NamedParam {
  std::string_view member;  // of the JWK
  const char* param;        // of OpenSSL
};
constexpr std::array kRsaParams{
    NamedParam{"n", OSSL_PKEY_PARAM_RSA_N},
    NamedParam{"e", OSSL_PKEY_PARAM_RSA_E},
    NamedParam{"d", OSSL_PKEY_PARAM_RSA_D},
    NamedParam{"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
    NamedParam{"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
    NamedParam{"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
    NamedParam{"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
    NamedParam{"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};
constexpr size_t kRsaPublicParams = 2;
constexpr size_t kRsaNeededParams = 3;  // the others only make it faster

struct EcCurve {
  std::string_view name;
  const char* group;  // as OpenSSL names it when asked
  int field_size;
  Algorithm algorithm;
};
constexpr std::array kEcCurves{
    EcCurve{"P-256", "prime256v1", 32, Algorithm::kES256},
    EcCurve{"P-384", "secp384r1", 48, Algorithm::kES384},
    EcCurve{"P-521", "secp521r1", 66, Algorithm::kES512},
};

const EcCurve* FindEcCurve(std::string_view name) {
  for (const EcCurve& curve : kEcCurves) {
    if (curve.name == name || curve.group == name) return &curve;
  }
  return nullptr;
}

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<std::string> Decode(const JsonObject& jwk, std::string_view name) {
  const auto text = jwk.FindString(name);
  return text ? DecodeBase64Url(*text) : std::nullopt;
}

BnPtr DecodeInteger(const JsonObject& jwk, std::string_view name) {
  const auto octets = Decode(jwk, name);
  if (!octets || octets->empty()) return nullptr;
  return BnPtr(BN_bin2bn(Octets(*octets), static_cast<int>(octets->size()), nullptr));
}

PkeyPtr FromParams(const char* type, OSSL_PARAM_BLD* builder) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_KEYPAIR, params.get()) != 1) {
    return nullptr;
  }
  return PkeyPtr(pkey);
}

PkeyPtr ReadRsa(const JsonObject& jwk) {
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  std::array<BnPtr, kRsaParams.size()> values;  // must outlive the builder's use of them
  for (size_t i = 0; i < kRsaParams.size(); ++i) {
    values[i] = DecodeInteger(jwk, kRsaParams[i].member);
    if (values[i] == nullptr && i == kRsaNeededParams) break;
    if (values[i] == nullptr ||
        OSSL_PARAM_BLD_push_BN(builder.get(), kRsaParams[i].param, values[i].get()) != 1) {
      return nullptr;
    }
  }
  return FromParams("RSA", builder.get());
}

PkeyPtr ReadEc(const JsonObject& jwk) {
  const EcCurve* const curve = FindEcCurve(jwk.FindString("crv").value_or(""));
  const auto x = Decode(jwk, "x");
  const auto y = Decode(jwk, "y");
  const BnPtr d = DecodeInteger(jwk, "d");
  if (curve == nullptr || !x || !y || d == nullptr) return nullptr;
  const std::string point = '\x04' + *x + *y;
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get());
  return FromParams("EC", builder.get());
}

PkeyPtr ReadOkp(const JsonObject& jwk) {
  const std::string curve = jwk.FindString("crv").value_or("");
  const auto d = Decode(jwk, "d");
  if (!d || (curve != "Ed25519" && curve != "Ed448")) return nullptr;
  return PkeyPtr(EVP_PKEY_new_raw_private_key_ex(nullptr, curve == "Ed25519" ? "ED25519" : "ED448",
                                                 nullptr, Octets(*d), d->size()));
}

// --- Writing ---

std::string Member(std::string_view name, std::string_view octets) {
  return ",\"" + std::string(name) + "\":\"" + EncodeBase64Url(octets) + "\"";
}

// A number as octets, at least `size` of them.
std::string ParamOctets(EVP_PKEY* pkey, const char* param, int size) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(pkey, param, &number);
  const BnPtr owned(number);
  if (number == nullptr) return "";
  std::string out(static_cast<size_t>(std::max(size, BN_num_bytes(number))), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  return out;
}

std::string WriteRsa(EVP_PKEY* pkey, bool with_private) {
  std::string out = R"("kty":"RSA")";
  const size_t count = with_private ? kRsaParams.size() : kRsaPublicParams;
  for (size_t i = 0; i < count; ++i) {
    out += Member(kRsaParams[i].member, ParamOctets(pkey, kRsaParams[i].param, 0));
  }
  return out;
}

std::string WriteEc(EVP_PKEY* pkey, bool with_private) {
  std::array<char, 64> group{};
  EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                 nullptr);
  const EcCurve* const curve = FindEcCurve(group.data());
  if (curve == nullptr) return "";
  const int size = curve->field_size;
  std::string out = R"("kty":"EC","crv":")" + std::string(curve->name) + '"';
  out += Member("x", ParamOctets(pkey, OSSL_PKEY_PARAM_EC_PUB_X, size));
  out += Member("y", ParamOctets(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size));
  if (with_private) out += Member("d", ParamOctets(pkey, OSSL_PKEY_PARAM_PRIV_KEY, size));
  return out;
}

using RawKey = int (*)(const EVP_PKEY*, unsigned char*, size_t*);

std::string RawOctets(EVP_PKEY* pkey, RawKey get) {
  std::string out(64, '\0');
  size_t size = out.size();
  if (get(pkey, reinterpret_cast<unsigned char*>(out.data()), &size) != 1) return "";
  out.resize(size);
  return out;
}

std::string WriteOkp(EVP_PKEY* pkey, bool with_private) {
  const char* const curve = EVP_PKEY_is_a(pkey, "ED25519") == 1 ? "Ed25519" : "Ed448";
  std::string out = R"("kty":"OKP","crv":")" + std::string(curve) + '"';
  out += Member("x", RawOctets(pkey, EVP_PKEY_get_raw_public_key));
  if (with_private) out += Member("d", RawOctets(pkey, EVP_PKEY_get_raw_private_key));
  return out;
}

int ValueOf(char c) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

KeyMaterial ReadMaterial(const JsonObject& jwk) {
  const std::string kty = jwk.FindString("kty").value_or("");
  if (kty == "oct") return {nullptr, Decode(jwk, "k").value_or("")};
  if (kty == "RSA") return {ReadRsa(jwk), ""};
  if (kty == "EC") return {ReadEc(jwk), ""};
  if (kty == "OKP") return {ReadOkp(jwk), ""};
  return {};
}

std::string WriteMaterial(const KeyMaterial& material, bool with_private) {
  EVP_PKEY* const pkey = material.pkey.get();
  if (pkey == nullptr) return R"("kty":"oct")" + Member("k", material.secret);
  if (EVP_PKEY_is_a(pkey, "RSA") == 1) return WriteRsa(pkey, with_private);
  if (EVP_PKEY_is_a(pkey, "EC") == 1) return WriteEc(pkey, with_private);
  return WriteOkp(pkey, with_private);
}

std::optional<Algorithm> DefaultAlgorithm(const JsonObject& jwk) {
  if (const auto alg = jwk.FindString("alg")) return FindAlgorithm(*alg);
  const std::string kty = jwk.FindString("kty").value_or("");
  if (kty == "RSA") return Algorithm::kRS256;
  if (kty == "OKP") return Algorithm::kEdDSA;
  if (kty == "oct") return Algorithm::kHS256;
  const EcCurve* const curve = FindEcCurve(jwk.FindString("crv").value_or(""));
  return kty == "EC" && curve != nullptr ? std::optional(curve->algorithm) : std::nullopt;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = ValueOf(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count);
    }
  }
  return out;
}

}  // namespace doorward::signing
