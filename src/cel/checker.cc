// SPDX-License-Identifier: Apache-2.0
//
// One walk over the tree, arguments before what they are given to. A name is a comprehension's
// variable, else a variable of the environment (the longest dotted name that is one), else a type.
// A call is matched against the overloads of its name; where an argument is `dyn`, several may fit,
// and which it is shows when it is evaluated: every function looks at the types it was given
// anyway. What has only constant arguments is computed here, so that a bad timestamp or network is
// found now, and a good one costs nothing later.

#include "src/cel/checker.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "src/cel/evaluator.h"
#include "src/cel/function.h"
#include "src/cel/overload.h"
#include "src/cel/type.h"

namespace doorward::cel {
namespace {

constexpr int64_t kPatternMemory = 1 << 20;
constexpr size_t kMaxPatternBytes = 4096;
// What computing the constants of an expression may take in all; what is beyond it is left to be
// computed when it is evaluated.
constexpr int64_t kFoldingSteps = 1'000'000;

// The sign of an operator in the table of overloads.
std::string_view SignOf(Op op) {
  switch (op) {
    case Op::kNot:
      return "!";
    case Op::kNegate:
    case Op::kSubtract:
      return "-";
    case Op::kAdd:
      return "+";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kModulo:
      return "%";
    case Op::kEqual:
      return "==";
    case Op::kNotEqual:
      return "!=";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEqual:
      return ">=";
    case Op::kIn:
      return "in";
    case Op::kIndex:
      return "[]";
    default:
      return "";
  }
}

constexpr std::string_view kMacroNames[] = {"has",        "all",           "exists",
                                            "exists_one", "existsOne",     "map",
                                            "filter",     "transformList", "transformMap"};

bool IsMacro(std::string_view name) {
  return std::find(std::begin(kMacroNames), std::end(kMacroNames), name) != std::end(kMacroNames);
}

bool IsConversion(Op op) {
  return op == Op::kToTimestamp || op == Op::kToDuration || op == Op::kToIp || op == Op::kToCidr;
}

bool ReadsNetworkText(Op op) {
  return op == Op::kContainsIp || op == Op::kContainsCidr || op == Op::kIsCanonical;
}

std::string ConstantShape(Op op) {
  switch (op) {
    case Op::kToTimestamp:
      return "a time like \"2026-12-31T00:00:00Z\", from the year 1 to 9999";
    case Op::kToDuration:
      return "a duration like \"1h30m\" or \"-1.5s\", of 292 years at most";
    case Op::kToIp:
    case Op::kIsCanonical:
    case Op::kContainsIp:
      return "an address like \"192.0.2.1\" or \"2001:db8::1\"";
    default:
      return "a network like \"192.0.2.0/24\" or \"2001:db8::/32\"";
  }
}

class NoVariables : public Activation {
 public:
  Value Get(size_t) noexcept override { return Value::Fail(Failure::kNotThere); }
};

// Copies a value into memory that lasts as long as the program.
Value Keep(const Value& value, Arena& arena) {
  Value out = value;
  if (value.kind == Kind::kString || value.kind == Kind::kBytes) {
    char* const text = arena.Allocate(value.size);
    if (text == nullptr) return Value::Fail(Failure::kMemory);
    std::copy_n(value.text, value.size, text);
    out.text = text;
  } else if (value.kind == Kind::kIp || value.kind == Kind::kCidr) {
    Address* const address = arena.AllocateArray<Address>(1);
    if (address == nullptr) return Value::Fail(Failure::kMemory);
    *address = *value.address;
    out.address = address;
  } else if (value.kind == Kind::kList || value.kind == Kind::kMap) {
    const size_t count = value.size * (value.kind == Kind::kMap ? 2u : 1u);
    Value* const items = arena.AllocateArray<Value>(count);
    if (items == nullptr) return Value::Fail(Failure::kMemory);
    for (size_t i = 0; i < count; ++i) {
      items[i] = Keep(value.items[i], arena);
      if (items[i].failed()) return items[i];
    }
    out.items = items;
  }
  return out;
}

class Checker {
 public:
  Checker(std::span<const Variable> variables, ProgramData& program, std::vector<Problem>& problems)
      : variables_(variables), program_(program), tree_(program.tree), problems_(problems) {
    program_.used.resize(variables.size());
  }

