// SPDX-License-Identifier: Apache-2.0
//
// The limit: how fast can an exact decision be at all? One wide pass finds the slashes, one
// multiplication hashes a segment, a flat table holds the trie's edges and their nodes, all
// overlapping patterns are followed, a denial ends the search. It trusts its hashes, reads past the
// end of the path (which it wants padded), knows no hosts and names no rule: a real matcher must do
// better, so this is a yardstick and no model. Needs AVX2 and BMI.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_LIMIT_MATCHER_H_
#define DOORWARD_BENCHMARKS_SUPPORT_LIMIT_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {

class LimitMatcher {
 public:
  // What is resolved beforehand.
  struct Prepared {
    static constexpr uint32_t kMaxPath = 127;
    char path[kMaxPath + 17];  // what is read beyond the path

    uint32_t size;
    uint32_t method;
    const uint64_t* roles;
  };

  explicit LimitMatcher(const Workload& workload);

  static bool Supported();
  Prepared Prepare(const WorkloadRequest& request, const uint64_t* roles) const;
  bool Decide(const Prepared& request) const;
  // Decides one after the other, without a call between; returns how many are allowed.
  size_t CountAllowed(std::span<const Prepared> requests) const;

 private:
  struct Node {
    uint32_t id;    // names its literal children in the table
    uint32_t any;   // index into any_, 0 for none, as of all
    uint32_t tail;  // of leaves
    uint32_t leaf;
    uint32_t literals;
  };
  struct Slot {
    uint64_t key;
    Node node;
  };
  struct Entry {
    uint32_t word, methods;
    uint64_t roles;
  };
  struct Leaf {
    uint32_t first, count;
  };
  struct Trie;

  bool DecideInline(const Prepared& request) const;
  void LayOut(const Trie& trie);
  const Node* Find(uint32_t parent, uint64_t hash) const;
  bool Denies(uint32_t leaf, const Prepared& request, bool& allow) const;

  Node root_{};
  std::vector<Slot> table_;
  std::vector<Node> any_;
  std::vector<Leaf> leaves_;
  std::vector<Entry> entries_;
  uint64_t mask_ = 0;
};

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_LIMIT_MATCHER_H_
