// SPDX-License-Identifier: Apache-2.0

#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "tools/signing/key_material.h"

namespace doorward::signing {
namespace {

const char* CurveOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kES256:
      return "P-256";
    case Algorithm::kES384:
      return "P-384";
    default:
      return "P-521";
  }
}

// As long as the hash (RFC 7518 section 3.2).
size_t SecretSize(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHS256:
      return 32;
    case Algorithm::kHS384:
      return 48;
    default:
      return 64;
  }
}

std::string RandomOctets(size_t size) {
  std::string out(size, '\0');
  const bool made =
      RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) == 1;
  return made ? out : "";
}

PkeyPtr GeneratePkey(Algorithm algorithm, const SigningKeyOptions& options) {
  switch (FamilyOf(algorithm)) {
    case Family::kRsa:
      return PkeyPtr(
          EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<size_t>(options.rsa_bits)));
    case Family::kEc:
      return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", CurveOf(algorithm)));
    case Family::kOkp:
      return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, options.ed448 ? "ED448" : "ED25519"));
    case Family::kOct:
      break;
  }
  return nullptr;
}

}  // namespace

Family FamilyOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kES256:
    case Algorithm::kES384:
    case Algorithm::kES512:
      return Family::kEc;
    case Algorithm::kEdDSA:
      return Family::kOkp;
    case Algorithm::kHS256:
    case Algorithm::kHS384:
    case Algorithm::kHS512:
      return Family::kOct;
    default:
      return Family::kRsa;
  }
}

const char* DigestName(Algorithm algorithm) {
  if (algorithm == Algorithm::kEdDSA) return nullptr;
  const std::string_view name = AlgorithmName(algorithm);
  if (name.ends_with("256")) return "SHA2-256";
  return name.ends_with("384") ? "SHA2-384" : "SHA2-512";
}

KeyMaterial GenerateMaterial(Algorithm algorithm, const SigningKeyOptions& options) {
  if (FamilyOf(algorithm) == Family::kOct) return {nullptr, RandomOctets(SecretSize(algorithm))};
  return {GeneratePkey(algorithm, options), ""};
}

}  // namespace doorward::signing