  void Run(char result) {
    const Type* const type = Check(tree_.root);
    const Type* const wanted = types_.OfLetter(result, types_.dyn(), types_.dyn());
    if (!types_.Assign(wanted, type)) {
      const std::string name = TypeTable::Name(wanted);
      Report(tree_.nodes[tree_.root].at, "expression_type",
             "this gives a value of type " + TypeTable::Name(type), "a " + name);
    }
  }

 private:
  struct Local {
    std::string_view name;
    const Type* type;
  };

  void Report(Span at, std::string_view code, std::string message, std::string expected = {},
              std::string suggestion = {}) {
    problems_.push_back({at, code, std::move(message), std::move(expected), std::move(suggestion)});
  }

  Expr& Node(uint32_t index) { return tree_.nodes[index]; }
  uint32_t ArgumentOf(const Expr& expr, size_t i) const {
    return tree_.arguments[expr.first_argument + i];
  }

  const Type* Check(uint32_t index) {
    switch (Node(index).op) {
      case Op::kLiteral:
        return TypeOfLiteral(Node(index).literal);
      case Op::kName:
        return CheckName(index);
      case Op::kSelect:
        return CheckSelection(index);
      case Op::kHas:
        return CheckMember(index, Check(ArgumentOf(Node(index), 0))), Bool();
      case Op::kCall:
        return CheckCall(index);
      case Op::kAnd:
      case Op::kOr:
        return CheckChain(index);
      case Op::kConditional:
        return CheckConditional(index);
      case Op::kList:
        return CheckList(index);
      case Op::kMap:
        return CheckMap(index);
      default:
        break;
    }
    if (IsComprehension(Node(index).op)) return CheckComprehension(index);
    return CheckOperator(index);
  }

  const Type* Bool() { return types_.Of(Kind::kBool); }

  const Type* TypeOfLiteral(const Value& value) { return types_.Of(value.kind); }

  // Names ---------------------------------------------------------------------------------------

  const Local* FindLocal(std::string_view name) const {
    const auto found = std::find_if(locals_.rbegin(), locals_.rend(),
                                    [&](const Local& local) { return local.name == name; });
    return found == locals_.rend() ? nullptr : &*found;
  }

  // The variable, or the type, that a dotted name means.
  const Type* ResolveGlobal(std::string_view name, Expr& expr) {
    const auto found = std::find_if(variables_.begin(), variables_.end(),
                                    [&](const Variable& one) { return one.name == name; });
    if (found != variables_.end()) {
      expr.op = Op::kVariable;
      expr.index = static_cast<uint32_t>(found - variables_.begin());
      expr.argument_count = 0;
      program_.used[expr.index] = true;
      return types_.OfLetter(found->type, types_.dyn(), types_.dyn());
    }
    for (size_t i = 1; i < kKindCount; ++i) {
      if (KindName(static_cast<Kind>(i)) != name) continue;
      expr.op = Op::kLiteral;
      expr.argument_count = 0;
      expr.literal = Value::Type(static_cast<Kind>(i));
      return types_.Of(Kind::kType);
    }
    return nullptr;
  }

  const Type* CheckName(uint32_t index) {
    Expr& expr = Node(index);
    std::string_view name = expr.literal.view();
    if (name.starts_with('.')) {
      name.remove_prefix(1);
    } else if (const Local* const local = FindLocal(name)) {
      expr.op = Op::kLocal;
      expr.index = static_cast<uint32_t>(local - locals_.data());
      return local->type;
    }
    if (const Type* const type = ResolveGlobal(name, expr)) return type;
    ReportUnknown(expr.at, name);
    return types_.dyn();
  }

