// SPDX-License-Identifier: Apache-2.0

#include "src/policy/role_index.h"

#include <array>
#include <map>

namespace doorward {

RoleIndex::RoleIndex(std::span<const MatchEntry> entries) {
  struct Role {
    std::vector<MatchEntry> items;
    std::array<uint32_t, 2> covered{};  // methods, by effect
  };
  std::map<uint32_t, Role> roles;  // by bit
  for (const MatchEntry& entry : entries) {
    for (uint64_t left = entry.roles; left != 0; left &= left - 1) {
      Role& role = roles[entry.role_word * 64 + static_cast<uint32_t>(std::countr_zero(left))];
      uint32_t& covered = role.covered[entry.deny() ? 1 : 0];
      const uint32_t methods = entry.methods & ~MatchEntry::kFlags & ~covered;
      if (methods == 0) continue;
      covered |= methods;
      MatchEntry& item = role.items.emplace_back(entry);
      item.methods = methods | (entry.methods & MatchEntry::kDeny);
    }
  }
  for (const auto& [bit, role] : roles) {
    if (words_.empty() || words_.back().number != bit >> 6) {
      words_.push_back({0, bit >> 6, starts_.size()});
    }
    words_.back().roles |= uint64_t{1} << (bit & 63);
    starts_.push_back(static_cast<uint32_t>(items_.size()));
    items_.insert(items_.end(), role.items.begin(), role.items.end());
  }
  starts_.push_back(static_cast<uint32_t>(items_.size()));
}

}  // namespace doorward
