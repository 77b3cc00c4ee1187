// SPDX-License-Identifier: Apache-2.0
//
// What a signing key holds, and its three ways to come and go: made anew, read from a JWK, written
// as one.

#ifndef DOORWARD_TOOLS_SIGNING_KEY_MATERIAL_H_
#define DOORWARD_TOOLS_SIGNING_KEY_MATERIAL_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "doorward/key_set.h"

#include "tools/signing/json_object.h"
#include "tools/signing/signing.h"

namespace doorward::signing {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;

// One of the two is set.
struct KeyMaterial {
  PkeyPtr pkey;
  std::string secret;  // octets of an `oct` key
};

// What an algorithm signs with.
enum class Family { kRsa, kEc, kOkp, kOct };
Family FamilyOf(Algorithm algorithm);
const char* DigestName(Algorithm algorithm);  // null for EdDSA

// Null members where OpenSSL fails.
KeyMaterial GenerateMaterial(Algorithm algorithm, const SigningKeyOptions& options);

// Reads the members of a private JWK.
KeyMaterial ReadMaterial(const JsonObject& jwk);

// The members of `material` as JSON, from `"kty"` on, without braces.
std::string WriteMaterial(const KeyMaterial& material, bool with_private);

// The algorithm that a key is for where its JWK does not say.
std::optional<Algorithm> DefaultAlgorithm(const JsonObject& jwk);

std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace doorward::signing

#endif  // DOORWARD_TOOLS_SIGNING_KEY_MATERIAL_H_
