// SPDX-License-Identifier: Apache-2.0

#include "src/cel/parser.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "src/cel/lexer.h"
#include "src/cel/literal.h"

namespace doorward::cel {
namespace {

// Parentheses and brackets within each other; each costs a dozen calls of the parser.
constexpr int kMaxDepth = 100;

struct BinaryOperator {
  std::string_view sign;
  Op op;
  int level;  // what binds tighter has a higher one
};
constexpr BinaryOperator kBinaryOperators[] = {
    {"==", Op::kEqual, 1},     {"!=", Op::kNotEqual, 1}, {"<", Op::kLess, 1},
    {"<=", Op::kLessEqual, 1}, {">", Op::kGreater, 1},   {">=", Op::kGreaterEqual, 1},
    {"in", Op::kIn, 1},        {"+", Op::kAdd, 2},       {"-", Op::kSubtract, 2},
    {"*", Op::kMultiply, 3},   {"/", Op::kDivide, 3},    {"%", Op::kModulo, 3},
};
constexpr int kTightest = 3;

struct Macro {
  std::string_view name;
  size_t variables;
  bool may_filter;  // an argument more, before the last
  Op op;
};
constexpr Macro kMacros[] = {
    {"all", 1, false, Op::kAll},
    {"all", 2, false, Op::kAll},
    {"exists", 1, false, Op::kExists},
    {"exists", 2, false, Op::kExists},
    {"exists_one", 1, false, Op::kExistsOne},
    {"existsOne", 1, false, Op::kExistsOne},
    {"existsOne", 2, false, Op::kExistsOne},
    {"exists_one", 2, false, Op::kExistsOne},
    {"map", 1, true, Op::kTransform},
    {"filter", 1, false, Op::kFilter},
    {"transformList", 2, true, Op::kTransform},
    {"transformMap", 2, true, Op::kTransformMap},
};

class Parser {
 public:
  Parser(std::string_view text, Tree& tree, std::vector<Problem>& problems)
      : text_(text), tree_(tree), problems_(problems), lexer_(text) {
    Advance();
  }

  bool Run() {
    const std::optional<uint32_t> root = Expression();
    if (!root) return false;
    if (token_.kind != TokenKind::kEnd) {
      return Fail("unexpected " + Describe(token_), "an operator, or the end of the expression");
    }
    tree_.root = *root;
    return true;
  }

 private:
  using Result = std::optional<uint32_t>;

  void Advance() {
    former_ = token_;
    token_ = lexer_.Next();
  }

  bool Is(std::string_view sign) const {
    return token_.kind == TokenKind::kPunctuation && token_.text == sign;
  }
  bool Take(std::string_view sign) {
    if (!Is(sign)) return false;
    Advance();
    return true;
  }
  bool Expect(std::string_view sign, std::string_view where) {
    if (Take(sign)) return true;
    return Fail("unexpected " + Describe(token_),
                "`" + std::string(sign) + "` " + std::string(where));
  }

  static std::string Describe(const Token& token) {
    if (token.kind == TokenKind::kEnd) return "end of the expression";
    if (token.kind == TokenKind::kUnknown && token.text.find_first_of("\"'") < 3) {
      return "string without its closing quote";
    }
    return Quote(token.text);
  }

  // What other languages write where this one has the sign that is suggested.
  static std::string Meant(const Token& token) {
    constexpr std::string_view kMeant[][2] = {
        {"=", "=="}, {"&", "&&"}, {"|", "||"}, {"and", "&&"}, {"or", "||"}};
    for (const auto& [written, meant] : kMeant) {
      if (token.text == written) return "did you mean `" + std::string(meant) + "`?";
    }
    return "";
  }

  bool Fail(std::string message, std::string expected,
            std::string_view code = "expression_syntax") {
    if (!failed_) {
      problems_.push_back(
          {token_.at, code, std::move(message), std::move(expected), Meant(token_)});
    }
    failed_ = true;
    return false;
  }
  bool FailAt(Span at, std::string message, std::string expected,
              std::string_view code = "expression_syntax") {
    if (!failed_) problems_.push_back({at, code, std::move(message), std::move(expected)});
    failed_ = true;
    return false;
  }
  Result Unsupported(Span at, std::string construct) {
    FailAt(at, std::move(construct) + " has no meaning in a policy", "", "expression_unsupported");
    return std::nullopt;
  }

  // From `begin` to what was read last.
  Span Since(uint32_t begin) const {
    return {begin, former_.at.offset + former_.at.length - begin};
  }

