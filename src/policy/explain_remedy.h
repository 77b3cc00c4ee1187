// SPDX-License-Identifier: Apache-2.0
//
// The part of an explanation that tells how a denial could be turned into an allowance.

#ifndef DOORWARD_POLICY_EXPLAIN_REMEDY_H_
#define DOORWARD_POLICY_EXPLAIN_REMEDY_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "doorward/explanation.h"
#include "doorward/scratch.h"

#include "src/policy/decide.h"

namespace doorward {

using MatchingEndpoint = std::pair<uint32_t, uint32_t>;  // rule, place among its endpoints

// The request that is explained.
struct ExplainedRequest {
  const PolicyProgram& program;
  const CallerData& caller;
  const Request& request;
  Timestamp now;
  TokenStatus token;
  Scratch& scratch;

  // Makes the scratch ready to evaluate as for a decision of its own, were `who` the caller.
  void Begin(const CallerData& who) const;
};

// The conditions of a rule at one of its endpoints, each with all the steps and all the memory of a
// decision.
std::vector<ConditionExplanation> ExplainConditions(const ExplainedRequest& request,
                                                    const CompiledRule& rule, uint32_t endpoint);

// Fills in `remedies` and `advice`. `endpoints`: of `out.rules`, in their order. Decides again what
// the request would come to with what the caller lacks: nothing of `out` may point into the
// scratch.
void AddAdvice(const ExplainedRequest& request, std::span<const MatchingEndpoint> endpoints,
               Explanation& out);

}  // namespace doorward

#endif  // DOORWARD_POLICY_EXPLAIN_REMEDY_H_
