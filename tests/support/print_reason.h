// SPDX-License-Identifier: Apache-2.0
//
// Has GoogleTest show a reason by its name.

#ifndef DOORWARD_TESTS_SUPPORT_PRINT_REASON_H_
#define DOORWARD_TESTS_SUPPORT_PRINT_REASON_H_

#include <ostream>

#include "doorward/reason.h"

namespace doorward {

inline void PrintTo(Reason reason, std::ostream* out) { *out << ReasonName(reason); }

}  // namespace doorward

#endif  // DOORWARD_TESTS_SUPPORT_PRINT_REASON_H_
