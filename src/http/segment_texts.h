// SPDX-License-Identifier: Apache-2.0
//
// The texts of a path's segments, in whichever array they stand.

#ifndef DOORWARD_HTTP_SEGMENT_TEXTS_H_
#define DOORWARD_HTTP_SEGMENT_TEXTS_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "src/http/segment_key.h"

namespace doorward {

// Lifetime: within the array's.
class SegmentTexts {
 public:
  constexpr SegmentTexts() noexcept = default;
  explicit SegmentTexts(std::span<const SegmentKey> keys) noexcept
      : keys_(keys.data()), size_(keys.size()) {}
  explicit SegmentTexts(std::span<const std::string_view> texts) noexcept
      : texts_(texts.data()), size_(texts.size()) {}

  size_t size() const noexcept { return size_; }
  std::string_view operator[](size_t i) const noexcept {
    return keys_ != nullptr ? keys_[i].view() : texts_[i];
  }

 private:
  const SegmentKey* keys_ = nullptr;  // these, or the texts
  const std::string_view* texts_ = nullptr;
  size_t size_ = 0;
};

}  // namespace doorward

#endif  // DOORWARD_HTTP_SEGMENT_TEXTS_H_
