// SPDX-License-Identifier: Apache-2.0
//
// How an explanation is written down: for a terminal, and as JSON.

#include "doorward/explanation.h"

#include <algorithm>

#include "src/base/json_text.h"
#include "src/base/source.h"

namespace doorward {
namespace {

std::string_view OutcomeName(RuleOutcome outcome) {
  switch (outcome) {
    case RuleOutcome::kApplies:
      return "applies";
    case RuleOutcome::kAppliesByDoubt:
      return "applies_by_doubt";
    case RuleOutcome::kFails:
      return "fails";
    case RuleOutcome::kDoesNotApply:
      break;
  }
  return "does_not_apply";
}

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
    out += "          " + condition.member + ": ";
    Line(Shown(condition.text), " is " + Shown(condition.value), out);
    for (const ConditionExplanation::Operand& operand : condition.operands) {
      if (operand.text == condition.text) continue;
      Line("            " + Shown(operand.text), " is " + Shown(operand.value), out);
    }
  }
}

// Writes the members of one JSON object.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ~ObjectWriter() { out_ += '}'; }
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  void Text(std::string_view name, std::string_view value) {
    Name(name);
    AppendJsonString(value, out_);
  }
  void TextOrNull(std::string_view name, std::string_view value) {
    if (!value.empty()) return Text(name, value);
    Name(name);
    out_ += "null";
  }
  void Number(std::string_view name, int64_t value) {
    Name(name);
    out_ += std::to_string(value);
  }
  void Bool(std::string_view name, bool value) {
    Name(name);
    out_ += value ? "true" : "false";
  }
  void Texts(std::string_view name, const std::vector<std::string>& values) {
    List(name, values, [&](const std::string& value) { AppendJsonString(value, out_); });
  }
  template <class Value, class Write>
  void List(std::string_view name, const std::vector<Value>& values, Write&& write) {
    Name(name);
    out_ += '[';
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      write(values[i]);
    }
    out_ += ']';
  }

 private:
  void Name(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    AppendJsonString(name, out_);
    out_ += ':';
  }

  std::string& out_;
};

void WriteRule(const RuleExplanation& rule, std::string& out) {
  ObjectWriter object(out);
  object.Text("rule", rule.rule_id);
  object.Number("line", rule.line);
  object.Text("effect", rule.deny ? "deny" : "allow");
  object.Text("outcome", OutcomeName(rule.outcome));
  object.Bool("decided", rule.decided);
  object.Bool("report_only", rule.report_only);
  object.Bool("ignores_token", rule.ignores_token);
  object.Text("endpoint", rule.endpoint);
  object.Texts("roles_any_of", rule.roles_any_of);
  object.Texts("missing_roles", rule.missing_roles);
  object.Texts("unknown_roles", rule.unknown_roles);
  object.Texts("missing_scopes", rule.missing_scopes);
  object.Texts("unknown_scopes", rule.unknown_scopes);
  object.List("conditions", rule.conditions, [&](const ConditionExplanation& condition) {
    ObjectWriter one(out);
    one.Text("member", condition.member);
    one.Text("text", condition.text);
    one.Text("value", condition.value);
    one.List("operands", condition.operands, [&](const ConditionExplanation::Operand& operand) {
      ObjectWriter inner(out);
      inner.Text("text", operand.text);
      inner.Text("value", operand.value);
    });
  });
}

}  // namespace

std::string Explanation::ToText() const {
  std::string out;
  Line(allowed ? "allowed: " : "denied: ",
       std::string(ReasonName(reason)) + " (" + std::to_string(http_status) + "): " + message, out);
  if (!method.empty()) Line("request: ", Shown(method + " " + host + path), out);
  Line("caller: ", subject.empty() ? "(none)" : Shown(subject), out);
  Line("roles held: ", List(roles), out);
  if (!unknown_roles.empty()) Line("roles unknown: ", List(unknown_roles), out);
  if (!scopes.empty()) Line("scopes: ", List(scopes), out);
  if (!rules.empty()) {
    out += "rules that match (* decided):\n";
    for (const RuleExplanation& rule : rules) RuleText(rule, out);
  }
  if (!near_misses.empty()) {
    out += "rules for this path that do not match:\n";
    for (const NearMiss& miss : near_misses) {
      out += "    " + Shown(miss.rule_id) + ", " + Shown(miss.endpoint) + ": " + miss.why + "\n";
    }
  }
  if (!report.empty()) Line("report-only rules that would decide otherwise: ", List(report), out);
  for (const std::string& line : advice) Line("advice: ", line, out);
  Line("policy: ", policy_revision, out);
  return out;
}

std::string Explanation::ToJson() const {
  std::string out;
  {
    ObjectWriter object(out);
    object.Bool("allowed", allowed);
    object.Number("status", http_status);
    object.Text("reason", ReasonName(reason));
    object.TextOrNull("rule", rule_id);
    object.Text("message", message);
    object.Text("method", method);
    object.Text("host", host);
    object.TextOrNull("path", path);
    object.Text("subject", subject);
    object.Text("issuer", issuer);
    object.Texts("roles", roles);
    object.Texts("unknown_roles", unknown_roles);
    object.Texts("scopes", scopes);
    object.List("rules", rules, [&](const RuleExplanation& rule) { WriteRule(rule, out); });
    object.List("near_misses", near_misses, [&](const NearMiss& miss) {
      ObjectWriter inner(out);
      inner.Text("rule", miss.rule_id);
      inner.Text("endpoint", miss.endpoint);
      inner.Text("why", miss.why);
    });
    object.Texts("report", report);
    object.Texts("advice", advice);
    object.Text("policy", policy_revision);
  }
  return out;
}

}  // namespace doorward
