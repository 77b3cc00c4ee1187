// SPDX-License-Identifier: Apache-2.0
//
// What an Authorizer object of Python holds.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_AUTHORIZER_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_AUTHORIZER_H_

#include <array>
#include <cstdint>
#include <memory>

#include "doorward/authorizer.h"

#include "bindings/python/extension/audit.h"
#include "bindings/python/extension/seen_tokens.h"
#include "bindings/python/extension/state.h"

namespace doorward::python {

// All but `authorizer` is guarded by the interpreter's lock.
struct AuthorizerParts {
  AuthorizerParts(std::shared_ptr<const Policy> policy, AuthorizerOptions options,
                  std::shared_ptr<AuditFunction> function)
      : audit(std::move(function)),
        remembers_tokens(options.token_cache.max_entries > 0),
        seen(options.token_cache.max_entries),
        authorizer(std::move(policy), std::move(options)) {}

  std::shared_ptr<AuditFunction> audit;  // null: no function was given
  const bool remembers_tokens;
  SeenTokens seen;
  std::array<uint64_t, kReasonCount> decisions = {};
  Authorizer authorizer;
};

struct AuthorizerObject {
  PyObject_HEAD AuthorizerParts* parts;  // owned
  PyObject* policy;                      // the object of the policy in force, or None
  PyObject* function;                    // or null
};

inline AuthorizerParts& PartsOf(PyObject* self) noexcept {
  return *reinterpret_cast<AuthorizerObject*>(self)->parts;
}

// The methods that decide.
PyObject* Authorize(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords);
PyObject* ExplainRequest(PyObject* self, PyObject* const* args, Py_ssize_t count,
                         PyObject* keywords);

// The methods that revoke.
PyObject* RevokeTokenId(PyObject* self, PyObject* args, PyObject* keywords);
PyObject* RevokeSession(PyObject* self, PyObject* args, PyObject* keywords);
PyObject* RevokeSubject(PyObject* self, PyObject* args, PyObject* keywords);

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_AUTHORIZER_H_
