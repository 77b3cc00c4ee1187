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
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/huge_page_allocator.h"
#include "src/http/http.h"
#include "src/policy/host_map.h"
#include "src/policy/match_entry.h"
#include "src/policy/model.h"
#include "src/policy/role_index.h"
#include "src/policy/segment_matcher.h"

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
  class Builder;

  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;
  ~Matcher();

  // Calls `visit(EntryRun)` for the entries of each pattern that matches. An entry is visited once.
  // `visit` looks at methods itself. No allocation once `stack` is warm.
  template <class Visitor>
  void Visit(const CanonicalRequest& request, MatchStack& stack, Visitor&& visit) const;

  // The same without regard to the host: for explaining, not for deciding.
  template <class Visitor>
  void VisitAllHosts(const CanonicalRequest& request, MatchStack& stack, Visitor&& visit) const;

  // REQUIRES: an indexed run of this matcher.
  const RoleIndex& IndexOf(EntryRun run) const { return role_indices_[run.index()]; }

 private:
  using Keys = std::span<const SegmentKey>;
  using Frame = MatchStack::Frame;

  // A set of the host patterns that share a trie. "Any host" is always one of them.
  using Hosts = uint64_t;
  static constexpr uint32_t kSharing = 64;
  static constexpr Hosts kAnyHost = 1;

  // Zeros stand for none.
  struct Node {
    uint32_t id = 0;       // names its literal children in the table
    uint32_t any = 0;      // child for "any segment": index into nodes_
    uint32_t leaf = 0;     // patterns that end here: a run of entries_
    uint32_t all = 0;      // patterns that end here with "**": a run of entries_
    uint32_t tail = 0;     // patterns that go on behind "**": index into nodes_ of the root of the
                           // trie of what follows it, reversed
    uint32_t special = 0;  // globs and regular expressions: index into specials_
    Hosts hosts = 0;       // whose patterns end here or below
  };
  // A literal child, in an open-addressed table.
  struct alignas(64) Slot {
    uint64_t low = 0, high = 0;  // as in the segment's key
    uint32_t parent = 0;         // id of the node above; 0 where the slot is free
    uint32_t size = 0;           // of the segment
    uint32_t rest = 0;           // octets behind the key's head: offset into text_
    Node child;
  };
  static_assert(sizeof(Slot) == 64);
  using Table = std::vector<Slot, HugePageAllocator<Slot>>;
  struct Special {
    SegmentFilter filter = {};
    Hosts hosts = 0;       // the child's
    uint32_t matcher = 0;  // index into segment_matchers_
    uint32_t child = 0;    // index into nodes_
    uint32_t others = 0;   // index into specials_ of the first that has other hosts
  };

  // What a search holds: whose patterns it is for, and where the arrays begin, so that they are not
  // looked up at each step.
  struct Search {
    Hosts hosts;
    const Node* nodes;
    const Slot* table;
    size_t table_mask;
    const MatchEntry* entries;
    const uint32_t* host_runs;
    const char* text;

    bool Concerns(const Node& node) const { return (node.hosts & hosts) != 0; }
    const Node* FindLiteral(const Node& node, const SegmentKey& key) const;
    bool HasRest(const Slot& slot, const SegmentKey& key) const;
  };

  Matcher();

  Search SearchFor(Hosts hosts) const {
    return {hosts,           nodes_.data(),     table_.data(), table_mask_,
            entries_.data(), host_runs_.data(), text_.data()};
  }
  template <class Visitor>
  void VisitHosts(const CanonicalRequest& request, Frame* bottom, Visitor& visit) const;
  // `kByHost`: the trie has patterns of several hosts, of which the search is for some.
  template <bool kByHost, class Visitor>
  void VisitTrie(const Node& root, Hosts hosts, Keys keys, Frame* bottom, Visitor& visit) const;
  template <bool kByHost, class Visitor>
  void VisitTail(const Search& search, const Node& root, Keys keys, Frame* bottom,
                 Visitor& visit) const;
  template <bool kByHost, class Visitor>
  static void VisitRuns(const Search& search, uint32_t first, Visitor& visit);
  // Puts on the stack the children of globs and regular expressions that match; returns its top.
  Frame* PushSpecials(const Search& search, const Node& node, const SegmentKey& key,
                      size_t position, Frame* top) const;
  // Returns one of the children that `key` leads to, or null; puts the others on the stack, at
  // `position`.
  template <bool kByHost>
  const Node* Follow(const Search& search, const Node& node, const SegmentKey& key, size_t position,
                     Frame*& top) const;
  Frame* Reserve(MatchStack& stack) const;

  std::vector<Node> nodes_;  // roots and children by anything but a literal; [0] unused
  Table table_;              // a power of two
  size_t table_mask_ = 0;
  std::string text_;
  std::vector<MatchEntry> entries_;  // in runs; [0] unused
  std::vector<uint32_t> host_runs_;  // indices into entries_
  std::vector<RoleIndex> role_indices_;
  std::vector<Special> specials_;  // runs that end with one of no hosts and child 0; [0] unused
  std::vector<SegmentMatcher> segment_matchers_;
  size_t max_frames_ = 0;            // that wait at once
  HostMap<uint32_t> hosts_;          // numbered from 1; 0 is "any host"
  uint32_t shared_root_ = 0;         // index into nodes_
  std::vector<uint32_t> own_roots_;  // the same for the hosts from kSharing on
  uint32_t asterisk_leaf_ = 0;       // OPTIONS *
};

