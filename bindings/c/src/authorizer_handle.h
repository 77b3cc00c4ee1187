// SPDX-License-Identifier: Apache-2.0
//
// The handle of an authorizer.

#ifndef DOORWARD_BINDINGS_C_SRC_AUTHORIZER_HANDLE_H_
#define DOORWARD_BINDINGS_C_SRC_AUTHORIZER_HANDLE_H_

#include "doorward/authorizer.h"

#include "bindings/c/src/boundary.h"

struct doorward_authorizer {
  doorward::Authorizer authorizer;
};

#endif  // DOORWARD_BINDINGS_C_SRC_AUTHORIZER_HANDLE_H_
