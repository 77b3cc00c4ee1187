// SPDX-License-Identifier: Apache-2.0

#include "src/cel/program.h"

#include <algorithm>
#include <utility>

#include "src/cel/checker.h"
#include "src/cel/evaluator.h"
#include "src/cel/function.h"
#include "src/cel/parser.h"

namespace doorward::cel {

Program::Program(std::unique_ptr<const ProgramData> data) : data_(std::move(data)) {}
Program::~Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;

Value Program::Evaluate(Machine& machine) const noexcept {
  return EvaluateNode(*data_, data_->tree.root, machine);
}

std::string_view Program::text() const noexcept { return data_->text; }

bool Program::uses(size_t variable) const noexcept { return data_->used[variable]; }

size_t Program::UseCount(size_t variable) const {
  const std::vector<Expr>& nodes = data_->tree.nodes;
  return static_cast<size_t>(std::count_if(nodes.begin(), nodes.end(), [&](const Expr& expr) {
    return expr.op == Op::kVariable && expr.index == variable;
  }));
}

std::optional<Span> Program::FirstUse(size_t variable) const {
  std::optional<Span> first;
  for (const Expr& expr : data_->tree.nodes) {
    if (expr.op != Op::kVariable || expr.index != variable) continue;
    if (!first || expr.at.offset < first->offset) first = expr.at;
  }
  return first;
}

std::vector<MemberUse> Program::MembersOf(size_t variable) const {
  const Tree& tree = data_->tree;
  const auto is_variable = [&](const Expr& expr) {
    return expr.op == Op::kVariable && expr.index == variable;
  };
  const auto is_text = [](const Expr& expr) {
    return expr.op == Op::kLiteral && expr.literal.kind == Kind::kString;
  };
  std::vector<MemberUse> uses;
  for (const Expr& expr : tree.nodes) {
    if (expr.op == Op::kSelect || expr.op == Op::kHas) {
      if (is_variable(tree.Argument(expr, 0))) uses.push_back({expr.literal.view(), expr.at});
    } else if (expr.op == Op::kIndex || expr.op == Op::kIn) {
      const bool index = expr.op == Op::kIndex;
      const Expr& name = tree.Argument(expr, index ? 1 : 0);
      if (is_variable(tree.Argument(expr, index ? 0 : 1)) && is_text(name)) {
        uses.push_back({name.literal.view(), name.at});
      }
    }
  }
  std::sort(uses.begin(), uses.end(),
            [](const MemberUse& a, const MemberUse& b) { return a.at.offset < b.at.offset; });
  return uses;
}

CompileOutcome Compile(std::string_view text, std::span<const Variable> variables, char result) {
  CompileOutcome out;
  if (text.size() > kMaxExpressionBytes) {
    out.problems.push_back({{0, 0},
                            "expression_size",
                            "this expression is too long",
                            "at most " + std::to_string(kMaxExpressionBytes) + " octets"});
    return out;
  }
  auto data = std::make_unique<ProgramData>();
  data->text = std::string(text);
  if (Parse(data->text, data->tree, out.problems)) {
    Check(variables, result, *data, out.problems);
    data->tree.nodes.shrink_to_fit();
    data->tree.arguments.shrink_to_fit();
  }
  if (out.problems.empty()) {
    out.program = std::make_unique<const Program>(std::move(data));
  } else {
    std::stable_sort(out.problems.begin(), out.problems.end(),
                     [](const Problem& a, const Problem& b) { return a.at.offset < b.at.offset; });
  }
  return out;
}

}  // namespace doorward::cel
