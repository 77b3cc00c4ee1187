// SPDX-License-Identifier: Apache-2.0

#include "src/policy/explain_caller.h"

#include <algorithm>
#include <string>
#include <utility>

#include "src/policy/activation.h"
#include "src/policy/decide.h"
#include "src/policy/explain.h"

namespace doorward {
namespace {

GrantOutcome OutcomeOf(Truth gives) {
  switch (gives) {
    case Truth::kYes:
      return GrantOutcome::kGives;
    case Truth::kUnknown:
      return GrantOutcome::kUnknown;
    case Truth::kNo:
      break;
  }
  return GrantOutcome::kDoesNotGive;
}

void ExplainGaps(const PolicyProgram& program, const ClaimMapping& mapping,
                 const CallerData& caller, Explanation& out) {
  const uint32_t end = static_cast<uint32_t>(program.roles.size()) + kFirstRoleBit;
  for (const ClaimMapping::Gap& gap : mapping.FindGaps(caller.claims)) {
    IncompleteClaim claim{gap.source.claim.text, gap.why, {}, gap.could_give_scopes};
    for (uint32_t bit = kFirstRoleBit; bit < end; ++bit) {
      if (gap.possible.Contains(bit) && caller.holdings.unknown.Contains(bit)) {
        claim.roles.emplace_back(program.roles.name(bit));
      }
    }
    if (!claim.roles.empty() || claim.could_give_scopes) {
      out.incomplete_claims.push_back(std::move(claim));
    }
  }
}

void ExplainGrants(const PolicyProgram& program, const ClaimMapping& mapping,
                   const CallerData& caller, std::span<const uint32_t> wanted,
                   cel::Machine& machine, Explanation& out) {
  const auto tried = mapping.TryGrants(caller.claims, caller.issuer, machine);
  ClaimsActivation activation(caller.claims, caller.issuer);
  for (const ClaimMapping::TriedGrant& grant : tried) {
    const std::span<const uint32_t> given = program.roles.Closure(grant.role);
    if (std::find_first_of(given.begin(), given.end(), wanted.begin(), wanted.end()) ==
        given.end()) {
      continue;
    }
    GrantExplanation& one = out.grants.emplace_back();
    one.role = program.roles.name(grant.role);
    one.outcome = OutcomeOf(grant.gives);
    if (grant.claim) one.claim = grant.claim->claim.text;
    one.values = grant.values;
    one.holds_a_value = grant.claim && grant.holds_a_value == Truth::kYes;
    one.claim_incomplete = grant.holds_a_value == Truth::kUnknown;
    one.condition =
        ExplainExpression("when", *grant.when, machine, [&] { machine.Begin(activation); });
  }
}

}  // namespace

ConditionExplanation ExplainExpression(std::string_view member, const cel::Program& expression,
                                       cel::Machine& machine, const std::function<void()>& begin) {
  constexpr size_t kMaxValue = 120;
  const std::string_view text = expression.text();
  begin();
  ConditionExplanation out{std::string(member),
                           std::string(text),
                           cel::ToText(expression.Evaluate(machine), kMaxValue),
                           {}};
  for (const cel::TracedValue& traced : expression.Trace(machine, begin)) {
    out.operands.push_back(
        {std::string(text.substr(traced.at.offset, traced.at.length)), traced.value});
  }
  return out;
}

void ExplainRoles(const PolicyProgram& program, const CallerData& caller,
                  std::span<const uint32_t> wanted, cel::Machine& machine, Explanation& out) {
  const std::optional<size_t> issuer = program.FindIssuer(caller.issuer);
  if (!issuer || !caller.claims.is_object()) return;
  ExplainGaps(program, program.mappings[*issuer], caller, out);
  ExplainGrants(program, program.mappings[*issuer], caller, wanted, machine, out);
}

void ExplainAcceptance(const PolicyProgram& program, size_t issuer, JsonView claims,
                       std::string_view iss, Scratch& scratch, Explanation& out) {
  const Expression& accept = program.issuers[issuer].accept;
  if (accept == nullptr) return;
  ClaimsActivation activation(claims, iss);
  cel::Machine& machine = Part<PolicyScratch>(scratch).machine;
  out.acceptance =
      ExplainExpression("accept", *accept, machine, [&] { machine.Begin(activation); });
}

}  // namespace doorward
