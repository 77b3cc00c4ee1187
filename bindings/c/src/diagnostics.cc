// SPDX-License-Identifier: Apache-2.0

#include "bindings/c/src/diagnostics.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace doorward::c {
namespace {

static_assert(DOORWARD_SEVERITY_ERROR == static_cast<int>(Severity::kError));
static_assert(DOORWARD_SEVERITY_WARNING == static_cast<int>(Severity::kWarning));

std::string Printed(const Diagnostic& diagnostic) {
  std::ostringstream text;
  text << diagnostic;
  return text.str();
}

}  // namespace

void HandOver(std::vector<Diagnostic> diagnostics, doorward_code code, doorward_diagnostics** out) {
  const auto error = std::find_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) {
    return d.severity == Severity::kError;
  });
  const bool failed = error != diagnostics.end();
  Failure failure{code, {}};
  if (failed) failure = {code, error->message, error->range.line, error->range.column};

  if (out != nullptr && !diagnostics.empty()) {
    auto list = std::make_unique<doorward_diagnostics>();
    for (Diagnostic& d : diagnostics) {
      std::string text = Printed(d);
      list->entries.push_back({std::move(d), std::move(text)});
    }
    *out = list.release();
  }
  if (failed) throw failure;
}

}  // namespace doorward::c

using namespace doorward::c;

size_t doorward_diagnostics_count(const doorward_diagnostics* list) noexcept {
  return list == nullptr ? 0 : list->entries.size();
}

doorward_code doorward_diagnostics_get(const doorward_diagnostics* list, size_t index,
                                       doorward_diagnostic* diagnostic) noexcept {
  if (index >= doorward_diagnostics_count(list)) return DOORWARD_ERROR_ARGUMENT;
  const doorward_diagnostics::Entry& entry = list->entries[index];
  const doorward::Diagnostic& d = entry.diagnostic;
  doorward_diagnostic made{};
  made.severity = static_cast<int32_t>(d.severity);
  made.line = d.range.line;
  made.column = d.range.column;
  made.offset = d.range.offset;
  made.length = d.range.length;
  made.code = StringOf(d.code);
  made.file = StringOf(d.file);
  made.message = StringOf(d.message);
  made.expected = StringOf(d.expected);
  made.suggestion = StringOf(d.suggestion);
  made.excerpt = StringOf(d.excerpt);
  made.text = StringOf(entry.text);
  return Fill(diagnostic, made);
}

void doorward_diagnostics_free(doorward_diagnostics* list) noexcept { delete list; }
