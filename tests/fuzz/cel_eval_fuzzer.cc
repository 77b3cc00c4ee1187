// SPDX-License-Identifier: Apache-2.0
//
// An expression and, after a line `#`, a JSON document of claims. What compiles is evaluated with
// a small budget: each time with the same result, on a machine that was used before or not, and
// with more budget where the small one was not spent. Its value can be shown and its trace told.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "src/cel/cel.h"
#include "src/claims/json.h"
#include "tests/fuzz/cel_variables.h"

namespace {

using namespace doorward;
using namespace doorward::cel;

constexpr int64_t kSteps = 3'000;
constexpr std::string_view kSeparator = "\n#\n";

void Require(bool condition) {
  if (!condition) std::abort();
}

struct Evaluation {
  std::string text;
  uint32_t place;
  int64_t steps_left;
};

Evaluation Evaluate(const Program& program, Machine& machine, Activation& activation,
                    int64_t steps) {
  machine.Begin(activation, steps);
  const Value value = program.Evaluate(machine);
  return {ToText(value, 1000), value.failed() ? value.size : 0, machine.steps()};
}

void RequireSame(const Evaluation& a, const Evaluation& b) {
  Require(a.text == b.text && a.place == b.place);
}

void CheckTrace(const Program& program, Machine& machine, Activation& activation) {
  const auto begin = [&] { machine.Begin(activation, kSteps); };
  for (const TracedValue& traced : program.Trace(machine, begin)) {
    Require(traced.at.offset + size_t{traced.at.length} <= program.text().size());
    Require(!traced.value.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t separator = input.rfind(kSeparator);
  const std::string_view text = input.substr(0, separator);
  const std::string_view json =
      separator == input.npos ? "{}" : input.substr(separator + kSeparator.size());
  const CompileOutcome compiled = Compile(text, kFuzzedVariables, 'd');
  const auto claims = JsonDocument::Parse(json, 32, nullptr);
  if (compiled.program == nullptr || claims == nullptr || !claims->root().is_object()) return 0;

  const Program& program = *compiled.program;
  FuzzedActivation activation(claims->root());
  static Machine used;
  const Evaluation first = Evaluate(program, used, activation, kSteps);
  RequireSame(first, Evaluate(program, used, activation, kSteps));
  Machine fresh;
  RequireSame(first, Evaluate(program, fresh, activation, kSteps));
  if (first.steps_left >= 0) {
    const Evaluation more = Evaluate(program, used, activation, 2 * kSteps);
    RequireSame(first, more);
    Require(more.steps_left == first.steps_left + kSteps);
  }
  Require(first.place <= text.size());
  CheckTrace(program, used, activation);
  return 0;
}
