// SPDX-License-Identifier: Apache-2.0
//
// Values for people: as literals, and those that made an expression come out as it did.

#include <functional>
#include <string>

#include "src/base/source.h"
#include "src/cel/evaluator.h"
#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr size_t kMaxTraced = 32;
constexpr size_t kMaxBegun = 100;
constexpr size_t kMaxCodePointBytes = 4;
constexpr size_t kMaxTracedBytes = 120;

// Appends literals until `limit` octets were written.
class Writer {
 public:
  explicit Writer(size_t limit) : limit_(limit) {}

  void Write(const Value& value) {
    if (out_.size() > limit_) return;
    char text[kMaxNetworkBytes];
    static_assert(sizeof(text) >= kMaxDoubleBytes && sizeof(text) >= kMaxTimeBytes);
    switch (value.kind) {
      case Kind::kFailure:
        out_ += "failed: " + std::string(FailureText(value.failure));
        return;
      case Kind::kNull:
        out_ += "null";
        return;
      case Kind::kBool:
        out_ += value.boolean ? "true" : "false";
        return;
      case Kind::kInt:
        out_ += std::to_string(value.integer);
        return;
      case Kind::kUint:
        out_ += std::to_string(value.natural) + "u";
        return;
      case Kind::kDouble:
        WriteReal({text, WriteDouble(value.number, text)});
        return;
      case Kind::kString:
        WriteQuoted(value.view());
        return;
      case Kind::kBytes:
        out_ += 'b', WriteQuoted(value.view());
        return;
      case Kind::kTimestamp:
        WriteCall("timestamp", {text, WriteTimestamp(value, text)});
        return;
      case Kind::kDuration:
        WriteCall("duration", {text, WriteDuration(value, text)});
        return;
      case Kind::kIp:
        WriteCall("ip", {text, WriteAddress(value, text)});
        return;
      case Kind::kCidr:
        WriteCall("cidr", {text, WriteAddress(value, text)});
        return;
      case Kind::kType:
        out_ += KindName(value.type);
        return;
      case Kind::kList:
      case Kind::kMap:
        WriteContainer(value);
        return;
    }
  }

  std::string Take() {
    if (out_.size() > limit_) {
      size_t end = limit_;
      while (end > 0 && (out_[end] & '\xC0') == '\x80') --end;
      out_.resize(end);
      out_ += "...";
    }
    return std::move(out_);
  }

 private:
  // A double is told from an int by its point.
  void WriteReal(std::string_view text) {
    out_ += text;
    if (text.find_first_not_of("-0123456789") == text.npos) out_ += ".0";
  }
  void WriteQuoted(std::string_view text) {
    std::string escaped;  // of what is beyond the limit, a little will do
    for (const char c : text.substr(0, limit_ + kMaxCodePointBytes)) {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    out_ += '"' + Visible(escaped, limit_) + '"';
  }
  void WriteCall(std::string_view name, std::string_view text) {
    out_ += std::string(name) + "(\"" + std::string(text) + "\")";
  }
  void WriteContainer(const Value& container) {
    const bool is_map = container.kind == Kind::kMap;
    out_ += is_map ? '{' : '[';
    for (Cursor c(container); !c.done() && out_.size() <= limit_; c.Advance()) {
      if (c.index() > 0) out_ += ", ";
      if (is_map) {
        Write(c.key());
        out_ += ": ";
      }
      Write(c.element());
    }
    out_ += is_map ? '}' : ']';
  }

  size_t limit_;
  std::string out_;
};

class Tracer {
 public:
  Tracer(const ProgramData& program, Machine& machine, const std::function<void()>& begin)
      : program_(program), machine_(machine), begin_(begin) {}

  void Walk(uint32_t index) {
    const Expr& expr = program_.tree.nodes[index];
    switch (expr.op) {
      case Op::kAnd:
      case Op::kOr:
        WalkChain(expr, Evaluate(index));
        return;
      case Op::kNot:
        Walk(ArgumentOf(expr, 0));
        return;
      case Op::kConditional:
        WalkConditional(expr);
        return;
      case Op::kLiteral:
        return;
      default:
        break;
    }
    if (IsFunction(expr.op)) {
      for (const uint32_t argument : program_.tree.ArgumentsOf(expr)) Show(argument);
    } else if (IsComprehension(expr.op)) {
      Show(ArgumentOf(expr, kRange));
    }
    Show(index);
  }

  std::vector<TracedValue> Take() { return std::move(out_); }

 private:
  uint32_t ArgumentOf(const Expr& expr, size_t i) const {
    return program_.tree.arguments[expr.first_argument + i];
  }
  // Operands are evaluated again and again: none may lack what telling another took.
  Value Evaluate(uint32_t index) {
    if (evaluated_++ < kMaxBegun) begin_();
    return EvaluateNode(program_, index, machine_);
  }

  // The operands that made a chain what it is: where one settled it, that one; else all that agree,
  // or all that failed.
  void WalkChain(const Expr& expr, const Value& result) {
    const bool settles = expr.op == Op::kOr;
    for (const uint32_t argument : program_.tree.ArgumentsOf(expr)) {
      const Value value = Evaluate(argument);
      const bool settled = value.kind == Kind::kBool && value.boolean == settles;
      if (result.failed() ? value.kind == Kind::kBool : settled != (result.boolean == settles)) {
        continue;
      }
      Walk(argument);
      if (settled) return;
    }
  }

  void WalkConditional(const Expr& expr) {
    const Value condition = Evaluate(ArgumentOf(expr, 0));
    Walk(ArgumentOf(expr, 0));
    if (condition.kind == Kind::kBool) Walk(ArgumentOf(expr, condition.boolean ? 1 : 2));
  }

  void Show(uint32_t index) {
    const Expr& expr = program_.tree.nodes[index];
    if (expr.op == Op::kLiteral || out_.size() >= kMaxTraced) return;
    out_.push_back({expr.at, ToText(Evaluate(index), kMaxTracedBytes)});
  }

  const ProgramData& program_;
  Machine& machine_;
  const std::function<void()>& begin_;
  std::vector<TracedValue> out_;
  size_t evaluated_ = 0;
};

}  // namespace

std::vector<TracedValue> Program::Trace(Machine& machine,
                                        const std::function<void()>& begin) const {
  Tracer tracer(*data_, machine, begin);
  tracer.Walk(data_->tree.root);
  return tracer.Take();
}

std::string ToText(const Value& value, size_t limit) {
  Writer writer(limit);
  writer.Write(value);
  return writer.Take();
}

}  // namespace doorward::cel
