// SPDX-License-Identifier: Apache-2.0
//
// Policies for tests.

#ifndef DOORWARD_TESTS_SUPPORT_POLICY_H_
#define DOORWARD_TESTS_SUPPORT_POLICY_H_

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "doorward/policy.h"

namespace doorward {

// Loads a policy that must be right; its warnings are not looked at.
inline std::shared_ptr<const Policy> LoadPolicy(std::string_view text,
                                                std::string_view name = "test.yaml") {
  LoadOutcome loaded = Policy::Load(text, name);
  if (loaded.policy == nullptr) {
    std::ostringstream out;
    for (const Diagnostic& diagnostic : loaded.diagnostics) out << diagnostic << "\n";
    throw std::invalid_argument(out.str());
  }
  return loaded.policy;
}

}  // namespace doorward

#endif  // DOORWARD_TESTS_SUPPORT_POLICY_H_
