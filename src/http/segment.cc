// SPDX-License-Identifier: Apache-2.0

#include "src/http/segment.h"

#include <algorithm>
#include <array>

#include "src/http/octet.h"

namespace doorward::http {
namespace {

// 0 to 9, or a superscript 1, 2 or 3, which Windows takes for digits here.
bool IsDeviceNumber(std::string_view text) {
  if (text.size() == 1) return IsDigit(text[0]);
  return text == "\u00B9" || text == "\u00B2" || text == "\u00B3";
}

// `name` is a segment up to its first dot.
bool IsDeviceName(std::string_view name) {
  while (name.ends_with(' ')) name.remove_suffix(1);
  constexpr std::array<std::string_view, 6> kDevices = {"con", "prn",    "aux",
                                                        "nul", "conin$", "conout$"};
  if (std::any_of(kDevices.begin(), kDevices.end(),
                  [&](std::string_view device) { return EqualsLower(name, device); })) {
    return true;
  }
  const std::string_view port = name.substr(0, 3);
  return (EqualsLower(port, "com") || EqualsLower(port, "lpt")) &&
         IsDeviceNumber(name.substr(port.size()));
}

// True where the segment up to its first dot is known and names a device.
bool NamesDevice(const SegmentPart& part) {
  const size_t dot = part.octets.find('.');
  const bool is_known = part.begins && (part.ends || dot != part.octets.npos);
  return is_known && IsDeviceName(part.octets.substr(0, dot));
}

bool HoldsShortNameMark(std::string_view octets) {
  for (size_t i = 0; i + 1 < octets.size(); ++i) {
    if (octets[i] == '~' && IsDigit(octets[i + 1])) return true;
  }
  return false;
}

const char* FindWindowsFault(const SegmentPart& part) {
  if (part.octets.find_first_of(":*\"<>|") != part.octets.npos) {
    return "a segment for a Windows backend may not hold `:`, `*`, `\"`, `<`, `>` or `|`";
  }
  if (HoldsShortNameMark(part.octets)) {
    return "a segment for a Windows backend may not hold `~` before a digit";
  }
  if (NamesDevice(part)) return "a segment for a Windows backend may not name a device";
  return nullptr;
}

}  // namespace

const char* FindSegmentFault(const SegmentPart& part, const RequestRules& rules) noexcept {
  const std::string_view octets = part.octets;
  if (octets.empty()) {
    return part.begins && part.ends ? "a segment may not be empty" : nullptr;
  }
  if (part.begins && octets.starts_with("..")) return "a segment may not begin with two dots";
  if (part.ends && octets.ends_with('.')) return "a segment may not end with a dot";
  if ((part.begins && octets.starts_with(' ')) || (part.ends && octets.ends_with(' '))) {
    return "a segment may not begin or end with a space";
  }
  return rules.backend == RequestRules::Backend::kWindows ? FindWindowsFault(part) : nullptr;
}

}  // namespace doorward::http
