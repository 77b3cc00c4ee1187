// SPDX-License-Identifier: Apache-2.0
//
// Memory of a fixed size between one connection and another: what was read and not yet dealt with.

#ifndef PROXY_BUFFER_H_
#define PROXY_BUFFER_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace proxy {

class Buffer {
 public:
  explicit Buffer(size_t size)
      : octets_(std::make_unique_for_overwrite<char[]>(size)), size_(size) {}

  std::span<char> octets() noexcept { return {octets_.get() + begin_, end_ - begin_}; }
  std::string_view text() const noexcept { return {octets_.get() + begin_, end_ - begin_}; }
  bool empty() const noexcept { return begin_ == end_; }
  bool full() const noexcept { return end_ - begin_ == size_; }

  // Room to read into. Moves what is there to the front where little room is left.
  std::span<char> Room() noexcept {
    if (begin_ != 0 && size_ - end_ < size_ / 2) {
      std::memmove(octets_.get(), octets_.get() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    return {octets_.get() + end_, size_ - end_};
  }
  void Fill(size_t octets) noexcept { end_ += octets; }
  // Takes octets off the front. They stay where they are until Room() is read into.
  void Consume(size_t octets) noexcept {
    begin_ += octets;
    if (begin_ == end_) begin_ = end_ = 0;
  }

 private:
  std::unique_ptr<char[]> octets_;
  size_t size_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

// The buffers of a worker: a connection holds one while it is busy, not while it is idle.
class BufferPool {
 public:
  explicit BufferPool(size_t buffer_size) : buffer_size_(buffer_size) {}

  std::unique_ptr<Buffer> Take() {
    if (free_.empty()) return std::make_unique<Buffer>(buffer_size_);
    std::unique_ptr<Buffer> buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void Return(std::unique_ptr<Buffer> buffer) {
    if (!buffer || free_.size() == kMaxFree) return;
    buffer->Consume(buffer->octets().size());
    free_.push_back(std::move(buffer));
  }

 private:
  static constexpr size_t kMaxFree = 64;
  size_t buffer_size_;
  std::vector<std::unique_ptr<Buffer>> free_;
};

}  // namespace proxy

#endif  // PROXY_BUFFER_H_
