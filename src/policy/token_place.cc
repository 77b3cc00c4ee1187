// SPDX-License-Identifier: Apache-2.0

#include "src/policy/token_place.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/take.h"
#include "src/policy/program.h"

namespace doorward {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// The token in a field's value; nothing where the scheme is another. Scheme and token are parted by
// spaces (RFC 9110 section 11.4): what a tab parts is no token of that scheme that all backends
// would find, and is malformed. So is an empty value.
std::optional<std::string_view> TokenInHeader(std::string_view value, std::string_view scheme) {
  value = Trim(value);
  if (scheme.empty() || value.empty()) return value;
  if (!EqualIgnoringCase(value.substr(0, scheme.size()), scheme)) return std::nullopt;
  value.remove_prefix(scheme.size());
  if (!value.empty() && !IsBlank(value.front())) return std::nullopt;
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  return value;
}

// Takes the first pair off a Cookie field's value (RFC 6265 section 4.2.1).
std::string_view NextPair(std::string_view& rest) { return Trim(TakeUpTo(';', rest)); }

std::string_view NameOf(std::string_view pair) {
  return Trim(pair.substr(0, std::min(pair.find('='), pair.size())));
}

std::string_view ValueOf(std::string_view pair) {
  const size_t equals = pair.find('=');
  return equals == std::string_view::npos ? std::string_view() : Trim(pair.substr(equals + 1));
}

bool IsCookie(const Header& header) { return EqualIgnoringCase(header.name, "cookie"); }

PresentedToken InHeader(const TokenPlace& place, std::span<const Header> headers) {
  PresentedToken found;
  size_t fields = 0;
  for (const Header& header : headers) {
    if (!EqualIgnoringCase(header.name, place.name)) continue;
    if (++fields == 2) return {PresentedToken::State::kAmbiguous, {}};
    if (const auto token = TokenInHeader(header.value, place.scheme)) {
      found = {PresentedToken::State::kOne, *token};
    }
  }
  return found;
}

PresentedToken InCookie(const TokenPlace& place, std::span<const Header> headers) {
  PresentedToken found;
  for (const Header& header : headers) {
    if (!IsCookie(header)) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const std::string_view pair = NextPair(rest);
      if (NameOf(pair) != place.name || pair.empty()) continue;
      if (found.state == PresentedToken::State::kOne) {
        return {PresentedToken::State::kAmbiguous, {}};
      }
      found = {PresentedToken::State::kOne, ValueOf(pair)};
    }
  }
  return found;
}

bool IsTokenCookie(const TokenPlace& place, std::string_view name) {
  return place.kind == TokenPlace::Kind::kCookie && place.name == name;
}

// Appends the pairs of a Cookie field's value but those whose names `is_left_out`. False where none
// was.
template <class Predicate>
bool CopyCookies(std::string_view value, Predicate is_left_out, std::string& out) {
  const size_t begin = out.size();
  bool left_out = false;
  while (!value.empty()) {
    const std::string_view pair = NextPair(value);
    if (pair.empty()) continue;
    if (is_left_out(NameOf(pair))) {
      left_out = true;
      continue;
    }
    if (out.size() > begin) out += "; ";
    out += pair;
  }
  return left_out;
}

// Makes one Cookie field of all that the client sent, without the tokens.
void RemoveTokenCookies(const PolicyProgram& program, std::span<const Header> headers,
                        PolicyScratch& scratch) {
  // Where the policy strips cookies altogether, they are removed already.
  if (program.header_filter.Removes("Cookie", scratch.folded_name)) return;
  const auto is_removed = [&](std::string_view name) {
    return std::any_of(program.token_removed_from.begin(), program.token_removed_from.end(),
                       [&](const TokenPlace& place) { return IsTokenCookie(place, name); });
  };
  bool removed = false;
  std::string& kept = scratch.cookie;
  kept.clear();
  for (const Header& header : headers) {
    if (!IsCookie(header)) continue;
    const size_t before = kept.size();
    if (before > 0) kept += "; ";
    const size_t begin = kept.size();
    removed = CopyCookies(header.value, is_removed, kept) || removed;
    if (kept.size() == begin) kept.resize(before);
  }
  if (!removed) return;
  if (!kept.empty()) {
    scratch.headers_to_set.push_back({"Cookie", kept});
    return;
  }
  for (const Header& header : headers) {
    if (IsCookie(header)) scratch.Remove(header.name);
  }
}

}  // namespace

PresentedToken FindToken(std::span<const TokenPlace> places,
                         std::span<const Header> headers) noexcept {
  for (const TokenPlace& place : places) {
    const PresentedToken found = place.kind == TokenPlace::Kind::kHeader ? InHeader(place, headers)
                                                                         : InCookie(place, headers);
    if (found.state != PresentedToken::State::kNone) return found;
  }
  return {};
}

bool IsTokenField(std::span<const TokenPlace> places, std::string_view name) noexcept {
  return std::any_of(places.begin(), places.end(), [&](const TokenPlace& place) {
    return place.kind == TokenPlace::Kind::kHeader && EqualIgnoringCase(name, place.name);
  });
}

void AppendOtherCookies(std::span<const TokenPlace> places, std::string_view value,
                        std::string& out) {
  CopyCookies(
      value,
      [&](std::string_view name) {
        return std::any_of(places.begin(), places.end(),
                           [&](const TokenPlace& place) { return IsTokenCookie(place, name); });
      },
      out);
}

void AddTokenRemovals(const PolicyProgram& program, std::span<const Header> headers,
                      PolicyScratch& scratch) {
  bool cookies = false;
  for (const TokenPlace& place : program.token_removed_from) {
    if (place.kind == TokenPlace::Kind::kCookie) {
      cookies = true;
      continue;
    }
    for (const Header& header : headers) {
      if (EqualIgnoringCase(header.name, place.name) &&
          TokenInHeader(header.value, place.scheme).has_value()) {
        scratch.Remove(header.name);
      }
    }
  }
  if (cookies) RemoveTokenCookies(program, headers, scratch);
}

}  // namespace doorward
