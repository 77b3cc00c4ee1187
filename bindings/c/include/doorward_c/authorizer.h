// SPDX-License-Identifier: Apache-2.0
//
// The authorizer: policy, keys, revocations and remembered tokens behind one handle that all
// threads share. Include <doorward.h>.

#ifndef DOORWARD_C_AUTHORIZER_H_
#define DOORWARD_C_AUTHORIZER_H_

#include "doorward_c/policy.h"
#include "doorward_c/reason.h"
#include "doorward_c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct doorward_authorizer doorward_authorizer;

// A record of a decision. All of it is valid during the call that hands it over. It never holds a
// token or a secret; method, host and path are as the client sent them where the request was
// refused before they could be normalised: escape them. `data` of host and source_ip is null where
// absent.
typedef struct doorward_audit_event {
  size_t struct_size;  // set by the library, which may know more members than you
  doorward_time time;
  bool allowed;
  doorward_reason reason;
  int32_t http_status;
  doorward_string policy_revision;
  doorward_string rule_id;  // "" for none
  doorward_strings report;  // rules with `mode: report` that would have decided otherwise
  doorward_string issuer;   // "" without a verified token
  doorward_string subject;
  doorward_string method;
  doorward_string host;
  doorward_string path;  // canonical; "" where refused before
  doorward_string source_ip;
} doorward_audit_event;

// Called for each decision, on the thread that decides and before doorward_authorize returns: what
// it costs, a request pays. Called from many threads at once. It must not use the scratch that is
// being decided with, must not free the authorizer, and must neither throw nor jump away.
typedef void (*doorward_audit_function)(void* context, const doorward_audit_event* event);

// Faster ways to verify than OpenSSL's, with the same answers (docs/tokens.md says what each relies
// on). They serve the keys that doorward_authorizer_prepare_keys prepared. Where both for Ed25519
// are asked for, libsodium serves the keys that have no tables.
enum {
  DOORWARD_ACCELERATE_ES256_TABLES = 1,       // for each key 148 KiB and about 1 ms, once
  DOORWARD_ACCELERATE_ED25519_LIBSODIUM = 2,  // calls libsodium's sodium_init()
  DOORWARD_ACCELERATE_ED25519_TABLES = 4,     // for each key 162 KiB and about 0.5 ms, once
};
// Which of them this library has.
DOORWARD_API uint32_t doorward_available_accelerations(void) DOORWARD_NOEXCEPT;

// Take the defaults by doorward_authorizer_options_init and change what you like: zeros are no
// defaults but mean 0.
typedef struct doorward_authorizer_options {
  size_t struct_size;
  // Called with audit_context, until doorward_authorizer_free has returned. NULL: none.
  doorward_audit_function audit;
  void* audit_context;
  // How many revocations are kept (100,000). An unexpired one is never forgotten for another: when
  // full, revoking fails.
  size_t max_revocations;
  // A longer token is refused unread (16 KiB).
  size_t max_token_bytes;
  // How many verified tokens are remembered (4,096), and in how many bytes (16 MiB; a token of 1 KB
  // takes about 5 KB). 0 tokens: each is verified each time.
  size_t token_cache_entries;
  size_t token_cache_bytes;
  // So many keys of each kind, of all issuers together, have tables (64).
  size_t max_es256_tables;
  size_t max_ed25519_tables;
  uint32_t accelerations;  // DOORWARD_ACCELERATE_*, none by default
  uint32_t reserved;
} doorward_authorizer_options;

// Sets `options` to the defaults; `struct_size` is sizeof it, and is set too.
DOORWARD_API doorward_code doorward_authorizer_options_init(doorward_authorizer_options* options,
                                                            size_t struct_size) DOORWARD_NOEXCEPT;

// `policy` NULL: every request is answered 503 no_policy until there is one. `options` NULL: the
// defaults.
DOORWARD_API_CHECKED doorward_authorizer* doorward_authorizer_new(
    const doorward_policy* policy, const doorward_authorizer_options* options,
    doorward_error* error) DOORWARD_NOEXCEPT;
// No other thread may be in a call with it. Scratches stay valid.
DOORWARD_API void doorward_authorizer_free(doorward_authorizer* authorizer) DOORWARD_NOEXCEPT;

