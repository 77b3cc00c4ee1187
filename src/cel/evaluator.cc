// SPDX-License-Identifier: Apache-2.0
//
// Walks the tree. Every node costs a step of the machine's budget, and what handles long texts or
// lists more, so that no expression and no input makes an evaluation last.
//
// Failures travel as values. `&&`, `||`, `all` and `exists` absorb them where another operand
// decides (cel-spec, "Logical Operators"): `1/0 > 0 || true` is true. Where nothing absorbs it, the
// first failure is the result, and its `size` tells where in the text it arose.

#include "src/cel/evaluator.h"

#include <algorithm>

#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr Value kNoOverload = Value::Fail(Failure::kNoSuchOverload);
constexpr Value kNoBudget = Value::Fail(Failure::kBudget);
constexpr size_t kMaxArguments = 4;

// What reading a text costs, in steps beside the first.
size_t TextSteps(const Value& value) {
  const bool is_text = value.kind == Kind::kString || value.kind == Kind::kBytes;
  return is_text ? value.size / kOctetsPerStep : 0;
}

class Evaluator {
 public:
  Evaluator(const ProgramData& program, Machine& machine)
      : program_(program), tree_(program.tree), machine_(machine) {}

  Value Evaluate(uint32_t index) {
    const Expr& expr = tree_.nodes[index];
    if (!machine_.Charge(1)) return Fail(Failure::kBudget, expr);
    switch (expr.op) {
      case Op::kLiteral:
        return expr.literal;
      case Op::kVariable:
        return Located(machine_.activation().Get(expr.index), expr);
      case Op::kLocal:
        return Located(machine_.locals()[expr.index], expr);
      case Op::kSelect:
        return Select(expr);
      case Op::kHas:
        return Has(expr);
      case Op::kAnd:
        return Chain(expr, false);
      case Op::kOr:
        return Chain(expr, true);
      case Op::kConditional:
        return Conditional(expr);
      case Op::kList:
        return List(expr);
      case Op::kMap:
        return Map(expr);
      case Op::kAll:
        return Quantify(expr, false);
      case Op::kExists:
        return Quantify(expr, true);
      case Op::kExistsOne:
        return ExistsOne(expr);
      case Op::kTransform:
      case Op::kFilter:
        return Collect(expr);
      case Op::kTransformMap:
        return TransformMap(expr);
      case Op::kName:
      case Op::kCall:
        return Fail(Failure::kNoSuchOverload, expr);
      default:
        return Function(expr);
    }
  }

 private:
  static Value Fail(Failure failure, const Expr& expr) {
    return Located(Value::Fail(failure), expr);
  }
  // A failure that arose here.
  static Value Located(Value value, const Expr& expr) {
    if (value.failed()) value.size = expr.name_at.offset;
    return value;
  }

  uint32_t ArgumentOf(const Expr& expr, size_t i) const {
    return tree_.arguments[expr.first_argument + i];
  }

  Value Select(const Expr& expr) {
    const Value operand = Evaluate(ArgumentOf(expr, 0));
    if (operand.failed()) return operand;
    if (operand.kind != Kind::kMap) return Fail(Failure::kNoSuchOverload, expr);
    const std::string_view name = expr.literal.view();
    if (!machine_.Charge(LookUpSteps(operand, name.size()))) return Fail(Failure::kBudget, expr);
    return Located(FindMember(operand, name), expr);
  }

  Value Has(const Expr& expr) {
    const Value found = Select(expr);
    if (!found.failed()) return Value::Bool(true);
    // Only the member itself may be missing; what it would be a member of must be there.
    const bool own = found.failure == Failure::kNoSuchKey && found.size == expr.name_at.offset;
    return own ? Value::Bool(false) : found;
  }

  // `decisive`: the operand that settles it, true for `||`.
  Value Chain(const Expr& expr, bool decisive) {
    Value out = Value::Bool(!decisive);
    for (const uint32_t argument : tree_.ArgumentsOf(expr)) {
      const Value value = Evaluate(argument);
      if (value.kind == Kind::kBool) {
        if (value.boolean == decisive) return value;
      } else if (!out.failed()) {
        out = value.failed() ? value : Fail(Failure::kNoSuchOverload, expr);
      }
    }
    return out;
  }

  Value Conditional(const Expr& expr) {
    const Value condition = Evaluate(ArgumentOf(expr, 0));
    if (condition.failed()) return condition;
    if (condition.kind != Kind::kBool) return Fail(Failure::kNoSuchOverload, expr);
    return Evaluate(ArgumentOf(expr, condition.boolean ? 1 : 2));
  }

