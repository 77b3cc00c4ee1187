// SPDX-License-Identifier: Apache-2.0
//
// An explanation as one JSON object: docs/command.md lists its members.

#include <string>
#include <string_view>
#include <vector>

#include "doorward/explanation.h"

#include "src/base/json_text.h"

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

std::string_view OutcomeName(GrantOutcome outcome) {
  switch (outcome) {
    case GrantOutcome::kGives:
      return "gives";
    case GrantOutcome::kUnknown:
      return "unknown";
    case GrantOutcome::kDoesNotGive:
      break;
  }
  return "does_not_give";
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
  template <class Value, class Write>
  void List(std::string_view name, const std::vector<Value>& values, Write&& write) {
    Name(name);
    out_ += '[';
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      write(values[i], out_);
    }
    out_ += ']';
  }
  // A value is to be written after it.
  void Name(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    AppendJsonString(name, out_);
    out_ += ':';
  }

 private:
  std::string& out_;
};

void WriteText(const std::string& text, std::string& out) { AppendJsonString(text, out); }

void WriteOperand(const ConditionExplanation::Operand& operand, std::string& out) {
  ObjectWriter object(out);
  object.Text("text", operand.text);
  object.Text("value", operand.value);
}

void WriteCondition(const ConditionExplanation& condition, std::string& out) {
  ObjectWriter object(out);
  object.Text("member", condition.member);
  object.Text("text", condition.text);
  object.Text("value", condition.value);
  object.List("operands", condition.operands, WriteOperand);
}

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
  object.List("roles_any_of", rule.roles_any_of, WriteText);
  object.List("missing_roles", rule.missing_roles, WriteText);
  object.List("unknown_roles", rule.unknown_roles, WriteText);
  object.List("missing_scopes", rule.missing_scopes, WriteText);
  object.List("unknown_scopes", rule.unknown_scopes, WriteText);
  object.List("conditions", rule.conditions, WriteCondition);
}

void WriteGrant(const GrantExplanation& grant, std::string& out) {
  ObjectWriter object(out);
  object.Text("role", grant.role);
  object.Text("outcome", OutcomeName(grant.outcome));
  object.TextOrNull("claim", grant.claim);
  object.List("values", grant.values, WriteText);
  object.Bool("holds_a_value", grant.holds_a_value);
  object.Bool("claim_incomplete", grant.claim_incomplete);
  object.Name("condition");
  WriteCondition(grant.condition, out);
}

void WriteIncomplete(const IncompleteClaim& claim, std::string& out) {
  ObjectWriter object(out);
  object.Text("claim", claim.claim);
  object.Text("why", claim.why);
  object.List("roles", claim.roles, WriteText);
  object.Bool("could_give_scopes", claim.could_give_scopes);
}

void WriteNearMiss(const NearMiss& miss, std::string& out) {
  ObjectWriter object(out);
  object.Text("rule", miss.rule_id);
  object.Text("endpoint", miss.endpoint);
  object.Text("why", miss.why);
}

void WriteRemedy(const Remedy& remedy, std::string& out) {
  ObjectWriter object(out);
  object.Text("rule", remedy.rule_id);
  object.Bool("token", remedy.token);
  object.List("roles_any_of", remedy.roles_any_of, WriteText);
  object.List("roles_not_given", remedy.roles_not_given, WriteText);
  object.Number("untried_roles", remedy.untried_roles);
  object.List("scopes", remedy.scopes, WriteText);
  object.List("conditions", remedy.conditions, WriteText);
  object.Bool("suffices", remedy.suffices);
  object.TextOrNull("otherwise", remedy.otherwise);
}

}  // namespace

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
    object.TextOrNull("preflight_method", preflight_method);
    object.Text("subject", subject);
    object.Text("issuer", issuer);
    object.List("roles", roles, WriteText);
    object.List("unknown_roles", unknown_roles, WriteText);
    object.List("scopes", scopes, WriteText);
    object.Name("acceptance");
    if (acceptance) {
      WriteCondition(*acceptance, out);
    } else {
      out += "null";
    }
    object.List("incomplete_claims", incomplete_claims, WriteIncomplete);
    object.List("grants", grants, WriteGrant);
    object.List("rules", rules, WriteRule);
    object.List("near_misses", near_misses, WriteNearMiss);
    object.List("headers_without_value", headers_without_value, WriteCondition);
    object.Bool("out_of_steps", out_of_steps);
    object.Bool("out_of_memory", out_of_memory);
    object.List("report", report, WriteText);
    object.List("remedies", remedies, WriteRemedy);
    object.List("advice", advice, WriteText);
    object.Text("policy", policy_revision);
  }
  return out;
}

}  // namespace doorward