  Result Make(Expr expr, std::span<const uint32_t> arguments) {
    uint16_t height = 0;
    for (const uint32_t argument : arguments) {
      if (argument != kNoNode) height = std::max(height, tree_.nodes[argument].height);
    }
    expr.height = static_cast<uint16_t>(height + 1);
    if (expr.height > kMaxHeight || tree_.nodes.size() >= kMaxNodes) {
      FailAt(expr.at, "this expression is too large",
             "at most " + std::to_string(kMaxHeight) + " levels and " + std::to_string(kMaxNodes) +
                 " operations",
             "expression_size");
      return std::nullopt;
    }
    expr.first_argument = static_cast<uint32_t>(tree_.arguments.size());
    expr.argument_count = static_cast<uint32_t>(arguments.size());
    tree_.arguments.insert(tree_.arguments.end(), arguments.begin(), arguments.end());
    tree_.nodes.push_back(expr);
    return static_cast<uint32_t>(tree_.nodes.size() - 1);
  }
  Result Make(Op op, Span at, Span name_at, std::initializer_list<uint32_t> arguments) {
    Expr expr;
    expr.op = op;
    expr.at = at;
    expr.name_at = name_at;
    return Make(expr, {arguments.begin(), arguments.size()});
  }
  Result MakeLiteral(Value value, Span at) {
    Expr expr;
    expr.at = expr.name_at = at;
    expr.literal = value;
    return Make(expr, {});
  }

  Result Expression() {
    if (++depth_ > kMaxDepth) {
      Fail("this expression is nested too deeply",
           "at most " + std::to_string(kMaxDepth) + " levels", "expression_size");
      return std::nullopt;
    }
    const uint32_t begin = token_.at.offset;
    Result out = Chain("||", Op::kOr);
    if (out && Is("?")) {
      const Span sign = token_.at;
      Advance();
      const Result yes = Chain("||", Op::kOr);
      if (!yes || !Expect(":", "and what is meant otherwise")) return std::nullopt;
      const Result no = Expression();
      if (!no) return std::nullopt;
      out = Make(Op::kConditional, Since(begin), sign, {*out, *yes, *no});
    }
    --depth_;
    return out;
  }

  // Operands joined by `||` or, within those, by `&&`.
  Result Chain(std::string_view sign, Op op) {
    const uint32_t begin = token_.at.offset;
    const auto operand = [&] { return op == Op::kOr ? Chain("&&", Op::kAnd) : Binary(1); };
    const Result first = operand();
    if (!first || !Is(sign)) return first;
    Expr expr;
    expr.op = op;
    expr.name_at = token_.at;
    std::vector<uint32_t> operands = {*first};
    while (Take(sign)) {
      const Result next = operand();
      if (!next) return std::nullopt;
      operands.push_back(*next);
    }
    expr.at = Since(begin);
    return Make(expr, operands);
  }

  const BinaryOperator* FindOperator(int level) const {
    if (token_.kind != TokenKind::kPunctuation && token_.text != "in") return nullptr;
    for (const BinaryOperator& one : kBinaryOperators) {
      if (one.level == level && one.sign == token_.text) return &one;
    }
    return nullptr;
  }

  Result Binary(int level) {
    if (level > kTightest) return Unary();
    const uint32_t begin = token_.at.offset;
    Result left = Binary(level + 1);
    while (left) {
      const BinaryOperator* const found = FindOperator(level);
      if (found == nullptr) break;
      const Span sign = token_.at;
      Advance();
      const Result right = Binary(level + 1);
      if (!right) return std::nullopt;
      left = Make(found->op, Since(begin), sign, {*left, *right});
    }
    return left;
  }

  Result Unary() {
    std::vector<Span> signs;
    const std::string_view sign = token_.text;
    const Op op = sign == "!" ? Op::kNot : Op::kNegate;
    if (Is("!") || Is("-")) {
      while (Is(sign)) {
        signs.push_back(token_.at);
        Advance();
      }
    }
    // The minus before a number is part of it: -9223372036854775808 has no positive twin.
    const bool is_number = token_.kind == TokenKind::kInt || token_.kind == TokenKind::kUint ||
                           token_.kind == TokenKind::kFloat;
    const bool negative = op == Op::kNegate && !signs.empty() && is_number;
    if (negative) {
      minus_ = signs.back();
      signs.pop_back();
    }
    Result out = Member(negative);
    for (; out && !signs.empty(); signs.pop_back()) {
      out = Make(op, Since(signs.back().offset), signs.back(), {*out});
    }
    return out;
  }

