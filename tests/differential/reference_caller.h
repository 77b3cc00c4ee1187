// SPDX-License-Identifier: Apache-2.0
//
// The slow, obviously right answer to "what does this caller hold?": roles in three values, scopes
// and subject, as docs/policy-language.md defines them.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_CALLER_H_
#define DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_CALLER_H_

#include <map>
#include <string>
#include <vector>

#include "tests/differential/world.h"

namespace doorward::reference {

struct Holdings {
  bool is_authenticated = false;
  std::map<std::string, Truth> roles;  // those that may be held
  std::vector<std::string> scopes;
  bool scopes_in_doubt = false;
  std::string subject, issuer;
  Json claims = Json::Object();

  Truth HoldsRole(const std::string& name) const;  // or whether a reserved name fits
  Truth HoldsScope(const std::string& name) const;
  // Roles held as surely as `truth`, in the order of declaration.
  std::vector<std::string> RolesHeld(Truth truth, const World& world) const;
};

// A caller whose token did not verify holds what one without a token does.
Holdings Resolve(const World& world, const Caller& caller);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_CALLER_H_
