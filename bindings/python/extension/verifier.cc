// SPDX-License-Identifier: Apache-2.0

#include "doorward/verifier.h"

#include <optional>

#include "bindings/python/extension/arguments.h"
#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/lock.h"
#include "bindings/python/extension/records.h"
#include "bindings/python/extension/request.h"
#include "bindings/python/extension/result.h"
#include "bindings/python/extension/types.h"

namespace doorward::python {
namespace {

struct VerifierObject {
  PyObject_HEAD const Verifier* verifier;  // owned
};

// The arguments of Verifier() as they come.
struct Options {
  PyObject* keys = nullptr;
  PyObject *issuer = Py_None, *audiences = Py_None, *algorithms = Py_None, *token_type = Py_None;
  long long leeway = 0;
  PyObject* max_age = Py_None;
  Py_ssize_t max_token_bytes = 16 * 1024;
  int allow_missing_expiry = 0, ignore_confirmation = 0, signature_only = 0;
};

bool ParseOptions(PyObject* args, PyObject* keywords, Options* o) {
  static const char* const names[] = {
      "keys",           "issuer",  "audiences",       "algorithms",           "token_type",
      "leeway",         "max_age", "max_token_bytes", "allow_missing_expiry", "ignore_confirmation",
      "signature_only", nullptr};
  return Parse(args, keywords, "O|$OOOOLOnppp:Verifier", names, &o->keys, &o->issuer, &o->audiences,
               &o->algorithms, &o->token_type, &o->leeway, &o->max_age, &o->max_token_bytes,
               &o->allow_missing_expiry, &o->ignore_confirmation, &o->signature_only);
}

bool ReadOptional(PyObject* object, const char* what, std::optional<std::string>* text) {
  if (object == Py_None) return true;
  const std::optional<Text> read = ReadText(object, what);
  if (read) *text = std::string(read->view);
  return read.has_value();
}

// What was to be checked and came out empty would be checked no more.
bool RefuseEmpty(const char* what) {
  PyErr_Format(PyExc_ValueError, "%s must not be empty: None leaves it unchecked", what);
  return false;
}

bool ReadIssuer(PyObject* object, std::optional<std::string>* issuer) {
  if (!ReadOptional(object, "issuer", issuer)) return false;
  return !*issuer || !(*issuer)->empty() || RefuseEmpty("issuer");
}

bool ReadAudiences(PyObject* object, std::vector<std::string>* audiences) {
  if (object == Py_None) return true;
  std::optional<std::vector<std::string>> read = ReadTexts(object, "audiences");
  if (!read) return false;
  *audiences = std::move(*read);
  return !audiences->empty() || RefuseEmpty("audiences");
}

bool ReadAlgorithms(PyObject* object, AlgorithmSet* algorithms) {
  if (object == Py_None) return true;
  const std::optional<std::vector<std::string>> names = ReadTexts(object, "algorithms");
  if (!names) return false;
  *algorithms = {};
  for (const std::string& name : *names) {
    const std::optional<Algorithm> algorithm = FindAlgorithm(name);
    if (!algorithm) {
      const Ref shown(Str(name));
      if (shown) PyErr_Format(PyExc_ValueError, "there is no algorithm %R", shown.get());
      return false;
    }
    algorithms->Add(*algorithm);
  }
  return true;
}

bool ReadSeconds(long long seconds, const char* what, std::chrono::seconds* read) {
  if (seconds < 0) {
    PyErr_Format(PyExc_ValueError, "%s must not be negative", what);
    return false;
  }
  *read = std::chrono::seconds(seconds);
  return true;
}

bool ReadMaxAge(PyObject* object, std::optional<std::chrono::seconds>* max_age) {
  if (object == Py_None) return true;
  const long long seconds = PyLong_AsLongLong(object);
  if (seconds == -1 && PyErr_Occurred()) return false;
  return ReadSeconds(seconds, "max_age", &max_age->emplace());
}

std::optional<VerifyOptions> ReadOptions(const Options& o) {
  VerifyOptions options;
  if (!ReadIssuer(o.issuer, &options.issuer) || !ReadAudiences(o.audiences, &options.audiences) ||
      !ReadOptional(o.token_type, "token_type", &options.token_type) ||
      !ReadAlgorithms(o.algorithms, &options.algorithms) ||
      !ReadSeconds(o.leeway, "leeway", &options.leeway) ||
      !ReadMaxAge(o.max_age, &options.max_age)) {
    return std::nullopt;
  }
  const std::optional<size_t> limit = ReadSize(o.max_token_bytes, "max_token_bytes");
  if (!limit) return std::nullopt;
  options.max_token_bytes = *limit;
  options.allow_missing_expiry = o.allow_missing_expiry != 0;
  options.ignore_confirmation = o.ignore_confirmation != 0;
  options.signature_only = o.signature_only != 0;
  return options;
}

PyObject* New(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  Options given;
  if (!ParseOptions(args, keywords, &given)) return nullptr;
  const ModuleState& state = StateOf(type);
  if (!IsOfType(state, given.keys, Held::kKeySet, "keys")) return nullptr;
  return Guarded([&]() -> PyObject* {
    std::optional<VerifyOptions> options = ReadOptions(given);
    if (!options) return nullptr;
    auto verifier = std::make_unique<const Verifier>(KeySetOf(given.keys), std::move(*options));
    auto* const object = Make<VerifierObject>(state, Held::kVerifier);
    if (object == nullptr) return nullptr;
    object->verifier = verifier.release();
    return reinterpret_cast<PyObject*>(object);
  });
}

void Deallocate(PyObject* self) {
  delete reinterpret_cast<VerifierObject*>(self)->verifier;
  Free(self);
}

PyObject* Verify(PyObject* self, PyObject* args, PyObject* keywords) {
  return VerifyToken(self, args, keywords, *reinterpret_cast<VerifierObject*>(self)->verifier);
}

PyMethodDef methods[] = {
    {"verify", Method(Verify), METH_VARARGS | METH_KEYWORDS, doc::Verifier_verify},
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::Verifier)},
    {Py_tp_new, Slot(New)},
    {Py_tp_dealloc, Slot(Deallocate)},
    {Py_tp_methods, methods},
    {0, nullptr},
};

}  // namespace

PyType_Spec verifier_spec = {"doorward.Verifier", sizeof(VerifierObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};

}  // namespace doorward::python
