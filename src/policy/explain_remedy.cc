// SPDX-License-Identifier: Apache-2.0
//
// What would turn a denial round is not guessed: the request is decided again as if the caller had
// what a rule found lacking. A role that one rule asks for may be one that another denies.

#include "src/policy/explain_remedy.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "src/base/source.h"
#include "src/policy/explain_caller.h"
#include "src/policy/rule_check.h"

namespace doorward {
namespace {

using TokenKind = TokenStatus::Kind;

bool IsInTheWay(const ConditionExplanation& condition) {
  return condition.value != (condition.member == "when" ? "true" : "false");
}

// The caller with another role, given by its bit, and all that a rule's `scopes` ask for.
CallerData WithMore(const ExplainedRequest& request, uint32_t role,
                    const std::vector<std::string>& scopes, cel::Machine& machine) {
  const CallerData& caller = request.caller;
  CallerData more;
  more.policy = caller.policy;
  more.authenticated = true;
  more.holdings = caller.holdings;
  more.issuer = caller.issuer;
  more.claims = caller.claims;
  Holdings& holdings = more.holdings;
  holdings.held.Add(kAuthenticatedBit);
  if (role >= kFirstRoleBit) holdings.held.AddAll(request.program.roles.Closure(role));
  holdings.unknown.RemoveAll(holdings.held);
  holdings.roles_in_doubt = !holdings.unknown.empty();
  holdings.scopes.insert(holdings.scopes.end(), scopes.begin(), scopes.end());
  request.program.ResolveForwarding(more, machine);
  return more;
}

// Tries whether rule `at`, which allows and was found lacking, comes to an allowance.
class Trial {
 public:
  Trial(const ExplainedRequest& request, MatchingEndpoint at, const RuleExplanation& rule)
      : request_(request),
        rule_(request.program.rules[at.first]),
        endpoint_(at.second),
        lacking_(rule),
        scratch_(Part<PolicyScratch>(request.scratch)) {}

  Remedy Run() {
    Remedy out;
    out.rule_id = rule_.id;
    out.scopes = lacking_.missing_scopes;
    const bool lacks_role = !lacking_.missing_roles.empty();
    out.token = !request_.caller.authenticated && (lacks_role || !out.scopes.empty());
    if (!lacks_role && out.scopes.empty()) {
      Try(request_.caller, request_.token.kind, out);
      return out;
    }
    constexpr uint32_t kMaxTried = 8;
    uint32_t tried = 0;
    const uint32_t everyone[] = {kEveryoneBit};
    for (const uint32_t bit : lacks_role ? rule_.roles : std::span<const uint32_t>(everyone)) {
      if (tried++ == kMaxTried) break;
      Remedy one = out;
      if (lacks_role) one.roles_any_of = {std::string(request_.program.roles.name(bit))};
      Try(WithMore(request_, bit, out.scopes, scratch_.machine), TokenKind::kVerified, one);
      Add(std::move(one));
    }
    return std::move(*best_);
  }

 private:
  void Try(const CallerData& caller, TokenKind token, Remedy& out) {
    BeginEvaluation(request_.program, request_.request, request_.now, scratch_);
    scratch_.activation.SetCaller(request_.program.roles, caller);
    for (const ConditionExplanation& condition : ExplainConditions(rule_, endpoint_, scratch_)) {
      if (IsInTheWay(condition)) out.conditions.push_back(condition.member);
    }
    if (!out.conditions.empty()) return;
    const Decision decision = EndDecision(request_.program, request_.request, caller,
                                          {.kind = token}, request_.now, request_.scratch);
    out.suffices = decision.allowed();
    if (!out.suffices) out.otherwise = decision.Explain();
  }

  static int Rank(const Remedy& remedy) {
    return remedy.suffices ? 2 : remedy.conditions.empty() ? 0 : 1;
  }

  // Keeps the roles that come to most, in one remedy where they come to the same.
  void Add(Remedy one) {
    if (!best_ || Rank(one) > Rank(*best_)) {
      best_ = std::move(one);
    } else if (Rank(one) == Rank(*best_) && one.conditions == best_->conditions) {
      best_->roles_any_of.insert(best_->roles_any_of.end(), one.roles_any_of.begin(),
                                 one.roles_any_of.end());
    }
  }

  const ExplainedRequest& request_;
  const CompiledRule& rule_;
  uint32_t endpoint_;
  const RuleExplanation& lacking_;
  PolicyScratch& scratch_;
  std::optional<Remedy> best_;
};

std::string Join(const std::vector<std::string>& names, std::string_view conjunction) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " " + std::string(conjunction) + " " : ", ";
    out += Quote(names[i]);
  }
  return out;
}

std::string AdviceFor(const Remedy& remedy) {
  std::string wants;
  const auto want = [&](const std::string& what) {
    wants += (wants.empty() ? "" : " and ") + what;
  };
  const bool any_token = remedy.roles_any_of == std::vector<std::string>{"authenticated"};
  if (any_token) {
    want("a verified token");
  } else if (!remedy.roles_any_of.empty()) {
    want((remedy.token ? "a token that gives the role " : "the role ") +
         Join(remedy.roles_any_of, "or"));
  }
  if (!remedy.scopes.empty()) {
    const bool by_token = remedy.token && remedy.roles_any_of.empty();
    want((by_token ? "a token that gives the scope " : "the scope ") + Join(remedy.scopes, "and"));
  }
  for (const std::string& member : remedy.conditions) {
    want("`" + member + "` being " + (member == "when" ? "true" : "false"));
  }
  std::string out = "rule " + Quote(remedy.rule_id) + " would allow it";
  if (!wants.empty()) out += " with " + wants;
  if (!remedy.suffices && remedy.conditions.empty()) out += ", but then: " + remedy.otherwise;
  return out;
}

