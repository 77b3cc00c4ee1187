// SPDX-License-Identifier: Apache-2.0

#include "forwarding.h"

#include <algorithm>
#include <array>
#include <ostream>  // which the next one leaves to others

#include <boost/beast/http/status.hpp>

#include "field_names.h"

namespace proxy {
namespace {

using doorward::Header;

// Of one connection alone, or written anew by the proxy. `Expect` it answers itself.
constexpr std::array<std::string_view, 12> kNeverForwarded = {"Connection",
                                                              "Keep-Alive",
                                                              "Proxy-Connection",
                                                              "TE",
                                                              "Trailer",
                                                              "Upgrade",
                                                              "Content-Length",
                                                              "Transfer-Encoding",
                                                              "Proxy-Authorization",
                                                              "HTTP2-Settings",
                                                              "Expect",
                                                              "Proxy-Authenticate"};

// What a request says of how it came, in the names that backends are known to read: the proxy's own
// word replaces it. Proxies in front, trusted or not, pass on what a client sends under a name that
// they do not set themselves.
constexpr std::array<std::string_view, 17> kOfTheWay = {
    "X-Forwarded-For",    "X-Forwarded-Proto",   "X-Forwarded-Host",         "X-Request-ID",
    "Forwarded",          "X-Forwarded-Port",    "X-Forwarded-Protocol",     "X-Forwarded-Scheme",
    "X-Forwarded-Server", "X-Forwarded-Ssl",     "X-Original-Forwarded-For", "X-Real-IP",
    "X-Client-IP",        "X-Cluster-Client-IP", "True-Client-IP",           "X-Url-Scheme",
    "Front-End-Https"};

template <class Names>
bool HasName(const Names& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view other) { return SameName(other, name); });
}

template <class Names>
bool HasSpelling(const Names& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view other) { return SameSpelling(other, name); });
}

bool ListHas(std::span<const Header> fields, std::string_view field, std::string_view member) {
  bool found = false;
  for (const Header& header : fields) {
    if (!SameName(header.name, field)) continue;
    ForEachInList(header.value, [&](std::string_view m) { found = found || SameName(m, member); });
  }
  return found;
}

// True for a field that stays behind on its connection: by its kind, or named in Connection.
class HopByHop {
 public:
  explicit HopByHop(std::span<const Header> fields) : fields_(fields) {
    names_anything_ = std::any_of(fields.begin(), fields.end(), [](const Header& field) {
      return SameName(field.name, "Connection") && !SameName(field.value, "keep-alive") &&
             !SameName(field.value, "close");
    });
  }
  bool Has(std::string_view name) const {
    return HasName(kNeverForwarded, name) ||
           (names_anything_ && !SameName(name, "Host") && ListHas(fields_, "Connection", name));
  }

 private:
  std::span<const Header> fields_;
  bool names_anything_ = false;
};

// Appends lines to a head, and remembers whether all of them may be sent.
class HeadWriter {
 public:
  explicit HeadWriter(std::string& head) : head_(head) {
    head_.clear();
    head_.reserve(1024);
  }

  void Line(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) Append(part);
    head_ += "\r\n";
  }
  void Field(std::string_view name, std::string_view value) { Line({name, ": ", value}); }
  void Framing(const BodyFraming& body) {
    if (body.chunked) Field("Transfer-Encoding", "chunked");
    if (body.length) Field("Content-Length", std::to_string(*body.length));
  }
  bool End() {
    head_ += "\r\n";
    return all_may_be_sent_;
  }

 private:
  void Append(std::string_view part) {
    bool has_control = false;
    for (const char c : part) has_control |= IsControl(c);
    all_may_be_sent_ &= !has_control;
    head_ += part;
  }

  std::string& head_;
  bool all_may_be_sent_ = true;
};

bool GoesOn(const ForwardedRequest& request, const HopByHop& hop_by_hop, std::string_view name) {
  return !hop_by_hop.Has(name) && !HasSpelling(kOfTheWay, name) &&
         !HasName(request.removed, name) &&
         std::none_of(request.set.begin(), request.set.end(),
                      [name](const Header& set) { return SameName(set.name, name); });
}

std::string_view ReasonPhrase(int status) {
  namespace http = boost::beast::http;
  const http::status known = http::int_to_status(static_cast<unsigned>(status));
  if (known == http::status::unknown) return "";
  return http::obsolete_reason(known);
}

