// SPDX-License-Identifier: Apache-2.0
//
// A map from host patterns: exact names and wildcards.

#ifndef DOORWARD_POLICY_HOST_MAP_H_
#define DOORWARD_POLICY_HOST_MAP_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/string_map.h"

namespace doorward {

template <class Value>
class HostMap {
 public:
  // The value of a pattern, made where there is none. `pattern` is canonical; "*.example.com"
  // stands for one or more labels before it.
  Value& operator[](std::string_view pattern) {
    if (!pattern.starts_with("*.")) return exact_[pattern];
    pattern.remove_prefix(2);
    wildcard_sizes_ |= SizeBit(pattern);
    return wildcards_[pattern];
  }

  bool empty() const { return exact_.empty() && wildcards_.empty(); }

  // Calls `visit(value)` for each pattern that `host`, which is canonical, matches.
  // Cost: a look-up for each label of `host`, but for those that tell by their size.
  template <class Visitor>
  void Visit(std::string_view host, const Visitor& visit) const {
    if (const auto found = exact_.find(host); found != exact_.end()) visit(found->second);
    VisitWildcards(host, visit);
  }

  // The same for those that are wildcards.
  template <class Visitor>
  void VisitWildcards(std::string_view host, const Visitor& visit) const {
    if (wildcards_.empty() || host.starts_with('[')) return;
    for (size_t dot = host.find('.'); dot != std::string_view::npos;
         dot = host.find('.', dot + 1)) {
      const std::string_view base = host.substr(dot + 1);
      if ((wildcard_sizes_ & SizeBit(base)) == 0) continue;
      if (const auto found = wildcards_.find(base); found != wildcards_.end()) visit(found->second);
    }
  }

  bool Matches(std::string_view host) const {
    bool matches = false;
    Visit(host, [&](const Value&) { matches = true; });
    return matches;
  }
  bool MatchesWildcard(std::string_view host) const {
    bool matches = false;
    VisitWildcards(host, [&](const Value&) { matches = true; });
    return matches;
  }

 private:
  static uint64_t SizeBit(std::string_view base) { return uint64_t{1} << (base.size() & 63); }

  StringMap<Value> exact_;
  StringMap<Value> wildcards_;  // by what follows "*."
  uint64_t wildcard_sizes_ = 0;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_HOST_MAP_H_
