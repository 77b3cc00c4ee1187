// SPDX-License-Identifier: Apache-2.0

#include "src/policy/explain.h"

#include <set>
#include <utility>

#include "src/base/source.h"
#include "src/policy/decide.h"
#include "src/policy/explain_caller.h"
#include "src/policy/explain_remedy.h"
#include "src/policy/forwarding.h"
#include "src/policy/judge.h"
#include "src/policy/rule_check.h"

namespace doorward {
namespace {

using Endpoint = MatchingEndpoint;

// The endpoints that match the path, by how much more of the request they match.
struct Matches {
  std::set<Endpoint> whole;
  std::set<Endpoint> path_only;  // method or host differ
};

Matches FindMatches(const PolicyProgram& program, std::string_view method, PolicyScratch& scratch) {
  Matches found;
  const CanonicalRequest& canonical = scratch.canonical;
  const uint32_t bit = program.methods.Bit(method);
  program.matcher.Visit(canonical, scratch.stack, [&](EntryRun run) {
    run.ForEach([&](const MatchEntry& entry) {
      const CompiledEndpoint& endpoint = program.rules[entry.rule].endpoints[entry.endpoint];
      const bool whole = MeansMethod(endpoint, method, bit);
      (whole ? found.whole : found.path_only).emplace(entry.rule, entry.endpoint);
    });
  });
  program.matcher.VisitAllHosts(canonical, scratch.stack, [&](EntryRun run) {
    run.ForEach([&](const MatchEntry& entry) {
      const Endpoint endpoint(entry.rule, entry.endpoint);
      if (!found.whole.contains(endpoint)) found.path_only.insert(endpoint);
    });
  });
  return found;
}

// Whether the request is a CORS preflight that passes.
bool PassesAsPreflight(const PolicyProgram& program, PolicyScratch& scratch) {
  return !scratch.preflight_method.empty() &&
         Judge(program, program.anonymous, {}, scratch).RuleForPreflight() != kNoRule;
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

RuleExplanation DescribeRule(const PolicyProgram& program, Endpoint at) {
  const CompiledRule& rule = program.rules[at.first];
  RuleExplanation out;
  out.rule_id = rule.id;
  out.deny = rule.deny;
  out.report_only = rule.report_only;
  out.ignores_token = rule.ignore_token;
  out.endpoint = rule.endpoints[at.second].text;
  out.line = rule.line;
  for (uint32_t bit : rule.roles) out.roles_any_of.emplace_back(program.roles.name(bit));
  return out;
}

// A preflight that passes is decided by what a rule is, whoever calls.
RuleExplanation ExplainRuleForPreflight(const PolicyProgram& program, Endpoint at,
                                        const Decision& decision) {
  RuleExplanation out = DescribeRule(program, at);
  if (!out.deny) out.outcome = RuleOutcome::kApplies;
  out.decided = out.rule_id == decision.rule_id();
  return out;
}

RuleExplanation ExplainRule(const ExplainedRequest& request, Endpoint at,
                            const Decision& decision) {
  const PolicyProgram& program = request.program;
  auto& scratch = Part<PolicyScratch>(request.scratch);
  const CompiledRule& rule = program.rules[at.first];
  const Holdings& holdings = request.caller.holdings;
  const Truth role = HoldsARole(rule, holdings);
  const Truth scopes = HoldsScopes(rule, holdings);
  RuleExplanation out = DescribeRule(program, at);
  // Telling takes more than deciding: no rule may lack what another spent.
  request.Begin(request.caller);
  const Truth condition = HoldsCondition(rule, at.second, scratch.activation, scratch.machine);
  out.conditions = ExplainConditions(request, rule, at.second);
  if (Applies(rule.deny, {role, scopes, condition})) {
    const bool doubt =
        role == Truth::kUnknown || scopes == Truth::kUnknown || condition == Truth::kUnknown;
    out.outcome = doubt ? RuleOutcome::kAppliesByDoubt : RuleOutcome::kApplies;
    out.decided = HasDecided(rule, decision, request.token);
  } else if (!rule.deny && condition == Truth::kUnknown) {
    out.outcome = RuleOutcome::kFails;
  }
  for (uint32_t bit : rule.roles) {
    if (role == Truth::kYes) break;
    out.missing_roles.emplace_back(program.roles.name(bit));
    if (holdings.roles_in_doubt && holdings.unknown.Contains(bit)) {
      out.unknown_roles.push_back(out.missing_roles.back());
    }
  }
  for (const std::string& scope : rule.scopes) {
    if (holdings.HoldsScope(scope)) continue;
    out.missing_scopes.push_back(scope);
    if (holdings.scopes_in_doubt) out.unknown_scopes.push_back(scope);
  }
  return out;
}

NearMiss ExplainNearMiss(const PolicyProgram& program, Endpoint at, std::string_view method) {
  const CompiledRule& rule = program.rules[at.first];
  const CompiledEndpoint& endpoint = rule.endpoints[at.second];
  const bool is_method = MeansMethod(endpoint, method, program.methods.Bit(method));
  std::string why = is_method ? "it is for the host " + Quote(endpoint.host)
                              : "it is not for the method " + Quote(method);
  return {std::string(rule.id), std::string(endpoint.text), std::move(why)};
}

// The headers for whose want an allowance did not stand.
void ExplainForwarding(const ExplainedRequest& request, const CallerData& identity,
                       Explanation& out) {
  auto& machine = Part<PolicyScratch>(request.scratch).machine;
  const auto begin = [&] { request.Begin(identity); };
  for (const ForwardHeader& header : request.program.forward_headers) {
    begin();
    if (!header.required || !ForwardValue(header, machine).empty()) continue;
    out.headers_without_value.push_back(
        ExplainExpression(header.name, *header.value, machine, begin));
  }
}

// What the decision itself tells.
Explanation DescribeDecision(const PolicyProgram& program, const Decision& decision,
                             const CallerData& caller) {
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
    if (caller.holdings.unknown.Contains(bit)) {
      out.unknown_roles.emplace_back(program.roles.name(bit));
    }
  }
  out.scopes.assign(caller.holdings.scopes.begin(), caller.holdings.scopes.end());
  return out;
}

// The bits that the matching rules name, without those that are reserved.
std::vector<uint32_t> RolesAskedFor(const PolicyProgram& program,
                                    const std::vector<Endpoint>& matching) {
  std::vector<uint32_t> bits;
  for (const Endpoint& at : matching) {
    for (const uint32_t bit : program.rules[at.first].roles) {
      if (bit >= kFirstRoleBit) bits.push_back(bit);
    }
  }
  return bits;
}

}  // namespace

Explanation ExplainDecision(const PolicyProgram& program, const Decision& decision,
                            const CallerData& caller, const Request& request, Timestamp now,
                            Scratch& whole_scratch) {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  Explanation out = DescribeDecision(program, decision, caller);
  if (!decision.has_path() || decision.reason() == Reason::kMisdirected) return out;
  const ExplainedRequest explained{program,      caller, request, now, scratch.decision.token,
                                   whole_scratch};
  const CallerData& identity = *scratch.decision.caller;
  out.out_of_steps = program.has_conditions && scratch.machine.steps() < 0;
  out.out_of_memory = program.has_conditions && scratch.machine.lacked_memory();

  std::string_view method = scratch.canonical.method;
  const bool is_preflight = PassesAsPreflight(program, scratch);
  if (is_preflight) out.preflight_method = method = scratch.preflight_method;
  const Matches matches = FindMatches(program, method, scratch);
  const std::vector<Endpoint> matching(matches.whole.begin(), matches.whole.end());
  for (const Endpoint& at : matching) {
    out.rules.push_back(is_preflight ? ExplainRuleForPreflight(program, at, decision)
                                     : ExplainRule(explained, at, decision));
  }
  constexpr size_t kMaxNearMisses = 10;
  for (const Endpoint& at : matches.path_only) {
    if (out.near_misses.size() == kMaxNearMisses) break;
    out.near_misses.push_back(ExplainNearMiss(program, at, method));
  }
  if (decision.reason() == Reason::kForwardValue) {
    ExplainForwarding(explained, identity, out);
  }
  ExplainRoles(program, caller, RolesAskedFor(program, matching), scratch.machine, out);
  AddAdvice(explained, matching, out);
  return out;
}

}  // namespace doorward