  Result Member(bool negative) {
    const uint32_t begin = negative ? minus_.offset : token_.at.offset;
    Result out = Primary(negative);
    while (out) {
      if (Take(".")) {
        out = Selection(*out, begin);
      } else if (Is("[")) {
        out = Index(*out, begin);
      } else if (Is("{")) {
        return Unsupported(
            Since(begin),
            "the message " + Quote(std::string(text_.substr(begin, Since(begin).length)) + "{}"));
      } else {
        break;
      }
    }
    return out;
  }

  Result Index(uint32_t operand, uint32_t begin) {
    const Span bracket = token_.at;
    Advance();
    if (Is("?")) return Unsupported(token_.at, "the optional index `[?`");
    const Result index = Expression();
    if (!index || !Expect("]", "after the index")) return std::nullopt;
    return Make(Op::kIndex, Since(begin), bracket, {operand, *index});
  }

  // After the point: a member's name, or a method and its arguments.
  Result Selection(uint32_t operand, uint32_t begin) {
    if (Is("?")) return Unsupported(token_.at, "the optional selection `.?`");
    const Token name = token_;
    if (name.kind != TokenKind::kIdentifier && name.kind != TokenKind::kQuoted) {
      Fail("unexpected " + Describe(name), "a name after the point");
      return std::nullopt;
    }
    Advance();
    Expr expr;
    expr.name_at = name.at;
    if (name.kind == TokenKind::kIdentifier && Take("(")) {
      return Call(name, operand, begin);
    }
    if (name.text == "in" || name.text == "true" || name.text == "false" || name.text == "null") {
      FailAt(name.at, Quote(name.text) + " cannot be selected so",
             "`[\"" + std::string(name.text) + "\"]`");
      return std::nullopt;
    }
    const bool quoted = name.kind == TokenKind::kQuoted;
    expr.op = Op::kSelect;
    expr.at = Since(begin);
    expr.literal = Value::String(quoted ? name.text.substr(1, name.text.size() - 2) : name.text);
    return Make(expr, {&operand, 1});
  }

  // After the opening parenthesis; `target` may be kNoNode.
  Result Call(const Token& name, uint32_t target, uint32_t begin) {
    std::vector<uint32_t> arguments;
    if (target != kNoNode) arguments.push_back(target);
    if (!List(")", arguments)) return std::nullopt;
    const Span at = Since(begin);
    if (name.text == "has" && target == kNoNode) return Has(arguments, at, name.at);
    if (target != kNoNode) {
      for (const Macro& macro : kMacros) {
        const size_t plain = macro.variables + 1;
        const size_t count = arguments.size() - 1;
        if (macro.name != name.text) continue;
        if (count == plain || (macro.may_filter && count == plain + 1)) {
          return Comprehension(macro, arguments, at, name.at);
        }
      }
    }
    Expr expr;
    expr.op = Op::kCall;
    expr.is_method = target != kNoNode;
    expr.at = at;
    expr.name_at = name.at;
    expr.literal = Value::String(name.text);
    return Make(expr, arguments);
  }

  Result Has(const std::vector<uint32_t>& arguments, Span at, Span name_at) {
    if (arguments.size() != 1 || tree_.nodes[arguments[0]].op != Op::kSelect) {
      FailAt(at, "`has` asks whether a member is there", "a selection, as in `has(claims.email)`");
      return std::nullopt;
    }
    Expr& expr = tree_.nodes[arguments[0]];
    expr.op = Op::kHas;
    expr.at = at;
    expr.name_at = name_at;
    return arguments[0];
  }

  Result Comprehension(const Macro& macro, const std::vector<uint32_t>& arguments, Span at,
                       Span name_at) {
    for (size_t i = 1; i <= macro.variables; ++i) {
      const Expr& variable = tree_.nodes[arguments[i]];
      if (variable.op != Op::kName || variable.literal.view().starts_with('.')) {
        FailAt(variable.at, "the variable of " + Quote(macro.name) + " is no plain name",
               "a name, as in `claims.groups.exists(g, g == \"ops\")`");
        return std::nullopt;
      }
    }
    if (macro.variables == 2 &&
        tree_.nodes[arguments[1]].literal.view() == tree_.nodes[arguments[2]].literal.view()) {
      FailAt(tree_.nodes[arguments[2]].at,
             "the variables of " + Quote(macro.name) + " are called the same", "two names");
      return std::nullopt;
    }
    const bool filters = arguments.size() - 1 > macro.variables + 1;
    const bool is_filter = macro.op == Op::kFilter;
    const uint32_t last = arguments.back();
    return Make(macro.op, at, name_at,
                {arguments[0], is_filter ? arguments[1] : last,
                 is_filter ? last
                 : filters ? arguments[arguments.size() - 2]
                           : kNoNode,
                 arguments[1], macro.variables == 2 ? arguments[2] : kNoNode});
  }

