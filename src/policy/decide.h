// SPDX-License-Identifier: Apache-2.0
//
// Front of the policy floor for those above: one request decided under a compiled policy, in two
// steps. Between them the authorizer verifies the token, if there is one; a caller known by other
// means needs nothing between.
//
//   BeginDecision: normalise, is the host served, is it a CORS preflight that passes?  -> maybe a
//   decision EndDecision:   which rules match, which of them apply to this caller, what is sent on

#ifndef DOORWARD_POLICY_DECIDE_H_
#define DOORWARD_POLICY_DECIDE_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/decision.h"
#include "doorward/request.h"
#include "doorward/timestamp.h"

#include "src/base/scratch_state.h"
#include "src/cel/cel.h"
#include "src/http/http.h"
#include "src/policy/activation.h"
#include "src/policy/program.h"

namespace doorward {

// What became of the token that was presented, if any.
struct TokenStatus {
  enum class Kind : uint8_t { kAbsent, kVerified, kRefused };
  Kind kind = Kind::kAbsent;
  Reason reason = Reason::kNoToken;  // of kRefused
  // Tells more of a refusal, on demand; may be null. Lifetime of `subject`: the decision's.
  std::string (*explain)(Reason reason, const void* subject) = nullptr;
  const void* subject = nullptr;
};

// What a Decision looks at; lives in the scratch.
struct DecisionData {
  const PolicyProgram* program = nullptr;  // null without a policy
  // Whose identity the decision carries: the anonymous one where a rule allowed without regard to
  // the token. Null without a policy.
  const CallerData* caller = nullptr;
  const CanonicalRequest* canonical = nullptr;  // null where the request was refused before
  uint32_t rule = kNoRule;
  std::span<const std::string_view> report = {};
  std::span<const std::string_view> headers_to_remove = {};
  std::span<const Header> headers_to_set = {};
  std::string_view www_authenticate = {};

  // For Decision::Explain().
  const Request* refused = nullptr;  // the request where it could not be normalised
  uint32_t scopes_lacked_for = kNoRule;
  const ForwardHeader* header_without_value = nullptr;
  TokenStatus token = {};
};

// What the policy floor keeps in a scratch.
struct PolicyScratch final : ScratchPart {
  static constexpr ScratchSlot kSlot = ScratchSlot::kPolicy;

  DecisionData decision;
  Request request;             // of `decision`, where it could not be normalised
  CanonicalRequest canonical;  // of the request under decision
  MatchStack stack;
  std::vector<MatchEntry> reports;     // of report rules that match
  std::vector<uint32_t> report_rules;  // those that would turn the decision round
  std::string_view preflight_method;   // what a CORS preflight asks about; "" where there is none
  std::vector<std::string_view> report;
  std::vector<std::string_view> headers_to_remove;
  std::vector<Header> headers_to_set;
  std::string cookie, www_authenticate, folded_name;

  // What expressions are evaluated with.
  cel::Machine machine;
  RequestActivation activation;
  // Report rules are tried with others, so that they take nothing from the decision.
  cel::Machine trial_machine;
  RequestActivation trial_activation;
  // Where headers depend on the request: their values for the anonymous caller, and for the other,
  // once they are known.
  struct {
    std::vector<std::string_view> values;
    bool known = false;
  } forward_values[2];

  // Adds a field of the client's to remove, each spelling once. A name may repeat beyond the first
  // few dozen, which does no harm, so that many fields cost no more than many.
  void Remove(std::string_view name) {
    constexpr size_t kCompared = 32;
    const auto end = headers_to_remove.begin() +
                     static_cast<std::ptrdiff_t>(std::min(headers_to_remove.size(), kCompared));
    if (std::find(headers_to_remove.begin(), end, name) == end) headers_to_remove.push_back(name);
  }
};

// Starts over, and normalises. Returns a decision where the request is refused or passes as a CORS
// preflight; else nothing, and PolicyScratch::canonical is set.
std::optional<Decision> BeginDecision(const PolicyProgram& program, const Request& request,
                                      Timestamp now, Scratch& scratch) noexcept;

// Decides what BeginDecision left open. `caller` is the anonymous one unless the token was
// verified. REQUIRES: caller.program == &program.
Decision EndDecision(const PolicyProgram& program, const Request& request, const CallerData& caller,
                     const TokenStatus& token, Timestamp now, Scratch& scratch) noexcept;

// Refuses a request that BeginDecision left open, for what its token is, without a look at the
// rules; but a CORS preflight passes whatever its token is.
Decision RefuseCredential(const PolicyProgram& program, const Request& request,
                          const TokenStatus& token, Timestamp now, Scratch& scratch) noexcept;

// Makes the scratch's activation and machine ready for the request that BeginDecision left open.
void BeginEvaluation(const PolicyProgram& program, const Request& request, Timestamp now,
                     PolicyScratch& scratch) noexcept;

// A decision for another cause: no policy, a broken contract.
Decision RefuseOutright(Reason reason, const PolicyProgram* program, Scratch& scratch) noexcept;

}  // namespace doorward

#endif  // DOORWARD_POLICY_DECIDE_H_
