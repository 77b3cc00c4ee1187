// SPDX-License-Identifier: Apache-2.0

#include "src/policy/decide.h"

#include <algorithm>
#include <cstdint>

#include "src/base/ascii.h"
#include "src/policy/challenge.h"
#include "src/policy/forwarding.h"
#include "src/policy/rule_check.h"

namespace doorward {
namespace {

constexpr uint32_t kNoRule = UINT32_MAX;

// What the matching rules come to for one caller. Rules are named by their place; the first in the
// file counts.
struct Tally {
  uint32_t first_deny = kNoRule;
  uint32_t first_allow = kNoRule;
  uint32_t first_ignoring_allow = kNoRule;  // with `token: ignore`
  bool denied_without_doubt = false;
  uint32_t first_lacking_scopes = kNoRule;  // allow rules that lacked nothing but scopes
  bool lacks_only_unknowns = false;  // an allow rule lacked nothing but what could not be known
};

// Looks at every matching rule for one caller.
class RuleVisitor {
 public:
  RuleVisitor(const PolicyProgram& program, const CallerData& caller, std::string_view method,
              std::vector<uint32_t>& report_rules)
      : program_(program),
        holdings_(caller.holdings),
        method_(method),
        method_bit_(program.methods.Bit(method)),
        in_doubt_(holdings_.roles_in_doubt),
        report_rules_(report_rules) {}

  void operator()(std::span<const MatchEntry> entries) {
    for (const MatchEntry& entry : entries) {
      if ((entry.methods & method_bit_) == 0) continue;
      if ((entry.methods & MatchEntry::kSpecial) != 0 || in_doubt_) [[unlikely]] {
        LookInFull(entry);
      } else if ((holdings_.held.word(entry.role_word) & entry.roles) != 0) {
        Apply(entry.rule, (entry.methods & MatchEntry::kDeny) != 0);
      }
    }
  }

  const Tally& tally() const { return tally_; }

 private:
  void Apply(uint32_t rule, bool deny) {
    if (deny) {
      tally_.first_deny = std::min(tally_.first_deny, rule);
      tally_.denied_without_doubt = true;
    } else {
      tally_.first_allow = std::min(tally_.first_allow, rule);
    }
  }

  void LookInFull(const MatchEntry& entry) {
    const CompiledRule& rule = program_.rules[entry.rule];
    if (!MeansMethod(rule.endpoints[entry.endpoint], method_, method_bit_)) return;
    const Truth role = HoldsARole(rule, holdings_);
    const Truth scopes = HoldsScopes(rule, holdings_);
    if (Applies(rule.deny, role, scopes)) {
      if (rule.report_only) {
        report_rules_.push_back(entry.rule);
      } else if (rule.ignore_token) {
        tally_.first_ignoring_allow = std::min(tally_.first_ignoring_allow, entry.rule);
      } else if (rule.deny && (role == Truth::kUnknown || scopes == Truth::kUnknown)) {
        tally_.first_deny = std::min(tally_.first_deny, entry.rule);
      } else {
        Apply(entry.rule, rule.deny);
      }
    } else if (!rule.deny && !rule.report_only) {
      NoteLack(entry.rule, role, scopes);
    }
  }

  void NoteLack(uint32_t rule, Truth role, Truth scopes) {
    if (role == Truth::kYes && scopes == Truth::kNo) {
      tally_.first_lacking_scopes = std::min(tally_.first_lacking_scopes, rule);
    } else if (role != Truth::kNo && scopes != Truth::kNo) {
      tally_.lacks_only_unknowns = true;
    }
  }

  const PolicyProgram& program_;
  const Holdings& holdings_;
  std::string_view method_;
  uint32_t method_bit_;
  bool in_doubt_;
  std::vector<uint32_t>& report_rules_;
  Tally tally_;
};

// A decision in the making: what the rules came to, and whose identity it carries.
struct Verdict {
  Reason reason = Reason::kInternal;
  uint32_t rule = kNoRule;
  const CallerData* caller = nullptr;
};

// An allowance stands only if every required header has a value to be sent.
Verdict CheckForwarding(const PolicyProgram& program, const Verdict& allowed,
                        PolicyScratch& scratch) {
  const std::string_view lacking = RequiredHeaderWithoutValue(program, *allowed.caller);
  scratch.decision.header_without_value = lacking;
  return lacking.empty() ? allowed : Verdict{Reason::kForwardValue, allowed.rule, allowed.caller};
}

// Decides one request under one program (POLICY: Decision).
class Judge {
 public:
  Judge(const PolicyProgram& program, const CallerData& caller, const TokenStatus& token,
        PolicyScratch& scratch)
      : program_(program), caller_(caller), token_(token), scratch_(scratch) {}

