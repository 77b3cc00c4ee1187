// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/condition.h"

#include <algorithm>

namespace doorward::reference {
namespace {

using Kind = Condition::Kind;

Truth Known(bool value) { return value ? Truth::kYes : Truth::kNo; }

// Of an atom whose variable could be read.
Truth EvaluateRead(const Condition& atom, const Json& value) {
  switch (atom.kind) {
    case Kind::kIsTrue:
      return value.is(Json::Kind::kBool) ? Known(value.truth) : Truth::kUnknown;
    case Kind::kIs:
      return Known(value.is(Json::Kind::kString) && value.text == atom.text);
    case Kind::kBelow:
      return value.is(Json::Kind::kInt) ? Known(value.number < atom.number) : Truth::kUnknown;
    case Kind::kQuotient:
      if (!value.is(Json::Kind::kInt) || value.number == 0) return Truth::kUnknown;
      return Known(atom.number / value.number > 1);
    case Kind::kHolds:
      return Known(std::any_of(value.items.begin(), value.items.end(),
                               [&](const Json& one) { return one.text == atom.text; }));
    case Kind::kBefore:
      return Known(value.number < kTurningPoint);
    case Kind::kFromNetwork:
      return Known(value.text.starts_with("10."));
    default:
      return Truth::kUnknown;
  }
}

}  // namespace

Truth And(Truth a, Truth b) { return std::min(a, b); }
Truth Or(Truth a, Truth b) { return std::max(a, b); }
Truth Not(Truth a) {
  return a == Truth::kUnknown ? a : a == Truth::kYes ? Truth::kNo : Truth::kYes;
}

Truth Evaluate(const Condition& condition, const Facts& facts) {
  const auto part = [&](size_t i) { return Evaluate(condition.parts[i], facts); };
  switch (condition.kind) {
    case Kind::kConstant:
      return Known(condition.number != 0);
    case Kind::kNot:
      return Not(part(0));
    case Kind::kAnd:
      return And(part(0), part(1));
    case Kind::kOr:
      return Or(part(0), part(1));
    case Kind::kChoose: {
      const Truth which = part(0);
      return which == Truth::kUnknown ? which : part(which == Truth::kYes ? 1 : 2);
    }
    case Kind::kHas:
      return Known(facts(condition.variable).has_value());
    default: {
      const std::optional<Json> value = facts(condition.variable);
      return value ? EvaluateRead(condition, *value) : Truth::kUnknown;
    }
  }
}

std::string TextOf(const Condition& condition) {
  const std::string& variable = condition.variable;
  const auto part = [&](size_t i) { return "(" + TextOf(condition.parts[i]) + ")"; };
  switch (condition.kind) {
    case Kind::kConstant:
      return condition.number != 0 ? "true" : "false";
    case Kind::kNot:
      return "!" + part(0);
    case Kind::kAnd:
      return part(0) + " && " + part(1);
    case Kind::kOr:
      return part(0) + " || " + part(1);
    case Kind::kChoose:
      return part(0) + " ? " + part(1) + " : " + part(2);
    case Kind::kIsTrue:
      return variable;
    case Kind::kIs:
      return variable + " == \"" + condition.text + "\"";
    case Kind::kBelow:
      return variable + " < " + std::to_string(condition.number);
    case Kind::kQuotient:
      return std::to_string(condition.number) + " / " + variable + " > 1";
    case Kind::kHas:
      return "has(" + variable + ")";
    case Kind::kHolds:
      return "\"" + condition.text + "\" in " + variable;
    case Kind::kBefore:
      return variable + " < timestamp(\"2026-06-21T00:00:00Z\")";
    case Kind::kFromNetwork:
      return "cidr(\"10.0.0.0/8\").containsIP(" + variable + ")";
  }
  return "";
}

void ForEachPart(Condition& condition, const std::function<void(Condition&)>& visit) {
  visit(condition);
  for (Condition& part : condition.parts) ForEachPart(part, visit);
}

bool Asks(const Condition& condition, const std::string& prefix) {
  return condition.variable.starts_with(prefix) ||
         std::any_of(condition.parts.begin(), condition.parts.end(),
                     [&](const Condition& part) { return Asks(part, prefix); });
}

}  // namespace doorward::reference
