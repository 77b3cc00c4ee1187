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
// Cost: a hash look-up for each node that is followed. The literal children of all nodes stand in
// one table, 64 bytes each, the child's own record in it: one cache line a level. Nothing here
// trusts a hash: segments are compared. Tested by tests/differential against a matcher of forty
// lines.

#ifndef DOORWARD_POLICY_MATCHER_H_
#define DOORWARD_POLICY_MATCHER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/string_map.h"
#include "src/policy/model.h"
#include "src/policy/segment_hash.h"
#include "src/policy/segment_matcher.h"

namespace doorward {

// What stands at a leaf: a rule's endpoint, as far as a decision needs it at once.
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
  static constexpr uint32_t kFlags = kDeny | kSpecial;
};

// Follows branches that wait while another is followed. Kept in the scratch.
struct MatchStack {
  struct Frame {
    const void* node;
    uint32_t position;
  };
  std::vector<Frame> frames;
};

class Matcher {
 public:
  class Builder;

  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;
  ~Matcher();

  // Calls `visit(std::span<const MatchEntry>)` for the entries of each pattern that matches. An
  // entry is visited once. `visit` looks at methods itself. No allocation once `stack` is warm.
  template <class Visitor>
  void Visit(const CanonicalRequest& request, MatchStack& stack, Visitor&& visit) const;

  // The same without regard to the host: for explaining, not for deciding.
  template <class Visitor>
  void VisitAllHosts(const CanonicalRequest& request, MatchStack& stack, Visitor&& visit) const;

 private:
  struct Node {
    uint32_t id = 0;       // names its literal children in the table
    uint32_t any = 0;      // child for "any segment": index into nodes_, 0 for none
    uint32_t leaf = 0;     // patterns that end here: index into leaves_, 0 for none
    uint32_t tail = 0;     // "**" here: root of the trie of what follows it, reversed; its leaf are
                           // patterns that end so
    uint32_t special = 0;  // globs and regular expressions: index into specials_, 0 for none
    uint32_t has_literals = 0;
  };
  // A literal child, in an open-addressed table. The segment's first octets stand in it, so that
  // most are compared without leaving the cache line.
  struct alignas(64) Slot {
    static constexpr size_t kHead = 24;
    uint32_t parent = 0;  // id of the node above; 0 where the slot is free
    uint32_t tag = 0;     // of the hash
    uint32_t size = 0;    // of the segment
    uint32_t rest = 0;    // octets after the head: offset into text_
    char head[kHead] = {};
    Node child;
  };
  static_assert(sizeof(Slot) == 64);
  struct Leaf {
    uint32_t first = 0;
    uint32_t count = 0;
  };
  struct Special {
    uint32_t matcher;  // index into segment_matchers_
    uint32_t child;    // index into nodes_
  };

  Matcher();

  static uint64_t HashEdge(uint32_t parent, std::string_view segment) {
    return Mix(HashSegment(segment) ^ (parent * 0x9E3779B97F4A7C15u), 0xD6E8FEB86659FD93u);
  }
  const Node* FindLiteral(const Node& node, std::string_view segment) const;
  template <class Visitor>
  void VisitLeaf(uint32_t leaf, Visitor& visit) const {
    const Leaf& at = leaves_[leaf];
    visit(std::span<const MatchEntry>(entries_.data() + at.first, at.count));
  }
  template <class Visitor>
  void VisitTrie(const Node& root, std::span<const std::string_view> segments, MatchStack& stack,
                 Visitor& visit) const;
  template <class Visitor>
  void VisitTail(const Node& root, std::span<const std::string_view> segments, MatchStack& stack,
                 Visitor& visit) const;
  void PushSpecials(const Node& node, std::string_view segment, uint32_t position,
                    MatchStack& stack) const;
  // Puts on the stack the children that `segment` leads to, at `position`.
  void Push(const Node& node, std::string_view segment, uint32_t position, MatchStack& stack) const;

  std::vector<Node> nodes_;  // roots and children by anything but a literal; [0] unused
  std::vector<Slot> table_;  // a power of two
  size_t table_mask_ = 0;
  std::string text_;
  std::vector<Leaf> leaves_;  // [0] unused
  std::vector<MatchEntry> entries_;
  std::vector<Special> specials_;  // runs that end with child 0; [0] unused
  std::vector<SegmentMatcher> segment_matchers_;
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
  std::unique_ptr<State> state_;
};

// --- What must be seen to be compiled into its caller ---