  Verdict Decide() {
    scratch_.report_rules.clear();
    tally_ = Look(caller_);
    Verdict verdict = DecideByRules();
    if (verdict.reason == Reason::kAllowed) {
      verdict = CheckForwarding(program_, verdict, scratch_);
    }
    if (!scratch_.report_rules.empty()) [[unlikely]] {
      KeepReportsThatDiffer(verdict);
    }
    return verdict;
  }

  // The rule whose scopes the caller lacks, where that is the reason.
  uint32_t first_lacking_scopes() const { return tally_.first_lacking_scopes; }

 private:
  Tally Look(const CallerData& caller) {
    RuleVisitor visitor(program_, caller, scratch_.canonical.method, scratch_.report_rules);
    program_.matcher.Visit(scratch_.canonical, scratch_.stack, visitor);
    return visitor.tally();
  }

  Verdict DecideByRules() {
    if (token_.kind == TokenStatus::Kind::kRefused) {
      const bool saved = tally_.first_ignoring_allow != kNoRule && tally_.first_deny == kNoRule;
      return saved ? Verdict{Reason::kAllowed, tally_.first_ignoring_allow, &program_.anonymous}
                   : Verdict{token_.reason, kNoRule, &program_.anonymous};
    }
    if (tally_.first_deny != kNoRule) {
      return {tally_.denied_without_doubt ? Reason::kDeniedByRule : Reason::kRolesIncomplete,
              tally_.first_deny, &caller_};
    }
    const uint32_t ignoring = tally_.first_ignoring_allow < tally_.first_allow && MayIgnoreToken()
                                  ? tally_.first_ignoring_allow
                                  : kNoRule;
    if (tally_.first_allow != kNoRule) {
      return {Reason::kAllowed, std::min(tally_.first_allow, ignoring), &caller_};
    }
    if (ignoring != kNoRule) return {Reason::kAllowed, ignoring, &program_.anonymous};
    return {DefaultReason(), kNoRule, &caller_};
  }

  // A rule that ignores the token allows only if no rule denies a caller without one.
  bool MayIgnoreToken() {
    if (token_.kind == TokenStatus::Kind::kAbsent) return true;
    if (!looked_as_anonymous_) {
      looked_as_anonymous_ = true;
      anonymous_denied_ = Look(program_.anonymous).first_deny != kNoRule;
    }
    return !anonymous_denied_;
  }

  Reason DefaultReason() const {
    if (token_.kind == TokenStatus::Kind::kAbsent) return Reason::kNoToken;
    if (tally_.first_lacking_scopes != kNoRule) return Reason::kInsufficientScope;
    return tally_.lacks_only_unknowns ? Reason::kRolesIncomplete : Reason::kDefaultDeny;
  }

  // Of the matching report rules that apply, keeps those that alone would turn the decision round.
  void KeepReportsThatDiffer(const Verdict& verdict) {
    std::erase_if(scratch_.report_rules,
                  [&](uint32_t rule) { return !WouldDiffer(program_.rules[rule], verdict); });
  }

  bool WouldDiffer(const CompiledRule& rule, const Verdict& verdict) {
    if (rule.deny) {
      return verdict.reason == Reason::kAllowed &&
             (verdict.caller == &program_.anonymous || AppliesTo(rule, caller_));
    }
    if (verdict.reason == Reason::kAllowed || verdict.reason == Reason::kForwardValue ||
        tally_.first_deny != kNoRule) {
      return false;
    }
    if (rule.ignore_token) {
      return MayIgnoreToken() && RequiredHeaderWithoutValue(program_, program_.anonymous).empty();
    }
    return token_.kind != TokenStatus::Kind::kRefused && AppliesTo(rule, caller_) &&
           RequiredHeaderWithoutValue(program_, caller_).empty();
  }

  // The list of report rules may also hold those that apply to a caller without a token.
  static bool AppliesTo(const CompiledRule& rule, const CallerData& caller) {
    return Applies(rule.deny, HoldsARole(rule, caller.holdings),
                   HoldsScopes(rule, caller.holdings));
  }

