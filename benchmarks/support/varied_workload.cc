// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "benchmarks/support/workload.h"
#include "benchmarks/support/workload_maker.h"

namespace doorward::benchmarks {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// [0-9]{4}-[0-9]{2}-[0-9]{2}
bool IsDay(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && AllDigits(text.substr(0, 4)) &&
         AllDigits(text.substr(5, 2)) && AllDigits(text.substr(8));
}

// [a-z]+(-[a-z]+)*
bool IsSlug(std::string_view text) {
  for (;;) {
    const size_t hyphen = std::min(text.find('-'), text.size());
    const std::string_view word = text.substr(0, hyphen);
    if (word.empty() || !std::all_of(word.begin(), word.end(), IsLower)) return false;
    if (hyphen == text.size()) return true;
    text.remove_prefix(hyphen + 1);
  }
}

// [a-z]+-[0-9]+\.json
bool IsJsonFile(std::string_view text) {
  const size_t hyphen = text.find('-');
  if (hyphen == text.npos || !text.ends_with(".json")) return false;
  const std::string_view word = text.substr(0, hyphen);
  text.remove_suffix(5);
  return !word.empty() && std::all_of(word.begin(), word.end(), IsLower) &&
         AllDigits(text.substr(std::min(text.size(), hyphen + 1)));
}

// What segments of patterns are beside literals and **: as a policy spells them, and what they
// match, said in other words.
struct Form {
  std::string_view spelling;
  bool (*matches)(std::string_view segment);
};
constexpr std::string_view kDay = "{day:[0-9]{4}-[0-9]{2}-[0-9]{2}}";
constexpr std::string_view kSlug = "{slug:[a-z]+(-[a-z]+)*}";
constexpr std::string_view kFile = "{file:[a-z]+-[0-9]+\\.json}";
constexpr Form kForms[] = {
    {"{id}", [](std::string_view) { return true; }},
    {"{name}", [](std::string_view) { return true; }},
    {"{version}", [](std::string_view) { return true; }},
    {"{n:[0-9]+}", AllDigits},
    {kDay, IsDay},
    {kSlug, IsSlug},
    {kFile, IsJsonFile},
    {"v*", [](std::string_view s) { return s.starts_with("v"); }},
    {"report-*", [](std::string_view s) { return s.starts_with("report-"); }},
    {"*.json", [](std::string_view s) { return s.ends_with(".json"); }},
    {"*-report-*.csv",
     [](std::string_view s) {
       return s.size() >= 12 && s.ends_with(".csv") &&
              s.substr(0, s.size() - 4).find("-report-") != s.npos;
     }},
};

bool SegmentMatches(const std::string& pattern, const std::string& segment) {
  for (const Form& form : kForms) {
    if (form.spelling == pattern) return form.matches(segment);
  }
  return pattern == segment;
}

bool PathMatches(std::span<const std::string> pattern, std::span<const std::string> path) {
  if (pattern.empty()) return path.empty();
  if (pattern[0] == "**") {
    return PathMatches(pattern.subspan(1), path) ||
           (!path.empty() && PathMatches(pattern, path.subspan(1)));
  }
  return !path.empty() && SegmentMatches(pattern[0], path[0]) &&
         PathMatches(pattern.subspan(1), path.subspan(1));
}

bool HostMatches(std::string_view pattern, std::string_view host) {
  if (pattern.empty() || pattern == host) return true;
  return pattern.starts_with("*.") && host.size() >= pattern.size() &&
         host.ends_with(pattern.substr(1));
}

constexpr std::array kHosts{"api.example.com", "eu.api.example.com", "shop.eu.example.com",
                            "admin.example.com", "api.example.org"};
constexpr std::array kWildcards{"*.example.com", "*.eu.example.com", "*.api.example.com"};
constexpr std::string_view kBusyHost = "api.example.com";
constexpr std::array kBusyHostPatterns{"", "api.example.com", "*.example.com"};

// What follows /api. All match v1/RESOURCE/17/items/report-42.json; "@" stands for the resource.
constexpr std::string_view kOverlapping[][6] = {
    {"v1", "@", "{id}", "items", "{name}"},
    {"v1", "@", "{n:[0-9]+}", "items", "{name}"},
    {"v1", "@", "{id}", "items", "*.json"},
    {"v1", "@", "{id}", "items", "report-*"},
    {"v1", "@", "{id}", "items", kFile},
    {"v1", "@", "{n:[0-9]+}", "items", "*.json"},
    {"v1", "@", "{n:[0-9]+}", "items", "report-*"},
    {"v1", "@", "{n:[0-9]+}", "**"},
    {"v1", "@", "**"},
    {"v1", "@", "{id}", "**"},
    {"v1", "@", "{id}", "items", "**"},
    {"v1", "@", "**", "items", "{name}"},
    {"v1", "@", "**", "{name}"},
    {"v1", "@", "**", "*.json"},
    {"v1", "@", "**", "items", kFile},
    {"{version}", "@", "{id}", "items", "{name}"},
    {"{version}", "@", "**"},
    {"{version}", "@", "**", "report-*"},
    {"v*", "@", "{id}", "items", "{name}"},
    {"v*", "@", "**", "items", "*.json"},
};

// What follows the resource.
constexpr std::string_view kTails[][4] = {
    {},
    {"{id}"},
    {"{n:[0-9]+}"},
    {"{id}", "#"},  // a subresource
    {"{n:[0-9]+}", "#", "{name}"},
    {"{id}", "files", "*.json"},
    {"{id}", "files", "*-report-*.csv"},
    {"report-*"},
    {kDay, "#"},
    {kSlug},
    {"**"},
    {"{id}", "**"},
    {"**", "#"},
    {"{id}", "**", "*.json"},
    {"**", "{n:[0-9]+}", "#"},
};

class VariedMaker final : public WorkloadMaker {
 public:
  VariedMaker(size_t rule_count, uint64_t seed)
      : WorkloadMaker(rule_count, seed), busy_resources_(rule_count < 200 ? 1 : 3) {}

