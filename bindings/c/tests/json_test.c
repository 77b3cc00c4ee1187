// SPDX-License-Identifier: Apache-2.0
//
// Reading claims: kinds, look-ups, walks.

#include "check.h"
#include "world.h"

static const char kClaims[] =
    "{\"sub\": \"ann\", \"n\": -9223372036854775808, \"d\": 2.5, \"big\": 1e3, \"t\": true,"
    " \"z\": null, \"list\": [\"a\", 7, []], \"empty\": {}, \"zero\": \"a\\u0000b\","
    " \"realm_access\": {\"roles\": [\"viewer\"]}}";

struct kind_row {
  const char* pointer;
  int32_t kind;
  size_t count;
  const char* json;  // NULL: there is no value
};

static const struct kind_row kKinds[] = {
    {"/sub", DOORWARD_JSON_STRING, 0, "\"ann\""},
    {"/n", DOORWARD_JSON_INT, 0, "-9223372036854775808"},
    {"/d", DOORWARD_JSON_DOUBLE, 0, "2.5"},
    {"/t", DOORWARD_JSON_BOOL, 0, "true"},
    {"/z", DOORWARD_JSON_NULL, 0, "null"},
    {"/list", DOORWARD_JSON_ARRAY, 3, "[\"a\",7,[]]"},
    {"/list/1", DOORWARD_JSON_INT, 0, "7"},
    {"/list/2", DOORWARD_JSON_ARRAY, 0, "[]"},
    {"/list/3", DOORWARD_JSON_MISSING, 0, NULL},
    {"/empty", DOORWARD_JSON_OBJECT, 0, "{}"},
    {"/realm_access/roles/0", DOORWARD_JSON_STRING, 0, "\"viewer\""},
    {"/nowhere/at/all", DOORWARD_JSON_MISSING, 0, NULL},
    {"no pointer", DOORWARD_JSON_MISSING, 0, NULL},
};

static void values_have_kind_count_and_text(const doorward_json* claims) {
  for (size_t i = 0; i < COUNT_OF(kKinds); ++i) {
    const struct kind_row* row = &kKinds[i];
    current_row = row->pointer;
    const doorward_json* value =
        doorward_json_find_pointer(claims, doorward_string_of(row->pointer));
    CHECK_INT(row->kind, doorward_json_kind(value));
    CHECK_INT((long long)row->count, (long long)doorward_json_count(value));
    doorward_error error = {.struct_size = sizeof error};
    doorward_text* text = doorward_json_text(value, &error);
    CHECK_INT(row->json == NULL ? DOORWARD_ERROR_ARGUMENT : DOORWARD_OK, error.code);
    CHECK_TEXT(row->json == NULL ? "" : row->json, doorward_text_get(text));
    doorward_text_free(text);
  }
  current_row = "";
}

static void a_value_is_had_as_what_it_is(const doorward_json* claims) {
  const doorward_json* sub = doorward_json_find(claims, doorward_string_of("sub"));
  const doorward_json* n = doorward_json_find(claims, doorward_string_of("n"));
  const doorward_json* d = doorward_json_find(claims, doorward_string_of("d"));
  const doorward_json* t = doorward_json_find(claims, doorward_string_of("t"));
  doorward_string text = {NULL, 0};
  int64_t integer = 5;
  double number = 5;
  bool truth = false;
  CHECK(doorward_json_get_string(sub, &text));
  CHECK_TEXT("ann", text);
  CHECK(doorward_json_get_int(n, &integer));
  CHECK(integer == INT64_MIN);
  CHECK(doorward_json_get_double(n, &number) && number < -9.2e18);
  CHECK(doorward_json_get_double(d, &number) && number > 2.4 && number < 2.6);
  CHECK(doorward_json_get_bool(t, &truth) && truth);

  integer = 5;
  CHECK(!doorward_json_get_int(d, &integer) && integer == 5);
  CHECK(!doorward_json_get_int(sub, &integer) && !doorward_json_get_string(n, &text));
  CHECK(!doorward_json_get_bool(sub, &truth) && !doorward_json_get_double(t, &number));
  CHECK(!doorward_json_get_string(sub, NULL) && !doorward_json_get_int(n, NULL));

  CHECK(doorward_json_get_string(doorward_json_find(claims, doorward_string_of("zero")), &text));
  CHECK_INT(3, (long long)text.size);
  CHECK(text.size == 3 && memcmp(text.data, "a\0b", 3) == 0);
}

static void values_are_walked_in_their_order(const doorward_json* claims) {
  static const char* const kNames[] = {"sub", "n",    "d",     "big",  "t",
                                       "z",   "list", "empty", "zero", "realm_access"};
  size_t at = 0;
  for (const doorward_json* member = doorward_json_first(claims); member != NULL;
       member = doorward_json_next(claims, member)) {
    CHECK(at < COUNT_OF(kNames));
    if (at < COUNT_OF(kNames)) CHECK_TEXT(kNames[at], doorward_json_name(member));
    ++at;
  }
  CHECK_INT((long long)COUNT_OF(kNames), (long long)at);
  const doorward_json* empty = doorward_json_find(claims, doorward_string_of("empty"));
  CHECK(doorward_json_first(empty) == NULL);
  CHECK(doorward_json_first(doorward_json_first(claims)) == NULL);  // a string has none
  CHECK(doorward_json_next(claims, NULL) == NULL);
}

int main(void) {
  doorward_authorizer* authorizer = new_authorizer(NULL);
  doorward_scratch* scratch = new_scratch();
  doorward_policy* policy = doorward_authorizer_policy(authorizer, NULL);
  const doorward_string first = {NULL, 0};
  doorward_caller* caller =
      doorward_caller_with_claims(policy, doorward_string_of(kClaims), first, NULL);
  const doorward_credential credential = {
      .struct_size = sizeof credential, .kind = DOORWARD_CREDENTIAL_CALLER, .caller = caller};
  const doorward_request request = request_of("GET", "/orders/1", NULL, 0);
  const doorward_decision* d = doorward_authorize(authorizer, &request, &credential, kNow, scratch);
  const doorward_json* claims = doorward_decision_claims(d);
  CHECK_INT(DOORWARD_JSON_OBJECT, doorward_json_kind(claims));
  values_have_kind_count_and_text(claims);
  a_value_is_had_as_what_it_is(claims);
  values_are_walked_in_their_order(claims);
  doorward_scratch_free(scratch);
  doorward_caller_free(caller);
  doorward_policy_free(policy);
  doorward_authorizer_free(authorizer);
  return finish();
}
