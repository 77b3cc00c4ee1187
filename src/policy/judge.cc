// SPDX-License-Identifier: Apache-2.0

#include "src/policy/judge.h"

#include <algorithm>
#include <utility>

#include "src/policy/forwarding.h"
#include "src/policy/rule_check.h"

namespace doorward {

// Looks at every matching rule for one caller.
class Judge::RuleVisitor {
 public:
  RuleVisitor(Judge& judge, const CallerData& caller, Tally& tally)
      : judge_(judge),
        tally_(tally),
        program_(judge.program_),
        holdings_(caller.holdings),
        held_(caller.holdings.held.words()),
        method_(judge.scratch_.canonical.method),
        method_bit_(program_.methods.Bit(judge.scratch_.canonical.usual_method, method_)),
        in_doubt_(holdings_.roles_in_doubt) {}

  void operator()(EntryRun run) {
    if (run.is_indexed()) [[unlikely]] {
      return LookUp(run);
    }
    run.ForEach([&](const MatchEntry& entry) {
      if ((entry.methods & method_bit_) == 0) return;
      if (entry.special() || in_doubt_) [[unlikely]] {
        LookInFull(entry);
      } else if ((held_[entry.role_word] & entry.roles) != 0) {
        Apply(entry.rule, entry.deny());
      }
    });
  }

  // The condition is asked last: only where the rule may come to apply by it, or lack nothing else.
  void LookInFull(const MatchEntry& entry) {
    const CompiledRule& rule = program_.rules[entry.rule];
    if (!MeansMethod(rule.endpoints[entry.endpoint], method_, method_bit_)) return;
    if (judge_.OnlyReports(rule, entry)) return;
    const Truth role = HoldsARole(rule, holdings_);
    const Truth scopes = HoldsScopes(rule, holdings_);
    const bool applies = Applies(rule.deny, {role, scopes});
    if (!applies && (rule.deny || role == Truth::kNo)) return;
    const Truth condition =
        HoldsCondition(rule, entry.endpoint, *judge_.activation_, *judge_.machine_);
    if (!Applies(rule.deny, {condition})) return;
    if (!applies) {
      NoteLack(entry.rule, role, scopes);
    } else if (rule.ignore_token) {
      tally_.first_ignoring_allow = std::min(tally_.first_ignoring_allow, entry.rule);
    } else if (rule.deny) {
      Deny(entry.rule, role == Truth::kYes && scopes == Truth::kYes, condition == Truth::kYes);
    } else {
      Apply(entry.rule, false);
    }
  }

 private:
  void LookUp(EntryRun run) {
    for (const MatchEntry& entry : run.special()) {
      if ((entry.methods & method_bit_) != 0) LookInFull(entry);
    }
    const RoleIndex& index = program_.matcher.IndexOf(run);
    if (in_doubt_) {
      index.ForFirst(
          method_bit_, [&](size_t word) { return held_[word] | holdings_.unknown.word(word); },
          [&](const MatchEntry& entry) { LookInFull(entry); });
    } else {
      index.ForFirst(
          method_bit_, [&](size_t word) { return held_[word]; },
          [&](const MatchEntry& entry) { Apply(entry.rule, entry.deny()); });
    }
  }

  void Apply(uint32_t rule, bool deny) {
    if (deny) {
      Deny(rule, true, true);
    } else {
      tally_.first_allow = std::min(tally_.first_allow, rule);
    }
  }

  void Deny(uint32_t rule, bool without_doubt, bool without_failure) {
    tally_.first_deny = std::min(tally_.first_deny, rule);
    tally_.denied_without_doubt = tally_.denied_without_doubt || without_doubt;
    tally_.denied_without_failure = tally_.denied_without_failure || without_failure;
    tally_.denied_by_failure = tally_.denied_by_failure || !without_failure;
  }

  void NoteLack(uint32_t rule, Truth role, Truth scopes) {
    if (role == Truth::kYes && scopes == Truth::kNo) {
      tally_.first_lacking_scopes = std::min(tally_.first_lacking_scopes, rule);
    } else if (role != Truth::kNo && scopes != Truth::kNo) {
      tally_.lacks_only_unknowns = true;
    }
  }

