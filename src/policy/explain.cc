// SPDX-License-Identifier: Apache-2.0

#include "src/policy/explain.h"

#include <map>
#include <set>
#include <utility>

#include "src/base/source.h"
#include "src/policy/activation.h"
#include "src/policy/decide.h"
#include "src/policy/rule_check.h"

namespace doorward {
namespace {

using Endpoint = std::pair<uint32_t, uint32_t>;  // rule, place among its endpoints

// The endpoints that match the path, by how much more of the request they match.
struct Matches {
  std::set<Endpoint> whole;
  std::set<Endpoint> path_only;  // method or host differ
};

Matches FindMatches(const PolicyProgram& program, PolicyScratch& scratch) {
  Matches found;
  const CanonicalRequest& canonical = scratch.canonical;
  const uint32_t bit = program.methods.Bit(canonical.method);
  program.matcher.Visit(canonical, scratch.stack, [&](std::span<const MatchEntry> entries) {
    for (const MatchEntry& entry : entries) {
      const CompiledEndpoint& endpoint = program.rules[entry.rule].endpoints[entry.endpoint];
      const bool whole = MeansMethod(endpoint, canonical.method, bit);
      (whole ? found.whole : found.path_only).emplace(entry.rule, entry.endpoint);
    }
  });
  program.matcher.VisitAllHosts(canonical, scratch.stack, [&](std::span<const MatchEntry> entries) {
    for (const MatchEntry& entry : entries) {
      const Endpoint endpoint(entry.rule, entry.endpoint);
      if (!found.whole.contains(endpoint)) found.path_only.insert(endpoint);
    }
  });
  return found;
}

std::vector<ConditionExplanation> ExplainConditions(const CompiledRule& rule,
                                                    cel::Machine& machine) {
  std::vector<ConditionExplanation> out;
  if (rule.condition == nullptr) return out;
  const std::pair<std::string_view, const Expression&> members[] = {
      {"when", rule.condition->when}, {"unless", rule.condition->unless}};
  for (const auto& [member, expression] : members) {
    if (expression == nullptr) continue;
    constexpr size_t kMaxValue = 120;
    const std::string_view text = expression->text();
    ConditionExplanation& one = out.emplace_back();
    one.member = member;
    one.text = text;
    one.value = cel::ToText(expression->Evaluate(machine), kMaxValue);
    machine.Refill();
    for (const cel::TracedValue& traced : expression->Trace(machine)) {
      one.operands.push_back(
          {std::string(text.substr(traced.at.offset, traced.at.length)), traced.value});
    }
  }
  return out;
}

// Whether a rule that applies is one of those that the decision rests on. A refused token leaves
// only rules that ignore it; else such a rule counts where it is the one named, for it may have
// been barred by what denies a caller without a token.
bool HasDecided(const CompiledRule& rule, const Decision& decision, const TokenStatus& token) {
  if (rule.report_only || decision.rule_id().empty()) return false;
  const bool denied = !decision.allowed() && decision.reason() != Reason::kForwardValue;
  if (rule.deny != denied) return false;
  if (rule.id == decision.rule_id()) return true;
  return rule.deny || rule.ignore_token == (token.kind == TokenStatus::Kind::kRefused);
}

RuleExplanation ExplainRule(const PolicyProgram& program, Endpoint at, const CallerData& caller,
                            const Decision& decision, PolicyScratch& scratch) {
  const CompiledRule& rule = program.rules[at.first];
  const Holdings& holdings = caller.holdings;
  const Truth role = HoldsARole(rule, holdings);
  const Truth scopes = HoldsScopes(rule, holdings);

  RuleExplanation out;
  out.rule_id = rule.id;
  out.deny = rule.deny;
  out.report_only = rule.report_only;
  out.ignores_token = rule.ignore_token;
  out.endpoint = rule.endpoints[at.second].text;
  out.line = rule.line;
  const Truth condition = HoldsCondition(rule, at.second, scratch.activation, scratch.machine);
  scratch.machine.Refill();
  out.conditions = ExplainConditions(rule, scratch.machine);
  if (Applies(rule.deny, {role, scopes, condition})) {
    const bool doubt =
        role == Truth::kUnknown || scopes == Truth::kUnknown || condition == Truth::kUnknown;
    out.outcome = doubt ? RuleOutcome::kAppliesByDoubt : RuleOutcome::kApplies;
    out.decided = HasDecided(rule, decision, scratch.decision.token);
  } else if (!rule.deny && condition == Truth::kUnknown) {
    out.outcome = RuleOutcome::kFails;
  }
  for (uint32_t bit : rule.roles) {
    const std::string name(program.roles.name(bit));
    out.roles_any_of.push_back(name);
    if (role == Truth::kYes || holdings.held.Contains(bit)) continue;
    out.missing_roles.push_back(name);
    if (holdings.roles_in_doubt && holdings.unknown.Contains(bit))
      out.unknown_roles.push_back(name);
  }
  for (const std::string& scope : rule.scopes) {
    if (holdings.HoldsScope(scope)) continue;
    out.missing_scopes.push_back(scope);
    if (holdings.scopes_in_doubt) out.unknown_scopes.push_back(scope);
  }
  return out;
}

NearMiss ExplainNearMiss(const PolicyProgram& program, Endpoint at,
                         const CanonicalRequest& canonical) {
  const CompiledRule& rule = program.rules[at.first];
  const CompiledEndpoint& endpoint = rule.endpoints[at.second];
  const bool method =
      MeansMethod(endpoint, canonical.method, program.methods.Bit(canonical.method));
  std::string why = method ? "it is for the host " + Quote(endpoint.host)
                           : "it is not for the method " + Quote(canonical.method);
  return {rule.id, endpoint.text, std::move(why)};
}

std::string Join(const std::vector<std::string>& names, std::string_view conjunction) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " " + std::string(conjunction) + " " : ", ";
    out += Quote(names[i]);
  }
  return out;
}

