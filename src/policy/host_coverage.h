// SPDX-License-Identifier: Apache-2.0
//
// Whether hosts that are named somewhere can be among the hosts that a policy serves. Names are
// canonical, wildcards ("*.example.com") included.

#ifndef DOORWARD_POLICY_HOST_COVERAGE_H_
#define DOORWARD_POLICY_HOST_COVERAGE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_set.h>

#include "src/base/string_map.h"
#include "src/policy/host_map.h"

namespace doorward {

class HostCoverage {
 public:
  // `served` empty: any host.
  explicit HostCoverage(const std::vector<std::string>& served);

  // True where some host is one of the served and one that `host` stands for.
  // Cost: linear in the labels of `host`.
  bool Covers(std::string_view host) const;

 private:
  HostMap<bool> served_;  // empty: any
  // What wildcards are of ("example.com" for "*.example.com"), and whatever that or a served name
  // stands under.
  absl::flat_hash_set<std::string, StringViewHash, std::equal_to<>> parents_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_HOST_COVERAGE_H_
