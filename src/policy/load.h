// SPDX-License-Identifier: Apache-2.0
//
// The first two thirds of loading a policy: text -> document with positions -> checked model.
// CompileProgram (program.h) is the last.

#ifndef DOORWARD_POLICY_LOAD_H_
#define DOORWARD_POLICY_LOAD_H_

#include <optional>
#include <string_view>

#include "doorward/policy.h"

#include "src/base/source.h"
#include "src/policy/model.h"

namespace doorward {

// Reads the source's text and checks it. Nothing where there are errors; all of them are in
// `diagnostics` then, and warnings either way.
std::optional<PolicyModel> LoadModel(const SourceText& source, PolicyFormat format,
                                     DiagnosticList& diagnostics);

}  // namespace doorward

#endif  // DOORWARD_POLICY_LOAD_H_