// What a condition would have to be: true for `when`, false for `unless`.
std::string ConditionAdvice(const RuleExplanation& rule) {
  std::string wants;
  for (const ConditionExplanation& condition : rule.conditions) {
    const std::string_view needed = condition.member == "when" ? "true" : "false";
    if (condition.value == needed) continue;
    wants += (wants.empty() ? "`" : " and `") + condition.member + "` being " + std::string(needed);
  }
  return wants;
}

std::string AdviceFor(const RuleExplanation& rule, bool has_token) {
  std::string wants;
  if (!rule.missing_roles.empty()) {
    if (rule.missing_roles == std::vector<std::string>{"authenticated"}) {
      wants = "a verified token";
    } else {
      wants = (has_token ? "the role " : "a token that gives the role ") +
              Join(rule.missing_roles, "or");
    }
  }
  if (!rule.missing_scopes.empty()) {
    wants += (wants.empty() ? "the scope " : " and the scope ") + Join(rule.missing_scopes, "and");
  }
  if (const std::string condition = ConditionAdvice(rule); !condition.empty()) {
    wants += (wants.empty() ? "" : " and ") + condition;
  }
  return "rule " + Quote(rule.rule_id) + " would allow it with " + wants;
}

void AddAdvice(const CallerData& caller, Explanation& out) {
  if (out.allowed || (out.http_status != 403 && out.reason != Reason::kNoToken)) return;
  bool denied = false;
  for (const RuleExplanation& rule : out.rules) {
    if (rule.deny && rule.decided) {
      denied = true;
      out.advice.push_back("rule " + Quote(rule.rule_id) +
                           " denies it; no other rule can allow what a rule denies");
    }
  }
  if (denied) return;
  for (const RuleExplanation& rule : out.rules) {
    const bool lacks =
        rule.outcome == RuleOutcome::kDoesNotApply || rule.outcome == RuleOutcome::kFails;
    if (rule.deny || rule.report_only || !lacks) continue;
    out.advice.push_back(AdviceFor(rule, caller.authenticated));
  }
  if (out.rules.empty() && out.near_misses.empty()) {
    out.advice.push_back("no endpoint of the policy matches this path");
  }
}

}  // namespace

Explanation ExplainDecision(const PolicyProgram& program, const Decision& decision,
                            const CallerData& caller, const Request& request, Timestamp now,
                            Scratch& whole_scratch) {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  Explanation out;
  out.allowed = decision.allowed();
  out.reason = decision.reason();
  out.http_status = decision.http_status();
  out.rule_id = decision.rule_id();
  out.message = decision.Explain();
  out.policy_revision = program.revision;
  out.method = decision.method();
  out.host = decision.host();
  out.path = decision.path();
  out.subject = decision.subject();
  out.issuer = decision.issuer();
  out.report.assign(decision.report().begin(), decision.report().end());
  for (std::string_view role : decision.roles()) out.roles.emplace_back(role);
  for (uint32_t bit = kFirstRoleBit; bit < program.roles.size() + kFirstRoleBit; ++bit) {
    if (caller.holdings.unknown.Contains(bit))
      out.unknown_roles.emplace_back(program.roles.name(bit));
  }
  out.scopes.assign(caller.holdings.scopes.begin(), caller.holdings.scopes.end());
  if (!decision.has_path() || decision.reason() == Reason::kMisdirected) return out;

  const Matches matches = FindMatches(program, scratch);
  for (const Endpoint& at : matches.whole) {
    // Telling takes more steps than deciding: no rule may lack what another spent.
    BeginEvaluation(program, request, now, scratch);
    scratch.activation.SetCaller(program.roles, caller);
    out.rules.push_back(ExplainRule(program, at, caller, decision, scratch));
  }
  constexpr size_t kMaxNearMisses = 10;
  for (const Endpoint& at : matches.path_only) {
    if (out.near_misses.size() == kMaxNearMisses) break;
    out.near_misses.push_back(ExplainNearMiss(program, at, scratch.canonical));
  }
  AddAdvice(caller, out);
  return out;
}

}  // namespace doorward
