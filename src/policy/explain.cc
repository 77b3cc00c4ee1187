// SPDX-License-Identifier: Apache-2.0

#include "src/policy/explain.h"

#include <map>
#include <set>
#include <utility>

#include "src/base/source.h"
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

RuleExplanation ExplainRule(const PolicyProgram& program, Endpoint at, const CallerData& caller,
                            const Decision& decision) {
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
  if (Applies(rule.deny, role, scopes)) {
    const bool doubt = role == Truth::kUnknown || scopes == Truth::kUnknown;
    out.outcome = doubt ? RuleOutcome::kAppliesByDoubt : RuleOutcome::kApplies;
    const bool denied_by_rule = !decision.allowed() && !decision.rule_id().empty() &&
                                decision.reason() != Reason::kForwardValue;
    out.decided = !rule.report_only && !decision.rule_id().empty() && rule.deny == denied_by_rule;
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
    if (rule.deny || rule.report_only || rule.outcome != RuleOutcome::kDoesNotApply) continue;
    out.advice.push_back(AdviceFor(rule, caller.authenticated));
  }
  if (out.rules.empty() && out.near_misses.empty()) {
    out.advice.push_back("no endpoint of the policy matches this path");
  }
}

}  // namespace

Explanation ExplainDecision(const PolicyProgram& program, const Decision& decision,
                            const CallerData& caller, Scratch& whole_scratch) {
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
    out.rules.push_back(ExplainRule(program, at, caller, decision));
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
