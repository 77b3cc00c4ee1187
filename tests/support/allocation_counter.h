// SPDX-License-Identifier: Apache-2.0
//
// Counts what a piece of code takes from the heap with operator new. Linking the target
// doorward_allocation_counter replaces the global operators of the whole program.
//
//   const uint64_t before = AllocationsOnThisThread();
//   Decide();
//   EXPECT_EQ(AllocationsOnThisThread() - before, 0u);

#ifndef DOORWARD_TESTS_SUPPORT_ALLOCATION_COUNTER_H_
#define DOORWARD_TESTS_SUPPORT_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace doorward {

// Returns how often this thread has called operator new, in any of its forms. What C libraries take
// with malloc is not counted.
uint64_t AllocationsOnThisThread() noexcept;

}  // namespace doorward

#endif  // DOORWARD_TESTS_SUPPORT_ALLOCATION_COUNTER_H_
