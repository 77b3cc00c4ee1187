// SPDX-License-Identifier: Apache-2.0

#include "src/policy/decide.h"

#include <cstdint>

#include "src/base/ascii.h"
#include "src/policy/challenge.h"
#include "src/policy/forwarding.h"
#include "src/policy/judge.h"

namespace doorward {
namespace {

// The method that a CORS preflight asks about (Fetch standard, "CORS-preflight request"); "" where
// the request is none.
std::string_view PreflightMethod(const CanonicalRequest& canonical, const Request& request) {
  if (canonical.usual_method != UsualMethod::kOptions || canonical.is_asterisk) return "";
  std::string_view asked;
  size_t origins = 0, methods = 0;
  for (const Header& header : request.headers) {
    if (EqualIgnoringCase(header.name, "origin")) ++origins;
    if (EqualIgnoringCase(header.name, "access-control-request-method")) {
      ++methods;
      asked = header.value;
    }
  }
  const bool asks =
      origins == 1 && methods == 1 && IsMethodSyntax(asked) && !IsRefusedMethod(asked);
  return asks ? asked : "";
}

[[gnu::noinline]] void NameReports(const PolicyProgram& program, PolicyScratch& scratch) {
  for (uint32_t rule : scratch.report_rules) scratch.report.push_back(program.rules[rule].id);
  scratch.decision.report = scratch.report;
}

// Fills in what every decision by a rule has.
Decision Conclude(const PolicyProgram& program, const Request& request, const Verdict& verdict,
                  PolicyScratch& scratch) {
  DecisionData& decision = scratch.decision;
  decision.caller = verdict.caller;
  decision.rule = verdict.rule;
  decision.scopes_lacked_for = verdict.scopes_lacked_for;
  decision.header_without_value = verdict.header_without_value;
  if (!scratch.report_rules.empty()) [[unlikely]] {
    NameReports(program, scratch);
  }
  if (verdict.reason != Reason::kAllowed) {
    decision.www_authenticate = MakeChallenge(program, verdict.reason, scratch);
  } else if (!program.forward_headers.empty() || !request.headers.empty()) {
    MakeForwarding(program, request.headers, ForwardValues(program, *verdict.caller, scratch),
                   scratch);
    decision.headers_to_remove = scratch.headers_to_remove;
    decision.headers_to_set = scratch.headers_to_set;
  }
  return Decision(verdict.reason, &decision);
}

}  // namespace

std::optional<Decision> BeginDecision(const PolicyProgram& program, const Request& request,
                                      Timestamp now, Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  DecisionData& decision = scratch.decision;
  decision = {.program = &program, .caller = &program.anonymous};
  scratch.report.clear();
  scratch.reports.clear();
  scratch.report_rules.clear();
  scratch.preflight_method = {};

  CanonicalRequest& canonical = scratch.canonical;
  if (const Reason reason = Normalise(request, program.request, whole_scratch, &canonical);
      reason != Reason::kAllowed) {
    scratch.request = request;
    decision.refused = &scratch.request;
    return Decision(reason, &decision);
  }
  decision.canonical = &canonical;
  if (!program.hosts.empty() && !(canonical.has_host && program.hosts.Matches(canonical.host))) {
    return Decision(Reason::kMisdirected, &decision);
  }
  if (!program.cors_preflight_pass) return std::nullopt;
  scratch.preflight_method = PreflightMethod(canonical, request);
  if (scratch.preflight_method.empty()) return std::nullopt;
  // A preflight that passes ignores its token. Only to tell what a report rule would change is the
  // token needed.
  const bool passes = Judge(program, program.anonymous, {}, scratch).RuleForPreflight() != kNoRule;
  if (!passes || !scratch.reports.empty()) return std::nullopt;
  return EndDecision(program, request, program.anonymous, {}, now, whole_scratch);
}

void BeginEvaluation(const PolicyProgram& program, const Request& request, Timestamp now,
                     PolicyScratch& scratch) noexcept {
  scratch.activation.Begin(program, request, scratch.canonical, now, scratch.machine);
  for (auto& kept : scratch.forward_values) kept.known = false;
}

Decision EndDecision(const PolicyProgram& program, const Request& request, const CallerData& caller,
                     const TokenStatus& token, Timestamp now, Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  if (program.has_conditions || program.forwards_requests) {
    BeginEvaluation(program, request, now, scratch);
  }
  // In parts, as the whole was stored in parts a moment ago: to load it at once would have to wait.
  scratch.decision.token.kind = token.kind;
  if (token.kind == TokenStatus::Kind::kRefused) scratch.decision.token = token;
  return Conclude(program, request, Judge(program, caller, token, scratch).Decide(), scratch);
}

Decision RefuseCredential(const PolicyProgram& program, const Request& request,
                          const TokenStatus& token, Timestamp now,
                          Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  if (!scratch.preflight_method.empty() &&
      Judge(program, program.anonymous, {}, scratch).RuleForPreflight() != kNoRule) {
    return EndDecision(program, request, program.anonymous, {}, now, whole_scratch);
  }
  scratch.decision.token = token;
  return Decision(token.reason, &scratch.decision);
}

Decision RefuseOutright(Reason reason, const PolicyProgram* program,
                        Scratch& whole_scratch) noexcept {
  auto& scratch = Part<PolicyScratch>(whole_scratch);
  scratch.decision = {.program = program,
                      .caller = program == nullptr ? nullptr : &program->anonymous};
  return Decision(reason, &scratch.decision);
}

}  // namespace doorward
