// SPDX-License-Identifier: Apache-2.0
//
// One JWK (RFC 7517 section 4) as a verifier sees it.

#ifndef DOORWARD_JOSE_JWK_H_
#define DOORWARD_JOSE_JWK_H_

#include <optional>
#include <string_view>

#include "src/jose/key.h"

namespace doorward {

// Views are into the JWK Set's text.
struct Jwk {
  bool has_kid = false;
  std::string_view kid, kty, crv, use, alg;  // "" where absent
  bool is_private = false;
  BuiltKey built;
};

// Reads a JWK. Nothing where it is set aside; `refusal` then says why.
std::optional<Jwk> ReadJwk(JsonView jwk, KeyOrigin origin, KeyRefusal& refusal);

}  // namespace doorward

#endif  // DOORWARD_JOSE_JWK_H_
