// SPDX-License-Identifier: Apache-2.0

#include "src/cel/characters.h"

#include <algorithm>

namespace doorward::cel {
namespace {

constexpr size_t npos = std::string_view::npos;

}  // namespace

bool Finder::StandsAt(const char* at) noexcept {
  const size_t last = part_.size() - 1;
  if (at[last] != part_[last] || at[last / 2] != part_[last / 2]) return false;
  return Pay(part_.size() / kOctetsPerStep) && std::memcmp(at, part_.data(), part_.size()) == 0;
}

size_t Finder::First(std::string_view text) noexcept {
  if (part_.size() > text.size()) return npos;
  if (part_.empty()) return 0;
  const size_t places = text.size() - part_.size() + 1;
  for (size_t at = 0; at < places; ++at) {
    const void* const found = std::memchr(text.data() + at, part_[0], places - at);
    const size_t next = found == nullptr
                            ? places
                            : static_cast<size_t>(static_cast<const char*>(found) - text.data());
    if (!Pay(1 + (next - at) / kOctetsPerStep)) return npos;
    if (found == nullptr) return npos;
    if (StandsAt(text.data() + next)) return next;
    at = next;
  }
  return npos;
}

size_t Finder::Last(std::string_view text, size_t from) noexcept {
  if (part_.size() > text.size()) return npos;
  const size_t last = std::min(from, text.size() - part_.size());
  if (part_.empty()) return last;
  size_t unpaid = 0;
  for (size_t at = last + 1; at-- > 0; ++unpaid) {
    if (text[at] != part_[0]) continue;
    if (!Pay(1 + unpaid / kOctetsPerStepOneByOne)) return npos;
    unpaid = 0;
    if (StandsAt(text.data() + at)) return at;
  }
  (void)Pay(unpaid / kOctetsPerStepOneByOne);
  return npos;
}

}  // namespace doorward::cel
