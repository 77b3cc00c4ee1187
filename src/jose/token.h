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
// PlaceClaims puts some of them in from the header: who wants a token's issuer or dates reads them
// here and in VerifiedTokenData, and does not look them up among the claims.
struct RegisteredClaims {
  JsonView iss, sub, aud, exp, nbf, iat, jti, cnf, tid;
};

// What the text of a refusal is made of, noted where the check failed; writing it allocates, and is
// left to ExplainToken. Views into the scratch or the rules.
struct TokenRefusal {
  std::string_view subject = {};               // the claim, header member or part at fault
  bool in_header = false;                      // it is a claim, and stands in the header
  JsonView found = {};                         // its value; missing where it is absent
  std::span<const std::string> expected = {};  // one of these would have done
  AlgorithmSet algorithms = {};                // likewise
  std::string_view required = {};              // what it had to be, as text
  Timestamp now = {};
  std::chrono::seconds leeway{0};
  bool any_subject = false;    // not `subject` but one of `expected` had to be there
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
  std::string_view padded;  // the first segment that came with padding, by name; "" for none
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
  std::string beside = {};  // where it is not "": demanded of tokens alone that have this claim
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
  std::vector<std::string>
      marks;  // claims of which one at least must be there; empty: none need be
  std::string audience_claim = "aud";
  // Tokens as AWS load balancers make them: padded, with `iss`, `exp` and the audience in the
  // protected header, where `signer` is one of `signers`.
  bool load_balancer = false;
  std::vector<std::string> signers;
  // A key that names the issuer for which it signs serves for that one alone (Entra ID).
  bool keys_name_issuers = false;
};

// Takes `token` apart: size, segments, base64url, header JSON and what must be understood in it,
// payload JSON. Returns kAllowed or the first failure. `*out` is set in any case, points into
// `scratch` and is valid until the next token; so are the views of the steps that follow, which
// read `token` too. Cost: no allocation once warm.
Reason ReadToken(std::string_view token, size_t max_token_bytes, bool signature_only,
                 Scratch& scratch, VerifiedTokenData** out) noexcept;

// The same where some issuer is a load balancer: its segments are padded with `=`, all of them or
// none, and the signature is over that text. What is padded must not pass for another issuer's:
// PlaceClaims sees to that.
Reason ReadTokenOrPadded(std::string_view token, size_t max_token_bytes, Scratch& scratch,
                         VerifiedTokenData** out) noexcept;

// True where `rules` are those of the token's `iss`, by any spelling or template; a template fits
// whatever GUID stands in its place. A token whose `iss` is no string has no issuer; one without
// `iss` passes where the rules name no issuers. With several issuers the authorizer asks each in
// turn.
bool IsIssuedUnder(const VerifiedTokenData& token, const TokenRules& rules) noexcept;

// Takes the claims of the token last read into `scratch`, which IsIssuedUnder `rules`, from where
// the rules say that they stand. To be called before the checks below. Refuses padding that the
// rules do not permit.
Reason PlaceClaims(const TokenRules& rules, Scratch& scratch) noexcept;

// Refuses the token last read into `scratch` for its issuer: notes what ExplainToken needs. One
// with padding is refused for that.
Reason RefuseIssuer(std::span<const std::string> expected, Scratch& scratch) noexcept;

// Verifies algorithm, key and signature of the token last read into `scratch`, whose text must
// still be there. At most kMaxSignatureChecks keys are tried.
Reason VerifySignature(const TokenRules& rules, const KeySet& keys, Scratch& scratch) noexcept;

// Checks the header's `typ` alone: what there is to check of a plain JWS.
Reason CheckType(const TokenRules& rules, Scratch& scratch) noexcept;

// Checks `typ`, dates, audience, signer, tenant and required claims, in that order (all that comes
// before `accept`).
Reason CheckClaims(const TokenRules& rules, Timestamp now, Scratch& scratch) noexcept;

// Checks `cnf` (comes after `accept`).
Reason CheckConfirmation(const TokenRules& rules, Scratch& scratch) noexcept;

// The date that a claim holds, where it is there and in range.
std::optional<Timestamp> DateIn(JsonView claim) noexcept;
// The date claim `name` ("iat"), likewise.
std::optional<Timestamp> DateClaim(JsonView claims, std::string_view name) noexcept;

// One sentence for a refusal: what was expected, what was found; never the token.
std::string ExplainToken(Reason reason, const VerifiedTokenData* token);

}  // namespace doorward

#endif  // DOORWARD_JOSE_TOKEN_H_
