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

  // Calls `visit(entry)`, with what an entry says but its roles, so that for each role that is set
  // in `word_of(number)`, a word of role bits, the first rule that denies its holders this method
  // and the first that allows it are among the calls.
  // Cost: linear in the words of role bits and in the roles that are both set and named; each has
  // at most as many rules as there are methods, whatever the number of entries.
  template <class WordOf, class Visit>
  void ForFirst(uint32_t method_bit, const WordOf& word_of, const Visit& visit) const {
    for (const Word& word : words_) {
      for (uint64_t both = word_of(word.number) & word.roles; both != 0; both &= both - 1) {
        const uint64_t before = word.roles & ((both & (~both + 1)) - 1);
        const size_t role = word.first + static_cast<size_t>(std::popcount(before));
        for (uint32_t i = starts_[role]; i < starts_[role + 1]; ++i) {
          if ((items_[i].methods & method_bit) != 0) visit(items_[i]);
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
  std::vector<Word> words_;
  std::vector<uint32_t> starts_;  // by role, one more at the end
  // What each role gives: entries with the methods for which no rule before them with the same
  // effect gives as much.
  std::vector<MatchEntry> items_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_ROLE_INDEX_H_
