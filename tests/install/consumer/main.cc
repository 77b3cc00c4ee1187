// SPDX-License-Identifier: Apache-2.0
//
// The ten lines that a user of the installed package writes first. Exit status 0: the library was
// found, linked, and denies what no rule allows.
#include <cstring>

#include "doorward/policy.h"
#include "doorward/version.h"

int main() {
  const doorward::LoadOutcome loaded = doorward::Policy::Load("{\"doorward\": 1}", "policy.json");
  if (!loaded.policy || std::strcmp(doorward::Version(), DOORWARD_VERSION) != 0) return 1;
  doorward::Scratch scratch;
  const doorward::Caller caller = loaded.policy->CallerWithRoles({});
  const doorward::Decision d = loaded.policy->Decide(caller, {.method = "GET", .target = "/"},
                                                     doorward::Timestamp(), scratch);
  return d.reason() == doorward::Reason::kDefaultDeny ? 0 : 1;
}
