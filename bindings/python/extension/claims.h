// SPDX-License-Identifier: Apache-2.0
//
// JSON of tokens as Python objects, and the type Claims: a JSON object as a mapping that converts
// what is asked for.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_CLAIMS_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_CLAIMS_H_

#include <cstddef>

#include "doorward/claims.h"

#include "bindings/python/extension/state.h"

namespace doorward::python {

extern PyType_Spec claims_spec;

// The value as a Python object; None where there is none.
PyObject* ToPython(JsonView value);
// An object as a dict; an empty one for all else.
PyObject* DictOf(JsonView object);

// A mapping of the field with that number of a result, which it keeps alive.
PyObject* MakeClaims(PyObject* result, size_t field);

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_CLAIMS_H_
