// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/cel/evaluation.h"

#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

namespace doorward::cel {
namespace {

constexpr Variable kVariables[] = {
    {"claims", 'C'},       {"subject", 's'},       {"roles", 'S'},        {"params", 'P'},
    {"request.path", 's'}, {"request.query", 'P'}, {"request.time", 't'}, {"source.ip", 'p'},
    {"level", 'i'},        {"absent", 'd'},
};
constexpr std::array<std::string_view, 2> kHeld = {"reader", "editor"};
constexpr int64_t kNow = 1'795'422'600;  // 2026-11-23T08:30:00Z

}  // namespace

std::span<const Variable> Variables() { return kVariables; }

Value TestedMap::Find(std::string_view key) const noexcept {
  for (const auto& [name, value] : entries_) {
    if (name != key) continue;
    return value == "twice" ? Value::Fail(Failure::kAmbiguousKey) : Value::String(value);
  }
  return Value::Fail(Failure::kNoSuchKey);
}

TestedRequest::TestedRequest(std::string_view claims)
    : claims_(JsonDocument::Parse(claims, 32, nullptr)),
      params_({TestedMap::Entry{"user", "ada"}}),
      query_({TestedMap::Entry{"page", "2"}, TestedMap::Entry{"sort", "twice"}}) {
  if (claims_ == nullptr) throw std::invalid_argument("no JSON: " + std::string(claims));
  source_.octets = {192, 0, 2, 7};
}

Value TestedRequest::Get(size_t index) noexcept {
  switch (static_cast<TestedVariable>(index)) {
    case kClaims:
      return Value::Json(claims_->root());
    case kSubject:
      return Value::String("ada");
    case kRoles:
      return Value::Strings(kHeld.data(), kHeld.size());
    case kParams:
      return Value::Host(params_);
    case kPath:
      return Value::String("/orders/17");
    case kQuery:
      return Value::Host(query_);
    case kTime:
      return Value::Time(Kind::kTimestamp, kNow, 0);
    case kSource:
      return Value::OfAddress(Kind::kIp, &source_);
    case kLevel:
      return Value::Int(3);
    case kAbsent:
      break;
  }
  return Value::Fail(Failure::kNotThere);
}

std::string Evaluate(const Program& program, Machine& machine) {
  const Value value = program.Evaluate(machine);
  std::string text = ToText(value, 1000);
  if (value.failed()) text += " @ " + std::to_string(value.size);
  return text;
}

std::string Evaluate(std::string_view expression, std::string_view claims) {
  const CompileOutcome compiled = Compile(expression, Variables(), 'd');
  if (compiled.program == nullptr) return "no expression: " + compiled.problems[0].message;
  TestedRequest request(claims);
  Machine machine;
  machine.Begin(request);
  return Evaluate(*compiled.program, machine);
}

void ExpectValues(std::span<const ExpressionCase> cases, std::string_view claims) {
  for (const ExpressionCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Evaluate(c.expression, claims), c.want) << c.expression;
  }
}

std::unique_ptr<const Program> MustCompile(std::string_view expression, char result) {
  CompileOutcome compiled = Compile(expression, Variables(), result);
  if (compiled.program == nullptr) {
    throw std::invalid_argument(std::string(expression) + ": " + compiled.problems[0].message);
  }
  return std::move(compiled.program);
}

}  // namespace doorward::cel
