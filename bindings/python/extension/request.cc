// SPDX-License-Identifier: Apache-2.0

#include "bindings/python/extension/request.h"

#include <algorithm>
#include <bit>

#include "bindings/python/extension/arguments.h"

namespace doorward::python {
namespace {

// Finds the word that a keyword spells. Keywords that stand in a program's text are interned, as
// ours are, so that comparing pointers mostly does.
std::optional<Word> FindWord(const ModuleState& state, PyObject* keyword) {
  for (size_t i = 0; i < kWordCount; ++i) {
    if (state[static_cast<Word>(i)] == keyword) return static_cast<Word>(i);
  }
  for (size_t i = 0; i < kWordCount; ++i) {
    if (PyUnicode_Compare(state[static_cast<Word>(i)], keyword) == 0) return static_cast<Word>(i);
  }
  return std::nullopt;
}

bool Refuse(const Signature& signature, const char* problem, PyObject* keyword) {
  PyErr_Format(PyExc_TypeError, "%s() %s '%U'", signature.function, problem, keyword);
  return false;
}

bool ReadKeyword(const ModuleState& state, const Signature& signature, PyObject* keyword,
                 PyObject* value, Arguments* arguments) {
  const std::optional<Word> word = FindWord(state, keyword);
  if (!word || (signature.accepted & Bits({*word})) == 0) {
    return Refuse(signature, "got an unexpected keyword argument", keyword);
  }
  if (arguments->Set(*word, value)) return true;
  return Refuse(signature, "got several values for argument", keyword);
}

bool KeepHeader(PyObject* name, PyObject* value, Workspace& workspace, Header* header) {
  return KeepText(name, "a header's name", workspace, &header->name) &&
         KeepText(value, "a header's value", workspace, &header->value);
}

// Reads one field. `pair` is borrowed from what the caller may change at any time, so that what it
// holds is kept before it is looked at: a plain tuple of plain texts, which cannot change, as it
// is.
bool ReadHeader(PyObject* pair, Workspace& workspace, Header* header) {
  if (PyTuple_CheckExact(pair) && PyTuple_Size(pair) == 2) {
    PyObject* const name = PyTuple_GetItem(pair, 0);
    PyObject* const value = PyTuple_GetItem(pair, 1);
    if (!IsPlainText(name) || !IsPlainText(value)) {
      return KeepHeader(name, value, workspace, header);
    }
    workspace.Keep(Py_NewRef(pair));
    return ViewText(name, &header->name) && ViewText(value, &header->value);
  }
  const Ref items(PyList_Check(pair) || PyTuple_Check(pair) ? PySequence_Tuple(pair) : nullptr);
  if (items && PyTuple_Size(items.get()) == 2) {
    return KeepHeader(PyTuple_GetItem(items.get(), 0), PyTuple_GetItem(items.get(), 1), workspace,
                      header);
  }
  if (!PyErr_Occurred()) {
    PyErr_SetString(PyExc_TypeError, "headers must be pairs of a name and a value");
  }
  return false;
}

// Reading runs nothing that could change `list`, of plain tuples at least; a list that grew shorter
// all the same fails with an IndexError.
bool ReadHeaderList(PyObject* list, Workspace& workspace) {
  workspace.headers.resize(static_cast<size_t>(PyList_Size(list)));
  Py_ssize_t i = 0;
  for (Header& header : workspace.headers) {
    PyObject* const pair = PyList_GetItem(list, i++);
    if (pair == nullptr || !ReadHeader(pair, workspace, &header)) return false;
  }
  return true;
}

bool ReadHeaderDict(PyObject* headers, Workspace& workspace) {
  Py_ssize_t position = 0;
  PyObject *name = nullptr, *value = nullptr;
  while (PyDict_Next(headers, &position, &name, &value) != 0) {
    if (!KeepHeader(name, value, workspace, &workspace.headers.emplace_back())) return false;
  }
  return true;
}

bool ReadHeaders(PyObject* headers, Workspace& workspace) {
  if (PyList_CheckExact(headers)) return ReadHeaderList(headers, workspace);
  if (PyDict_Check(headers)) return ReadHeaderDict(headers, workspace);
  const bool is_mapping = PyObject_HasAttrString(headers, "items") != 0;
  // As a sequence, what maps names would be asked for the items 0, 1 and so on.
  if (!is_mapping && PyObject_HasAttrString(headers, "keys") != 0) {
    PyErr_SetString(PyExc_TypeError, "headers must be pairs or a mapping, which has items()");
    return false;
  }
  const Ref list(is_mapping ? PyMapping_Items(headers) : PySequence_List(headers));
  return list && ReadHeaderList(list.get(), workspace);
}

// Of several Host fields it is any one: the library refuses such a request.
const Header* FindHostField(const std::vector<Header>& headers) {
  static constexpr std::string_view kName = "host";
  const auto is_host = [](const Header& field) {
    return std::equal(field.name.begin(), field.name.end(), kName.begin(), kName.end(),
                      [](char x, char lower) { return (x | 0x20) == lower; });
  };
  const auto found = std::find_if(headers.begin(), headers.end(), is_host);
  return found == headers.end() ? nullptr : &*found;
}

// Left out, the host is the Host field, so that no rule that names a host is passed by. None says
// that there are no hosts: a Host field then makes the host "", which is refused.
bool ReadHost(PyObject* given, Workspace& workspace, std::optional<std::string_view>* host) {
  if (given != nullptr && given != Py_None) {
    return KeepText(given, "host", workspace, &host->emplace());
  }
  const Header* const field = FindHostField(workspace.headers);
  if (field != nullptr) *host = given == nullptr ? field->value : std::string_view();
  return true;
}

}  // namespace

bool ReadArguments(const ModuleState& state, const Signature& signature, const FastCall& call,
                   Arguments* arguments) {
  const auto positional = static_cast<size_t>(call.positional);
  if (positional > signature.positional.size()) {
    PyErr_Format(PyExc_TypeError, "%s() takes %zu positional arguments, and %zu were given",
                 signature.function, signature.positional.size(), positional);
    return false;
  }
  for (size_t i = 0; i < positional; ++i) {
    arguments->Set(signature.positional[i], call.arguments[i]);
  }
  const Py_ssize_t keywords = call.keywords == nullptr ? 0 : PyTuple_Size(call.keywords);
  for (Py_ssize_t i = 0; i < keywords; ++i) {
    if (!ReadKeyword(state, signature, PyTuple_GetItem(call.keywords, i),
                     call.arguments[call.positional + i], arguments)) {
      return false;
    }
  }
  const unsigned missing = signature.required & ~arguments->given();
  if (missing == 0) return true;
  const auto first = static_cast<Word>(std::countr_zero(missing));
  return Refuse(signature, "lacks the argument", state[first]);
}

bool KeepText(PyObject* object, const char* what, Workspace& workspace, std::string_view* view) {
  if (IsPlainText(object)) {
    return ViewText(workspace.Keep(Py_NewRef(object)), view);
  }
  std::optional<Text> text = ReadText(object, what);
  if (!text) return false;
  *view = text->view;
  workspace.Keep(text->owner.release());
  return true;
}

bool ReadRequest(const Arguments& arguments, Workspace& workspace, Request* request) {
  if (!KeepText(arguments[Word::kMethod], "method", workspace, &request->method) ||
      !KeepText(arguments[Word::kTarget], "target", workspace, &request->target)) {
    return false;
  }
  PyObject* const source_ip = arguments.Find(Word::kSourceIp);
  if (source_ip != nullptr &&
      !KeepText(source_ip, "source_ip", workspace, &request->source_ip.emplace())) {
    return false;
  }
  PyObject* const headers = arguments.Find(Word::kHeaders);
  if (headers != nullptr && !ReadHeaders(headers, workspace)) return false;
  request->headers = workspace.headers;
  return ReadHost(arguments[Word::kHost], workspace, &request->host);
}

}  // namespace doorward::python
