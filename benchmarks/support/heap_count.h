// SPDX-License-Identifier: Apache-2.0
//
// Counts what a thread takes from the heap, OpenSSL's part apart. Linking it puts functions of its
// own in the place of malloc and its kin.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_HEAP_COUNT_H_
#define DOORWARD_BENCHMARKS_SUPPORT_HEAP_COUNT_H_

#include <cstdint>

namespace doorward::benchmarks {

struct HeapCount {
  uint64_t openssl = 0;
  uint64_t others = 0;
};

// False where OpenSSL did not let its allocations be told apart.
bool IsOpenSslCounted();

// Allocations of this thread so far.
HeapCount HeapCountOfThread();

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_HEAP_COUNT_H_