// What would keep a rule that denies from doing so.
std::string AdviceAgainst(const RuleExplanation& rule, bool for_want_of_token) {
  std::vector<std::string> ways;
  for (const ConditionExplanation& condition : rule.conditions) {
    ways.push_back("`" + condition.member + "` being " +
                   (condition.member == "when" ? "false" : "true"));
  }
  if (!rule.unknown_roles.empty()) {
    ways.push_back("a token that tells in full that the caller does not hold " +
                   Join(rule.unknown_roles, "or"));
  }
  if (!rule.unknown_scopes.empty()) {
    ways.push_back("a token that tells in full that the caller does not hold the scope " +
                   Join(rule.unknown_scopes, "or"));
  }
  std::string out = "rule " + Quote(rule.rule_id) + " denies it";
  if (ways.empty()) return out + "; no other rule can allow what a rule denies";
  for (size_t i = 0; i < ways.size(); ++i) out += (i == 0 ? "; not so with " : ", or ") + ways[i];
  return for_want_of_token ? out + ", which takes a verified token" : out;
}

// A rule may deny all but those who hold some role. What tells so is the condition, which is asked.
void TryRoles(const ExplainedRequest& request, Explanation& out) {
  constexpr uint32_t kMaxTried = 64;
  auto& machine = Part<PolicyScratch>(request.scratch).machine;
  const auto count = std::min(static_cast<uint32_t>(request.program.roles.size()), kMaxTried);
  Remedy remedy;
  remedy.token = !request.caller.authenticated;
  for (uint32_t bit = kFirstRoleBit; bit < kFirstRoleBit + count; ++bit) {
    if (request.caller.holdings.held.Contains(bit)) continue;
    const Decision decision =
        EndDecision(request.program, request.request, WithMore(request, bit, {}, machine),
                    {.kind = TokenKind::kVerified}, request.now, request.scratch);
    if (!decision.allowed()) continue;
    if (remedy.rule_id.empty()) remedy.rule_id = decision.rule_id();
    if (remedy.rule_id != decision.rule_id()) continue;
    remedy.roles_any_of.emplace_back(request.program.roles.name(bit));
  }
  if (remedy.roles_any_of.empty()) return;
  remedy.suffices = true;
  out.advice.push_back(AdviceFor(remedy));
  out.remedies.push_back(std::move(remedy));
}

// A token that was refused stands in the way of what any caller may do.
void AdviseAgainstToken(const ExplainedRequest& request, Explanation& out) {
  const Decision without = EndDecision(request.program, request.request, request.program.anonymous,
                                       {}, request.now, request.scratch);
  if (!without.allowed()) return;
  out.advice.push_back("rule " + Quote(without.rule_id()) + " would allow it without a token");
}

void AddOnce(std::string line, std::vector<std::string>& lines) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
}

}  // namespace

std::vector<ConditionExplanation> ExplainConditions(const CompiledRule& rule, uint32_t endpoint,
                                                    PolicyScratch& scratch) {
  std::vector<ConditionExplanation> out;
  if (rule.condition == nullptr) return out;
  const RuleCondition& condition = *rule.condition;
  if (!condition.captures.empty()) scratch.activation.SetCaptures(condition.captures[endpoint]);
  const auto add = [&](std::string_view member, const Expression& expression) {
    if (expression == nullptr) return;
    out.push_back(ExplainExpression(member, *expression, scratch.machine));
  };
  add("when", condition.when);
  add("unless", condition.unless);
  return out;
}

void AddAdvice(const ExplainedRequest& request, std::span<const MatchingEndpoint> endpoints,
               Explanation& out) {
  if (out.allowed) return;
  if (request.token.kind == TokenKind::kRefused) {
    if (out.reason != Reason::kInternal) AdviseAgainstToken(request, out);
    return;
  }
  if (out.reason == Reason::kForwardValue) return;
  bool on_conditions = false;
  for (const RuleExplanation& rule : out.rules) {
    if (!rule.deny || !rule.decided) continue;
    on_conditions = on_conditions || !rule.conditions.empty();
    AddOnce(AdviceAgainst(rule, out.reason == Reason::kNoToken), out.advice);
  }
  if (on_conditions) TryRoles(request, out);
  if (!out.advice.empty()) return;
  for (size_t i = 0; i < out.rules.size(); ++i) {
    const RuleExplanation& rule = out.rules[i];
    const bool lacks =
        rule.outcome == RuleOutcome::kDoesNotApply || rule.outcome == RuleOutcome::kFails;
    if (rule.deny || rule.report_only || !lacks) continue;
    out.remedies.push_back(Trial(request, endpoints[i], rule).Run());
    AddOnce(AdviceFor(out.remedies.back()), out.advice);
  }
  if (out.rules.empty() && out.near_misses.empty()) {
    out.advice.push_back("no endpoint of the policy matches this path");
  }
}

}  // namespace doorward
