// SPDX-License-Identifier: Apache-2.0
//
// Why a request was allowed or refused. Numbers and names are those of the C++ library, of logs and
// of the command's output. Include <doorward.h>.

#ifndef DOORWARD_C_REASON_H_
#define DOORWARD_C_REASON_H_

#include "doorward_c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t doorward_reason;
enum {
  DOORWARD_REASON_INTERNAL = 0,  // a bug, or an argument that breaks the rules of doorward.h
  DOORWARD_REASON_ALLOWED = 1,

  // 403: the caller is known well enough, and may not.
  DOORWARD_REASON_DENIED_BY_RULE = 2,
  DOORWARD_REASON_DEFAULT_DENY = 3,
  DOORWARD_REASON_INSUFFICIENT_SCOPE = 4,
  DOORWARD_REASON_ROLES_INCOMPLETE = 5,
  DOORWARD_REASON_FORWARD_VALUE = 6,

  // 401: no token, or one that did not verify.
  DOORWARD_REASON_NO_TOKEN = 7,
  DOORWARD_REASON_TOKEN_MALFORMED = 8,
  DOORWARD_REASON_TOKEN_TOO_LARGE = 9,
  DOORWARD_REASON_TOKEN_SIGNATURE = 10,
  DOORWARD_REASON_TOKEN_EXPIRED = 11,
  DOORWARD_REASON_TOKEN_NOT_YET_VALID = 12,
  DOORWARD_REASON_TOKEN_ISSUED_IN_FUTURE = 13,
  DOORWARD_REASON_TOKEN_TOO_OLD = 14,
  DOORWARD_REASON_TOKEN_WITHOUT_EXPIRY = 15,
  DOORWARD_REASON_TOKEN_BAD_DATE = 16,
  DOORWARD_REASON_TOKEN_ISSUER_UNKNOWN = 17,
  DOORWARD_REASON_TOKEN_AUDIENCE = 18,
  DOORWARD_REASON_TOKEN_TYPE = 19,
  DOORWARD_REASON_TOKEN_ALGORITHM = 20,
  DOORWARD_REASON_TOKEN_KEY_UNKNOWN = 21,
  DOORWARD_REASON_TOKEN_CRITICAL_HEADER = 22,
  DOORWARD_REASON_TOKEN_CLAIM_MISSING = 23,
  DOORWARD_REASON_TOKEN_CLAIM_VALUE = 24,
  DOORWARD_REASON_TOKEN_NOT_ACCEPTED = 25,
  DOORWARD_REASON_TOKEN_TENANT = 26,
  DOORWARD_REASON_TOKEN_CONFIRMATION = 27,
  DOORWARD_REASON_TOKEN_REVOKED = 28,
  DOORWARD_REASON_TOKEN_DUPLICATE_MEMBER = 29,
  DOORWARD_REASON_TOKEN_BAD_JSON = 30,
  DOORWARD_REASON_TOKEN_SIGNATURE_REMOVED = 31,

  // 503: the host has not handed in what a decision needs.
  DOORWARD_REASON_KEYS_UNAVAILABLE = 32,
  DOORWARD_REASON_NO_POLICY = 33,

  // 421: a host that the policy does not serve.
  DOORWARD_REASON_MISDIRECTED = 34,

  // 400: a request that backends may read in more than one way.
  DOORWARD_REASON_BAD_METHOD = 35,
  DOORWARD_REASON_BAD_HEADER = 36,
  DOORWARD_REASON_BAD_HOST = 37,
  DOORWARD_REASON_BAD_TARGET = 38,
  DOORWARD_REASON_BAD_PATH = 39,
  DOORWARD_REASON_BAD_SEGMENT = 40,
  DOORWARD_REASON_BAD_SOURCE = 41,
};

// The wire name, "token_expired"; the HTTP status to answer with; one sentence for people. A number
// that is no reason is taken for DOORWARD_REASON_INTERNAL. Strings are valid for ever.
DOORWARD_API doorward_string doorward_reason_name(doorward_reason reason) DOORWARD_NOEXCEPT;
DOORWARD_API int32_t doorward_reason_http_status(doorward_reason reason) DOORWARD_NOEXCEPT;
DOORWARD_API doorward_string doorward_reason_text(doorward_reason reason) DOORWARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DOORWARD_C_REASON_H_