void AppendJsonMember(std::string& json, std::string_view name, std::string_view value) {
  // Names, sentences and ids of the proxy's own, in which nothing needs to be escaped.
  json.append(json.empty() ? "{\"" : ",\"").append(name).append("\":\"").append(value) += '"';
}

}  // namespace

bool WriteHead(const ForwardedRequest& request, std::string& head) {
  HeadWriter out(head);
  out.Line({request.method, " ", request.path, request.query, " HTTP/1.1"});
  const HopByHop hop_by_hop(request.fields);
  for (const Header& field : request.fields) {
    if (GoesOn(request, hop_by_hop, field.name)) out.Field(field.name, field.value);
  }
  for (const Header& field : request.set) out.Field(field.name, field.value);
  out.Field("X-Forwarded-For", request.way);
  out.Field("X-Forwarded-Proto", request.scheme);
  out.Field("X-Forwarded-Host", request.host);
  out.Field("X-Request-ID", request.request_id);
  if (request.upgrades_to_websocket) {
    out.Field("Connection", "Upgrade");
    out.Field("Upgrade", "websocket");
  }
  out.Framing(request.body);
  return out.End();
}

bool WriteHead(const ForwardedResponse& response, std::string& head) {
  HeadWriter out(head);
  out.Line({"HTTP/1.1 ", std::to_string(response.status), " ", ReasonPhrase(response.status)});
  const HopByHop hop_by_hop(response.fields);
  for (const Header& field : response.fields) {
    if (!hop_by_hop.Has(field.name) && !SameName(field.name, "X-Request-ID")) {
      out.Field(field.name, field.value);
    }
  }
  out.Field("X-Request-ID", response.request_id);
  if (response.upgrades_to_websocket) {
    out.Field("Connection", "Upgrade");
    out.Field("Upgrade", "websocket");
  } else if (response.closes) {
    out.Field("Connection", "close");
  } else if (response.says_keep_alive) {
    out.Field("Connection", "keep-alive");
  }
  out.Framing(response.body);
  return out.End();
}

std::string MakeAnswer(const OwnAnswer& answer) {
  std::string body;
  AppendJsonMember(body, "error", answer.problem.error);
  AppendJsonMember(body, "message", answer.problem.message);
  AppendJsonMember(body, "request_id", answer.request_id);
  body += "}\n";

  std::array<Header, 4> fields = {Header{"Content-Type", "application/json"},
                                  Header{"Cache-Control", "no-store"}};
  size_t count = 2;
  if (!answer.www_authenticate.empty())
    fields[count++] = {"WWW-Authenticate", answer.www_authenticate};
  if (answer.problem.status == 503) fields[count++] = {"Retry-After", "1"};
  std::string head;
  if (!WriteHead(ForwardedResponse{.status = answer.problem.status,
                                   .fields = std::span(fields).first(count),
                                   .request_id = answer.request_id,
                                   .closes = answer.closes,
                                   .body = {.length = body.size()}},
                 head)) {
    return "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
  }
  return answer.without_body ? head : head + body;
}

bool AsksForWebSocket(std::span<const Header> fields) noexcept {
  return SameName(SingleValue(fields, "Upgrade"), "websocket") &&
         ListHas(fields, "Connection", "Upgrade");
}

bool HasField(std::span<const Header> fields, std::string_view name) noexcept {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Header& field) { return SameName(field.name, name); });
}

bool NamesFew(std::span<const Header> fields) noexcept {
  constexpr std::ptrdiff_t kMany = 32;
  std::ptrdiff_t names = 0;
  for (const Header& field : fields) {
    if (!SameName(field.name, "Connection")) continue;
    names += 1 + std::count(field.value.begin(), field.value.end(), ',');
  }
  return names <= kMany;
}

std::string_view SingleValue(std::span<const Header> fields, std::string_view name) noexcept {
  std::string_view value;
  unsigned count = 0;
  for (const Header& field : fields) {
    if (!SameName(field.name, name)) continue;
    value = field.value;
    ++count;
  }
  return count == 1 ? value : std::string_view();
}

bool IsRequestId(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
           std::string_view("-_.:+/=@").find(c) != std::string_view::npos;
  });
}

}  // namespace proxy
