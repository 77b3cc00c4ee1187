// SPDX-License-Identifier: Apache-2.0
//
// A workload's rules as regular expressions, and the way of Envoy's role-based access filter: rules
// in a row, deny rules first, each with an RE2 of its own for the path.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_RULE_REGEX_H_
#define DOORWARD_BENCHMARKS_SUPPORT_RULE_REGEX_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/support/workload.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace doorward::benchmarks {

// Of a rule's path; matches whole paths.
std::string PathRegex(const WorkloadRule& rule);
// Of a rule's host and path; matches "example.com/path".
std::string PlaceRegex(const WorkloadRule& rule);
// Whether `method` is one of a rule's.
bool MeansMethod(const WorkloadRule& rule, std::string_view method);

class RuleRow {
 public:
  explicit RuleRow(const Workload& workload);
  ~RuleRow();

  // `roles` are the caller's, as bits. Looks at methods, host, path, roles, in this order, and at
  // no rule after the first that applies.
  bool Decide(const WorkloadRequest& request, const std::vector<uint64_t>& roles) const;

 private:
  struct Row {
    bool deny;
    std::vector<std::string> methods;
    std::string host;
    std::unique_ptr<const re2::RE2> path;
    std::vector<uint32_t> roles;
  };
  static bool Applies(const Row& row, const WorkloadRequest& request,
                      const std::vector<uint64_t>& roles);
  std::vector<Row> rows_;  // deny rules first
};

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_RULE_REGEX_H_
