// SPDX-License-Identifier: Apache-2.0

#include "src/jose/key.h"

#include "src/jose/base64url.h"

namespace doorward {

EvpPkeyPtr MakePublicKey(const char* type, OSSL_PARAM_BLD* parameters) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(parameters));
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return EvpPkeyPtr(pkey);
}

bool DecodeMember(JsonView jwk, std::string_view name, std::vector<uint8_t>& out,
                  KeyRefusal& refusal) {
  const JsonView value = jwk.Find(name);
  const std::string quoted = "`" + std::string(name) + "`";
  if (!value.exists()) {
    refusal = {"key_broken", {}, "it has no " + quoted, ""};
    return false;
  }
  const std::string_view text = value.string_or("");
  out.resize(DecodedCapacity(text.size()));
  // NOLINTNEXTLINE: octets may be looked at as characters.
  const auto size = DecodeBase64Url(text, reinterpret_cast<char*>(out.data()));
  if (!value.is_string() || !size) {
    refusal = {"key_broken", name, "its " + quoted + " is not base64url",
               "a string of A-Z, a-z, 0-9, `-` and `_`, without padding"};
    return false;
  }
  out.resize(*size);
  return true;
}

}  // namespace doorward
