// SPDX-License-Identifier: Apache-2.0
//
// Requests in, decisions out: reasons, headers, claims, roles, explanations, verification.

#include "check.h"
#include "world.h"

struct request_row {
  const char* name;
  const char* method;
  const char* host;
  const char* target;
  const char* source_ip;      // NULL: not known
  const char* authorization;  // NULL: none; "cleo": the token
  uint32_t flags;
  doorward_reason reason;
  const char* rule_id;
  const char* path;
};

#define API "api.example.com"
#define WITHOUT_HOSTS DOORWARD_REQUEST_WITHOUT_HOSTS

static const struct request_row kRequests[] = {
    {"a viewer reads", "GET", API, "/orders/1", NULL, "cleo", 0, DOORWARD_REASON_ALLOWED,
     "orders-read", "/orders/1"},
    {"with a query", "GET", API, "/orders/1?a=b", NULL, "cleo", 0, DOORWARD_REASON_ALLOWED,
     "orders-read", "/orders/1"},
    {"from an address", "GET", API, "/orders/1", "192.0.2.7", "cleo", 0, DOORWARD_REASON_ALLOWED,
     "orders-read", "/orders/1"},
    {"without hosts", "GET", "", "/orders/1", NULL, "cleo", WITHOUT_HOSTS, DOORWARD_REASON_ALLOWED,
     "orders-read", "/orders/1"},
    {"a viewer does not write", "PUT", API, "/orders/1", NULL, "cleo", 0,
     DOORWARD_REASON_DEFAULT_DENY, "", "/orders/1"},
    {"a deny rule", "GET", API, "/frozen/x", NULL, "cleo", 0, DOORWARD_REASON_DENIED_BY_RULE,
     "frozen", "/frozen/x"},
    {"no token", "GET", API, "/orders/1", NULL, NULL, 0, DOORWARD_REASON_NO_TOKEN, "", "/orders/1"},
    {"a token that is none", "GET", API, "/orders/1", NULL, "Bearer x", 0,
     DOORWARD_REASON_TOKEN_MALFORMED, "", "/orders/1"},
    {"no host, which is not the same as without hosts", "GET", "", "/orders/1", NULL, "cleo", 0,
     DOORWARD_REASON_BAD_HOST, "", ""},
    {"no target", "GET", API, "", NULL, "cleo", 0, DOORWARD_REASON_BAD_TARGET, "", ""},
    {"a path that hides another", "GET", API, "/orders/..;/1", NULL, "cleo", 0,
     DOORWARD_REASON_BAD_PATH, "", ""},
    {"no method", "", API, "/orders/1", NULL, "cleo", 0, DOORWARD_REASON_BAD_METHOD, "", ""},
    {"an empty address is not an unknown one", "GET", API, "/orders/1", "", "cleo", 0,
     DOORWARD_REASON_BAD_SOURCE, "", ""},
};

