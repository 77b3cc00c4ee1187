// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic, membership and indexing.

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "src/cel/characters.h"
#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr Value kNoOverload = Value::Fail(Failure::kNoSuchOverload);
constexpr Value kOverflow = Value::Fail(Failure::kOverflow);
constexpr Value kNoBudget = Value::Fail(Failure::kBudget);
constexpr Value kDivisionByZero = Value::Fail(Failure::kDivisionByZero);

Value CalculateInt(Op op, int64_t a, int64_t b) {
  int64_t out = 0;
  switch (op) {
    case Op::kAdd:
      return __builtin_add_overflow(a, b, &out) ? kOverflow : Value::Int(out);
    case Op::kSubtract:
      return __builtin_sub_overflow(a, b, &out) ? kOverflow : Value::Int(out);
    case Op::kMultiply:
      return __builtin_mul_overflow(a, b, &out) ? kOverflow : Value::Int(out);
    default:
      break;
  }
  if (b == 0) return kDivisionByZero;
  if (b == -1) return op == Op::kModulo ? Value::Int(0) : CalculateInt(Op::kSubtract, 0, a);
  return Value::Int(op == Op::kDivide ? a / b : a % b);
}

Value CalculateUint(Op op, uint64_t a, uint64_t b) {
  uint64_t out = 0;
  switch (op) {
    case Op::kAdd:
      return __builtin_add_overflow(a, b, &out) ? kOverflow : Value::Uint(out);
    case Op::kSubtract:
      return __builtin_sub_overflow(a, b, &out) ? kOverflow : Value::Uint(out);
    case Op::kMultiply:
      return __builtin_mul_overflow(a, b, &out) ? kOverflow : Value::Uint(out);
    default:
      break;
  }
  if (b == 0) return kDivisionByZero;
  return Value::Uint(op == Op::kDivide ? a / b : a % b);
}

// IEEE 754: dividing by zero gives an infinity.
Value CalculateDouble(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return Value::Double(a + b);
    case Op::kSubtract:
      return Value::Double(a - b);
    case Op::kMultiply:
      return Value::Double(a * b);
    case Op::kDivide:
      if (b == 0) {
        const double quiet = std::numeric_limits<double>::quiet_NaN();
        const double infinity = std::numeric_limits<double>::infinity();
        if (a == 0 || std::isnan(a)) return Value::Double(quiet);
        return Value::Double(std::signbit(a) == std::signbit(b) ? infinity : -infinity);
      }
      return Value::Double(a / b);
    default:
      return kNoOverload;
  }
}

Value JoinText(const Value& a, const Value& b, Machine& machine) {
  const size_t size = size_t{a.size} + b.size;
  if (!machine.Charge(size / kOctetsPerStep)) return Value::Fail(Failure::kBudget);
  char* const out = machine.arena().Allocate(size);
  if (out == nullptr) return Value::Fail(Failure::kMemory);
  if (a.size > 0) std::memcpy(out, a.text, a.size);
  if (b.size > 0) std::memcpy(out + a.size, b.text, b.size);
  return a.kind == Kind::kString ? Value::String({out, size}) : Value::Bytes({out, size});
}

Value JoinLists(const Value& a, const Value& b, Machine& machine) {
  const size_t count = SizeOf(a) + SizeOf(b);
  if (!machine.Charge(count)) return Value::Fail(Failure::kBudget);
  Value* const items = machine.arena().AllocateArray<Value>(count);
  if (items == nullptr) return Value::Fail(Failure::kMemory);
  Value* at = items;
  for (Cursor c(a); !c.done(); c.Advance()) *at++ = c.element();
  for (Cursor c(b); !c.done(); c.Advance()) *at++ = c.element();
  return Value::List(items, count);
}

// The place in a list that a number names: one that no list has where the number names none.
std::optional<uint64_t> AsIndex(const Value& key) {
  constexpr uint64_t kNone = UINT64_MAX;
  switch (key.kind) {
    case Kind::kInt:
      return key.integer < 0 ? kNone : static_cast<uint64_t>(key.integer);
    case Kind::kUint:
      return key.natural;
    case Kind::kDouble: {
      const bool is_whole =
          key.number >= 0 && key.number < 0x1p53 && std::trunc(key.number) == key.number;
      return is_whole ? static_cast<uint64_t>(key.number) : kNone;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

Value Add(const Value& a, const Value& b, Machine& machine) noexcept {
  if (a.kind == b.kind) {
    if (a.kind == Kind::kString || a.kind == Kind::kBytes) return JoinText(a, b, machine);
    if (a.kind == Kind::kList) return JoinLists(a, b, machine);
  }
  return Calculate(Op::kAdd, a, b);
}

Value Calculate(Op op, const Value& a, const Value& b) noexcept {
  const auto is_time = [](const Value& v) {
    return v.kind == Kind::kTimestamp || v.kind == Kind::kDuration;
  };
  if (is_time(a) && is_time(b)) return CalculateTime(op, a, b);
  if (a.kind != b.kind) return kNoOverload;
  switch (a.kind) {
    case Kind::kInt:
      return CalculateInt(op, a.integer, b.integer);
    case Kind::kUint:
      return CalculateUint(op, a.natural, b.natural);
    case Kind::kDouble:
      return CalculateDouble(op, a.number, b.number);
    default:
      return kNoOverload;
  }
}

Value Negate(const Value& a) noexcept {
  if (a.kind == Kind::kInt) return CalculateInt(Op::kSubtract, 0, a.integer);
  if (a.kind == Kind::kDouble) return Value::Double(-a.number);
  return kNoOverload;
}

Value Size(const Value& a) noexcept {
  switch (a.kind) {
    case Kind::kString:
      return Value::Int(static_cast<int64_t>(CountCharacters(a.view())));
    case Kind::kBytes:
      return Value::Int(a.size);
    case Kind::kList:
    case Kind::kMap:
      return Value::Int(static_cast<int64_t>(SizeOf(a)));
    default:
      return kNoOverload;
  }
}

Value In(const Value& element, const Value& container, Machine& machine) noexcept {
  if (container.kind == Kind::kMap) {
    if (!machine.Charge(LookUpSteps(container, KeySize(element)))) return kNoBudget;
    const Value found = Find(container, element);
    if (!found.failed()) return Value::Bool(true);
    return found.failure == Failure::kNoSuchKey ? Value::Bool(false) : found;
  }
  if (container.kind != Kind::kList) return kNoOverload;
  for (Cursor c(container); !c.done(); c.Advance()) {
    const Value equal = Equality(c.element(), element, machine.steps());
    if (equal.failed() || equal.boolean) return equal;
  }
  return Value::Bool(false);
}

Value Index(const Value& container, const Value& key, Machine& machine) noexcept {
  if (container.kind == Kind::kMap) {
    const size_t steps = LookUpSteps(container, KeySize(key));
    return machine.Charge(steps) ? Find(container, key) : kNoBudget;
  }
  const std::optional<uint64_t> index = AsIndex(key);
  if (container.kind != Kind::kList || !index) return kNoOverload;
  if (*index >= SizeOf(container)) return Value::Fail(Failure::kIndex);
  return machine.Charge(*index / 8) ? ElementAt(container, *index) : kNoBudget;
}

}  // namespace doorward::cel
