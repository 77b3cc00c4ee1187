// SPDX-License-Identifier: Apache-2.0
//
// Memory that is kept from one document to the next: it grows, by doubling, and never shrinks.
// Unlike std::vector it reports a failed allocation instead of throwing, so that the request path
// can refuse, and does not clear what it hands out.

#ifndef DOORWARD_CLAIMS_BUFFER_H_
#define DOORWARD_CLAIMS_BUFFER_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace doorward {

template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  T* data() noexcept { return data_.get(); }
  const T* data() const noexcept { return data_.get(); }
  size_t capacity() const noexcept { return capacity_; }

  // Makes room for `count` elements, keeping the first `keep`. Returns false where there is no
  // memory; the buffer is then as before.
  bool Reserve(size_t count, size_t keep = 0) noexcept {
    return count <= capacity_ || Grow(count, keep);
  }

 private:
  bool Grow(size_t count, size_t keep) noexcept {
    const size_t capacity = std::max<size_t>(kSmallest, std::bit_ceil(count));
    std::unique_ptr<T[]> grown(new (std::nothrow) T[capacity]);
    if (grown == nullptr) return false;
    std::copy_n(data_.get(), keep, grown.get());
    data_ = std::move(grown);
    capacity_ = capacity;
    return true;
  }

  static constexpr size_t kSmallest = 64;

  std::unique_ptr<T[]> data_;
  size_t capacity_ = 0;
};

}  // namespace doorward

#endif  // DOORWARD_CLAIMS_BUFFER_H_
