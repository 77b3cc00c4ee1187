// SPDX-License-Identifier: Apache-2.0
//
// The authorizer: options, swaps of policy, keys, revocations, counters, audit.

#include "check.h"
#include "world.h"

static doorward_reason reason_with_token(const doorward_authorizer* authorizer) {
  doorward_scratch* scratch = new_scratch();
  const doorward_header header = authorization_header();
  const doorward_request request = request_of("GET", "/orders/17", &header, 1);
  const doorward_reason reason =
      doorward_decision_reason(doorward_authorize(authorizer, &request, NULL, kNow, scratch));
  doorward_scratch_free(scratch);
  return reason;
}

static void the_defaults_are_those_of_the_library(void) {
  doorward_authorizer_options options;
  CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options, sizeof options));
  CHECK_INT(sizeof options, (long long)options.struct_size);
  CHECK(options.audit == NULL);
  CHECK_INT(100000, (long long)options.max_revocations);
  CHECK_INT(16384, (long long)options.max_token_bytes);
  CHECK_INT(4096, (long long)options.token_cache_entries);
  CHECK_INT(16 << 20, (long long)options.token_cache_bytes);
  CHECK_INT(64, (long long)options.max_es256_tables);
  CHECK_INT(64, (long long)options.max_ed25519_tables);
  CHECK_INT(0, options.accelerations);
  CHECK_INT(DOORWARD_ERROR_ARGUMENT,
            doorward_authorizer_options_init(&options, sizeof options - 1));
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_authorizer_options_init(NULL, sizeof options));
}

// A program of a later version, whose struct has a member more.
struct later_options {
  doorward_authorizer_options now;
  uint64_t later;
};

struct options_row {
  const char* name;
  size_t struct_size;
  uint64_t later;
  uint32_t accelerations;
  doorward_code code;
};

static const struct options_row kOptions[] = {
    {"of this version", sizeof(doorward_authorizer_options), 1, 0, DOORWARD_OK},
    {"smaller", sizeof(doorward_authorizer_options) - 1, 0, 0, DOORWARD_ERROR_ARGUMENT},
    {"not set", 0, 0, 0, DOORWARD_ERROR_ARGUMENT},
    {"later, saying nothing new", sizeof(struct later_options), 0, 0, DOORWARD_OK},
    {"later, saying what is not known", sizeof(struct later_options), 1, 0,
     DOORWARD_ERROR_ARGUMENT},
    {"absurd", SIZE_MAX, 0, 0, DOORWARD_ERROR_ARGUMENT},
    {"each acceleration", sizeof(doorward_authorizer_options), 0, 7, DOORWARD_OK},
    {"an acceleration that does not exist", sizeof(doorward_authorizer_options), 0, 8,
     DOORWARD_ERROR_ARGUMENT},
};

static void options_of_other_versions_are_read_or_refused(void) {
  for (size_t i = 0; i < COUNT_OF(kOptions); ++i) {
    const struct options_row* row = &kOptions[i];
    current_row = row->name;
    struct later_options options = {.later = row->later};
    CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options.now, sizeof options.now));
    options.now.struct_size = row->struct_size;
    options.now.accelerations = row->accelerations;
    doorward_error error = {.struct_size = sizeof error};
    doorward_authorizer* authorizer = doorward_authorizer_new(NULL, &options.now, &error);
    CHECK_INT(row->code, error.code);
    CHECK((authorizer != NULL) == (row->code == DOORWARD_OK));
    doorward_authorizer_free(authorizer);
  }
  current_row = "";
}

