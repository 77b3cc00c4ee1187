// SPDX-License-Identifier: Apache-2.0
//
// Where a text holds private key material, found without parsing it: the texts that are shown are
// those with mistakes.

#ifndef TOOLS_DOORWARD_SECRETS_H_
#define TOOLS_DOORWARD_SECRETS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::command {

// `text` from `begin` to before `end`, in octets.
struct SecretSpan {
  size_t begin = 0;
  size_t end = 0;
};

// Finds the values of the members `k`, `d`, `p`, `q`, `dp`, `dq`, `qi` and `oth` (RFC 7518, 6.2.2,
// 6.3.2 and 6.4) in JSON and YAML, in their order and apart. Only a text that speaks of keys
// (`kty`, `jwk`, `jwks`, `"keys"`) is searched; there, more may be taken for a secret than is one.
std::vector<SecretSpan> FindSecrets(std::string_view text);

// Returns `text` with every octet of the spans, but line breaks and spaces, as "*": all else keeps
// its place.
std::string MaskSecrets(std::string text, const std::vector<SecretSpan>& secrets);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_SECRETS_H_
