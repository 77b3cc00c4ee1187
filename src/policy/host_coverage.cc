// SPDX-License-Identifier: Apache-2.0

#include "src/policy/host_coverage.h"

namespace doorward {
namespace {

constexpr std::string_view kWildcard = "*.";

// Takes the first label off; "" after the last.
std::string_view Parent(std::string_view name) {
  const size_t dot = name.find('.');
  return dot == name.npos ? std::string_view() : name.substr(dot + 1);
}

}  // namespace

HostCoverage::HostCoverage(const std::vector<std::string>& served) {
  for (const std::string_view host : served) {
    served_[host] = true;
    const bool is_wildcard = host.starts_with(kWildcard);
    const std::string_view name = is_wildcard ? host.substr(kWildcard.size()) : host;
    if (is_wildcard) parents_.emplace(name);
    for (std::string_view up = Parent(name); !up.empty(); up = Parent(up)) parents_.emplace(up);
  }
}

bool HostCoverage::Covers(std::string_view host) const {
  if (served_.empty()) return true;
  if (!host.starts_with(kWildcard)) return served_.Matches(host);
  const std::string_view base = host.substr(kWildcard.size());
  return parents_.contains(base) || served_.MatchesWildcard(base);
}

}  // namespace doorward
