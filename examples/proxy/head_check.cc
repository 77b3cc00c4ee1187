// SPDX-License-Identifier: Apache-2.0

#include "head_check.h"

#include <algorithm>

#include "field_names.h"

namespace proxy {
namespace {

constexpr Problem Bad(std::string_view message) { return {400, "bad_request", message}; }

constexpr bool IsTargetChar(char c) { return c > 0x20 && c < 0x7F; }

// Takes the text up to `end` off the front of `rest`. There is such an end.
std::string_view Take(std::string_view& rest, std::string_view end) {
  const size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + end.size());
  return taken;
}

// A number of at most 18 digits: what no reader takes for another one, nor overflows with.
bool IsLength(std::string_view value) {
  return !value.empty() && value.size() <= 18 && std::all_of(value.begin(), value.end(), IsDigit);
}

// What decides where the body ends (RFC 9112 section 6), and Host.
struct Framing {
  unsigned hosts = 0;
  unsigned lengths = 0;
  unsigned transfer_encodings = 0;
  bool is_chunked = false;

  Problem Add(std::string_view name, std::string_view value);
  Problem Check(bool is_http10) const;
};

Problem Framing::Add(std::string_view name, std::string_view value) {
  if (SameName(name, "Host")) {
    ++hosts;
  } else if (SameName(name, "Content-Length")) {
    ++lengths;
    if (!IsLength(value)) return Bad("Content-Length is not a number");
  } else if (SameName(name, "Transfer-Encoding")) {
    ++transfer_encodings;
    is_chunked = SameName(value, "chunked");
  } else if (SameSpelling(name, "Content-Length") || SameSpelling(name, "Transfer-Encoding")) {
    return Bad("a field's name may be taken for that of the message's length");
  }
  return {};
}

Problem Framing::Check(bool is_http10) const {
  if (hosts > 1) return Bad("more than one Host");
  if (lengths > 1) return Bad("more than one Content-Length");
  if (transfer_encodings > 1) return Bad("more than one Transfer-Encoding");
  if (transfer_encodings + lengths > 1) return Bad("both Content-Length and Transfer-Encoding");
  if (transfer_encodings == 1 && is_http10) return Bad("Transfer-Encoding in HTTP/1.0");
  if (transfer_encodings == 1 && !is_chunked) {
    return {501, "not_implemented", "the only transfer coding that is understood is `chunked`"};
  }
  return {};
}

// One line of a field, without its CRLF.
Problem CheckField(std::string_view line, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') return Bad("a field is folded over lines");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Bad("a field has no colon");
  const std::string_view name = line.substr(0, colon);
  if (!IsToken(name)) return Bad("a field's name is not a token");
  return framing.Add(name, Trimmed(line.substr(colon + 1)));
}

// `fields`: what follows the first line, to the end of the head.
Problem CheckFields(std::string_view fields, size_t max_fields, Framing& framing) {
  for (size_t count = 0; !fields.empty(); ++count) {
    const std::string_view line = Take(fields, "\r\n");
    if (line.empty()) return fields.empty() ? Problem{} : Bad("an empty line among the fields");
    if (count == max_fields) return {431, "too_many_fields", "the head has too many fields"};
    if (const Problem problem = CheckField(line, framing)) return problem;
  }
  return Bad("the head has no end");
}

// Nothing but CRLF ends a line, and no other control character is anywhere.
bool HasStrayControl(std::string_view head) {
  for (size_t i = 0; i < head.size(); ++i) {
    if (!IsControl(head[i])) continue;
    if (head[i] != '\r' || i + 1 == head.size() || head[i + 1] != '\n') return true;
    ++i;
  }
  return false;
}

Problem CheckVersion(std::string_view version) {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return {};
  if (version.size() == 8 && version.starts_with("HTTP/") && IsDigit(version[5]) &&
      version[6] == '.' && IsDigit(version[7])) {
    return {505, "version_not_supported", "the versions that are understood are HTTP/1.1 and 1.0"};
  }
  return Bad("the first line names no version of HTTP");
}

Problem CheckRequestLine(std::string_view method, std::string_view target,
                         std::string_view version) {
  if (!IsToken(method)) return Bad("the method is not a token");
  if (target.empty() || !std::all_of(target.begin(), target.end(), IsTargetChar)) {
    return Bad("the request line is not `METHOD TARGET VERSION`");
  }
  if (const Problem problem = CheckVersion(version)) return problem;
  if (method == "CONNECT") return {501, "not_implemented", "this proxy opens no tunnels"};
  return {};
}

}  // namespace

size_t FindHeadEnd(std::string_view text, size_t& scanned) noexcept {
  for (size_t lf = text.find('\n', scanned); lf != text.npos; lf = text.find('\n', scanned)) {
    if (lf == 0 || text[lf - 1] != '\r') return kBareLineFeed;
    if (lf == 1 || text[lf - 2] == '\n') return lf + 1;
    scanned = lf + 1;
  }
  scanned = text.size();
  return 0;
}

Problem CheckRequestHead(std::string_view head, size_t max_fields) noexcept {
  if (HasStrayControl(head)) return Bad("a control character");
  std::string_view version = Take(head, "\r\n");
  const std::string_view method = Take(version, " ");
  const std::string_view target = Take(version, " ");
  if (const Problem problem = CheckRequestLine(method, target, version)) return problem;
  const bool is_http10 = version == "HTTP/1.0";
  Framing framing;
  if (const Problem problem = CheckFields(head, max_fields, framing)) return problem;
  if (framing.hosts == 0 && !is_http10) return Bad("no Host");
  return framing.Check(is_http10);
}

Problem CheckResponseHead(std::string_view head, size_t max_fields) noexcept {
  if (HasStrayControl(head)) return Bad("a control character");
  std::string_view status = Take(head, "\r\n");
  const std::string_view version = Take(status, " ");
  if (const Problem problem = CheckVersion(version)) return problem;
  if (status.size() < 4 || status[0] < '1' || status[0] > '9' || !IsDigit(status[1]) ||
      !IsDigit(status[2]) || status[3] != ' ') {
    return Bad("the status is not a number of three digits");
  }
  Framing framing;
  if (const Problem problem = CheckFields(head, max_fields, framing)) return problem;
  return framing.Check(version == "HTTP/1.0");
}

}  // namespace proxy
