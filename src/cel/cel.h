// SPDX-License-Identifier: Apache-2.0
//
// Front of the cel floor: conditions and other expressions of a policy, in the Common Expression
// Language (cel-spec) without protobuf messages. Checked with types when they are compiled,
// evaluated without allocation where no text has to be built.
//
//   const cel::Variable variables[] = {{"claims", 'C'}, {"request.method", 's'}};
//   cel::CompileOutcome compiled = cel::Compile("claims.level > 3", variables, 'b');
//   cel::Machine machine;                              // one for each thread, in the scratch
//   machine.Begin(activation);                         // for each request
//   cel::Value v = compiled.program->Evaluate(machine);

#ifndef DOORWARD_CEL_CEL_H_
#define DOORWARD_CEL_CEL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/cel/arena.h"
#include "src/cel/problem.h"
#include "src/cel/value.h"

namespace doorward::cel {

// What an expression may name. The type is a letter: b bool, i int, u uint, f double, s string,
// y bytes, t timestamp, r duration, p ip, c cidr, d dyn, S list(string), D list(dyn),
// C map(string, dyn), P map(string, string).
struct Variable {
  std::string_view name;  // may have points in it: "request.method"
  char type;
};

// Where the values of variables come from.
class Activation {
 public:
  virtual ~Activation() = default;
  // The value of the variable at `index` of those that the program was compiled with. What it
  // points to must stay until the machine begins anew.
  virtual Value Get(size_t index) noexcept = 0;
};

inline constexpr int64_t kDefaultSteps = 100'000;
inline constexpr size_t kMaxEvaluationBytes = 1024 * 1024;

// What evaluations use and reuse. Thread-safety: one thread at a time.
class Machine {
 public:
  // Begins a decision: gives back the memory of the former one, and the budget.
  void Begin(Activation& activation, int64_t steps = kDefaultSteps) noexcept {
    activation_ = &activation;
    steps_ = steps;
    arena_.Reset();
  }
  // Takes the budget and the memory, and goes on with other variables.
  void Switch(Activation& activation) noexcept { activation_ = &activation; }

  Arena& arena() noexcept { return arena_; }
  Activation& activation() noexcept { return *activation_; }
  std::vector<Value>& locals() noexcept { return locals_; }

  // Pays for `steps` operations. False: the budget is spent.
  bool Charge(size_t steps) noexcept {
    steps_ -= static_cast<int64_t>(steps);
    return steps_ >= 0;
  }
  // What is left of the budget; below 0 once it is spent.
  int64_t& steps() noexcept { return steps_; }
  // Whether memory was asked for since Begin that was not there.
  bool lacked_memory() const noexcept { return arena_.refused(); }

 private:
  Arena arena_{kMaxEvaluationBytes};
  Activation* activation_ = nullptr;
  std::vector<Value> locals_;
  int64_t steps_ = kDefaultSteps;
};

// A member of a variable that an expression names: `params.user`, `params["user"]`.
struct MemberUse {
  std::string_view name;
  Span at;
};

// A value that was computed on the way, for people: see Program::Trace.
struct TracedValue {
  Span at;            // of the operand, in the expression's text
  std::string value;  // as a literal, or "failed: there is no such key"
};

struct ProgramData;  // internal

// A compiled expression. Thread-safety: immutable.
class Program {
 public:
  ~Program();
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;

  // Computes the value, or the failure to have one, whose `size` is then the place in the text.
  // Lifetime: until the machine begins anew. Cost: linear in what is evaluated, within the
  // machine's budget; no allocation once the machine is warm, but for patterns that are not
  // constant.
  Value Evaluate(Machine& machine) const noexcept;

  std::string_view text() const noexcept;
  bool uses(size_t variable) const noexcept;
  size_t UseCount(size_t variable) const;
  // Where a variable is named first.
  std::optional<Span> FirstUse(size_t variable) const;
  // The members of a map variable that are named by constants, and strings that a list variable is
  // searched for by constants (`"admin" in roles`), in the order of the text.
  std::vector<MemberUse> MembersOf(size_t variable) const;

  // Tells the values of the operands that decided: for people. `begin` begins `machine` anew with
  // the same values; it is called before each operand, so that none lacks what another took.
  // Allocates.
  std::vector<TracedValue> Trace(Machine& machine, const std::function<void()>& begin) const;

  // For the floor's own use.
  explicit Program(std::unique_ptr<const ProgramData> data);

 private:
  std::unique_ptr<const ProgramData> data_;
};

struct CompileOutcome {
  std::unique_ptr<const Program> program;  // null if and only if there are problems
  std::vector<Problem> problems;           // in the order of the text
};

inline constexpr size_t kMaxExpressionBytes = 64 * 1024;

// Reads, checks and compiles `text`. `result`: the letter of the type that it must have (`dyn` will
// do, and is found out when it is evaluated); 'd' for any.
CompileOutcome Compile(std::string_view text, std::span<const Variable> variables, char result);

// A timestamp; kOverflow outside of the years 1 to 9999. `nanos` may be negative or above 1e9.
Value MakeTimestamp(int64_t seconds, int64_t nanos) noexcept;

// Writes a value as a literal of the language, cut after `limit` octets. For people.
std::string ToText(const Value& value, size_t limit);

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_CEL_H_
