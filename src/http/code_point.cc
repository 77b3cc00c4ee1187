// SPDX-License-Identifier: Apache-2.0

#include "src/http/code_point.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "src/http/octet.h"

namespace doorward::http {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// In order, and apart: a look-up bisects.
constexpr Range kRefused[] = {
    {0x80, 0xA0},     {0xAD, 0xAD},     {0x130, 0x131},     {0x17F, 0x17F},     {0x2000, 0x206F},
    {0x2070, 0x209C}, {0x2100, 0x218B}, {0x2215, 0x2216},   {0x2236, 0x2236},   {0x29F5, 0x29F9},
    {0x3000, 0x3002}, {0xD800, 0xF8FF}, {0xFB00, 0xFB06},   {0xFDD0, 0xFDEF},   {0xFE00, 0xFE6F},
    {0xFEFF, 0xFEFF}, {0xFF00, 0xFFFF}, {0x1D400, 0x1D7FF}, {0xE0000, 0x10FFFF}};

constexpr bool IsInOrder() {
  for (size_t i = 0; i < std::size(kRefused); ++i) {
    if (kRefused[i].first > kRefused[i].last) return false;
    if (i > 0 && kRefused[i].first <= kRefused[i - 1].last) return false;
  }
  return true;
}
static_assert(IsInOrder());

// The first range that does not end before `code_point`, or the table's end.
const Range* FindRange(uint32_t code_point) {
  return std::lower_bound(std::begin(kRefused), std::end(kRefused), code_point,
                          [](const Range& range, uint32_t c) { return range.last < c; });
}

}  // namespace

bool IsRefusedCodePoint(uint32_t code_point) noexcept {
  const Range* range = FindRange(code_point);
  return range != std::end(kRefused) && range->first <= code_point;
}

bool MayBecomeAcceptable(std::string_view text) noexcept {
  if (text.empty()) return false;
  const uint32_t lead = Octet(text[0]);
  if (lead < 0xC2 || lead > 0xF4) return false;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() >= length) return false;
  // The lead octet holds 5, 4 or 3 bits, each other one 6: what is missing leaves a range.
  uint32_t bits = lead & (0x7Fu >> length);
  for (const char c : text.substr(1)) {
    if ((Octet(c) & 0xC0) != 0x80) return false;
    bits = bits << 6 | (Octet(c) & 0x3F);
  }
  const size_t missing = 6 * (length - text.size());
  constexpr uint32_t kLeastOfLength[] = {0x80, 0x800, 0x10000};
  uint32_t first = std::max(bits << missing, kLeastOfLength[length - 2]);
  const uint32_t last = (bits << missing) | ((uint32_t{1} << missing) - 1);
  while (first <= last) {
    const Range* range = FindRange(first);
    if (range == std::end(kRefused)) return false;
    if (range->first > first) return true;
    first = range->last + 1;
  }
  return false;
}

}  // namespace doorward::http
