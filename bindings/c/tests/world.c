// SPDX-License-Identifier: Apache-2.0

#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char kPolicyText[] =
    "doorward: 1\n"
    "issuers:\n"
    "  - issuer: " ISSUER
    "\n"
    "    audiences: [https://api.example.com]\n"
    "    keys: {jwks_uri: https://login.example.com/jwks}\n"
    "roles:\n"
    "  viewer:\n"
    "  editor: {inherits: [viewer]}\n"
    "rules:\n"
    "  - {id: orders-read, allow: [viewer], endpoints: [\"GET /orders/{id}\"]}\n"
    "  - {id: orders-write, allow: [editor], endpoints: [\"PUT /orders/{id}\"]}\n"
    "  - {id: frozen, deny: [everyone], endpoints: [/frozen/**]}\n"
    "  - {id: soon-closed, deny: [everyone], mode: report, endpoints: [/orders/17]}\n"
    "forward:\n"
    "  headers: {X-User-ID: subject, X-User-Issuer: issuer}\n";

static void require(bool holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  exit(2);
}

static doorward_string read_file(const char* path, char* out, size_t capacity) {
  FILE* file = fopen(path, "rb");
  require(file != NULL, path);
  doorward_string text = {out, fread(out, 1, capacity, file)};
  fclose(file);
  require(text.size > 0 && text.size < capacity, path);
  while (out[text.size - 1] == '\n') --text.size;
  return text;
}

doorward_string jwks_text(void) {
  static char text[4096];
  return read_file(DOORWARD_EXAMPLE_DATA "/jwks.json", text, sizeof text);
}

doorward_string token_text(void) {
  static char text[4096];
  return read_file(DOORWARD_EXAMPLE_DATA "/token.txt", text, sizeof text);
}

doorward_string authorization_text(void) {
  static char text[4096] = "Bearer ";
  const doorward_string token = token_text();
  memcpy(text + 7, token.data, token.size);
  return (doorward_string){text, 7 + token.size};
}

doorward_policy* load_policy(const char* text) {
  doorward_error error = {.struct_size = sizeof error};
  doorward_policy* policy =
      doorward_policy_load(doorward_string_of(text), doorward_string_of("policy.yaml"),
                           DOORWARD_POLICY_YAML, NULL, &error);
  require(policy != NULL, error.message);
  return policy;
}

doorward_authorizer* new_authorizer(const doorward_authorizer_options* options) {
  doorward_error error = {.struct_size = sizeof error};
  doorward_policy* policy = load_policy(kPolicyText);
  doorward_authorizer* authorizer = doorward_authorizer_new(policy, options, &error);
  doorward_policy_free(policy);
  require(authorizer != NULL, error.message);
  const doorward_code code = doorward_authorizer_set_keys(
      authorizer, doorward_string_of(ISSUER), jwks_text(), DOORWARD_ORIGIN_REMOTE, NULL, &error);
  require(code == DOORWARD_OK, error.message);
  return authorizer;
}

doorward_scratch* new_scratch(void) {
  doorward_scratch* scratch = doorward_scratch_new(NULL);
  require(scratch != NULL, "no scratch");
  return scratch;
}

doorward_request request_of(const char* method, const char* target, const doorward_header* headers,
                            size_t header_count) {
  return (doorward_request){.struct_size = sizeof(doorward_request),
                            .method = doorward_string_of(method),
                            .host = doorward_string_of("api.example.com"),
                            .target = doorward_string_of(target),
                            .headers = headers,
                            .header_count = header_count};
}

doorward_header authorization_header(void) {
  return (doorward_header){doorward_string_of("Authorization"), authorization_text()};
}