static void requests_are_decided(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  for (size_t i = 0; i < COUNT_OF(kRequests); ++i) {
    const struct request_row* row = &kRequests[i];
    current_row = row->name;
    doorward_header header = authorization_header();
    if (row->authorization != NULL && strcmp(row->authorization, "cleo") != 0) {
      header.value = doorward_string_of(row->authorization);
    }
    doorward_request request =
        request_of(row->method, row->target, &header, row->authorization != NULL ? 1 : 0);
    request.host = doorward_string_of(row->host);
    request.flags = row->flags;
    if (row->source_ip != NULL) request.source_ip = doorward_string_of(row->source_ip);

    const doorward_decision* d = doorward_authorize(authorizer, &request, NULL, kNow, scratch);
    CHECK_INT(row->reason, doorward_decision_reason(d));
    CHECK((row->reason == DOORWARD_REASON_ALLOWED) == doorward_decision_allowed(d));
    CHECK_INT(doorward_reason_http_status(row->reason), doorward_decision_http_status(d));
    CHECK_TEXT(row->rule_id, doorward_decision_rule_id(d));
    CHECK_TEXT(row->path, doorward_decision_path(d));
    CHECK(doorward_decision_has_path(d) == (*row->path != '\0'));
    CHECK(doorward_decision_message(d).size > 0);
    CHECK(contains(doorward_decision_www_authenticate(d), "Bearer") ==
          (doorward_decision_http_status(d) == 401));
    CHECK_INT(16, (long long)doorward_decision_policy_revision(d).size);
  }
  current_row = "";
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void an_allowed_request_is_forwarded_with_who_called(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  const doorward_header headers[] = {
      {doorward_string_of("x-user-id"), doorward_string_of("root")},
      {doorward_string_of("Accept"), doorward_string_of("*/*")},
      authorization_header(),
      {doorward_string_of("X-USER-ISSUER"), doorward_string_of("")},
  };
  const doorward_request request = request_of("GET", "/orders/17", headers, COUNT_OF(headers));
  const doorward_decision* d = doorward_authorize(authorizer, &request, NULL, kNow, scratch);
  CHECK(doorward_decision_allowed(d));
  CHECK_TEXT("GET", doorward_decision_method(d));
  CHECK_TEXT(API, doorward_decision_host(d));
  CHECK_TEXT("cleo", doorward_decision_subject(d));
  CHECK_TEXT(ISSUER, doorward_decision_issuer(d));

  const doorward_strings removed = doorward_decision_headers_to_remove(d);
  bool removes_id = false, removes_issuer = false, removes_accept = false;
  for (size_t i = 0; i < removed.count; ++i) {
    const doorward_string name = doorward_strings_at(removed, i);
    removes_id = removes_id || contains(name, "x-user-id");
    removes_issuer = removes_issuer || contains(name, "X-USER-ISSUER");
    removes_accept = removes_accept || contains(name, "Accept");
  }
  CHECK(removes_id && removes_issuer && !removes_accept);

  const doorward_headers set = doorward_decision_headers_to_set(d);
  CHECK_INT(2, (long long)set.count);
  CHECK_TEXT("X-User-ID", doorward_headers_at(set, 0).name);
  CHECK_TEXT("cleo", doorward_headers_at(set, 0).value);
  CHECK_TEXT("X-User-Issuer", doorward_headers_at(set, 1).name);
  CHECK_TEXT(ISSUER, doorward_headers_at(set, 1).value);
  CHECK_TEXT("", doorward_headers_at(set, 2).name);

  const doorward_strings report = doorward_decision_report(d);
  CHECK_INT(1, (long long)report.count);
  CHECK_TEXT("soon-closed", doorward_strings_at(report, 0));

  for (int again = 0; again < 2; ++again) {
    const doorward_strings roles = doorward_decision_roles(d);
    CHECK_INT(1, (long long)roles.count);
    CHECK_TEXT("viewer", doorward_strings_at(roles, 0));
    CHECK_TEXT("rule `orders-read` allows it", doorward_decision_message(d));
  }
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void a_scratch_forgets_what_it_told_before(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  const doorward_header header = authorization_header();
  doorward_request request = request_of("GET", "/orders/17", &header, 1);
  const doorward_decision* d = doorward_authorize(authorizer, &request, NULL, kNow, scratch);
  CHECK_INT(1, (long long)doorward_decision_roles(d).count);
  CHECK_TEXT("rule `orders-read` allows it", doorward_decision_message(d));

  request.header_count = 0;
  d = doorward_authorize(authorizer, &request, NULL, kNow, scratch);
  CHECK_INT(0, (long long)doorward_decision_roles(d).count);
  CHECK_TEXT("no token was presented", doorward_decision_message(d));

  const doorward_verification* v = doorward_verify(authorizer, token_text(), kNow, scratch);
  CHECK_INT(DOORWARD_REASON_ALLOWED, doorward_verification_reason(v));
  CHECK_INT(DOORWARD_REASON_INTERNAL, doorward_decision_reason(d));
  CHECK_TEXT("", doorward_decision_path(d));

  d = doorward_authorize(authorizer, &request, NULL, kNow, scratch);
  CHECK_INT(DOORWARD_REASON_NO_TOKEN, doorward_decision_reason(d));
  CHECK_INT(DOORWARD_REASON_INTERNAL, doorward_verification_reason(v));
  CHECK(doorward_verification_claims(v) == NULL);
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

struct credential_row {
  const char* name;
  const char* claims;  // NULL: the token itself
  const char* target;
  doorward_reason reason;
  const char* subject;
};

static const struct credential_row kCredentials[] = {
    {"a token by itself", NULL, "/orders/1", DOORWARD_REASON_ALLOWED, "cleo"},
    {"claims of a viewer", "{\"sub\": \"ann\", \"roles\": [\"viewer\"]}", "/orders/1",
     DOORWARD_REASON_ALLOWED, "ann"},
    {"claims of nobody's", "{\"sub\": \"ann\"}", "/orders/1", DOORWARD_REASON_DEFAULT_DENY, "ann"},
};

static void credentials_need_no_header(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  doorward_policy* policy = doorward_authorizer_policy(authorizer, NULL);
  for (size_t i = 0; i < COUNT_OF(kCredentials); ++i) {
    const struct credential_row* row = &kCredentials[i];
    current_row = row->name;
    doorward_credential credential = {
        .struct_size = sizeof credential, .kind = DOORWARD_CREDENTIAL_TOKEN, .token = token_text()};
    doorward_caller* caller = NULL;
    if (row->claims != NULL) {
      const doorward_string first = {NULL, 0};
      caller = doorward_caller_with_claims(policy, doorward_string_of(row->claims), first, NULL);
      credential.kind = DOORWARD_CREDENTIAL_CALLER;
      credential.caller = caller;
    }
    const doorward_request request = request_of("GET", row->target, NULL, 0);
    const doorward_decision* d =
        doorward_authorize(authorizer, &request, &credential, kNow, scratch);
    CHECK_INT(row->reason, doorward_decision_reason(d));
    CHECK_TEXT(row->subject, doorward_decision_subject(d));
    doorward_caller_free(caller);
  }
  current_row = "";
  doorward_policy_free(policy);
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void a_caller_by_roles_belongs_to_its_policy(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  doorward_policy* policy = doorward_authorizer_policy(authorizer, NULL);
  const doorward_string roles[] = {doorward_string_of("editor"), doorward_string_of("undeclared")};
  doorward_caller* editor = doorward_caller_with_roles(policy, roles, COUNT_OF(roles), NULL);
  doorward_caller* nobody = doorward_caller_with_nothing(policy, NULL);
  doorward_policy_free(policy);

  doorward_credential credential = {
      .struct_size = sizeof credential, .kind = DOORWARD_CREDENTIAL_CALLER, .caller = editor};
  const doorward_request request = request_of("PUT", "/orders/1", NULL, 0);
  const doorward_decision* d = doorward_authorize(authorizer, &request, &credential, kNow, scratch);
  CHECK_INT(DOORWARD_REASON_ALLOWED, doorward_decision_reason(d));
  CHECK_TEXT("orders-write", doorward_decision_rule_id(d));
  CHECK_INT(2, (long long)doorward_decision_roles(d).count);
  CHECK_TEXT("editor", doorward_strings_at(doorward_decision_roles(d), 1));

  credential.caller = nobody;
  d = doorward_authorize(authorizer, &request, &credential, kNow, scratch);
  CHECK_INT(DOORWARD_REASON_NO_TOKEN, doorward_decision_reason(d));

  doorward_policy* next = load_policy("doorward: 1\n");
  CHECK_INT(DOORWARD_OK, doorward_authorizer_set_policy(authorizer, next, NULL));
  credential.caller = editor;
  d = doorward_authorize(authorizer, &request, &credential, kNow, scratch);
  CHECK_INT(DOORWARD_REASON_INTERNAL, doorward_decision_reason(d));
  CHECK(contains(doorward_decision_message(d), "another policy"));
  doorward_policy_free(next);
  doorward_caller_free(nobody);
  doorward_caller_free(editor);
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void a_token_alone_is_verified(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  const doorward_verification* v = doorward_verify(authorizer, token_text(), kNow, scratch);
  CHECK_INT(DOORWARD_REASON_ALLOWED, doorward_verification_reason(v));
  doorward_string text;
  CHECK(doorward_json_get_string(
      doorward_json_find(doorward_verification_header(v), doorward_string_of("alg")), &text));
  CHECK_TEXT("ES256", text);
  CHECK(doorward_json_get_string(
      doorward_json_find(doorward_verification_claims(v), doorward_string_of("sub")), &text));
  CHECK_TEXT("cleo", text);

  const doorward_time late = {4102444800 + 60, 0};  // the leeway of a policy is a minute
  v = doorward_verify(authorizer, token_text(), late, scratch);
  CHECK_INT(DOORWARD_REASON_TOKEN_EXPIRED, doorward_verification_reason(v));
  CHECK(doorward_verification_header(v) == NULL);
  CHECK(doorward_verification_claims(v) == NULL);
  CHECK(contains(doorward_verification_message(v), "expired"));
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

static void explanations_come_as_text_and_as_json(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  const doorward_header header = authorization_header();
  const doorward_request request = request_of("PUT", "/orders/1", &header, 1);
  doorward_error error = {.struct_size = sizeof error};
  doorward_text* text =
      doorward_explain(authorizer, &request, NULL, kNow, scratch, DOORWARD_FORMAT_TEXT, &error);
  CHECK(contains(doorward_text_get(text), "orders-write"));
  CHECK(contains(doorward_text_get(text), "default_deny"));
  doorward_text_free(text);

  text = doorward_explain(authorizer, &request, NULL, kNow, scratch, DOORWARD_FORMAT_JSON, &error);
  CHECK(doorward_text_get(text).data[0] == '{');
  CHECK(contains(doorward_text_get(text), "\"default_deny\""));
  CHECK(!contains(doorward_text_get(text), token_text().data));
  doorward_text_free(text);

  CHECK(doorward_explain(authorizer, &request, NULL, kNow, scratch, 2, &error) == NULL);
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, error.code);
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
}

int main(void) {
  requests_are_decided();
  an_allowed_request_is_forwarded_with_who_called();
  a_scratch_forgets_what_it_told_before();
  credentials_need_no_header();
  a_caller_by_roles_belongs_to_its_policy();
  a_token_alone_is_verified();
  explanations_come_as_text_and_as_json();
  return finish();
}
