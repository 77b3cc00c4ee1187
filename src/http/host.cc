// SPDX-License-Identifier: Apache-2.0

#include "src/http/host.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "src/base/ip_address.h"
#include "src/http/block.h"
#include "src/http/http.h"
#include "src/http/octet.h"

namespace doorward {
namespace http {
namespace {

constexpr size_t kMaxLabelBytes = 63;

// Reads what follows the name: nothing, or `:` and a port from 1 to 65535.
bool ParsePort(std::string_view text, uint32_t* port) {
  *port = 0;
  if (text.empty()) return true;
  if (text[0] != ':' || text.size() < 2 || text.size() > 6) return false;
  uint32_t value = 0;
  for (const char c : text.substr(1)) {
    if (!IsDigit(c)) return false;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  *port = value;
  return value >= 1 && value <= 65535;
}

// Takes the hosts that are canonical as they stand, but for a port: nearly all. At most 63 octets,
// so that one word holds a bit for each and no label can be too long.
bool ParsePlainHost(std::string_view text, Host* host) {
  if (text.size() > kMaxLabelBytes) return false;
  uint64_t label = 0, dot = 0;
  ForEachBlock(text, [&](Block block, size_t at) {
    label |=
        Bits(InRange(block, 'a', 'z') | InRange(block, '0', '9') | (block == '-') | (block == '_'))
        << at;
    dot |= Bits(block == '.') << at;
  });
  const auto size = static_cast<size_t>(std::countr_one(label | dot));
  // Each dot must follow an octet of a label, and so must the end.
  const uint64_t ends = (dot & LowBits(size)) | uint64_t{1} << size;
  if ((ends & ~(label << 1)) != 0) return false;
  host->name = text.substr(0, size);
  return ParsePort(text.substr(size), &host->port);
}

// Lower-cases the labels that `text` begins with into `buffer`. `*end` is set to where they end,
// one trailing dot included.
Fault ParseLabels(std::string_view text, HostBuffer& buffer, std::string_view* name, size_t* end) {
  size_t label_begin = 0, at = 0;
  for (; at < text.size() && (Is(kLabel, text[at]) || text[at] == '.'); ++at) {
    buffer[at] = AsciiLower(text[at]);
    if (text[at] != '.') {
      if (at - label_begin == kMaxLabelBytes) {
        return {"a label of a host has at most 63 octets", label_begin, at + 1 - label_begin};
      }
      continue;
    }
    if (at == label_begin) return {"a label of a host may not be empty", at, 1};
    label_begin = at + 1;
  }
  if (at == 0) return {"a host begins with a letter, a digit, `-`, `_` or `[`", 0, 1};
  *end = at;
  *name = {buffer.data(), text[at - 1] == '.' ? at - 1 : at};
  return {};
}

Fault ParseLiteral(std::string_view text, HostBuffer& buffer, std::string_view* name, size_t* end) {
  const size_t close = std::min(text.find(']'), text.size());
  Ipv6Octets octets;
  if (close == text.size() || !ParseIpv6(text.substr(1, close - 1), &octets)) {
    return {"brackets in a host hold an IPv6 address", 0, close};
  }
  buffer[0] = '[';
  const size_t size = WriteIpv6(octets, buffer.data() + 1);
  buffer[size + 1] = ']';
  *name = {buffer.data(), size + 2};
  *end = close + 1;
  return {};
}

}  // namespace

Fault ParseHost(std::string_view text, HostBuffer& buffer, Host* host) noexcept {
  if (ParsePlainHost(text, host)) return {};
  if (text.empty()) return {"a host may not be empty"};
  if (text.size() > kMaxHostBytes) return {"a host has at most 253 octets"};
  size_t end = 0;
  const Fault fault = text[0] == '[' ? ParseLiteral(text, buffer, &host->name, &end)
                                     : ParseLabels(text, buffer, &host->name, &end);
  if (fault) return fault;
  if (ParsePort(text.substr(end), &host->port)) return {};
  if (text[end] == ':') return {"a port is a number from 1 to 65535", end, text.size() - end};
  return {"a host holds only letters, digits, `-`, `_` and `.`, and may end with a port", end, 1};
}

Fault FindHostFault(const Request& request, const FieldScan& fields, HostBuffer& buffer,
                    Host* host) noexcept {
  if (fields.host_count > 1) return {"a request has one Host field"};
  if (!request.host) return {};
  if (const Fault fault = ParseHost(*request.host, buffer, host)) return fault;
  if (fields.host_count == 0 || fields.host == *request.host) return {};
  HostBuffer field_buffer;
  Host field;
  if (ParseHost(fields.host, field_buffer, &field) || field.name != host->name) {
    return {"the Host field must agree with the host of the request"};
  }
  return {};
}

}  // namespace http

std::optional<std::string> CanonicalHostName(std::string_view text) {
  http::HostBuffer buffer;
  http::Host host;
  if (http::ParseHost(text, buffer, &host) || host.port != 0) return std::nullopt;
  return std::string(host.name);
}

}  // namespace doorward