  // Evaluates all arguments into the arena; null, and the failure, where one has no value.
  Value* Items(const Expr& expr, Value& failure) {
    Value* const items = machine_.arena().AllocateArray<Value>(expr.argument_count);
    if (items == nullptr) {
      failure = Fail(Failure::kMemory, expr);
      return nullptr;
    }
    for (size_t i = 0; i < expr.argument_count; ++i) {
      items[i] = Evaluate(ArgumentOf(expr, i));
      if (items[i].failed()) {
        failure = items[i];
        return nullptr;
      }
    }
    return items;
  }

  Value List(const Expr& expr) {
    Value failure;
    const Value* const items = Items(expr, failure);
    return items == nullptr ? failure : Value::List(items, expr.argument_count);
  }

  Value Map(const Expr& expr) {
    Value failure;
    const Value* const items = Items(expr, failure);
    if (items == nullptr) return failure;
    const size_t count = expr.argument_count / 2;
    for (size_t i = 0; i < count; ++i) {
      const Value& key = items[2 * i];
      const bool may_be_key = key.kind == Kind::kBool || key.kind == Kind::kInt ||
                              key.kind == Kind::kUint || key.kind == Kind::kString;
      if (!may_be_key) return Fail(Failure::kNoSuchOverload, expr);
      if (!machine_.Charge(i)) return Fail(Failure::kBudget, expr);
      if (!Find(Value::Map(items, i), key).failed()) return Fail(Failure::kRepeatedKey, expr);
    }
    return Value::Map(items, count);
  }

  // Gives the comprehension's variables the element at `cursor`.
  void Bind(const Expr& expr, const Value& range, const Cursor& cursor) {
    Value* const locals = machine_.locals().data() + expr.index;
    const bool is_map = range.kind == Kind::kMap;
    if (ArgumentOf(expr, kSecondName) == kNoNode) {
      locals[0] = is_map ? cursor.key() : cursor.element();
      return;
    }
    locals[0] = is_map ? cursor.key() : Value::Int(static_cast<int64_t>(cursor.index()));
    locals[1] = cursor.element();
  }

  // Calls `visit` for each element until it returns false; a failure where the range has none.
  template <class Visit>
  Value ForEach(const Expr& expr, Visit visit) {
    const Value range = Evaluate(ArgumentOf(expr, kRange));
    if (range.failed()) return range;
    if (range.kind != Kind::kList && range.kind != Kind::kMap) {
      return Fail(Failure::kNoSuchOverload, expr);
    }
    // The values of a host's map are looked up by their keys.
    const size_t steps = 1 + (range.form == Value::Form::kHost ? LookUpSteps(range, 0) : 0);
    for (Cursor cursor(range); !cursor.done(); cursor.Advance()) {
      if (!machine_.Charge(steps)) return Fail(Failure::kBudget, expr);
      Bind(expr, range, cursor);
      if (!visit(range, cursor)) break;
    }
    return Value::Null();
  }

  // The body, or the filter, as a truth value or a failure.
  Value Truth(const Expr& expr, ComprehensionArgument which) {
    const Value value = Evaluate(ArgumentOf(expr, which));
    return value.kind == Kind::kBool || value.failed() ? value
                                                       : Fail(Failure::kNoSuchOverload, expr);
  }

  Value Quantify(const Expr& expr, bool decisive) {
    Value out = Value::Bool(!decisive);
    const Value range = ForEach(expr, [&](const Value&, const Cursor&) {
      const Value truth = Truth(expr, kBody);
      if (!truth.failed() && truth.boolean != decisive) return true;
      if (!truth.failed() || !out.failed()) out = truth;
      return truth.failed() && truth.failure != Failure::kBudget;
    });
    // What cannot be walked to its end is not known.
    return range.failed() ? range : out;
  }

  Value ExistsOne(const Expr& expr) {
    size_t count = 0;
    Value failure = Value::Null();
    const Value range = ForEach(expr, [&](const Value&, const Cursor&) {
      const Value truth = Truth(expr, kBody);
      if (truth.failed()) failure = truth;
      if (truth.is_true()) ++count;
      return !truth.failed();
    });
    if (range.failed()) return range;
    return failure.failed() ? failure : Value::Bool(count == 1);
  }

  // True where the filter takes the element; else `failure` may be set.
  bool Passes(const Expr& expr, Value& failure) {
    if (ArgumentOf(expr, kFilter) == kNoNode) return true;
    const Value truth = Truth(expr, kFilter);
    if (truth.failed()) failure = truth;
    return truth.is_true();
  }

