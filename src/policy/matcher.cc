// SPDX-License-Identifier: Apache-2.0

#include "src/policy/matcher.h"

namespace doorward {

Matcher::Frame* Matcher::PushSpecials(Hosts hosts, const Node& node, const SegmentKey& key,
                                      size_t position, Frame* top) const {
  for (const MatchTrie::Special* special = &trie_.specials[node.special]; special->child != 0;) {
    if ((special->hosts & hosts) == 0) {
      special = &trie_.specials[special->others];
      continue;
    }
    if (special->filter.Passes(key) &&
        trie_.segment_matchers[special->matcher].Matches(key.view())) {
      *top++ = {&trie_.nodes[special->child], position};
    }
    ++special;
  }
  return top;
}

}  // namespace doorward
