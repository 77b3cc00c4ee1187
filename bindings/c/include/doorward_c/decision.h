// SPDX-License-Identifier: Apache-2.0
//
// A request in, a decision out. Include <doorward.h>.

#ifndef DOORWARD_C_DECISION_H_
#define DOORWARD_C_DECISION_H_

#include "doorward_c/authorizer.h"
#include "doorward_c/json.h"
#include "doorward_c/policy.h"
#include "doorward_c/reason.h"
#include "doorward_c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

// More header fields than this are refused.
#define DOORWARD_MAX_HEADERS 65536

enum {
  // The host application has no hosts at all: `host` is not looked at, and rules that name a host
  // match nothing. Never for a request that merely came without one.
  DOORWARD_REQUEST_WITHOUT_HOSTS = 1,
};

// A request as it was received, before anything was decoded. Valid, with all that it points to, as
// long as the decision is read.
typedef struct doorward_request {
  size_t struct_size;
  doorward_string method;  // case kept: "GET"
  // The Host field or :authority, port included; "" where the request had none or several, which is
  // refused (see DOORWARD_REQUEST_WITHOUT_HOSTS).
  doorward_string host;
  doorward_string target;  // RFC 9112 section 3.2, percent-encoding and query as received
  // All fields in their order, repeated ones repeated. Host may be left out.
  const doorward_header* headers;
  size_t header_count;
  // The client's address without port, as far as you trust it. Null data: not known.
  doorward_string source_ip;
  uint32_t flags;  // DOORWARD_REQUEST_*
  uint32_t reserved;
} doorward_request;

enum {
  DOORWARD_CREDENTIAL_FROM_HEADERS = 0,  // the token where the policy's `token.from` looks for it
  DOORWARD_CREDENTIAL_TOKEN = 1,         // `token`; one in the headers counts for forwarding only
  DOORWARD_CREDENTIAL_CALLER = 2,        // `caller`, made by the policy in force
};

// How a caller proves who it is. Where functions take one, NULL means from the headers.
typedef struct doorward_credential {
  size_t struct_size;
  int32_t kind;  // DOORWARD_CREDENTIAL_*
  uint32_t reserved;
  doorward_string token;
  const doorward_caller* caller;
} doorward_credential;

// Memory that is reused from one call to the next; one for each thread. It keeps the policy, keys
// and tokens that it last decided with alive.
typedef struct doorward_scratch doorward_scratch;
DOORWARD_API_CHECKED doorward_scratch* doorward_scratch_new(doorward_error* error)
    DOORWARD_NOEXCEPT;
DOORWARD_API void doorward_scratch_free(doorward_scratch* scratch) DOORWARD_NOEXCEPT;

// The answer to one request, in the scratch that it was made with.
typedef struct doorward_decision doorward_decision;

// Decides. Never returns NULL; whatever is wrong with the arguments is a denial.
DOORWARD_API_CHECKED const doorward_decision* doorward_authorize(
    const doorward_authorizer* authorizer, const doorward_request* request,
    const doorward_credential* credential, doorward_time now,
    doorward_scratch* scratch) DOORWARD_NOEXCEPT;

DOORWARD_API bool doorward_decision_allowed(const doorward_decision* decision) DOORWARD_NOEXCEPT;
DOORWARD_API doorward_reason doorward_decision_reason(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
// 200 where allowed; else what to answer: 400, 401, 403, 421, 500 or 503.
DOORWARD_API int32_t doorward_decision_http_status(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
// The value of the WWW-Authenticate field that belongs to the status. "" for none.
DOORWARD_API doorward_string doorward_decision_www_authenticate(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;

// What must not reach the upstream, each as the client spelled it, and what is set for it. Remove
// first: both may hold the same names.
DOORWARD_API doorward_strings doorward_decision_headers_to_remove(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
DOORWARD_API doorward_headers doorward_decision_headers_to_set(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;

// The request as it was decided: canonical, and to be forwarded so. "" where it was refused before,
// and then has_path is false.
DOORWARD_API bool doorward_decision_has_path(const doorward_decision* decision) DOORWARD_NOEXCEPT;
DOORWARD_API doorward_string doorward_decision_path(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
DOORWARD_API doorward_string doorward_decision_method(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
DOORWARD_API doorward_string doorward_decision_host(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;

// The rule that decided, "" for none; and the rules with `mode: report` that would have decided
// otherwise.
DOORWARD_API doorward_string doorward_decision_rule_id(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
DOORWARD_API doorward_strings doorward_decision_report(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;

// Who called: "" and NULL without a verified token or known caller.
DOORWARD_API doorward_string doorward_decision_subject(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
DOORWARD_API doorward_string doorward_decision_issuer(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
DOORWARD_API const doorward_json* doorward_decision_claims(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
// Roles held, inherited ones included, in the order of their declaration. Allocates when first
// asked; empty where there is no memory.
DOORWARD_API doorward_strings doorward_decision_roles(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;

// The revision of the policy that decided. "" without a policy.
DOORWARD_API doorward_string doorward_decision_policy_revision(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;
// One sentence for people: why. Never holds a token. Allocates when first asked.
DOORWARD_API doorward_string doorward_decision_message(const doorward_decision* decision)
    DOORWARD_NOEXCEPT;

enum {
  DOORWARD_FORMAT_TEXT = 0,  // for a terminal
  DOORWARD_FORMAT_JSON = 1,  // one object
};

// Decides and tells why, rule by rule, for the caller to free. Slow; for people. No audit event is
// made. What was decided before with `scratch` is valid no more.
DOORWARD_API_CHECKED doorward_text* doorward_explain(const doorward_authorizer* authorizer,
                                                     const doorward_request* request,
                                                     const doorward_credential* credential,
                                                     doorward_time now, doorward_scratch* scratch,
                                                     int32_t format,
                                                     doorward_error* error) DOORWARD_NOEXCEPT;

// What became of a token by itself, in the scratch that it was verified with.
typedef struct doorward_verification doorward_verification;

// Verifies a token by the rules and keys of the issuer that it names, revocations included, and
// without asking what is remembered. Never returns NULL. What was decided before with `scratch` is
// valid no more.
DOORWARD_API_CHECKED const doorward_verification* doorward_verify(
    const doorward_authorizer* authorizer, doorward_string token, doorward_time now,
    doorward_scratch* scratch) DOORWARD_NOEXCEPT;

// DOORWARD_REASON_ALLOWED: verified. Else the first check that failed.
DOORWARD_API doorward_reason doorward_verification_reason(const doorward_verification* verification)
    DOORWARD_NOEXCEPT;
// NULL unless verified.
DOORWARD_API const doorward_json* doorward_verification_header(
    const doorward_verification* verification) DOORWARD_NOEXCEPT;
DOORWARD_API const doorward_json* doorward_verification_claims(
    const doorward_verification* verification) DOORWARD_NOEXCEPT;
// One sentence for people. Never holds the token. Allocates when first asked.
DOORWARD_API doorward_string
doorward_verification_message(const doorward_verification* verification) DOORWARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DOORWARD_C_DECISION_H_
