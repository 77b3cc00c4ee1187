// SPDX-License-Identifier: Apache-2.0
//
// A policy, compiled from its text; the issuers whose keys it needs; callers known without a token.
// Include <doorward.h>.

#ifndef DOORWARD_C_POLICY_H_
#define DOORWARD_C_POLICY_H_

#include "doorward_c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct doorward_policy doorward_policy;

// How the text of a policy is read.
enum {
  DOORWARD_POLICY_BY_NAME = 0,  // JSON where the name ends in ".json" (any case), else YAML
  DOORWARD_POLICY_YAML = 1,
  DOORWARD_POLICY_JSON = 2,
};

// Reads, checks and compiles `text`. `name` is the file name of the diagnostics; no file is read.
// Every mistake and every warning is put into `*diagnostics`, for the caller to free, also where
// the policy is good; NULL where there is nothing to say; `diagnostics` itself may be NULL. Returns
// NULL where there is a mistake: `error` has the first.
DOORWARD_API_CHECKED doorward_policy* doorward_policy_load(doorward_string text,
                                                           doorward_string name, int32_t format,
                                                           doorward_diagnostics** diagnostics,
                                                           doorward_error* error) DOORWARD_NOEXCEPT;
DOORWARD_API void doorward_policy_free(doorward_policy* policy) DOORWARD_NOEXCEPT;

// A hash of the text: equal texts, equal revisions.
DOORWARD_API doorward_string doorward_policy_revision(const doorward_policy* policy)
    DOORWARD_NOEXCEPT;
DOORWARD_API size_t doorward_policy_rule_count(const doorward_policy* policy) DOORWARD_NOEXCEPT;
DOORWARD_API size_t doorward_policy_endpoint_count(const doorward_policy* policy) DOORWARD_NOEXCEPT;
DOORWARD_API size_t doorward_policy_role_count(const doorward_policy* policy) DOORWARD_NOEXCEPT;

// Where the keys of an issuer come from. All but those inline are for the host to fetch and hand in
// by doorward_authorizer_set_keys.
enum {
  DOORWARD_KEYS_DISCOVERY = 0,  // OpenID Connect Discovery at the issuer
  DOORWARD_KEYS_JWKS_URI = 1,
  DOORWARD_KEYS_JWKS_FILE = 2,
  DOORWARD_KEYS_INLINE = 3,  // in the policy: nothing to do
};

// Valid as long as the policy.
typedef struct doorward_issuer {
  size_t struct_size;
  int32_t key_source;
  uint32_t line;    // where in the policy the source is named, from 1
  uint32_t column;  // from 1, in code points
  uint32_t reserved;
  doorward_string name;         // the first spelling; what keys are handed in under
  doorward_strings spellings;   // all of them
  doorward_string location;     // URL or path as the policy has it; inline: the key set; else ""
  doorward_strings algorithms;  // that the policy lists: "RS256". None: all asymmetric ones serve
} doorward_issuer;

DOORWARD_API size_t doorward_policy_issuer_count(const doorward_policy* policy) DOORWARD_NOEXCEPT;
// Fills in `issuer`. DOORWARD_ERROR_ARGUMENT beyond the end.
DOORWARD_API doorward_code doorward_policy_issuer(const doorward_policy* policy, size_t index,
                                                  doorward_issuer* issuer) DOORWARD_NOEXCEPT;

// A caller who is known by other means than a token, made by the policy that it will be decided
// under: after a change of policy make it anew (until then: DOORWARD_REASON_INTERNAL).
typedef struct doorward_caller doorward_caller;

// Nobody in particular.
DOORWARD_API_CHECKED doorward_caller* doorward_caller_with_nothing(
    const doorward_policy* policy, doorward_error* error) DOORWARD_NOEXCEPT;
// An authenticated caller who holds just these roles, and what they inherit. Names that the policy
// does not declare are ignored.
DOORWARD_API_CHECKED doorward_caller* doorward_caller_with_roles(
    const doorward_policy* policy, const doorward_string* roles, size_t role_count,
    doorward_error* error) DOORWARD_NOEXCEPT;
// A caller with these claims, a JSON object, read by the mapping of `issuer` as if they had been
// verified. `issuer` with null data: the policy's first.
DOORWARD_API_CHECKED doorward_caller* doorward_caller_with_claims(
    const doorward_policy* policy, doorward_string claims_json, doorward_string issuer,
    doorward_error* error) DOORWARD_NOEXCEPT;
DOORWARD_API void doorward_caller_free(doorward_caller* caller) DOORWARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DOORWARD_C_POLICY_H_
