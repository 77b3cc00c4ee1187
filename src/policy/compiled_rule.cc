// SPDX-License-Identifier: Apache-2.0

#include "src/policy/compiled_rule.h"

#include <algorithm>

#include "src/policy/expression.h"
#include "src/policy/role_set.h"

namespace doorward {
namespace {

std::vector<Capture> CapturesOf(const EndpointModel& endpoint) {
  const std::vector<SegmentPattern>& path = endpoint.path;
  std::vector<Capture> captures;
  Capture::Takes takes = Capture::Takes::kFromFront;
  for (size_t i = 0; i < path.size(); ++i) {
    const bool is_tail = path[i].kind == SegmentPattern::Kind::kTail;
    if (is_tail) takes = Capture::Takes::kTail;
    if (!path[i].capture.empty()) {
      captures.push_back({path[i].capture, takes, static_cast<uint32_t>(i),
                          static_cast<uint32_t>(path.size() - 1 - i)});
    }
    if (is_tail) takes = Capture::Takes::kFromBack;
  }
  return captures;
}

std::unique_ptr<const RuleCondition> CompileCondition(const RuleModel& rule) {
  if (rule.when == nullptr && rule.unless == nullptr) return nullptr;
  auto condition = std::make_unique<RuleCondition>();
  condition->when = rule.when;
  condition->unless = rule.unless;
  const auto asks = [](const Expression& one) {
    return one != nullptr && Uses(*one, ExpressionVariable::kParams);
  };
  if (asks(rule.when) || asks(rule.unless)) {
    for (const EndpointModel& endpoint : rule.endpoints) {
      condition->captures.push_back(CapturesOf(endpoint));
    }
  }
  return condition;
}

}  // namespace

CompiledRules::CompiledRules(const std::vector<RuleModel>& rules, const SourceText& source,
                             MethodTable& methods) {
  Reserve(rules);
  for (const RuleModel& rule : rules) Add(rule, source, methods);
}

void CompiledRules::Reserve(const std::vector<RuleModel>& rules) {
  size_t endpoints = 0, role_bits = 0, octets = 0;
  for (const RuleModel& rule : rules) {
    role_bits += rule.roles.size() + (rule.everyone ? 1u : 0u) + (rule.authenticated ? 1u : 0u);
    endpoints += rule.endpoints.size();
    octets += rule.id.size();
    for (const EndpointModel& endpoint : rule.endpoints) {
      octets += endpoint.host.size() + endpoint.text.size();
    }
  }
  rules_.reserve(rules.size());
  endpoints_.reserve(endpoints);
  role_bits_.reserve(role_bits);
  texts_.reserve(octets);
}

void CompiledRules::Add(const RuleModel& from, const SourceText& source, MethodTable& methods) {
  CompiledRule& rule = rules_.emplace_back();
  rule.id = Keep(from.id);
  rule.line = source.Range(from.at).line;
  rule.deny = from.deny;
  rule.report_only = from.report_only;
  rule.ignore_token = from.ignore_token;
  rule.everyone = from.everyone;
  rule.roles = KeepRoles(from);
  if (const auto* const scopes = Keep(from.scopes)) rule.scopes = *scopes;
  rule.condition = CompileCondition(from);
  rule.endpoints = KeepEndpoints(from.endpoints, methods);
  has_conditions_ = has_conditions_ || rule.condition != nullptr;
}

std::string_view CompiledRules::Keep(std::string_view text) {
  const size_t at = texts_.size();
  texts_ += text;
  return std::string_view(texts_).substr(at);
}

const std::vector<std::string>* CompiledRules::Keep(const std::vector<std::string>& texts) {
  return texts.empty() ? nullptr : &lists_.emplace_back(texts);
}

std::span<const uint32_t> CompiledRules::KeepRoles(const RuleModel& rule) {
  const auto first = static_cast<ptrdiff_t>(role_bits_.size());
  if (rule.everyone) role_bits_.push_back(kEveryoneBit);
  if (rule.authenticated) role_bits_.push_back(kAuthenticatedBit);
  for (uint32_t role : rule.roles) role_bits_.push_back(role + kFirstRoleBit);
  std::sort(role_bits_.begin() + first, role_bits_.end());
  return {role_bits_.begin() + first, role_bits_.end()};
}

std::span<const CompiledEndpoint> CompiledRules::KeepEndpoints(
    const std::vector<EndpointModel>& endpoints, MethodTable& methods) {
  const auto first = static_cast<ptrdiff_t>(endpoints_.size());
  for (const EndpointModel& from : endpoints) {
    CompiledEndpoint& endpoint = endpoints_.emplace_back();
    endpoint.methods = methods.Add(from.methods);
    if ((endpoint.methods & MethodTable::kByName) != 0) endpoint.method_names = Keep(from.methods);
    endpoint.host = Keep(from.host);
    endpoint.text = Keep(from.text);
  }
  return {endpoints_.begin() + first, endpoints_.end()};
}

}  // namespace doorward