inline const Matcher::Node* Matcher::FindLiteral(const Node& node, std::string_view segment) const {
  const uint64_t hash = HashEdge(node.id, segment);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  for (size_t i = hash & table_mask_;; i = (i + 1) & table_mask_) {
    const Slot& slot = table_[i];
    if (slot.parent == 0) return nullptr;
    if (slot.tag != tag || slot.parent != node.id || slot.size != segment.size()) continue;
    const size_t in_head = std::min(segment.size(), Slot::kHead);
    if (EqualOctets(slot.head, segment.data(), in_head) &&
        (segment.size() == in_head ||
         EqualOctets(text_.data() + slot.rest, segment.data() + in_head,
                     segment.size() - in_head))) {
      return &slot.child;
    }
  }
}

inline void Matcher::Push(const Node& node, std::string_view segment, uint32_t position,
                          MatchStack& stack) const {
  if (node.has_literals != 0) {
    if (const Node* child = FindLiteral(node, segment)) stack.frames.push_back({child, position});
  }
  if (node.any != 0) stack.frames.push_back({&nodes_[node.any], position});
  if (node.special != 0) [[unlikely]] {
    PushSpecials(node, segment, position, stack);
  }
}

template <class Visitor>
void Matcher::Visit(const CanonicalRequest& request, MatchStack& stack, Visitor&& visit) const {
  if (request.is_asterisk) {
    VisitLeaf(asterisk_leaf_, visit);
    return;
  }
  if (any_host_root_ != 0) VisitTrie(nodes_[any_host_root_], request.keys, stack, visit);
  if (!request.has_host || (host_roots_.empty() && wildcard_roots_.empty())) return;
  if (const auto found = host_roots_.find(request.host); found != host_roots_.end()) {
    VisitTrie(nodes_[found->second], request.keys, stack, visit);
  }
  if (wildcard_roots_.empty() || request.host.starts_with('[')) return;
  for (size_t dot = request.host.find('.'); dot != std::string_view::npos;
       dot = request.host.find('.', dot + 1)) {
    const auto found = wildcard_roots_.find(request.host.substr(dot + 1));
    if (found != wildcard_roots_.end()) {
      VisitTrie(nodes_[found->second], request.keys, stack, visit);
    }
  }
}

template <class Visitor>
void Matcher::VisitAllHosts(const CanonicalRequest& request, MatchStack& stack,
                            Visitor&& visit) const {
  if (request.is_asterisk) return VisitLeaf(asterisk_leaf_, visit);
  if (any_host_root_ != 0) VisitTrie(nodes_[any_host_root_], request.keys, stack, visit);
  for (const StringMap<uint32_t>* roots : {&host_roots_, &wildcard_roots_}) {
    for (const auto& [host, root] : *roots) VisitTrie(nodes_[root], request.keys, stack, visit);
  }
}

template <class Visitor>
void Matcher::VisitTrie(const Node& root, std::span<const std::string_view> segments,
                        MatchStack& stack, Visitor& visit) const {
  const size_t bottom = stack.frames.size();
  stack.frames.push_back({&root, 0});
  while (stack.frames.size() > bottom) {
    const MatchStack::Frame frame = stack.frames.back();
    stack.frames.pop_back();
    const Node& node = *static_cast<const Node*>(frame.node);
    if (node.tail != 0)
      VisitTail(nodes_[node.tail], segments.subspan(frame.position), stack, visit);
    if (frame.position == segments.size()) {
      if (node.leaf != 0) VisitLeaf(node.leaf, visit);
    } else {
      Push(node, segments[frame.position], frame.position + 1, stack);
    }
  }
}

// `segments` are those that "**" and what follows it may take; the trie is walked from their end.
template <class Visitor>
void Matcher::VisitTail(const Node& root, std::span<const std::string_view> segments,
                        MatchStack& stack, Visitor& visit) const {
  const size_t bottom = stack.frames.size();
  stack.frames.push_back({&root, static_cast<uint32_t>(segments.size())});
  while (stack.frames.size() > bottom) {
    const MatchStack::Frame frame = stack.frames.back();
    stack.frames.pop_back();
    const Node& node = *static_cast<const Node*>(frame.node);
    if (node.leaf != 0) VisitLeaf(node.leaf, visit);
    if (frame.position > 0) Push(node, segments[frame.position - 1], frame.position - 1, stack);
  }
}

}  // namespace doorward

#endif  // DOORWARD_POLICY_MATCHER_H_