  // map, filter, transformList: a list of the bodies' values. `width` values for each element.
  template <class Write>
  Value Gather(const Expr& expr, Kind kind, size_t width, Write write) {
    Value* items = nullptr;
    size_t count = 0;
    Value failure = Value::Null();
    const Value range = ForEach(expr, [&](const Value& elements, const Cursor& cursor) {
      if (items == nullptr) {
        items = machine_.arena().AllocateArray<Value>(width * SizeOf(elements));
        if (items == nullptr) failure = Fail(Failure::kMemory, expr);
      }
      if (items != nullptr && Passes(expr, failure)) {
        const Value value = Evaluate(ArgumentOf(expr, kBody));
        if (value.failed()) failure = value;
        write(items + width * count++, elements, cursor, value);
      }
      return !failure.failed();
    });
    if (range.failed()) return range;
    if (failure.failed()) return failure;
    return kind == Kind::kList ? Value::List(items, count) : Value::Map(items, count);
  }

  Value Collect(const Expr& expr) {
    return Gather(
        expr, Kind::kList, 1,
        [](Value* out, const Value&, const Cursor&, const Value& value) { *out = value; });
  }

  Value TransformMap(const Expr& expr) {
    return Gather(expr, Kind::kMap, 2,
                  [](Value* out, const Value& range, const Cursor& cursor, const Value& value) {
                    out[0] = range.kind == Kind::kMap
                                 ? cursor.key()
                                 : Value::Int(static_cast<int64_t>(cursor.index()));
                    out[1] = value;
                  });
  }

  Value Function(const Expr& expr) {
    Value arguments[kMaxArguments];
    const size_t count = std::min<size_t>(expr.argument_count, kMaxArguments);
    for (size_t i = 0; i < count; ++i) {
      arguments[i] = Evaluate(ArgumentOf(expr, i));
      if (arguments[i].failed()) return arguments[i];
    }
    return Located(Apply({expr.op, {arguments, count}, program_, expr.index, machine_}), expr);
  }

  const ProgramData& program_;
  const Tree& tree_;
  Machine& machine_;
};

Value Compare(const Call& call) {
  if (!call.machine.Charge(std::min(TextSteps(call[0]), TextSteps(call[1])))) return kNoBudget;
  const Value order = Order(call[0], call[1]);
  if (order.failed()) return order;
  if (order.kind == Kind::kNull) return Value::Bool(false);
  switch (call.op) {
    case Op::kLess:
      return Value::Bool(order.integer < 0);
    case Op::kLessEqual:
      return Value::Bool(order.integer <= 0);
    case Op::kGreater:
      return Value::Bool(order.integer > 0);
    default:
      return Value::Bool(order.integer >= 0);
  }
}

Value IsEqual(const Call& call) {
  const Value equal = Equality(call[0], call[1], call.machine.steps());
  if (equal.failed()) return equal;
  return Value::Bool(equal.boolean == (call.op == Op::kEqual));
}

}  // namespace

Value Apply(const Call& call) noexcept {
  switch (call.op) {
    case Op::kNot:
      return call.Has(0, Kind::kBool) ? Value::Bool(!call[0].boolean) : kNoOverload;
    case Op::kNegate:
      return Negate(call[0]);
    case Op::kAdd:
      return Add(call[0], call[1], call.machine);
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return Calculate(call.op, call[0], call[1]);
    case Op::kEqual:
    case Op::kNotEqual:
      return IsEqual(call);
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return Compare(call);
    case Op::kIn:
      return In(call[0], call[1], call.machine);
    case Op::kIndex:
      return Index(call[0], call[1], call.machine);
    case Op::kSize:
      return call.machine.Charge(TextSteps(call[0])) ? Size(call[0]) : kNoBudget;
    case Op::kTypeOf:
      return Value::Type(call[0].kind);
    case Op::kDyn:
      return call[0];
    default:
      break;
  }
  if (call.op <= Op::kToDuration) {
    return call.machine.Charge(TextSteps(call[0])) ? Convert(call) : kNoBudget;
  }
  if (call.op >= Op::kFullYear && call.op <= Op::kMilliseconds) return ReadTime(call);
  if (call.op == Op::kToIp || call.op == Op::kToCidr || call.op >= Op::kIsIp) {
    return ApplyNetwork(call);
  }
  return ApplyText(call);
}

Value EvaluateNode(const ProgramData& program, uint32_t node, Machine& machine) noexcept {
  if (machine.locals().size() < program.local_count) machine.locals().resize(program.local_count);
  return Evaluator(program, machine).Evaluate(node);
}

}  // namespace doorward::cel
