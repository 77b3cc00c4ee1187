// SPDX-License-Identifier: Apache-2.0
//
// Loads policies for tests of the first two thirds of loading, and compares what they report.

#ifndef DOORWARD_TESTS_UNIT_POLICY_LOAD_SUPPORT_H_
#define DOORWARD_TESTS_UNIT_POLICY_LOAD_SUPPORT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/policy.h"

#include "src/base/source.h"
#include "src/policy/load.h"

namespace doorward {

struct LoadedModel {
  std::optional<PolicyModel> model;
  std::vector<Diagnostic> diagnostics;
};

inline LoadedModel Load(std::string_view text, PolicyFormat format = PolicyFormat::kYaml) {
  const SourceText source("policy", text);
  DiagnosticList diagnostics(source);
  LoadedModel out;
  out.model = LoadModel(source, format, diagnostics);
  out.diagnostics = diagnostics.Take();
  return out;
}

// What a text must report: one diagnostic, its place, its words and the text that it underlines.
struct DiagnosticCase {
  std::string name;
  std::string text;
  uint32_t line, column;
  std::string code;
  std::string message;
  std::string excerpt;
  std::string expected = "";
  std::string suggestion = "";
};

inline std::string Print(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    out += std::to_string(d.range.line) + ":" + std::to_string(d.range.column) + " " + d.code +
           " | " + d.message + " | " + d.excerpt + "\n";
  }
  return out;
}

inline void ExpectDiagnostic(const DiagnosticCase& row, const LoadedModel& loaded,
                             Severity severity) {
  SCOPED_TRACE(row.name + "\n" + row.text + "\n" + Print(loaded.diagnostics));
  EXPECT_EQ(loaded.model.has_value(), severity == Severity::kWarning);
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  const Diagnostic& found = loaded.diagnostics[0];
  EXPECT_EQ(found.severity, severity);
  EXPECT_EQ(found.range.line, row.line);
  EXPECT_EQ(found.range.column, row.column);
  EXPECT_EQ(found.code, row.code);
  EXPECT_EQ(found.message, row.message);
  EXPECT_EQ(found.excerpt, row.excerpt);
  EXPECT_EQ(found.expected, row.expected);
  EXPECT_EQ(found.suggestion, row.suggestion);
}

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_POLICY_LOAD_SUPPORT_H_
