// SPDX-License-Identifier: Apache-2.0
//
// The handles of a policy and of a caller that it made.

#ifndef DOORWARD_BINDINGS_C_SRC_POLICY_HANDLE_H_
#define DOORWARD_BINDINGS_C_SRC_POLICY_HANDLE_H_

#include <memory>
#include <string_view>
#include <vector>

#include "doorward/policy.h"

#include "bindings/c/src/boundary.h"

struct doorward_policy {
  explicit doorward_policy(std::shared_ptr<const doorward::Policy> with);

  std::shared_ptr<const doorward::Policy> policy;
  // For each issuer what its `algorithms` are a list of.
  std::vector<std::vector<std::string_view>> algorithms;
};

struct doorward_caller {
  std::shared_ptr<const doorward::Policy> policy;  // which the caller views into
  doorward::Caller caller;
};

#endif  // DOORWARD_BINDINGS_C_SRC_POLICY_HANDLE_H_
