// SPDX-License-Identifier: Apache-2.0

#include "bindings/python/extension/claims.h"

#include <string_view>

#include "bindings/python/extension/docstrings.h"
#include "bindings/python/extension/result.h"

namespace doorward::python {
namespace {

struct ClaimsObject {
  PyObject_HEAD PyObject* result;
  size_t field;
};

PyObject* ListOf(JsonView array) { return ListFrom(array.elements(), ToPython); }

// A copy of what was converted before, as deep as it goes, so that no caller changes another's.
// Recursion is bounded as in ToPython.
PyObject* CopyOf(PyObject* value) {
  if (PyList_CheckExact(value)) {
    Ref list(PySequence_List(value));
    for (Py_ssize_t i = 0; list && i < PyList_Size(list.get()); ++i) {
      PyObject* const copy = CopyOf(PyList_GetItem(list.get(), i));
      if (copy == nullptr || PyList_SetItem(list.get(), i, copy) != 0) return nullptr;
    }
    return list.release();
  }
  if (!PyDict_CheckExact(value)) return Py_NewRef(value);
  Ref dict(PyDict_New());
  Py_ssize_t position = 0;
  PyObject *name = nullptr, *member = nullptr;
  while (dict && PyDict_Next(value, &position, &name, &member) != 0) {
    const Ref copy(CopyOf(member));
    if (!copy || PyDict_SetItem(dict.get(), name, copy.get()) != 0) return nullptr;
  }
  return dict.release();
}

// Where the claims stand: in the workspace of the result while that is attached, else in a dict.
class Place {
 public:
  explicit Place(PyObject* claims) {
    const auto& self = *reinterpret_cast<const ClaimsObject*>(claims);
    const auto& result = *reinterpret_cast<const ResultObject*>(self.result);
    if (result.workspace != nullptr) {
      view_ = result.fields[self.field].json(*result.workspace);
    } else {
      dict_ = PyTuple_GetItem(result.values, static_cast<Py_ssize_t>(self.field));
    }
  }

  Py_ssize_t Size() const {
    return dict_ != nullptr ? PyDict_Size(dict_) : static_cast<Py_ssize_t>(view_.size());
  }

  // A new dict of all of it.
  PyObject* Dict() const { return dict_ != nullptr ? CopyOf(dict_) : DictOf(view_); }

  // The value of that name. None without an exception where there is none: whatever is no str that
  // UTF-8 can spell names nothing.
  Ref Find(PyObject* name) const {
    if (!PyUnicode_Check(name)) return Ref();
    if (dict_ != nullptr) {
      PyObject* const found = PyDict_GetItemWithError(dict_, name);
      return found == nullptr ? Ref() : Ref(CopyOf(found));
    }
    Py_ssize_t size = 0;
    const char* const utf8 = PyUnicode_AsUTF8AndSize(name, &size);
    if (utf8 == nullptr) {
      if (PyErr_ExceptionMatches(PyExc_UnicodeError)) PyErr_Clear();
      return Ref();
    }
    const JsonView found = view_.Find({utf8, static_cast<size_t>(size)});
    return found.exists() ? Ref(ToPython(found)) : Ref();
  }

  PyObject* Names() const {
    if (dict_ != nullptr) return PyDict_Keys(dict_);
    return ListFrom(view_.elements(), [](JsonView member) { return Str(member.name()); });
  }

