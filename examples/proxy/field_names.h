// SPDX-License-Identifier: Apache-2.0
//
// How names of fields compare, and what their octets may be (RFC 9110 section 5).

#ifndef PROXY_FIELD_NAMES_H_
#define PROXY_FIELD_NAMES_H_

#include <algorithm>
#include <string_view>

namespace proxy {

constexpr char Lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// True where the two are the same without ASCII case.
constexpr bool SameName(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

// What a backend may make of an octet of a name, besides folding case (CGI, WSGI).
constexpr char Folded(char c) noexcept { return c == '_' || c == '.' ? '-' : Lower(c); }

// True where a backend may fold both to one name.
constexpr bool SameSpelling(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Folded(x) == Folded(y); });
}

constexpr bool IsDigit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool IsTokenChar(char c) noexcept {
  return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool IsToken(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

// Control characters, which no value of a field may hold; the tab is none of them here.
constexpr bool IsControl(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

constexpr std::string_view Trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Calls `visit` with each member of a comma-separated list; empty ones are left out.
template <class Visit>
constexpr void ForEachInList(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view member = Trimmed(list.substr(0, comma));
    if (!member.empty()) visit(member);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
}

}  // namespace proxy

#endif  // PROXY_FIELD_NAMES_H_
