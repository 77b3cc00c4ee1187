// SPDX-License-Identifier: Apache-2.0
//
// Conditions whose value is known by how they were made: a few operators over a few variables,
// written in the condition language and evaluated here in three values.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_CONDITION_H_
#define DOORWARD_TESTS_DIFFERENTIAL_CONDITION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/differential/json_value.h"

namespace doorward::reference {

enum class Truth : uint8_t { kNo, kUnknown, kYes };

Truth And(Truth a, Truth b);
Truth Or(Truth a, Truth b);
Truth Not(Truth a);

struct Condition {
  enum class Kind : uint8_t {
    kConstant,
    kNot,
    kAnd,
    kOr,
    kChoose,       // parts[0] ? parts[1] : parts[2]
    kIsTrue,       // the variable itself
    kIs,           // variable == "text"
    kBelow,        // variable < number
    kQuotient,     // number / variable > 1
    kHas,          // has(variable), of a claim
    kHolds,        // "text" in variable
    kBefore,       // request.time < the time of kTurningPoint
    kFromNetwork,  // source.ip in 10.0.0.0/8
  };
  Kind kind = Kind::kConstant;
  std::string variable = {};  // as the policy spells it: "claims.b0", "roles"
  std::string text = {};
  int64_t number = 0;
  std::vector<Condition> parts = {};
};

inline constexpr int64_t kTurningPoint = 1'782'000'000;  // 2026-06-21T00:00:00Z

// The value of a variable; nothing where reading it fails.
using Facts = std::function<std::optional<Json>(const std::string& variable)>;

Truth Evaluate(const Condition& condition, const Facts& facts);
std::string TextOf(const Condition& condition);

// Calls `visit` for the condition and all its parts.
void ForEachPart(Condition& condition, const std::function<void(Condition&)>& visit);
// True where some part asks for a variable that `prefix` begins.
bool Asks(const Condition& condition, const std::string& prefix);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_CONDITION_H_
