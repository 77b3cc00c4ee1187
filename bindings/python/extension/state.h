// SPDX-License-Identifier: Apache-2.0
//
// What one import of the module holds: its types, the classes that it makes plain data of, names it
// compares keywords with, and the memory of decisions. Everything here is guarded by the
// interpreter's lock.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_STATE_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_STATE_H_

#include <array>
#include <cstddef>

#include "doorward/reason.h"

#include "bindings/python/extension/object.h"
#include "bindings/python/extension/workspace.h"

namespace doorward::python {

// Python objects that the module holds, each in a slot of ModuleState::held.
enum class Held : unsigned char {
  // Types of this module.
  kPolicy,
  kCaller,
  kKeySet,
  kClaims,
  kVerifiedToken,
  kVerifier,
  kDecision,
  kAuthorizer,
  // Classes of doorward._records.
  kAuditEvent,
  kDiagnostic,
  kExplanation,
  kIssuer,
  kKey,
  kKeyPreparation,
  kKeySetError,
  kPolicyError,
  kReason,
  kRevocationsFullError,
  kTokenCacheStats,
  kTokenError,
  // Of the standard library.
  kItemsView,
  kKeysView,
  kValuesView,
  kMapping,
  kJsonDumps,
  kOpen,
  // The keywords of `authorize` and its like, in the order of Word.
  kFirstWord,
};

enum class Word : unsigned char {
  kMethod,
  kTarget,
  kHost,
  kHeaders,
  kSourceIp,
  kNow,
  kToken,
  kCaller,
};
inline constexpr size_t kWordCount = 8;
inline constexpr size_t kHeldCount = static_cast<size_t>(Held::kFirstWord) + kWordCount;
inline constexpr size_t kReasonCount = static_cast<size_t>(Reason::kBadSource) + 1;

struct ModuleState {
  std::array<PyObject*, kHeldCount> held = {};
  std::array<PyObject*, kReasonCount> reasons = {};  // members of the enumeration Reason
  WorkspacePool pool;

  PyObject* operator[](Held which) const noexcept { return held[static_cast<size_t>(which)]; }
  PyObject* operator[](Word word) const noexcept {
    return held[static_cast<size_t>(Held::kFirstWord) + static_cast<size_t>(word)];
  }
  PyTypeObject* type(Held which) const noexcept {
    return reinterpret_cast<PyTypeObject*>((*this)[which]);
  }
  // A new reference to the member of Reason.
  PyObject* ReasonOf(Reason reason) const noexcept {
    return Py_NewRef(reasons[static_cast<size_t>(reason)]);
  }
};

// The state of the module that a type of ours was made by.
inline ModuleState& StateOf(PyTypeObject* type) noexcept {
  return **static_cast<ModuleState**>(PyType_GetModuleState(type));
}
inline ModuleState& StateOf(PyObject* object) noexcept { return StateOf(Py_TYPE(object)); }

// Makes an object of a type of ours, which `Object` lays out.
template <class Object>
Object* Make(const ModuleState& state, Held which) noexcept {
  return PyObject_New(Object, state.type(which));
}

// What every tp_dealloc ends with.
inline void Free(PyObject* object) noexcept {
  PyTypeObject* const type = Py_TYPE(object);
  PyObject_Free(object);
  Py_DECREF(type);
}

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_STATE_H_
