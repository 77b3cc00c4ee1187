// SPDX-License-Identifier: Apache-2.0
//
// Python objects, owned: what every file of the extension says them with.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_OBJECT_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_OBJECT_H_

// The interface that is the same in every CPython from 3.10 on: one wheel serves them all.
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030A0000
#endif
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>

#ifdef Py_GIL_DISABLED
#error "Doorward relies on the global interpreter lock: build it for a Python that has one"
#endif

#include <initializer_list>
#include <new>
#include <string_view>
#include <utility>

namespace doorward::python {

// An owned reference, or none: none means that a Python exception is set.
class Ref {
 public:
  Ref() noexcept = default;
  explicit Ref(PyObject* owned) noexcept : object_(owned) {}
  static Ref To(PyObject* borrowed) noexcept {
    Py_XINCREF(borrowed);
    return Ref(borrowed);
  }
  ~Ref() { Py_XDECREF(object_); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref&& other) noexcept {
    Ref old(std::exchange(object_, std::exchange(other.object_, nullptr)));
    return *this;
  }

  explicit operator bool() const noexcept { return object_ != nullptr; }
  PyObject* get() const noexcept { return object_; }
  [[nodiscard]] PyObject* release() noexcept { return std::exchange(object_, nullptr); }

 private:
  PyObject* object_ = nullptr;
};

// Text as str. Octets that are no UTF-8, which only what a client sent can hold, become `\xNN`.
inline PyObject* Str(std::string_view text) noexcept {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()),
                              "backslashreplace");
}

// Whether an object is a str or bytes itself and none of a derived class: such cannot change.
inline bool IsPlainText(PyObject* object) noexcept {
  return PyUnicode_CheckExact(object) || PyBytes_CheckExact(object);
}

// Views a plain text; a str as UTF-8. False where UTF-8 cannot spell it, with an exception.
inline bool ViewText(PyObject* text, std::string_view* view) noexcept {
  Py_ssize_t size = 0;
  char* octets = nullptr;
  if (PyBytes_CheckExact(text)) {
    PyBytes_AsStringAndSize(text, &octets, &size);
  } else {
    octets = const_cast<char*>(PyUnicode_AsUTF8AndSize(text, &size));
  }
  *view = {octets, static_cast<size_t>(size)};
  return octets != nullptr;
}

// The name of an object's type.
inline PyObject* TypeName(PyObject* object) noexcept {
  return PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(object)), "__name__");
}

// Flags of a type whose objects only this module makes.
inline constexpr unsigned kMadeHere =
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE;

inline PyObject* None() noexcept { return Py_NewRef(Py_None); }

// None for the empty text.
inline PyObject* StrOrNone(std::string_view text) noexcept {
  return text.empty() ? None() : Str(text);
}

// A tuple of `items`, whose references it takes over; none where one of them is none.
inline PyObject* TupleOf(std::initializer_list<PyObject*> items) noexcept {
  Ref tuple(PyTuple_New(static_cast<Py_ssize_t>(items.size())));
  Py_ssize_t i = 0;
  bool complete = static_cast<bool>(tuple);
  for (PyObject* item : items) {
    complete = complete && item != nullptr;
    if (tuple) {
      PyTuple_SetItem(tuple.get(), i++, item);
    } else {
      Py_XDECREF(item);
    }
  }
  return complete ? tuple.release() : nullptr;
}

// Calls `callable` with `arguments`, whose references it takes over.
inline PyObject* Call(PyObject* callable, std::initializer_list<PyObject*> arguments) noexcept {
  const Ref tuple(TupleOf(arguments));
  return tuple ? PyObject_Call(callable, tuple.get(), nullptr) : nullptr;
}

// A list of `make(item)` for each item of a range.
template <class Range, class Make>
PyObject* ListFrom(const Range& range, const Make& make) {
  Ref list(PyList_New(0));
  for (const auto& item : range) {
    if (!list) return nullptr;
    const Ref made(make(item));
    if (!made || PyList_Append(list.get(), made.get()) != 0) return nullptr;
  }
  return list.release();
}

// The same as a tuple.
template <class Range, class Make>
PyObject* TupleFrom(const Range& range, const Make& make) {
  const Ref list(ListFrom(range, make));
  return list ? PyList_AsTuple(list.get()) : nullptr;
}

// Runs `body`, in which C++ may find no memory, and returns what it returns; none where it did not.
template <class Body>
PyObject* Guarded(const Body& body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  }
}

// A function for a slot of a type.
template <class Function>
void* Slot(Function* function) noexcept {
  return reinterpret_cast<void*>(function);
}

// A function with other parameters than PyCFunction's, for a table of methods whose flags say so.
template <class Function>
PyCFunction Method(Function* function) noexcept {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_OBJECT_H_
