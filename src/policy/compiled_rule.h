// SPDX-License-Identifier: Apache-2.0
//
// The rules of a policy as deciding and explaining look at them. A policy may have a hundred
// thousand: what all of them have stands in a few arrays that they share, into which each rule
// views.

#ifndef DOORWARD_POLICY_COMPILED_RULE_H_
#define DOORWARD_POLICY_COMPILED_RULE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/source.h"
#include "src/policy/method_table.h"
#include "src/policy/model.h"

namespace doorward {

struct CompiledEndpoint {
  uint32_t methods = 0;  // MethodTable's bits
  // Where a method has no bit of its own; else null.
  const std::vector<std::string>* method_names = nullptr;
  std::string_view host;  // as in EndpointModel
  std::string_view text;
};

// A capture of an endpoint's pattern, and which segments of a path it takes.
struct Capture {
  enum class Takes : uint8_t {
    kFromFront,  // the one after `before` others
    kFromBack,   // the one before `after` others: it stands behind `**`
    kTail,       // all but `before` at the front and `after` at the back
  };
  std::string name;
  Takes takes = Takes::kFromFront;
  uint32_t before = 0;
  uint32_t after = 0;
};

// Of a rule with `when`, `unless` or both.
struct RuleCondition {
  Expression when, unless;
  std::vector<std::vector<Capture>> captures;  // by endpoint; empty where none is asked for
};

struct CompiledRule {
  std::string_view id;
  uint32_t line = 0;
  bool deny = false;
  bool report_only = false;
  bool ignore_token = false;
  bool everyone = false;
  std::span<const uint32_t> roles;  // bits that fit, reserved names included
  std::span<const std::string> scopes;
  std::unique_ptr<const RuleCondition> condition;  // null for none
  std::span<const CompiledEndpoint> endpoints;

  // True where more than roles, by bits, decides whether it applies.
  bool special() const {
    return report_only || ignore_token || !scopes.empty() || condition != nullptr;
  }
};

class CompiledRules {
 public:
  // REQUIRES: rules that were checked. `methods` learns the methods that they name.
  CompiledRules(const std::vector<RuleModel>& rules, const SourceText& source,
                MethodTable& methods);
  CompiledRules(const CompiledRules&) = delete;
  CompiledRules& operator=(const CompiledRules&) = delete;

  size_t size() const { return rules_.size(); }
  const CompiledRule& operator[](size_t index) const { return rules_[index]; }
  size_t endpoint_count() const { return endpoints_.size(); }
  bool has_conditions() const { return has_conditions_; }

 private:
  void Reserve(const std::vector<RuleModel>& rules);
  void Add(const RuleModel& from, const SourceText& source, MethodTable& methods);
  std::string_view Keep(std::string_view text);
  std::span<const uint32_t> KeepRoles(const RuleModel& rule);
  // Null for an empty list.
  const std::vector<std::string>* Keep(const std::vector<std::string>& texts);
  std::span<const CompiledEndpoint> KeepEndpoints(const std::vector<EndpointModel>& endpoints,
                                                  MethodTable& methods);

  // INVARIANT: room for all was made beforehand, so that views last.
  std::vector<CompiledRule> rules_;
  std::vector<CompiledEndpoint> endpoints_;
  std::vector<uint32_t> role_bits_;
  std::string texts_;
  std::deque<std::vector<std::string>> lists_;  // which most rules have none of
  bool has_conditions_ = false;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_COMPILED_RULE_H_
