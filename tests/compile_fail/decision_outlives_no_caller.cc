// SPDX-License-Identifier: Apache-2.0
// COMPILER: clang
// EXPECT: -Wdangling
#include "doorward/policy.h"

bool Handle(const doorward::Policy& policy, const doorward::Request& request,
            doorward::Timestamp now, doorward::Scratch& scratch) {
#ifdef BAD_HALF
  const doorward::Decision d = policy.Decide(policy.AnonymousCaller(), request, now, scratch);
#else
  const doorward::Caller caller = policy.AnonymousCaller();
  const doorward::Decision d = policy.Decide(caller, request, now, scratch);
#endif
  return d.allowed();
}
