// SPDX-License-Identifier: Apache-2.0
//
// Issuers that are one for each tenant, written as a template: `https://host/{tenantid}/v2.0`.

#ifndef DOORWARD_JOSE_ISSUER_H_
#define DOORWARD_JOSE_ISSUER_H_

#include <string_view>

#include "src/jose/token.h"

namespace doorward {

// Checks `tid` of a token whose issuer only a template of `rules` fits.
Reason CheckTenant(const TokenRules& rules, VerifiedTokenData& token) noexcept;

// True where a key that names `key_issuer` ("" for none) may sign for `issuer`: it is the same, has
// the same tenant in another form, or holds the place of any tenant.
bool MaySignFor(std::string_view key_issuer, std::string_view issuer) noexcept;

}  // namespace doorward

#endif  // DOORWARD_JOSE_ISSUER_H_
