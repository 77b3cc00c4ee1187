// SPDX-License-Identifier: Apache-2.0
//
// Judges one request by the rules of one policy (docs/policy-language.md, "How a request is
// decided"): which rules match, which of them apply to this caller, and what they come to together.

#ifndef DOORWARD_POLICY_JUDGE_H_
#define DOORWARD_POLICY_JUDGE_H_

#include <cstdint>
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

class Judge {
 public:
  // REQUIRES: the scratch's canonical request and preflight method are set; all arguments outlive
  // the judge.
  Judge(const PolicyProgram& program, const CallerData& caller, const TokenStatus& token,
        PolicyScratch& scratch)
      : program_(program), caller_(caller), token_(token), scratch_(scratch) {}

  // Judges by the rules in force, and leaves in the scratch's `report_rules` those with `mode:
  // report` that would have turned the verdict round. Each of them is tried alone, by judging again
  // as if it were in force: exact, and paid only where such a rule matches.
  Verdict Decide();

  // Whether the request is a CORS preflight that passes, and by which rule. Matching report rules
  // are gathered.
  uint32_t RuleForPreflight();

 private:
  class RuleVisitor;

  Verdict DecideWith(uint32_t enforced);
  void TryReports(const Verdict& verdict);
  Verdict DecideByRules();
  Reason ReasonOfDenial() const;
  Verdict DecideDefault() const;
  // Sets `tally` to what the rules come to for `caller`.
  void Look(const CallerData& caller, Tally& tally);
  bool MayIgnoreToken();
  // Turns an allowance down where a required header has no value.
  void CheckForwarding(Verdict& verdict) const;
  // True for a report rule that is not the one being tried; it is gathered if the rules in force
  // are being judged.
  bool OnlyReports(const CompiledRule& rule, uint32_t number);

  const PolicyProgram& program_;
  const CallerData& caller_;
  const TokenStatus& token_;
  PolicyScratch& scratch_;
  Tally tally_;
  uint32_t enforced_ = kNoRule;  // a report rule that is judged as if it were in force
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_JUDGE_H_
