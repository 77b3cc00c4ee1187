// SPDX-License-Identifier: Apache-2.0
//
// Front of the jose floor: a compact JWS taken apart, its signature verified, its claims checked,
// in the steps that the authorizer needs (the issuer decides which keys and rules serve, and is
// known only once the payload was read). doorward::Verifier runs the same steps for one issuer.

#ifndef DOORWARD_JOSE_TOKEN_H_
#define DOORWARD_JOSE_TOKEN_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/claims.h"
#include "doorward/key_set.h"
#include "doorward/reason.h"
#include "doorward/scratch.h"
#include "doorward/timestamp.h"
#include "doorward/verifier.h"

namespace doorward {

// What VerifiedToken and VerifyOutcome look at; lives in the scratch. Set step by step.
struct VerifiedTokenData {
  std::string_view payload;  // decoded octets
  JsonView header;
  JsonView claims;  // missing under signature_only
  Algorithm algorithm = Algorithm::kRS256;
  std::string_view issuer, subject;  // "" where absent
  // For the text of a refusal: what was expected and what was found, where that says more than the
  // reason. Views into the scratch or the rules.
  std::string_view expected, found, claim;
};

// A claim that must be there, maybe with a value.
struct RequiredClaim {
  std::string name;  // top level, literally
  // The value as JSON text and parsed; empty: any value will do.
  struct Value {
    enum class Kind : uint8_t { kAny, kString, kNumber, kBool, kNull } kind = Kind::kAny;
    std::string text;  // kString: the text; kYamlScalar too
    double number = 0;
    bool boolean = false;
    // A plain YAML scalar matches a string of its text, or the number or truth value that it
    // spells.
    bool or_text = false;
  };
  Value value;
};

// The rules for the tokens of one issuer.
struct TokenRules {
  std::vector<std::string>
      issuers;  // spellings; empty: not checked. May hold templates with {tenantid}
  std::vector<std::string> tenants;    // lower-case GUIDs; for templates
  std::vector<std::string> audiences;  // empty: not checked
  AlgorithmSet algorithms = AlgorithmSet::Asymmetric();
  std::optional<std::string> token_type;
  std::chrono::seconds leeway{0};
  std::optional<std::chrono::seconds> max_age;
  bool require_expiry = true;
  bool refuse_confirmation = true;
  std::vector<RequiredClaim> require;
};

// Takes `token` apart: size, segments, base64url, header JSON and what must be understood in it,
// payload JSON. Returns kAllowed or the first failure. `*out` points into `scratch` and is valid
// until the next token. Cost: no allocation once warm.
Reason ReadToken(std::string_view token, size_t max_token_bytes, bool signature_only,
                 Scratch& scratch, VerifiedTokenData** out) noexcept;

// True where `rules` are those of the token's `iss`, by any spelling or template. A token without a
// string `iss` has no issuer. With several issuers the authorizer asks each in turn.
bool IsIssuedUnder(const VerifiedTokenData& token, const TokenRules& rules) noexcept;

// Verifies algorithm, key and signature of the token last read into `scratch`.
Reason VerifySignature(const TokenRules& rules, const KeySet& keys, Scratch& scratch) noexcept;

// Checks `typ`, dates, audience, tenant and required claims, in that order (all that comes before
// `accept`).
Reason CheckClaims(const TokenRules& rules, Timestamp now, Scratch& scratch) noexcept;

// Checks `cnf` (comes after `accept`).
Reason CheckConfirmation(const TokenRules& rules, Scratch& scratch) noexcept;

// The date claim `name` ("iat"), where it is there and in range.
std::optional<Timestamp> DateClaim(JsonView claims, std::string_view name) noexcept;

// One sentence for a refusal: what was expected, what was found; never the token.
std::string ExplainToken(Reason reason, const VerifiedTokenData* token);

}  // namespace doorward

#endif  // DOORWARD_JOSE_TOKEN_H_
