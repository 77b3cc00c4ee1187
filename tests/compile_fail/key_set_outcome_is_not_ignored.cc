// SPDX-License-Identifier: Apache-2.0
// EXPECT: nodiscard
#include "doorward/key_set.h"

bool Parse(std::string_view jwks) {
#ifdef BAD_HALF
  doorward::KeySet::Parse(jwks, {});
#endif
  const doorward::KeySetOutcome parsed = doorward::KeySet::Parse(jwks, {});
  return parsed.keys != nullptr;
}