  const PolicyProgram& program_;
  const CallerData& caller_;
  const TokenStatus& token_;
  PolicyScratch& scratch_;
  Tally tally_;
  bool looked_as_anonymous_ = false;
  bool anonymous_denied_ = false;
};

// The method that a CORS preflight asks about (Fetch standard, "CORS-preflight request"); "" where
// the request is none.
std::string_view PreflightMethod(const CanonicalRequest& canonical, const Request& request) {
  if (canonical.method != "OPTIONS" || canonical.is_asterisk) return "";
  std::string_view asked;
  size_t origins = 0, methods = 0;
  for (const Header& header : request.headers) {
    if (EqualIgnoringCase(header.name, "origin")) ++origins;
    if (EqualIgnoringCase(header.name, "access-control-request-method")) {
      ++methods;
      asked = header.value;
    }
  }
  const bool asks =
      origins == 1 && methods == 1 && IsMethodSyntax(asked) && !IsRefusedMethod(asked);
  return asks ? asked : "";
}

// Finds the rule by which a CORS preflight for `method` passes: the first that may allow it, unless
// a rule denies it to everyone. kNoRule where it does not pass.
uint32_t RuleForPreflight(const PolicyProgram& program, std::string_view method,
                          PolicyScratch& scratch) {
  const uint32_t method_bit = program.methods.Bit(method);
  uint32_t first_allow = kNoRule;
  bool denied = false;
  program.matcher.Visit(scratch.canonical, scratch.stack, [&](std::span<const MatchEntry> entries) {
    for (const MatchEntry& entry : entries) {
      const CompiledRule& rule = program.rules[entry.rule];
      if ((rule.deny && !rule.everyone) ||
          !MeansMethod(rule.endpoints[entry.endpoint], method, method_bit)) {
        continue;
      }
      if (rule.report_only) {
        (rule.deny ? scratch.report_rules : scratch.preflight_report_rules).push_back(entry.rule);
      } else if (rule.deny) {
        denied = true;
      } else {
        first_allow = std::min(first_allow, entry.rule);
      }
    }
  });
  if (denied) scratch.preflight_report_rules.clear();
  return denied ? kNoRule : first_allow;
}

void SortOnce(std::vector<uint32_t>& rules) {
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
}

// Fills in what every decision by a rule has.
Decision Conclude(const PolicyProgram& program, const Request& request, const Verdict& verdict,
                  PolicyScratch& scratch) {
  DecisionData& decision = scratch.decision;
  decision.caller = verdict.caller;
  if (verdict.rule != kNoRule) decision.rule_id = program.rules[verdict.rule].id;
  if (!scratch.report_rules.empty()) [[unlikely]] {
    SortOnce(scratch.report_rules);
    for (uint32_t rule : scratch.report_rules) scratch.report.push_back(program.rules[rule].id);
    decision.report = scratch.report;
  }
  if (verdict.reason == Reason::kAllowed) {
    MakeForwarding(program, request.headers, *verdict.caller, scratch);
    decision.headers_to_remove = scratch.headers_to_remove;
    decision.headers_to_set = scratch.headers_to_set;
  } else {
    decision.www_authenticate = MakeChallenge(program, verdict.reason, scratch);
  }
  return Decision(verdict.reason, &decision);
}

}  // namespace

std::optional<Decision> BeginDecision(const PolicyProgram& program, const Request& request,
                                      Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  DecisionData& decision = scratch.decision;
  decision = {};
  decision.program = &program;
  decision.caller = &program.anonymous;
  decision.policy_revision = program.revision;
  scratch.report.clear();
  scratch.report_rules.clear();
  scratch.preflight_report_rules.clear();

  CanonicalRequest& canonical = scratch.canonical;
  if (const Reason reason = Normalise(request, program.request, whole_scratch, &canonical);
      reason != Reason::kAllowed) {
    scratch.request = request;
    decision.request = &scratch.request;
    return Decision(reason, &decision);
  }
  decision.method = canonical.method;
  decision.host = canonical.host;
  decision.path = canonical.path;
  decision.has_path = true;
  if (!program.hosts.empty() && !(canonical.has_host && program.hosts.Contains(canonical.host))) {
    return Decision(Reason::kMisdirected, &decision);
  }
  if (!program.cors_preflight_pass) return std::nullopt;
  const std::string_view asked = PreflightMethod(canonical, request);
  if (asked.empty()) return std::nullopt;
  const uint32_t rule = RuleForPreflight(program, asked, scratch);
  if (rule == kNoRule) {
    scratch.report_rules.clear();
    return std::nullopt;
  }
  scratch.preflight_report_rules.clear();
  const Verdict verdict =
      CheckForwarding(program, {Reason::kAllowed, rule, &program.anonymous}, scratch);
  return Conclude(program, request, verdict, scratch);
}

Decision EndDecision(const PolicyProgram& program, const Request& request, const CallerData& caller,
                     const TokenStatus& token, Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  scratch.decision.token = token;
  Judge judge(program, caller, token, scratch);
  const Verdict verdict = judge.Decide();
  if (verdict.reason == Reason::kInsufficientScope) {
    scratch.decision.scopes_lacked_for = &program.rules[judge.first_lacking_scopes()];
  }
  if (verdict.reason != Reason::kAllowed) {
    scratch.report_rules.insert(scratch.report_rules.end(), scratch.preflight_report_rules.begin(),
                                scratch.preflight_report_rules.end());
  }
  return Conclude(program, request, verdict, scratch);
}

Decision RefuseToken(const TokenStatus& token, Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  scratch.decision.token = token;
  return Decision(token.reason, &scratch.decision);
}

Decision RefuseOutright(Reason reason, const PolicyProgram* program,
                        Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  scratch.decision = {};
  if (program != nullptr) {
    scratch.decision.program = program;
    scratch.decision.caller = &program->anonymous;
    scratch.decision.policy_revision = program->revision;
  }
  return Decision(reason, &scratch.decision);
}

}  // namespace doorward