  // Where a name that is none stands within another: `path` is `request.path`, `email` a claim; ""
  // for nowhere.
  std::string FindInside(std::string_view name) const {
    constexpr std::string_view kClaims[] = {"sub",       "iss",
                                            "aud",       "exp",
                                            "iat",       "jti",
                                            "email",     "email_verified",
                                            "name",      "groups",
                                            "azp",       "tid",
                                            "oid",       "sid",
                                            "acr",       "auth_time",
                                            "upn",       "preferred_username",
                                            "client_id", "scope"};
    const std::string_view first = name.substr(0, name.find('.'));
    const bool is_claim =
        std::find(std::begin(kClaims), std::end(kClaims), first) != std::end(kClaims);
    for (const Variable& variable : variables_) {
      if (is_claim && variable.type == 'C')
        return std::string(variable.name) + "." + std::string(name);
      const size_t point = variable.name.find('.');
      if (point != variable.name.npos && variable.name.substr(point + 1) == first) {
        return std::string(variable.name) + std::string(name.substr(first.size()));
      }
    }
    return "";
  }

  void ReportUnknown(Span at, std::string_view name) {
    std::vector<std::string_view> names;
    for (const Local& local : locals_) names.push_back(local.name);
    for (const Variable& variable : variables_) names.push_back(variable.name);
    std::string expected;
    for (const Variable& variable : variables_) {
      if (variable.name.starts_with(name) && variable.name.substr(name.size()).starts_with('.')) {
        expected += (expected.empty() ? "`" : ", `") + std::string(variable.name) + "`";
      }
    }
    if (expected.empty() && !FindOverloads(name).empty())
      expected = "a call, `" + std::string(name) + "(...)`";
    std::string suggestion = DidYouMean(name, names);
    if (suggestion.empty()) suggestion = DidYouMean(name.substr(0, name.find('.')), names);
    if (const std::string inside = FindInside(name); !inside.empty()) {
      suggestion = "did you mean " + Quote(inside) + "?";
    }
    Report(at, "expression_name", "unknown name " + Quote(name), std::move(expected),
           std::move(suggestion));
  }

  // The dotted name that a selection spells, or nothing where it selects from a value.
  std::optional<std::string> DottedName(uint32_t index) const {
    const Expr& expr = tree_.nodes[index];
    const std::string_view name = expr.literal.view();
    if (expr.op == Op::kName) {
      if (FindLocal(name) != nullptr) return std::nullopt;
      return std::string(name.starts_with('.') ? name.substr(1) : name);
    }
    if (expr.op != Op::kSelect) return std::nullopt;
    std::optional<std::string> operand = DottedName(ArgumentOf(expr, 0));
    if (operand) *operand += "." + std::string(name);
    return operand;
  }

  // True where a dotted name, or a beginning of it, is a variable.
  bool BeginsWithVariable(std::string_view name) const {
    const auto begins = [&](const Variable& one) {
      return name.starts_with(one.name) &&
             (name.size() == one.name.size() || name[one.name.size()] == '.');
    };
    return std::any_of(variables_.begin(), variables_.end(), begins);
  }

  const Type* CheckSelection(uint32_t index) {
    if (const std::optional<std::string> name = DottedName(index)) {
      if (const Type* const type = ResolveGlobal(*name, Node(index))) return type;
      // Where no beginning of it is a variable, the name as a whole is what is unknown.
      if (!BeginsWithVariable(*name)) {
        ReportUnknown(Node(index).at, *name);
        return types_.dyn();
      }
    }
    return CheckMember(index, Check(ArgumentOf(Node(index), 0)));
  }

  // The type of the member that a selection or `has` names.
  const Type* CheckMember(uint32_t index, const Type* operand) {
    const Expr& expr = Node(index);
    const Type* const type = TypeTable::Resolve(operand);
    if (types_.Is(type, Kind::kMap)) {
      if (types_.Assign(type->first, types_.Of(Kind::kString))) return type->second;
    } else if (type->form != Type::Form::kKind) {
      return types_.dyn();
    }
    Report(
        expr.name_at, "expression_type",
        "a value of type " + TypeTable::Name(type) + " has no member " + Quote(expr.literal.view()),
        "a map with strings as keys");
    return types_.dyn();
  }

