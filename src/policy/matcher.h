// SPDX-License-Identifier: Apache-2.0
//
// Finds all endpoints of a policy that match a host and a path.
//
// The idea. Endpoints are kept in a trie of segments. Following a path from its root, a node has at
// most one child for the literal segment, one for "any segment", and a few for globs and regular
// expressions; all that fit are followed, since a rule that denies may stand on any of them. Each
// node is reached by one way only, so that no path and no set of patterns makes the search repeat
// itself: it visits at most the nodes that the path's own prefixes reach.
// "**", of which a pattern has at most one, ends a way: what follows it in the pattern is matched
// from the path's end, backwards, in a second trie that hangs on that node (its "tail"). So `**`
// needs no guessing how many segments it takes.
//
//   /a/{x}      /a/b/**      /a/**/z                    root -a-> N1 -any-> N2 [leaf: /a/{x}]
//                                                                N1 -b-> N3 [tail: leaf /a/b/**]
//                                                                N1 [tail: -z-> T1 [leaf: /a/**/z]]
//   /a/b/c/z: N1, its tail from the back (z: T1, two segments are left to **), N3 and its tail. All
//   but /a/{x}.
//
// Hosts. A request may match several host patterns, exact and wildcards, and their endpoints begin
// alike as a rule. So they share one trie, in which each node tells by a bit for each host pattern
// whose endpoints stand at it or below; the others are not entered. That is for the patterns that
// come first; once the bits are used up, each further one has a trie of its own.
//
// Cost: a look-up for each node that is followed. The literal children of all nodes stand in one
// table, 64 bytes each, the child's own record in it: one cache line a level. Nothing here trusts a
// hash: segments are compared. tests/differential compares it with a slow, plain decider.

#ifndef DOORWARD_POLICY_MATCHER_H_
#define DOORWARD_POLICY_MATCHER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "src/http/http.h"
#include "src/policy/match_entry.h"
#include "src/policy/match_trie.h"
#include "src/policy/role_index.h"

namespace doorward {

// Branches that wait while another is followed. Kept in the scratch.
struct MatchStack {
  struct Frame {
    const void* node;
    size_t position;
  };
  std::vector<Frame> frames;
};

class Matcher {
 public:
  explicit Matcher(MatchTrie trie) : trie_(std::move(trie)) {}

  // Calls `visit(EntryRun)` for the entries of each pattern that matches. An entry is visited once.
  // `visit` looks at methods itself. No allocation once `stack` is warm.
  template <class Visitor>
  void Visit(const CanonicalRequest& request, MatchStack& stack, Visitor&& visit) const;

  // The same without regard to the host: for explaining, not for deciding.
  template <class Visitor>
  void VisitAllHosts(const CanonicalRequest& request, MatchStack& stack, Visitor&& visit) const;

  // REQUIRES: an indexed run of this matcher.
  const RoleIndex& IndexOf(EntryRun run) const { return trie_.role_indices[run.index()]; }

 private:
  using Keys = std::span<const SegmentKey>;
  using Frame = MatchStack::Frame;

  using Hosts = MatchTrie::Hosts;
  using Node = MatchTrie::Node;
  using Slot = MatchTrie::Slot;

  // What a search holds: whose patterns it is for, and where the arrays begin, so that they are not
  // looked up at each step.
  struct Search {
    Hosts hosts;
    const Node* nodes;
    const Slot* table;
    size_t table_mask;
    const MatchEntry* entries;
    const char* text;

    bool Concerns(const Node& node) const { return (node.hosts & hosts) != 0; }
    const Node* FindLiteral(const Node& node, const SegmentKey& key) const;
    bool HasRest(const Slot& slot, const SegmentKey& key) const;
  };

