// SPDX-License-Identifier: Apache-2.0
//
// docs/expressions.md: each of its examples comes out as the page says, for the request that the
// page describes; and it names each function.

#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "src/cel/overload.h"
#include "tests/unit/cel/evaluation.h"

namespace doorward::cel {
namespace {

std::string ReadPage() {
  std::ifstream file(DOORWARD_SOURCE_DIR "/docs/expressions.md");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What stands in the page's blocks of one language.
std::string Blocks(const std::string& page, const std::string& language) {
  std::string out;
  const std::string begin = "```" + language + "\n";
  for (size_t at = page.find(begin); at != page.npos; at = page.find(begin, at)) {
    at += begin.size();
    out += page.substr(at, page.find("```", at) - at);
  }
  return out;
}

struct Example {
  std::string expression;
  std::string value;
};

// Lines of an expression and, in a comment, its value.
std::vector<Example> Examples(const std::string& page) {
  std::vector<Example> examples;
  const std::string lines = Blocks(page, "cel");
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at);
    const std::string line = lines.substr(at, end - at);
    const size_t comment = line.rfind("// ");
    if (comment == line.npos) throw std::runtime_error("no value: " + line);
    examples.push_back({line.substr(0, comment), line.substr(comment + 3)});
    at = end + 1;
  }
  return examples;
}

constexpr Variable kVariables[] = {
    {"claims", 'C'},       {"subject", 's'},       {"issuer", 's'},          {"roles", 'S'},
    {"scopes", 'S'},       {"params", 'P'},        {"request.method", 's'},  {"request.host", 's'},
    {"request.path", 's'}, {"request.query", 'P'}, {"request.headers", 'P'}, {"request.time", 't'},
    {"source.ip", 'p'},
};

// The request of the page.
class DescribedRequest final : public Activation {
 public:
  explicit DescribedRequest(const std::string& claims)
      : claims_(JsonDocument::Parse(claims, 32, nullptr)) {
    if (claims_ == nullptr) throw std::runtime_error("no JSON: " + claims);
  }

  Value Get(size_t index) noexcept override {
    const std::string_view name = kVariables[index].name;
    if (name == "claims") return Value::Json(claims_->root());
    if (name == "subject") return Value::String("ada");
    if (name == "issuer") return Value::String("https://login.example.com/");
    if (name == "roles") return Value::Strings(kRoles.data(), kRoles.size());
    if (name == "scopes") return Value::Strings(kScopes.data(), kScopes.size());
    if (name == "params") return Value::Host(params_);
    if (name == "request.method") return Value::String("GET");
    if (name == "request.host") return Value::String("api.example.com");
    if (name == "request.path") return Value::String("/orders/17");
    if (name == "request.query") return Value::Host(query_);
    if (name == "request.headers") return Value::Host(headers_);
    if (name == "request.time") return Value::Time(Kind::kTimestamp, 1'795'422'600, 0);
    return Value::OfAddress(Kind::kIp, &source_);
  }

 private:
  static constexpr std::array<std::string_view, 2> kRoles = {"reader", "editor"};
  static constexpr std::array<std::string_view, 1> kScopes = {"orders.read"};
  std::unique_ptr<const JsonDocument> claims_;
  TestedMap params_{{TestedMap::Entry{"id", "17"}}};
  TestedMap query_{{TestedMap::Entry{"page", "2"}, TestedMap::Entry{"sort", "twice"}}};
  TestedMap headers_{{TestedMap::Entry{"x-tenant", "acme"}}};
  Address source_{.octets = {192, 0, 2, 7}, .family = 4, .prefix = 0};
};

TEST(ExpressionsPage, HasTrueExamples) {
  const std::string page = ReadPage();
  const std::vector<Example> examples = Examples(page);
  ASSERT_GE(examples.size(), 55u);
  DescribedRequest request(Blocks(page, "json"));
  Machine machine;
  for (const Example& example : examples) {
    SCOPED_TRACE(example.expression);
    const CompileOutcome compiled = Compile(example.expression, kVariables, 'd');
    if (compiled.program == nullptr) {
      ADD_FAILURE() << compiled.problems[0].message;
      continue;
    }
    machine.Begin(request);
    EXPECT_EQ(ToText(compiled.program->Evaluate(machine), 200), example.value);
  }
}

TEST(ExpressionsPage, NamesEachFunctionAndVariable) {
  const std::string page = ReadPage();
  for (const std::string_view function : FunctionNames()) {
    EXPECT_NE(page.find(std::string(function) + "("), page.npos) << function;
  }
  for (const Variable& variable : kVariables) {
    EXPECT_NE(page.find("`" + std::string(variable.name) + "`"), page.npos) << variable.name;
  }
}

}  // namespace
}  // namespace doorward::cel
