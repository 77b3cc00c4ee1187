// SPDX-License-Identifier: Apache-2.0
//
// The sentence for a refusal. Values of the token are quoted and cut short; the token itself and
// its signature never appear.

#include <array>
#include <chrono>
#include <cstdio>

#include "src/base/source.h"
#include "src/jose/algorithm.h"
#include "src/jose/token.h"

namespace doorward {
namespace {

// A string by its text, anything else by its JSON.
std::string Found(JsonView value) {
  if (!value.exists()) return "none";
  return Quote(value.is_string() ? std::string(value.string_or("")) : value.ToJson());
}

std::string OneOf(std::span<const std::string> list) {
  constexpr size_t kShown = 5;
  std::string out;
  for (size_t i = 0; i < list.size() && i < kShown; ++i) {
    out += (i == 0 ? "" : " or ") + Quote(list[i]);
  }
  if (list.size() > kShown) out += " or " + std::to_string(list.size() - kShown) + " more";
  return out;
}

std::string OneOf(AlgorithmSet set) {
  std::string out;
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    if (!set.Contains(algorithm)) continue;
    if (!out.empty()) out += ", ";
    out += AlgorithmName(algorithm);
  }
  return out;
}

// RFC 3339, with as many digits of the fraction as there are; beyond its years, in seconds.
std::string FormatTime(Timestamp t) {
  constexpr int64_t kFirst = -62167219200, kLast = 253402300799;  // the years 0 to 9999
  if (t.unix_seconds() < kFirst || t.unix_seconds() > kLast) {
    return "Unix time " + std::to_string(t.unix_seconds());
  }
  const std::chrono::sys_seconds at{std::chrono::seconds(t.unix_seconds())};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  std::string out(text.data());
  if (t.nanos() != 0) {
    std::snprintf(text.data(), text.size(), ".%09d", static_cast<int>(t.nanos()));
    out += text.data();
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + "Z";
}

std::string Subject(const TokenRefusal& r) {
  return "`" + std::string(r.subject) + "`" + (r.in_header ? " of the header" : "");
}

std::string ExplainDate(const TokenRefusal& r) {
  const std::optional<Timestamp> date = DateIn(r.found);
  std::string out = Subject(r) + " is " + (date ? FormatTime(*date) : Found(r.found)) +
                    ", and now is " + FormatTime(r.now);
  if (r.leeway.count() > 0) out += ", with a leeway of " + std::to_string(r.leeway.count()) + " s";
  return out;
}

std::string ExpectedAndFound(const TokenRefusal& r) {
  std::string expected(r.required.empty() ? "" : Quote(r.required));
  if (!r.expected.empty()) expected = OneOf(r.expected);
  if (!r.algorithms.empty()) expected = OneOf(r.algorithms);
  if (r.any_subject) return "expected a claim " + expected + ", found none of them";
  std::string out = Subject(r);
  if (!expected.empty()) {
    out += ": expected " + expected + ", found " + Found(r.found);
  } else if (r.found.exists()) {
    out += " is " + Found(r.found);
  }
  return out;
}

std::string_view WithoutSlash(std::string_view text) {
  return text.substr(0, text.size() - (text.ends_with('/') ? 1 : 0));
}

// What an unknown issuer has to do with a known one; "" for nothing.
std::string IssuerHint(const TokenRefusal& r) {
  const std::string_view found = r.found.string_or("");
  for (const std::string_view known : r.expected) {
    if (found != known && WithoutSlash(found) == WithoutSlash(known)) {
      return "; only a slash at the end sets it apart from " + Quote(known);
    }
    if (known.starts_with(found) && known.substr(found.size()).starts_with("/oauth2/")) {
      return "; tokens of Okta's org authorization server can be checked by Okta alone";
    }
  }
  return "";
}

// What there is to say besides the reason's own text; "" for nothing.
std::string Detail(Reason reason, const VerifiedTokenData& token) {
  const TokenRefusal& r = token.refusal;
  switch (reason) {
    case Reason::kTokenTooLarge:
      return std::to_string(r.size) + " octets, at most " + std::to_string(r.limit) +
             " are permitted";
    case Reason::kTokenMalformed:
    case Reason::kTokenBadJson:
    case Reason::kTokenDuplicateMember:
      return r.subject.empty() ? "" : "the fault is in the " + std::string(r.subject);
    case Reason::kTokenBadDate:
      return Subject(r) + " is " + Found(r.found) + ", expected a number from 0 to 253402300799";
    case Reason::kTokenExpired:
    case Reason::kTokenNotYetValid:
    case Reason::kTokenIssuedInFuture:
    case Reason::kTokenTooOld:
      return ExplainDate(r);
    case Reason::kTokenIssuerUnknown:
      return r.subject.empty() ? "" : ExpectedAndFound(r) + IssuerHint(r);
    case Reason::kTokenConfirmation:
    case Reason::kTokenWithoutExpiry:
      return "";
    default:
      return r.subject.empty() ? "" : ExpectedAndFound(r);
  }
}

}  // namespace

std::string ExplainToken(Reason reason, const VerifiedTokenData* token) {
  std::string out(ReasonText(reason));
  if (token == nullptr || reason == Reason::kAllowed) return out;
  const std::string detail = Detail(reason, *token);
  if (!detail.empty()) out += ": " + detail;
  return out;
}

}  // namespace doorward
