// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <optional>
#include <utility>

#include "bindings/c/src/authorizer_handle.h"
#include "bindings/c/src/diagnostics.h"
#include "bindings/c/src/policy_handle.h"

using namespace doorward::c;
using doorward::Acceleration;
using doorward::AuditEvent;
using doorward::AuthorizerOptions;
using doorward::KeyOrigin;
using doorward::Timestamp;

namespace {

doorward_string StringOrNull(const std::optional<std::string_view>& s) {
  return s ? StringOf(*s) : doorward_string{nullptr, 0};
}

class FunctionSink final : public doorward::AuditSink {
 public:
  FunctionSink(doorward_audit_function function, void* context)
      : function_(function), context_(context) {}

  void OnDecision(const AuditEvent& event) noexcept override {
    doorward_audit_event made{};
    made.struct_size = sizeof made;
    made.time = {event.time.unix_seconds(), event.time.nanos()};
    made.allowed = event.allowed;
    made.reason = static_cast<doorward_reason>(event.reason);
    made.http_status = event.http_status;
    made.policy_revision = StringOf(event.policy_revision);
    made.rule_id = StringOf(event.rule_id);
    made.report = StringsOf(event.report);
    made.issuer = StringOf(event.issuer);
    made.subject = StringOf(event.subject);
    made.method = StringOf(event.method);
    made.host = StringOrNull(event.host);
    made.path = StringOf(event.path);
    made.source_ip = StringOrNull(event.source_ip);
    function_(context_, &made);
  }

 private:
  const doorward_audit_function function_;
  void* const context_;
};

constexpr uint32_t FlagsOf(const Acceleration& acceleration) noexcept {
  return (acceleration.es256_tables ? uint32_t{DOORWARD_ACCELERATE_ES256_TABLES} : 0u) |
         (acceleration.ed25519_tables ? uint32_t{DOORWARD_ACCELERATE_ED25519_TABLES} : 0u) |
         (acceleration.ed25519_libsodium ? uint32_t{DOORWARD_ACCELERATE_ED25519_LIBSODIUM} : 0u);
}

AuthorizerOptions OptionsOf(const doorward_authorizer_options& from) {
  constexpr uint32_t kKnown =
      FlagsOf({.es256_tables = true, .ed25519_tables = true, .ed25519_libsodium = true});
  Require((from.accelerations & ~kKnown) == 0 && from.reserved == 0,
          "options: an acceleration that does not exist, or reserved bits that are set");
  AuthorizerOptions options;
  if (from.audit != nullptr) {
    options.audit_sink = std::make_shared<FunctionSink>(from.audit, from.audit_context);
  }
  options.max_revocations = from.max_revocations;
  options.max_token_bytes = from.max_token_bytes;
  options.token_cache = {.max_entries = from.token_cache_entries,
                         .max_bytes = from.token_cache_bytes};
  options.acceleration = {
      .es256_tables = (from.accelerations & DOORWARD_ACCELERATE_ES256_TABLES) != 0,
      .ed25519_tables = (from.accelerations & DOORWARD_ACCELERATE_ED25519_TABLES) != 0,
      .ed25519_libsodium = (from.accelerations & DOORWARD_ACCELERATE_ED25519_LIBSODIUM) != 0,
      .max_es256_tables = from.max_es256_tables,
      .max_ed25519_tables = from.max_ed25519_tables};
  return options;
}

// Runs `revoke`, which returns false where the list is full.
template <class Revoke>
doorward_code AttemptRevocation(const doorward_authorizer* authorizer, doorward_error* error,
                                Revoke&& revoke) noexcept {
  return Attempt(error, [&] {
    Require(authorizer != nullptr, "authorizer: there is none");
    if (!revoke()) {
      throw Failure{DOORWARD_ERROR_FULL, "the list of revocations is full of unexpired ones"};
    }
  });
}

}  // namespace

uint32_t doorward_available_accelerations() noexcept {
  return FlagsOf(doorward::AvailableAcceleration());
}

doorward_code doorward_authorizer_options_init(doorward_authorizer_options* options,
                                               size_t struct_size) noexcept {
  if (options == nullptr) return DOORWARD_ERROR_ARGUMENT;
  const AuthorizerOptions defaults;
  doorward_authorizer_options made{};
  made.max_revocations = defaults.max_revocations;
  made.max_token_bytes = defaults.max_token_bytes;
  made.token_cache_entries = defaults.token_cache.max_entries;
  made.token_cache_bytes = defaults.token_cache.max_bytes;
  made.max_es256_tables = defaults.acceleration.max_es256_tables;
  made.max_ed25519_tables = defaults.acceleration.max_ed25519_tables;
  made.accelerations = FlagsOf(defaults.acceleration);
  options->struct_size = struct_size;
  return Fill(options, made);
}

doorward_authorizer* doorward_authorizer_new(const doorward_policy* policy,
                                             const doorward_authorizer_options* options,
                                             doorward_error* error) noexcept {
  return AttemptNew(error, [&] {
    Require(options == nullptr || IsReadable(options), "options: struct_size");
    AuthorizerOptions made = options == nullptr ? AuthorizerOptions() : OptionsOf(*options);
    // An Authorizer does not move: it is made in its place.
    return std::unique_ptr<doorward_authorizer>(new doorward_authorizer{
        doorward::Authorizer(policy == nullptr ? nullptr : policy->policy, std::move(made))});
  });
}

