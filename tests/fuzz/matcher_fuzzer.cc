// SPDX-License-Identifier: Apache-2.0
//
// Octets choose a small policy, a few callers and their requests. What the library decides, and
// what it explains, must be what the slow reference of the differential tests says.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "tests/differential/engine.h"
#include "tests/differential/generate.h"

namespace doorward::reference {
namespace {

constexpr size_t kMaxRules = 40;
constexpr int kMaxCallers = 3;
constexpr int kMaxRequests = 5;

void RequireNone(const std::string& difference, const World& world, const Caller& caller,
                 const Request& request) {
  if (difference.empty()) return;
  std::fprintf(stderr, "%s\ncaller: %s\nrequest: %s\npolicy: %s\n", difference.c_str(),
               Describe(caller).c_str(), Describe(request).c_str(), ToJson(world).c_str());
  std::abort();
}

void CompareWorld(Choices choices) {
  const World world = MakeWorld(choices, kMaxRules);
  Engine engine(world);
  for (int c = 0; c < kMaxCallers && choices.any_left(); ++c) {
    const Caller caller = MakeCaller(choices, world);
    engine.Become(caller);
    for (int r = 0; r < kMaxRequests && choices.any_left(); ++r) {
      const Request request = MakeRequest(choices, world);
      const Answer want = Decide(world, caller, request);
      RequireNone(DifferenceOf(want, request, engine.Decide(request)), world, caller, request);
      RequireNone(DifferenceOf(world, want, engine.Explain(request)), world, caller, request);
    }
  }
}

}  // namespace
}  // namespace doorward::reference

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  doorward::reference::CompareWorld(doorward::reference::Choices(std::span(data, size)));
  return 0;
}
