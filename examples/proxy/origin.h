// SPDX-License-Identifier: Apache-2.0
//
// Where a request comes from: what the proxy sees of it, or what trusted proxies in front have
// seen.

#ifndef PROXY_ORIGIN_H_
#define PROXY_ORIGIN_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/ip/address.hpp>

#include "doorward/request.h"

namespace proxy {

// Views point into the request's fields.
struct Origin {
  // The client's address; absent where it is not known. What is no address is here as it stands,
  // for the library to refuse.
  std::optional<std::string> client = std::nullopt;
  // The client's address, those of the trusted proxies that follow, and the peer's: what
  // X-Forwarded-For is to say. The peer's alone where the client is not known.
  std::string way = {};
  std::string_view scheme = {};  // "http" or "https"
  std::string_view host = {};    // with its port; "" for none
};

// Each of `trusted_hops` proxies has appended the address that it saw to X-Forwarded-For, so that
// the client's is that many places from the right, and what is left of it was written by the
// client. Where there are fewer, the request did not come by all of them: the client is not known,
// and nothing that the request says of its origin counts. Addresses are in canonical form, IPv4 in
// IPv6 being IPv4; `peer` is.
Origin FindOrigin(const std::string& peer, bool is_tls, std::span<const doorward::Header> fields,
                  unsigned trusted_hops);

// The canonical form of an address.
std::string CanonicalAddress(const boost::asio::ip::address& address);

}  // namespace proxy

#endif  // PROXY_ORIGIN_H_
