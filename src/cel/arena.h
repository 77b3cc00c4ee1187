// SPDX-License-Identifier: Apache-2.0
//
// Memory for the values that an evaluation makes: handed out in order, given back all at once, kept
// for the next time. Bounded, so that no expression can ask for more than its share.

#ifndef DOORWARD_CEL_ARENA_H_
#define DOORWARD_CEL_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace doorward::cel {

class Arena {
 public:
  explicit Arena(size_t limit) : limit_(limit) { blocks_.reserve(limit / kBlock + 1); }

  // Returns `size` octets, or null where the limit or the machine's memory does not reach.
  // Lifetime: until Reset. Cost: no allocation once warm.
  char* Allocate(size_t size) noexcept {
    size = size == 0 ? kAlignment : (size + kAlignment - 1) & ~(kAlignment - 1);
    if (size > left_) return AllocateSlowly(size);
    char* const out = at_;
    at_ += size;
    left_ -= size;
    return out;
  }

  template <class T>
  T* AllocateArray(size_t count) noexcept {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    if (count > limit_ / sizeof(T)) return nullptr;
    char* const memory = Allocate(count * sizeof(T));
    return memory == nullptr ? nullptr : std::launder(reinterpret_cast<T*>(memory));
  }

  // Takes everything back.
  void Reset() noexcept {
    used_ = 0;
    block_ = 0;
    at_ = nullptr;
    left_ = 0;
  }

 private:
  static constexpr size_t kAlignment = 16;
  static constexpr size_t kBlock = 16 * 1024;

  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size;
  };

  char* AllocateSlowly(size_t size) noexcept {
    if (used_ >= limit_ || size > limit_ - used_) return nullptr;
    while (block_ < blocks_.size() && blocks_[block_].size < size) ++block_;
    if (block_ == blocks_.size()) {
      const size_t block_size = std::max(size, kBlock);
      std::unique_ptr<char[]> memory(new (std::nothrow) char[block_size]);
      if (memory == nullptr) return nullptr;
      blocks_.push_back({std::move(memory), block_size});
    }
    const Block& block = blocks_[block_++];
    used_ += block.size;
    at_ = block.memory.get() + size;
    left_ = block.size - size;
    return block.memory.get();
  }

  const size_t limit_;
  size_t used_ = 0;  // octets of the blocks that were begun
  std::vector<Block> blocks_;
  size_t block_ = 0;  // the next to begin
  char* at_ = nullptr;
  size_t left_ = 0;
};

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_ARENA_H_