  Judge& judge_;
  Tally& tally_;
  const PolicyProgram& program_;
  const Holdings& holdings_;
  const uint64_t* held_;
  std::string_view method_;
  uint32_t method_bit_;
  bool in_doubt_;
};

bool Judge::OnlyReports(const CompiledRule& rule, const MatchEntry& entry) {
  if (!rule.report_only || (!tried_.empty() && tried_.front().rule == entry.rule)) return false;
  if (gathers_) scratch_.reports.push_back(entry);
  return true;
}

// What is compiled into Decide saves as many calls, which count beside a trie of four levels.
[[gnu::always_inline]] inline void Judge::LookAtAll(const CallerData& caller, Tally& tally) {
  tally = {};
  if (program_.has_conditions) activation_->SetCaller(program_.roles, caller);
  program_.matcher.Visit(scratch_.canonical, scratch_.stack, RuleVisitor(*this, caller, tally));
}

[[gnu::noinline]] void Judge::LookWithTried(const CallerData& caller, Tally& tally) {
  std::optional<Tally>& in_force = in_force_[&caller == &caller_ ? 0 : 1];
  if (!in_force) {
    const std::span<const MatchEntry> tried = std::exchange(tried_, {});
    LookAtAll(caller, in_force.emplace());
    tried_ = tried;
  }
  tally = *in_force;
  if (program_.has_conditions) activation_->SetCaller(program_.roles, caller);
  RuleVisitor visitor(*this, caller, tally);
  for (const MatchEntry& entry : tried_) visitor.LookInFull(entry);
}

[[gnu::always_inline]] inline void Judge::Look(const CallerData& caller, Tally& tally) {
  if (tried_.empty()) [[likely]] {
    LookAtAll(caller, tally);
  } else {
    LookWithTried(caller, tally);
  }
}

[[gnu::always_inline]] inline Verdict Judge::DecideByRules() {
  if (token_.kind == TokenStatus::Kind::kRefused) {
    const bool saved = tally_.first_ignoring_allow != kNoRule && tally_.first_deny == kNoRule;
    return saved ? Verdict{Reason::kAllowed, tally_.first_ignoring_allow, &program_.anonymous}
                 : Verdict{token_.reason, kNoRule, &program_.anonymous};
  }
  if (tally_.first_deny != kNoRule) {
    return {ReasonOfDenial(), tally_.first_deny, &caller_};
  }
  // A rule that ignores the token is asked about only where it would be named, or alone would
  // allow.
  const bool ignoring = tally_.first_ignoring_allow < tally_.first_allow && MayIgnoreToken();
  if (tally_.first_allow != kNoRule) {
    return {Reason::kAllowed, ignoring ? tally_.first_ignoring_allow : tally_.first_allow,
            &caller_};
  }
  if (ignoring) return {Reason::kAllowed, tally_.first_ignoring_allow, &program_.anonymous};
  return DecideDefault();
}

// Without a token, a denial that rests on failed conditions alone may be for want of it.
Reason Judge::ReasonOfDenial() const {
  if (token_.kind == TokenStatus::Kind::kAbsent && !tally_.denied_without_failure) {
    return Reason::kNoToken;
  }
  const bool known = tally_.denied_without_doubt || tally_.denied_by_failure;
  return known ? Reason::kDeniedByRule : Reason::kRolesIncomplete;
}

Verdict Judge::DecideDefault() const {
  if (token_.kind == TokenStatus::Kind::kAbsent) return {Reason::kNoToken, kNoRule, &caller_};
  if (tally_.first_lacking_scopes != kNoRule) {
    return {Reason::kInsufficientScope, kNoRule, &caller_, tally_.first_lacking_scopes};
  }
  return {tally_.lacks_only_unknowns ? Reason::kRolesIncomplete : Reason::kDefaultDeny, kNoRule,
          &caller_};
}

// A rule that ignores the token allows only if no rule denies a caller without one.
bool Judge::MayIgnoreToken() {
  if (token_.kind == TokenStatus::Kind::kAbsent) return true;
  Tally of_anyone;
  Look(program_.anonymous, of_anyone);
  return of_anyone.first_deny == kNoRule;
}

// An allowance stands only if every required header has a value to be sent.
[[gnu::always_inline]] inline void Judge::CheckForwarding(Verdict& verdict) const {
  if (verdict.reason != Reason::kAllowed || program_.forward_headers.empty()) return;
  verdict.header_without_value =
      RequiredHeaderWithoutValue(program_, ForwardValues(program_, *verdict.caller, scratch_));
  if (verdict.header_without_value != nullptr) verdict.reason = Reason::kForwardValue;
}

[[gnu::always_inline]] inline Verdict Judge::DecideOnce() {
  if (!scratch_.preflight_method.empty()) {
    const uint32_t rule = RuleForPreflight();
    if (rule != kNoRule) {
      Verdict passes{Reason::kAllowed, rule, &program_.anonymous};
      CheckForwarding(passes);
      return passes;
    }
  }
  Look(caller_, tally_);
  Verdict verdict = DecideByRules();
  CheckForwarding(verdict);
  return verdict;
}

Verdict Judge::Decide() {
  scratch_.reports.clear();
  const Verdict verdict = DecideOnce();
  if (!scratch_.reports.empty()) [[unlikely]] {
    TryReports(verdict);
  }
  return verdict;
}

void Judge::TryReports(const Verdict& verdict) {
  if (program_.has_conditions) {
    activation_ = &scratch_.trial_activation;
    machine_ = &scratch_.trial_machine;
    activation_->BeginLike(scratch_.activation, *machine_);
  }
  gathers_ = false;
  std::vector<MatchEntry>& reports = scratch_.reports;
  const auto place = [](const MatchEntry& entry) { return std::pair(entry.rule, entry.endpoint); };
  std::sort(reports.begin(), reports.end(),
            [&](const MatchEntry& a, const MatchEntry& b) { return place(a) < place(b); });
  reports.erase(
      std::unique(reports.begin(), reports.end(),
                  [&](const MatchEntry& a, const MatchEntry& b) { return place(a) == place(b); }),
      reports.end());
  for (auto first = reports.begin(); first != reports.end();) {
    const auto last = std::find_if(
        first, reports.end(), [&](const MatchEntry& entry) { return entry.rule != first->rule; });
    tried_ = {first, last};
    const bool allowed = DecideOnce().reason == Reason::kAllowed;
    if (allowed != (verdict.reason == Reason::kAllowed))
      scratch_.report_rules.push_back(first->rule);
    first = last;
  }
  tried_ = {};
}

void Judge::LookForPreflight(const MatchEntry& entry, uint32_t method_bit, PreflightTally& found) {
  const CompiledRule& rule = program_.rules[entry.rule];
  // Of a report rule, what it says of the preflight itself counts once it is tried.
  if (OnlyReports(rule, entry)) return;
  if ((rule.deny && !rule.everyone) ||
      !MeansMethod(rule.endpoints[entry.endpoint], scratch_.preflight_method, method_bit)) {
    return;
  }
  if (rule.deny) {
    found.denied = true;
  } else {
    found.first_allow = std::min(found.first_allow, entry.rule);
  }
}

// The first rule that may allow what the preflight asks about, unless a rule denies that to
// everyone.
uint32_t Judge::RuleForPreflight() {
  const uint32_t method_bit = program_.methods.Bit(scratch_.preflight_method);
  if (!preflight_in_force_) {
    PreflightTally& found = preflight_in_force_.emplace();
    const std::span<const MatchEntry> tried = std::exchange(tried_, {});
    program_.matcher.Visit(scratch_.canonical, scratch_.stack, [&](EntryRun run) {
      run.ForEach([&](const MatchEntry& entry) { LookForPreflight(entry, method_bit, found); });
    });
    tried_ = tried;
  }
  PreflightTally found = *preflight_in_force_;
  for (const MatchEntry& entry : tried_) LookForPreflight(entry, method_bit, found);
  return found.denied ? kNoRule : found.first_allow;
}

}  // namespace doorward
