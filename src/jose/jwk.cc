// SPDX-License-Identifier: Apache-2.0

#include "src/jose/jwk.h"

#include <array>
#include <optional>

#include "src/base/source.h"

namespace doorward {
namespace {

struct KeyType {
  std::string_view kty;
  BuiltKey (*build)(JsonView jwk, KeyRefusal& refusal);
};

constexpr std::array kKeyTypes{
    KeyType{"RSA", BuildRsaKey},
    KeyType{"EC", BuildEcKey},
    KeyType{"OKP", BuildOkpKey},
    KeyType{"oct", BuildOctKey},
};

// Reads a member that is a string where it is there.
bool ReadString(JsonView jwk, std::string_view name, std::string_view& out, KeyRefusal& refusal) {
  const JsonView value = jwk.Find(name);
  if (value.exists() && !value.is_string()) {
    refusal = {"key_broken", name, "its `" + std::string(name) + "` is not a string", "a string"};
    return false;
  }
  out = value.string_or("");
  return true;
}

// RFC 7517 sections 4.2 and 4.3.
bool MayVerify(JsonView jwk, std::string_view use, KeyRefusal& refusal) {
  if (jwk.Find("use").exists() && use != "sig") {
    refusal = {"key_use", "use", "its `use` is " + Quote(use), "`sig`, or no `use`"};
    return false;
  }
  const JsonView operations = jwk.Find("key_ops");
  if (!operations.exists()) return true;
  for (const JsonView operation : operations.elements()) {
    if (operations.is_array() && operation.string_or("") == "verify") return true;
  }
  refusal = {"key_use", "key_ops", "its `key_ops` do not hold `verify`",
             "a list with `verify`, or no `key_ops`"};
  return false;
}

// Narrows what the key may be used for to its `alg`.
bool ApplyAlgorithm(JsonView jwk, Jwk& out, KeyRefusal& refusal) {
  if (!jwk.Find("alg").exists()) return true;
  const std::optional<Algorithm> named = FindAlgorithm(out.alg);
  const AlgorithmSet narrowed =
      named ? out.built.algorithms & AlgorithmSet{*named} : AlgorithmSet();
  if (narrowed.empty()) {
    refusal = {"key_algorithm", "alg",
               "its `alg` " + Quote(out.alg) + " is none that this key can verify", ""};
    return false;
  }
  out.built.algorithms = narrowed;
  return true;
}

bool ReadNames(JsonView jwk, Jwk& out, KeyRefusal& refusal) {
  out.has_kid = jwk.Find("kid").exists();
  return ReadString(jwk, "kid", out.kid, refusal) && ReadString(jwk, "kty", out.kty, refusal) &&
         ReadString(jwk, "crv", out.crv, refusal) && ReadString(jwk, "use", out.use, refusal) &&
         ReadString(jwk, "alg", out.alg, refusal);
}

const KeyType* FindType(std::string_view kty, KeyRefusal& refusal) {
  for (const KeyType& type : kKeyTypes) {
    if (type.kty == kty) return &type;
  }
  refusal = {"key_type_unknown", "kty", "its type " + Quote(kty) + " is not supported",
             "RSA, EC, OKP or oct"};
  return nullptr;
}

}  // namespace

Jwk ReadJwk(JsonView jwk, KeyOrigin origin, KeyRefusal& refusal) {
  Jwk out;
  if (!jwk.is_object()) {
    refusal = {"key_broken", {}, "it is not an object", "an object"};
    return out;
  }
  if (!ReadNames(jwk, out, refusal)) return out;
  const KeyType* const type = FindType(out.kty, refusal);
  if (type == nullptr || !MayVerify(jwk, out.use, refusal)) return out;
  out.is_meant_for_verifying = true;
  const bool is_secret = out.kty == "oct";
  if (is_secret && origin == KeyOrigin::kRemote) {
    refusal = {"key_secret_remote", "kty", "a secret that came over a network is none",
               "a public key"};
    return out;
  }
  out.is_private = !is_secret && jwk.Find("d").exists();
  out.built = type->build(jwk, refusal);
  if (out.built.key != nullptr && !ApplyAlgorithm(jwk, out, refusal)) out.built.key = nullptr;
  return out;
}

}  // namespace doorward
