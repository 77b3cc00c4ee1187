// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/policy/check.h"
#include "src/policy/endpoint.h"
#include "src/policy/host_coverage.h"
#include "src/policy/read_expression.h"

namespace doorward {
namespace {

constexpr std::string_view kRuleMembers[] = {"id",   "description", "allow", "deny",  "endpoints",
                                             "when", "unless",      "mode",  "token", "scopes"};
constexpr std::string_view kEndpointMembers[] = {"methods", "hosts", "paths"};
constexpr Word<bool> kModes[] = {{"report", true}};
constexpr Word<bool> kTokenWords[] = {{"ignore", true}};

class RulesCheck {
 public:
  RulesCheck(PolicyCheck& check, size_t rule_count)
      : check_(check),
        fields_(check.fields),
        reader_(check.model.request),
        hosts_(check.model.hosts),
        heirs_(check.model.roles.size()) {
    ids_.reserve(rule_count);
    for (const RoleModel& role : check.model.roles) {
      for (const uint32_t inherited : role.inherits) heirs_[inherited] = &role;
    }
  }

  void Check(const DocumentValue& value);

 private:
  void CheckId(const ObjectFields& rule, RuleModel& model);
  void CheckEffect(const ObjectFields& rule, RuleModel& model);
  void CheckCallers(const DocumentValue& value, std::string_view what, RuleModel& model);
  void WarnInheritedDenial(const DocumentValue& name, uint32_t role);
  void WarnCoveredRoles(const std::vector<DocumentValue>& names, const RuleModel& model);
  void CheckIgnoredToken(const ObjectFields& rule, RuleModel& model);
  Expression CheckCondition(const ObjectFields& rule, std::string_view name,
                            const RuleModel& model);
  void CheckCaptures(const DocumentValue& value, const cel::Program& condition,
                     const RuleModel& model);
  void CheckRoleNames(const DocumentValue& value, const cel::Program& condition);
  void WarnCaseCounts(const DocumentValue& value, const cel::Program& condition);
  void CheckEndpoints(const DocumentValue& value, RuleModel& model);
  void CheckEndpointText(const DocumentValue& value, RuleModel& model);
  void CheckEndpointObject(const DocumentValue& value, RuleModel& model);
  std::vector<std::string> CheckMethods(const ObjectFields& object);
  std::vector<std::string> CheckObjectHosts(const ObjectFields& object);
  void Combine(const DocumentValue& value, const std::vector<std::string>& methods,
               const std::vector<std::string>& hosts, const std::vector<DocumentValue>& paths,
               RuleModel& model);
  // Reports what the reader found in `value`. False where `ok` is.
  bool Take(const DocumentValue& value, bool ok);
  bool HasRoomFor(size_t weight, Span at);
  void CheckServed(const DocumentValue& value, std::string_view host);

