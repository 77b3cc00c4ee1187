// SPDX-License-Identifier: Apache-2.0
//
// The interpreter's lock: given up for long work, and taken back where that work calls Python.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_LOCK_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_LOCK_H_

#include <exception>
#include <utility>

#include "bindings/python/extension/object.h"

namespace doorward::python {

// What this thread's lock was given up with; null while it has it.
inline thread_local PyThreadState* given_up = nullptr;

// Runs `body`, which touches no Python object, while other threads may run Python. Not by a
// destructor: CPython ends threads here while it shuts down, by an unwinding that none may stop.
template <class Body>
void WithoutLock(const Body& body) {
  std::exception_ptr failure;
  given_up = PyEval_SaveThread();
  try {
    body();
  } catch (const std::bad_alloc&) {
    failure = std::current_exception();
  }
  PyEval_RestoreThread(std::exchange(given_up, nullptr));
  if (failure) std::rethrow_exception(failure);
}

// Runs `body` with the lock, whether this thread has it or gave it up.
template <class Body>
void WithLock(const Body& body) {
  PyThreadState* const state = std::exchange(given_up, nullptr);
  if (state != nullptr) PyEval_RestoreThread(state);
  body();
  if (state != nullptr) given_up = PyEval_SaveThread();
}

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_LOCK_H_
