// SPDX-License-Identifier: Apache-2.0

#include "doorward/decision.h"

#include "src/base/source.h"
#include "src/policy/decide.h"

namespace doorward {
namespace {

std::string ExplainLackedScopes(const DecisionData& data) {
  const CompiledRule& rule = data.program->rules[data.scopes_lacked_for];
  std::string text = "rule " + Quote(rule.id) + " asks for the scopes ";
  std::string_view separator;
  for (const std::string& scope : rule.scopes) {
    if (data.caller->holdings.HoldsScope(scope)) continue;
    text.append(separator).append(Quote(scope));
    separator = ", ";
  }
  return text + ", which the token lacks";
}

std::string ExplainRule(Reason reason, const DecisionData& data) {
  const std::string rule = "rule " + Quote(data.program->rules[data.rule].id);
  switch (reason) {
    case Reason::kAllowed:
      return rule + " allows it";
    case Reason::kDeniedByRule:
      return rule + " denies it";
    case Reason::kRolesIncomplete:
      return rule + " denies it, since the token does not tell in full what the caller holds";
    case Reason::kForwardValue:
      return rule +
             " allows it, but the caller has no value fit to be sent for the required header " +
             Quote(data.header_without_value->name);
    default:
      return std::string(ReasonText(reason)) + " (" + rule + ")";
  }
}

}  // namespace

std::string_view Decision::rule_id() const noexcept {
  return data_->rule == kNoRule ? "" : std::string_view(data_->program->rules[data_->rule].id);
}
std::span<const std::string_view> Decision::report() const noexcept { return data_->report; }
std::string_view Decision::method() const noexcept {
  return data_->canonical == nullptr ? "" : data_->canonical->method;
}
std::string_view Decision::host() const noexcept {
  return data_->canonical == nullptr ? "" : data_->canonical->host;
}
std::string_view Decision::path() const noexcept {
  return data_->canonical == nullptr ? "" : data_->canonical->path;
}
bool Decision::has_path() const noexcept { return data_->canonical != nullptr; }

std::string_view Decision::subject() const noexcept {
  return data_->caller == nullptr ? "" : data_->caller->holdings.subject;
}
std::string_view Decision::issuer() const noexcept {
  return data_->caller == nullptr ? "" : data_->caller->issuer;
}
JsonView Decision::claims() const noexcept {
  return data_->caller == nullptr ? JsonView() : data_->caller->claims;
}

std::vector<std::string_view> Decision::roles() const {
  std::vector<std::string_view> names;
  if (data_->caller == nullptr) return names;
  const RoleTable& table = data_->program->roles;
  for (uint32_t bit = kFirstRoleBit; bit < table.size() + kFirstRoleBit; ++bit) {
    if (data_->caller->holdings.held.Contains(bit)) names.push_back(table.name(bit));
  }
  return names;
}

std::span<const std::string_view> Decision::headers_to_remove() const noexcept {
  return data_->headers_to_remove;
}
std::span<const Header> Decision::headers_to_set() const noexcept { return data_->headers_to_set; }
std::string_view Decision::www_authenticate() const noexcept { return data_->www_authenticate; }
std::string_view Decision::policy_revision() const noexcept {
  return data_->program == nullptr ? "" : std::string_view(data_->program->revision);
}

std::string Decision::Explain() const {
  if (data_->refused != nullptr) {
    return ExplainRefusal(*data_->refused, data_->program->request, reason_);
  }
  if (reason_ == Reason::kMisdirected) {
    return data_->canonical->host.empty()
               ? "the request names no host, and the policy serves only some"
               : "the host " + Quote(data_->canonical->host) + " is not served here";
  }
  if (data_->rule != kNoRule) return ExplainRule(reason_, *data_);
  if (data_->scopes_lacked_for != kNoRule) return ExplainLackedScopes(*data_);
  if (data_->token.explain != nullptr && reason_ == data_->token.reason) {
    return data_->token.explain(reason_, data_->token.subject);
  }
  return std::string(ReasonText(reason_));
}

}  // namespace doorward
