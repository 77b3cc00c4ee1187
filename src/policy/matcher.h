// SPDX-License-Identifier: Apache-2.0
//
// Finds all endpoints of a policy that match a host and a path.
//
// The idea. Endpoints are kept in tries of segments, one for each host pattern. Following a path
// from a trie's root, a node has at most one child for the literal segment, one for "any segment",
// and a few for globs and regular expressions; all that fit are followed, since a rule that denies
// may stand on any of them. Each node is reached by one way only, so that no path and no set of
// patterns makes the search repeat itself: it visits at most the nodes that the path's own prefixes
// reach.
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
// Cost: a look-up for each node that is followed. The literal children of all nodes stand in one
// table, 64 bytes each, the child's own record in it: one cache line a level. Nothing here trusts a
// hash: segments are compared. tests/differential compares it with a slow, plain decider.

#ifndef DOORWARD_POLICY_MATCHER_H_
#define DOORWARD_POLICY_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/huge_page_allocator.h"
#include "src/base/string_map.h"
#include "src/http/http.h"
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

  // Zeros stand for none.
  struct Node {
    uint32_t id = 0;       // names its literal children in the table
    uint32_t any = 0;      // child for "any segment": index into nodes_
    uint32_t leaf = 0;     // patterns that end here: a run of entries_
    uint32_t all = 0;      // patterns that end here with "**": a run of entries_
    uint32_t tail = 0;     // patterns that go on behind "**": index into nodes_ of the root of the
                           // trie of what follows it, reversed
    uint32_t special = 0;  // globs and regular expressions: index into specials_
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
    SegmentFilter filter;
    uint32_t matcher;  // index into segment_matchers_
    uint32_t child;    // index into nodes_
  };

  // Where the arrays begin, held by a search so that they are not looked up at each step.
  struct Arrays {
    const Node* nodes;
    const Slot* table;
    size_t table_mask;
    const MatchEntry* entries;
    const char* text;

    const Node* FindLiteral(const Node& node, const SegmentKey& key) const;
    bool HasRest(const Slot& slot, const SegmentKey& key) const;
  };

  Matcher();

  Arrays arrays() const {
    return {nodes_.data(), table_.data(), table_mask_, entries_.data(), text_.data()};
  }
  template <class Visitor>
  void VisitHosts(const CanonicalRequest& request, Frame* bottom, Visitor& visit) const;
  template <class Visitor>
  void VisitTrie(const Node& root, Keys keys, Frame* bottom, Visitor& visit) const;
  template <class Visitor>
  void VisitTail(const Node& root, Keys keys, Frame* bottom, Visitor& visit) const;
  // Puts on the stack the children of globs and regular expressions that match; returns its top.
  Frame* PushSpecials(const Node& node, const SegmentKey& key, size_t position, Frame* top) const;
  // Returns one of the children that `key` leads to, or null; puts the others on the stack, at
  // `position`.
  const Node* Follow(const Arrays& arrays, const Node& node, const SegmentKey& key, size_t position,
                     Frame*& top) const;
  Frame* Reserve(MatchStack& stack) const;

  std::vector<Node> nodes_;  // roots and children by anything but a literal; [0] unused
  Table table_;              // a power of two
  size_t table_mask_ = 0;
  std::string text_;
  std::vector<MatchEntry> entries_;  // in runs; [0] unused
  std::vector<RoleIndex> role_indices_;
  std::vector<Special> specials_;  // runs that end with child 0; [0] unused
  std::vector<SegmentMatcher> segment_matchers_;
  size_t max_frames_ = 0;       // that wait at once
  uint32_t any_host_root_ = 0;  // roots: indices into nodes_, 0 for none
  StringMap<uint32_t> host_roots_;
  StringMap<uint32_t> wildcard_roots_;  // by what follows "*."
  uint32_t asterisk_leaf_ = 0;          // OPTIONS *
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

inline bool Matcher::Arrays::HasRest(const Slot& slot, const SegmentKey& key) const {
  return key.is_short() || std::memcmp(text + slot.rest, key.text + SegmentKey::kHead,
                                       key.size - SegmentKey::kHead) == 0;
}