void doorward_authorizer_free(doorward_authorizer* authorizer) noexcept { delete authorizer; }

doorward_code doorward_authorizer_set_policy(doorward_authorizer* authorizer,
                                             const doorward_policy* policy,
                                             doorward_error* error) noexcept {
  return Attempt(error, [&] {
    Require(authorizer != nullptr, "authorizer: there is none");
    Require(policy != nullptr, "policy: there is none; the former stays in force");
    authorizer->authorizer.SetPolicy(policy->policy);
  });
}

doorward_policy* doorward_authorizer_policy(const doorward_authorizer* authorizer,
                                            doorward_error* error) noexcept {
  return AttemptNew(error, [&] {
    Require(authorizer != nullptr, "authorizer: there is none");
    std::shared_ptr<const doorward::Policy> policy = authorizer->authorizer.policy();
    return policy == nullptr ? nullptr : std::make_unique<doorward_policy>(std::move(policy));
  });
}

doorward_code doorward_authorizer_set_keys(doorward_authorizer* authorizer, doorward_string issuer,
                                           doorward_string jwks_json, int32_t origin,
                                           doorward_diagnostics** diagnostics,
                                           doorward_error* error) noexcept {
  if (diagnostics != nullptr) *diagnostics = nullptr;
  return Attempt(error, [&] {
    Require(authorizer != nullptr, "authorizer: there is none");
    Require(origin == DOORWARD_ORIGIN_REMOTE || origin == DOORWARD_ORIGIN_LOCAL,
            "origin: no such number");
    HandOver(authorizer->authorizer.SetKeys(
                 CheckedView(issuer, "issuer"), CheckedView(jwks_json, "jwks_json"),
                 origin == DOORWARD_ORIGIN_LOCAL ? KeyOrigin::kLocal : KeyOrigin::kRemote),
             DOORWARD_ERROR_KEYS, diagnostics);
  });
}

doorward_code doorward_authorizer_prepare_keys(doorward_authorizer* authorizer,
                                               doorward_key_preparation* preparation,
                                               doorward_error* error) noexcept {
  return Attempt(error, [&] {
    Require(authorizer != nullptr, "authorizer: there is none");
    Require(preparation == nullptr || Fill(preparation, {}) == DOORWARD_OK,
            "preparation: struct_size");
    const doorward::KeyPreparation done = authorizer->authorizer.PrepareKeys();
    if (preparation == nullptr) return;
    doorward_key_preparation made{};
    made.es256_with_tables = done.es256_with_tables;
    made.es256_without_tables = done.es256_without_tables;
    made.ed25519_with_tables = done.ed25519_with_tables;
    made.ed25519_with_libsodium = done.ed25519_with_libsodium;
    made.ed25519_with_openssl = done.ed25519_with_openssl;
    Fill(preparation, made);
  });
}

doorward_code doorward_authorizer_revoke_token_id(doorward_authorizer* authorizer,
                                                  doorward_string issuer, doorward_string jti,
                                                  doorward_time until, doorward_time now,
                                                  doorward_error* error) noexcept {
  return AttemptRevocation(authorizer, error, [&] {
    return authorizer->authorizer.RevokeTokenId(
        CheckedView(issuer, "issuer"), CheckedView(jti, "jti"), CheckedTime(until, "until"),
        CheckedTime(now, "now"));
  });
}

doorward_code doorward_authorizer_revoke_session(doorward_authorizer* authorizer,
                                                 doorward_string issuer, doorward_string sid,
                                                 doorward_time until, doorward_time now,
                                                 doorward_error* error) noexcept {
  return AttemptRevocation(authorizer, error, [&] {
    return authorizer->authorizer.RevokeSession(
        CheckedView(issuer, "issuer"), CheckedView(sid, "sid"), CheckedTime(until, "until"),
        CheckedTime(now, "now"));
  });
}

doorward_code doorward_authorizer_revoke_subject(doorward_authorizer* authorizer,
                                                 doorward_string issuer, doorward_string subject,
                                                 doorward_time issued_until, doorward_time until,
                                                 doorward_time now,
                                                 doorward_error* error) noexcept {
  return AttemptRevocation(authorizer, error, [&] {
    return authorizer->authorizer.RevokeSubject(
        CheckedView(issuer, "issuer"), CheckedView(subject, "subject"),
        CheckedTime(issued_until, "issued_until"), CheckedTime(until, "until"),
        CheckedTime(now, "now"));
  });
}

doorward_code doorward_authorizer_get_counters(const doorward_authorizer* authorizer,
                                               doorward_authorizer_counters* counters) noexcept {
  if (authorizer == nullptr) return DOORWARD_ERROR_ARGUMENT;
  doorward_authorizer_counters made{};
  const doorward_code code = Attempt(nullptr, [&] {
    const doorward::TokenCacheStats stats = authorizer->authorizer.token_cache_stats();
    made.revocations = authorizer->authorizer.revocation_count();
    made.token_cache_hits = stats.hits;
    made.token_cache_misses = stats.misses;
    made.token_cache_insertions = stats.insertions;
    made.token_cache_evictions = stats.evictions;
    made.token_cache_entries = stats.entries;
    made.token_cache_bytes = stats.bytes;
  });
  return code == DOORWARD_OK ? Fill(counters, made) : code;
}