  // Calls ---------------------------------------------------------------------------------------

  const Type* CheckCall(uint32_t index) {
    std::string dotted;
    const std::vector<Overload> overloads = FindCalled(Node(index), dotted);
    if (overloads.empty()) {
      ReportUnknownFunction(index, dotted);
      return types_.dyn();
    }
    return ChooseOverload(index, overloads, CheckArguments(index));
  }

  // The functions, or the methods, that a call names. Where the name of a function has a point in
  // it, what stands before the point is no argument. `dotted`: the name as a whole, where what
  // stands before the point means nothing.
  std::vector<Overload> FindCalled(Expr& call, std::string& dotted) {
    const std::string_view name = call.literal.view();
    std::vector<Overload> overloads;
    const auto find = [&](std::string_view full, bool methods) {
      for (const Overload& one : FindOverloads(full)) {
        if (one.is_method == methods) overloads.push_back(one);
      }
    };
    if (!call.is_method) {
      find(name, false);
      return overloads;
    }
    if (const std::optional<std::string> target = DottedName(ArgumentOf(call, 0))) {
      const std::string full = *target + "." + std::string(name);
      find(full, false);
      if (!overloads.empty()) {
        ++call.first_argument;
        --call.argument_count;
        call.is_method = false;
        return overloads;
      }
      if (!BeginsWithVariable(*target)) dotted = full;
    }
    find(name, true);
    return overloads;
  }

  const Type* CheckOperator(uint32_t index) {
    const std::span<const Overload> overloads = FindOverloads(SignOf(Node(index).op));
    return ChooseOverload(index, {overloads.begin(), overloads.end()}, CheckArguments(index));
  }

  std::vector<const Type*> CheckArguments(uint32_t index) {
    std::vector<const Type*> types;
    for (size_t i = 0; i < Node(index).argument_count; ++i) {
      types.push_back(Check(ArgumentOf(Node(index), i)));
    }
    return types;
  }

  void ReportUnknownFunction(uint32_t index, const std::string& dotted) {
    const Expr expr = Node(index);
    const std::string_view name = expr.literal.view();
    if (!dotted.empty()) {
      const uint32_t begin = Node(ArgumentOf(expr, 0)).at.offset;
      Report({begin, expr.name_at.offset + expr.name_at.length - begin}, "expression_name",
             "unknown function " + Quote(dotted), {}, DidYouMean(dotted, FunctionNames()));
      return;  // what it is called with may be names that it would explain
    }
    if (IsMacro(name)) {
      Report(expr.name_at, "expression_name", "this is not how " + Quote(name) + " is called",
             name == "has"
                 ? "`has(claims.email)`"
                 : "a variable and an expression, as in `claims.groups.exists(g, g == \"ops\")`");
      return;
    }
    const std::span<const Overload> others = FindOverloads(name);
    std::string expected;
    if (!others.empty()) {
      expected = (others.front().is_method ? "`x." : "`") + std::string(name) + "(...)`";
    }
    Report(expr.name_at, "expression_name", "unknown function " + Quote(name), std::move(expected),
           others.empty() ? DidYouMean(name, FunctionNames()) : "");
    CheckArguments(index);
  }

