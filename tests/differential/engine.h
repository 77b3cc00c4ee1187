// SPDX-License-Identifier: Apache-2.0
//
// What the library makes of a world's policy, callers and requests, through its public interface,
// and how that differs from the reference's answer.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_ENGINE_H_
#define DOORWARD_TESTS_DIFFERENTIAL_ENGINE_H_

#include <memory>
#include <optional>
#include <string>

#include "doorward/authorizer.h"

#include "tests/differential/reference_decision.h"
#include "tests/differential/world.h"

namespace doorward::reference {

class Engine {
 public:
  // Throws std::invalid_argument with the diagnostics where the policy does not load.
  explicit Engine(const World& world);

  // Who decides from now on.
  void Become(const Caller& caller);
  // Decides for that caller. Lifetime: until the next decision.
  Decision Decide(const Request& request);
  Explanation Explain(const Request& request);

 private:
  class Message;

  const World& world_;
  std::shared_ptr<const Policy> policy_;
  Authorizer authorizer_;
  Scratch scratch_;
  Caller::Kind kind_ = Caller::Kind::kAnonymous;
  std::optional<doorward::Caller> known_;
};

// What differs, for people; "" where all agrees.
std::string DifferenceOf(const Answer& want, const Request& request, const Decision& got);
std::string DifferenceOf(const World& world, const Answer& want, const Explanation& got);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_ENGINE_H_
