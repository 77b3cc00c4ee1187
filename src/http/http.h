// SPDX-License-Identifier: Apache-2.0
//
// Front of the http floor: turns a request into the one form that every backend reads the same way,
// or refuses it.

#ifndef DOORWARD_HTTP_HTTP_H_
#define DOORWARD_HTTP_HTTP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "doorward/reason.h"
#include "doorward/request.h"

#include "src/base/ascii.h"
#include "src/base/scratch_state.h"
#include "src/http/segment_key.h"
#include "src/http/segment_texts.h"
#include "src/http/usual_method.h"

namespace doorward {

// What a policy says under `request:`. The defaults are the strict ones.
struct RequestRules {
  enum class PathCase : uint8_t { kSensitive, kFold };
  enum class Backend : uint8_t { kGeneric, kWindows };
  enum class EncodedSlash : uint8_t { kReject, kKeep };
  enum class EmptySegments : uint8_t { kReject, kMerge };
  enum class Semicolon : uint8_t { kReject, kLiteral };
  enum class OverrideHeaders : uint8_t { kStrip, kReject };

  PathCase path_case = PathCase::kSensitive;
  Backend backend = Backend::kGeneric;
  EncodedSlash encoded_slash = EncodedSlash::kReject;
  EmptySegments empty_segments = EmptySegments::kReject;
  Semicolon semicolon = Semicolon::kReject;
  OverrideHeaders override_headers = OverrideHeaders::kStrip;

  // True where paths are matched without ASCII case.
  bool folds_case() const { return path_case == PathCase::kFold || backend == Backend::kWindows; }
};

inline constexpr size_t kMaxSegments = 256;
inline constexpr size_t kMaxTargetBytes = 8192;

// An IP address as the network extension of CEL knows it: 4 or 16 octets in network order.
struct IpAddress {
  std::array<uint8_t, 16> octets{};
  uint8_t size = 0;  // 4 or 16
};

// A request in canonical form. Views point into the request or into the scratch.
struct CanonicalRequest {
  std::string_view method;
  UsualMethod usual_method = UsualMethod::kNone;  // which of them that is
  bool has_host = false;
  std::string_view host;   // lower case, without port and trailing dot; IPv6 in brackets, canonical
  std::string_view path;   // canonical, to be forwarded; "*" for OPTIONS *
  std::string_view query;  // as received, without "?"; "" for none
  bool has_query = false;
  bool is_asterisk = false;

  // The path's segments; "/" has none, and one trailing slash makes none. Three readings of each,
  // which are the same text nearly always.
  // For matching: decoded octets, ASCII case folded where the rules fold.
  std::span<const SegmentKey> keys;
  // Decoded octets, case kept (folded by backend: windows).
  SegmentTexts decoded;
  // As in the canonical path.
  SegmentTexts encoded;

  std::optional<IpAddress> source;
};

// Normalises `request`. Returns kAllowed, or the step that refused it (kBadMethod ... kBadSource).
// Steps run in the order of docs/requests.md; the first that refuses is the reason. `*out` is valid
// only after kAllowed.
// Cost: one pass over target and headers. No allocation once warm; a path of unreserved characters
// and slashes is not copied.
Reason Normalise(const Request& request, const RequestRules& rules, Scratch& scratch,
                 CanonicalRequest* out) noexcept;

// The longer text for a refusal: what was found. Only for what Normalise has just refused.
// Allocates.
std::string ExplainRefusal(const Request& request, const RequestRules& rules, Reason reason);

// True for a header that could make a backend serve another path or method than was decided
// (X-Original-URL, X-HTTP-Method-Override, ...), underscore spellings too.
bool IsOverrideHeader(std::string_view name) noexcept;

// What an octet of a field name becomes where a backend folds all spellings of a name to one.
constexpr char FoldSpelling(char c) noexcept {
  return c == '_' || c == '.' || c == ' ' ? '-' : AsciiLower(c);
}

// True where a backend may fold `name` to `canonical`: without case, with `_`, `.` or space for
// `-`.
bool IsSpellingOf(std::string_view name, std::string_view canonical) noexcept;

// --- For patterns, checked when a policy is loaded ---

// An RFC 9110 token of at most 32 characters without lower case.
bool IsMethodSyntax(std::string_view method) noexcept;
// TRACE, TRACK, DEBUG, CONNECT.
bool IsRefusedMethod(std::string_view method) noexcept;
// An RFC 9110 token: the syntax of a field name.
bool IsFieldName(std::string_view name) noexcept;

// What is wrong with `octets` as (a part of) a decoded segment, or null where some acceptable
// request may hold it. `begins`, `ends`: whether the part is the segment's beginning or end; a part
// that is open to a side may begin or end within a character. The text is one clause for a message:
// "a segment may not end with a dot".
const char* FindUnacceptable(std::string_view octets, bool begins, bool ends,
                             const RequestRules& rules) noexcept;

// Returns the host in canonical form (lower case, no trailing dot; IPv6 literals in brackets), or
// nothing where it is malformed or has a port.
std::optional<std::string> CanonicalHostName(std::string_view host);

// Reads an IPv4 or IPv6 address: no zone, no port, no leading zeros; IPv4-mapped IPv6 becomes IPv4.
std::optional<IpAddress> ParseIpAddress(std::string_view text) noexcept;
// RFC 5952 for IPv6.
std::string FormatIpAddress(const IpAddress& address);

}  // namespace doorward

#endif  // DOORWARD_HTTP_HTTP_H_
