// SPDX-License-Identifier: Apache-2.0
//
// The slow, obviously right answer to "does this endpoint match this request?" and "what is
// decided?": what the compiled matcher is compared with. It shares no code with it and reads
// patterns from their text.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_MATCHER_H_
#define DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_MATCHER_H_

#include <set>
#include <string>
#include <vector>

namespace doorward::reference {

struct Rule {
  std::string id;
  bool deny = false;
  std::set<std::string> roles;
  std::vector<std::string> methods;  // empty: any
  std::string host;                  // "": any
  std::vector<std::string> path;     // segments as the policy spells them, without escapes
};

struct Request {
  std::string method, host;
  std::vector<std::string> path;
};

bool Matches(const Rule& rule, const Request& request);

// "allow ID", "deny ID" or "default", for a caller who holds `roles`, inherited ones included.
std::string Decide(const std::vector<Rule>& rules, const Request& request,
                   const std::set<std::string>& roles);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_REFERENCE_MATCHER_H_