inline const Matcher::Node* Matcher::Arrays::FindLiteral(const Node& node,
                                                         const SegmentKey& key) const {
  for (size_t i = (key.hash ^ node.id) & table_mask;; i = (i + 1) & table_mask) {
    const Slot& slot = table[i];
    const uint64_t differs = (slot.low ^ key.low) | (slot.high ^ key.high) |
                             (slot.parent ^ node.id) | (slot.size ^ key.size);
    if (differs == 0 && HasRest(slot, key)) return &slot.child;
    if (slot.parent == 0) return nullptr;
  }
}

inline const Matcher::Node* Matcher::Follow(const Arrays& arrays, const Node& node,
                                            const SegmentKey& key, size_t position,
                                            Frame*& top) const {
  const Node* next = node.id != 0 ? arrays.FindLiteral(node, key) : nullptr;
  if (node.any != 0) {
    const Node* const any = &arrays.nodes[node.any];
    if (next != nullptr) *top++ = {any, position};
    if (next == nullptr) next = any;
  }
  if (node.special != 0) [[unlikely]] {
    top = PushSpecials(node, key, position, top);
  }
  return next;
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
  if (any_host_root_ != 0) VisitTrie(nodes_[any_host_root_], request.keys, bottom, visit);
  if (request.has_host && !(host_roots_.empty() && wildcard_roots_.empty())) {
    VisitHosts(request, bottom, visit);
  }
}

template <class Visitor>
void Matcher::VisitHosts(const CanonicalRequest& request, Frame* bottom, Visitor& visit) const {
  if (const auto found = host_roots_.find(request.host); found != host_roots_.end()) {
    VisitTrie(nodes_[found->second], request.keys, bottom, visit);
  }
  if (wildcard_roots_.empty() || request.host.starts_with('[')) return;
  for (size_t dot = request.host.find('.'); dot != std::string_view::npos;
       dot = request.host.find('.', dot + 1)) {
    const auto found = wildcard_roots_.find(request.host.substr(dot + 1));
    if (found != wildcard_roots_.end()) {
      VisitTrie(nodes_[found->second], request.keys, bottom, visit);
    }
  }
}

template <class Visitor>
void Matcher::VisitAllHosts(const CanonicalRequest& request, MatchStack& stack,
                            Visitor&& visit) const {
  if (request.is_asterisk) return Visit(request, stack, visit);
  Frame* const bottom = Reserve(stack);
  if (any_host_root_ != 0) VisitTrie(nodes_[any_host_root_], request.keys, bottom, visit);
  for (const StringMap<uint32_t>* roots : {&host_roots_, &wildcard_roots_}) {
    for (const auto& [host, root] : *roots) VisitTrie(nodes_[root], request.keys, bottom, visit);
  }
}

// One child of a node is followed at once; the others wait.
template <class Visitor>
void Matcher::VisitTrie(const Node& root, Keys keys, Frame* bottom, Visitor& visit) const {
  const Arrays arrays = this->arrays();
  Frame* top = bottom;
  const Node* node = &root;
  size_t position = 0;
  for (;;) {
    if (node->all != 0) visit(EntryRun(arrays.entries + node->all));
    if (node->tail != 0) [[unlikely]] {
      VisitTail(arrays.nodes[node->tail], keys.subspan(position), top, visit);
    }
    const Node* next = nullptr;
    if (position < keys.size()) {
      next = Follow(arrays, *node, keys[position], position + 1, top);
      ++position;
    } else if (node->leaf != 0) {
      visit(EntryRun(arrays.entries + node->leaf));
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
template <class Visitor>
void Matcher::VisitTail(const Node& root, Keys keys, Frame* bottom, Visitor& visit) const {
  const Arrays arrays = this->arrays();
  Frame* top = bottom;
  *top++ = {&root, keys.size()};
  while (top > bottom) {
    --top;
    const Node* node = static_cast<const Node*>(top->node);
    for (size_t position = top->position; node != nullptr;) {
      if (node->leaf != 0) visit(EntryRun(arrays.entries + node->leaf));
      if (position == 0) break;
      --position;
      node = Follow(arrays, *node, keys[position], position, top);
    }
  }
}

}  // namespace doorward

#endif  // DOORWARD_POLICY_MATCHER_H_
