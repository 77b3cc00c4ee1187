// SPDX-License-Identifier: Apache-2.0
// EXPECT: could not convert|no viable conversion|not contextually convertible
#include "doorward/decision.h"

bool MayPass(doorward::Decision d) {
#ifdef BAD_HALF
  if (d) return true;
#endif
  return d.allowed();
}
