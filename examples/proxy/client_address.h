// SPDX-License-Identifier: Apache-2.0
//
// Whose address a request counts for: the peer's, or what trusted proxies in front have seen.

#ifndef PROXY_CLIENT_ADDRESS_H_
#define PROXY_CLIENT_ADDRESS_H_

#include <span>
#include <string>

#include <boost/asio/ip/address.hpp>

#include "doorward/request.h"

namespace proxy {

// The client's address. Each of `trusted_hops` proxies has appended the address that it saw to
// X-Forwarded-For, so that the client's is that many places from the right. Where there are fewer,
// the leftmost; where there are none, `peer`. In canonical form, an IPv4 address in IPv6 being one
// of IPv4; what is no address is returned as it stands, for the library to refuse.
std::string ClientAddress(const std::string& peer, std::span<const doorward::Header> fields,
                          unsigned trusted_hops);

// The canonical form of an address.
std::string CanonicalAddress(const boost::asio::ip::address& address);

}  // namespace proxy

#endif  // PROXY_CLIENT_ADDRESS_H_
