// SPDX-License-Identifier: Apache-2.0
//
// Cases of the Common Expression Language: tests/data/cel.jsonl, the project's own, each line a
// test; and the conformance suite of the language where the environment variable
// DOORWARD_CEL_CONFORMANCE names a file of the same form, as one test that counts by section. Two
// of its 944 cases are faulty and not judged; none of the other 942 may be wrong.

#include "src/cel/cel.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "src/claims/json.h"

namespace doorward::cel {
namespace {

struct Binding {
  std::string name;
  std::string literal;
};

struct CelCase {
  std::string file, section, name;
  std::string expression;
  std::vector<Binding> bindings;
  std::string matcher;
  std::string expected;  // a literal; "" where the evaluation must fail
  bool unchecked = false;

  std::string id() const { return file + "/" + section + "/" + name; }
};

void PrintTo(const CelCase& c, std::ostream* out) { *out << c.id() << ": " << c.expression; }

std::string Text(JsonView value) {
  if (!value.is_string()) throw std::runtime_error("no text: " + value.ToJson());
  return std::string(value.string_or(""));
}

CelCase ReadCase(JsonView line) {
  CelCase out;
  for (const JsonView member : line.elements()) {
    const std::string_view name = member.name();
    if (name == "file") {
      out.file = Text(member);
    } else if (name == "section") {
      out.section = Text(member);
    } else if (name == "name") {
      out.name = Text(member);
    } else if (name == "expr") {
      out.expression = Text(member);
    } else if (name == "bindings") {
      for (const JsonView one : member.elements()) {
        out.bindings.push_back({std::string(one.name()), Text(one)});
      }
    } else if (name == "matcher") {
      out.matcher = Text(member);
    } else if (name == "expected") {
      out.expected = Text(member);
    } else if (name == "unchecked") {
      out.unchecked = member.bool_or(false);
    } else if (name != "expected_error") {  // words of another implementation's message
      throw std::runtime_error("unknown member of a case: " + std::string(name));
    }
  }
  if (out.matcher == "true") out.expected = "true";
  return out;
}

std::vector<CelCase> ReadCases(const std::string& path) {
  std::vector<CelCase> cases;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto document = JsonDocument::Parse(line, 8, nullptr);
    if (document == nullptr) throw std::runtime_error("no JSON: " + line);
    cases.push_back(ReadCase(document->root()));
  }
  return cases;
}

class Bound final : public Activation {
 public:
  Value Get(size_t index) noexcept override { return values[index]; }
  std::vector<Value> values;
};

char LetterOf(Kind kind) {
  switch (kind) {
    case Kind::kBool:
      return 'b';
    case Kind::kInt:
      return 'i';
    case Kind::kUint:
      return 'u';
    case Kind::kDouble:
      return 'f';
    case Kind::kString:
      return 's';
    case Kind::kBytes:
      return 'y';
    case Kind::kTimestamp:
      return 't';
    case Kind::kDuration:
      return 'r';
    default:
      return 'd';
  }
}

// An expression without variables, with what its value points to.
class Constant {
 public:
  explicit Constant(std::string_view text) : compiled_(Compile(text, {}, 'd')) {
    if (compiled_.program == nullptr) {
      throw std::runtime_error(std::string(text) + ": " + compiled_.problems[0].message);
    }
    machine_.Begin(none_);
    value_ = compiled_.program->Evaluate(machine_);
  }
  const Value& value() const { return value_; }

 private:
  CompileOutcome compiled_;
  Bound none_;
  Machine machine_;
  Value value_;
};

// Infinities are written as a call that the language does not spell so.
std::string Spelled(const std::string& literal) {
  if (literal == "double('inf')") return "double('Infinity')";
  if (literal == "-double('inf')") return "double('-Infinity')";
  return literal;
}

bool IsSame(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::kDouble && std::isnan(a.number)) return std::isnan(b.number);
  return Equal(a, b);
}

enum class Verdict { kRight, kRefused, kWrong };

struct Judgement {
  Verdict verdict;
  std::string got;
};

