// SPDX-License-Identifier: Apache-2.0
//
// The limit: how fast can an exact decision be at all? One wide pass finds the slashes, one
// multiplication hashes a segment, a flat table holds the trie's edges, all overlapping patterns
// are followed, a denial ends the search. It trusts its hashes, reads past the end of the path
// (which it wants padded), knows no hosts and names no rule: a real matcher must do better, so this
// is a yardstick and no model. Needs AVX2 and BMI2.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_LIMIT_MATCHER_H_
#define DOORWARD_BENCHMARKS_SUPPORT_LIMIT_MATCHER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {

class LimitMatcher {
 public:
  // What is resolved beforehand.
  struct Prepared {
    static constexpr uint32_t kMaxPath = 127;
    char path[kMaxPath + 33];
    uint32_t size;
    uint32_t method;
    const uint64_t* roles;
  };

  explicit LimitMatcher(const Workload& workload);

  static bool Supported();
  Prepared Prepare(const WorkloadRequest& request, const uint64_t* roles) const;
  bool Decide(const Prepared& request) const;

 private:
  struct Slot {
    uint64_t key;
    uint32_t child;
  };
  struct Node {
    uint32_t any, tail, leaf, literals;
  };
  struct Entry {
    uint32_t word, methods;
    uint64_t roles;
  };
  struct Leaf {
    uint32_t first, count;
  };

  uint32_t Find(uint32_t node, uint64_t hash) const;
  bool Denies(uint32_t leaf, const Prepared& request, bool& allow) const;

  std::vector<Node> nodes_;
  std::vector<Slot> table_;
  std::vector<Leaf> leaves_;
  std::vector<Entry> entries_;
  uint64_t mask_ = 0;
};

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_LIMIT_MATCHER_H_