 private:
  JsonView view_;
  PyObject* dict_ = nullptr;  // borrowed
};

Py_ssize_t Length(PyObject* self) { return Place(self).Size(); }

PyObject* GetItem(PyObject* self, PyObject* name) {
  Ref found = Place(self).Find(name);
  if (!found && !PyErr_Occurred()) PyErr_SetObject(PyExc_KeyError, name);
  return found.release();
}

int Contains(PyObject* self, PyObject* name) {
  if (Place(self).Find(name)) return 1;
  return PyErr_Occurred() ? -1 : 0;
}

PyObject* Get(PyObject* self, PyObject* args) {
  PyObject *name = nullptr, *otherwise = Py_None;
  if (!PyArg_ParseTuple(args, "O|O:get", &name, &otherwise)) return nullptr;
  Ref found = Place(self).Find(name);
  return found || PyErr_Occurred() ? found.release() : Py_NewRef(otherwise);
}

PyObject* Iterate(PyObject* self) {
  const Ref names(Place(self).Names());
  return names ? PyObject_GetIter(names.get()) : nullptr;
}

PyObject* ToDict(PyObject* self, PyObject*) { return Place(self).Dict(); }

PyObject* Compare(PyObject* self, PyObject* other, int operation) {
  if (operation != Py_EQ && operation != Py_NE) return Py_NewRef(Py_NotImplemented);
  const Ref mine(Place(self).Dict());
  const bool is_claims = Py_TYPE(other) == Py_TYPE(self);
  const Ref theirs(is_claims ? Place(other).Dict() : Py_NewRef(other));
  return mine && theirs ? PyObject_RichCompare(mine.get(), theirs.get(), operation) : nullptr;
}

PyObject* Represent(PyObject* self) {
  const Ref dict(Place(self).Dict());
  return dict ? PyUnicode_FromFormat("Claims(%R)", dict.get()) : nullptr;
}

template <Held kView>
PyObject* View(PyObject* self, PyObject*) {
  return Call(StateOf(self)[kView], {Py_NewRef(self)});
}

void Deallocate(PyObject* self) {
  Py_DECREF(reinterpret_cast<ClaimsObject*>(self)->result);
  Free(self);
}

PyMethodDef methods[] = {
    {"get", Get, METH_VARARGS, doc::Claims_get},
    {"keys", View<Held::kKeysView>, METH_NOARGS, doc::Claims_keys},
    {"items", View<Held::kItemsView>, METH_NOARGS, doc::Claims_items},
    {"values", View<Held::kValuesView>, METH_NOARGS, doc::Claims_values},
    {"to_dict", ToDict, METH_NOARGS, doc::Claims_to_dict},
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>(doc::Claims)},
    {Py_tp_dealloc, Slot(Deallocate)},
    {Py_tp_methods, methods},
    {Py_tp_repr, Slot(Represent)},
    {Py_tp_richcompare, Slot(Compare)},
    {Py_tp_hash, Slot(PyObject_HashNotImplemented)},
    {Py_tp_iter, Slot(Iterate)},
    {Py_mp_length, Slot(Length)},
    {Py_mp_subscript, Slot(GetItem)},
    {Py_sq_contains, Slot(Contains)},
    {0, nullptr},
};

}  // namespace

// Not immutable as the others: registering it with collections.abc.Mapping marks it, so that
// `match` knows it for a mapping.
PyType_Spec claims_spec = {"doorward.Claims", sizeof(ClaimsObject), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

PyObject* DictOf(JsonView object) {
  Ref dict(PyDict_New());
  if (!dict || !object.is_object()) return dict.release();
  for (const JsonView member : object.elements()) {
    const Ref name(Str(member.name())), value(ToPython(member));
    if (!name || !value || PyDict_SetItem(dict.get(), name.get(), value.get()) != 0) return nullptr;
  }
  return dict.release();
}

// Recursion is bounded: a token is at most 32 deep.
PyObject* ToPython(JsonView value) {
  switch (value.kind()) {
    case JsonView::Kind::kMissing:
    case JsonView::Kind::kNull:
      return None();
    case JsonView::Kind::kBool:
      return PyBool_FromLong(value.bool_or(false) ? 1 : 0);
    case JsonView::Kind::kInt:
      return PyLong_FromLongLong(value.int_or(0));
    case JsonView::Kind::kDouble:
      return PyFloat_FromDouble(value.double_or(0));
    case JsonView::Kind::kString:
      return Str(value.string_or(""));
    case JsonView::Kind::kArray:
      return ListOf(value);
    case JsonView::Kind::kObject:
      return DictOf(value);
  }
  return None();
}

PyObject* MakeClaims(PyObject* result, size_t field) {
  auto* const claims = Make<ClaimsObject>(StateOf(result), Held::kClaims);
  if (claims == nullptr) return nullptr;
  claims->result = Py_NewRef(result);
  claims->field = field;
  return reinterpret_cast<PyObject*>(claims);
}

}  // namespace doorward::python
