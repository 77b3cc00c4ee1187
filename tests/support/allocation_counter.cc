// SPDX-License-Identifier: Apache-2.0

#include "tests/support/allocation_counter.h"

#include <cstdlib>
#include <new>

namespace doorward {
namespace {

thread_local uint64_t allocations = 0;

void* CountedAllocate(std::size_t size) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

void* CountedAllocate(std::size_t size, std::align_val_t alignment) noexcept {
  ++allocations;
  const auto unit = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
}

void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

uint64_t AllocationsOnThisThread() noexcept { return allocations; }

}  // namespace doorward

void* operator new(std::size_t size) { return doorward::OrThrow(doorward::CountedAllocate(size)); }
void* operator new[](std::size_t size) {
  return doorward::OrThrow(doorward::CountedAllocate(size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return doorward::OrThrow(doorward::CountedAllocate(size, alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return doorward::OrThrow(doorward::CountedAllocate(size, alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return doorward::CountedAllocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return doorward::CountedAllocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return doorward::CountedAllocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return doorward::CountedAllocate(size, alignment);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(memory);
}