  Search SearchFor(Hosts hosts) const {
    return {hosts,
            trie_.nodes.data(),
            trie_.table.data(),
            trie_.table_mask,
            trie_.entries.data(),
            trie_.text.data()};
  }
  template <class Visitor>
  void VisitHosts(const CanonicalRequest& request, Frame* bottom, Visitor& visit) const;
  // `kByHost`: the trie has patterns of several hosts, of which the search is for some.
  template <bool kByHost, class Visitor>
  void VisitTrie(const Node& root, Hosts hosts, Keys keys, Frame* bottom, Visitor& visit) const;
  template <bool kByHost, class Visitor>
  void VisitTail(const Node& root, Hosts hosts, Keys keys, Frame* bottom, Visitor& visit) const;
  template <bool kByHost, class Visitor>
  void VisitRuns(const Search& search, uint32_t first, Visitor& visit) const;
  // Of the runs of the hosts `of`, told from `first` on in host_runs, calls `visit(run, before)`
  // for those of the hosts `wanted`, with the hosts whose runs came before.
  template <class Visitor>
  void ForEachRun(Hosts of, uint32_t first, Hosts wanted, const Visitor& visit) const;
  // Puts on the stack the children of globs and regular expressions that match, of those that begin
  // at `first`; returns its top.
  Frame* PushSpecials(Hosts hosts, uint32_t first, const SegmentKey& key, size_t position,
                      Frame* top) const;
  // Returns one of the children that `key` leads to, or null; puts the others on the stack, at
  // `position`.
  template <bool kByHost>
  const Node* Follow(const Search& search, const Node& node, const SegmentKey& key, size_t position,
                     Frame*& top) const;
  Frame* Reserve(MatchStack& stack) const;

