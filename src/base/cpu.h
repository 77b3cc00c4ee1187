// SPDX-License-Identifier: Apache-2.0
//
// What the processor can do beyond what every one of its kind can.

#ifndef DOORWARD_BASE_CPU_H_
#define DOORWARD_BASE_CPU_H_

namespace doorward {

// Cost: a look at a word that the compiler's runtime fills in before main.
inline bool HasAvx2() noexcept {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

// With vectors of 64 octets, of which any may be left out (BW, VL), and BMI2.
inline bool HasAvx512() noexcept {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

}  // namespace doorward

#endif  // DOORWARD_BASE_CPU_H_
