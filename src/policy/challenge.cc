// SPDX-License-Identifier: Apache-2.0

#include "src/policy/challenge.h"

#include <algorithm>

#include "src/policy/program.h"

namespace doorward {
namespace {

// What RFC 6750 section 3 permits in a scope.
bool IsScopeToken(std::string_view scope) {
  return std::all_of(scope.begin(), scope.end(),
                     [](char c) { return c > 0x20 && c <= 0x7E && c != '"' && c != '\\'; });
}

void AppendError(std::string_view error, Reason reason, std::string& out) {
  out += " error=\"";
  out += error;
  out += "\", error_description=\"";
  out += ReasonText(reason);
  out += '"';
}

void AppendScopes(const CompiledRule& rule, std::string& out) {
  if (!std::all_of(rule.scopes.begin(), rule.scopes.end(), IsScopeToken)) return;
  out += ", scope=\"";
  for (const std::string& scope : rule.scopes) {
    if (out.back() != '"') out += ' ';
    out += scope;
  }
  out += '"';
}

}  // namespace

std::string_view MakeChallenge(const PolicyProgram& program, Reason reason,
                               PolicyScratch& scratch) {
  const bool unauthenticated = ReasonHttpStatus(reason) == 401;
  if (!unauthenticated && reason != Reason::kInsufficientScope) return "";
  std::string& out = scratch.www_authenticate;
  out = program.challenge_scheme;
  if (reason == Reason::kInsufficientScope) {
    AppendError("insufficient_scope", reason, out);
    const uint32_t rule = scratch.decision.scopes_lacked_for;
    if (rule != kNoRule) AppendScopes(program.rules[rule], out);
  } else if (reason != Reason::kNoToken) {
    AppendError("invalid_token", reason, out);
  }
  return out;
}

}  // namespace doorward
