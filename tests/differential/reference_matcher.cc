// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/reference_matcher.h"

#include <algorithm>
#include <regex>
#include <span>

namespace doorward::reference {
namespace {

bool GlobMatches(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob[0] != '*')
    return !text.empty() && glob[0] == text[0] && GlobMatches(glob.substr(1), text.substr(1));
  return GlobMatches(glob.substr(1), text) || (!text.empty() && GlobMatches(glob, text.substr(1)));
}

bool SegmentMatches(const std::string& pattern, const std::string& segment) {
  if (pattern[0] != '{') return GlobMatches(pattern, segment);
  const size_t colon = pattern.find(':');
  if (colon == std::string::npos) return true;
  return std::regex_match(segment,
                          std::regex(pattern.substr(colon + 1, pattern.size() - colon - 2)));
}

bool PathMatches(std::span<const std::string> pattern, std::span<const std::string> path) {
  if (pattern.empty()) return path.empty();
  if (pattern[0] == "**" || pattern[0].ends_with("=**}")) {
    return PathMatches(pattern.subspan(1), path) ||
           (!path.empty() && PathMatches(pattern, path.subspan(1)));
  }
  return !path.empty() && SegmentMatches(pattern[0], path[0]) &&
         PathMatches(pattern.subspan(1), path.subspan(1));
}

bool MethodMatches(const Rule& rule, const std::string& method) {
  const auto names = [&](const std::string& name) {
    return std::find(rule.methods.begin(), rule.methods.end(), name) != rule.methods.end();
  };
  return rule.methods.empty() || names(method) || (method == "HEAD" && names("GET"));
}

bool HostMatches(const std::string& pattern, const std::string& host) {
  if (pattern.empty()) return true;
  if (!pattern.starts_with("*.")) return pattern == host;
  return host.size() > pattern.size() - 1 && host.ends_with(pattern.substr(1));
}

}  // namespace

bool Matches(const Rule& rule, const Request& request) {
  return MethodMatches(rule, request.method) && HostMatches(rule.host, request.host) &&
         PathMatches(rule.path, request.path);
}

std::string Decide(const std::vector<Rule>& rules, const Request& request,
                   const std::set<std::string>& roles) {
  std::string allow = "default";
  for (const Rule& rule : rules) {
    const bool held = std::any_of(rule.roles.begin(), rule.roles.end(),
                                  [&](auto& r) { return roles.contains(r); });
    if (!held || !Matches(rule, request)) continue;
    if (rule.deny) return "deny " + rule.id;
    if (allow == "default") allow = "allow " + rule.id;
  }
  return allow;
}

}  // namespace doorward::reference
