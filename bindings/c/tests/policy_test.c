// SPDX-License-Identifier: Apache-2.0
//
// Policies: what loads and what does not, diagnostics, issuers that need keys, callers.

#include "check.h"
#include "world.h"

// A policy that says nothing but to deny, which is worth a warning.
#define EMPTY_YAML "doorward: 1\n"
#define EMPTY_JSON "{\"doorward\": 1}"

struct load_row {
  const char* name;
  const char* text;
  const char* file;
  int32_t format;
  doorward_code code;
  uint32_t line;
  size_t diagnostics;
};

static const struct load_row kLoads[] = {
    {"YAML by name", EMPTY_YAML, "policy.yaml", DOORWARD_POLICY_BY_NAME, DOORWARD_OK, 0, 1},
    {"JSON by name", EMPTY_JSON, "policy.JSON", DOORWARD_POLICY_BY_NAME, DOORWARD_OK, 0, 1},
    {"JSON by number", EMPTY_JSON, "policy", DOORWARD_POLICY_JSON, DOORWARD_OK, 0, 1},
    {"YAML is no JSON", EMPTY_YAML, "policy", DOORWARD_POLICY_JSON, DOORWARD_ERROR_POLICY, 1, 1},
    {"nothing to say", kPolicyText, "policy.yaml", DOORWARD_POLICY_BY_NAME, DOORWARD_OK, 0, 0},
    {"two mistakes",
     "doorward: 1\nroles: {editor: {}}\nrules:\n"
     "  - {id: a, allow: [edtior], endpoints: [GET /a]}\n"
     "  - {id: a, allow: [editor], endpoints: [GET /b]}\n",
     "policy.yaml", DOORWARD_POLICY_BY_NAME, DOORWARD_ERROR_POLICY, 4, 2},
    {"no text", "", "policy.yaml", DOORWARD_POLICY_BY_NAME, DOORWARD_ERROR_POLICY, 0, 1},
    {"no such format", EMPTY_YAML, "policy.yaml", 3, DOORWARD_ERROR_ARGUMENT, 0, 0},
    {"a negative format", EMPTY_YAML, "policy.yaml", -1, DOORWARD_ERROR_ARGUMENT, 0, 0},
};

static void texts_load_or_say_why(void) {
  for (size_t i = 0; i < COUNT_OF(kLoads); ++i) {
    const struct load_row* row = &kLoads[i];
    current_row = row->name;
    doorward_error error = {.struct_size = sizeof error, .code = -1};
    doorward_diagnostics* diagnostics = NULL;
    doorward_policy* policy =
        doorward_policy_load(doorward_string_of(row->text), doorward_string_of(row->file),
                             row->format, &diagnostics, &error);
    CHECK_INT(row->code, error.code);
    CHECK((policy != NULL) == (row->code == DOORWARD_OK));
    CHECK((error.message[0] == '\0') == (row->code == DOORWARD_OK));
    CHECK_INT(row->line, error.line);
    CHECK_INT((long long)row->diagnostics, (long long)doorward_diagnostics_count(diagnostics));
    doorward_diagnostics_free(diagnostics);
    doorward_policy_free(policy);
  }
  current_row = "";
}

static void a_diagnostic_has_its_place_and_advice(void) {
  doorward_error error = {.struct_size = sizeof error};
  doorward_diagnostics* diagnostics = NULL;
  const doorward_policy* policy = doorward_policy_load(
      doorward_string_of("doorward: 1\nroles: {editor: {}}\n"
                         "rules:\n  - {id: a, allow: [edtior], endpoints: [GET /a]}\n"),
      doorward_string_of("p.yaml"), DOORWARD_POLICY_BY_NAME, &diagnostics, &error);
  CHECK(policy == NULL);
  CHECK_TEXT("unknown role `edtior`", doorward_string_of(error.message));
  CHECK_INT(21, error.column);

  doorward_diagnostic d = {.struct_size = sizeof d};
  CHECK_INT(DOORWARD_OK, doorward_diagnostics_get(diagnostics, 0, &d));
  CHECK_INT(sizeof d, (long long)d.struct_size);
  CHECK_INT(DOORWARD_SEVERITY_ERROR, d.severity);
  CHECK_TEXT("unknown_role", d.code);
  CHECK_TEXT("p.yaml", d.file);
  CHECK_TEXT("unknown role `edtior`", d.message);
  CHECK(contains(d.suggestion, "`editor`"));
  CHECK_INT(4, d.line);
  CHECK_INT(21, d.column);
  CHECK_INT(6, (long long)d.length);
  CHECK(contains(d.text, "p.yaml:4:21: error: unknown role `edtior` [unknown_role]"));
  CHECK_INT(DOORWARD_ERROR_ARGUMENT,
            doorward_diagnostics_get(diagnostics, doorward_diagnostics_count(diagnostics), &d));
  doorward_diagnostics_free(diagnostics);
}

static void the_text_may_hold_anything(void) {
  static const char kBytes[] = "doorward: 1\n\0\xff\xfe";
  doorward_error error = {.struct_size = sizeof error};
  const doorward_string text = {kBytes, sizeof kBytes - 1};
  CHECK(doorward_policy_load(text, doorward_string_of("p"), DOORWARD_POLICY_YAML, NULL, &error) ==
        NULL);
  CHECK_INT(DOORWARD_ERROR_POLICY, error.code);
}

