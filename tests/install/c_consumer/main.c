// SPDX-License-Identifier: Apache-2.0
//
// The ten lines that a user of the installed C library writes first. Exit status 0: the library was
// found, linked, and denies what no rule allows.
#include <doorward.h>

int main(void) {
  doorward_policy* policy =
      doorward_policy_load(doorward_string_of("{\"doorward\": 1}"), doorward_string_of("policy"),
                           DOORWARD_POLICY_JSON, NULL, NULL);
  doorward_authorizer* authorizer = doorward_authorizer_new(policy, NULL, NULL);
  doorward_scratch* scratch = doorward_scratch_new(NULL);
  const doorward_request request = {.struct_size = sizeof request,
                                    .method = doorward_string_of("GET"),
                                    .host = doorward_string_of("api.example.com"),
                                    .target = doorward_string_of("/")};
  const doorward_time now = {1750000000, 0};
  const doorward_decision* d = doorward_authorize(authorizer, &request, NULL, now, scratch);
  const bool denied = doorward_decision_http_status(d) == 401 &&
                      strcmp(doorward_version(), DOORWARD_C_VERSION) == 0;
  doorward_scratch_free(scratch);
  doorward_authorizer_free(authorizer);
  doorward_policy_free(policy);
  return denied ? 0 : 1;
}
