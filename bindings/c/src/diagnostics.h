// SPDX-License-Identifier: Apache-2.0
//
// Diagnostics on their way to C: each with its text as compilers print it.

#ifndef DOORWARD_BINDINGS_C_SRC_DIAGNOSTICS_H_
#define DOORWARD_BINDINGS_C_SRC_DIAGNOSTICS_H_

#include <string>
#include <vector>

#include "doorward/diagnostic.h"

#include "bindings/c/src/boundary.h"

struct doorward_diagnostics {
  struct Entry {
    doorward::Diagnostic diagnostic;
    std::string text;
  };
  std::vector<Entry> entries;
};

namespace doorward::c {

// Puts `diagnostics` where the caller asked for them; null for none. Throws a Failure with `code`
// of the first error among them.
void HandOver(std::vector<Diagnostic> diagnostics, doorward_code code, doorward_diagnostics** out);

}  // namespace doorward::c

#endif  // DOORWARD_BINDINGS_C_SRC_DIAGNOSTICS_H_
