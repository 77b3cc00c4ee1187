// SPDX-License-Identifier: Apache-2.0

#include "tools/signing/signing.h"

#include <vector>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include "tools/signing/key_material.h"

namespace doorward {

using signing::DefaultAlgorithm;
using signing::DigestName;
using signing::Family;
using signing::FamilyOf;
using signing::JsonObject;
using signing::KeyMaterial;
using signing::QuoteJson;

struct SigningKey::State {
  Algorithm algorithm;
  std::string kid;
  KeyMaterial material;
};

namespace {

using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, signing::Free<EVP_MD_CTX_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, signing::Free<ECDSA_SIG_free>>;

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

bool IsPss(Algorithm algorithm) {
  return algorithm == Algorithm::kPS256 || algorithm == Algorithm::kPS384 ||
         algorithm == Algorithm::kPS512;
}

std::string Hmac(Algorithm algorithm, std::string_view secret, std::string_view input) {
  std::string tag(EVP_MAX_MD_SIZE, '\0');
  size_t size = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, DigestName(algorithm), nullptr, secret.data(),
                secret.size(), Octets(input), input.size(), Octets(tag), tag.size(),
                &size) == nullptr) {
    return "";
  }
  tag.resize(size);
  return tag;
}

// OpenSSL's signature: for ECDSA, DER.
std::string SignWithPkey(Algorithm algorithm, EVP_PKEY* pkey, std::string_view input) {
  const MdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* pkey_context = nullptr;
  if (EVP_DigestSignInit_ex(context.get(), &pkey_context, DigestName(algorithm), nullptr, nullptr,
                            pkey, nullptr) != 1) {
    return "";
  }
  if (IsPss(algorithm)) {
    EVP_PKEY_CTX_set_rsa_padding(pkey_context, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_context, RSA_PSS_SALTLEN_DIGEST);
  }
  size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, Octets(input), input.size());
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), Octets(signature), &size, Octets(input), input.size()) != 1) {
    return "";
  }
  signature.resize(size);
  return signature;
}

// r and s, each as long as the field (RFC 7518 section 3.4).
std::string FromDer(Algorithm algorithm, std::string_view der) {
  const unsigned char* p = Octets(der);
  const SignaturePtr parsed(d2i_ECDSA_SIG(nullptr, &p, static_cast<long>(der.size())));
  if (parsed == nullptr) return "";
  const int field = algorithm == Algorithm::kES256 ? 32 : algorithm == Algorithm::kES384 ? 48 : 66;
  std::string out(2 * static_cast<size_t>(field), '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), Octets(out), field);
  BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), Octets(out) + field, field);
  return out;
}

// The algorithm must suit the key: what OpenSSL would sign with it otherwise is no JWS.
bool Suits(Algorithm algorithm, const KeyMaterial& material, const JsonObject& jwk) {
  const Family family = FamilyOf(algorithm);
  const std::string kty = jwk.FindString("kty").value_or("");
  if (family == Family::kOct) return kty == "oct" && !material.secret.empty();
  if (material.pkey == nullptr) return false;
  if (family == Family::kRsa) return kty == "RSA";
  if (family == Family::kOkp) return kty == "OKP";
  constexpr std::string_view kCurves[] = {"P-256", "P-384", "P-521"};
  const auto index = static_cast<size_t>(algorithm) - static_cast<size_t>(Algorithm::kES256);
  return kty == "EC" && jwk.FindString("crv") == kCurves[index];
}

}  // namespace

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

std::optional<SigningKey> SigningKey::Generate(Algorithm algorithm, std::string_view kid,
                                               const SigningKeyOptions& options) {
  KeyMaterial material = signing::GenerateMaterial(algorithm, options);
  if (material.pkey == nullptr && material.secret.empty()) return std::nullopt;
  return SigningKey(
      std::make_unique<State>(State{algorithm, std::string(kid), std::move(material)}));
}

std::optional<SigningKey> SigningKey::FromJwk(std::string_view json, std::string* error) {
  const auto fail = [error](std::string_view why) {
    if (error != nullptr) *error = why;
    ERR_clear_error();
    return std::nullopt;
  };
  const std::optional<JsonObject> jwk = JsonObject::Parse(json);
  if (!jwk) return fail("the key is not a JSON object");
  const std::optional<Algorithm> algorithm = DefaultAlgorithm(*jwk);
  if (!algorithm) return fail("the key's `alg`, or its type or curve, is not supported");
  KeyMaterial material = signing::ReadMaterial(*jwk);
  if (!Suits(*algorithm, material, *jwk)) {
    return fail("the key is no private key that its algorithm can sign with");
  }
  return SigningKey(std::make_unique<State>(
      State{*algorithm, jwk->FindString("kid").value_or(""), std::move(material)}));
}

Algorithm SigningKey::algorithm() const noexcept { return state_->algorithm; }
const std::string& SigningKey::kid() const noexcept { return state_->kid; }

namespace {

std::string WriteJwk(const KeyMaterial& material, bool with_private, std::string_view kid,
                     Algorithm algorithm) {
  std::string out = "{" + signing::WriteMaterial(material, with_private);
  if (!kid.empty()) out += ",\"kid\":" + QuoteJson(kid);
  return out + ",\"alg\":\"" + std::string(AlgorithmName(algorithm)) + "\",\"use\":\"sig\"}";
}

}  // namespace

std::string SigningKey::PublicJwk() const {
  return WriteJwk(state_->material, false, state_->kid, state_->algorithm);
}

std::string SigningKey::PrivateJwk() const {
  return WriteJwk(state_->material, true, state_->kid, state_->algorithm);
}

std::optional<std::string> SigningKey::SignJws(std::string_view header_json,
                                               std::string_view payload) const {
  const std::optional<JsonObject> header = JsonObject::Parse(header_json);
  if (!header) return std::nullopt;
  std::string text = "{\"alg\":\"" + std::string(AlgorithmName(state_->algorithm)) + "\"";
  if (!state_->kid.empty()) text += ",\"kid\":" + QuoteJson(state_->kid);
  const std::string others = header->MembersWithout({"alg", "kid"});
  if (!others.empty()) text += "," + others;
  return SignVerbatim(text + "}", payload);
}

std::string SigningKey::SignVerbatim(std::string_view header, std::string_view payload) const {
  const std::string input = EncodeBase64Url(header) + "." + EncodeBase64Url(payload);
  return input + "." + EncodeBase64Url(Sign(input));
}

std::string SigningKey::Sign(std::string_view input) const {
  const Algorithm algorithm = state_->algorithm;
  const Family family = FamilyOf(algorithm);
  if (family == Family::kOct) return Hmac(algorithm, state_->material.secret, input);
  std::string signature = SignWithPkey(algorithm, state_->material.pkey.get(), input);
  return family == Family::kEc ? FromDer(algorithm, signature) : signature;
}

std::string EncodeBase64Url(std::string_view octets) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : octets) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 0x3F];
  }
  if (count > 0) out += kAlphabet[bits << (6 - count) & 0x3F];
  return out;
}

}  // namespace doorward
