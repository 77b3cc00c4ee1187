// SPDX-License-Identifier: Apache-2.0
//
// Hands audit events to a Python function.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_AUDIT_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_AUDIT_H_

#include "doorward/audit.h"

#include "bindings/python/extension/lock.h"
#include "bindings/python/extension/records.h"
#include "bindings/python/extension/state.h"

namespace doorward::python {

// Called by threads of Python alone, with the interpreter's lock or without it.
class AuditFunction final : public AuditSink {
 public:
  explicit AuditFunction(const ModuleState& state) : state_(state) {}

  // The function is the authorizer's, which outlives every call.
  void Set(PyObject* function) noexcept { function_ = function; }

  void OnDecision(const AuditEvent& event) noexcept override {
    WithLock([&] {
      if (function_ == nullptr) return;
      const Ref function = Ref::To(function_);
      const Ref result(Call(function.get(), {MakeAuditEvent(state_, event)}));
      if (!result) PyErr_WriteUnraisable(function.get());
    });
  }

 private:
  const ModuleState& state_;
  PyObject* function_ = nullptr;
};

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_AUDIT_H_
