// SPDX-License-Identifier: Apache-2.0
//
// Makes the plain data of doorward._records.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_RECORDS_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_RECORDS_H_

#include <vector>

#include "doorward/audit.h"
#include "doorward/authorizer.h"
#include "doorward/diagnostic.h"
#include "doorward/explanation.h"
#include "doorward/key_set.h"
#include "doorward/policy.h"

#include "bindings/python/extension/state.h"

namespace doorward::python {

PyObject* MakeDiagnostics(const ModuleState& state, const std::vector<Diagnostic>& diagnostics);
PyObject* MakeExplanation(const ModuleState& state, const Explanation& explanation);
PyObject* MakeIssuer(const ModuleState& state, const IssuerKeys& keys);
PyObject* MakeKey(const ModuleState& state, const KeySet& keys, size_t index);
PyObject* MakeKeyPreparation(const ModuleState& state, const KeyPreparation& preparation);
PyObject* MakeTokenCacheStats(const ModuleState& state, const TokenCacheStats& stats);
PyObject* MakeAuditEvent(const ModuleState& state, const AuditEvent& event);

// Raises PolicyError or KeySetError. Returns null, as a function that raises does.
PyObject* RaiseLoadError(const ModuleState& state, Held error,
                         const std::vector<Diagnostic>& diagnostics);

// Raises TokenError. Returns null.
PyObject* RaiseTokenError(const ModuleState& state, const VerifyOutcome& outcome);

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_RECORDS_H_
