// SPDX-License-Identifier: Apache-2.0

#include "tests/support/allocation_counter.h"

#include <functional>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace doorward {
namespace {

// Keeps the compiler from leaving out a pair of new and delete.
void Keep(const void* memory) { asm volatile("" : : "r"(memory) : "memory"); }

struct Form {
  const char* name;
  std::function<void()> allocate;
  uint64_t want;
};

struct alignas(256) Aligned {
  char octets[256];
};

TEST(AllocationCounter, CountsEveryFormOfNew) {
  const Form forms[] = {
      {"nothing", [] {}, 0},
      {"new", [] { Keep(std::make_unique<int>(1).get()); }, 1},
      {"new of an array", [] { Keep(std::make_unique<int[]>(9).get()); }, 1},
      {"new with alignment", [] { Keep(std::make_unique<Aligned>().get()); }, 1},
      {"new of an array with alignment", [] { Keep(std::make_unique<Aligned[]>(3).get()); }, 1},
      {"new that does not throw",
       [] { Keep(std::unique_ptr<int>(new (std::nothrow) int(1)).get()); }, 1},
      {"a long string", [] { Keep(std::string(100, 'x').data()); }, 1},
      {"a short string", [] { Keep(std::string(3, 'x').data()); }, 0},
      {"a vector and its copy",
       [] {
         const std::vector<int> one(10);
         Keep(one.data());
         Keep(std::vector<int>(one).data());
       },
       2},
  };
  for (const Form& form : forms) {
    SCOPED_TRACE(form.name);
    const uint64_t before = AllocationsOnThisThread();
    form.allocate();
    const uint64_t after = AllocationsOnThisThread();
    EXPECT_EQ(after - before, form.want);
  }
}

TEST(AllocationCounter, CountsEachThreadApart) {
  uint64_t elsewhere = 0;
  const auto work = [&elsewhere] {
    const uint64_t before = AllocationsOnThisThread();
    Keep(std::make_unique<int>(1).get());
    elsewhere = AllocationsOnThisThread() - before;
  };
  std::thread thread(work);
  const uint64_t before = AllocationsOnThisThread();
  thread.join();
  EXPECT_EQ(AllocationsOnThisThread(), before);
  EXPECT_EQ(elsewhere, 1u);
}

}  // namespace
}  // namespace doorward
