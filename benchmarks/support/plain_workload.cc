// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <string>
#include <utility>

#include "benchmarks/support/workload.h"
#include "benchmarks/support/workload_maker.h"

namespace doorward::benchmarks {
namespace {

constexpr std::array kActions{"search", "export", "stats", "bulk"};

class PlainMaker final : public WorkloadMaker {
 public:
  using WorkloadMaker::WorkloadMaker;

 private:
  void MakeRules() override {
    if (rule_count() >= 10) {
      AddRule("", {"health"});
      AddRule("", {"public", "**"});
      AddRule("", {"api", "{version}", "status"});
    }
    while (rules_made() < rule_count()) AddRule("", MakePattern());
  }

  Segments MakePattern() {
    static constexpr std::array kVersions{"v1", "v1", "v1", "v1", "v2", "v3"};
    Segments pattern{"api", Chance() < 0.02 ? "{version}" : Pick(kVersions), PickResource()};
    const double kind = Chance();
    if (kind < 0.15) return pattern;
    if (kind >= 0.80 && kind < 0.87) {
      pattern.push_back(Pick(kActions));
      return pattern;
    }
    if (kind >= 0.87 && kind < 0.96) {
      pattern.push_back("**");
      return pattern;
    }
    pattern.push_back("{id}");
    if (kind >= 0.40) pattern.push_back(PickSubresource());
    if (kind >= 0.65 && kind < 0.80) pattern.push_back("{subId}");
    if (kind >= 0.96) pattern.push_back("**");
    return pattern;
  }

  Target Instance(const WorkloadRule& rule) override {
    static constexpr std::array kVersions{"v1", "v2", "v3"};
    Segments path;
    for (const std::string& segment : rule.path) {
      if (segment == "{version}") {
        path.push_back(Pick(kVersions));
      } else if (segment[0] == '{') {
        path.push_back(PickIdentifier());
      } else if (segment == "**") {
        for (size_t n = 1 + Below(3); n > 0; --n) {
          path.push_back(Chance() < 0.5 ? PickSubresource() : std::to_string(1 + Below(99'999)));
        }
      } else {
        path.push_back(segment);
      }
    }
    return {"", std::move(path)};
  }

  bool Matches(const WorkloadRule& rule, const Target& target) const override {
    const Segments &pattern = rule.path, &path = target.path;
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == "**") return true;
      if (i >= path.size()) return false;
      if (pattern[i][0] != '{' && pattern[i] != path[i]) return false;
    }
    return pattern.size() == path.size();
  }
};

}  // namespace

Workload MakePlainWorkload(size_t rule_count, size_t request_count, uint64_t seed) {
  return PlainMaker(rule_count, seed).Make(request_count);
}

}  // namespace doorward::benchmarks