static void without_a_policy_all_is_refused_until_there_is_one(void) {
  doorward_error error = {.struct_size = sizeof error};
  doorward_authorizer* authorizer = doorward_authorizer_new(NULL, NULL, &error);
  CHECK_INT(DOORWARD_REASON_NO_POLICY, reason_with_token(authorizer));
  CHECK(doorward_authorizer_policy(authorizer, &error) == NULL);
  CHECK_INT(DOORWARD_OK, error.code);

  doorward_policy* policy = load_policy(kPolicyText);
  CHECK_INT(DOORWARD_OK, doorward_authorizer_set_policy(authorizer, policy, &error));
  CHECK_INT(DOORWARD_REASON_KEYS_UNAVAILABLE, reason_with_token(authorizer));
  CHECK_INT(DOORWARD_OK,
            doorward_authorizer_set_keys(authorizer, doorward_string_of(ISSUER), jwks_text(),
                                         DOORWARD_ORIGIN_REMOTE, NULL, &error));
  CHECK_INT(DOORWARD_REASON_ALLOWED, reason_with_token(authorizer));

  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_authorizer_set_policy(authorizer, NULL, &error));
  CHECK_INT(DOORWARD_REASON_ALLOWED, reason_with_token(authorizer));

  doorward_policy* in_force = doorward_authorizer_policy(authorizer, &error);
  const doorward_string revision = doorward_policy_revision(policy);
  CHECK(memcmp(doorward_policy_revision(in_force).data, revision.data, revision.size) == 0);
  doorward_policy_free(policy);
  doorward_authorizer_free(authorizer);
  CHECK_INT(4, (long long)doorward_policy_rule_count(in_force));
  doorward_policy_free(in_force);
}

struct keys_row {
  const char* name;
  const char* issuer;
  const char* jwks;  // NULL: the right ones
  int32_t origin;
  doorward_code code;
  size_t diagnostics;
  doorward_reason reason;  // of the token afterwards
};

static const struct keys_row kKeys[] = {
    {"the right ones", ISSUER, NULL, DOORWARD_ORIGIN_LOCAL, DOORWARD_OK, 0,
     DOORWARD_REASON_ALLOWED},
    {"of an issuer that is not there", "https://other.example/", NULL, DOORWARD_ORIGIN_REMOTE,
     DOORWARD_OK, 1, DOORWARD_REASON_ALLOWED},
    {"no key set", ISSUER, "{", DOORWARD_ORIGIN_REMOTE, DOORWARD_ERROR_KEYS, 1,
     DOORWARD_REASON_ALLOWED},
    {"no such origin", ISSUER, NULL, 2, DOORWARD_ERROR_ARGUMENT, 0, DOORWARD_REASON_ALLOWED},
    {"without one key", ISSUER, "{\"keys\": []}", DOORWARD_ORIGIN_REMOTE, DOORWARD_OK, 1,
     DOORWARD_REASON_TOKEN_KEY_UNKNOWN},
    {"a key that is broken", ISSUER, "{\"keys\": [{\"kty\": \"EC\"}]}", DOORWARD_ORIGIN_REMOTE,
     DOORWARD_OK, 2, DOORWARD_REASON_TOKEN_KEY_UNKNOWN},
};

static void keys_serve_or_leave_the_former_in_force(void) {
  for (size_t i = 0; i < COUNT_OF(kKeys); ++i) {
    const struct keys_row* row = &kKeys[i];
    current_row = row->name;
    doorward_authorizer* authorizer = new_authorizer(NULL);
    doorward_error error = {.struct_size = sizeof error};
    doorward_diagnostics* diagnostics = NULL;
    const doorward_code code = doorward_authorizer_set_keys(
        authorizer, doorward_string_of(row->issuer),
        row->jwks == NULL ? jwks_text() : doorward_string_of(row->jwks), row->origin, &diagnostics,
        &error);
    CHECK_INT(row->code, code);
    CHECK_INT(row->code, error.code);
    CHECK_INT((long long)row->diagnostics, (long long)doorward_diagnostics_count(diagnostics));
    CHECK_INT(row->reason, reason_with_token(authorizer));
    doorward_diagnostics_free(diagnostics);
    doorward_authorizer_free(authorizer);
  }
  current_row = "";
}

static void keys_are_prepared_as_the_options_say(void) {
  doorward_authorizer_options options;
  CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options, sizeof options));
  options.accelerations = doorward_available_accelerations() & DOORWARD_ACCELERATE_ES256_TABLES;
  doorward_authorizer* authorizer = new_authorizer(&options);
  doorward_key_preparation done = {.struct_size = sizeof done};
  doorward_error error = {.struct_size = sizeof error};
  CHECK_INT(DOORWARD_OK, doorward_authorizer_prepare_keys(authorizer, &done, &error));
  CHECK_INT(1, (long long)(done.es256_with_tables + done.es256_without_tables));
  CHECK((done.es256_with_tables == 1) == (options.accelerations != 0));
  CHECK_INT(DOORWARD_OK, doorward_authorizer_prepare_keys(authorizer, NULL, &error));
  CHECK_INT(DOORWARD_REASON_ALLOWED, reason_with_token(authorizer));
  done.struct_size = 8;
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_authorizer_prepare_keys(authorizer, &done, &error));
  doorward_authorizer_free(authorizer);
}

