// SPDX-License-Identifier: Apache-2.0

#include "src/http/target.h"

#include <algorithm>

#include "src/http/block.h"
#include "src/http/http.h"
#include "src/http/octet.h"

namespace doorward::http {
namespace {

Fault FindTargetOctet(std::string_view text) {
  const auto allowed = [](char c) { return c > 0x20 && c < 0x7F && c != '#'; };
  const auto found = std::find_if_not(text.begin(), text.end(), allowed);
  const auto at = static_cast<size_t>(found - text.begin());
  if (found != text.end() && *found == '#') return {"a target may not hold a fragment", at, 1};
  return {"a target holds only visible ASCII octets", at, 1};
}

// The scheme's default port, and where the authority begins; 0 where `text` is no absolute-form.
struct Scheme {
  uint32_t default_port = 0;
  size_t size = 0;
};

Scheme ParseScheme(std::string_view text) {
  if (EqualsLower(text.substr(0, 7), "http://")) return {80, 7};
  if (EqualsLower(text.substr(0, 8), "https://")) return {443, 8};
  return {};
}

bool SamePlace(const Host& a, const Host& b, uint32_t default_port) {
  const auto port = [&](const Host& host) { return host.port == 0 ? default_port : host.port; };
  return a.name == b.name && port(a) == port(b);
}

// Checks the authority of an absolute-form, and sets `*rest` to what follows it.
Fault TakeAuthority(std::string_view text, const Scheme& scheme, const Host* host,
                    std::string_view* rest) {
  const size_t end = std::min(text.find_first_of("/?", scheme.size), text.size());
  const std::string_view authority = text.substr(scheme.size, end - scheme.size);
  if (host == nullptr) return {"an absolute target needs a host to compare with", 0, end};
  HostBuffer buffer;
  Host named;
  if (ParseHost(authority, buffer, &named) || !SamePlace(named, *host, scheme.default_port)) {
    return {"the authority of an absolute target must equal the host", scheme.size,
            authority.size()};
  }
  *rest = text.substr(end);
  return {};
}

}  // namespace

bool HoldsOnlyTargetOctets(std::string_view text) noexcept {
  return AllOctets(text, [](Block block) { return InRange(block, 0x21, 0x7E) & (block != '#'); });
}

Fault ParseTarget(std::string_view text, std::string_view method, const Host* host,
                  Target* target) noexcept {
  if (text.empty()) return {"a target may not be empty"};
  if (text.size() > kMaxTargetBytes) return {"a target has at most 8192 octets"};
  if (!HoldsOnlyTargetOctets(text)) return FindTargetOctet(text);
  *target = {};
  if (text == "*") {
    target->path = text;
    target->is_asterisk = true;
    return method == "OPTIONS" ? Fault{} : Fault{"`*` is a target of OPTIONS alone"};
  }
  if (text[0] != '/') {
    const Scheme scheme = ParseScheme(text);
    if (scheme.size == 0) return {"a target begins with `/`, `http://` or `https://`", 0, 1};
    if (const Fault fault = TakeAuthority(text, scheme, host, &text)) return fault;
  }
  const size_t mark = std::min(text.find('?'), text.size());
  target->path = mark == 0 ? std::string_view("/") : text.substr(0, mark);
  target->has_query = mark < text.size();
  if (target->has_query) target->query = text.substr(mark + 1);
  return {};
}

}  // namespace doorward::http
