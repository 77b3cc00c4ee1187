// SPDX-License-Identifier: Apache-2.0
//
// A set of hosts: exact names and wildcards.

#ifndef DOORWARD_POLICY_HOST_SET_H_
#define DOORWARD_POLICY_HOST_SET_H_

#include <string>
#include <string_view>
#include <vector>

#include "src/base/string_map.h"

namespace doorward {

class HostSet {
 public:
  // `hosts` are canonical; "*.example.com" stands for one or more labels before it.
  explicit HostSet(const std::vector<std::string>& hosts) {
    for (const std::string& host : hosts) {
      const bool wildcard = host.starts_with("*.");
      (wildcard ? wildcards_ : exact_).emplace(wildcard ? host.substr(2) : host, true);
    }
  }

  bool empty() const { return exact_.empty() && wildcards_.empty(); }

  // Cost: a look-up for each label of `host`, which is canonical.
  bool Contains(std::string_view host) const {
    if (exact_.contains(host)) return true;
    if (wildcards_.empty() || host.starts_with('[')) return false;
    for (size_t dot = host.find('.'); dot != std::string_view::npos;
         dot = host.find('.', dot + 1)) {
      if (wildcards_.contains(host.substr(dot + 1))) return true;
    }
    return false;
  }

 private:
  StringMap<bool> exact_, wildcards_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_HOST_SET_H_