// Gathers endpoints and lays the matcher out.
class Matcher::Builder {
 public:
  Builder();
  ~Builder();

  // Adds an entry under an endpoint's host and path. REQUIRES: the endpoint was checked.
  void Add(const EndpointModel& endpoint, const MatchEntry& entry);

  Matcher Build(bool fold_case) &&;

 private:
  struct State;
  class Layout;
  std::unique_ptr<State> state_;
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
  if (node.special != 0) [[unlikely]] {
    top = PushSpecials(search, node, key, position, top);
  }
  return next;
}

// Where there are runs of several hosts, an entry stands for them whose `roles` are the hosts, and
// whose `rule` is where in host_runs_ their runs are told, in the hosts' order.
template <bool kByHost, class Visitor>
inline void Matcher::VisitRuns(const Search& search, uint32_t first, Visitor& visit) {
  const MatchEntry* const entry = search.entries + first;
  if (!kByHost || entry->methods != MatchEntry::kByHost) return visit(EntryRun(entry));
  for (Hosts both = entry->roles & search.hosts; both != 0; both &= both - 1) {
    const Hosts before = entry->roles & ((both & (~both + 1)) - 1);
    const auto place = entry->rule + static_cast<uint32_t>(std::popcount(before));
    visit(EntryRun(search.entries + search.host_runs[place]));
  }
}

inline Matcher::Frame* Matcher::Reserve(MatchStack& stack) const {
  if (stack.frames.size() < max_frames_) [[unlikely]] {
    stack.frames.resize(max_frames_);
  }
  return stack.frames.data();
}

template <class Visitor>
[[gnu::always_inline]] inline void Matcher::Visit(const CanonicalRequest& request,
                                                  MatchStack& stack, Visitor&& visit) const {
  if (request.is_asterisk) [[unlikely]] {
    if (asterisk_leaf_ != 0) visit(EntryRun(&entries_[asterisk_leaf_]));
    return;
  }
  Frame* const bottom = Reserve(stack);
  if (hosts_.empty()) {
    VisitTrie<false>(nodes_[shared_root_], kAnyHost, request.keys, bottom, visit);
  } else {
    VisitHosts(request, bottom, visit);
  }
}

template <class Visitor>
void Matcher::VisitHosts(const CanonicalRequest& request, Frame* bottom, Visitor& visit) const {
  Hosts sharing = kAnyHost;
  if (request.has_host) {
    hosts_.Visit(request.host, [&](uint32_t number) {
      if (number < kSharing) {
        sharing |= Hosts{1} << number;
      } else {
        VisitTrie<false>(nodes_[own_roots_[number - kSharing]], kAnyHost, request.keys, bottom,
                         visit);
      }
    });
  }
  VisitTrie<true>(nodes_[shared_root_], sharing, request.keys, bottom, visit);
}

template <class Visitor>
void Matcher::VisitAllHosts(const CanonicalRequest& request, MatchStack& stack,
                            Visitor&& visit) const {
  if (request.is_asterisk) return Visit(request, stack, visit);
  Frame* const bottom = Reserve(stack);
  VisitTrie<true>(nodes_[shared_root_], ~Hosts{0}, request.keys, bottom, visit);
  for (uint32_t root : own_roots_) {
    VisitTrie<false>(nodes_[root], kAnyHost, request.keys, bottom, visit);
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
    if (node->tail != 0) [[unlikely]] {
      VisitTail<kByHost>(search, search.nodes[node->tail], keys.subspan(position), top, visit);
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
void Matcher::VisitTail(const Search& search, const Node& root, Keys keys, Frame* bottom,
                        Visitor& visit) const {
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
