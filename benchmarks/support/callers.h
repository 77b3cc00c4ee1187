// SPDX-License-Identifier: Apache-2.0
//
// The principals of a workload as callers of a policy.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_CALLERS_H_
#define DOORWARD_BENCHMARKS_SUPPORT_CALLERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "doorward/policy.h"

#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {

// By principal. `policy` is made of the workload's text.
inline std::vector<Caller> MakeCallers(const Policy& policy, const Workload& workload) {
  std::vector<Caller> callers;
  callers.reserve(workload.principals.size());
  for (const std::vector<uint32_t>& roles : workload.principals) {
    std::vector<std::string> names;
    for (uint32_t role : roles) names.push_back(RoleName(role));
    callers.push_back(
        policy.CallerWithRoles(std::vector<std::string_view>(names.begin(), names.end())));
  }
  return callers;
}

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_CALLERS_H_
