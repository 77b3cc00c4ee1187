// SPDX-License-Identifier: Apache-2.0

#include "src/policy/read_expression.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "src/base/ascii.h"
#include "src/base/source.h"

namespace doorward {
namespace {

using Variable = ExpressionVariable;

bool IsKnown(Variable variable, ExpressionPlace place) {
  switch (place) {
    case ExpressionPlace::kRule:
      return true;
    case ExpressionPlace::kRuleWithoutToken:
      return !IsOfCaller(variable);
    case ExpressionPlace::kGrant:
    case ExpressionPlace::kAccept:
      return variable == Variable::kClaims || variable == Variable::kIssuer;
    case ExpressionPlace::kForward:
      return variable != Variable::kParams;
  }
  return false;
}

// Why a variable has no value there, and what has.
std::pair<std::string_view, std::string_view> WhyUnknown(ExpressionPlace place) {
  switch (place) {
    case ExpressionPlace::kRuleWithoutToken:
      return {"a rule that ignores the token knows nothing of the caller",
              "`params`, `request` or `source.ip`"};
    case ExpressionPlace::kGrant:
      return {"roles are granted before a request is looked at", "`claims` or `issuer`"};
    case ExpressionPlace::kAccept:
      return {"a token is accepted for its claims alone", "`claims` or `issuer`"};
    case ExpressionPlace::kForward:
      return {"captures belong to one endpoint of a rule", "`request.path`, say"};
    case ExpressionPlace::kRule:
      break;
  }
  return {};
}

// As PlaceInPolicy, where it will be shown: a walk for each of endless mistakes would take too
// long.
Span PlaceOfError(const Fields& fields, const DocumentValue& value, Span at) {
  return fields.Keeps(Severity::kError) ? PlaceInPolicy(value, at) : value.at();
}

bool CheckVariables(Fields& fields, const DocumentValue& value, const cel::Program& program,
                    ExpressionPlace place) {
  bool known = true;
  for (size_t i = 0; i < kExpressionVariableCount; ++i) {
    const std::optional<Span> use = program.FirstUse(i);
    if (!use || IsKnown(static_cast<Variable>(i), place)) continue;
    known = false;
    const auto [why, expected] = WhyUnknown(place);
    const bool ignored_token = place == ExpressionPlace::kRuleWithoutToken;
    fields.Error(PlaceOfError(fields, value, *use),
                 ignored_token ? "ignored_token" : "expression_name",
                 Quote(ExpressionVariables()[i].name) + " cannot stand here: " + std::string(why),
                 {std::string(expected), ""});
  }
  return known;
}

// Reports names of header fields that none has: they are in small letters here, and a slip would
// make a deny rule mean nothing.
bool CheckHeaderNames(Fields& fields, const DocumentValue& value, const cel::Program& program) {
  bool right = true;
  for (const cel::MemberUse& use : program.MembersOf(PlaceOf(Variable::kHeaders))) {
    std::string name(use.name);
    std::transform(name.begin(), name.end(), name.begin(), &AsciiLower);
    if (name == use.name) continue;
    right = false;
    fields.Error(PlaceOfError(fields, value, use.at), "expression_constant",
                 "`request.headers` has its names in small letters, so that " + Quote(use.name) +
                     " is never there",
                 {Quote(name), ""});
  }
  return right;
}

}  // namespace

Span PlaceInPolicy(const DocumentValue& value, Span at) { return value.Part(at.offset, at.length); }

Expression ReadExpression(Fields& fields, const DocumentValue& value, std::string_view what,
                          ExpressionPlace place, char result) {
  const std::optional<std::string_view> text = fields.Text(value, what);
  if (!text || value.at().length == 0)
    return nullptr;  // a YAML tag leaves nothing, and is reported
  cel::CompileOutcome compiled = cel::Compile(*text, ExpressionVariables(), result);
  for (cel::Problem& problem : compiled.problems) {
    fields.Error(PlaceOfError(fields, value, problem.at), problem.code, std::move(problem.message),
                 {std::move(problem.expected), std::move(problem.suggestion)});
  }
  if (compiled.program == nullptr || !CheckVariables(fields, value, *compiled.program, place) ||
      !CheckHeaderNames(fields, value, *compiled.program)) {
    return nullptr;
  }
  return std::move(compiled.program);
}

}  // namespace doorward
