// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/reference_matcher.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>

#include <re2/re2.h>

namespace doorward::reference {
namespace {

using Path = std::span<const std::string>;

bool GlobMatches(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob[0] != '*')
    return !text.empty() && glob[0] == text[0] && GlobMatches(glob.substr(1), text.substr(1));
  return GlobMatches(glob.substr(1), text) || (!text.empty() && GlobMatches(glob, text.substr(1)));
}

bool RegexMatches(const std::string& regex, const std::string& text, bool folds_case) {
  static std::map<std::string, std::unique_ptr<re2::RE2>> compiled;
  std::unique_ptr<re2::RE2>& one = compiled[(folds_case ? "(?i)" : "") + regex];
  if (one == nullptr) {
    one = std::make_unique<re2::RE2>((folds_case ? "(?i)(?:" : "(?:") + regex + ")");
  }
  return re2::RE2::FullMatch(text, *one);
}

std::string Folded(std::string text, bool folds_case) {
  if (!folds_case) return text;
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return text;
}

bool SegmentMatches(const Segment& pattern, const std::string& segment, bool folds_case) {
  switch (pattern.kind) {
    case Segment::Kind::kLiteral:
      return Folded(pattern.text, folds_case) == Folded(segment, folds_case);
    case Segment::Kind::kGlob:
      return GlobMatches(Folded(pattern.text, folds_case), Folded(segment, folds_case));
    case Segment::Kind::kRegex:
      return RegexMatches(pattern.text, segment, folds_case);
    default:
      return true;
  }
}

std::string Joined(Path segments) {
  std::string out;
  for (size_t i = 0; i < segments.size(); ++i) out += (i > 0 ? "/" : "") + Encoded(segments[i]);
  return out;
}

// Adds to `captures` what the pattern captures; false where it does not match.
bool PathMatches(std::span<const Segment> pattern, Path path, bool folds_case, Captures& captures) {
  if (pattern.empty()) return path.empty();
  const Segment& first = pattern[0];
  if (first.kind == Segment::Kind::kTail) {
    for (size_t taken = 0; taken <= path.size(); ++taken) {
      if (!PathMatches(pattern.subspan(1), path.subspan(taken), folds_case, captures)) continue;
      if (!first.capture.empty()) captures[first.capture] = Joined(path.first(taken));
      return true;
    }
    return false;
  }
  if (path.empty() || !SegmentMatches(first, path[0], folds_case) ||
      !PathMatches(pattern.subspan(1), path.subspan(1), folds_case, captures)) {
    return false;
  }
  if (!first.capture.empty()) captures[first.capture] = path[0];
  return true;
}

bool MethodMatches(const std::vector<std::string>& methods, const std::string& method) {
  const auto names = [&](const std::string& name) {
    return std::find(methods.begin(), methods.end(), name) != methods.end();
  };
  return methods.empty() || names(method) || (method == "HEAD" && names("GET"));
}

}  // namespace

bool HostMatches(const std::string& pattern, const std::optional<std::string>& host) {
  if (pattern.empty()) return true;
  if (!host) return false;
  if (!pattern.starts_with("*.")) return pattern == *host;
  return host->size() > pattern.size() - 1 && host->ends_with(pattern.substr(1));
}

std::vector<Captures> MatchesOf(const Endpoint& endpoint, const Request& request,
                                const std::string& method, bool folds_case) {
  std::vector<Captures> out;
  if (endpoint.asterisk || request.asterisk) {
    if (endpoint.asterisk && request.asterisk && method == "OPTIONS") out.emplace_back();
    return out;
  }
  if (!MethodMatches(endpoint.methods, method)) return out;
  const std::vector<std::string> any_host{""};
  for (const Pattern& path : endpoint.paths) {
    Captures captures;
    if (!PathMatches(path, request.path, folds_case, captures)) continue;
    for (const std::string& host : endpoint.hosts.empty() ? any_host : endpoint.hosts) {
      if (HostMatches(host, request.host)) out.push_back(captures);
    }
  }
  return out;
}

}  // namespace doorward::reference
