// SPDX-License-Identifier: Apache-2.0
//
// One JWK (RFC 7517 section 4) as a verifier sees it.

#ifndef DOORWARD_JOSE_JWK_H_
#define DOORWARD_JOSE_JWK_H_

#include <string_view>

#include "src/jose/key.h"

namespace doorward {

// Views are into the JWK Set's text.
struct Jwk {
  // True where the key is meant for verifying, as far as its names say: a token may mean it, also
  // where it is too broken or weak to serve.
  bool is_meant_for_verifying = false;
  bool has_kid = false;
  std::string_view kid, kty, crv, use, alg;  // "" where absent
  bool is_private = false;
  BuiltKey built;  // its key is null where the JWK is set aside
};

// Reads a JWK. Where it is set aside, `refusal` says why.
Jwk ReadJwk(JsonView jwk, KeyOrigin origin, KeyRefusal& refusal);

}  // namespace doorward

#endif  // DOORWARD_JOSE_JWK_H_
