// SPDX-License-Identifier: Apache-2.0
//
// Numbers, names and layouts that programs were compiled against. A change here breaks them.

#include "check.h"

struct reason_row {
  int32_t number;
  int32_t constant;
  const char* name;
  int32_t http_status;
};

static const struct reason_row kReasons[] = {
    {0, DOORWARD_REASON_INTERNAL, "internal", 500},
    {1, DOORWARD_REASON_ALLOWED, "allowed", 200},
    {2, DOORWARD_REASON_DENIED_BY_RULE, "denied_by_rule", 403},
    {3, DOORWARD_REASON_DEFAULT_DENY, "default_deny", 403},
    {4, DOORWARD_REASON_INSUFFICIENT_SCOPE, "insufficient_scope", 403},
    {5, DOORWARD_REASON_ROLES_INCOMPLETE, "roles_incomplete", 403},
    {6, DOORWARD_REASON_FORWARD_VALUE, "forward_value", 403},
    {7, DOORWARD_REASON_NO_TOKEN, "no_token", 401},
    {8, DOORWARD_REASON_TOKEN_MALFORMED, "token_malformed", 401},
    {9, DOORWARD_REASON_TOKEN_TOO_LARGE, "token_too_large", 401},
    {10, DOORWARD_REASON_TOKEN_SIGNATURE, "token_signature", 401},
    {11, DOORWARD_REASON_TOKEN_EXPIRED, "token_expired", 401},
    {12, DOORWARD_REASON_TOKEN_NOT_YET_VALID, "token_not_yet_valid", 401},
    {13, DOORWARD_REASON_TOKEN_ISSUED_IN_FUTURE, "token_issued_in_future", 401},
    {14, DOORWARD_REASON_TOKEN_TOO_OLD, "token_too_old", 401},
    {15, DOORWARD_REASON_TOKEN_WITHOUT_EXPIRY, "token_without_expiry", 401},
    {16, DOORWARD_REASON_TOKEN_BAD_DATE, "token_bad_date", 401},
    {17, DOORWARD_REASON_TOKEN_ISSUER_UNKNOWN, "token_issuer_unknown", 401},
    {18, DOORWARD_REASON_TOKEN_AUDIENCE, "token_audience", 401},
    {19, DOORWARD_REASON_TOKEN_TYPE, "token_type", 401},
    {20, DOORWARD_REASON_TOKEN_ALGORITHM, "token_algorithm", 401},
    {21, DOORWARD_REASON_TOKEN_KEY_UNKNOWN, "token_key_unknown", 401},
    {22, DOORWARD_REASON_TOKEN_CRITICAL_HEADER, "token_critical_header", 401},
    {23, DOORWARD_REASON_TOKEN_CLAIM_MISSING, "token_claim_missing", 401},
    {24, DOORWARD_REASON_TOKEN_CLAIM_VALUE, "token_claim_value", 401},
    {25, DOORWARD_REASON_TOKEN_NOT_ACCEPTED, "token_not_accepted", 401},
    {26, DOORWARD_REASON_TOKEN_TENANT, "token_tenant", 401},
    {27, DOORWARD_REASON_TOKEN_CONFIRMATION, "token_confirmation", 401},
    {28, DOORWARD_REASON_TOKEN_REVOKED, "token_revoked", 401},
    {29, DOORWARD_REASON_TOKEN_DUPLICATE_MEMBER, "token_duplicate_member", 401},
    {30, DOORWARD_REASON_TOKEN_BAD_JSON, "token_bad_json", 401},
    {31, DOORWARD_REASON_TOKEN_SIGNATURE_REMOVED, "token_signature_removed", 401},
    {32, DOORWARD_REASON_KEYS_UNAVAILABLE, "keys_unavailable", 503},
    {33, DOORWARD_REASON_NO_POLICY, "no_policy", 503},
    {34, DOORWARD_REASON_MISDIRECTED, "misdirected", 421},
    {35, DOORWARD_REASON_BAD_METHOD, "bad_method", 400},
    {36, DOORWARD_REASON_BAD_HEADER, "bad_header", 400},
    {37, DOORWARD_REASON_BAD_HOST, "bad_host", 400},
    {38, DOORWARD_REASON_BAD_TARGET, "bad_target", 400},
    {39, DOORWARD_REASON_BAD_PATH, "bad_path", 400},
    {40, DOORWARD_REASON_BAD_SEGMENT, "bad_segment", 400},
    {41, DOORWARD_REASON_BAD_SOURCE, "bad_source", 400},
};

