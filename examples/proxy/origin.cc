// SPDX-License-Identifier: Apache-2.0

#include "origin.h"

#include <algorithm>
#include <vector>

#include "field_names.h"
#include "forwarding.h"

namespace proxy {
namespace {

namespace ip = boost::asio::ip;
using doorward::Header;

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

std::optional<std::string> ReadAddress(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(WithoutPort(text)), error);
  if (error || text.find('%') != text.npos) return std::nullopt;  // a zone means nothing elsewhere
  return CanonicalAddress(address);
}

// The last places of X-Forwarded-For, `count` at most, the last one first.
std::vector<std::string_view> LastPlaces(std::span<const Header> fields, size_t count) {
  std::vector<std::string_view> places;
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (!SameName(field->name, "X-Forwarded-For")) continue;
    std::string_view rest = field->value;
    for (bool has_more = !rest.empty(); has_more && places.size() < count;) {
      const size_t comma = rest.rfind(',');
      has_more = comma != rest.npos;
      places.push_back(Trimmed(has_more ? rest.substr(comma + 1) : rest));
      rest = rest.substr(0, comma);
    }
  }
  return places;
}

// True for a name or an address in brackets, and perhaps a port.
bool IsHostAndPort(std::string_view text) {
  const std::string_view host = WithoutPort(text);
  if (text.starts_with('[')) {
    boost::system::error_code error;
    ip::make_address_v6(std::string(host), error);
    return !error && host.find('%') == host.npos;
  }
  return !host.empty() && host.size() <= 253 && host.front() != '.' &&
         host.find("..") == host.npos && std::all_of(host.begin(), host.end(), [](char c) {
           return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '-' || c == '_' ||
                  c == '.';
         });
}

// What trusted proxies say of scheme and host, where it can be what they saw.
void BelieveFields(std::span<const Header> fields, Origin& origin) {
  const std::string_view scheme = SingleValue(fields, "X-Forwarded-Proto");
  for (const std::string_view known : {"http", "https"}) {
    if (SameName(scheme, known)) origin.scheme = known;
  }
  const std::string_view host = SingleValue(fields, "X-Forwarded-Host");
  if (IsHostAndPort(host)) origin.host = host;
}

}  // namespace

std::string CanonicalAddress(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.to_string();
  return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
}

Origin FindOrigin(const std::string& peer, bool is_tls, std::span<const Header> fields,
                  unsigned trusted_hops) {
  Origin origin{.client = peer,
                .way = peer,
                .scheme = is_tls ? "https" : "http",
                .host = SingleValue(fields, "Host")};
  if (trusted_hops == 0) return origin;
  const std::vector<std::string_view> places = LastPlaces(fields, trusted_hops);
  if (places.size() < trusted_hops) {
    origin.client.reset();
    return origin;
  }
  for (const std::string_view place : places) {
    const std::optional<std::string> address = ReadAddress(place);
    origin.client = address ? *address : std::string(place);
    if (!address) return origin;
    origin.way.insert(0, *address + ", ");
  }
  BelieveFields(fields, origin);
  return origin;
}

}  // namespace proxy