  // The result of the overload that fits; `dyn` where several do and differ.
  const Type* ChooseOverload(uint32_t index, const std::vector<Overload>& overloads,
                             const std::vector<const Type*>& arguments) {
    const Type* result = nullptr;
    const Overload* chosen = nullptr;
    size_t fitting = 0;
    for (const Overload& one : overloads) {
      const size_t mark = types_.Mark();
      if (const Type* const type = Try(one, arguments)) {
        ++fitting;
        const Type* const here = TypeTable::Resolve(type);
        const bool same = result == nullptr || (here == TypeTable::Resolve(result) ||
                                                TypeTable::Name(here) == TypeTable::Name(result));
        result = same ? here : types_.dyn();
        chosen = chosen == nullptr ? &one : chosen;
      }
      types_.Undo(mark);
    }
    Expr& expr = Node(index);
    if (chosen == nullptr) {
      ReportNoOverload(expr, overloads, arguments);
      return types_.dyn();
    }
    expr.op = chosen->op;
    // What the call binds in its arguments holds where there is no doubt which call it is.
    if (fitting == 1) result = Try(*chosen, arguments);
    PrepareConstants(index);
    Fold(index);
    return result;
  }

  // The result of a call, with the types of the arguments bound; null where they do not fit.
  const Type* Try(const Overload& overload, const std::vector<const Type*>& arguments) {
    const size_t count = overload.types.size() - 2;
    if (count != arguments.size()) return nullptr;
    const Type* const a = types_.Variable();
    const Type* const b = types_.Variable();
    for (size_t i = 0; i < count; ++i) {
      if (!types_.Assign(types_.OfLetter(overload.types[i], a, b), arguments[i])) return nullptr;
    }
    return types_.OfLetter(overload.types.back(), a, b);
  }

  std::string NameOfLetter(char letter) {
    switch (letter) {
      case 'A':
      case 'B':
        return std::string(1, letter);
      case 'L':
        return "list(A)";
      case 'M':
        return "map(A, B)";
      default:
        return TypeTable::Name(types_.OfLetter(letter, types_.dyn(), types_.dyn()));
    }
  }

  // Those that would take the first argument, or all where none would.
  std::vector<Overload> Near(const std::vector<Overload>& overloads, const Type* first) {
    std::vector<Overload> near;
    for (const Overload& one : overloads) {
      const size_t mark = types_.Mark();
      const Type* const wanted =
          types_.OfLetter(one.types.front(), types_.Variable(), types_.Variable());
      if (types_.Assign(wanted, first)) near.push_back(one);
      types_.Undo(mark);
    }
    return near.empty() ? overloads : near;
  }

  void ReportNoOverload(const Expr& expr, const std::vector<Overload>& all,
                        const std::vector<const Type*>& arguments) {
    const std::vector<Overload> overloads = arguments.empty() ? all : Near(all, arguments.front());
    const auto list = [](const std::vector<std::string>& names) {
      std::string out = "(";
      for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + name;
      return out + ")";
    };
    std::vector<std::string> given;
    for (const Type* type : arguments) given.push_back(TypeTable::Name(type));
    std::string expected;
    for (size_t i = 0; i < overloads.size() && i < 4; ++i) {
      const std::string_view letters = overloads[i].types;
      std::vector<std::string> names;
      for (const char c : letters.substr(0, letters.size() - 2)) names.push_back(NameOfLetter(c));
      expected += (i > 0 ? ", " : "") + list(names);
    }
    if (overloads.front().types == "AA:b") expected = "two values of one type";
    if (overloads.size() > 4) expected += " ...";
    Report(expr.name_at, "expression_type",
           Quote(overloads.front().name) + " does not go with " + list(given), expected);
  }

  // Constants -----------------------------------------------------------------------------------

  bool IsConstant(const Expr& expr, size_t i, Kind kind) const {
    return i < expr.argument_count && tree_.Argument(expr, i).op == Op::kLiteral &&
           tree_.Argument(expr, i).literal.kind == kind;
  }

  // Patterns are compiled, and time zones found, once.
  void PrepareConstants(uint32_t index) {
    Expr& expr = Node(index);
    if (!IsConstant(expr, 1, Kind::kString)) return;
    const Expr& argument = tree_.Argument(expr, 1);
    const std::string_view text = argument.literal.view();
    if (expr.op == Op::kMatches) {
      PreparePattern(expr, argument.at, text);
    } else if (expr.op >= Op::kFullYear && expr.op <= Op::kMilliseconds) {
      absl::TimeZone zone;
      if (!FindZone(text, zone)) {
        Report(argument.at, "expression_constant", "unknown time zone " + Quote(text),
               "a name of the time zone database like \"Europe/Berlin\", or an offset like "
               "\"+01:00\"");
        return;
      }
      program_.zones.push_back(zone);
      expr.index = static_cast<uint32_t>(program_.zones.size());
    }
  }

