// SPDX-License-Identifier: Apache-2.0
//
// Where very many rules have one pattern, those that a caller's roles make apply are found by the
// roles, not rule by rule.

#ifndef DOORWARD_POLICY_ROLE_INDEX_H_
#define DOORWARD_POLICY_ROLE_INDEX_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "src/policy/match_entry.h"

namespace doorward {

class RoleIndex {
 public:
  // REQUIRES: no entry is special; they stand in the order of their rules.
  explicit RoleIndex(std::span<const MatchEntry> entries);

  // Calls `apply(rule, deny)` so that the first rule that denies and the first that allows, of
  // those that apply to a holder of `held` with this method, are among the calls.
  // Cost: linear in the words of role bits and in the roles that are both held and named; each has
  // at most as many rules as there are methods, whatever the number of entries.
  template <class Apply>
  void ForFirst(const uint64_t* held, uint32_t method_bit, const Apply& apply) const {
    for (const Word& word : words_) {
      for (uint64_t both = held[word.number] & word.roles; both != 0; both &= both - 1) {
        const uint64_t before = word.roles & ((both & (~both + 1)) - 1);
        const size_t role = word.first + static_cast<size_t>(std::popcount(before));
        for (uint32_t i = starts_[role]; i < starts_[role + 1]; ++i) {
          const Item& item = items_[i];
          if ((item.methods & method_bit) != 0) apply(item.rule, item.deny);
        }
      }
    }
  }

 private:
  struct Word {
    uint64_t roles;   // those that some entry names
    uint32_t number;  // of the word
    size_t first;     // place of its first role in starts_
  };
  // What a role gives.
  struct Item {
    uint32_t rule;
    uint32_t methods;  // for which no rule before it with the same effect gives as much
    bool deny;
  };

  std::vector<Word> words_;
  std::vector<uint32_t> starts_;  // by role, one more at the end
  std::vector<Item> items_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_ROLE_INDEX_H_
