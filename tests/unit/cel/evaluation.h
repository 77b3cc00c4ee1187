// SPDX-License-Identifier: Apache-2.0
//
// Evaluates expressions with the variables of a policy, and tells what came out as a text.

#ifndef DOORWARD_TESTS_UNIT_CEL_EVALUATION_H_
#define DOORWARD_TESTS_UNIT_CEL_EVALUATION_H_

#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/cel/cel.h"
#include "src/claims/json.h"

namespace doorward::cel {

// The variables, in the order of kVariables' rows.
enum TestedVariable : size_t {
  kClaims,
  kSubject,
  kRoles,
  kParams,
  kPath,
  kQuery,
  kTime,
  kSource,
  kLevel,
  kAbsent,
};

// claims, subject, roles, params, request.path, request.query, request.time, source.ip, level (an
// int), absent (dyn, which no request has).
std::span<const Variable> Variables();

class TestedMap final : public HostMap {
 public:
  struct Entry {
    std::string_view key;
    std::string_view value;  // "twice" stands for a key that is ambiguous
  };
  explicit TestedMap(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  Value Find(std::string_view key) const noexcept override;
  size_t size() const noexcept override { return entries_.size(); }
  std::string_view KeyAt(size_t index) const noexcept override { return entries_[index].key; }

 private:
  std::vector<Entry> entries_;
};

// A request: roles reader and editor, params {user: "ada"}, path /orders/17, query {page: "2",
// sort: ambiguous}, 2026-11-23T08:30:00Z (a Monday), from 192.0.2.7, level 3.
class TestedRequest final : public Activation {
 public:
  explicit TestedRequest(std::string_view claims = "{}");
  Value Get(size_t index) noexcept override;

 private:
  std::unique_ptr<const JsonDocument> claims_;
  TestedMap params_, query_;
  Address source_;
};

// A value as a literal, or "failed: division by zero @ 4" with the place of the failure, or
// "no expression: " and the first problem.
std::string Evaluate(std::string_view expression, std::string_view claims = "{}");
std::string Evaluate(const Program& program, Machine& machine);

// A row of a table of expressions.
struct ExpressionCase {
  const char* name;
  std::string_view expression;
  std::string_view want;
};

// Expects each row's expression to come out as it says.
void ExpectValues(std::span<const ExpressionCase> cases, std::string_view claims = "{}");

// The program of an expression that must compile.
std::unique_ptr<const Program> MustCompile(std::string_view expression, char result = 'd');

}  // namespace doorward::cel

#endif  // DOORWARD_TESTS_UNIT_CEL_EVALUATION_H_
