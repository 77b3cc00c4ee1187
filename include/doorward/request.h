// SPDX-License-Identifier: Apache-2.0
//
// The request as the host received it, before anything was decoded. All of it is borrowed.
//
//   doorward::Header headers[] = {{"Authorization", "Bearer eyJ..."}};
//   doorward::Request r{.method = "GET", .host = "api.example.com", .target = "/orders/17",
//   .headers = headers};

#ifndef DOORWARD_REQUEST_H_
#define DOORWARD_REQUEST_H_

#include <optional>
#include <span>
#include <string_view>

namespace doorward {

// A field of a request or of a response (RFC 9110 section 5). Names compare without case.
struct Header {
  std::string_view name;
  std::string_view value;
};

// Lifetime: every view must stay valid until the decision made from it is no longer read; the
// canonical path of a decision, for one, may point into `target`.
struct Request {
  // As received, case kept: "GET".
  std::string_view method;

  // The Host field or :authority, port included. Absent only where the host application has no
  // hosts at all; then rules that name a host match nothing. A request that came without Host has
  // the host "", which is refused, and so must be one that came with several.
  std::optional<std::string_view> host = std::nullopt;

  // The request target (RFC 9112 section 3.2), percent-encoding and query as received.
  std::string_view target;

  // All fields in their order, repeated ones repeated. Host may be left out.
  std::span<const Header> headers = {};

  // The client's address without port, as the host trusts it. X-Forwarded-For is never read here:
  // what part of it to trust only the host can know.
  std::optional<std::string_view> source_ip = std::nullopt;
};

}  // namespace doorward

#endif  // DOORWARD_REQUEST_H_
