// SPDX-License-Identifier: Apache-2.0
//
// Memory for large tables that are read here and there. On Linux it asks for huge pages, of which a
// processor knows the places of many more octets at once; without them it is memory like any other.

#ifndef DOORWARD_BASE_HUGE_PAGE_ALLOCATOR_H_
#define DOORWARD_BASE_HUGE_PAGE_ALLOCATOR_H_

#include <cstddef>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace doorward {

// Of the standard's Allocator. From half a huge page on, memory comes in whole ones.
template <class T>
struct HugePageAllocator {
  using value_type = T;

  HugePageAllocator() = default;
  template <class U>
  HugePageAllocator(const HugePageAllocator<U>&) {}

  T* allocate(size_t count) {
    if (!IsLarge(count)) {
      return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{alignof(T)}));
    }
    const size_t size = (count * sizeof(T) + kHugePage - 1) / kHugePage * kHugePage;
    void* const memory = ::operator new (size, std::align_val_t{kHugePage});
#ifdef __linux__
    madvise(memory, size, MADV_HUGEPAGE);  // refused, it changes nothing
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t count) noexcept {
    ::operator delete (memory, std::align_val_t{IsLarge(count) ? kHugePage : alignof(T)});
  }

  bool operator==(const HugePageAllocator&) const = default;

 private:
  static constexpr size_t kHugePage = size_t{2} << 20;

  static bool IsLarge(size_t count) { return count >= kHugePage / 2 / sizeof(T); }
};

}  // namespace doorward

#endif  // DOORWARD_BASE_HUGE_PAGE_ALLOCATOR_H_
