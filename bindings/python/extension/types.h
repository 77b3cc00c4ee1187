// SPDX-License-Identifier: Apache-2.0
//
// The module's types, as its files see each other's.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_TYPES_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_TYPES_H_

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "doorward/key_set.h"
#include "doorward/policy.h"
#include "doorward/verifier.h"

#include "bindings/python/extension/arguments.h"
#include "bindings/python/extension/lock.h"
#include "bindings/python/extension/request.h"
#include "bindings/python/extension/state.h"
#include "bindings/python/extension/workspace.h"

namespace doorward::python {

extern PyType_Spec authorizer_spec, caller_spec, decision_spec, key_set_spec, policy_spec,
    verified_token_spec, verifier_spec;

// Holds something of the library's, and the warnings that came with it.
template <class Shared>
struct LoadedObject {
  PyObject_HEAD std::shared_ptr<const Shared>* shared;  // owned
  PyObject* diagnostics;
};
using PolicyObject = LoadedObject<Policy>;
using KeySetObject = LoadedObject<KeySet>;

struct CallerObject {
  PyObject_HEAD const Caller* caller;  // owned
};

// What an object of that type holds. `object` must be one.
inline const std::shared_ptr<const Policy>& PolicyOf(PyObject* object) noexcept {
  return *reinterpret_cast<const PolicyObject*>(object)->shared;
}
inline const std::shared_ptr<const KeySet>& KeySetOf(PyObject* object) noexcept {
  return *reinterpret_cast<const KeySetObject*>(object)->shared;
}
inline const Caller& CallerOf(PyObject* object) noexcept {
  return *reinterpret_cast<const CallerObject*>(object)->caller;
}

// Whether `object` is of type `which`; if not, a TypeError is set that names the argument.
bool IsOfType(const ModuleState& state, PyObject* object, Held which, const char* what);

// Makes an object of what was loaded.
template <class Shared>
PyObject* MakeLoaded(const ModuleState& state, Held which, std::shared_ptr<const Shared> shared,
                     PyObject* diagnostics) {
  Ref owned_diagnostics(diagnostics);
  auto held = std::make_unique<std::shared_ptr<const Shared>>(std::move(shared));
  auto* const object = owned_diagnostics ? Make<LoadedObject<Shared>>(state, which) : nullptr;
  if (object == nullptr) return nullptr;
  object->shared = held.release();
  object->diagnostics = owned_diagnostics.release();
  return reinterpret_cast<PyObject*>(object);
}

template <class Shared>
void DeallocateLoaded(PyObject* self) {
  auto* const object = reinterpret_cast<LoadedObject<Shared>*>(self);
  delete object->shared;
  Py_DECREF(object->diagnostics);
  Free(self);
}

template <class Shared>
PyObject* DiagnosticsOf(PyObject* self, void*) {
  return Py_NewRef(reinterpret_cast<LoadedObject<Shared>*>(self)->diagnostics);
}

// A Decision of what stands in the workspace.
PyObject* MakeDecision(ModuleState& state, WorkspaceLoan& loan);

// A VerifiedToken, or a TokenError.
PyObject* FinishVerification(ModuleState& state, WorkspaceLoan& loan, const VerifyOutcome& outcome);

// The method `verify` of whatever verifies: a Verifier or an Authorizer.
template <class Verifying>
PyObject* VerifyToken(PyObject* self, PyObject* args, PyObject* keywords,
                      const Verifying& verifying) {
  static const char* const names[] = {"token", "now", nullptr};
  PyObject *token_object = nullptr, *now_object = nullptr;
  if (!Parse(args, keywords, "O|$O:verify", names, &token_object, &now_object)) return nullptr;
  return Guarded([&]() -> PyObject* {
    ModuleState& state = StateOf(self);
    WorkspaceLoan loan(state.pool);
    const std::optional<Timestamp> now = ReadTime(now_object);
    std::string_view token;
    if (!now || !KeepText(token_object, "token", *loan, &token)) return nullptr;
    VerifyOutcome outcome(Reason::kInternal, nullptr);
    WithoutLock([&] { outcome = verifying.Verify(token, *now, loan->scratch); });
    return FinishVerification(state, loan, outcome);
  });
}

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_TYPES_H_
