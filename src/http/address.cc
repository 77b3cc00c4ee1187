// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "src/base/ip_address.h"
#include "src/http/http.h"

namespace doorward {

std::optional<IpAddress> ParseIpAddress(std::string_view text) noexcept {
  IpAddress address;
  if (text.find(':') == text.npos) {
    if (!ParseIpv4(text, address.octets.data())) return std::nullopt;
    address.size = 4;
    return address;
  }
  Ipv6Octets octets;
  if (!ParseIpv6(text, &octets)) return std::nullopt;
  if (IsMappedIpv4(octets)) {
    std::copy_n(octets.end() - 4, 4, address.octets.begin());
    address.size = 4;
  } else {
    address.octets = octets;
    address.size = 16;
  }
  return address;
}

std::string FormatIpAddress(const IpAddress& address) {
  std::array<char, kMaxAddressBytes> text;
  const size_t size = address.size == 4 ? WriteIpv4(address.octets.data(), text.data())
                                        : WriteIpv6(address.octets, text.data());
  return std::string(text.data(), size);
}

}  // namespace doorward
