// SPDX-License-Identifier: Apache-2.0
//
// Sets of roles as bits, and which roles come with which by inheritance (NIST RBAC: a senior role
// holds the permissions of its juniors). A role's bit is kFirstRoleBit plus its place in the
// policy; before those stand the two reserved names, so that a rule for `everyone` needs no case of
// its own.

#ifndef DOORWARD_POLICY_ROLE_SET_H_
#define DOORWARD_POLICY_ROLE_SET_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "src/policy/model.h"

namespace doorward {

inline constexpr uint32_t kEveryoneBit = 0;
inline constexpr uint32_t kAuthenticatedBit = 1;
inline constexpr uint32_t kFirstRoleBit = 2;

// As many bits as its policy has roles. Cost: assignment reuses its memory.
class RoleSet {
 public:
  void Reset(size_t word_count) { words_.assign(word_count, 0); }
  void Add(uint32_t bit) { words_[bit >> 6] |= uint64_t{1} << (bit & 63); }
  bool Contains(uint32_t bit) const { return words_[bit >> 6] >> (bit & 63) & 1; }
  void AddAll(std::span<const uint32_t> bits) {
    for (uint32_t bit : bits) Add(bit);
  }
  void AddAll(const RoleSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void RemoveAll(const RoleSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  }
  bool empty() const {
    for (uint64_t word : words_) {
      if (word != 0) return false;
    }
    return true;
  }
  uint64_t word(size_t index) const { return words_[index]; }
  const uint64_t* words() const { return words_.data(); }
  size_t word_count() const { return words_.size(); }
  // Of memory besides its own.
  size_t bytes() const { return words_.capacity() * sizeof(uint64_t); }

 private:
  std::vector<uint64_t> words_;
};

// The roles of a policy: names, bits, and for each the bits that holding it gives.
class RoleTable {
 public:
  explicit RoleTable(const std::vector<RoleModel>& roles);

  size_t size() const { return names_.size(); }
  size_t word_count() const { return (names_.size() + kFirstRoleBit + 63) / 64; }
  // Of a role's bit or a reserved name's.
  std::string_view name(uint32_t bit) const;
  // Finds the bit of a declared role; 0 (the bit of everyone, which no claim gives) for others.
  uint32_t Find(std::string_view name) const;
  // The bits that come with `bit`, itself first. REQUIRES: the bit of a declared role.
  std::span<const uint32_t> Closure(uint32_t bit) const;

 private:
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string_view, uint32_t> bits_;  // views into names_
  std::vector<uint32_t> closure_starts_;                  // by role, one more at the end
  std::vector<uint32_t> closures_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_ROLE_SET_H_