// Those of RFC 8032, 7.1, tests 1 and 2.
static const char kEd25519Keys[] =
    "{\"keys\": ["
    "{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"kid\": \"a\","
    " \"x\": \"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},"
    "{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"kid\": \"b\","
    " \"x\": \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"}]}";

struct ed25519_row {
  const char* name;
  uint32_t accelerations;
  size_t max_tables;
  size_t with_tables;  // of two keys, where the library has them
  uint32_t others;     // the way of the others; 0: OpenSSL
};

static const struct ed25519_row kEd25519[] = {
    {"as they are", 0, 64, 0, 0},
    {"tables", DOORWARD_ACCELERATE_ED25519_TABLES, 64, 2, 0},
    {"tables for none", DOORWARD_ACCELERATE_ED25519_TABLES, 0, 0, 0},
    {"tables for one", DOORWARD_ACCELERATE_ED25519_TABLES, 1, 1, 0},
    {"tables for two", DOORWARD_ACCELERATE_ED25519_TABLES, 2, 2, 0},
    {"tables of the other algorithm", DOORWARD_ACCELERATE_ES256_TABLES, 64, 0, 0},
    {"libsodium", DOORWARD_ACCELERATE_ED25519_LIBSODIUM, 64, 0,
     DOORWARD_ACCELERATE_ED25519_LIBSODIUM},
    {"tables for one, libsodium for the other",
     DOORWARD_ACCELERATE_ED25519_TABLES | DOORWARD_ACCELERATE_ED25519_LIBSODIUM, 1, 1,
     DOORWARD_ACCELERATE_ED25519_LIBSODIUM},
};

static void ed25519_keys_are_prepared_as_the_options_say(void) {
  const uint32_t available = doorward_available_accelerations();
  for (size_t i = 0; i < COUNT_OF(kEd25519); ++i) {
    const struct ed25519_row* row = &kEd25519[i];
    current_row = row->name;
    doorward_authorizer_options options;
    CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options, sizeof options));
    options.accelerations = row->accelerations;
    options.max_ed25519_tables = row->max_tables;
    doorward_authorizer* authorizer = new_authorizer(&options);
    CHECK_INT(DOORWARD_OK, doorward_authorizer_set_keys(authorizer, doorward_string_of(ISSUER),
                                                        doorward_string_of(kEd25519Keys),
                                                        DOORWARD_ORIGIN_REMOTE, NULL, NULL));
    doorward_key_preparation done = {.struct_size = sizeof done};
    CHECK_INT(DOORWARD_OK, doorward_authorizer_prepare_keys(authorizer, &done, NULL));
    const bool has_tables = (available & DOORWARD_ACCELERATE_ED25519_TABLES) != 0;
    const size_t tables = has_tables ? row->with_tables : 0;
    const size_t libsodium = (row->others & available) != 0 ? 2 - tables : 0;
    CHECK_INT((long long)tables, (long long)done.ed25519_with_tables);
    CHECK_INT((long long)libsodium, (long long)done.ed25519_with_libsodium);
    CHECK_INT((long long)(2 - tables - libsodium), (long long)done.ed25519_with_openssl);
    doorward_authorizer_free(authorizer);
  }
  current_row = "";
}

static void revocations_refuse_until_the_list_is_full(void) {
  doorward_authorizer_options options;
  CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options, sizeof options));
  options.max_revocations = 3;
  doorward_authorizer* authorizer = new_authorizer(&options);
  doorward_error error = {.struct_size = sizeof error};
  const doorward_string issuer = doorward_string_of(ISSUER);
  const doorward_string other = doorward_string_of("other");
  const doorward_time until = {kNow.seconds + 600, 0};
  CHECK_INT(DOORWARD_OK,
            doorward_authorizer_revoke_token_id(authorizer, issuer, other, until, kNow, &error));
  CHECK_INT(DOORWARD_OK,
            doorward_authorizer_revoke_session(authorizer, issuer, other, until, kNow, &error));
  CHECK_INT(DOORWARD_REASON_ALLOWED, reason_with_token(authorizer));
  CHECK_INT(DOORWARD_OK,
            doorward_authorizer_revoke_subject(authorizer, issuer, doorward_string_of("cleo"), kNow,
                                               until, kNow, &error));
  CHECK_INT(DOORWARD_REASON_TOKEN_REVOKED, reason_with_token(authorizer));
  CHECK_INT(DOORWARD_ERROR_FULL,
            doorward_authorizer_revoke_token_id(authorizer, issuer, doorward_string_of("more"),
                                                until, kNow, &error));
  CHECK_INT(DOORWARD_ERROR_FULL, error.code);
  CHECK(error.message[0] != '\0');

  const doorward_time later = {until.seconds + 1, 0};
  CHECK_INT(DOORWARD_OK, doorward_authorizer_revoke_token_id(
                             authorizer, issuer, doorward_string_of("more"),
                             (doorward_time){later.seconds + 600, 0}, later, &error));
  doorward_authorizer_free(authorizer);
}

