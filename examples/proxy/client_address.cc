// SPDX-License-Identifier: Apache-2.0

#include "client_address.h"

#include <algorithm>
#include <string_view>

#include "field_names.h"

namespace proxy {
namespace {

namespace ip = boost::asio::ip;

bool IsPort(std::string_view text) {
  if (text.size() < 2 || text.size() > 6 || text.front() != ':') return false;
  unsigned port = 0;
  for (const char c : text.substr(1)) {
    if (!IsDigit(c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  return port <= 65535;
}

// "192.0.2.1:4711" and "[2001:db8::1]:4711", as some proxies write them, without the port.
std::string_view WithoutPort(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    const bool is_closed =
        end != text.npos && (end + 1 == text.size() || IsPort(text.substr(end + 1)));
    return is_closed ? text.substr(1, end - 1) : text;
  }
  const size_t colon = std::min(text.find(':'), text.size());
  return IsPort(text.substr(colon)) ? text.substr(0, colon) : text;
}

std::string Canonical(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(WithoutPort(text)), error);
  return error ? std::string(text) : CanonicalAddress(address);
}

}  // namespace

std::string CanonicalAddress(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.to_string();
  return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
}

std::string ClientAddress(const std::string& peer, std::span<const doorward::Header> fields,
                          unsigned trusted_hops) {
  if (trusted_hops == 0) return peer;
  std::string_view address;
  unsigned hops = 0;
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (!SameName(field->name, "X-Forwarded-For")) continue;
    std::string_view rest = field->value;
    while (!rest.empty()) {
      const size_t comma = rest.rfind(',');
      address = Trimmed(comma == rest.npos ? rest : rest.substr(comma + 1));
      if (++hops == trusted_hops) return Canonical(address);
      rest = comma == rest.npos ? std::string_view() : rest.substr(0, comma);
    }
  }
  return hops == 0 ? peer : Canonical(address);
}

}  // namespace proxy
