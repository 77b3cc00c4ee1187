// SPDX-License-Identifier: Apache-2.0
//
// One authorizer for all threads: they decide, verify and audit while policy, keys and revocations
// change under them.

#include <pthread.h>

#include "check.h"
#include "world.h"

enum { kThreads = 3, kRounds = 2000, kChanges = 100 };

static void count_event(void* context, const doorward_audit_event* event) {
  (void)event;
  __atomic_add_fetch((int*)context, 1, __ATOMIC_RELAXED);
}

struct decider {
  pthread_t thread;
  const doorward_authorizer* authorizer;
  doorward_request request;
  int denied;
};

static void* decide(void* argument) {
  struct decider* decider = argument;
  doorward_scratch* scratch = doorward_scratch_new(NULL);
  for (int i = 0; i < kRounds; ++i) {
    const doorward_decision* d =
        doorward_authorize(decider->authorizer, &decider->request, NULL, kNow, scratch);
    const doorward_headers set = doorward_decision_headers_to_set(d);
    decider->denied +=
        !doorward_decision_allowed(d) || !contains(doorward_headers_at(set, 0).value, "cleo");
  }
  doorward_scratch_free(scratch);
  return NULL;
}

static void change(doorward_authorizer* authorizer, int round) {
  doorward_policy* policy = load_policy(kPolicyText);
  const doorward_time until = {kNow.seconds + round, 0};
  doorward_authorizer_counters counters = {.struct_size = sizeof counters};
  CHECK_INT(DOORWARD_OK, doorward_authorizer_set_policy(authorizer, policy, NULL));
  doorward_policy_free(policy);
  CHECK_INT(DOORWARD_OK,
            doorward_authorizer_set_keys(authorizer, doorward_string_of(ISSUER), jwks_text(),
                                         DOORWARD_ORIGIN_REMOTE, NULL, NULL));
  CHECK_INT(DOORWARD_OK, doorward_authorizer_prepare_keys(authorizer, NULL, NULL));
  CHECK_INT(DOORWARD_OK,
            doorward_authorizer_revoke_session(authorizer, doorward_string_of(ISSUER),
                                               doorward_string_of("s"), until, kNow, NULL));
  CHECK_INT(DOORWARD_OK, doorward_authorizer_get_counters(authorizer, &counters));
}

int main(void) {
  int events = 0;
  doorward_authorizer_options options;
  CHECK_INT(DOORWARD_OK, doorward_authorizer_options_init(&options, sizeof options));
  options.audit = count_event;
  options.audit_context = &events;
  options.accelerations = doorward_available_accelerations();
  doorward_authorizer* authorizer = new_authorizer(&options);
  const doorward_header header = authorization_header();

  struct decider deciders[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    deciders[i] = (struct decider){.authorizer = authorizer,
                                   .request = request_of("GET", "/orders/1", &header, 1)};
    CHECK_INT(0, pthread_create(&deciders[i].thread, NULL, decide, &deciders[i]));
  }
  for (int round = 1; round <= kChanges; ++round) change(authorizer, round);
  for (int i = 0; i < kThreads; ++i) {
    CHECK_INT(0, pthread_join(deciders[i].thread, NULL));
    CHECK_INT(0, deciders[i].denied);
  }
  doorward_authorizer_free(authorizer);
  CHECK_INT(kThreads * kRounds, events);
  return finish();
}
