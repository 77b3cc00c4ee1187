// SPDX-License-Identifier: Apache-2.0
//
// The library against the reference, on policies, callers and requests made by chance. A failure
// prints the seed and all that is needed to repeat it by hand.

#include <cstdint>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/differential/effort.h"
#include "tests/differential/engine.h"
#include "tests/differential/generate.h"
#include "tests/differential/reference_decision.h"

namespace doorward::reference {
namespace {

constexpr uint32_t kWorlds = 4000;
constexpr int kCallers = 8;
constexpr int kRequests = 10;
constexpr size_t kMaxRules = 200;

std::string Context(uint32_t seed, const World& world, const Caller& caller,
                    const Request& request) {
  return "seed " + std::to_string(seed) + "\ncaller: " + Describe(caller) +
         "\nrequest: " + Describe(request) + "\npolicy: " + ToJson(world);
}

// Decides for several callers; counts reasons.
void CompareWorld(uint32_t seed, std::map<Reason, size_t>& reasons) {
  Choices choices(seed);
  const World world = MakeWorld(choices, kMaxRules);
  Engine engine(world);
  for (int c = 0; c < kCallers; ++c) {
    const Caller caller = MakeCaller(choices, world);
    engine.Become(caller);
    for (int r = 0; r < kRequests; ++r) {
      const Request request = MakeRequest(choices, world);
      const Answer want = Decide(world, caller, request);
      ++reasons[want.reason];
      ASSERT_EQ(DifferenceOf(want, request, engine.Decide(request)), "")
          << Context(seed, world, caller, request);
      if (r % 4 != 0) continue;
      ASSERT_EQ(DifferenceOf(world, want, engine.Explain(request)), "")
          << Context(seed, world, caller, request);
    }
  }
}

TEST(Decisions, AreThoseOfTheReference) {
  const uint32_t worlds = WorldsToTry(kWorlds);
  std::map<Reason, size_t> reasons;
  for (uint32_t seed = 1; seed <= worlds && !HasFatalFailure(); ++seed) {
    CompareWorld(seed, reasons);
  }
  if (HasFatalFailure()) return;
  // The comparison means something only if all outcomes are met, often.
  for (const Reason reason :
       {Reason::kAllowed, Reason::kDeniedByRule, Reason::kDefaultDeny, Reason::kInsufficientScope,
        Reason::kRolesIncomplete, Reason::kForwardValue, Reason::kNoToken, Reason::kTokenMalformed,
        Reason::kTokenIssuerUnknown, Reason::kKeysUnavailable, Reason::kMisdirected,
        Reason::kBadHeader}) {
    RecordProperty(std::string(ReasonName(reason)), std::to_string(reasons[reason]));
    EXPECT_GT(reasons[reason], worlds / 20) << ReasonName(reason);
  }
}

}  // namespace
}  // namespace doorward::reference
