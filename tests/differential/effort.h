// SPDX-License-Identifier: Apache-2.0
//
// How many worlds a test tries: fewer where sanitizers make each slow, and as many times more as
// the environment asks for (DOORWARD_DIFFERENTIAL_EFFORT=50 for a night).

#ifndef DOORWARD_TESTS_DIFFERENTIAL_EFFORT_H_
#define DOORWARD_TESTS_DIFFERENTIAL_EFFORT_H_

#include <cstdint>
#include <cstdlib>

namespace doorward::reference {

inline uint32_t WorldsToTry(uint32_t usual) {
#if defined(__SANITIZE_ADDRESS__)
  usual /= 10;
#endif
  const char* const asked = std::getenv("DOORWARD_DIFFERENTIAL_EFFORT");
  const int times = asked == nullptr ? 1 : std::atoi(asked);
  return times > 1 ? usual * static_cast<uint32_t>(times) : usual;
}

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_EFFORT_H_
