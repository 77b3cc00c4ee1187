// SPDX-License-Identifier: Apache-2.0
//
// Judges one request by the rules of one policy (docs/policy-language.md, "How a request is
// decided"): which rules match, which of them apply to this caller, and what they come to together.

#ifndef DOORWARD_POLICY_JUDGE_H_
#define DOORWARD_POLICY_JUDGE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "src/policy/decide.h"
#include "src/policy/program.h"

namespace doorward {

struct Verdict {
  Reason reason = Reason::kInternal;
  uint32_t rule = kNoRule;             // the first in the file among those that decided
  const CallerData* caller = nullptr;  // whose identity the decision carries
  uint32_t scopes_lacked_for =
      kNoRule;  // of kInsufficientScope: the first rule that lacked nothing else
  const ForwardHeader* header_without_value = nullptr;  // of kForwardValue
};

// What the matching rules come to for one caller. Rules are named by their place; the first in the
// file counts.
struct Tally {
  uint32_t first_deny = kNoRule;
  uint32_t first_allow = kNoRule;
  uint32_t first_ignoring_allow = kNoRule;  // with `token: ignore`
  bool denied_without_doubt = false;        // some deny rule needs no role or scope that is unknown
  bool denied_without_failure = false;      // some deny rule needs no condition that failed
  bool denied_by_failure = false;           // some deny rule applies as its condition failed
  uint32_t first_lacking_scopes = kNoRule;  // allow rules that lacked nothing but scopes
  bool lacks_only_unknowns = false;  // an allow rule lacked nothing but what could not be known
};

// The same for what a CORS preflight asks about.
struct PreflightTally {
  uint32_t first_allow = kNoRule;
  bool denied = false;  // to everyone
};

class Judge {
 public:
  // REQUIRES: the scratch's canonical request and preflight method are set; all arguments outlive
  // the judge.
  Judge(const PolicyProgram& program, const CallerData& caller, const TokenStatus& token,
        PolicyScratch& scratch)
      : program_(program),
        caller_(caller),
        token_(token),
        scratch_(scratch),
        activation_(&scratch.activation),
        machine_(&scratch.machine) {}

  // Judges by the rules in force, and leaves in the scratch's `report_rules` those with `mode:
  // report` that would have turned the verdict round. Each of them is tried alone: what it would
  // add is added to what the rules in force come to. All trials together have one more budget of
  // steps, and cost what the conditions of the rules tried cost.
  Verdict Decide();

  // Whether the request is a CORS preflight that passes, and by which rule. Matching report rules
  // are gathered.
  uint32_t RuleForPreflight();

 private:
  class RuleVisitor;

  Verdict DecideOnce();
  void TryReports(const Verdict& verdict);
  Verdict DecideByRules();
  Reason ReasonOfDenial() const;
  Verdict DecideDefault() const;
  // Sets `tally` to what the rules come to for `caller`: those in force, and the one being tried.
  void Look(const CallerData& caller, Tally& tally);
  void LookAtAll(const CallerData& caller, Tally& tally);
  void LookWithTried(const CallerData& caller, Tally& tally);
  void LookForPreflight(const MatchEntry& entry, uint32_t method_bit, PreflightTally& found);
  bool MayIgnoreToken();
  // Turns an allowance down where a required header has no value.
  void CheckForwarding(Verdict& verdict) const;
  // True for a report rule, which is gathered, unless it is being tried.
  bool OnlyReports(const CompiledRule& rule, const MatchEntry& entry);

  const PolicyProgram& program_;
  const CallerData& caller_;
  const TokenStatus& token_;
  PolicyScratch& scratch_;
  Tally tally_;
  RequestActivation* activation_;  // what conditions are evaluated with
  cel::Machine* machine_;
  bool gathers_ = true;  // matching report rules
  // A report rule that is judged as if it were in force: its matching entries.
  std::span<const MatchEntry> tried_;
  // What the rules in force come to: for the caller and for anyone, once trials have asked.
  std::optional<Tally> in_force_[2];
  std::optional<PreflightTally> preflight_in_force_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_JUDGE_H_
