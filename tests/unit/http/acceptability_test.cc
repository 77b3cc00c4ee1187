// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"
#include "tests/unit/http/reference_path.h"

namespace doorward {
namespace {

constexpr RequestRules kKeepsSlash{.encoded_slash = RequestRules::EncodedSlash::kKeep};
constexpr RequestRules kKeepsSlashAndFolds{.path_case = RequestRules::PathCase::kFold,
                                           .encoded_slash = RequestRules::EncodedSlash::kKeep};
constexpr RequestRules kTakesSemicolon{.semicolon = RequestRules::Semicolon::kLiteral};
constexpr RequestRules kWindows{.backend = RequestRules::Backend::kWindows};

enum Place { kWhole, kBeginning, kMiddle, kEnd };

struct PartCase {
  const char* name;
  std::string octets;
  Place place = kWhole;
  const char* want = nullptr;  // a part of the clause; null: acceptable
  RequestRules rules = {};
};

void ExpectClauses(std::span<const PartCase> cases) {
  for (const PartCase& c : cases) {
    SCOPED_TRACE(c.name);
    const bool begins = c.place == kWhole || c.place == kBeginning;
    const bool ends = c.place == kWhole || c.place == kEnd;
    const char* clause = FindUnacceptable(c.octets, begins, ends, c.rules);
    ASSERT_EQ(clause != nullptr, c.want != nullptr) << clause;
    if (clause != nullptr) {
      EXPECT_NE(std::string(clause).find(c.want), std::string::npos) << clause;
    }
  }
}

TEST(Unacceptable, OctetsOfASegment) {
  const PartCase cases[] = {
      {"a word", "orders"},
      {"what is encoded in a path", "a b\"<>[]^`{|}"},
      {"sub-delimiters", "!$&'()*+,=:@"},
      {"UTF-8", "café"},
      {"slash", "a/b", kWhole, "within a segment"},
      {"backslash", "a\\b", kWhole, "within a segment"},
      {"question mark", "a?b", kMiddle, "within a segment"},
      {"fragment", "a#b", kEnd, "within a segment"},
      {"semicolon", "a;b", kWhole, "within a segment"},
      {"semicolon taken literally", "a;b", kWhole, nullptr, kTakesSemicolon},
      {"percent", "100%", kWhole, "encoded `%`"},
      {"NUL", std::string("a\0b", 3), kWhole, "control"},
      {"DEL", "a\x7F", kWhole, "control"},
      {"look-alike", "a\u2215b", kWhole, "look-alike"},
      {"private use", "\uE000", kMiddle, "look-alike"},
      {"Latin-1", "caf\xE9", kWhole, "UTF-8"},
      {"overlong", "\xC0\xAF", kMiddle, "UTF-8"},
      {"surrogate", "\xED\xA0\x80", kMiddle, "UTF-8"},
  };
  ExpectClauses(cases);
}

TEST(Unacceptable, EndsOfASegment) {
  const PartCase cases[] = {
      {"empty", "", kWhole, "empty"},
      {"empty beginning", "", kBeginning},
      {"empty middle", "", kMiddle},
      {"empty end", "", kEnd},
      {"dot", ".", kWhole, "end with a dot"},
      {"dot at the beginning", ".", kBeginning},
      {"dot in the middle", ".", kMiddle},
      {"dot at the end", ".", kEnd, "end with a dot"},
      {"two dots", "..", kWhole, "begin with two dots"},
      {"two dots at the beginning", "..x", kBeginning, "begin with two dots"},
      {"two dots in the middle", "..", kMiddle},
      {"leading space", " a", kWhole, "space"},
      {"leading space at the end", " a", kEnd},
      {"trailing space", "a ", kEnd, "space"},
      {"trailing space at the beginning", "a ", kBeginning},
  };
  ExpectClauses(cases);
}

TEST(Unacceptable, CharactersThatAreCutInTwo) {
  const PartCase cases[] = {
      {"first octet of two", "caf\xC3", kBeginning},
      {"first octet of two, at the end", "caf\xC3", kEnd, "UTF-8"},
      {"first octet of two, then more", "caf\xC3x", kBeginning, "UTF-8"},
      {"last octet of two", "\xA9x", kEnd},
      {"last octet of two, at the beginning", "\xA9x", kBeginning, "UTF-8"},
      {"last three octets of four", "\x80\x80\x80x", kMiddle},
      {"four octets that begin nothing", "\x80\x80\x80\x80", kMiddle, "UTF-8"},
      {"two octets of three", "\xE4\xBD", kMiddle},
      {"two octets that only make look-alikes", "\xE2\x80", kMiddle, "UTF-8"},
      {"two octets that make some look-alikes", "\xE2\x88", kMiddle},
      {"three octets of four", "\xF0\x9F\x9A", kMiddle},
      {"three octets that only make look-alikes", "\xF0\x9D\x90", kMiddle, "UTF-8"},
      {"an octet that only makes private use", "\xF4", kMiddle, "UTF-8"},
      {"an octet that only makes surrogates or private use", "\xEE", kMiddle, "UTF-8"},
      {"an octet that makes some surrogates", "\xED", kMiddle},
      {"two octets that make surrogates", "\xED\xA0", kMiddle, "UTF-8"},
      {"two octets that are overlong", "\xE0\x80", kMiddle, "UTF-8"},
      {"an octet that makes only controls", "\xC1", kMiddle, "UTF-8"},
      {"C2, which makes more than controls", "\xC2", kMiddle},
  };
  ExpectClauses(cases);
}

TEST(Unacceptable, KeptSlash) {
  const PartCase cases[] = {
      {"kept", "a%2Fb", kWhole, nullptr, kKeepsSlash},
      {"lower case", "a%2fb", kWhole, "kept", kKeepsSlash},
      {"lower case where case is folded", "a%2fb", kWhole, nullptr, kKeepsSlashAndFolds},
      {"another escape", "a%20", kWhole, "kept", kKeepsSlash},
      {"cut", "a%2", kWhole, "kept", kKeepsSlash},
      {"cut where more may follow", "a%2", kBeginning, nullptr, kKeepsSlash},
      {"percent where more may follow", "%", kMiddle, nullptr, kKeepsSlash},
      {"cut wrongly where more may follow", "%3", kMiddle, "kept", kKeepsSlash},
      {"not kept", "a%2Fb", kWhole, "encoded `%`"},
  };
  ExpectClauses(cases);
}

TEST(Unacceptable, WindowsNames) {
  const PartCase cases[] = {
      {"colon", "a:", kMiddle, "Windows", kWindows},
      {"bar", "a|b", kWhole, "Windows", kWindows},
      {"short name", "progra~1", kWhole, "Windows", kWindows},
      {"tilde where a digit may follow", "progra~", kBeginning, nullptr, kWindows},
      {"device", "CON", kWhole, "device", kWindows},
      {"device with an extension", "con.txt", kWhole, "device", kWindows},
      {"device where more may follow", "con", kBeginning, nullptr, kWindows},
      {"device and dot where more may follow", "con.", kBeginning, "device", kWindows},
      {"device where something went before", "con", kEnd, nullptr, kWindows},
      {"device elsewhere", "con", kWhole},
  };
  ExpectClauses(cases);
}

std::string Folded(std::string_view text, const RequestRules& rules) {
  std::string out(text);
  if (!rules.folds_case()) return out;
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

// The target whose only segment is `text`, if there is one: all is encoded but what must not be.
std::string TargetOf(std::string_view text, const RequestRules& rules) {
  std::string target = "/";
  while (!text.empty()) {
    const bool is_kept_slash = Folded(text.substr(0, 3), rules) == Folded("%2F", rules);
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(text[0]));
    target += is_kept_slash ? "%2F" : text[0] == ';' ? ";" : escape;
    text.remove_prefix(is_kept_slash ? 3 : 1);
  }
  return target;
}

// A segment is acceptable where some request has it: neither rule can be changed without the other.
TEST(Unacceptable, WholeSegmentsAgreeWithRequests) {
  const std::string_view texts[] = {
      "a", ".",    "a.",    "..a",  ".a",  " a",  "a b", "con", "a:b",   "~1",   "%2F",
      "%", "%2f",  "a%2Fb", "%41",  "a;b", "a/b", "é",   "∕",   "\x80",  "\xC3", "nul.x",
      "A", "COM1", "com¹",  "\x01", "#",   "a%2", "\"",  "a*b", "CON.A", "a\\b"};
  for (unsigned bits = 0; bits < 32; ++bits) {
    const RequestRules rules = RulesOfBits(bits);
    for (const std::string_view text : texts) {
      SCOPED_TRACE(std::string(text) + " under rules " + std::to_string(bits));
      const std::string target = TargetOf(text, rules);
      Scratch scratch;
      CanonicalRequest out;
      const Reason reason = Normalise({.method = "GET", .target = target}, rules, scratch, &out);
      const bool has_it = reason == Reason::kAllowed && out.keys.size() == 1 &&
                          out.keys[0].view() == Folded(text, rules);
      EXPECT_EQ(FindUnacceptable(text, true, true, rules) == nullptr, has_it);
    }
  }
}

}  // namespace
}  // namespace doorward
