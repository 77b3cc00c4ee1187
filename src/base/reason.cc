// SPDX-License-Identifier: Apache-2.0

#include "doorward/reason.h"

#include <array>
#include <cstddef>

namespace doorward {
namespace {

struct ReasonInfo {
  Reason reason;
  int http_status;
  std::string_view name;
  std::string_view text;
};

constexpr std::array kReasons{
    ReasonInfo{Reason::kInternal, 500, "internal", "an internal error; the request is refused"},
    ReasonInfo{Reason::kAllowed, 200, "allowed", "a rule allows it"},
    ReasonInfo{Reason::kDeniedByRule, 403, "denied_by_rule", "a rule denies it"},
    ReasonInfo{Reason::kDefaultDeny, 403, "default_deny", "no rule allows it"},
    ReasonInfo{Reason::kInsufficientScope, 403, "insufficient_scope",
               "the token lacks a scope that the rule asks for"},
    ReasonInfo{Reason::kRolesIncomplete, 403, "roles_incomplete",
               "the token does not tell in full which roles or scopes the caller holds"},
    ReasonInfo{Reason::kForwardValue, 403, "forward_value",
               "a required identity header has no value that may be sent on"},
    ReasonInfo{Reason::kNoToken, 401, "no_token", "no token was presented"},
    ReasonInfo{Reason::kTokenMalformed, 401, "token_malformed",
               "the token is not three base64url segments joined by dots"},
    ReasonInfo{Reason::kTokenTooLarge, 401, "token_too_large",
               "the token is longer than permitted"},
    ReasonInfo{Reason::kTokenSignature, 401, "token_signature", "the signature does not verify"},
    ReasonInfo{Reason::kTokenExpired, 401, "token_expired", "the token has expired"},
    ReasonInfo{Reason::kTokenNotYetValid, 401, "token_not_yet_valid", "the token is not valid yet"},
    ReasonInfo{Reason::kTokenIssuedInFuture, 401, "token_issued_in_future",
               "the token was issued in the future"},
    ReasonInfo{Reason::kTokenTooOld, 401, "token_too_old", "the token was issued too long ago"},
    ReasonInfo{Reason::kTokenWithoutExpiry, 401, "token_without_expiry", "the token has no `exp`"},
    ReasonInfo{Reason::kTokenBadDate, 401, "token_bad_date",
               "a date of the token is not a number in range"},
    ReasonInfo{Reason::kTokenIssuerUnknown, 401, "token_issuer_unknown",
               "the token's issuer is not trusted here"},
    ReasonInfo{Reason::kTokenAudience, 401, "token_audience",
               "the token is meant for another audience"},
    ReasonInfo{Reason::kTokenType, 401, "token_type", "the token is of another type than demanded"},
    ReasonInfo{Reason::kTokenAlgorithm, 401, "token_algorithm",
               "the token's algorithm is not permitted"},
    ReasonInfo{Reason::kTokenKeyUnknown, 401, "token_key_unknown",
               "no key of the issuer fits the token"},
    ReasonInfo{Reason::kTokenCriticalHeader, 401, "token_critical_header",
               "the token's header demands an extension that is not supported"},
    ReasonInfo{Reason::kTokenClaimMissing, 401, "token_claim_missing",
               "the token lacks a claim that is required"},
    ReasonInfo{Reason::kTokenClaimValue, 401, "token_claim_value",
               "a claim of the token has a value not permitted"},
    ReasonInfo{Reason::kTokenNotAccepted, 401, "token_not_accepted",
               "the issuer's `accept` condition does not hold"},
    ReasonInfo{Reason::kTokenTenant, 401, "token_tenant",
               "the token is of a tenant that is not permitted"},
    ReasonInfo{Reason::kTokenConfirmation, 401, "token_confirmation",
               "the token is bound to a key (`cnf`) and is no plain bearer token"},
    ReasonInfo{Reason::kTokenRevoked, 401, "token_revoked", "the token has been revoked"},
    ReasonInfo{Reason::kTokenDuplicateMember, 401, "token_duplicate_member",
               "a member name stands twice in an object of the token"},
    ReasonInfo{Reason::kTokenBadJson, 401, "token_bad_json",
               "header or payload of the token is not a strict JSON object"},
    ReasonInfo{Reason::kTokenSignatureRemoved, 401, "token_signature_removed",
               "the token's signature was removed by Cloud Run, which verified it; it cannot be "
               "verified again"},
    ReasonInfo{Reason::kKeysUnavailable, 503, "keys_unavailable",
               "the keys of the token's issuer were not loaded yet"},
    ReasonInfo{Reason::kNoPolicy, 503, "no_policy", "no policy was loaded yet"},
    ReasonInfo{Reason::kMisdirected, 421, "misdirected", "the host is not served here"},
    ReasonInfo{Reason::kBadMethod, 400, "bad_method", "the method is malformed or never permitted"},
    ReasonInfo{Reason::kBadHeader, 400, "bad_header",
               "a header field is malformed, ambiguous or not permitted"},
    ReasonInfo{Reason::kBadHost, 400, "bad_host", "the host is malformed"},
    ReasonInfo{Reason::kBadTarget, 400, "bad_target", "the request target is malformed"},
    ReasonInfo{Reason::kBadPath, 400, "bad_path",
               "the path holds an octet or encoding that backends read differently"},
    ReasonInfo{
        Reason::kBadSegment, 400, "bad_segment",
        "a segment of the path is empty, dots only, or otherwise read differently by backends"},
    ReasonInfo{Reason::kBadSource, 400, "bad_source", "the source address is not an IP address"},
};

constexpr bool ReasonTableIsComplete() {
  for (size_t i = 0; i < kReasons.size(); ++i) {
    if (static_cast<size_t>(kReasons[i].reason) != i || kReasons[i].name.empty() ||
        kReasons[i].text.empty()) {
      return false;
    }
  }
  return kReasons.size() == static_cast<size_t>(Reason::kBadSource) + 1;
}
static_assert(ReasonTableIsComplete(),
              "add the new Reason to kReasons, in the order of its number");

const ReasonInfo& Info(Reason reason) noexcept {
  const auto index = static_cast<size_t>(reason);
  return kReasons[index < kReasons.size() ? index : 0];
}

}  // namespace

std::string_view ReasonName(Reason reason) noexcept { return Info(reason).name; }
int ReasonHttpStatus(Reason reason) noexcept { return Info(reason).http_status; }
std::string_view ReasonText(Reason reason) noexcept { return Info(reason).text; }

std::optional<Reason> FindReason(std::string_view name) noexcept {
  for (const ReasonInfo& info : kReasons) {
    if (info.name == name) return info.reason;
  }
  return std::nullopt;
}

}  // namespace doorward
