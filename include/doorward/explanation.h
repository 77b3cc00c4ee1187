// SPDX-License-Identifier: Apache-2.0
//
// Why a request was decided as it was, rule by rule: for people, and for tools that show it to
// them.

#ifndef DOORWARD_EXPLANATION_H_
#define DOORWARD_EXPLANATION_H_

#include <cstdint>
#include <optional>
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

// An expression of the policy, and what made it come out so.
struct ConditionExplanation {
  struct Operand {
    std::string text;   // as the policy spells it
    std::string value;  // as a literal, or "failed: " and why
  };
  std::string member;  // "when", "unless" or "accept"; of a forwarded header its name
  std::string text;
  std::string value;  // as an operand's; "true" and "false" for conditions
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

// A claim that gives no roles or scopes though some were asked of it: what it could have given is
// unknown.
struct IncompleteClaim {
  std::string claim;               // as the policy refers to it
  std::string why;                 // "the token left it out (`_claim_names`)"
  std::vector<std::string> roles;  // that it could have given and that are not held
  bool could_give_scopes = false;
};

// Whether an entry of `granted_to` gives its role.
enum class GrantOutcome : uint8_t { kGives, kDoesNotGive, kUnknown };

// An entry of `granted_to` with a condition, whose role counts for one of the matching rules.
struct GrantExplanation {
  std::string role;
  GrantOutcome outcome = GrantOutcome::kDoesNotGive;
  std::string claim;                // "" where the entry names none
  std::vector<std::string> values;  // of which the claim must hold one
  bool holds_a_value = false;       // whether it does
  bool claim_incomplete = false;    // it does not tell
  ConditionExplanation condition;
};

// What the caller would need besides for a rule to allow the request.
struct Remedy {
  std::string rule_id;
  bool token = false;                     // a verified token, where there is none
  std::vector<std::string> roles_any_of;  // one of these
  // The rule names these too, but no issuer gives them: of a caller with a token its issuer, else
  // any. Where they are all that the rule names, `roles_any_of` is empty.
  std::vector<std::string> roles_not_given;
  // How many more roles the rule names (the policy, where a rule's condition asks for roles) that
  // were not tried, as there are so many.
  uint32_t untried_roles = 0;
  std::vector<std::string> scopes;  // all of these
  // Of the rule's conditions those that would still be in the way: true is wanted of "when", false
  // of "unless".
  std::vector<std::string> conditions;
  // Where there are no such conditions it was tried: whether the request is allowed then, and if
  // not, why.
  bool suffices = false;
  std::string otherwise;
};

struct Explanation {
  bool allowed = false;
  Reason reason = Reason::kInternal;
  int http_status = 500;
  std::string rule_id;
  std::string message;
  std::string policy_revision;
  std::string method, host, path;
  // Of a CORS preflight that passes: the method that it asks about, and that `rules` match.
  std::string preflight_method;
  // The decision took more steps than its conditions may take together: some failed for that, which
  // are shown here as they come out with steps of their own.
  bool out_of_steps = false;
  // The same of the memory for the texts that they build.
  bool out_of_memory = false;
  std::string subject, issuer;
  std::vector<std::string> roles;  // held
  std::vector<std::string> unknown_roles;
  std::vector<std::string> scopes;
  // Where a token was presented and its issuer has a condition `accept` that was asked: what it
  // came to.
  std::optional<ConditionExplanation> acceptance;
  std::vector<IncompleteClaim> incomplete_claims;
  std::vector<GrantExplanation> grants;
  // Of `forward_value`: the required headers without a value that may be sent.
  std::vector<ConditionExplanation> headers_without_value;
  std::vector<std::string> report;
  std::vector<RuleExplanation> rules;  // in the order of the file
  std::vector<NearMiss> near_misses;
  std::vector<Remedy> remedies;     // of a denial, by rule
  std::vector<std::string> advice;  // what would turn a denial into an allowance, in sentences

  // As text for a terminal, without colours.
  DOORWARD_EXPORT std::string ToText() const;
  // As one JSON object.
  DOORWARD_EXPORT std::string ToJson() const;
};

}  // namespace doorward

#endif  // DOORWARD_EXPLANATION_H_
