// SPDX-License-Identifier: Apache-2.0

#include "doorward/version.h"

namespace doorward {

const char* Version() noexcept { return DOORWARD_VERSION; }

}  // namespace doorward
