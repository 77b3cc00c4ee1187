// SPDX-License-Identifier: Apache-2.0

#include "src/policy/matcher.h"

namespace doorward {

// Those of several hosts are met in several runs, and looked at in the first.
Matcher::Frame* Matcher::PushSpecials(Hosts hosts, uint32_t first, const SegmentKey& key,
                                      size_t position, Frame* top) const {
  const MatchTrie::Special& begin = trie_.specials[first];
  const auto push_run = [&](const MatchTrie::Special* special, Hosts before) {
    for (; special->child != 0; ++special) {
      if ((special->hosts & before) == 0 && special->filter.Passes(key) &&
          trie_.segment_matchers[special->matcher].Matches(key.view())) {
        *top++ = {&trie_.nodes[special->child], position};
      }
    }
  };
  if (begin.child != 0) {
    if ((begin.hosts & hosts) != 0) push_run(&begin, 0);
  } else {
    ForEachRun(begin.hosts, begin.matcher, hosts,
               [&](uint32_t run, Hosts before) { push_run(&trie_.specials[run], before); });
  }
  return top;
}

}  // namespace doorward
