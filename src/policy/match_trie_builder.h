// SPDX-License-Identifier: Apache-2.0
//
// Gathers endpoints, and lays out the tries that they are searched in.

#ifndef DOORWARD_POLICY_MATCH_TRIE_BUILDER_H_
#define DOORWARD_POLICY_MATCH_TRIE_BUILDER_H_

#include <memory>

#include "src/policy/match_entry.h"
#include "src/policy/match_trie.h"
#include "src/policy/model.h"

namespace doorward {

class MatchTrieBuilder {
 public:
  MatchTrieBuilder();
  ~MatchTrieBuilder();

  // Adds an entry under an endpoint's host and path. REQUIRES: the endpoint was checked.
  void Add(const EndpointModel& endpoint, const MatchEntry& entry);

  MatchTrie Build(bool fold_case) &&;

 private:
  struct State;
  class Layout;
  std::unique_ptr<State> state_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_MATCH_TRIE_BUILDER_H_
