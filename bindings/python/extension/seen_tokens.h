// SPDX-License-Identifier: Apache-2.0
//
// Guesses whether a request comes with a token that was verified before: then its decision takes
// less than a microsecond, and giving up the interpreter's lock, which takes longer than that to
// get back, is not worth it. A wrong guess costs time and changes no answer.

#ifndef DOORWARD_BINDINGS_PYTHON_EXTENSION_SEEN_TOKENS_H_
#define DOORWARD_BINDINGS_PYTHON_EXTENSION_SEEN_TOKENS_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "doorward/request.h"

namespace doorward::python {

class SeenTokens {
 public:
  // Stands for no token at all.
  static constexpr uint64_t kNone = 0;

  // `tokens` is how many are to be remembered, about.
  explicit SeenTokens(size_t tokens) {
    while (marks_.size() < tokens && marks_.size() < kMostMarks) marks_.resize(marks_.size() * 2);
  }

  // The mark of the token that a request comes with: that of its longest field, whichever the
  // policy looks at. The end of a token is its signature, as good as random.
  static uint64_t MarkOf(std::span<const Header> headers) noexcept {
    std::string_view longest;
    for (const Header& header : headers) {
      if (header.value.size() > longest.size()) longest = header.value;
    }
    return MarkOf(longest);
  }

  static uint64_t MarkOf(std::string_view token) noexcept {
    if (token.size() < kShortestToken) return kNone;
    uint64_t end[2];
    std::memcpy(end, token.data() + token.size() - sizeof end, sizeof end);
    const uint64_t mark = (end[0] ^ (end[1] >> 7)) * 0x9e3779b97f4a7c15;
    return mark == kNone ? 1 : mark;
  }

  bool Has(uint64_t mark) const noexcept { return mark == kNone || Place(mark) == mark; }
  void Add(uint64_t mark) noexcept { marks_[IndexOf(mark)] = mark; }
  void Clear() noexcept { marks_.assign(marks_.size(), kNone); }

 private:
  static constexpr size_t kShortestToken = 64;  // two segments and a signature do not fit in less
  static constexpr size_t kMostMarks = 1 << 16;

  size_t IndexOf(uint64_t mark) const noexcept { return (mark >> 32) & (marks_.size() - 1); }
  uint64_t Place(uint64_t mark) const noexcept { return marks_[IndexOf(mark)]; }

  std::vector<uint64_t> marks_ = {kNone, kNone};  // as many as a power of two
};

}  // namespace doorward::python

#endif  // DOORWARD_BINDINGS_PYTHON_EXTENSION_SEEN_TOKENS_H_
