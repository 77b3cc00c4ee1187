// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/http/reference_path.h"

#include <cctype>
#include <cstdio>
#include <set>
#include <utility>

#include "tests/unit/http/keys.h"

namespace doorward {
namespace {

using Text = std::string;

bool IsIn(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool IsHexDigit(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

Text Lower(Text text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Text Escape(unsigned octet) {
  char out[4];
  std::snprintf(out, sizeof out, "%%%02X", octet);
  return out;
}

// One unit of a path: what it is in the canonical path, and what octets it stands for.
struct Unit {
  Text encoded;
  Text decoded;
};

bool IsRefused(unsigned c) {
  const std::pair<unsigned, unsigned> ranges[] = {
      {0x80, 0xA0},     {0xAD, 0xAD},     {0x130, 0x131},     {0x17F, 0x17F},     {0x2000, 0x206F},
      {0x2070, 0x209C}, {0x2100, 0x218B}, {0x2215, 0x2216},   {0x2236, 0x2236},   {0x29F5, 0x29F9},
      {0x3000, 0x3002}, {0xD800, 0xF8FF}, {0xFB00, 0xFB06},   {0xFDD0, 0xFDEF},   {0xFE00, 0xFE6F},
      {0xFEFF, 0xFEFF}, {0xFF00, 0xFFFF}, {0x1D400, 0x1D7FF}, {0xE0000, 0x10FFFF}};
  for (const auto& [first, last] : ranges) {
    if (c >= first && c <= last) return true;
  }
  return false;
}

// Spells `c` in UTF-8, so that the shortest form is known by comparing.
Text Spell(unsigned c) {
  const auto octet = [](unsigned value) { return static_cast<char>(value); };
  if (c < 0x800) return {octet(0xC0 | c >> 6), octet(0x80 | (c & 63))};
  if (c < 0x10000)
    return {octet(0xE0 | c >> 12), octet(0x80 | (c >> 6 & 63)), octet(0x80 | (c & 63))};
  return {octet(0xF0 | c >> 18), octet(0x80 | (c >> 12 & 63)), octet(0x80 | (c >> 6 & 63)),
          octet(0x80 | (c & 63))};
}

// Reads the octets of `path`, escapes decoded: each with whether it was encoded. False where an
// escape is malformed.
bool ReadOctets(const Text& path, std::vector<std::pair<unsigned, bool>>* out) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      out->push_back({static_cast<unsigned char>(path[i]), false});
      continue;
    }
    const Text digits = path.substr(i + 1, 2);
    if (digits.size() < 2 || !IsHexDigit(digits[0]) || !IsHexDigit(digits[1])) return false;
    out->push_back({static_cast<unsigned>(std::stoul(digits, nullptr, 16)), true});
    i += 2;
  }
  return true;
}

// Reads the character that octet `i` begins; 0 where it is none that is allowed.
size_t CharacterAt(const std::vector<std::pair<unsigned, bool>>& octets, size_t i, Text* spelled) {
  const unsigned lead = octets[i].first;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  unsigned c = lead & (length == 4 ? 0x07u : length == 3 ? 0x0Fu : 0x1Fu);
  for (size_t k = 0; k < length; ++k) {
    if (i + k >= octets.size() || !octets[i + k].second) return 0;
    spelled->push_back(static_cast<char>(octets[i + k].first));
    if (k > 0) c = c << 6 | (octets[i + k].first & 63);
  }
  return c < 0x80 || c > 0x10FFFF || IsRefused(c) || Spell(c) != *spelled ? 0 : length;
}

bool ReadUnits(const Text& path, const RequestRules& rules, std::vector<Unit>* units) {
  std::vector<std::pair<unsigned, bool>> octets;
  if (!ReadOctets(path, &octets)) return false;
  const bool windows = rules.backend == RequestRules::Backend::kWindows;
  for (size_t i = 0; i < octets.size(); ++i) {
    const auto [octet, encoded] = octets[i];
    const char c = static_cast<char>(octet);
    const Text itself(1, c);
    if (octet >= 0x80) {
      Text spelled;
      const size_t length = CharacterAt(octets, i, &spelled);
      if (length == 0) return false;
      for (const char part : spelled) {
        units->push_back({Escape(static_cast<unsigned char>(part)), Text(1, part)});
      }
      i += length - 1;
    } else if (octet < 0x20 || octet == 0x7F) {
      return false;
    } else if (IsAlnum(c) || IsIn(c, "-._~!$&'()*+,=:@")) {
      units->push_back(windows ? Unit{Lower(itself), Lower(itself)} : Unit{itself, itself});
    } else if (encoded && c == '/' && rules.encoded_slash == RequestRules::EncodedSlash::kKeep) {
      units->push_back({"%2F", "%2F"});
    } else if (encoded && !IsIn(c, "/\\%?#;")) {
      units->push_back({Escape(octet), itself});
    } else if (!encoded && c == '/') {
      units->push_back({"/", "/"});
    } else if (!encoded && c == ';' && rules.semicolon == RequestRules::Semicolon::kLiteral) {
      units->push_back({";", ";"});
    } else {
      return false;
    }
  }
  return true;
}

std::set<Text> MakeDeviceNames() {
  std::set<Text> names = {"con", "prn", "aux", "nul", "conin$", "conout$"};
  for (const char* number : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"}) {
    names.insert(Text("com") + number);
    names.insert(Text("lpt") + number);
  }
  return names;
}

bool IsDevice(const Text& segment) {
  static const std::set<Text> names = MakeDeviceNames();
  Text base = segment.substr(0, segment.find('.'));
  while (!base.empty() && base.back() == ' ') base.pop_back();
  return names.count(Lower(base)) > 0;
}

bool IsAcceptableSegment(const Text& s, const RequestRules& rules) {
  if (s.empty() || s.find_first_not_of('.') == Text::npos) return false;
  if (s.substr(0, 2) == ".." || s.back() == '.') return false;
  if (s.front() == ' ' || s.back() == ' ') return false;
  if (rules.backend != RequestRules::Backend::kWindows) return true;
  for (char digit = '0'; digit <= '9'; ++digit) {
    if (s.find(Text{'~', digit}) != Text::npos) return false;
  }
  return s.find_first_of(":*\"<>|") == Text::npos && !IsDevice(s);
}

// Splits the units at slashes, dropping the first, empty, part.
std::vector<std::vector<Unit>> Split(const std::vector<Unit>& units) {
  std::vector<std::vector<Unit>> parts;
  for (const Unit& unit : units) {
    if (unit.encoded == "/") {
      parts.emplace_back();
    } else {
      parts.back().push_back(unit);
    }
  }
  return parts;
}

Unit Join(const std::vector<Unit>& units) {
  Unit out;
  for (const Unit& unit : units) {
    out.encoded += unit.encoded;
    out.decoded += unit.decoded;
  }
  return out;
}

Reason ReadSegments(const std::vector<Unit>& units, const RequestRules& rules, ReferencePath* out) {
  std::vector<std::vector<Unit>> parts = Split(units);
  const bool ends_with_slash = parts.back().empty();
  if (ends_with_slash) parts.pop_back();
  if (rules.empty_segments == RequestRules::EmptySegments::kMerge) {
    std::erase_if(parts, [](const std::vector<Unit>& part) { return part.empty(); });
  }
  for (const std::vector<Unit>& part : parts) {
    const Unit segment = Join(part);
    if (!IsAcceptableSegment(segment.decoded, rules)) return Reason::kBadSegment;
    out->encoded.push_back(segment.encoded);
    out->decoded.push_back(segment.decoded);
    out->keys.push_back(rules.folds_case() ? Lower(segment.decoded) : segment.decoded);
    out->path += "/" + segment.encoded;
  }
  if (ends_with_slash) out->path += "/";
  return parts.size() > 256 ? Reason::kBadSegment : Reason::kAllowed;
}

template <class Strings>
std::string Show(const Strings& strings) {
  std::string out;
  for (const auto& s : strings) out += "[" + std::string(s) + "]";
  return out;
}

}  // namespace

ReferencePath ReadPathSlowly(const std::string& target, const RequestRules& rules) {
  ReferencePath out;
  const auto refuse = [&](Reason reason) {
    out = {};
    out.reason = reason;
    return out;
  };
  if (target.empty() || target.size() > 8192 || target[0] != '/') return refuse(Reason::kBadTarget);
  for (const char c : target) {
    if (c < 0x21 || c > 0x7E || c == '#') return refuse(Reason::kBadTarget);
  }
  const size_t mark = target.find('?');
  out.has_query = mark != std::string::npos;
  if (out.has_query) out.query = target.substr(mark + 1);
  std::vector<Unit> units;
  if (!ReadUnits(target.substr(0, mark), rules, &units)) return refuse(Reason::kBadPath);
  const Reason reason = ReadSegments(units, rules, &out);
  return reason == Reason::kAllowed ? out : refuse(reason);
}

std::string DifferenceFrom(const ReferencePath& expected, Reason actual_reason,
                           const CanonicalRequest& actual) {
  const auto differ = [](std::string_view what, std::string_view want, std::string_view got) {
    return std::string(what) + ": want " + std::string(want) + ", got " + std::string(got);
  };
  if (expected.reason != actual_reason) {
    return differ("reason", ReasonName(expected.reason), ReasonName(actual_reason));
  }
  if (actual_reason != Reason::kAllowed) return "";
  if (expected.path != actual.path) return differ("path", expected.path, actual.path);
  if (expected.query != actual.query || expected.has_query != actual.has_query) {
    return differ("query", expected.query, actual.query);
  }
  const std::string keys = Show(KeysOf(actual)), decoded = Show(TextsOf(actual.decoded)),
                    encoded = Show(TextsOf(actual.encoded));
  if (Show(expected.keys) != keys) return differ("keys", Show(expected.keys), keys);
  if (Show(expected.decoded) != decoded) return differ("decoded", Show(expected.decoded), decoded);
  if (Show(expected.encoded) != encoded) return differ("encoded", Show(expected.encoded), encoded);
  return "";
}

RequestRules RulesOfBits(unsigned bits) {
  RequestRules rules;
  if (bits & 1) rules.path_case = RequestRules::PathCase::kFold;
  if (bits & 2) rules.backend = RequestRules::Backend::kWindows;
  if (bits & 4) rules.encoded_slash = RequestRules::EncodedSlash::kKeep;
  if (bits & 8) rules.empty_segments = RequestRules::EmptySegments::kMerge;
  if (bits & 16) rules.semicolon = RequestRules::Semicolon::kLiteral;
  if (bits & 32) rules.override_headers = RequestRules::OverrideHeaders::kReject;
  return rules;
}

}  // namespace doorward
