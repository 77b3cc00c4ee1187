// SPDX-License-Identifier: Apache-2.0
//
// Steps P and S read backwards, for patterns: may an acceptable request hold these decoded octets?

#include <algorithm>

#include "src/base/utf8.h"
#include "src/http/code_point.h"
#include "src/http/http.h"
#include "src/http/octet.h"
#include "src/http/segment.h"

namespace doorward {
namespace {

using http::SegmentPart;

bool IsContinuation(char c) { return (http::Octet(c) & 0xC0) == 0x80; }

// In a decoded segment `%` stands only in a kept `%2F`.
const char* FindPercentFault(const SegmentPart& rest, const RequestRules& rules) {
  constexpr std::string_view kKept = "%2F";
  if (rules.encoded_slash == RequestRules::EncodedSlash::kReject) {
    return "no request may hold an encoded `%`";
  }
  std::string_view found = rest.octets.substr(0, kKept.size());
  const bool matches = rules.folds_case() ? http::EqualsLower(found, "%2f") : found == kKept;
  const bool may_go_on = !rest.ends && found.size() < kKept.size() && kKept.starts_with(found);
  return matches || may_go_on ? nullptr : "`%` stands only in a kept `%2F`";
}

const char* FindAsciiFault(const SegmentPart& rest, const RequestRules& rules) {
  const char c = rest.octets[0];
  if (http::IsControl(c)) return "no request may hold a control character";
  if (c == '%') return FindPercentFault(rest, rules);
  if (c == ';' && rules.semicolon == RequestRules::Semicolon::kLiteral) return nullptr;
  if (std::string_view("/\\?#;").find(c) != std::string_view::npos) {
    return "no request may hold `/`, `\\`, `?`, `#` or `;` within a segment";
  }
  return nullptr;
}

const char* FindNonAsciiFault(const SegmentPart& rest) {
  const CodePoint next = DecodeUtf8(rest.octets);
  if (next.length == 0) {
    const bool may_go_on = !rest.ends && http::MayBecomeAcceptable(rest.octets);
    return may_go_on ? nullptr : "a segment is UTF-8";
  }
  if (http::IsRefusedCodePoint(next.value)) {
    return "no request may hold this control, look-alike or compatibility character";
  }
  return nullptr;
}

// Drops the octets that may belong to a character begun before this part: up to three, as a lead
// octet of F1 makes any three an acceptable character.
std::string_view SkipEndOfCharacter(std::string_view octets) {
  for (int i = 0; i < 3 && !octets.empty() && IsContinuation(octets[0]); ++i) {
    octets.remove_prefix(1);
  }
  return octets;
}

const char* FindOctetFault(const SegmentPart& part, const RequestRules& rules) {
  SegmentPart rest = part;
  if (!part.begins) rest.octets = SkipEndOfCharacter(part.octets);
  while (!rest.octets.empty()) {
    const bool is_ascii = http::Octet(rest.octets[0]) < 0x80;
    const char* fault = is_ascii ? FindAsciiFault(rest, rules) : FindNonAsciiFault(rest);
    if (fault != nullptr) return fault;
    const size_t length = DecodeUtf8(rest.octets).length;
    if (length == 0) break;  // the beginning of a character, at the part's end
    rest.octets.remove_prefix(length);
  }
  return nullptr;
}

}  // namespace

const char* FindUnacceptable(std::string_view octets, bool begins, bool ends,
                             const RequestRules& rules) noexcept {
  const SegmentPart part{octets, begins, ends};
  const char* fault = FindOctetFault(part, rules);
  return fault != nullptr ? fault : http::FindSegmentFault(part, rules);
}

}  // namespace doorward
