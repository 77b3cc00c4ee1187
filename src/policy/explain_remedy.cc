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
#include "src/policy/possible_callers.h"
#include "src/policy/rule_check.h"

namespace doorward {
namespace {

using TokenKind = TokenStatus::Kind;

std::string Join(const std::vector<std::string>& names, std::string_view conjunction) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " " + std::string(conjunction) + " " : ", ";
    out += Quote(names[i]);
  }
  return out;
}

std::string WhoDoesNotGive(const Remedy& remedy) {
  return (remedy.token ? "no issuer of the policy gives " : "the token's issuer does not give ") +
         Join(remedy.roles_not_given, "or");
}

// As ExplainedRequest::Begin, with the captures of the endpoint.
void BeginConditions(const ExplainedRequest& request, const CallerData& caller,
                     const CompiledRule& rule, uint32_t endpoint) {
  request.Begin(caller);
  const RuleCondition& condition = *rule.condition;
  if (condition.captures.empty()) return;
  Part<PolicyScratch>(request.scratch).activation.SetCaptures(condition.captures[endpoint]);
}

// Tries whether rule `at`, which allows and was found lacking, comes to an allowance.
class Trial {
 public:
  Trial(const ExplainedRequest& request, MatchingEndpoint at, const RuleExplanation& rule)
      : request_(request),
        rule_(request.program.rules[at.first]),
        endpoint_(at.second),
        lacking_(rule),
        scratch_(Part<PolicyScratch>(request.scratch)) {
    basis_.rule_id = rule_.id;
    basis_.scopes = lacking_.missing_scopes;
    basis_.token = !request.caller.authenticated && (LacksRole() || !basis_.scopes.empty());
  }

  Remedy Run() {
    if (!LacksRole() && basis_.scopes.empty()) {
      return Try(request_.caller, request_.token.kind, basis_);
    }
    const uint32_t everyone[] = {kEveryoneBit};
    for (const uint32_t bit : LacksRole() ? rule_.roles : std::span<const uint32_t>(everyone)) {
      TryRole(bit);
    }
    Remedy out = best_ ? std::move(*best_) : basis_;
    out.roles_not_given = std::move(not_given_);
    out.untried_roles = untried_;
    if (!best_) out.otherwise = WhoDoesNotGive(out);
    return out;
  }

 private:
  bool LacksRole() const { return !lacking_.missing_roles.empty(); }

  // Keeps what comes nearest of the ways to the role.
  void TryRole(uint32_t bit) {
    constexpr uint32_t kMaxTried = 64;
    if (tried_ >= kMaxTried) {
      ++untried_;
      return;
    }
    Remedy basis = basis_;
    if (LacksRole()) basis.roles_any_of = {std::string(request_.program.roles.name(bit))};
    std::optional<Remedy> nearest;
    const bool is_given = TryWithRole(request_.program, request_.caller, bit, basis.scopes,
                                      scratch_.machine, [&](const CallerData& caller) {
                                        ++tried_;
                                        Remedy one = Try(caller, TokenKind::kVerified, basis);
                                        if (!nearest || Rank(one) > Rank(*nearest)) nearest = one;
                                        return one.suffices;
                                      });
    if (is_given) {
      Add(std::move(*nearest));
    } else {
      not_given_.push_back(std::move(basis.roles_any_of.front()));
    }
  }

  // What `remedy` comes to for a caller who has what it names.
  Remedy Try(const CallerData& caller, TokenKind token, Remedy remedy) {
    remedy.conditions = ConditionsInTheWay(caller);
    if (!remedy.conditions.empty()) return remedy;
    const Decision decision = EndDecision(request_.program, request_.request, caller,
                                          {.kind = token}, request_.now, request_.scratch);
    remedy.suffices = decision.allowed();
    if (!remedy.suffices) remedy.otherwise = decision.Explain();
    return remedy;
  }

