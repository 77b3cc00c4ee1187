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
  explicit Arena(size_t limit) : limit_(limit) {}

  // Returns `size` octets, or null where the limit or the machine's memory does not reach. What the
  // limit allows depends only on what was asked for since Reset.
  // Lifetime: until Reset. Cost: no allocation once warm.
  char* Allocate(size_t size) noexcept {
    if (size > limit_) return Refuse();
    size = size == 0 ? kAlignment : (size + kAlignment - 1) & ~(kAlignment - 1);
    if (size > static_cast<size_t>(end_ - at_) && !Extend(size)) return Refuse();
    char* const out = at_;
    at_ += size;
    return out;
  }

  template <class T>
  T* AllocateArray(size_t count) noexcept {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    if (count > limit_ / sizeof(T)) {
      Refuse();
      return nullptr;
    }
    char* const memory = Allocate(count * sizeof(T));
    return memory == nullptr ? nullptr : std::launder(reinterpret_cast<T*>(memory));
  }

  // Whether something was asked for since Reset that was not given.
  bool refused() const noexcept { return refused_; }

  // Takes everything back.
  void Reset() noexcept {
    given_ = 0;
    next_ = 0;
    refused_ = false;
    begin_ = at_ = end_ = nullptr;
  }

 private:
  static constexpr size_t kAlignment = 16;
  static constexpr size_t kFirstBlock = 512;

  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size;
  };

  char* Refuse() noexcept {
    refused_ = true;
    return nullptr;
  }

  // Goes on in the next block that has room. A new one is at least twice as large as the one before
  // it, or as the limit: all that are ever kept are a dozen, and twice the limit together.
  bool Extend(size_t size) noexcept {
    const size_t given = given_ + static_cast<size_t>(at_ - begin_);
    if (size > limit_ - given) return false;
    while (next_ < blocks_.size() && blocks_[next_].size < size) ++next_;
    if (next_ == blocks_.size()) {
      const size_t twice = blocks_.empty() ? kFirstBlock : 2 * blocks_.back().size;
      const size_t block_size = std::max(size, std::min(twice, limit_));
      std::unique_ptr<char[]> memory(new (std::nothrow) char[block_size]);
      if (memory == nullptr) return false;
      blocks_.push_back({std::move(memory), block_size});
    }
    const Block& block = blocks_[next_++];
    given_ = given;
    begin_ = at_ = block.memory.get();
    end_ = begin_ + std::min(block.size, limit_ - given_);
    return true;
  }

  const size_t limit_;
  std::vector<Block> blocks_;
  size_t next_ = 0;  // the block to begin next
  bool refused_ = false;
  size_t given_ = 0;       // octets that were taken from the blocks before this one
  char* begin_ = nullptr;  // of the block in use
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_ARENA_H_
