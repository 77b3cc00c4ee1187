// SPDX-License-Identifier: Apache-2.0
//
// What a Matcher searches: the endpoints of a policy in tries of segments, laid out flat. How they
// stand for the endpoints is told in matcher.h; MatchTrieBuilder makes them.

#ifndef DOORWARD_POLICY_MATCH_TRIE_H_
#define DOORWARD_POLICY_MATCH_TRIE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/base/huge_page_allocator.h"
#include "src/policy/host_map.h"
#include "src/policy/match_entry.h"
#include "src/policy/role_index.h"
#include "src/policy/segment_matcher.h"

namespace doorward {

struct MatchTrie {
  // A set of the host patterns that share a trie. "Any host" is always one of them.
  using Hosts = uint32_t;
  static constexpr uint32_t kSharing = 32;
  static constexpr Hosts kAnyHost = 1;

  // Zeros stand for none.
  struct Node {
    uint32_t id = 0;    // names its literal children in the table
    uint32_t any = 0;   // child for "any segment": index into nodes
    uint32_t leaf = 0;  // patterns that end here: a run of entries
    uint32_t all = 0;   // patterns that end here with "**": a run of entries
    uint32_t rare = 0;  // index into rares
    Hosts hosts = 0;    // whose patterns end here or below
  };
  // What few nodes have.
  struct Rare {
    uint32_t tail = 0;     // patterns that go on behind "**": index into nodes of the root of the
                           // trie of what follows it, reversed
    uint32_t special = 0;  // globs and regular expressions: index into specials
  };
  // A literal child, in an open-addressed table.
  struct alignas(64) Slot {
    uint64_t low = 0, high = 0;  // as in the segment's key
    uint32_t parent = 0;         // id of the node above; 0 where the slot is free
    uint32_t size = 0;           // of the segment
    uint32_t rest = 0;           // octets behind the key's head: offset into text
    Node child;
  };
  static_assert(sizeof(Slot) == 64);
  using Table = std::vector<Slot, HugePageAllocator<Slot>>;
  struct Special {
    SegmentFilter filter = {};
    Hosts hosts = 0;       // the child's
    uint32_t matcher = 0;  // index into segment_matchers
    uint32_t child = 0;    // index into nodes; 0 ends a run
  };

  std::vector<Node> nodes;  // roots and children by anything but a literal; [0] unused
  std::vector<Rare> rares;  // [0] unused
  Table table;              // a power of two
  size_t table_mask = 0;
  std::string text;
  std::vector<MatchEntry> entries;  // in runs; [0] unused
  // Where there are runs of several hosts, this tells where each begins, in the hosts' order. What
  // stands for all of them is an entry whose `roles` are the hosts and whose `rule` is the first's
  // place here; or a special without a child whose `matcher` is.
  std::vector<uint32_t> host_runs;
  std::vector<RoleIndex> role_indices;
  // In runs; [0] unused. Where not all at a node are for the same hosts, there is a run for each
  // host: one special of several hosts stands in several.
  std::vector<Special> specials;
  std::vector<SegmentMatcher> segment_matchers;
  size_t max_frames = 0;            // that wait at once in a search
  HostMap<uint32_t> hosts;          // numbered from 1; 0 is "any host"
  uint32_t shared_root = 0;         // index into nodes
  std::vector<uint32_t> own_roots;  // the same for the hosts from kSharing on
  uint32_t asterisk_leaf = 0;       // OPTIONS *
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_MATCH_TRIE_H_
