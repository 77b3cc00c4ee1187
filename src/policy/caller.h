// SPDX-License-Identifier: Apache-2.0
//
// Who calls, with all that the rules ask for resolved against one policy.

#ifndef DOORWARD_POLICY_CALLER_H_
#define DOORWARD_POLICY_CALLER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/claims.h"
#include "doorward/policy.h"

#include "src/claims/json.h"
#include "src/policy/claim_mapping.h"

namespace doorward {

// Tells policies apart by its address.
struct PolicyIdentity {};

struct CallerData {
  // Of the policy that it was resolved against. Shared, so that no later policy can come to have
  // the same: an address alone may be used again while a caller is kept.
  std::shared_ptr<const PolicyIdentity> policy;
  bool authenticated = false;
  Holdings holdings;
  std::string_view issuer;  // as the token spells it
  JsonView claims;
  // For each of the policy's `forward.headers` what it says of the caller; "" for nothing that may
  // be sent, and for what depends on the request besides.
  std::vector<std::string_view> forward_values;
  std::string forward_text;  // what they point into

  // Where the caller was made from claims that were handed in, what the views point into.
  std::unique_ptr<const JsonDocument> document;
  std::string issuer_text;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_CALLER_H_
