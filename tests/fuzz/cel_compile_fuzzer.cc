// SPDX-License-Identifier: Apache-2.0
//
// Any octets as an expression: it compiles, or the problems say where in the text they are. What
// compiles, compiles again to what names the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "src/cel/cel.h"
#include "tests/fuzz/cel_variables.h"

namespace {

using namespace doorward::cel;

void Require(bool condition) {
  if (!condition) std::abort();
}

void RequireWithin(doorward::Span at, std::string_view text) {
  Require(at.offset <= text.size() && at.length <= text.size() - at.offset);
}

void CheckProblems(const CompileOutcome& compiled, std::string_view text) {
  Require(!compiled.problems.empty());
  uint32_t former = 0;
  for (const Problem& problem : compiled.problems) {
    RequireWithin(problem.at, text);
    Require(problem.at.offset >= former && !problem.message.empty());
    Require(problem.code.starts_with("expression_"));
    former = problem.at.offset;
  }
}

void CheckProgram(const Program& program, std::string_view text) {
  Require(program.text() == text);
  for (size_t i = 0; i < std::size(kFuzzedVariables); ++i) {
    const std::vector<MemberUse> members = program.MembersOf(i);
    for (const MemberUse& use : members) RequireWithin(use.at, text);
    Require(members.empty() || program.uses(i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const CompileOutcome any = Compile(text, kFuzzedVariables, 'd');
  const CompileOutcome truth = Compile(text, kFuzzedVariables, 'b');
  Require((any.program == nullptr) == !any.problems.empty());
  // What asks for less takes all that what asks for more does.
  Require(any.program != nullptr || truth.program == nullptr);
  if (any.program == nullptr) {
    CheckProblems(any, text);
  } else {
    CheckProgram(*any.program, text);
  }
  return 0;
}
