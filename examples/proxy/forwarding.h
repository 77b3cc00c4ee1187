// SPDX-License-Identifier: Apache-2.0
//
// The heads that the proxy writes: of a request for the upstream, of an answer for the client. What
// belongs to one connection alone (RFC 9110 section 7.6.1) does not go on.

#ifndef PROXY_FORWARDING_H_
#define PROXY_FORWARDING_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "doorward/request.h"

#include "head_check.h"

namespace proxy {

// How the body that follows a head is framed. Neither: none follows, or the connection's end ends
// it.
struct BodyFraming {
  std::optional<uint64_t> length = std::nullopt;
  bool chunked = false;
};

struct ForwardedRequest {
  std::string_view method = {};
  std::string_view path = {};                      // canonical
  std::string_view query = {};                     // as received, with its "?"; "" for none
  std::span<const doorward::Header> fields = {};   // as received
  std::span<const std::string_view> removed = {};  // what the decision has of these
  std::span<const doorward::Header> set = {};
  std::string_view request_id = {};
  std::string_view way = {};  // of the three X-Forwarded fields, as in Origin
  std::string_view scheme = {};
  std::string_view host = {};
  bool upgrades_to_websocket = false;
  BodyFraming body = {};
};

struct ForwardedResponse {
  int status = 0;
  std::span<const doorward::Header> fields = {};  // as received
  std::string_view request_id = {};
  bool upgrades_to_websocket = false;
  bool closes = false;           // the client's connection ends with this
  bool says_keep_alive = false;  // for a client of HTTP/1.0, which has to be told
  BodyFraming body = {};
};

// An answer of the proxy's own.
struct OwnAnswer {
  Problem problem = {};
  std::string_view request_id = {};
  std::string_view www_authenticate = {};  // "" for none
  bool closes = false;
  bool without_body = false;  // to HEAD
};

// Replace `head`. False: a value cannot be sent, since it would end its line or hold what no value
// may; `head` must not be used.
[[nodiscard]] bool WriteHead(const ForwardedRequest& request, std::string& head);
[[nodiscard]] bool WriteHead(const ForwardedResponse& response, std::string& head);

// The whole answer, its body being JSON: {"error": .., "message": .., "request_id": ..}.
std::string MakeAnswer(const OwnAnswer& answer);

// True where the fields ask for (or grant) a change to WebSocket, and to nothing else (RFC 6455).
bool AsksForWebSocket(std::span<const doorward::Header> fields) noexcept;

bool HasField(std::span<const doorward::Header> fields, std::string_view name) noexcept;

// False where Connection names more fields than any client has reason to: each is compared with
// each field.
bool NamesFew(std::span<const doorward::Header> fields) noexcept;

// The value of the one field of that name; "" where there is none, or more than one.
std::string_view SingleValue(std::span<const doorward::Header> fields,
                             std::string_view name) noexcept;

// True for an id that is safe to be carried on into logs: 1 to 128 letters, digits and -_.:+/=@.
bool IsRequestId(std::string_view id) noexcept;

}  // namespace proxy

#endif  // PROXY_FORWARDING_H_
