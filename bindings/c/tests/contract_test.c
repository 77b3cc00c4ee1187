// SPDX-License-Identifier: Apache-2.0
//
// Hosts that break the rules of doorward.h in ways that C can tell: refused, and never a crash.

#include "check.h"
#include "world.h"

static const doorward_string kNone = {NULL, 0};
static const doorward_string kNowhere = {NULL, 5};
static const char kByte[] = "x";

static doorward_string absurd(void) { return (doorward_string){kByte, (size_t)PTRDIFF_MAX + 1}; }

static void freeing_nothing_does_nothing(void) {
  doorward_policy_free(NULL);
  doorward_caller_free(NULL);
  doorward_authorizer_free(NULL);
  doorward_scratch_free(NULL);
  doorward_diagnostics_free(NULL);
  doorward_text_free(NULL);
}

static void readers_of_nothing_find_it_empty(void) {
  CHECK_INT(0, (long long)doorward_diagnostics_count(NULL));
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_diagnostics_get(NULL, 0, NULL));
  CHECK_TEXT("", doorward_text_get(NULL));
  CHECK_TEXT("", doorward_strings_at((doorward_strings){NULL, 7}, 0));
  CHECK_TEXT("", doorward_headers_at((doorward_headers){NULL, 7}, 0).value);

  CHECK_TEXT("", doorward_policy_revision(NULL));
  CHECK_INT(0, (long long)doorward_policy_rule_count(NULL));
  CHECK_INT(0, (long long)doorward_policy_endpoint_count(NULL));
  CHECK_INT(0, (long long)doorward_policy_role_count(NULL));
  CHECK_INT(0, (long long)doorward_policy_issuer_count(NULL));
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_policy_issuer(NULL, 0, NULL));

  CHECK_INT(DOORWARD_JSON_MISSING, doorward_json_kind(NULL));
  CHECK_INT(0, (long long)doorward_json_count(NULL));
  CHECK(doorward_json_find(NULL, doorward_string_of("a")) == NULL);
  CHECK(doorward_json_find_pointer(NULL, kNone) == NULL);
  CHECK(doorward_json_first(NULL) == NULL);
  CHECK(doorward_json_next(NULL, NULL) == NULL);
  CHECK_TEXT("", doorward_json_name(NULL));
  CHECK(doorward_json_text(NULL, NULL) == NULL);

  CHECK_TEXT("", doorward_string_of(NULL));
}

static void no_decision_is_a_denial(const doorward_decision* d) {
  CHECK(!doorward_decision_allowed(d));
  CHECK_INT(DOORWARD_REASON_INTERNAL, doorward_decision_reason(d));
  CHECK_INT(500, doorward_decision_http_status(d));
  CHECK_TEXT("", doorward_decision_www_authenticate(d));
  CHECK_INT(0, (long long)doorward_decision_headers_to_remove(d).count);
  CHECK_INT(0, (long long)doorward_decision_headers_to_set(d).count);
  CHECK(!doorward_decision_has_path(d));
  CHECK_TEXT("", doorward_decision_path(d));
  CHECK_TEXT("", doorward_decision_method(d));
  CHECK_TEXT("", doorward_decision_host(d));
  CHECK_TEXT("", doorward_decision_rule_id(d));
  CHECK_INT(0, (long long)doorward_decision_report(d).count);
  CHECK_TEXT("", doorward_decision_subject(d));
  CHECK_TEXT("", doorward_decision_issuer(d));
  CHECK(doorward_decision_claims(d) == NULL);
  CHECK_INT(0, (long long)doorward_decision_roles(d).count);
  CHECK_TEXT("", doorward_decision_policy_revision(d));
  CHECK(doorward_decision_message(d).size > 0);
}

// A call of doorward_authorize with one thing wrong, and a part of what the decision says of it.
enum wrong {
  NO_AUTHORIZER,
  NO_REQUEST,
  NO_SCRATCH,
  REQUEST_SIZE_0,
  REQUEST_SIZE_LESS,
  REQUEST_SIZE_ABSURD,
  REQUEST_FLAG,
  REQUEST_RESERVED,
  METHOD_NOWHERE,
  METHOD_ABSURD,
  HOST_NOWHERE,
  TARGET_NOWHERE,
  SOURCE_NOWHERE,
  HEADERS_NOWHERE,
  HEADERS_ONE_TOO_MANY,
  HEADERS_ABSURD,
  HEADER_NAME_NOWHERE,
  HEADER_VALUE_ABSURD,
  CREDENTIAL_SIZE_0,
  CREDENTIAL_KIND,
  CREDENTIAL_NO_CALLER,
  CREDENTIAL_TOKEN_NOWHERE,
  NANOS_NEGATIVE,
  NANOS_TOO_MANY,
  NOTHING,
};

