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
  // No rule's, but what begins a run. `methods` is nothing but one of these.
  static constexpr uint32_t kIndexed = 1u << 28;         // of entries with an index (EntryRun)
  static constexpr uint32_t kByHost = kIndexed | kDeny;  // of several hosts' runs (Matcher)
  static constexpr uint32_t kFlags = kDeny | kSpecial | kLast | kIndexed;

  bool deny() const { return (methods & kDeny) != 0; }
  bool special() const { return (methods & kSpecial) != 0; }
  bool last() const { return (methods & kLast) != 0; }
};

// The entries of one pattern, at least one. A run of very many has an index (RoleIndex) of those
// that are not special; the special ones stand first in it.
class EntryRun {
 public:
  explicit EntryRun(const MatchEntry* first) : first_(first) {}

  template <class Function>
  void ForEach(const Function& function) const {
    const MatchEntry* entry = first_ + (is_indexed() ? 1 : 0);
    while (function(*entry), !entry->last()) ++entry;
  }

  // What begins an indexed run: an entry whose `rule` is the index's number, and whose `endpoint`
  // the number of special entries.
  bool is_indexed() const { return first_->methods == MatchEntry::kIndexed; }
  uint32_t index() const { return first_->rule; }
  std::span<const MatchEntry> special() const { return {first_ + 1, first_->endpoint}; }

 private:
  const MatchEntry* first_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_MATCH_ENTRY_H_