Judgement Right(bool right, std::string got) {
  return {right ? Verdict::kRight : Verdict::kWrong, std::move(got)};
}

Judgement Judge(const CelCase& c) {
  std::vector<std::unique_ptr<const Constant>> constants;
  std::vector<Variable> variables;
  Bound bound;
  for (const Binding& binding : c.bindings) {
    constants.push_back(std::make_unique<const Constant>(Spelled(binding.literal)));
    const Value value = constants.back()->value();
    variables.push_back({binding.name, LetterOf(value.kind)});
    bound.values.push_back(value);
  }
  const bool must_fail = c.matcher == "eval_error";
  const CompileOutcome compiled = Compile(c.expression, variables, 'd');
  if (compiled.program == nullptr) {
    if (c.unchecked && !must_fail) return {Verdict::kRefused, compiled.problems[0].message};
    return Right(must_fail, "refused: " + compiled.problems[0].message);
  }
  Machine machine;
  machine.Begin(bound);
  const Value value = compiled.program->Evaluate(machine);
  const std::string got = ToText(value, 200);
  if (must_fail) return Right(value.failed(), got);
  const Constant expected(Spelled(c.expected));
  return Right(IsSame(value, expected.value()), got);
}

// The project's own ----------------------------------------------------------------------------

std::vector<CelCase> OwnCases() { return ReadCases(DOORWARD_TEST_DATA "/cel.jsonl"); }

class CelConformance : public testing::TestWithParam<CelCase> {};

TEST_P(CelConformance, HasItsValue) {
  const Judgement judgement = Judge(GetParam());
  EXPECT_EQ(judgement.verdict, Verdict::kRight) << judgement.got;
}

std::string NameOf(const testing::TestParamInfo<CelCase>& info) {
  std::string name = info.param.id();
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(CelJsonl, CelConformance, testing::ValuesIn(OwnCases()), NameOf);

TEST(CelConformanceFile, IsRead) { EXPECT_GE(OwnCases().size(), 500u); }

// The language's -------------------------------------------------------------------------------

// Cases whose expected value has a backslash before the `?` that their expression does not have.
bool IsFaulty(const CelCase& c) {
  return c.section == "bytes_literals" && (c.name == "triple_single_quoted_unescaped_punctuation" ||
                                           c.name == "triple_double_quoted_unescaped_punctuation");
}

struct Count {
  int right = 0, refused = 0, wrong = 0;
};

void Print(const std::string& name, const Count& count) {
  std::cout << "  " << name << ": " << count.right << " right, " << count.refused << " refused, "
            << count.wrong << " wrong\n";
}

TEST(CelConformanceSuite, IsRightWhereItIsPresent) {
  const char* const path = std::getenv("DOORWARD_CEL_CONFORMANCE");
  if (path == nullptr) {
    std::cout << "DOORWARD_CEL_CONFORMANCE names no file: the language's own cases were not run\n";
    return;
  }
  const std::vector<CelCase> cases = ReadCases(path);
  ASSERT_GT(cases.size(), 0u) << path;
  std::map<std::string, Count> counts;
  Count all;
  int faulty = 0;
  for (const CelCase& c : cases) {
    if (IsFaulty(c)) {
      ++faulty;
      continue;
    }
    SCOPED_TRACE(c.id() + ": " + c.expression);
    const Judgement judgement = Judge(c);
    EXPECT_NE(judgement.verdict, Verdict::kWrong) << judgement.got << "\nwanted " << c.expected;
    for (Count* count : {&counts[c.file + "/" + c.section], &all}) {
      count->right += judgement.verdict == Verdict::kRight ? 1 : 0;
      count->refused += judgement.verdict == Verdict::kRefused ? 1 : 0;
      count->wrong += judgement.verdict == Verdict::kWrong ? 1 : 0;
    }
  }
  for (const auto& [name, count] : counts) Print(name, count);
  Print("all", all);
  std::cout << "  faulty, not judged: " << faulty << "\n";
  EXPECT_LE(faulty, 2);
}

}  // namespace
}  // namespace doorward::cel