  void PreparePattern(Expr& expr, Span at, std::string_view text) {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kPatternMemory);
    auto pattern =
        std::make_unique<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
    if (text.size() > kMaxPatternBytes || !pattern->ok()) {
      const std::string why =
          text.size() > kMaxPatternBytes ? "pattern too large" : pattern->error();
      Report(at, "expression_constant", "this is no regular expression: " + why,
             "a pattern of RE2, at most " + std::to_string(kMaxPatternBytes) + " octets");
      return;
    }
    program_.patterns.push_back(std::move(pattern));
    expr.index = static_cast<uint32_t>(program_.patterns.size());
  }

  Value EvaluateConstant(uint32_t index) {
    NoVariables none;
    const int64_t steps = std::min(kDefaultSteps, folding_steps_);
    folding_.Begin(none, steps);
    const Value value = EvaluateNode(program_, index, folding_);
    folding_steps_ -= steps - std::max<int64_t>(folding_.steps(), 0);
    return value;
  }

  // Computes a node whose arguments are all constant. What fails is left to fail when it is
  // evaluated (`&&` may yet absorb it), but for texts that can only be a slip.
  void Fold(uint32_t index) {
    Expr& expr = Node(index);
    for (const uint32_t argument : tree_.ArgumentsOf(expr)) {
      if (tree_.nodes[argument].op != Op::kLiteral) {
        CheckNetworkText(expr);
        return;
      }
    }
    const Value value = EvaluateConstant(index);
    if (value.failed() &&
        (value.failure == Failure::kBudget || value.failure == Failure::kMemory)) {
      return;
    }
    const Value kept = value.failed() ? value : Keep(value, program_.constants);
    if (!kept.failed()) {
      expr.op = Op::kLiteral;
      expr.literal = kept;
      expr.argument_count = 0;
    } else if (IsConversion(expr.op) && IsConstant(expr, 0, Kind::kString)) {
      ReportConstant(tree_.Argument(expr, 0), expr.op);
    } else {
      CheckNetworkText(expr);
    }
  }

  // `cidr.containsIP("...")` with a constant that is no address.
  void CheckNetworkText(const Expr& expr) {
    const size_t last = expr.argument_count - size_t{1};
    if (!ReadsNetworkText(expr.op) || !IsConstant(expr, last, Kind::kString)) return;
    const std::string_view text = tree_.Argument(expr, last).literal.view();
    const Value read = expr.op == Op::kContainsCidr ? ParseCidr(text, program_.constants)
                                                    : ParseIp(text, program_.constants);
    if (read.failed()) ReportConstant(tree_.Argument(expr, last), expr.op);
  }

  void ReportConstant(const Expr& argument, Op op) {
    Report(argument.at, "expression_constant",
           Quote(argument.literal.view()) + " is not what this function reads", ConstantShape(op));
  }

  // What is no function -------------------------------------------------------------------------

  void WantBool(uint32_t index, const Type* type) {
    if (types_.Assign(Bool(), type)) return;
    Report(Node(index).at, "expression_type", "this gives a value of type " + TypeTable::Name(type),
           "a bool");
  }

  const Type* CheckChain(uint32_t index) {
    for (size_t i = 0; i < Node(index).argument_count; ++i) {
      const uint32_t argument = ArgumentOf(Node(index), i);
      WantBool(argument, Check(argument));
    }
    return Bool();
  }