// Puts another policy in force, for decisions that begin after the call returns. Keys stay with the
// issuers that the new policy names too. NULL is refused: a policy that did not load changes
// nothing.
DOORWARD_API_CHECKED doorward_code
doorward_authorizer_set_policy(doorward_authorizer* authorizer, const doorward_policy* policy,
                               doorward_error* error) DOORWARD_NOEXCEPT;
// The policy in force, for the caller to free. NULL where there is none.
DOORWARD_API_CHECKED doorward_policy* doorward_authorizer_policy(
    const doorward_authorizer* authorizer, doorward_error* error) DOORWARD_NOEXCEPT;

// Where a key set came from. A secret that travels over a network is none: symmetric keys of a
// remote set are set aside.
enum {
  DOORWARD_ORIGIN_REMOTE = 0,
  DOORWARD_ORIGIN_LOCAL = 1,
};

// Hands in the keys of an issuer, named by any of its spellings in the policy. Until then its
// tokens are answered 503 keys_unavailable. `*diagnostics` is as in doorward_policy_load: keys set
// aside, and an issuer that the policy in force does not name (kept for a later one). After a
// failure the former keys stay in force, while a key set without one usable key replaces them.
DOORWARD_API_CHECKED doorward_code doorward_authorizer_set_keys(
    doorward_authorizer* authorizer, doorward_string issuer, doorward_string jwks_json,
    int32_t origin, doorward_diagnostics** diagnostics, doorward_error* error) DOORWARD_NOEXCEPT;

// How many keys that there is a faster way for are verified in which way.
typedef struct doorward_key_preparation {
  size_t struct_size;
  size_t es256_with_tables;
  size_t es256_without_tables;
  size_t ed25519_with_tables;
  size_t ed25519_with_libsodium;
  size_t ed25519_with_openssl;
} doorward_key_preparation;

// Prepares the keys in force for the accelerations of the options. Call it after each change of
// keys or policy, from a thread that has time; decisions go on meanwhile. `preparation` may be
// NULL.
DOORWARD_API doorward_code doorward_authorizer_prepare_keys(
    doorward_authorizer* authorizer, doorward_key_preparation* preparation,
    doorward_error* error) DOORWARD_NOEXCEPT;

// Refuses tokens from now on, until `until`: when the last of them has expired, leeway included. By
// `jti`, by `sid`, or all of a subject issued at or before `issued_until` (one without `iat` counts
// as issued before). `issuer` is as the token spells it. DOORWARD_ERROR_FULL: nothing was recorded,
// and the host must answer in another way.
DOORWARD_API_CHECKED doorward_code doorward_authorizer_revoke_token_id(
    doorward_authorizer* authorizer, doorward_string issuer, doorward_string jti,
    doorward_time until, doorward_time now, doorward_error* error) DOORWARD_NOEXCEPT;
DOORWARD_API_CHECKED doorward_code doorward_authorizer_revoke_session(
    doorward_authorizer* authorizer, doorward_string issuer, doorward_string sid,
    doorward_time until, doorward_time now, doorward_error* error) DOORWARD_NOEXCEPT;
DOORWARD_API_CHECKED doorward_code doorward_authorizer_revoke_subject(
    doorward_authorizer* authorizer, doorward_string issuer, doorward_string subject,
    doorward_time issued_until, doorward_time until, doorward_time now,
    doorward_error* error) DOORWARD_NOEXCEPT;

// What it holds, and what its memory of tokens did since it was made; all zero without one.
typedef struct doorward_authorizer_counters {
  size_t struct_size;
  size_t revocations;
  uint64_t token_cache_hits;        // tokens that needed no verification
  uint64_t token_cache_misses;      // tokens that did
  uint64_t token_cache_insertions;  // tokens that were remembered
  uint64_t token_cache_evictions;   // of them, forgotten for the sake of others
  size_t token_cache_entries;       // held now, those of a former policy or former keys included
  size_t token_cache_bytes;
} doorward_authorizer_counters;

// For metrics: takes a few locks.
DOORWARD_API doorward_code doorward_authorizer_get_counters(const doorward_authorizer* authorizer,
                                                            doorward_authorizer_counters* counters)
    DOORWARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DOORWARD_C_AUTHORIZER_H_
