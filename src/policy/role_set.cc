// SPDX-License-Identifier: Apache-2.0

#include "src/policy/role_set.h"

namespace doorward {

RoleTable::RoleTable(const std::vector<RoleModel>& roles) {
  names_.reserve(roles.size());
  bits_.reserve(roles.size());
  for (const RoleModel& role : roles) {
    names_.push_back(role.name);
  }
  for (size_t i = 0; i < names_.size(); ++i) {
    bits_.emplace(names_[i], static_cast<uint32_t>(i) + kFirstRoleBit);
  }

  std::vector<size_t> reached_from(roles.size(), roles.size());
  std::vector<uint32_t> pending;
  for (size_t i = 0; i < roles.size(); ++i) {
    closure_starts_.push_back(static_cast<uint32_t>(closures_.size()));
    pending.assign(1, static_cast<uint32_t>(i));
    while (!pending.empty()) {
      const uint32_t role = pending.back();
      pending.pop_back();
      if (reached_from[role] == i) continue;
      reached_from[role] = i;
      closures_.push_back(role + kFirstRoleBit);
      pending.insert(pending.end(), roles[role].inherits.begin(), roles[role].inherits.end());
    }
  }
  closure_starts_.push_back(static_cast<uint32_t>(closures_.size()));
}

std::string_view RoleTable::name(uint32_t bit) const {
  if (bit == kEveryoneBit) return "everyone";
  if (bit == kAuthenticatedBit) return "authenticated";
  return names_[bit - kFirstRoleBit];
}

uint32_t RoleTable::Find(std::string_view name) const {
  const auto found = bits_.find(name);
  return found == bits_.end() ? kEveryoneBit : found->second;
}

std::span<const uint32_t> RoleTable::Closure(uint32_t bit) const {
  const size_t role = bit - kFirstRoleBit;
  return std::span(closures_).subspan(closure_starts_[role],
                                      closure_starts_[role + 1] - closure_starts_[role]);
}

}  // namespace doorward
