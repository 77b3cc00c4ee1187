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
#include <span>
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

// The members that verification reads, found in one walk; missing where they are absent.
struct HeaderMembers {
  JsonView alg, kid, typ, cty;
};
struct RegisteredClaims {
  JsonView iss, sub, aud, exp, nbf, iat, jti, cnf, tid;
};

// What the text of a refusal is made of, noted where the check failed; writing it allocates, and is
// left to ExplainToken. Views into the scratch or the rules.
struct TokenRefusal {
  std::string_view subject = {};               // the claim, header member or part at fault
  JsonView found = {};                         // its value; missing where it is absent
  std::span<const std::string> expected = {};  // one of these would have done
  AlgorithmSet algorithms = {};                // likewise
  std::string_view required = {};              // what it had to be, as text
  Timestamp now = {};
  std::chrono::seconds leeway{0};
  size_t size = 0, limit = 0;  // of a token that is too large
};

// What VerifiedToken and VerifyOutcome look at; lives in the scratch. Set step by step.
struct VerifiedTokenData {
  std::string_view payload;  // decoded octets
  JsonView header;
  JsonView claims;  // missing under signature_only
  Algorithm algorithm = Algorithm::kRS256;
  std::string_view issuer, subject;  // "" where absent
  HeaderMembers header_members;
  RegisteredClaims registered;
  TokenRefusal refusal;
};

// A claim that must be there, maybe with a value.
struct RequiredClaim {
  std::string name;  // top level, literally
  // The value as JSON text and parsed; empty: any value will do.
  struct Value {
    enum class Kind : uint8_t { kAny, kString, kNumber, kBool, kNull } kind = Kind::kAny;
    std::string text = {};  // kString: the text; of a YAML scalar always
    double number = 0;
    std::optional<int64_t> integer = {};  // kNumber, where it is one that fits
    bool boolean = false;
    // A plain YAML scalar matches a string of its text, or the number or truth value that it
    // spells.
    bool or_text = false;
  };
  Value value;
};

inline constexpr size_t kMaxSignatureChecks = 4;

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
// payload JSON. Returns kAllowed or the first failure. `*out` is set in any case, points into
// `scratch` and is valid until the next token; so are the views of the steps that follow, which
// read `token` too. Cost: no allocation once warm.
Reason ReadToken(std::string_view token, size_t max_token_bytes, bool signature_only,
                 Scratch& scratch, VerifiedTokenData** out) noexcept;

// True where `rules` are those of the token's `iss`, by any spelling or template; a template fits
// whatever GUID stands in its place. A token whose `iss` is no string has no issuer; one without
// `iss` passes where the rules name no issuers. With several issuers the authorizer asks each in
// turn.
bool IsIssuedUnder(const VerifiedTokenData& token, const TokenRules& rules) noexcept;

// Refuses the token last read into `scratch` for its issuer: notes what ExplainToken needs.
Reason RefuseIssuer(std::span<const std::string> expected, Scratch& scratch) noexcept;

// Verifies algorithm, key and signature of the token last read into `scratch`, whose text must
// still be there. At most kMaxSignatureChecks keys are tried.
Reason VerifySignature(const TokenRules& rules, const KeySet& keys, Scratch& scratch) noexcept;

// Checks the header's `typ` alone: what there is to check of a plain JWS.
Reason CheckType(const TokenRules& rules, Scratch& scratch) noexcept;

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