struct wrong_row {
  const char* name;
  enum wrong wrong;
  const char* message;
};

static const struct wrong_row kWrongs[] = {
    {"no authorizer", NO_AUTHORIZER, "authorizer"},
    {"no request", NO_REQUEST, "request"},
    {"no scratch", NO_SCRATCH, "scratch"},
    {"a request's struct_size was not set", REQUEST_SIZE_0, "struct_size"},
    {"a request smaller than the first version", REQUEST_SIZE_LESS, "struct_size"},
    {"a request with an absurd struct_size", REQUEST_SIZE_ABSURD, "struct_size"},
    {"a flag that does not exist", REQUEST_FLAG, "flag"},
    {"reserved bits", REQUEST_RESERVED, "reserved"},
    {"a method with a null pointer", METHOD_NOWHERE, "null pointer"},
    {"a method of half of the memory", METHOD_ABSURD, "absurd"},
    {"a host with a null pointer", HOST_NOWHERE, "null pointer"},
    {"a target with a null pointer", TARGET_NOWHERE, "null pointer"},
    {"an address with a null pointer", SOURCE_NOWHERE, "null pointer"},
    {"headers with a null pointer", HEADERS_NOWHERE, "headers"},
    {"one header field too many", HEADERS_ONE_TOO_MANY, "DOORWARD_MAX_HEADERS"},
    {"an absurd number of header fields", HEADERS_ABSURD, "DOORWARD_MAX_HEADERS"},
    {"a header name with a null pointer", HEADER_NAME_NOWHERE, "header field"},
    {"an absurd header value", HEADER_VALUE_ABSURD, "header field"},
    {"a credential's struct_size was not set", CREDENTIAL_SIZE_0, "credential"},
    {"a kind of credential that does not exist", CREDENTIAL_KIND, "no such kind"},
    {"a caller that is not there", CREDENTIAL_NO_CALLER, "no caller"},
    {"a token with a null pointer", CREDENTIAL_TOKEN_NOWHERE, "credential"},
    {"nanoseconds below 0", NANOS_NEGATIVE, "nanos"},
    {"a second of nanoseconds", NANOS_TOO_MANY, "nanos"},
};

// What is decided with, before one thing is made wrong.
struct call {
  const doorward_authorizer* authorizer;
  doorward_header headers[2];
  doorward_request request;
  const doorward_request* request_or_none;
  doorward_credential credential;
  doorward_time now;
  doorward_scratch* scratch;
};

static void make_wrong(struct call* call, enum wrong wrong) {
  doorward_request* request = &call->request;
  doorward_credential* credential = &call->credential;
  switch (wrong) {
    case NO_AUTHORIZER:
      call->authorizer = NULL;
      break;
    case NO_REQUEST:
      call->request_or_none = NULL;
      break;
    case NO_SCRATCH:
      call->scratch = NULL;
      break;
    case REQUEST_SIZE_0:
      request->struct_size = 0;
      break;
    case REQUEST_SIZE_LESS:
      request->struct_size -= 1;
      break;
    case REQUEST_SIZE_ABSURD:
      request->struct_size = SIZE_MAX;
      break;
    case REQUEST_FLAG:
      request->flags = 2;
      break;
    case REQUEST_RESERVED:
      request->reserved = 1;
      break;
    case METHOD_NOWHERE:
      request->method = kNowhere;
      break;
    case METHOD_ABSURD:
      request->method = absurd();
      break;
    case HOST_NOWHERE:
      request->host = kNowhere;
      break;
    case TARGET_NOWHERE:
      request->target = kNowhere;
      break;
    case SOURCE_NOWHERE:
      request->source_ip = kNowhere;
      break;
    case HEADERS_NOWHERE:
      request->headers = NULL;
      break;
    case HEADERS_ONE_TOO_MANY:
      request->header_count = DOORWARD_MAX_HEADERS + 1;
      break;
    case HEADERS_ABSURD:
      request->header_count = SIZE_MAX;
      break;
    case HEADER_NAME_NOWHERE:
      call->headers[1].name = kNowhere;
      break;
    case HEADER_VALUE_ABSURD:
      call->headers[0].value = absurd();
      break;
    case CREDENTIAL_SIZE_0:
      credential->struct_size = 0;
      break;
    case CREDENTIAL_KIND:
      credential->kind = 3;
      break;
    case CREDENTIAL_NO_CALLER:
      credential->kind = DOORWARD_CREDENTIAL_CALLER;
      break;
    case CREDENTIAL_TOKEN_NOWHERE:
      credential->token = kNowhere;
      break;
    case NANOS_NEGATIVE:
      call->now.nanos = -1;
      break;
    case NANOS_TOO_MANY:
      call->now.nanos = 1000000000;
      break;
    case NOTHING:
      break;
  }
}

