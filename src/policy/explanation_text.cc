// SPDX-License-Identifier: Apache-2.0
//
// An explanation for a terminal.

#include <algorithm>

#include "doorward/explanation.h"

#include "src/base/source.h"

namespace doorward {
namespace {

std::string OutcomeText(const RuleExplanation& rule) {
  std::string text = "does not apply";
  if (rule.outcome == RuleOutcome::kApplies) text = "applies";
  if (rule.outcome == RuleOutcome::kAppliesByDoubt) text = "applies, since not all could be known";
  if (rule.outcome == RuleOutcome::kFails) text = "fails, and so allows nothing";
  if (rule.report_only) text += ", only reported";
  return text;
}

// Much of an explanation is text of a client or an issuer; none of it may look like a line of its
// own.
std::string Shown(std::string_view text) { return Visible(text, 200); }

std::string List(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + Shown(name);
  return out.empty() ? "none" : out;
}

void Line(std::string_view label, std::string_view text, std::string& out) {
  out.append(label).append(text).append("\n");
}

void ConditionText(std::string_view indent, const ConditionExplanation& condition,
                   std::string& out) {
  out.append(indent).append(Shown(condition.member)).append(": ");
  Line(Shown(condition.text), " is " + Shown(condition.value), out);
  for (const ConditionExplanation::Operand& operand : condition.operands) {
    if (operand.text == condition.text) continue;
    out.append(indent).append("  ");
    Line(Shown(operand.text), " is " + Shown(operand.value), out);
  }
}

void RuleText(const RuleExplanation& rule, std::string& out) {
  out += rule.decided ? "  * " : "    ";
  out += rule.deny ? "deny  " : "allow ";
  out += Shown(rule.rule_id) + " (line " + std::to_string(rule.line) + "): " + OutcomeText(rule) +
         "\n";
  Line("          endpoint: ", Shown(rule.endpoint), out);
  Line(rule.deny ? "          denies: " : "          allows: ", List(rule.roles_any_of), out);
  if (!rule.missing_roles.empty()) {
    Line(rule.deny ? "          not held: " : "          lacking, any of: ",
         List(rule.missing_roles), out);
  }
  if (!rule.unknown_roles.empty()) Line("          unknown: ", List(rule.unknown_roles), out);
  if (!rule.missing_scopes.empty()) {
    Line("          scopes lacking: ", List(rule.missing_scopes), out);
  }
  for (const ConditionExplanation& condition : rule.conditions) {
    ConditionText("          ", condition, out);
  }
}

void GrantText(const GrantExplanation& grant, std::string& out) {
  std::string text = "does not give it";
  if (grant.outcome == GrantOutcome::kGives) text = "gives it";
  if (grant.outcome == GrantOutcome::kUnknown) text = "may give it: not all could be known";
  Line("    " + Shown(grant.role) + ": ", text, out);
  if (!grant.claim.empty()) {
    std::string_view holds = grant.holds_a_value ? " holds" : " does not hold";
    if (grant.claim_incomplete) holds = " does not tell whether it holds";
    Line("          claim: ",
         Shown(grant.claim) + std::string(holds) + " one of " + List(grant.values), out);
  }
  ConditionText("          ", grant.condition, out);
}

void IncompleteText(const IncompleteClaim& claim, std::string& out) {
  Line("    " + Shown(claim.claim) + ": ", claim.why, out);
  if (!claim.roles.empty()) Line("          could give: ", List(claim.roles), out);
  if (claim.could_give_scopes) Line("          could give: ", "scopes", out);
}

// A section, where there is something to stand in it.
template <class Part, class Write>
void Section(std::string_view title, const std::vector<Part>& parts, Write write,
             std::string& out) {
  if (!parts.empty()) Line(title, "", out);
  for (const Part& part : parts) write(part, out);
}

void NearMissText(const NearMiss& miss, std::string& out) {
  Line("    " + Shown(miss.rule_id), ", " + Shown(miss.endpoint) + ": " + miss.why, out);
}

}  // namespace

std::string Explanation::ToText() const {
  std::string out;
  Line(allowed ? "allowed: " : "denied: ",
       std::string(ReasonName(reason)) + " (" + std::to_string(http_status) + "): " + message, out);
  if (!method.empty()) Line("request: ", Shown(method + " " + host + path), out);
  if (!preflight_method.empty()) Line("CORS preflight for: ", Shown(preflight_method), out);
  Line("caller: ", subject.empty() ? "(none)" : Shown(subject), out);
  Line("roles held: ", List(roles), out);
  if (!unknown_roles.empty()) Line("roles unknown: ", List(unknown_roles), out);
  if (!scopes.empty()) Line("scopes: ", List(scopes), out);
  if (acceptance) ConditionText("", *acceptance, out);
  Section("claims that do not tell in full:", incomplete_claims, IncompleteText, out);
  Section("roles that are granted on a condition:", grants, GrantText, out);
  Section("rules that match (* decided):", rules, RuleText, out);
  Section("rules for this path that do not match:", near_misses, NearMissText, out);
  Section(
      "headers without a value that may be sent:", headers_without_value,
      [](const ConditionExplanation& header, std::string& to) {
        ConditionText("    ", header, to);
      },
      out);
  if (out_of_steps) {
    Line("note: ",
         "the conditions took more steps than a decision may take, and so some failed; here each "
         "has steps of its own",
         out);
  }
  if (out_of_memory) {
    Line("note: ",
         "the conditions took more memory than a decision may take, and so some failed; here each "
         "has memory of its own",
         out);
  }
  if (!report.empty()) Line("report-only rules that would decide otherwise: ", List(report), out);
  for (const std::string& line : advice) Line("advice: ", line, out);
  Line("policy: ", policy_revision, out);
  return out;
}

}  // namespace doorward