static void counters_count(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_authorizer_counters counters = {.struct_size = sizeof counters};
  for (int i = 0; i < 3; ++i) reason_with_token(authorizer);
  const doorward_time until = {kNow.seconds + 600, 0};
  CHECK_INT(DOORWARD_OK,
            doorward_authorizer_revoke_session(authorizer, doorward_string_of(ISSUER),
                                               doorward_string_of("s"), until, kNow, NULL));
  CHECK_INT(DOORWARD_OK, doorward_authorizer_get_counters(authorizer, &counters));
  CHECK_INT(1, (long long)counters.revocations);
  CHECK_INT(2, (long long)counters.token_cache_hits);
  CHECK_INT(1, (long long)counters.token_cache_misses);
  CHECK_INT(1, (long long)counters.token_cache_insertions);
  CHECK_INT(0, (long long)counters.token_cache_evictions);
  CHECK_INT(1, (long long)counters.token_cache_entries);
  CHECK(counters.token_cache_bytes > 0);
  doorward_authorizer_free(authorizer);

  doorward_authorizer_options options;
  CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options, sizeof options));
  options.token_cache_entries = 0;
  authorizer = new_authorizer(&options);
  for (int i = 0; i < 3; ++i) CHECK_INT(DOORWARD_REASON_ALLOWED, reason_with_token(authorizer));
  CHECK_INT(DOORWARD_OK, doorward_authorizer_get_counters(authorizer, &counters));
  CHECK_INT(0, (long long)(counters.token_cache_hits + counters.token_cache_misses));
  doorward_authorizer_free(authorizer);
}

struct audit_log {
  int events;
};

static void check_event(void* context, const doorward_audit_event* event) {
  ((struct audit_log*)context)->events += 1;
  CHECK_INT(sizeof *event, (long long)event->struct_size);
  CHECK_INT(kNow.seconds, event->time.seconds);
  CHECK(event->allowed);
  CHECK_INT(DOORWARD_REASON_ALLOWED, event->reason);
  CHECK_INT(200, event->http_status);
  CHECK_INT(16, (long long)event->policy_revision.size);
  CHECK_TEXT("orders-read", event->rule_id);
  CHECK_INT(1, (long long)event->report.count);
  CHECK_TEXT("soon-closed", doorward_strings_at(event->report, 0));
  CHECK_TEXT("cleo", event->subject);
  CHECK_TEXT(ISSUER, event->issuer);
  CHECK_TEXT("GET", event->method);
  CHECK_TEXT("api.example.com", event->host);
  CHECK_TEXT("/orders/17", event->path);
  CHECK(event->source_ip.data == NULL);
}

static void each_decision_is_audited(void) {
  struct audit_log log = {0};
  doorward_authorizer_options options;
  CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options, sizeof options));
  options.audit = check_event;
  options.audit_context = &log;
  doorward_authorizer* authorizer = new_authorizer(&options);
  for (int i = 0; i < 2; ++i) CHECK_INT(DOORWARD_REASON_ALLOWED, reason_with_token(authorizer));
  doorward_authorizer_free(authorizer);
  CHECK_INT(2, log.events);
}

int main(void) {
  the_defaults_are_those_of_the_library();
  options_of_other_versions_are_read_or_refused();
  without_a_policy_all_is_refused_until_there_is_one();
  keys_serve_or_leave_the_former_in_force();
  keys_are_prepared_as_the_options_say();
  ed25519_keys_are_prepared_as_the_options_say();
  revocations_refuse_until_the_list_is_full();
  counters_count();
  each_decision_is_audited();
  return finish();
}
