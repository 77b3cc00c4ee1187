// SPDX-License-Identifier: Apache-2.0

#include "bindings/python/extension/arguments.h"

#include <chrono>
#include <cmath>
#include <cstdint>

namespace doorward::python {
namespace {

// An immutable object that holds the same text: the object itself where it is a plain str or bytes.
PyObject* Immutable(PyObject* object, const char* what) {
  if (IsPlainText(object)) return Py_NewRef(object);
  if (PyUnicode_Check(object)) return PyUnicode_FromObject(object);
  if (PyBytes_Check(object) || PyByteArray_Check(object) || PyMemoryView_Check(object)) {
    return PyBytes_FromObject(object);
  }
  const Ref name(TypeName(object));
  if (!name) return nullptr;
  return PyErr_Format(PyExc_TypeError, "%s must be str or bytes, not %U", what, name.get());
}

std::optional<Timestamp> TimeOfDouble(double seconds) {
  // Beyond these no int64 holds it; a NaN compares false.
  if (!(seconds > -9.2e18 && seconds < 9.2e18)) {
    PyErr_SetString(PyExc_ValueError, "time is out of range");
    return std::nullopt;
  }
  const double whole = std::floor(seconds);
  return Timestamp::FromUnixSeconds(static_cast<int64_t>(whole),
                                    static_cast<int32_t>((seconds - whole) * 1e9));
}

// Of a datetime, or of what converts to float.
std::optional<Timestamp> TimeOfOther(PyObject* object) {
  Ref seconds(PyNumber_Check(object) != 0 ? PyNumber_Float(object) : nullptr);
  if (!seconds && !PyErr_Occurred()) {
    // None too where `tzinfo` is a zone that does not say.
    const Ref offset(PyObject_CallMethod(object, "utcoffset", nullptr));
    if (offset && offset.get() == Py_None) {
      PyErr_SetString(PyExc_ValueError, "a datetime without time zone names no point in time");
      return std::nullopt;
    }
    if (offset) seconds = Ref(PyObject_CallMethod(object, "timestamp", nullptr));
    if (!seconds && PyErr_ExceptionMatches(PyExc_AttributeError)) {
      PyErr_SetString(PyExc_TypeError, "time must be int, float or an aware datetime");
    }
  }
  const double value = seconds ? PyFloat_AsDouble(seconds.get()) : -1;
  if (PyErr_Occurred()) return std::nullopt;
  return TimeOfDouble(value);
}

}  // namespace

std::optional<Text> ReadText(PyObject* object, const char* what) {
  Text text;
  text.owner = Ref(Immutable(object, what));
  if (!text.owner || !ViewText(text.owner.get(), &text.view)) return std::nullopt;
  return text;
}

std::optional<Text> ReadJson(const ModuleState& state, PyObject* object, const char* what) {
  const int is_mapping = PyObject_IsInstance(object, state[Held::kMapping]);
  if (is_mapping < 0) return std::nullopt;
  if (is_mapping == 0) return ReadText(object, what);
  // Another mapping than a dict, Claims for one, is none to `json`.
  const Ref dict(PyDict_New());
  if (!dict || PyDict_Update(dict.get(), object) != 0) return std::nullopt;
  const Ref json(Call(state[Held::kJsonDumps], {Py_NewRef(dict.get())}));
  if (!json) return std::nullopt;
  return ReadText(json.get(), what);
}

std::optional<std::vector<std::string>> ReadTexts(PyObject* iterable, const char* what) {
  if (PyUnicode_Check(iterable) || PyBytes_Check(iterable)) {
    PyErr_Format(PyExc_TypeError, "%s must be several texts, not one", what);
    return std::nullopt;
  }
  const Ref iterator(PyObject_GetIter(iterable));
  if (!iterator) return std::nullopt;
  std::vector<std::string> texts;
  while (const Ref item = Ref(PyIter_Next(iterator.get()))) {
    const std::optional<Text> text = ReadText(item.get(), what);
    if (!text) return std::nullopt;
    texts.emplace_back(text->view);
  }
  if (PyErr_Occurred()) return std::nullopt;
  return texts;
}

std::optional<File> ReadFile(const ModuleState& state, PyObject* path) {
  const Ref plain_path(PyOS_FSPath(path));
  if (!plain_path) return std::nullopt;
  const Ref file(Call(state[Held::kOpen], {Py_NewRef(plain_path.get()), Str("rb")}));
  if (!file) return std::nullopt;
  const Ref content(PyObject_CallMethod(file.get(), "read", nullptr));
  const Ref closed(content ? PyObject_CallMethod(file.get(), "close", nullptr) : nullptr);
  if (!closed) return std::nullopt;
  // A name need not be text that UTF-8 can spell.
  const Ref name(PyObject_ASCII(plain_path.get()));
  std::optional<Text> content_text = ReadText(content.get(), "content");
  std::optional<Text> name_text = ReadText(plain_path.get(), "path");
  if (!name_text && PyErr_ExceptionMatches(PyExc_UnicodeError)) {
    PyErr_Clear();
    name_text = name ? ReadText(name.get(), "path") : std::nullopt;
  }
  if (!content_text || !name_text) return std::nullopt;
  return File{std::move(*name_text), std::move(*content_text)};
}

std::optional<Timestamp> ReadTime(PyObject* object) {
  if (object == nullptr || object == Py_None) return std::chrono::system_clock::now();
  if (PyFloat_CheckExact(object)) return TimeOfDouble(PyFloat_AsDouble(object));
  if (!PyLong_CheckExact(object)) return TimeOfOther(object);
  const long seconds = PyLong_AsLong(object);  // in CPython 3.11 faster by far than `long long`
  if (seconds != -1 || !PyErr_Occurred()) return Timestamp::FromUnixSeconds(seconds);
  PyErr_SetString(PyExc_ValueError, "time is out of range");
  return std::nullopt;
}

std::optional<size_t> ReadSize(Py_ssize_t number, const char* what) {
  if (number >= 0) return static_cast<size_t>(number);
  PyErr_Format(PyExc_ValueError, "%s must not be negative", what);
  return std::nullopt;
}

std::optional<Acceleration> ReadAcceleration(const AccelerationArguments& given) {
  const auto max_es256 = ReadSize(given.max_es256_tables, "max_es256_tables");
  if (!max_es256) return std::nullopt;
  const auto max_ed25519 = ReadSize(given.max_ed25519_tables, "max_ed25519_tables");
  if (!max_ed25519) return std::nullopt;
  return Acceleration{.es256_tables = given.es256_tables != 0,
                      .ed25519_tables = given.ed25519_tables != 0,
                      .ed25519_libsodium = given.ed25519_libsodium != 0,
                      .max_es256_tables = *max_es256,
                      .max_ed25519_tables = *max_ed25519};
}

std::optional<KeyOrigin> ReadOrigin(std::string_view name) {
  if (name == "remote") return KeyOrigin::kRemote;
  if (name == "local") return KeyOrigin::kLocal;
  PyErr_SetString(PyExc_ValueError, "origin must be \"remote\" or \"local\"");
  return std::nullopt;
}

}  // namespace doorward::python