 private:
  void MakeRules() override {
    const size_t overlapping = std::min(std::size(kOverlapping), rule_count() / 3);
    for (size_t i = 0; i < busy_resources_; ++i) {
      for (size_t k = 0; k < overlapping; ++k) {
        AddRule(kBusyHostPatterns[k % kBusyHostPatterns.size()], Overlapping(k, resource(i)));
      }
    }
    MarkBusy();
    AddRule("", {"health"});
    AddRule("api.example.com", {"public", "**"});
    AddRule("", {"api", "**", "status"});
    while (rules_made() < rule_count()) AddRule(PickHost(), MakePattern());
  }

  static Segments Overlapping(size_t number, const std::string& resource) {
    Segments path{"api"};
    for (std::string_view segment : kOverlapping[number]) {
      if (!segment.empty()) path.push_back(segment == "@" ? resource : std::string(segment));
    }
    return path;
  }

  std::string PickHost() {
    const double kind = Chance();
    if (kind < 0.4) return "";
    return kind < 0.7 ? Pick(kHosts) : Pick(kWildcards);
  }

  Segments MakePattern() {
    static constexpr std::array kVersions{"v1", "v1", "v1", "v1", "v1", "v1", "v2",       "v2",
                                          "v2", "v3", "v3", "v3", "v*", "v*", "{version}"};
    std::string resource = PickResource();
    while (IsBusy(resource)) resource = PickResource();
    Segments path{"api", Pick(kVersions), std::move(resource)};
    for (std::string_view segment : kTails[Below(std::size(kTails))]) {
      if (!segment.empty())
        path.push_back(segment == "#" ? PickSubresource() : std::string(segment));
    }
    return path;
  }

  bool IsBusy(const std::string& name) const {
    for (size_t i = 0; i < busy_resources_; ++i) {
      if (resource(i) == name) return true;
    }
    return false;
  }

  Target Instance(const WorkloadRule& rule) override {
    if (rule.path.size() > 2 && IsBusy(rule.path[2])) {
      return {std::string(kBusyHost),
              {"api", "v1", rule.path[2], std::to_string(1 + Below(999'999)), "items",
               "report-" + std::to_string(1 + Below(999)) + ".json"}};
    }
    Target target;
    do {
      target.host = Pick(kHosts);
    } while (!HostMatches(rule.host, target.host));
    for (const std::string& segment : rule.path) {
      if (segment == "**") {
        for (size_t n = Below(4); n > 0; --n) target.path.push_back(PickIdentifier());
      } else {
        target.path.push_back(InstanceOf(segment));
      }
    }
    return target;
  }

  std::string InstanceOf(const std::string& segment) {
    const auto number = [&](size_t limit) { return std::to_string(1 + Below(limit)); };
    if (segment == "{version}" || segment == "v*") return "v" + number(3);
    if (segment == "{n:[0-9]+}") return number(999'999);
    if (segment == kDay) return Day();
    if (segment == kSlug) return PickSubresource() + "-" + PickSubresource();
    if (segment == "report-*") return "report-" + number(999'999);
    if (segment == "*.json") return PickIdentifier() + ".json";
    if (segment == "*-report-*.csv")
      return PickSubresource() + "-report-" + number(99'999) + ".csv";
    return segment[0] == '{' ? PickIdentifier() : segment;
  }

  std::string Day() {
    char text[16];
    std::snprintf(text, sizeof text, "%04zu-%02zu-%02zu", 2000 + Below(40), 1 + Below(12),
                  1 + Below(28));
    return text;
  }

  bool Matches(const WorkloadRule& rule, const Target& target) const override {
    return HostMatches(rule.host, target.host) && PathMatches(rule.path, target.path);
  }

  size_t busy_resources_;
};

}  // namespace

Workload MakeVariedWorkload(size_t rule_count, size_t request_count, uint64_t seed) {
  return VariedMaker(rule_count, seed).Make(request_count);
}

}  // namespace doorward::benchmarks