  const Type* CheckConditional(uint32_t index) {
    const uint32_t condition = ArgumentOf(Node(index), 0);
    WantBool(condition, Check(condition));
    const Type* const yes = Check(ArgumentOf(Node(index), 1));
    const Type* const no = Check(ArgumentOf(Node(index), 2));
    if (types_.IsDyn(yes) || types_.IsDyn(no)) return types_.dyn();
    if (types_.Assign(yes, no)) return yes;
    Report(
        Node(index).at, "expression_type",
        "this gives a value of type " + TypeTable::Name(yes) + " or of type " + TypeTable::Name(no),
        "two values of one type");
    return types_.dyn();
  }

  const Type* CheckList(uint32_t index) {
    const Type* element = nullptr;
    for (const Type* const type : CheckArguments(index)) {
      element = element == nullptr ? type : types_.Join(element, type);
    }
    Fold(index);
    return types_.List(element == nullptr ? types_.Variable() : element);
  }

  const Type* CheckMap(uint32_t index) {
    const std::vector<const Type*> types = CheckArguments(index);
    const Type* key = nullptr;
    const Type* value = nullptr;
    for (size_t i = 0; i < types.size(); i += 2) {
      CheckKey(ArgumentOf(Node(index), i), types[i]);
      key = key == nullptr ? types[i] : types_.Join(key, types[i]);
      value = value == nullptr ? types[i + 1] : types_.Join(value, types[i + 1]);
    }
    Fold(index);
    return types_.Map(key == nullptr ? types_.Variable() : key,
                      value == nullptr ? types_.Variable() : value);
  }

  void CheckKey(uint32_t index, const Type* type) {
    const Type* const key = TypeTable::Resolve(type);
    if (key->form != Type::Form::kKind) return;
    for (const Kind kind : {Kind::kBool, Kind::kInt, Kind::kUint, Kind::kString}) {
      if (key->kind == kind) return;
    }
    Report(Node(index).at, "expression_type", "a " + TypeTable::Name(key) + " cannot be a key",
           "a bool, an int, a uint or a string");
  }

  const Type* CheckComprehension(uint32_t index) {
    const Expr expr = Node(index);
    const Type* const range = TypeTable::Resolve(Check(ArgumentOf(expr, kRange)));
    const bool two = ArgumentOf(expr, kSecondName) != kNoNode;
    const Type* first = types_.dyn();
    const Type* second = types_.dyn();
    if (types_.Is(range, Kind::kList)) {
      first = two ? types_.Of(Kind::kInt) : range->first;
      second = range->first;
    } else if (types_.Is(range, Kind::kMap)) {
      first = range->first;
      second = range->second;
    } else if (range->form == Type::Form::kKind) {
      Report(Node(ArgumentOf(expr, kRange)).at, "expression_type",
             "a value of type " + TypeTable::Name(range) + " has no elements", "a list or a map");
    }
    Node(index).index = static_cast<uint32_t>(locals_.size());
    locals_.push_back({Node(ArgumentOf(expr, kFirstName)).literal.view(), first});
    if (two) locals_.push_back({Node(ArgumentOf(expr, kSecondName)).literal.view(), second});
    program_.local_count = std::max(program_.local_count, locals_.size());
    if (const uint32_t filter = ArgumentOf(expr, kFilter); filter != kNoNode) {
      WantBool(filter, Check(filter));
    }
    const uint32_t body_index = ArgumentOf(expr, kBody);
    const Type* const body = Check(body_index);
    locals_.resize(locals_.size() - (two ? 2 : 1));
    switch (expr.op) {
      case Op::kTransform:
      case Op::kFilter:
        return types_.List(body);
      case Op::kTransformMap:
        return types_.Map(first, body);
      default:
        WantBool(body_index, body);
        return Bool();
    }
  }

  std::span<const Variable> variables_;
  ProgramData& program_;
  Tree& tree_;
  std::vector<Problem>& problems_;
  TypeTable types_;
  std::vector<Local> locals_;
  Machine folding_;
  int64_t folding_steps_ = kFoldingSteps;
};

}  // namespace

void Check(std::span<const Variable> variables, char result, ProgramData& program,
           std::vector<Problem>& problems) {
  Checker(variables, program, problems).Run(result);
}

}  // namespace doorward::cel