  MatchTrie trie_;
};

// --- What must be seen to be compiled into its caller ---

inline bool Matcher::Search::HasRest(const Slot& slot, const SegmentKey& key) const {
  return key.is_short() || std::memcmp(text + slot.rest, key.text + SegmentKey::kHead,
                                       key.size - SegmentKey::kHead) == 0;
}

inline const Matcher::Node* Matcher::Search::FindLiteral(const Node& node,
                                                         const SegmentKey& key) const {
  for (size_t i = (key.hash ^ node.id) & table_mask;; i = (i + 1) & table_mask) {
    const Slot& slot = table[i];
    const uint64_t differs = (slot.low ^ key.low) | (slot.high ^ key.high) |
                             (slot.parent ^ node.id) | (slot.size ^ key.size);
    if (differs == 0 && HasRest(slot, key)) return &slot.child;
    if (slot.parent == 0) return nullptr;
  }
}

template <bool kByHost>
inline const Matcher::Node* Matcher::Follow(const Search& search, const Node& node,
                                            const SegmentKey& key, size_t position,
                                            Frame*& top) const {
  const Node* next = node.id != 0 ? search.FindLiteral(node, key) : nullptr;
  if (kByHost && next != nullptr && !search.Concerns(*next)) next = nullptr;
  if (node.any != 0) {
    const Node* const any = &search.nodes[node.any];
    if (!kByHost || search.Concerns(*any)) {
      if (next != nullptr) *top++ = {any, position};
      if (next == nullptr) next = any;
    }
  }
  if (node.rare != 0) [[unlikely]] {
    const uint32_t first = trie_.rares[node.rare].special;
    if (first != 0) top = PushSpecials(search.hosts, first, key, position, top);
  }
  return next;
}

template <class Visitor>
inline void Matcher::ForEachRun(Hosts of, uint32_t first, Hosts wanted,
                                const Visitor& visit) const {
  for (Hosts both = of & wanted; both != 0; both &= both - 1) {
    const Hosts below = (both & (~both + 1)) - 1;
    const auto place = first + static_cast<uint32_t>(std::popcount(of & below));
    visit(trie_.host_runs[place], wanted & below);
  }
}

template <bool kByHost, class Visitor>
inline void Matcher::VisitRuns(const Search& search, uint32_t first, Visitor& visit) const {
  const MatchEntry* const entry = search.entries + first;
  if (!kByHost || entry->methods != MatchEntry::kByHost) return visit(EntryRun(entry));
  ForEachRun(static_cast<Hosts>(entry->roles), entry->rule, search.hosts,
             [&](uint32_t run, Hosts) { visit(EntryRun(search.entries + run)); });
}

inline Matcher::Frame* Matcher::Reserve(MatchStack& stack) const {
  if (stack.frames.size() < trie_.max_frames) [[unlikely]] {
    stack.frames.resize(trie_.max_frames);
  }
  return stack.frames.data();
}

template <class Visitor>
[[gnu::always_inline]] inline void Matcher::Visit(const CanonicalRequest& request,
                                                  MatchStack& stack, Visitor&& visit) const {
  if (request.is_asterisk) [[unlikely]] {
    if (trie_.asterisk_leaf != 0) visit(EntryRun(&trie_.entries[trie_.asterisk_leaf]));
    return;
  }
  Frame* const bottom = Reserve(stack);
  if (trie_.hosts.empty()) {
    VisitTrie<false>(trie_.nodes[trie_.shared_root], MatchTrie::kAnyHost, request.keys, bottom,
                     visit);
  } else {
    VisitHosts(request, bottom, visit);
  }
}

template <class Visitor>
void Matcher::VisitHosts(const CanonicalRequest& request, Frame* bottom, Visitor& visit) const {
  Hosts sharing = MatchTrie::kAnyHost;
  if (request.has_host) {
    trie_.hosts.Visit(request.host, [&](uint32_t number) {
      if (number < MatchTrie::kSharing) {
        sharing |= Hosts{1} << number;
      } else {
        VisitTrie<false>(trie_.nodes[trie_.own_roots[number - MatchTrie::kSharing]],
                         MatchTrie::kAnyHost, request.keys, bottom, visit);
      }
    });
  }
  VisitTrie<true>(trie_.nodes[trie_.shared_root], sharing, request.keys, bottom, visit);
}

template <class Visitor>
void Matcher::VisitAllHosts(const CanonicalRequest& request, MatchStack& stack,
                            Visitor&& visit) const {
  if (request.is_asterisk) return Visit(request, stack, visit);
  Frame* const bottom = Reserve(stack);
  VisitTrie<true>(trie_.nodes[trie_.shared_root], ~Hosts{0}, request.keys, bottom, visit);
  for (uint32_t root : trie_.own_roots) {
    VisitTrie<false>(trie_.nodes[root], MatchTrie::kAnyHost, request.keys, bottom, visit);
  }
}

// One child of a node is followed at once; the others wait.
template <bool kByHost, class Visitor>
void Matcher::VisitTrie(const Node& root, Hosts hosts, Keys keys, Frame* bottom,
                        Visitor& visit) const {
  const Search search = SearchFor(hosts);
  if (kByHost && !search.Concerns(root)) return;
  Frame* top = bottom;
  const Node* node = &root;
  size_t position = 0;
  for (;;) {
    if (node->all != 0) VisitRuns<kByHost>(search, node->all, visit);
    if (node->rare != 0) [[unlikely]] {
      const uint32_t tail = trie_.rares[node->rare].tail;
      if (tail != 0) {
        VisitTail<kByHost>(search.nodes[tail], hosts, keys.subspan(position), top, visit);
      }
    }
    const Node* next = nullptr;
    if (position < keys.size()) {
      next = Follow<kByHost>(search, *node, keys[position], position + 1, top);
      ++position;
    } else if (node->leaf != 0) {
      VisitRuns<kByHost>(search, node->leaf, visit);
    }
    if (next == nullptr) {
      if (top == bottom) return;
      --top;
      next = static_cast<const Node*>(top->node);
      position = top->position;
    }
    node = next;
  }
}

// `keys` are those that "**" and what follows it may take; the trie is walked from their end.
template <bool kByHost, class Visitor>
void Matcher::VisitTail(const Node& root, Hosts hosts, Keys keys, Frame* bottom,
                        Visitor& visit) const {
  const Search search = SearchFor(hosts);
  if (kByHost && !search.Concerns(root)) return;
  Frame* top = bottom;
  *top++ = {&root, keys.size()};
  while (top > bottom) {
    --top;
    const Node* node = static_cast<const Node*>(top->node);
    for (size_t position = top->position; node != nullptr;) {
      if (node->leaf != 0) VisitRuns<kByHost>(search, node->leaf, visit);
      if (position == 0) break;
      --position;
      node = Follow<kByHost>(search, *node, keys[position], position, top);
    }
  }
}

}  // namespace doorward

#endif  // DOORWARD_POLICY_MATCHER_H_
