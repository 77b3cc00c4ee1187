// SPDX-License-Identifier: Apache-2.0
//
// The slow, obviously right decider: every rule is looked at, one after another, as
// docs/policy-language.md says under "How a request is decided". It shares no code with the
// library; what the library decides is compared with it.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_DECISION_H_
#define DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_DECISION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "doorward/reason.h"

#include "tests/differential/world.h"

namespace doorward::reference {

// A matching endpoint of a rule, and whether what the rule asks for is so.
struct Finding {
  size_t rule = 0;
  Truth role = Truth::kNo;
  Truth scopes = Truth::kNo;
  Truth condition = Truth::kNo;
};

struct Answer {
  Reason reason = Reason::kInternal;
  std::string rule = {};
  // Nothing where the request had two tokens, which is refused before rules are looked at.
  std::optional<std::vector<std::string>> report = {};
  // Of whom the decision is for, and what the upstream is told where it is allowed.
  std::string subject = {}, issuer = {};
  std::vector<std::string> roles = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::vector<std::string> removed_headers = {};  // sorted

  // Of the caller, whoever the decision is for.
  std::vector<std::string> unknown_roles = {};
  // For the caller, in the order of the file; where the request passes as a CORS preflight, of what
  // it asks for.
  std::vector<Finding> findings = {};
};

Answer Decide(const World& world, const Caller& caller, const Request& request);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_DECISION_H_