static void a_policy_tells_its_size_and_revision(void) {
  doorward_policy* policy = load_policy(kPolicyText);
  doorward_policy* same = load_policy(kPolicyText);
  doorward_policy* other = load_policy("doorward: 1\n");
  CHECK_INT(4, (long long)doorward_policy_rule_count(policy));
  CHECK_INT(4, (long long)doorward_policy_endpoint_count(policy));
  CHECK_INT(2, (long long)doorward_policy_role_count(policy));
  const doorward_string revision = doorward_policy_revision(policy);
  const doorward_string revision_of_other = doorward_policy_revision(other);
  CHECK_INT(16, (long long)revision.size);
  CHECK(memcmp(revision.data, doorward_policy_revision(same).data, 16) == 0);
  CHECK(memcmp(revision.data, revision_of_other.data, 16) != 0);
  doorward_policy_free(other);
  doorward_policy_free(same);
  doorward_policy_free(policy);
}

static void issuers_say_where_their_keys_come_from(void) {
  doorward_policy* policy = load_policy(
      "doorward: 1\n"
      "issuers:\n"
      "  - issuer: [https://a.example/, https://a.example]\n"
      "    audiences: [x]\n"
      "    roles: [viewer]\n"
      "    algorithms: [RS256, ES256]\n"
      "    keys: {jwks_uri: https://a.example/jwks}\n"
      "  - {issuer: https://b.example/, audiences: [x], roles: [], keys: {discovery: true}}\n"
      "  - {issuer: https://c.example/, audiences: [x], roles: [], keys: {jwks_file: c.json}}\n"
      "roles: {viewer: {}}\n");
  CHECK_INT(3, (long long)doorward_policy_issuer_count(policy));
  doorward_issuer issuer = {.struct_size = sizeof issuer};
  CHECK_INT(DOORWARD_OK, doorward_policy_issuer(policy, 0, &issuer));
  CHECK_INT(DOORWARD_KEYS_JWKS_URI, issuer.key_source);
  CHECK_TEXT("https://a.example/", issuer.name);
  CHECK_INT(2, (long long)issuer.spellings.count);
  CHECK_TEXT("https://a.example", doorward_strings_at(issuer.spellings, 1));
  CHECK_TEXT("", doorward_strings_at(issuer.spellings, 2));
  CHECK_TEXT("https://a.example/jwks", issuer.location);
  CHECK_INT(7, issuer.line);
  CHECK_INT(2, (long long)issuer.algorithms.count);
  CHECK_TEXT("RS256", doorward_strings_at(issuer.algorithms, 0));
  CHECK_TEXT("ES256", doorward_strings_at(issuer.algorithms, 1));

  CHECK_INT(DOORWARD_OK, doorward_policy_issuer(policy, 1, &issuer));
  CHECK_INT(DOORWARD_KEYS_DISCOVERY, issuer.key_source);
  CHECK_TEXT("", issuer.location);
  CHECK_INT(0, (long long)issuer.algorithms.count);
  CHECK_INT(DOORWARD_OK, doorward_policy_issuer(policy, 2, &issuer));
  CHECK_INT(DOORWARD_KEYS_JWKS_FILE, issuer.key_source);
  CHECK_TEXT("c.json", issuer.location);
  CHECK_INT(DOORWARD_ERROR_ARGUMENT, doorward_policy_issuer(policy, 3, &issuer));
  doorward_policy_free(policy);
}

struct claims_row {
  const char* name;
  const char* claims;
  const char* issuer;  // NULL: the first
  doorward_code code;
};

static const struct claims_row kClaims[] = {
    {"the first issuer", "{\"roles\": [\"viewer\"]}", NULL, DOORWARD_OK},
    {"a named issuer", "{}", ISSUER, DOORWARD_OK},
    {"an issuer that is not there", "{}", "https://other.example/", DOORWARD_ERROR_CLAIMS},
    {"the empty name is not the first issuer", "{}", "", DOORWARD_ERROR_CLAIMS},
    {"no object", "[]", NULL, DOORWARD_ERROR_CLAIMS},
    {"a member twice", "{\"a\": 1, \"a\": 2}", NULL, DOORWARD_ERROR_CLAIMS},
    {"no text", "", NULL, DOORWARD_ERROR_CLAIMS},
};

static void callers_are_made_of_claims(void) {
  doorward_policy* policy = load_policy(kPolicyText);
  for (size_t i = 0; i < COUNT_OF(kClaims); ++i) {
    const struct claims_row* row = &kClaims[i];
    current_row = row->name;
    doorward_error error = {.struct_size = sizeof error};
    const doorward_string first = {NULL, 0};
    doorward_caller* caller = doorward_caller_with_claims(
        policy, doorward_string_of(row->claims),
        row->issuer == NULL ? first : doorward_string_of(row->issuer), &error);
    CHECK_INT(row->code, error.code);
    CHECK((caller != NULL) == (row->code == DOORWARD_OK));
    doorward_caller_free(caller);
  }
  current_row = "";
  doorward_policy_free(policy);
}

int main(void) {
  texts_load_or_say_why();
  a_diagnostic_has_its_place_and_advice();
  the_text_may_hold_anything();
  a_policy_tells_its_size_and_revision();
  issuers_say_where_their_keys_come_from();
  callers_are_made_of_claims();
  return finish();
}
