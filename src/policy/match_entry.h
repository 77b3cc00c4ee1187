// SPDX-License-Identifier: Apache-2.0
//
// What stands where a pattern ends: for each rule of the pattern, what a decision needs of it at
// once.

#ifndef DOORWARD_POLICY_MATCH_ENTRY_H_
#define DOORWARD_POLICY_MATCH_ENTRY_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace doorward {

// A rule's endpoint.
struct MatchEntry {
  uint64_t roles = 0;      // the rule's roles within one word of the role bits
  uint32_t role_word = 0;  // which
  uint32_t rule = 0;       // index in the policy's rules
  uint32_t endpoint = 0;   // index among the rule's endpoints
  uint32_t methods = 0;    // MethodTable's bits, and those below

  static constexpr uint32_t kDeny = 1u << 31;
  // The rule says more than roles: look at it in full. Such a rule has one entry for each endpoint,
  // others one for each word of role bits besides.
  static constexpr uint32_t kSpecial = 1u << 30;
  static constexpr uint32_t kLast = 1u << 29;  // of its run

  bool deny() const { return (methods & kDeny) != 0; }
  bool special() const { return (methods & kSpecial) != 0; }
  bool last() const { return (methods & kLast) != 0; }
};

// The entries of one pattern, at least one.
class EntryRun {
 public:
  explicit EntryRun(const MatchEntry* first) : first_(first) {}

  template <class Function>
  void ForEach(Function&& function) const {
    const MatchEntry* entry = first_;
    while (function(*entry), !entry->last()) ++entry;
  }

 private:
  const MatchEntry* first_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_MATCH_ENTRY_H_
