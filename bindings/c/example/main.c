// SPDX-License-Identifier: Apache-2.0
#include <doorward.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static doorward_string read_file(const char* path) {
  static char text[1 << 16];  // the library keeps nothing of it
  FILE* file = fopen(path, "rb");
  const doorward_string read = {text, file == NULL ? 0 : fread(text, 1, sizeof text, file)};
  if (file != NULL) fclose(file);
  if (read.size > 0 && read.size < sizeof text) return read;
  fprintf(stderr, "%s: cannot be read, is empty or too long\n", path);
  exit(2);
}

// Returns 0 where the request may pass.
static int decide(const doorward_authorizer* authorizer, doorward_scratch* scratch,
                  const char* method, const char* target, const char* authorization) {
  const doorward_header header = {doorward_string_of("Authorization"),
                                  doorward_string_of(authorization)};
  const doorward_request request = {.struct_size = sizeof request,
                                    .method = doorward_string_of(method),
                                    .target = doorward_string_of(target),
                                    .headers = &header,
                                    .header_count = 1,
                                    .flags = DOORWARD_REQUEST_WITHOUT_HOSTS};
  const doorward_time now = {.seconds = time(NULL)};
  const doorward_decision* d = doorward_authorize(authorizer, &request, NULL, now, scratch);
  const doorward_string why = doorward_decision_message(d);
  printf("%d %.*s\n", doorward_decision_http_status(d), (int)why.size, why.data);
  return doorward_decision_allowed(d) ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: decide POLICY ISSUER JWKS METHOD TARGET AUTHORIZATION\n");
    return 64;
  }
  doorward_error error = {.struct_size = sizeof error};
  doorward_policy* policy = doorward_policy_load(read_file(argv[1]), doorward_string_of(argv[1]),
                                                 DOORWARD_POLICY_BY_NAME, NULL, &error);
  if (policy == NULL) {
    fprintf(stderr, "%s:%u:%u: %s\n", argv[1], error.line, error.column, error.message);
    return 2;
  }
  doorward_authorizer* authorizer = doorward_authorizer_new(policy, NULL, &error);
  doorward_scratch* scratch = doorward_scratch_new(&error);  // one for each thread
  int status = 2;
  if (doorward_authorizer_set_keys(authorizer, doorward_string_of(argv[2]), read_file(argv[3]),
                                   DOORWARD_ORIGIN_LOCAL, NULL, &error) != DOORWARD_OK) {
    fprintf(stderr, "%s: %s\n", argv[3], error.message);
  } else {
    status = decide(authorizer, scratch, argv[4], argv[5], argv[6]);
  }
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
  doorward_policy_free(policy);
  return status;
}
