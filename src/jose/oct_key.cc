// SPDX-License-Identifier: Apache-2.0

#include "src/jose/algorithm.h"
#include "src/jose/key.h"

namespace doorward {

// RFC 7518 section 3.2: a key is at least as long as the hash.
BuiltKey BuildOctKey(JsonView jwk, KeyRefusal& refusal) {
  auto key = std::make_shared<Key>();
  if (!DecodeMember(jwk, "k", key->secret.octets, refusal)) return {};
  AlgorithmSet algorithms;
  for (const Algorithm a : {Algorithm::kHS256, Algorithm::kHS384, Algorithm::kHS512}) {
    if (key->secret.octets.size() >= HashSize(InfoOf(a).hash)) algorithms.Add(a);
  }
  if (algorithms.empty()) {
    refusal = {"key_weak", "k", "its secret is shorter than 32 octets",
               "at least as many octets as the hash has: 32 for HS256, 48 for HS384, 64 for HS512"};
    return {};
  }
  return {std::move(key), algorithms};
}

}  // namespace doorward
