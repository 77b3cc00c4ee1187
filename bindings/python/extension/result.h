// SPDX-License-Identifier: Apache-2.0
//
// What Decision and VerifiedToken are at bottom: a table of fields over a workspace, converted as
// they are asked for. When its workspace is needed elsewhere, a result is detached: all fields are
// converted, once, into a tuple.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_RESULT_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_RESULT_H_

#include <array>
#include <cstdint>
#include <span>

#include "doorward/claims.h"

#include "bindings/python/extension/state.h"
#include "bindings/python/extension/workspace.h"

namespace doorward::python {

// A field is made by `make`, or, where that is null, is a JSON object that `json` finds.
struct Field {
  const char* name;
  PyObject* (*make)(const ModuleState& state, const Workspace& workspace);
  JsonView (*json)(const Workspace& workspace);
  const char* doc;
};

struct ResultObject {
  PyObject_HEAD std::span<const Field> fields;
  Workspace* workspace;  // owned; null once detached
  PyObject* values;      // of all fields; null until detached
  ResultObject* older;   // attached neighbours in the pool
  ResultObject* newer;
};

// Makes a result of type `which` that takes over the workspace. Null: a Python exception is set.
PyObject* MakeResult(ModuleState& state, Held which, std::span<const Field> fields,
                     WorkspaceLoan& loan);

// The getter of fields: `closure` is their number.
PyObject* GetField(PyObject* self, void* closure);

// A table of getters, one for each field.
template <size_t kCount>
std::array<PyGetSetDef, kCount + 1> GettersOf(const Field (&fields)[kCount]) noexcept {
  std::array<PyGetSetDef, kCount + 1> getters = {};
  for (uintptr_t i = 0; i < kCount; ++i) {
    getters[i] = {fields[i].name, GetField, nullptr, fields[i].doc, reinterpret_cast<void*>(i)};
  }
  return getters;
}

// For tp_dealloc.
void DeallocateResult(PyObject* self);

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_RESULT_H_
