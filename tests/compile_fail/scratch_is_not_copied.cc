// SPDX-License-Identifier: Apache-2.0
// EXPECT: deleted function
#include <utility>

#include "doorward/scratch.h"

doorward::Scratch Take(doorward::Scratch& scratch) {
#ifdef BAD_HALF
  return doorward::Scratch(scratch);
#else
  return doorward::Scratch(std::move(scratch));
#endif
}
