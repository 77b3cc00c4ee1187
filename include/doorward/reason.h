// SPDX-License-Identifier: Apache-2.0
//
// Why a request was allowed or refused, in one value. Numbers and names are stable: they reach
// logs, the command's output, C and Python unchanged, and are never reused.
//
//   if (d.reason() == doorward::Reason::kTokenExpired) Refresh();
//   log << doorward::ReasonName(d.reason());            // "token_expired"

#ifndef DOORWARD_REASON_H_
#define DOORWARD_REASON_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "doorward/export.h"

namespace doorward {

enum class Reason : uint8_t {
  // Zeroed memory is a denial.
  kInternal = 0,  // a bug, or a broken contract of the host; denies

  kAllowed = 1,

  // 403: the caller is known well enough, and may not.
  kDeniedByRule = 2,
  kDefaultDeny = 3,
  kInsufficientScope = 4,
  kRolesIncomplete = 5,  // what could not be known of the caller decided
  kForwardValue = 6,     // a required identity header had no value fit to be sent

  // 401: no token, or one that did not verify (DESIGN of a token's checks: docs/tokens.md).
  kNoToken = 7,
  kTokenMalformed = 8,
  kTokenTooLarge = 9,
  kTokenSignature = 10,
  kTokenExpired = 11,
  kTokenNotYetValid = 12,
  kTokenIssuedInFuture = 13,
  kTokenTooOld = 14,
  kTokenWithoutExpiry = 15,
  kTokenBadDate = 16,
  kTokenIssuerUnknown = 17,
  kTokenAudience = 18,
  kTokenType = 19,
  kTokenAlgorithm = 20,
  kTokenKeyUnknown = 21,
  kTokenCriticalHeader = 22,
  kTokenClaimMissing = 23,
  kTokenClaimValue = 24,
  kTokenNotAccepted = 25,
  kTokenTenant = 26,
  kTokenConfirmation = 27,
  kTokenRevoked = 28,
  kTokenDuplicateMember = 29,
  kTokenBadJson = 30,
  kTokenSignatureRemoved = 31,

  // 503: the host has not handed in what a decision needs.
  kKeysUnavailable = 32,
  kNoPolicy = 33,

  // 421: a host that the policy does not serve.
  kMisdirected = 34,

  // 400: a request that backends may read in more than one way.
  kBadMethod = 35,
  kBadHeader = 36,
  kBadHost = 37,
  kBadTarget = 38,
  kBadPath = 39,
  kBadSegment = 40,
  kBadSource = 41,
};

// Returns the wire name, such as "token_expired". Unknown values give "internal".
DOORWARD_EXPORT std::string_view ReasonName(Reason reason) noexcept;

// Returns the HTTP status that a host answers with: 200, 400, 401, 403, 421, 500 or 503.
DOORWARD_EXPORT int ReasonHttpStatus(Reason reason) noexcept;

// Returns one sentence for people, without a full stop: what the reason means in general.
DOORWARD_EXPORT std::string_view ReasonText(Reason reason) noexcept;

// Finds the reason of a wire name.
DOORWARD_EXPORT std::optional<Reason> FindReason(std::string_view name) noexcept;

}  // namespace doorward

#endif  // DOORWARD_REASON_H_
