// SPDX-License-Identifier: Apache-2.0

#include "doorward/reason.h"

#include "bindings/c/src/boundary.h"

using doorward::Reason;
using doorward::c::StringOf;

#define SAME_NUMBER(c_name, cpp_name) \
  static_assert(static_cast<int>(DOORWARD_REASON_##c_name) == static_cast<int>(Reason::cpp_name))
SAME_NUMBER(INTERNAL, kInternal);
SAME_NUMBER(ALLOWED, kAllowed);
SAME_NUMBER(DENIED_BY_RULE, kDeniedByRule);
SAME_NUMBER(DEFAULT_DENY, kDefaultDeny);
SAME_NUMBER(INSUFFICIENT_SCOPE, kInsufficientScope);
SAME_NUMBER(ROLES_INCOMPLETE, kRolesIncomplete);
SAME_NUMBER(FORWARD_VALUE, kForwardValue);
SAME_NUMBER(NO_TOKEN, kNoToken);
SAME_NUMBER(TOKEN_MALFORMED, kTokenMalformed);
SAME_NUMBER(TOKEN_TOO_LARGE, kTokenTooLarge);
SAME_NUMBER(TOKEN_SIGNATURE, kTokenSignature);
SAME_NUMBER(TOKEN_EXPIRED, kTokenExpired);
SAME_NUMBER(TOKEN_NOT_YET_VALID, kTokenNotYetValid);
SAME_NUMBER(TOKEN_ISSUED_IN_FUTURE, kTokenIssuedInFuture);
SAME_NUMBER(TOKEN_TOO_OLD, kTokenTooOld);
SAME_NUMBER(TOKEN_WITHOUT_EXPIRY, kTokenWithoutExpiry);
SAME_NUMBER(TOKEN_BAD_DATE, kTokenBadDate);
SAME_NUMBER(TOKEN_ISSUER_UNKNOWN, kTokenIssuerUnknown);
SAME_NUMBER(TOKEN_AUDIENCE, kTokenAudience);
SAME_NUMBER(TOKEN_TYPE, kTokenType);
SAME_NUMBER(TOKEN_ALGORITHM, kTokenAlgorithm);
SAME_NUMBER(TOKEN_KEY_UNKNOWN, kTokenKeyUnknown);
SAME_NUMBER(TOKEN_CRITICAL_HEADER, kTokenCriticalHeader);
SAME_NUMBER(TOKEN_CLAIM_MISSING, kTokenClaimMissing);
SAME_NUMBER(TOKEN_CLAIM_VALUE, kTokenClaimValue);
SAME_NUMBER(TOKEN_NOT_ACCEPTED, kTokenNotAccepted);
SAME_NUMBER(TOKEN_TENANT, kTokenTenant);
SAME_NUMBER(TOKEN_CONFIRMATION, kTokenConfirmation);
SAME_NUMBER(TOKEN_REVOKED, kTokenRevoked);
SAME_NUMBER(TOKEN_DUPLICATE_MEMBER, kTokenDuplicateMember);
SAME_NUMBER(TOKEN_BAD_JSON, kTokenBadJson);
SAME_NUMBER(TOKEN_SIGNATURE_REMOVED, kTokenSignatureRemoved);
SAME_NUMBER(KEYS_UNAVAILABLE, kKeysUnavailable);
SAME_NUMBER(NO_POLICY, kNoPolicy);
SAME_NUMBER(MISDIRECTED, kMisdirected);
SAME_NUMBER(BAD_METHOD, kBadMethod);
SAME_NUMBER(BAD_HEADER, kBadHeader);
SAME_NUMBER(BAD_HOST, kBadHost);
SAME_NUMBER(BAD_TARGET, kBadTarget);
SAME_NUMBER(BAD_PATH, kBadPath);
SAME_NUMBER(BAD_SEGMENT, kBadSegment);
SAME_NUMBER(BAD_SOURCE, kBadSource);
#undef SAME_NUMBER

namespace {

Reason ReasonOf(doorward_reason number) noexcept {
  return number >= 0 && number <= UINT8_MAX ? static_cast<Reason>(number) : Reason::kInternal;
}

}  // namespace

doorward_string doorward_reason_name(doorward_reason reason) noexcept {
  return StringOf(doorward::ReasonName(ReasonOf(reason)));
}

int32_t doorward_reason_http_status(doorward_reason reason) noexcept {
  return doorward::ReasonHttpStatus(ReasonOf(reason));
}

doorward_string doorward_reason_text(doorward_reason reason) noexcept {
  return StringOf(doorward::ReasonText(ReasonOf(reason)));
}