  PolicyCheck& check_;
  Fields& fields_;
  EndpointReader reader_;
  HostCoverage hosts_;
  std::vector<const RoleModel*> heirs_;  // by role: one that inherits it, or null
  NameIndex ids_;
  std::vector<Span> id_spans_;
  size_t weight_ = 0;
  bool is_full_ = false;
  bool is_refused_ = false;  // an endpoint of the rule at hand
};

void RulesCheck::Check(const DocumentValue& value) {
  const ObjectFields rule(fields_, value, "a rule", kRuleMembers);
  if (!rule.is_object()) return;
  RuleModel& model = check_.model.rules.emplace_back();
  model.at = value.at();
  CheckId(rule, model);
  if (const DocumentValue* const description = rule.Find("description")) {
    model.description = fields_.AnyText(*description, "`description` of a rule").value_or("");
  }
  CheckEffect(rule, model);
  if (const DocumentValue* const scopes = rule.Find("scopes")) {
    model.scopes = fields_.Texts(*scopes, "`scopes` of a rule", ListSize::kAny);
  }
  if (const DocumentValue* const mode = rule.Find("mode")) {
    model.report_only = fields_.OneOf(*mode, "`mode` of a rule", kModes).value_or(false);
  }
  CheckIgnoredToken(rule, model);
  is_refused_ = false;
  const DocumentValue* const endpoints = rule.Require("endpoints", "one endpoint or more");
  if (endpoints != nullptr) CheckEndpoints(*endpoints, model);
  model.when = CheckCondition(rule, "when", model);
  model.unless = CheckCondition(rule, "unless", model);
}

Expression RulesCheck::CheckCondition(const ObjectFields& rule, std::string_view name,
                                      const RuleModel& model) {
  const DocumentValue* const value = rule.Find(name);
  if (value == nullptr) return nullptr;
  const auto place =
      model.ignore_token ? ExpressionPlace::kRuleWithoutToken : ExpressionPlace::kRule;
  Expression condition = ReadExpression(fields_, *value, Quote(name) + " of a rule", place, 'b');
  if (condition == nullptr) return nullptr;
  CheckCaptures(*value, *condition, model);
  WarnCaseCounts(*value, *condition);
  CheckRoleNames(*value, *condition);
  return condition;
}

// Reports names of captures that no endpoint of the rule has. Where an endpoint is wrong itself,
// what it captures is not known.
void RulesCheck::CheckCaptures(const DocumentValue& value, const cel::Program& condition,
                               const RuleModel& model) {
  std::vector<std::string_view> captures;
  for (const EndpointModel& endpoint : model.endpoints) {
    for (const SegmentPattern& segment : endpoint.path) {
      if (!segment.capture.empty()) captures.push_back(segment.capture);
    }
  }
  if (is_refused_) return;
  for (const cel::MemberUse& use : condition.MembersOf(PlaceOf(ExpressionVariable::kParams))) {
    if (std::find(captures.begin(), captures.end(), use.name) != captures.end()) continue;
    fields_.Error(PlaceInPolicy(value, use.at), "unknown_capture",
                  "no endpoint of this rule captures " + Quote(use.name),
                  {"a name that stands in braces in an endpoint, as in `/orders/{id}`",
                   fields_.Suggest(use.name, captures)});
  }
}

// Warns of conditions on a path whose case the endpoints ignore: `/Users/ADMIN` is matched like
// `/users/admin`, and compared as it came.
void RulesCheck::WarnCaseCounts(const DocumentValue& value, const cel::Program& condition) {
  if (check_.model.request.path_case != RequestRules::PathCase::kFold) return;
  for (const ExpressionVariable variable :
       {ExpressionVariable::kParams, ExpressionVariable::kPath}) {
    const std::optional<Span> use = condition.FirstUse(PlaceOf(variable));
    if (!use) continue;
    fields_.Warning(PlaceInPolicy(value, *use), "case_counts",
                    "endpoints ignore case here (`path_case: fold`), and conditions do not",
                    {"", "compare with `.lowerAscii()`"});
  }
}

// Warns of roles that are looked for in `roles` and can never be held.
void RulesCheck::CheckRoleNames(const DocumentValue& value, const cel::Program& condition) {
  for (const cel::MemberUse& use : condition.MembersOf(PlaceOf(ExpressionVariable::kRoles))) {
    if (!check_.roles.complete || check_.roles.index.contains(use.name)) continue;
    fields_.Warning(
        PlaceInPolicy(value, use.at), "unknown_role",
        "no caller can hold the role " + Quote(use.name) + ", which is not declared",
        {"a role that `roles` declares", fields_.Suggest(use.name, check_.roles.names)});
  }
}

void RulesCheck::CheckId(const ObjectFields& rule, RuleModel& model) {
  const DocumentValue* const id = rule.Require("id", "a name for this rule, which decisions tell");
  if (id == nullptr) return;
  const std::optional<std::string_view> name = fields_.Name(*id, "`id` of a rule");
  if (!name) return;
  model.id = std::string(*name);
  const auto [found, inserted] = ids_.emplace(*name, static_cast<uint32_t>(id_spans_.size()));
  if (inserted) {
    id_spans_.push_back(id->at());
    return;
  }
  const uint32_t line = fields_.Line(id_spans_[found->second]);
  fields_.Error(id->at(), "duplicate_rule", "two rules have the id " + Quote(*name),
                {"an id of its own for each rule", "the first is in line " + std::to_string(line)});
}

void RulesCheck::CheckEffect(const ObjectFields& rule, RuleModel& model) {
  if (rule.Has("allow") && rule.Has("deny")) {
    fields_.Error(rule.WholeSpan("deny"), "allow_and_deny", "a rule cannot both allow and deny",
                  {"either `allow` or `deny`", "make two rules of it"});
  } else if (!rule.Has("allow") && !rule.Has("deny") && !rule.is_partial()) {
    fields_.Error(rule.start(), "missing_member", "a rule has neither `allow` nor `deny`",
                  {"one of them, with the roles that it is for", ""});
  }
  if (const DocumentValue* const deny = rule.Find("deny")) {
    model.deny = true;
    CheckCallers(*deny, "`deny`", model);
  }
  if (const DocumentValue* const allow = rule.Find("allow")) {
    CheckCallers(*allow, "`allow`", model);
  }
}

void RulesCheck::CheckCallers(const DocumentValue& value, std::string_view what, RuleModel& model) {
  const std::vector<DocumentValue> names = fields_.List(value, what, ListSize::kNotEmpty);
  for (const DocumentValue& name : names) {
    const std::optional<std::string_view> text = fields_.Text(name, what);
    if (!text) continue;
    if (*text == kEveryone) {
      model.everyone = true;
    } else if (*text == kAuthenticated) {
      model.authenticated = true;
    } else if (const std::optional<uint32_t> role =
                   FindDeclaredRole(check_, name, ReservedNames::kFit)) {
      model.roles.push_back(*role);
      if (model.deny) WarnInheritedDenial(name, *role);
    }
  }
  fields_.WarnRepeated(names);
  WarnCoveredRoles(names, model);
}

void RulesCheck::WarnInheritedDenial(const DocumentValue& name, uint32_t role) {
  if (heirs_[role] == nullptr) return;
  fields_.Warning(name.at(), "inherited_denial",
                  "denying " + Quote(name.text()) + " also denies " + Quote(heirs_[role]->name) +
                      ", which inherits it",
                  {"", "deny a role that none inherits, if that is not meant"});
}

// Warns of names beside a reserved one that covers them.
void RulesCheck::WarnCoveredRoles(const std::vector<DocumentValue>& names, const RuleModel& model) {
  if (!model.everyone && !model.authenticated) return;
  const std::string_view covering = model.everyone ? kEveryone : kAuthenticated;
  for (const DocumentValue& name : names) {
    if (!name.is_string() || name.text() == kEveryone || name.text() == covering) continue;
    fields_.Warning(name.at(), "covered_name",
                    Quote(name.text()) + " adds nothing to " + Quote(covering) + " beside it",
                    {"", "remove one of them"});
  }
}

void RulesCheck::CheckIgnoredToken(const ObjectFields& rule, RuleModel& model) {
  const DocumentValue* const token = rule.Find("token");
  if (token == nullptr) return;
  model.ignore_token = fields_.OneOf(*token, "`token` of a rule", kTokenWords).value_or(false);
  if (!model.ignore_token) return;
  const bool allows_everyone = !model.deny && model.everyone && !rule.Has("deny") &&
                               !model.authenticated && model.roles.empty();
  if (!allows_everyone || rule.Has("scopes")) {
    fields_.Error(rule.WholeSpan("token"), "ignored_token",
                  "a rule that ignores the token cannot ask for what only a token tells",
                  {"`allow: [everyone]` alone, without `scopes`", ""});
  }
}

bool RulesCheck::Take(const DocumentValue& value, bool ok) {
  is_refused_ = is_refused_ || !ok;
  for (const EndpointFault& fault : reader_.faults()) {
    const bool is_kept = fields_.Keeps(fault.severity);
    const Span at = is_kept ? value.Part(fault.offset, fault.length) : value.at();
    const DiagnosticHelp help{fault.expected, fault.suggestion};
    if (fault.severity == Severity::kError) {
      fields_.Error(at, fault.code, fault.message, help);
    } else {
      fields_.Warning(at, fault.code, fault.message, help);
    }
  }
  return ok;
}

bool RulesCheck::HasRoomFor(size_t weight, Span at) {
  weight_ += weight;
  if (weight_ + reader_.weight() <= kMaxPatternWeight) return true;
  if (!is_full_) {
    fields_.Error(at, "too_many_endpoints", "the endpoints of this policy are too many to compile",
                  {"at most 4,000,000 segments in all endpoints together", ""});
  }
  is_full_ = true;
  return false;
}

void RulesCheck::CheckServed(const DocumentValue& value, std::string_view host) {
  if (host.empty() || hosts_.Covers(host)) return;
  fields_.Warning(value.at(), "host_not_served",
                  "`hosts` has no host that " + Quote(host) + " stands for: this matches nothing",
                  {"", "add it to `hosts`"});
}

void RulesCheck::CheckEndpoints(const DocumentValue& value, RuleModel& model) {
  const std::vector<DocumentValue> list =
      fields_.List(value, "`endpoints` of a rule", ListSize::kNotEmpty);
  model.endpoints.reserve(list.size());
  for (const DocumentValue& endpoint : list) {
    if (endpoint.kind() == DocumentValue::Kind::kObject) {
      CheckEndpointObject(endpoint, model);
    } else {
      CheckEndpointText(endpoint, model);
    }
  }
  fields_.WarnRepeated(list);
}

void RulesCheck::CheckEndpointText(const DocumentValue& value, RuleModel& model) {
  const std::optional<std::string_view> text = fields_.Text(value, "an endpoint");
  if (!text || !HasRoomFor(0, value.at())) return;
  EndpointModel endpoint;
  endpoint.at = value.at();
  if (!Take(value, reader_.Read(*text, &endpoint))) return;
  endpoint.text = std::string(*text);
  CheckServed(value, endpoint.host);
  model.endpoints.push_back(std::move(endpoint));
}

std::vector<std::string> RulesCheck::CheckMethods(const ObjectFields& object) {
  std::vector<std::string> methods;
  const DocumentValue* const value = object.Find("methods");
  if (value == nullptr) return methods;
  constexpr std::string_view kWhat = "`methods` of an endpoint";
  const std::vector<DocumentValue> list = fields_.List(*value, kWhat, ListSize::kNotEmpty);
  if (list.size() == 1 && list[0].is_string() && list[0].text() == "*") return methods;
  for (const DocumentValue& method : list) {
    const std::optional<std::string_view> text = fields_.Text(method, kWhat);
    if (text) Take(method, reader_.ReadMethod(*text, &methods));
  }
  return methods;
}

std::vector<std::string> RulesCheck::CheckObjectHosts(const ObjectFields& object) {
  const DocumentValue* const value = object.Find("hosts");
  if (value == nullptr) return {""};
  std::vector<std::string> hosts;
  constexpr std::string_view kWhat = "`hosts` of an endpoint";
  const std::vector<DocumentValue> list = fields_.List(*value, kWhat, ListSize::kNotEmpty);
  for (const DocumentValue& host : list) {
    const std::optional<std::string_view> text = fields_.Text(host, kWhat);
    std::string name;
    if (!text || !Take(host, reader_.ReadHost(*text, &name))) continue;
    CheckServed(host, name);
    hosts.push_back(std::move(name));
  }
  fields_.WarnRepeated(list);
  return hosts;
}

void RulesCheck::CheckEndpointObject(const DocumentValue& value, RuleModel& model) {
  const ObjectFields object(fields_, value, "an endpoint", kEndpointMembers);
  const std::vector<std::string> methods = CheckMethods(object);
  const std::vector<std::string> hosts = CheckObjectHosts(object);
  const DocumentValue* const paths = object.Require("paths", "one path or more");
  if (paths == nullptr) return;
  constexpr std::string_view kWhat = "`paths` of an endpoint";
  const std::vector<DocumentValue> list = fields_.List(*paths, kWhat, ListSize::kNotEmpty);
  std::vector<DocumentValue> texts;
  for (const DocumentValue& path : list) {
    if (fields_.Text(path, kWhat)) texts.push_back(path);
  }
  fields_.WarnRepeated(list);
  Combine(value, methods, hosts, texts, model);
}

// Makes an endpoint of each host with each path.
void RulesCheck::Combine(const DocumentValue& value, const std::vector<std::string>& methods,
                         const std::vector<std::string>& hosts,
                         const std::vector<DocumentValue>& paths, RuleModel& model) {
  const bool is_options = methods == std::vector<std::string>{"OPTIONS"};
  for (const DocumentValue& path : paths) {
    EndpointModel endpoint;
    endpoint.at = path.at();
    endpoint.methods = methods;
    endpoint.text = std::string(path.text());
    endpoint.is_asterisk =
        path.text() == "*" && is_options && hosts == std::vector<std::string>{""};
    const size_t weight_before = reader_.weight();
    if (!endpoint.is_asterisk && !Take(path, reader_.ReadPath(path.text(), &endpoint.path))) {
      continue;
    }
    const size_t weight = kEndpointWeight + methods.size() + reader_.weight() - weight_before;
    if (!HasRoomFor(weight * hosts.size(), value.at())) return;
    for (const std::string& host : hosts) {
      endpoint.host = host;
      model.endpoints.push_back(endpoint);
    }
  }
}

}  // namespace

void CheckRules(PolicyCheck& check, const DocumentValue& section) {
  if (section.kind() != DocumentValue::Kind::kList) {
    check.fields.WrongType(section, "`rules`", "a list of rules");
    return;
  }
  const std::vector<DocumentValue> list =
      check.fields.List(section, "`rules`", ListSize::kAny, kMaxRules);
  check.model.rules.reserve(list.size());
  RulesCheck rules(check, list.size());
  for (const DocumentValue& rule : list) rules.Check(rule);
}

}  // namespace doorward
