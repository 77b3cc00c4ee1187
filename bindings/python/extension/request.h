// SPDX-License-Identifier: Apache-2.0
//
// The arguments of `authorize` and its like, which must cost next to nothing.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_REQUEST_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_REQUEST_H_

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "doorward/request.h"
#include "doorward/timestamp.h"

#include "bindings/python/extension/state.h"
#include "bindings/python/extension/workspace.h"

namespace doorward::python {

// The arguments of a call by METH_FASTCALL | METH_KEYWORDS.
struct FastCall {
  PyObject* const* arguments;
  Py_ssize_t positional;
  PyObject* keywords;  // a tuple of names, or null
};

// What a function takes: some words in their places too, the others by keyword only.
struct Signature {
  const char* function;
  std::span<const Word> positional;
  unsigned accepted;  // a bit for each word
  unsigned required;
};
constexpr unsigned Bits(std::initializer_list<Word> words) {
  unsigned bits = 0;
  for (const Word word : words) bits |= 1u << static_cast<unsigned>(word);
  return bits;
}
inline constexpr unsigned kRequestWords =
    Bits({Word::kMethod, Word::kTarget, Word::kHost, Word::kHeaders, Word::kSourceIp, Word::kNow});
inline constexpr unsigned kRequestRequired = Bits({Word::kMethod, Word::kTarget});

// A call's arguments by word, borrowed.
class Arguments {
 public:
  // False: it was set before.
  bool Set(Word word, PyObject* value) noexcept {
    const unsigned before = std::exchange(given_, given_ | Bits({word}));
    values_[static_cast<size_t>(word)] = value;
    return before != given_;
  }

  // A bit for each that was set.
  unsigned given() const noexcept { return given_; }
  // Null where left out.
  PyObject* operator[](Word word) const noexcept { return values_[static_cast<size_t>(word)]; }
  // Null for None too.
  PyObject* Find(Word word) const noexcept {
    PyObject* const value = (*this)[word];
    return value == Py_None ? nullptr : value;
  }

 private:
  std::array<PyObject*, kWordCount> values_ = {};
  unsigned given_ = 0;
};

// False: a Python exception is set. So too in what follows.
bool ReadArguments(const ModuleState& state, const Signature& signature, const FastCall& call,
                   Arguments* arguments);

// Fills in `request` from arguments, whose texts `workspace` keeps.
bool ReadRequest(const Arguments& arguments, Workspace& workspace, Request* request);

// Views a text that `workspace` keeps from now on.
bool KeepText(PyObject* object, const char* what, Workspace& workspace, std::string_view* view);

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_REQUEST_H_
