// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include "doorward/key_set.h"

#include "bindings/python/extension/arguments.h"
#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/lock.h"
#include "bindings/python/extension/records.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

PyObject* ParseKeys(const ModuleState& state, std::string_view jwks, KeyOrigin origin,
                    std::string_view name) {
  KeySetOutcome parsed;
  WithoutLock([&] { parsed = KeySet::Parse(jwks, {.origin = origin, .name = std::string(name)}); });
  if (parsed.keys == nullptr) {
    return RaiseLoadError(state, Held::kKeySetError, parsed.diagnostics);
  }
  return MakeLoaded(state, Held::kKeySet, std::move(parsed.keys),
                    MakeDiagnostics(state, parsed.diagnostics));
}

PyObject* New(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"jwks", "origin", "name", nullptr};
  PyObject* jwks_object = nullptr;
  const char *origin_name = "remote", *name = "jwks";
  if (!Parse(args, keywords, "O|$ss:KeySet", names, &jwks_object, &origin_name, &name)) {
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    const ModuleState& state = StateOf(type);
    const std::optional<KeyOrigin> origin = ReadOrigin(origin_name);
    const std::optional<Text> jwks = origin ? ReadJson(state, jwks_object, "jwks") : std::nullopt;
    return jwks ? ParseKeys(state, jwks->view, *origin, name) : nullptr;
  });
}

PyObject* Load(PyObject* type, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"path", "origin", nullptr};
  PyObject* path = nullptr;
  const char* origin_name = "local";
  if (!Parse(args, keywords, "O|$s:load", names, &path, &origin_name)) return nullptr;
  return Guarded([&]() -> PyObject* {
    const ModuleState& state = StateOf(reinterpret_cast<PyTypeObject*>(type));
    const std::optional<KeyOrigin> origin = ReadOrigin(origin_name);
    const std::optional<File> file = origin ? ReadFile(state, path) : std::nullopt;
    return file ? ParseKeys(state, file->content.view, *origin, file->name.view) : nullptr;
  });
}

Py_ssize_t Length(PyObject* self) { return static_cast<Py_ssize_t>(KeySetOf(self)->size()); }

PyObject* Keys(PyObject* self, void*) {
  const KeySet& keys = *KeySetOf(self);
  Ref list(PyList_New(0));
  for (size_t i = 0; list && i < keys.size(); ++i) {
    const Ref key(MakeKey(StateOf(self), keys, i));
    if (!key || PyList_Append(list.get(), key.get()) != 0) return nullptr;
  }
  return list ? PyList_AsTuple(list.get()) : nullptr;
}

PyObject* Prepare(PyObject* self, PyObject* args, PyObject* keywords) {
  static const char* const names[] = {"es256_tables",     "ed25519_tables",     "ed25519_libsodium",
                                      "max_es256_tables", "max_ed25519_tables", nullptr};
  AccelerationArguments given;
  if (!Parse(args, keywords, "|$pppnn:prepare", names, &given.es256_tables, &given.ed25519_tables,
             &given.ed25519_libsodium, &given.max_es256_tables, &given.max_ed25519_tables)) {
    return nullptr;
  }
  const std::optional<Acceleration> acceleration = ReadAcceleration(given);
  if (!acceleration) return nullptr;
  return Guarded([&] {
    KeyPreparation preparation;
    WithoutLock([&] { preparation = KeySetOf(self)->Prepare(*acceleration); });
    return MakeKeyPreparation(StateOf(self), preparation);
  });
}

PyObject* Represent(PyObject* self) {
  return PyUnicode_FromFormat("<doorward.KeySet: %zd keys>", Length(self));
}

PyMethodDef methods[] = {
    {"load", Method(Load), METH_VARARGS | METH_KEYWORDS | METH_CLASS, doc::KeySet_load},
    {"prepare", Method(Prepare), METH_VARARGS | METH_KEYWORDS, doc::KeySet_prepare},
    {},
};

PyGetSetDef getters[] = {
    {"diagnostics", DiagnosticsOf<KeySet>, nullptr, doc::KeySet_diagnostics, nullptr},
    {"keys", Keys, nullptr, doc::KeySet_keys, nullptr},
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::KeySet)},
    {Py_tp_new, Slot(New)},
    {Py_tp_dealloc, Slot(DeallocateLoaded<KeySet>)},
    {Py_tp_methods, methods},
    {Py_tp_getset, getters},
    {Py_tp_repr, Slot(Represent)},
    {Py_sq_length, Slot(Length)},
    {0, nullptr},
};

}  // namespace

PyType_Spec key_set_spec = {"doorward.KeySet", sizeof(KeySetObject), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};

}  // namespace doorward::python