static const doorward_decision* decide(const doorward_authorizer* authorizer,
                                       doorward_scratch* scratch, struct call* call,
                                       enum wrong wrong) {
  *call = (struct call){.authorizer = authorizer, .now = kNow, .scratch = scratch};
  call->headers[0] = authorization_header();
  call->headers[1].name = doorward_string_of("Accept");
  call->request = request_of("GET", "/orders/1", call->headers, 2);
  call->request_or_none = &call->request;
  call->credential = (doorward_credential){.struct_size = sizeof call->credential,
                                           .kind = DOORWARD_CREDENTIAL_TOKEN,
                                           .token = token_text()};
  make_wrong(call, wrong);
  return doorward_authorize(call->authorizer, call->request_or_none, &call->credential, call->now,
                            call->scratch);
}

static void a_call_with_one_thing_wrong_is_denied(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  struct call call;
  for (size_t i = 0; i < COUNT_OF(kWrongs); ++i) {
    const struct wrong_row* row = &kWrongs[i];
    current_row = row->name;
    const doorward_decision* d = decide(authorizer, scratch, &call, row->wrong);
    no_decision_is_a_denial(d);
    CHECK(contains(doorward_decision_message(d), row->message));

    doorward_error error = {.struct_size = sizeof error};
    CHECK(doorward_explain(call.authorizer, call.request_or_none, &call.credential, call.now,
                           call.scratch, DOORWARD_FORMAT_TEXT, &error) == NULL);
    CHECK_INT(DOORWARD_ERROR_ARGUMENT, error.code);
    // Nothing of it stays in the scratch.
    CHECK(doorward_decision_allowed(decide(authorizer, scratch, &call, NOTHING)));
  }
  current_row = "";
  no_decision_is_a_denial(NULL);
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void the_most_header_fields_are_read(void) {
  static doorward_header headers[DOORWARD_MAX_HEADERS];
  for (size_t i = 0; i < COUNT_OF(headers); ++i) {
    headers[i] = (doorward_header){doorward_string_of("Accept"), doorward_string_of("*/*")};
  }
  headers[COUNT_OF(headers) - 1] = authorization_header();
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  const doorward_request request = request_of("GET", "/orders/1", headers, COUNT_OF(headers));
  const doorward_decision* d = doorward_authorize(authorizer, &request, NULL, kNow, scratch);
  CHECK_INT(DOORWARD_REASON_ALLOWED, doorward_decision_reason(d));
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void no_verification_is_a_refusal(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  const doorward_time wrong_time = {0, -1};
  const doorward_verification* const kAll[] = {
      NULL,
      doorward_verify(authorizer, token_text(), kNow, NULL),
      doorward_verify(NULL, token_text(), kNow, scratch),
      doorward_verify(authorizer, kNowhere, kNow, scratch),
      doorward_verify(authorizer, absurd(), kNow, scratch),
      doorward_verify(authorizer, token_text(), wrong_time, scratch),
  };
  for (size_t i = 0; i < COUNT_OF(kAll); ++i) {
    CHECK_INT(DOORWARD_REASON_INTERNAL, doorward_verification_reason(kAll[i]));
    CHECK(doorward_verification_header(kAll[i]) == NULL);
    CHECK(doorward_verification_claims(kAll[i]) == NULL);
    CHECK(doorward_verification_message(kAll[i]).size > 0);
  }
  CHECK_INT(DOORWARD_REASON_TOKEN_MALFORMED,
            doorward_verification_reason(doorward_verify(authorizer, kNone, kNow, scratch)));
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void what_is_made_of_nothing_fails(void) {
  doorward_policy* policy = load_policy(kPolicyText);
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_error error = {.struct_size = sizeof error};
  const doorward_string issuer = doorward_string_of(ISSUER);
  const doorward_string roles[] = {doorward_string_of("viewer"), kNowhere};
  const doorward_time wrong = {0, 1000000000};

#define REFUSED(expression)                         \
  do {                                              \
    error.code = -1;                                \
    CHECK(!(expression));                           \
    CHECK_INT(DOORWARD_ERROR_ARGUMENT, error.code); \
    CHECK(error.message[0] != '\0');                \
  } while (0)
  REFUSED(doorward_policy_load(kNowhere, kNone, 0, NULL, &error));
  REFUSED(doorward_policy_load(absurd(), kNone, 0, NULL, &error));
  REFUSED(doorward_policy_load(kNone, kNowhere, 0, NULL, &error));
  REFUSED(doorward_caller_with_nothing(NULL, &error));
  REFUSED(doorward_caller_with_roles(NULL, roles, 1, &error));
  REFUSED(doorward_caller_with_roles(policy, NULL, 1, &error));
  REFUSED(doorward_caller_with_roles(policy, roles, SIZE_MAX, &error));
  REFUSED(doorward_caller_with_roles(policy, roles, 2, &error));
  REFUSED(doorward_caller_with_claims(NULL, kNone, kNone, &error));
  REFUSED(doorward_caller_with_claims(policy, kNowhere, kNone, &error));
  REFUSED(doorward_caller_with_claims(policy, doorward_string_of("{}"), kNowhere, &error));
  REFUSED(doorward_authorizer_policy(NULL, &error));
#undef REFUSED
#define REFUSED(expression)                           \
  do {                                                \
    error.code = -1;                                  \
    CHECK_INT(DOORWARD_ERROR_ARGUMENT, (expression)); \
    CHECK_INT(DOORWARD_ERROR_ARGUMENT, error.code);   \
    CHECK(error.message[0] != '\0');                  \
  } while (0)
  REFUSED(doorward_authorizer_set_policy(NULL, policy, &error));
  REFUSED(doorward_authorizer_set_keys(NULL, issuer, jwks_text(), 0, NULL, &error));
  REFUSED(doorward_authorizer_set_keys(authorizer, kNowhere, jwks_text(), 0, NULL, &error));
  REFUSED(doorward_authorizer_set_keys(authorizer, issuer, absurd(), 0, NULL, &error));
  REFUSED(doorward_authorizer_prepare_keys(NULL, NULL, &error));
  REFUSED(doorward_authorizer_revoke_token_id(NULL, issuer, issuer, kNow, kNow, &error));
  REFUSED(doorward_authorizer_revoke_token_id(authorizer, kNowhere, issuer, kNow, kNow, &error));
  REFUSED(doorward_authorizer_revoke_session(NULL, issuer, issuer, kNow, kNow, &error));
  REFUSED(doorward_authorizer_revoke_session(authorizer, issuer, kNowhere, kNow, kNow, &error));
  REFUSED(doorward_authorizer_revoke_subject(NULL, issuer, issuer, kNow, kNow, kNow, &error));
  REFUSED(
      doorward_authorizer_revoke_subject(authorizer, issuer, issuer, wrong, kNow, kNow, &error));
  REFUSED(
      doorward_authorizer_revoke_subject(authorizer, issuer, issuer, kNow, wrong, kNow, &error));
  REFUSED(
      doorward_authorizer_revoke_subject(authorizer, issuer, issuer, kNow, kNow, wrong, &error));
#undef REFUSED
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_authorizer_get_counters(NULL, NULL));
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_authorizer_get_counters(authorizer, NULL));

  doorward_authorizer_counters counters = {.struct_size = sizeof counters};
  CHECK_INT(DOORWARD_OK, doorward_authorizer_get_counters(authorizer, &counters));
  CHECK_INT(0, (long long)counters.revocations);
  doorward_authorizer_free(authorizer);
  doorward_policy_free(policy);
}

struct error_row {
  const char* name;
  size_t struct_size;
  bool taken;
};

static const struct error_row kErrors[] = {
    {"struct_size was not set", 0, false},
    {"one byte less than the first version", sizeof(doorward_error) - 1, false},
    {"the first version", sizeof(doorward_error), true},
    {"the largest", 4096, true},
    {"one byte above the largest", 4097, false},
    {"memory that nobody set", SIZE_MAX, false},
};

static void a_call_whose_error_cannot_be_written_fails_and_does_nothing(void) {
  doorward_policy* policy = load_policy(kPolicyText);
  doorward_authorizer* authorizer = new_authorizer(NULL);
  const doorward_string id = doorward_string_of("a");
  const doorward_time until = {kNow.seconds + 60, 0};
  size_t revoked = 0;
  for (size_t i = 0; i < COUNT_OF(kErrors); ++i) {
    const struct error_row* row = &kErrors[i];
    current_row = row->name;
    union {
      doorward_error error;
      char room[4096];
    } in;
    memset(&in, 'x', sizeof in);
    in.error.struct_size = row->struct_size;
    in.error.code = 77;

    doorward_caller* made = doorward_caller_with_nothing(policy, &in.error);
    CHECK((made != NULL) == row->taken);
    CHECK_INT(row->taken ? DOORWARD_OK : 77, in.error.code);
    doorward_caller_free(made);
    CHECK(doorward_caller_with_nothing(NULL, &in.error) == NULL);
    CHECK_INT(row->taken ? DOORWARD_ERROR_ARGUMENT : 77, in.error.code);

    char jti[] = {(char)('a' + i), '\0'};
    CHECK_INT(row->taken ? DOORWARD_OK : DOORWARD_ERROR_ARGUMENT,
              doorward_authorizer_revoke_token_id(authorizer, id, doorward_string_of(jti), until,
                                                  kNow, &in.error));
    revoked += row->taken ? 1 : 0;
    doorward_authorizer_counters counters = {.struct_size = sizeof counters};
    CHECK_INT(DOORWARD_OK, doorward_authorizer_get_counters(authorizer, &counters));
    CHECK_INT((long long)revoked, (long long)counters.revocations);
  }
  current_row = "";
  doorward_authorizer_free(authorizer);
  doorward_policy_free(policy);
}

static void errors_are_written_where_there_is_room(void) {
  CHECK(doorward_caller_with_nothing(NULL, NULL) == NULL);

  struct later_error {
    doorward_error now;
    uint64_t later;
  } later = {.now = {.struct_size = sizeof later}, .later = 5};
  CHECK(doorward_caller_with_nothing(NULL, &later.now) == NULL);
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, later.now.code);
  CHECK_INT(0, (long long)later.later);  // what this version does not know is zero
  CHECK_INT(sizeof later, (long long)later.now.struct_size);
}

