// SPDX-License-Identifier: Apache-2.0
//
// IP addresses as text (RFC 4291 section 2.2, RFC 5952).

#ifndef DOORWARD_BASE_IP_ADDRESS_H_
#define DOORWARD_BASE_IP_ADDRESS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace doorward {

using Ipv6Octets = std::array<uint8_t, 16>;

// "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255" would be the longest.
inline constexpr size_t kMaxAddressBytes = 45;

// Reads a dotted quad without leading zeros into four octets.
bool ParseIpv4(std::string_view text, uint8_t* octets) noexcept;

// Reads an IPv6 address, IPv4-mapped ones included.
bool ParseIpv6(std::string_view text, Ipv6Octets* octets) noexcept;

// True for ::ffff:0:0/96: the last four octets are an IPv4 address (RFC 4291 section 2.5.5.2).
bool IsMappedIpv4(const Ipv6Octets& octets) noexcept;

// Writes at most kMaxAddressBytes, and returns how many.
size_t WriteIpv4(const uint8_t* octets, char* out) noexcept;
// The canonical form of RFC 5952; IPv4-mapped addresses with a dotted quad (section 5).
size_t WriteIpv6(const Ipv6Octets& octets, char* out) noexcept;

}  // namespace doorward

#endif  // DOORWARD_BASE_IP_ADDRESS_H_
