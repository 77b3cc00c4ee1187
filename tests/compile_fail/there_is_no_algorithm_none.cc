// SPDX-License-Identifier: Apache-2.0
// EXPECT: is not a member of|no member named
#include "doorward/key_set.h"

doorward::AlgorithmSet Permitted() {
#ifdef BAD_HALF
  return {doorward::Algorithm::kNone};
#else
  return {doorward::Algorithm::kES256};
#endif
}