  // Expressions with commas between them, up to and with `end`.
  bool List(std::string_view end, std::vector<uint32_t>& out) {
    while (!Take(end)) {
      const Result one = Expression();
      if (!one) return false;
      out.push_back(*one);
      if (!Is(end) && !Expect(",", "or `" + std::string(end) + "`")) return false;
      if (former_.text == "," && Is(end) && end == ")") {
        return Fail("unexpected `)`", "an argument after the comma");
      }
    }
    return true;
  }

  Result Primary(bool negative) {
    const Token token = token_;
    switch (token.kind) {
      case TokenKind::kInt:
      case TokenKind::kUint:
      case TokenKind::kFloat:
        return Number(negative);
      case TokenKind::kString:
      case TokenKind::kBytes:
        return Text();
      case TokenKind::kIdentifier:
        return Name(token, false);
      case TokenKind::kPunctuation:
        break;
      default:
        Fail("unexpected " + Describe(token), "a value, a name or `(`");
        return std::nullopt;
    }
    if (Take("(")) {
      const Result inner = Expression();
      if (!inner || !Expect(")", "to match the opening one")) return std::nullopt;
      return inner;
    }
    if (Take("[")) return ListLiteral(token.at);
    if (Take("{")) return MapLiteral(token.at);
    if (Take(".") && token_.kind == TokenKind::kIdentifier) return Name(token, true);
    Fail("unexpected " + Describe(token_), "a value, a name or `(`");
    return std::nullopt;
  }

  Result Number(bool negative) {
    Value value;
    const LiteralFault fault = ReadNumber(token_, negative, value);
    if (!fault.message.empty()) {
      FailAt(fault.at, fault.message, fault.expected);
      return std::nullopt;
    }
    Advance();
    return MakeLiteral(value, Since(negative ? minus_.offset : former_.at.offset));
  }

  Result Text() {
    std::string& octets = tree_.texts.emplace_back();
    const LiteralFault fault = ReadText(token_, octets);
    if (!fault.message.empty()) {
      FailAt(fault.at, fault.message, fault.expected);
      return std::nullopt;
    }
    const bool bytes = token_.kind == TokenKind::kBytes;
    Advance();
    return MakeLiteral(bytes ? Value::Bytes(octets) : Value::String(octets), former_.at);
  }

  // `from_root`: a point stands before the name, which then is no comprehension's variable.
  Result Name(const Token& begin, bool from_root) {
    const Token name = token_;
    Advance();
    if (name.text == "true" || name.text == "false") {
      return MakeLiteral(Value::Bool(name.text == "true"), name.at);
    }
    if (name.text == "null") return MakeLiteral(Value::Null(), name.at);
    if (IsReserved(name.text)) {
      FailAt(name.at, Quote(name.text) + " is a reserved word", "a value, a name or `(`");
      return std::nullopt;
    }
    if (Take("(")) return Call(name, kNoNode, begin.at.offset);
    Expr expr;
    expr.op = Op::kName;
    expr.at = Since(begin.at.offset);
    expr.name_at = name.at;
    expr.literal = Value::String(from_root ? tree_.texts.emplace_back("." + std::string(name.text))
                                           : name.text);
    return Make(expr, {});
  }

  Result ListLiteral(Span bracket) {
    if (Is("?")) return Unsupported(token_.at, "the optional element `?`");
    std::vector<uint32_t> elements;
    if (!List("]", elements)) return std::nullopt;
    Expr expr;
    expr.op = Op::kList;
    expr.at = Since(bracket.offset);
    expr.name_at = bracket;
    return Make(expr, elements);
  }

  Result MapLiteral(Span brace) {
    std::vector<uint32_t> entries;
    while (!Take("}")) {
      if (Is("?")) return Unsupported(token_.at, "the optional entry `?`");
      const Result key = Expression();
      if (!key || !Expect(":", "between a key and its value")) return std::nullopt;
      const Result value = Expression();
      if (!value) return std::nullopt;
      entries.insert(entries.end(), {*key, *value});
      if (!Is("}") && !Expect(",", "or `}`")) return std::nullopt;
    }
    Expr expr;
    expr.op = Op::kMap;
    expr.at = Since(brace.offset);
    expr.name_at = brace;
    return Make(expr, entries);
  }

  std::string_view text_;
  Tree& tree_;
  std::vector<Problem>& problems_;
  Lexer lexer_;
  Token token_, former_;
  Span minus_;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

bool Parse(std::string_view text, Tree& tree, std::vector<Problem>& problems) {
  return Parser(text, tree, problems).Run();
}

}  // namespace doorward::cel
