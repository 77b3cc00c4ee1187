// SPDX-License-Identifier: Apache-2.0
//
// The module doorward._doorward: its types, and what it takes from elsewhere.

#include <array>
#include <memory>
#include <span>

#include "doorward/version.h"

#include "bindings/python/extension/claims.h"
#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/object.h"
#include "bindings/python/extension/state.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

// A pointer to it is what CPython keeps.
ModuleState*& StateOfModule(PyObject* module) noexcept {
  return *static_cast<ModuleState**>(PyModule_GetState(module));
}

struct TypeRow {
  Held place;
  PyType_Spec& spec;
};
const TypeRow kTypes[] = {
    {Held::kPolicy, policy_spec},
    {Held::kCaller, caller_spec},
    {Held::kKeySet, key_set_spec},
    {Held::kClaims, claims_spec},
    {Held::kVerifiedToken, verified_token_spec},
    {Held::kVerifier, verifier_spec},
    {Held::kDecision, decision_spec},
    {Held::kAuthorizer, authorizer_spec},
};

struct ImportRow {
  Held place;
  const char* module;
  const char* name;
};
constexpr ImportRow kImports[] = {
    {Held::kAuditEvent, "doorward._records", "AuditEvent"},
    {Held::kDiagnostic, "doorward._records", "Diagnostic"},
    {Held::kExplanation, "doorward._records", "Explanation"},
    {Held::kIssuer, "doorward._records", "Issuer"},
    {Held::kKey, "doorward._records", "Key"},
    {Held::kKeyPreparation, "doorward._records", "KeyPreparation"},
    {Held::kKeySetError, "doorward._records", "KeySetError"},
    {Held::kPolicyError, "doorward._records", "PolicyError"},
    {Held::kReason, "doorward._records", "Reason"},
    {Held::kRevocationsFullError, "doorward._records", "RevocationsFullError"},
    {Held::kTokenCacheStats, "doorward._records", "TokenCacheStats"},
    {Held::kTokenError, "doorward._records", "TokenError"},
    {Held::kItemsView, "collections.abc", "ItemsView"},
    {Held::kKeysView, "collections.abc", "KeysView"},
    {Held::kValuesView, "collections.abc", "ValuesView"},
    {Held::kMapping, "collections.abc", "Mapping"},
    {Held::kJsonDumps, "json", "dumps"},
    {Held::kOpen, "io", "open"},
};

constexpr const char* kWords[kWordCount] = {"method",    "target", "host",  "headers",
                                            "source_ip", "now",    "token", "caller"};

PyObject*& Place(ModuleState& state, Held place) { return state.held[static_cast<size_t>(place)]; }

bool AddTypes(PyObject* module, ModuleState& state) {
  for (const TypeRow& row : kTypes) {
    PyObject* const type = PyType_FromModuleAndSpec(module, &row.spec, nullptr);
    Place(state, row.place) = type;
    if (type == nullptr || PyModule_AddType(module, reinterpret_cast<PyTypeObject*>(type)) != 0) {
      return false;
    }
  }
  return true;
}

bool Import(ModuleState& state) {
  for (const ImportRow& row : kImports) {
    const Ref module(PyImport_ImportModule(row.module));
    if (!module) return false;
    Place(state, row.place) = PyObject_GetAttrString(module.get(), row.name);
    if (Place(state, row.place) == nullptr) return false;
  }
  for (size_t i = 0; i < kWordCount; ++i) {
    PyObject*& word = state.held[static_cast<size_t>(Held::kFirstWord) + i];
    word = PyUnicode_InternFromString(kWords[i]);
    if (word == nullptr) return false;
  }
  return true;
}

// Finds the member of Reason for each reason and tells it what the library knows of it.
bool LearnReasons(ModuleState& state) {
  for (size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    PyObject* const member = Call(state[Held::kReason], {Str(ReasonName(reason))});
    state.reasons[i] = member;
    const Ref status(PyLong_FromLong(ReasonHttpStatus(reason)));
    const Ref text(Str(ReasonText(reason)));
    if (member == nullptr || !status || !text ||
        PyObject_SetAttrString(member, "status", status.get()) != 0 ||
        PyObject_SetAttrString(member, "text", text.get()) != 0) {
      return false;
    }
  }
  return true;
}

bool RegisterMapping(const ModuleState& state) {
  const Ref done(PyObject_CallMethod(state[Held::kMapping], "register", "O", state[Held::kClaims]));
  return static_cast<bool>(done);
}

PyObject* GetAvailableAcceleration(PyObject*, PyObject*) {
  const Acceleration available = AvailableAcceleration();
  std::vector<std::string_view> names;
  if (available.es256_tables) names.push_back("es256_tables");
  if (available.ed25519_tables) names.push_back("ed25519_tables");
  if (available.ed25519_libsodium) names.push_back("ed25519_libsodium");
  return TupleFrom(names, Str);
}

int Execute(PyObject* module) {
  try {
    StateOfModule(module) = new ModuleState;
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
    return -1;
  }
  ModuleState& state = *StateOfModule(module);
  const Ref version(Str(Version()));
  const bool complete = Import(state) && LearnReasons(state) && AddTypes(module, state) &&
                        RegisterMapping(state) && version &&
                        PyModule_AddObjectRef(module, "__version__", version.get()) == 0;
  return complete ? 0 : -1;
}

int Traverse(PyObject* module, visitproc visit, void* arg) {
  const ModuleState* const state = StateOfModule(module);
  if (state == nullptr) return 0;
  for (PyObject* object : state->held) Py_VISIT(object);
  for (PyObject* object : state->reasons) Py_VISIT(object);
  return 0;
}

int Clear(PyObject* module) {
  ModuleState* const state = StateOfModule(module);
  if (state == nullptr) return 0;
  for (PyObject*& object : state->held) Py_CLEAR(object);
  for (PyObject*& object : state->reasons) Py_CLEAR(object);
  return 0;
}

// Objects of this module hold on to it by their type, so that none is left.
void Deallocate(void* module) {
  Clear(static_cast<PyObject*>(module));
  delete std::exchange(StateOfModule(static_cast<PyObject*>(module)), nullptr);
}

PyMethodDef functions[] = {
    {"available_acceleration", GetAvailableAcceleration, METH_NOARGS, doc::available_acceleration},
    {},
};

PyModuleDef_Slot slots[] = {
    {Py_mod_exec, Slot(Execute)},
    {0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "doorward._doorward",
    doc::module,
    sizeof(ModuleState*),
    functions,
    slots,
    Traverse,
    Clear,
    Deallocate,
};

}  // namespace

bool IsOfType(const ModuleState& state, PyObject* object, Held which, const char* what) {
  if (Py_TYPE(object) == state.type(which)) return true;
  const Ref expected(PyObject_GetAttrString(state[which], "__name__")), given(TypeName(object));
  if (expected && given) {
    PyErr_Format(PyExc_TypeError, "%s must be %U, not %U", what, expected.get(), given.get());
  }
  return false;
}

}  // namespace doorward::python

PyMODINIT_FUNC PyInit__doorward() { return PyModuleDef_Init(&doorward::python::definition); }
