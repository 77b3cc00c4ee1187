// SPDX-License-Identifier: Apache-2.0
//
// What Python callers hand over, as C++ has it. What returns nothing has set a Python exception.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_ARGUMENTS_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_ARGUMENTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/key_set.h"
#include "doorward/timestamp.h"

#include "bindings/python/extension/object.h"
#include "bindings/python/extension/state.h"

namespace doorward::python {

// Parses the arguments of a call by METH_VARARGS | METH_KEYWORDS, as PyArg_ParseTupleAndKeywords
// does. `names` ends in null.
template <class... Places>
bool Parse(PyObject* arguments, PyObject* keywords, const char* format, const char* const* names,
           Places... places) {
  return PyArg_ParseTupleAndKeywords(arguments, keywords, format, const_cast<char**>(names),
                                     places...) != 0;
}

// Text that was handed over: a view, and what keeps it valid whatever the caller does.
struct Text {
  Ref owner;
  std::string_view view;
};

// Reads str, for its UTF-8, or bytes and the like. `what` names the argument in an error.
std::optional<Text> ReadText(PyObject* object, const char* what);

// The same for JSON, which may be a mapping too.
std::optional<Text> ReadJson(const ModuleState& state, PyObject* object, const char* what);

// Reads each of an iterable's texts.
std::optional<std::vector<std::string>> ReadTexts(PyObject* iterable, const char* what);

// A file's name, and all that stands in it.
struct File {
  Text name, content;
};
std::optional<File> ReadFile(const ModuleState& state, PyObject* path);

// Reads seconds since 1970, or an aware datetime. None, or null, is the clock.
std::optional<Timestamp> ReadTime(PyObject* object);

// Reads a number that is not negative.
std::optional<size_t> ReadSize(Py_ssize_t number, const char* what);

// The arguments that name faster ways to verify, as they come.
struct AccelerationArguments {
  int es256_tables = 0, ed25519_tables = 0, ed25519_libsodium = 0;
  Py_ssize_t max_es256_tables = 64, max_ed25519_tables = 64;
};
std::optional<Acceleration> ReadAcceleration(const AccelerationArguments& given);

// Reads "remote" or "local".
std::optional<KeyOrigin> ReadOrigin(std::string_view name);

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_ARGUMENTS_H_