static void a_long_message_is_cut_between_characters(void) {
  // A policy whose message quotes 300 characters of two bytes, before and after a shift by one.
  for (int shift = 0; shift < 2; ++shift) {
    char text[1024] = "doorward: 1\nroles: {a: {}}\nrules: [{id: r, allow: [\"";
    size_t size = strlen(text);
    if (shift != 0) text[size++] = 'x';
    for (int i = 0; i < 300; ++i) {
      text[size++] = '\xc3';
      text[size++] = '\xa9';
    }
    memcpy(text + size, "\"], endpoints: [/]}]\n", 22);
    doorward_error error = {.struct_size = sizeof error};
    CHECK(doorward_policy_load(doorward_string_of(text), kNone, DOORWARD_POLICY_YAML, NULL,
                               &error) == NULL);
    CHECK_INT(DOORWARD_ERROR_POLICY, error.code);
    const size_t length = strlen(error.message);
    CHECK(length < sizeof error.message);
    CHECK(length > 0 && (error.message[length - 1] & 0x80) == 0
              ? true
              : (unsigned char)error.message[length - 1] == 0xa9);
  }
}

int main(void) {
  freeing_nothing_does_nothing();
  readers_of_nothing_find_it_empty();
  a_call_with_one_thing_wrong_is_denied();
  the_most_header_fields_are_read();
  no_verification_is_a_refusal();
  what_is_made_of_nothing_fails();
  a_call_whose_error_cannot_be_written_fails_and_does_nothing();
  errors_are_written_where_there_is_room();
  a_long_message_is_cut_between_characters();
  return finish();
}
