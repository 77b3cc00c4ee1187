// SPDX-License-Identifier: Apache-2.0
//
// The version of the library: at compile time by macro, at run time by function. The two differ
// where a program was built against another version than the shared library that it found.

#ifndef DOORWARD_VERSION_H_
#define DOORWARD_VERSION_H_

#include "doorward/export.h"

#define DOORWARD_VERSION_MAJOR 0
#define DOORWARD_VERSION_MINOR 1
#define DOORWARD_VERSION_PATCH 0
#define DOORWARD_VERSION "0.1.0"

namespace doorward {

// Returns the version of the library that is linked, as "MAJOR.MINOR.PATCH" (semver.org).
DOORWARD_EXPORT const char* Version() noexcept;

}  // namespace doorward

#endif  // DOORWARD_VERSION_H_
