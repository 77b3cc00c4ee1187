// SPDX-License-Identifier: Apache-2.0
//
// Why a request was decided as it was, rule by rule: for people, and for tools that show it to
// them.

#ifndef DOORWARD_EXPLANATION_H_
#define DOORWARD_EXPLANATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "doorward/export.h"
#include "doorward/reason.h"

namespace doorward {

// What became of a rule for one request (POLICY: a rule applies, does not apply, or fails).
enum class RuleOutcome : uint8_t {
  kDoesNotApply,
  kApplies,
  kAppliesByDoubt,  // a deny rule that applies because something could not be known
  kFails,           // an allow rule that does not apply because its condition failed
};

// A condition of a rule, and what made it come out so.
struct ConditionExplanation {
  struct Operand {
    std::string text;   // as the policy spells it
    std::string value;  // as a literal, or "failed: " and why
  };
  std::string member;  // "when" or "unless"
  std::string text;
  std::string value;  // "true", "false", or "failed: " and why
  std::vector<Operand> operands;
};

// A rule one of whose endpoints matches the request.
struct RuleExplanation {
  std::string rule_id;
  bool deny = false;
  bool report_only = false;
  bool ignores_token = false;
  bool decided = false;  // one of those that the decision rests on
  RuleOutcome outcome = RuleOutcome::kDoesNotApply;
  std::string endpoint;                     // as the policy spells it
  uint32_t line = 0;                        // of the rule, in the policy file
  std::vector<std::string> roles_any_of;    // what the rule asks for, as it stands there
  std::vector<std::string> missing_roles;   // non-empty: one of these would do, and none is held
  std::vector<std::string> unknown_roles;   // those of them that could not be known
  std::vector<std::string> missing_scopes;  // all of these are lacking
  std::vector<std::string> unknown_scopes;
  std::vector<ConditionExplanation> conditions;
};

// A rule whose path matches the request while its method or host does not: the usual slip.
struct NearMiss {
  std::string rule_id;
  std::string endpoint;
  std::string why;
};

struct Explanation {
  bool allowed = false;
  Reason reason = Reason::kInternal;
  int http_status = 500;
  std::string rule_id;
  std::string message;
  std::string policy_revision;
  std::string method, host, path;
  std::string subject, issuer;
  std::vector<std::string> roles;  // held
  std::vector<std::string> unknown_roles;
  std::vector<std::string> scopes;
  std::vector<std::string> report;
  std::vector<RuleExplanation> rules;  // in the order of the file
  std::vector<NearMiss> near_misses;
  std::vector<std::string> advice;  // what would turn a denial into an allowance

  // As text for a terminal, without colours.
  DOORWARD_EXPORT std::string ToText() const;
  // As one JSON object.
  DOORWARD_EXPORT std::string ToJson() const;
};

}  // namespace doorward

#endif  // DOORWARD_EXPLANATION_H_
