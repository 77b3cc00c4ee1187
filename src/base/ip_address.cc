// SPDX-License-Identifier: Apache-2.0
//
// An IPv6 address is read as two runs of groups, one before `::` and one after it; what is missing
// to 16 octets is the gap. `1::2:3` is the runs {1} and {2, 3}, with a gap of five groups.

#include "src/base/ip_address.h"

#include <algorithm>
#include <charconv>

#include "src/base/ascii.h"
#include "src/base/take.h"

namespace doorward {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads 1 to 4 hexadecimal digits.
bool ParseGroup(std::string_view text, uint8_t* octets) {
  if (text.empty() || text.size() > 4) return false;
  unsigned value = 0;
  for (const char c : text) {
    const int digit = HexValue(c);
    if (digit < 0) return false;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  octets[0] = static_cast<uint8_t>(value >> 8);
  octets[1] = static_cast<uint8_t>(value & 0xFF);
  return true;
}

// A run of groups joined by `:`, of which the last of the address may be a dotted quad.
struct Run {
  Ipv6Octets octets{};
  size_t size = 0;
};

bool ParseRun(std::string_view text, bool may_end_in_quad, Run* run) {
  if (text.empty()) return true;
  if (text.back() == ':') return false;
  while (!text.empty()) {
    const std::string_view group = TakeUpTo(':', text);
    const bool is_quad = may_end_in_quad && text.empty() && group.find('.') != group.npos;
    const size_t size = is_quad ? 4 : 2;
    if (run->size + size > run->octets.size()) return false;
    uint8_t* const at = run->octets.data() + run->size;
    if (!(is_quad ? ParseIpv4(group, at) : ParseGroup(group, at))) return false;
    run->size += size;
  }
  return true;
}

char* WriteGroup(unsigned value, char* out) { return std::to_chars(out, out + 4, value, 16).ptr; }

// The longest run of at least two zero groups, the first of equals (RFC 5952 section 4.2).
struct Gap {
  size_t begin = 0;
  size_t end = 0;
};

Gap FindGap(const std::array<unsigned, 8>& groups) {
  Gap best;
  for (size_t i = 0; i < groups.size(); ++i) {
    size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i >= 2 && end - i > best.end - best.begin) best = {i, end};
    i = std::max(i, end);
  }
  return best;
}

}  // namespace

bool IsMappedIpv4(const Ipv6Octets& octets) noexcept {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), octets.begin());
}

bool ParseIpv4(std::string_view text, uint8_t* octets) noexcept {
  size_t at = 0;
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0 && (at == text.size() || text[at++] != '.')) return false;
    const size_t begin = at;
    unsigned value = 0;
    for (; at < text.size() && at < begin + 3 && IsDigit(text[at]); ++at) {
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
    }
    const bool has_leading_zero = at > begin + 1 && text[begin] == '0';
    if (at == begin || value > 255 || has_leading_zero) return false;
    octets[i] = static_cast<uint8_t>(value);
  }
  return at == text.size();
}

bool ParseIpv6(std::string_view text, Ipv6Octets* octets) noexcept {
  const size_t gap = text.find("::");
  Run head, tail;
  if (gap == text.npos) {
    if (!ParseRun(text, true, &head) || head.size != octets->size()) return false;
  } else {
    if (!ParseRun(text.substr(0, gap), false, &head)) return false;
    if (!ParseRun(text.substr(gap + 2), true, &tail)) return false;
    // `::` stands for one group or more.
    if (head.size + tail.size > octets->size() - 2) return false;
  }
  octets->fill(0);
  std::copy_n(head.octets.begin(), head.size, octets->begin());
  std::copy_n(tail.octets.begin(), tail.size, octets->end() - static_cast<ptrdiff_t>(tail.size));
  return true;
}

size_t WriteIpv4(const uint8_t* octets, char* out) noexcept {
  char* at = out;
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) *at++ = '.';
    at = std::to_chars(at, at + 3, static_cast<unsigned>(octets[i])).ptr;
  }
  return static_cast<size_t>(at - out);
}

size_t WriteIpv6(const Ipv6Octets& octets, char* out) noexcept {
  if (IsMappedIpv4(octets)) {
    constexpr std::string_view kPrefix = "::ffff:";
    std::copy(kPrefix.begin(), kPrefix.end(), out);
    return kPrefix.size() + WriteIpv4(octets.data() + kMappedPrefix.size(), out + kPrefix.size());
  }
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<unsigned>(octets[2 * i]) << 8 | octets[2 * i + 1];
  }
  const Gap gap = FindGap(groups);
  char* at = out;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (gap.end > 0 && i == gap.begin) {
      *at++ = ':';
      *at++ = ':';
      i = gap.end;
      if (i == groups.size()) break;
    } else if (i > 0) {
      *at++ = ':';
    }
    at = WriteGroup(groups[i], at);
  }
  return static_cast<size_t>(at - out);
}

}  // namespace doorward
