// SPDX-License-Identifier: Apache-2.0
//
// Diagnostics for machines.

#ifndef TOOLS_DOORWARD_DIAGNOSTIC_FORMATS_H_
#define TOOLS_DOORWARD_DIAGNOSTIC_FORMATS_H_

#include <string>
#include <vector>

#include "doorward/diagnostic.h"

#include "tools/doorward/diagnostic_text.h"

namespace doorward::command {

// One JSON object: {"errors": N, "warnings": N, "diagnostics": [...]}.
std::string DiagnosticsAsJson(const std::vector<Diagnostic>& diagnostics);

// A SARIF 2.1.0 log (OASIS), which code review sites and editors read.
std::string DiagnosticsAsSarif(const std::vector<Diagnostic>& diagnostics, const Sources& sources);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_DIAGNOSTIC_FORMATS_H_
