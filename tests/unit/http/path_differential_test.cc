// SPDX-License-Identifier: Apache-2.0
//
// Normalise against the slow reading of the same rules, over all settings of `request:`, and its
// fixed point. Fixed seeds: a failure comes back.

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"
#include "tests/unit/http/reference_path.h"

namespace doorward {
namespace {

constexpr unsigned kAllRules = 32;  // the sixth member has nothing to do with paths

std::string RulesName(unsigned bits) { return "rules " + std::to_string(bits); }

// Returns "" where `target` is read as it should be under `rules`.
std::string CheckTarget(const std::string& target, const RequestRules& rules, Scratch& scratch) {
  // An exact copy on the heap, so that ASan sees an octet read after its end.
  const std::vector<char> octets(target.begin(), target.end());
  const std::string_view text(octets.data(), octets.size());
  CanonicalRequest out;
  const Reason reason = Normalise({.method = "GET", .target = text}, rules, scratch, &out);
  const std::string difference = DifferenceFrom(ReadPathSlowly(target, rules), reason, out);
  if (!difference.empty() || reason != Reason::kAllowed) return difference;
  const std::string path(out.path);
  const Reason again = Normalise({.method = "GET", .target = path}, rules, scratch, &out);
  if (again != Reason::kAllowed) return "the canonical path is refused: " + path;
  return out.path == path ? "" : "no fixed point: " + path + " becomes " + std::string(out.path);
}

TEST(PathDifferential, EveryOctetAtEveryPlaceOfAPlainPath) {
  Scratch scratch;
  for (const size_t size : std::initializer_list<size_t>{2, 3, 5, 8, 9, 15, 16, 17, 31, 32, 33, 63,
                                                         64, 65, 66, 80, 129}) {
    for (size_t at = 0; at < size; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string target(size, 'x');
        target[0] = '/';
        target[at] = static_cast<char>(octet);
        ASSERT_EQ(CheckTarget(target, {}, scratch), "") << octet << " at " << at << " of " << size;
      }
    }
  }
}

TEST(PathDifferential, EveryRunOfSlashesAndDotsAcrossWindows) {
  Scratch scratch;
  constexpr std::string_view kOctets = "/.a?";
  for (const size_t at : std::initializer_list<size_t>{1, 13, 14, 15, 16, 29, 30, 45, 60, 61, 62,
                                                       63, 64, 65, 124, 125, 126, 127, 128}) {
    for (unsigned pattern = 0; pattern < 256; ++pattern) {
      std::string target = "/" + std::string(at - 1, 'x');
      for (unsigned i = 0; i < 4; ++i) target += kOctets[pattern >> (2 * i) & 3];
      for (const std::string& whole : {target, target + "yyyyyyyyyyyyyyyyyyyyyyyy"}) {
        ASSERT_EQ(CheckTarget(whole, {}, scratch), "") << whole;
        ASSERT_EQ(CheckTarget(whole, RulesOfBits(8), scratch), "") << whole;
      }
    }
  }
}

TEST(PathDifferential, EveryEscapeUnderEveryRule) {
  Scratch scratch;
  for (unsigned bits = 0; bits < kAllRules; ++bits) {
    SCOPED_TRACE(RulesName(bits));
    for (unsigned octet = 0; octet < 256; ++octet) {
      char escape[4];
      std::snprintf(escape, sizeof escape, bits % 2 == 0 ? "%%%02X" : "%%%02x", octet);
      for (const std::string before : {"/", "/a", "/A/"}) {
        for (const char* after : {"", "a", "/", ".x", "?"}) {
          const std::string target = before + escape + after;
          ASSERT_EQ(CheckTarget(target, RulesOfBits(bits), scratch), "") << target;
        }
      }
    }
  }
}

// Pieces that meet at the edges of the rules.
constexpr const char* kPieces[] = {
    "/",   "/",   "/",   "a",   "B",   "x1",     ".",       "..",        "~",   "~1",
    "%2e", "%2F", "%2f", "%5C", "%20", "%41",    "%C3%A9",  "%C3",       "%A9", ";",
    "%3b", ":",   "*",   "con", "COM", "nul",    "1",       "%C2",       "%B9", "$",
    "%24", "%7e", "?",   "%00", "%",   "%4",     "[",       "%5b",       "=",   "@",
    "#",   "//",  "-",   "_",   "%E2", "%88%95", "abcdefg", "/orders/17"};

TEST(PathDifferential, RandomTargets) {
  Scratch scratch;
  std::mt19937 random(20260101);
  std::uniform_int_distribution<size_t> piece(0, std::size(kPieces) - 1);
  std::uniform_int_distribution<size_t> length(0, 24);
  for (int i = 0; i < 200'000; ++i) {
    // Few pieces to choose from make long acceptable targets likely.
    const size_t first = piece(random), second = piece(random), third = piece(random);
    const size_t chosen[] = {0, 3, first, second, third};
    std::string target = "/";
    for (size_t n = length(random); n > 0; --n) {
      target += kPieces[i % 4 == 0 ? piece(random) : chosen[random() % std::size(chosen)]];
    }
    const unsigned bits = static_cast<unsigned>(random() % kAllRules);
    ASSERT_EQ(CheckTarget(target, RulesOfBits(bits), scratch), "") << target << RulesName(bits);
  }
}

TEST(PathDifferential, LongTargets) {
  Scratch scratch;
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    const size_t size = 1 + random() % 8300;
    std::string target = "/";
    while (target.size() < size) {
      const unsigned choice = random() % 64;
      target += choice == 0 ? "/" : choice == 1 && i % 2 == 0 ? "%41" : choice == 2 ? "." : "abc";
    }
    const unsigned bits = static_cast<unsigned>(i) % kAllRules;
    ASSERT_EQ(CheckTarget(target, RulesOfBits(bits), scratch), "") << target.size();
  }
}

}  // namespace
}  // namespace doorward
