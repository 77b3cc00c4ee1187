// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/heap_count.h"

#include <cstddef>
#include <cstdlib>

#include <openssl/crypto.h>

// The allocator of the C library under its other names.
extern "C" {
void* __libc_malloc(size_t size);                 // NOLINT
void* __libc_calloc(size_t count, size_t size);   // NOLINT
void* __libc_realloc(void* memory, size_t size);  // NOLINT
void* __libc_memalign(size_t unit, size_t size);  // NOLINT
}

namespace doorward::benchmarks {
namespace {

// Without a constructor, so that malloc may look at them at any time.
thread_local uint64_t all = 0;
thread_local uint64_t openssl = 0;

void* OpenSslMalloc(size_t size, const char* /*file*/, int /*line*/) {
  ++openssl;
  return std::malloc(size);
}

void* OpenSslRealloc(void* memory, size_t size, const char* /*file*/, int /*line*/) {
  ++openssl;
  return std::realloc(memory, size);
}

void OpenSslFree(void* memory, const char* /*file*/, int /*line*/) { std::free(memory); }

bool is_openssl_counted = false;

// OpenSSL wants to be told before its first allocation, and libraries that use it may make that as
// they are loaded: this runs before the constructors of all of them.
void CountOpenSsl(int /*argc*/, char** /*argv*/, char** /*environment*/) {
  is_openssl_counted = CRYPTO_set_mem_functions(OpenSslMalloc, OpenSslRealloc, OpenSslFree) == 1;
}
[[gnu::section(".preinit_array"), gnu::used]] void (*const before_all)(int, char**,
                                                                       char**) = CountOpenSsl;

}  // namespace

bool IsOpenSslCounted() { return is_openssl_counted; }

HeapCount HeapCountOfThread() { return {openssl, all - openssl}; }

}  // namespace doorward::benchmarks

extern "C" {

void* malloc(size_t size) noexcept {
  ++doorward::benchmarks::all;
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) noexcept {
  ++doorward::benchmarks::all;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) noexcept {
  ++doorward::benchmarks::all;
  return __libc_realloc(memory, size);
}

void* aligned_alloc(size_t unit, size_t size) noexcept {
  ++doorward::benchmarks::all;
  return __libc_memalign(unit, size);
}
}