static void reasons_keep_number_name_and_status(void) {
  for (size_t i = 0; i < COUNT_OF(kReasons); ++i) {
    const struct reason_row* row = &kReasons[i];
    current_row = row->name;
    CHECK_INT((long long)i, row->number);
    CHECK_INT(row->number, row->constant);
    CHECK_TEXT(row->name, doorward_reason_name(row->number));
    CHECK_INT(row->http_status, doorward_reason_http_status(row->number));
    CHECK(doorward_reason_text(row->number).size > 0);
  }
  current_row = "";
}

static void a_number_that_is_no_reason_is_internal(void) {
  static const int32_t kNumbers[] = {
      -1, (int32_t)COUNT_OF(kReasons), 255, 256, 257, INT32_MIN, INT32_MAX};
  for (size_t i = 0; i < COUNT_OF(kNumbers); ++i) {
    CHECK_TEXT("internal", doorward_reason_name(kNumbers[i]));
    CHECK_INT(500, doorward_reason_http_status(kNumbers[i]));
  }
}

static void other_numbers_are_kept(void) {
  static const int32_t kNumbers[][2] = {
      {0, DOORWARD_OK},
      {1, DOORWARD_ERROR_ARGUMENT},
      {2, DOORWARD_ERROR_OUT_OF_MEMORY},
      {3, DOORWARD_ERROR_POLICY},
      {4, DOORWARD_ERROR_KEYS},
      {5, DOORWARD_ERROR_CLAIMS},
      {6, DOORWARD_ERROR_FULL},
      {7, DOORWARD_ERROR_INTERNAL},
      {0, DOORWARD_SEVERITY_ERROR},
      {1, DOORWARD_SEVERITY_WARNING},
      {0, DOORWARD_POLICY_BY_NAME},
      {1, DOORWARD_POLICY_YAML},
      {2, DOORWARD_POLICY_JSON},
      {0, DOORWARD_KEYS_DISCOVERY},
      {1, DOORWARD_KEYS_JWKS_URI},
      {2, DOORWARD_KEYS_JWKS_FILE},
      {3, DOORWARD_KEYS_INLINE},
      {0, DOORWARD_ORIGIN_REMOTE},
      {1, DOORWARD_ORIGIN_LOCAL},
      {1, DOORWARD_ACCELERATE_ES256_TABLES},
      {2, DOORWARD_ACCELERATE_ED25519_LIBSODIUM},
      {4, DOORWARD_ACCELERATE_ED25519_TABLES},
      {0, DOORWARD_CREDENTIAL_FROM_HEADERS},
      {1, DOORWARD_CREDENTIAL_TOKEN},
      {2, DOORWARD_CREDENTIAL_CALLER},
      {1, DOORWARD_REQUEST_WITHOUT_HOSTS},
      {0, DOORWARD_JSON_MISSING},
      {1, DOORWARD_JSON_NULL},
      {2, DOORWARD_JSON_BOOL},
      {3, DOORWARD_JSON_INT},
      {4, DOORWARD_JSON_DOUBLE},
      {5, DOORWARD_JSON_STRING},
      {6, DOORWARD_JSON_ARRAY},
      {7, DOORWARD_JSON_OBJECT},
      {0, DOORWARD_FORMAT_TEXT},
      {1, DOORWARD_FORMAT_JSON},
  };
  for (size_t i = 0; i < COUNT_OF(kNumbers); ++i) CHECK_INT(kNumbers[i][0], kNumbers[i][1]);
}

static void structs_keep_their_layout(void) {
  if (sizeof(void*) != 8) return;  // the numbers below are those of 64 bits
  CHECK_INT(16, sizeof(doorward_string));
  CHECK_INT(0, offsetof(doorward_string, data));
  CHECK_INT(16, sizeof(doorward_time));
  CHECK_INT(32, sizeof(doorward_header));
  CHECK_INT(280, sizeof(doorward_error));
  CHECK_INT(8, offsetof(doorward_error, code));
  CHECK_INT(20, offsetof(doorward_error, message));
  CHECK_INT(152, sizeof(doorward_diagnostic));
  CHECK_INT(88, sizeof(doorward_issuer));
  CHECK_INT(96, sizeof(doorward_request));
  CHECK_INT(88, offsetof(doorward_request, flags));
  CHECK_INT(40, sizeof(doorward_credential));
  CHECK_INT(80, sizeof(doorward_authorizer_options));
  CHECK_INT(48, sizeof(doorward_key_preparation));
  CHECK_INT(64, sizeof(doorward_authorizer_counters));
  CHECK_INT(184, sizeof(doorward_audit_event));
}

static void the_version_is_that_of_the_headers(void) {
  CHECK_TEXT(DOORWARD_C_VERSION, doorward_string_of(doorward_version()));
}

int main(void) {
  reasons_keep_number_name_and_status();
  a_number_that_is_no_reason_is_internal();
  other_numbers_are_kept();
  structs_keep_their_layout();
  the_version_is_that_of_the_headers();
  return finish();
}
