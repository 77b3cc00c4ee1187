// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/rule_regex.h"

#include <algorithm>

#include <re2/re2.h>

namespace doorward::benchmarks {
namespace {

std::string SegmentRegex(const std::string& segment) {
  const size_t colon = segment.find(':');
  if (segment[0] == '{') {
    return colon == segment.npos
               ? "[^/]+"
               : "(?:" + segment.substr(colon + 1, segment.size() - colon - 2) + ")";
  }
  std::string out;
  for (char c : segment) out += c == '*' ? "[^/]*" : RE2::QuoteMeta(std::string(1, c));
  return out;
}

std::string HostRegex(const WorkloadRule& rule) {
  if (rule.host.empty()) return "[^/]*";
  if (!rule.host.starts_with("*.")) return RE2::QuoteMeta(rule.host);
  return "[^/]+" + RE2::QuoteMeta(rule.host.substr(1));
}

bool HostMatches(std::string_view pattern, std::string_view host) {
  if (pattern.empty()) return true;
  if (!pattern.starts_with("*.")) return pattern == host;
  return host.size() >= pattern.size() && host.ends_with(pattern.substr(1));
}

}  // namespace

std::string PathRegex(const WorkloadRule& rule) {
  std::string out;
  for (const std::string& segment : rule.path) {
    if (segment != "**") {
      out += "/" + SegmentRegex(segment);
    } else {
      out += &segment == &rule.path.back() ? "(?:/.*)?" : "(?:/[^/]+)*";
    }
  }
  return out;
}

std::string PlaceRegex(const WorkloadRule& rule) { return HostRegex(rule) + PathRegex(rule); }

bool MeansMethod(const WorkloadRule& rule, std::string_view method) {
  return std::any_of(rule.methods.begin(), rule.methods.end(), [&](const std::string& one) {
    return one == method || (one == "GET" && method == "HEAD");
  });
}

RuleRow::~RuleRow() = default;

RuleRow::RuleRow(const Workload& workload) {
  for (const WorkloadRule& rule : workload.rules) {
    Row& row = rows_.emplace_back(Row{rule.deny, rule.methods, rule.host,
                                      std::make_unique<const RE2>(PathRegex(rule)), rule.roles});
    if (std::count(rule.methods.begin(), rule.methods.end(), "GET") != 0) {
      row.methods.emplace_back("HEAD");
    }
  }
  std::stable_partition(rows_.begin(), rows_.end(), [](const Row& row) { return row.deny; });
}

bool RuleRow::Applies(const Row& row, const WorkloadRequest& request,
                      const std::vector<uint64_t>& roles) {
  return std::find(row.methods.begin(), row.methods.end(), request.method) != row.methods.end() &&
         HostMatches(row.host, request.host) && RE2::FullMatch(request.path, *row.path) &&
         std::any_of(row.roles.begin(), row.roles.end(),
                     [&](uint32_t role) { return (roles[role >> 6] >> (role & 63) & 1) != 0; });
}

bool RuleRow::Decide(const WorkloadRequest& request, const std::vector<uint64_t>& roles) const {
  for (const Row& row : rows_) {
    if (Applies(row, request, roles)) return !row.deny;
  }
  return false;
}

}  // namespace doorward::benchmarks
