// SPDX-License-Identifier: Apache-2.0
//
// matches(): RE2's search. Its time is linear in the text, but by a factor that the pattern gives:
// where its automaton meets ever new states, each octet costs a look at each instruction. Both are
// paid for beforehand, in steps that are worth what they cost at worst.

#include <algorithm>

#include <re2/re2.h>

#include "src/cel/function.h"

namespace doorward::cel {
namespace {

// A pattern that comes with the request must be small.
constexpr int64_t kRequestPatternMemory = 64 * 1024;
constexpr size_t kMaxRequestPatternBytes = 256;

constexpr Value kNoBudget = Value::Fail(Failure::kBudget);

Value Search(std::string_view text, const re2::RE2& pattern, size_t steps, Machine& machine) {
  if (!machine.Charge(1 + steps)) return kNoBudget;
  return Value::Bool(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern));
}

size_t Instructions(const re2::RE2& pattern) {
  return static_cast<size_t>(std::max(pattern.ProgramSize(), 1));
}

// Of a pattern that stands in the policy it is taken that its author means well: for most, an octet
// costs a nanosecond or two, and few instructions of a large one matter at a time.
size_t ConstantSteps(std::string_view text, const re2::RE2& pattern) {
  constexpr size_t kMostInstructions = 128, kLooksPerStep = 8;
  return text.size() * std::min(Instructions(pattern), kMostInstructions) / kLooksPerStep;
}

// What compiling a pattern may take: classes of Unicode are long lists of ranges, and what is
// repeated is written out.
size_t CompileSteps(std::string_view pattern) {
  constexpr size_t kBase = 2000, kOctet = 200, kUnicodeClass = 60'000;
  constexpr size_t kFewTimes = 3000, kManyTimes = 10'000;
  size_t steps = kBase + kOctet * pattern.size();
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    const char next = pattern[i + 1];
    if (pattern[i] == '\\' && (next == 'p' || next == 'P')) steps += kUnicodeClass;
    if (pattern[i] == '{') steps += pattern.substr(i + 2, 1) == "}" ? kFewTimes : kManyTimes;
  }
  return steps;
}

}  // namespace

Value Matches(const Call& call) noexcept {
  const std::string_view text = call[0].view();
  if (call.constant > 0) {
    const re2::RE2& constant = *call.program.patterns[call.constant - 1];
    return Search(text, constant, ConstantSteps(text, constant), call.machine);
  }
  const std::string_view pattern = call[1].view();
  if (pattern.size() > kMaxRequestPatternBytes) return Value::Fail(Failure::kBadPattern);
  if (!call.machine.Charge(CompileSteps(pattern))) return kNoBudget;
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kRequestPatternMemory);
  const re2::RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled.ok()) return Value::Fail(Failure::kBadPattern);
  return Search(text, compiled, text.size() * Instructions(compiled), call.machine);
}

}  // namespace doorward::cel
