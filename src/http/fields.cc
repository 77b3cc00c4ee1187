// SPDX-License-Identifier: Apache-2.0

#include "src/http/fields.h"

#include <algorithm>
#include <array>

#include "src/http/block.h"
#include "src/http/octet.h"

namespace doorward {
namespace http {
namespace {

// Headers that some server takes the path or the method from.
constexpr std::array<std::string_view, 12> kOverrideHeaders = {
    "x-http-method-override", "x-http-method",           "x-method-override",
    "x-original-url",         "x-rewrite-url",           "x-original-uri",
    "x-forwarded-uri",        "x-forwarded-path",        "x-forwarded-prefix",
    "x-envoy-original-path",  "x-middleware-subrequest", "x-accel-redirect",
};

// Takes nearly every name: letters, digits and `-`.
inline bool IsUsualName(std::string_view name) {
  return AllOctets(name, [](Block block) {
    return InRange(block | 0x20, 'a', 'z') | InRange(block, '0', '9') | (block == '-');
  });
}

bool IsToken(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return Is(kToken, c); });
}

inline Block Least(Block a, Block b) { return a < b ? a : b; }

// True where some octet is below 0x20. Takes the least octet of each place of a block, one
// instruction a block, four blocks a round, as a bearer token is a long value.
inline bool HoldsControl(std::string_view value) {
  if (value.size() < kBlockSize) {
    return !AllOctets(value, [](Block block) { return block >= 0x20; });
  }
  const char* const p = value.data();
  Block least = LoadBlock(p + value.size() - kBlockSize);
  size_t at = 0;
  for (; at + 4 * kBlockSize <= value.size(); at += 4 * kBlockSize) {
    const Block first = Least(LoadBlock(p + at), LoadBlock(p + at + kBlockSize));
    const Block second =
        Least(LoadBlock(p + at + 2 * kBlockSize), LoadBlock(p + at + 3 * kBlockSize));
    least = Least(least, Least(first, second));
  }
  for (; at + kBlockSize <= value.size(); at += kBlockSize) least = Least(least, LoadBlock(p + at));
  return Bits(least < 0x20) != 0;
}

}  // namespace

bool HoldsLineBreakOrNul(std::string_view value) noexcept {
  return HoldsControl(value) && value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos;
}

FieldScan ScanFields(std::span<const Header> fields, const RequestRules& rules) noexcept {
  const bool refuses_overrides = rules.override_headers == RequestRules::OverrideHeaders::kReject;
  FieldScan scan;
  size_t authorizations = 0;
  for (const Header& field : fields) {
    if (!IsFieldName(field.name) || HoldsLineBreakOrNul(field.value)) return {};
    if (field.name.size() == 4 && EqualsLower(field.name, "host")) {
      ++scan.host_count;
      scan.host = field.value;
    } else if (field.name.size() == 13 && EqualsLower(field.name, "authorization")) {
      if (++authorizations > 1) return {};
    } else if (refuses_overrides && IsOverrideHeader(field.name)) {
      return {};
    }
  }
  scan.acceptable = true;
  return scan;
}

}  // namespace http

bool IsFieldName(std::string_view name) noexcept {
  return !name.empty() && (http::IsUsualName(name) || http::IsToken(name));
}

bool IsSpellingOf(std::string_view name, std::string_view canonical) noexcept {
  return name.size() == canonical.size() &&
         std::equal(name.begin(), name.end(), canonical.begin(),
                    [&](char a, char b) { return FoldSpelling(a) == FoldSpelling(b); });
}

bool IsOverrideHeader(std::string_view name) noexcept {
  if (name.size() < 13 || AsciiLower(name[0]) != 'x') return false;
  return std::any_of(http::kOverrideHeaders.begin(), http::kOverrideHeaders.end(),
                     [&](std::string_view header) { return IsSpellingOf(name, header); });
}

}  // namespace doorward
