// SPDX-License-Identifier: Apache-2.0
// EXPECT: nodiscard
#include "doorward/policy.h"

bool Load(std::string_view text) {
#ifdef BAD_HALF
  doorward::Policy::Load(text, "policy.yaml");
#endif
  const doorward::LoadOutcome loaded = doorward::Policy::Load(text, "policy.yaml");
  return loaded.policy != nullptr;
}