  std::vector<std::string> ConditionsInTheWay(const CallerData& caller) {
    request_.Begin(caller);
    if (HoldsCondition(rule_, endpoint_, scratch_.activation, scratch_.machine) == Truth::kYes) {
      return {};
    }
    std::vector<std::string> names;
    const auto look = [&](const char* member, const Expression& expression, Truth wanted) {
      if (expression == nullptr) return;
      BeginConditions(request_, caller, rule_, endpoint_);
      if (TruthOf(expression->Evaluate(scratch_.machine)) != wanted) names.emplace_back(member);
    };
    look("when", rule_.condition->when, Truth::kYes);
    look("unless", rule_.condition->unless, Truth::kNo);
    // Each would hold, had it not to share with the other what a decision may take.
    if (names.empty()) names.emplace_back("unless");
    return names;
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
  Remedy basis_;  // all but roles, and what it comes to
  std::optional<Remedy> best_;
  std::vector<std::string> not_given_;
  uint32_t tried_ = 0;
  uint32_t untried_ = 0;
};

std::string AdviceFor(const Remedy& remedy) {
  std::string wants;
  const auto want = [&](const std::string& what) {
    wants += (wants.empty() ? "" : " and ") + what;
  };
  const bool none_given = remedy.roles_any_of.empty() && !remedy.roles_not_given.empty();
  const std::vector<std::string>& roles = none_given ? remedy.roles_not_given : remedy.roles_any_of;
  const bool any_token = roles == std::vector<std::string>{"authenticated"};
  if (any_token) {
    want("a verified token");
  } else if (!roles.empty()) {
    want((remedy.token ? "a token that gives the role " : "the role ") + Join(roles, "or"));
  }
  if (!remedy.scopes.empty()) {
    const bool by_token = remedy.token && roles.empty();
    want((by_token ? "a token that gives the scope " : "the scope ") + Join(remedy.scopes, "and"));
  }
  for (const std::string& member : remedy.conditions) {
    want("`" + member + "` being " + (member == "when" ? "true" : "false"));
  }
  std::string out = "rule " + Quote(remedy.rule_id) + " would allow it";
  if (!wants.empty()) out += " with " + wants;
  if (none_given) return out + ", but " + remedy.otherwise;
  if (!remedy.suffices && remedy.conditions.empty()) out += ", but then: " + remedy.otherwise;
  if (!remedy.roles_not_given.empty()) out += "; " + WhoDoesNotGive(remedy);
  if (remedy.untried_roles > 0) {
    out += "; of " + std::to_string(remedy.untried_roles) + " more roles it was not tried";
  }
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
  const auto size = static_cast<uint32_t>(request.program.roles.size());
  const uint32_t count = std::min(size, kMaxTried);
  Remedy remedy;
  remedy.token = !request.caller.authenticated;
  remedy.untried_roles = size - count;
  for (uint32_t bit = kFirstRoleBit; bit < kFirstRoleBit + count; ++bit) {
    if (request.caller.holdings.held.Contains(bit)) continue;
    TryWithRole(request.program, request.caller, bit, {}, machine, [&](const CallerData& caller) {
      const Decision decision =
          EndDecision(request.program, request.request, caller, {.kind = TokenKind::kVerified},
                      request.now, request.scratch);
      if (!decision.allowed()) return false;
      if (remedy.rule_id.empty()) remedy.rule_id = decision.rule_id();
      if (remedy.rule_id != decision.rule_id()) return false;
      remedy.roles_any_of.emplace_back(request.program.roles.name(bit));
      return true;
    });
  }
  if (!remedy.roles_any_of.empty()) {
    remedy.suffices = true;
    out.advice.push_back(AdviceFor(remedy));
    out.remedies.push_back(std::move(remedy));
  } else if (remedy.untried_roles > 0) {
    out.advice.push_back("none of the first " + std::to_string(count) +
                         " roles would turn it round; the others were not tried");
  }
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

void ExplainedRequest::Begin(const CallerData& who) const {
  auto& part = Part<PolicyScratch>(scratch);
  BeginEvaluation(program, request, now, part);
  part.activation.SetCaller(program.roles, who);
}

std::vector<ConditionExplanation> ExplainConditions(const ExplainedRequest& request,
                                                    const CompiledRule& rule, uint32_t endpoint) {
  std::vector<ConditionExplanation> out;
  if (rule.condition == nullptr) return out;
  const auto add = [&](std::string_view member, const Expression& expression) {
    if (expression == nullptr) return;
    out.push_back(
        ExplainExpression(member, *expression, Part<PolicyScratch>(request.scratch).machine,
                          [&] { BeginConditions(request, request.caller, rule, endpoint); }));
  };
  add("when", rule.condition->when);
  add("unless", rule.condition->unless);
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
