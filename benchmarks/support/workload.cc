// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/workload.h"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <string_view>

namespace doorward::benchmarks {
namespace {

constexpr std::array kNouns{"account", "order",  "invoice", "user",   "team",   "project", "report",
                            "device",  "sensor", "ticket",  "asset",  "policy", "bucket",  "queue",
                            "topic",   "stream", "image",   "build",  "deploy", "branch",  "commit",
                            "comment", "review", "label",   "event",  "alert",  "metric",  "trace",
                            "plan",    "quota",  "budget",  "vendor", "ship",   "parcel",  "route",
                            "driver",  "claim",  "audit",   "note",   "file",   "folder",  "page"};
constexpr std::array kParts{
    "item",  "line",  "entry", "rate",  "tag",    "log",   "job",   "task",  "run",   "step",
    "key",   "token", "link",  "group", "member", "owner", "rule",  "grant", "share", "view",
    "draft", "index", "batch", "chunk", "part",   "slot",  "zone",  "site",  "node",  "pool",
    "rack",  "card",  "meter", "point", "score",  "badge", "level", "stage", "phase", "cycle"};
constexpr std::array kSubresources{
    "items", "status", "members", "comments", "history",     "settings", "files",       "roles",
    "tags",  "events", "audit",   "metrics",  "permissions", "versions", "attachments", "export"};
constexpr std::array kActions{"search", "export", "stats", "bulk"};
constexpr std::array kMethods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
constexpr std::array kMethodWeights{40.0, 20.0, 12.0, 8.0, 12.0, 8.0};

using Segments = std::vector<std::string>;

bool PathMatches(const Segments& pattern, const Segments& path) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "**") return true;
    if (i >= path.size()) return false;
    if (pattern[i][0] != '{' && pattern[i] != path[i]) return false;
  }
  return pattern.size() == path.size();
}

std::string Join(const Segments& segments) {
  std::string out;
  for (const std::string& segment : segments) out += "/" + segment;
  return out;
}

enum class Outcome : uint8_t { kNoRule, kWrongMethod, kWrongRole, kAllowed, kDenied };

// Makes one workload; each method draws from the same stream of chance.
class Maker {
 public:
  Maker(size_t rule_count, uint64_t seed) : random_(seed * 1'000'003 + rule_count) {
    MakeRoles(std::max<size_t>(5, rule_count / 20));
    MakeResources(std::max<size_t>(3, rule_count / 8));
    MakeRules(rule_count);
    for (int i = 0; i < 200; ++i) AddPrincipal({});
  }

  Workload Make(size_t request_count) && {
    const Zipf allows(allows_.size()), denies(denies_.size());
    static constexpr std::array<std::pair<Outcome, size_t>, 5> kMix{{{Outcome::kAllowed, 70},
                                                                     {Outcome::kNoRule, 80},
                                                                     {Outcome::kWrongRole, 90},
                                                                     {Outcome::kWrongMethod, 95},
                                                                     {Outcome::kDenied, 100}}};
    for (size_t i = 0; i < request_count; ++i) {
      const auto kind =
          std::find_if(kMix.begin(), kMix.end(), [&](auto& row) { return i % 100 < row.second; });
      AddRequest(kind->first, allows, denies);
    }
    std::shuffle(world_.requests.begin(), world_.requests.end(), random_);
    return std::move(world_);
  }

 private:
  // Picks 0..n-1, the k-th with a weight of 1/(k+1).
  class Zipf {
   public:
    explicit Zipf(size_t n) {
      double sum = 0;
      for (size_t k = 0; k < n; ++k) cumulative_.push_back(sum += 1.0 / static_cast<double>(k + 1));
    }
    template <class Random>
    size_t operator()(Random& random) const {
      const double at = std::uniform_real_distribution(0.0, cumulative_.back())(random);
      return static_cast<size_t>(std::lower_bound(cumulative_.begin(), cumulative_.end(), at) -
                                 cumulative_.begin());
    }

   private:
    std::vector<double> cumulative_;
  };

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  double Chance() { return std::uniform_real_distribution(0.0, 1.0)(random_); }
  template <size_t N>
  std::string Pick(const std::array<const char*, N>& from) {
    return from[Below(N)];
  }

  // Half of the roles stand in chains of four, each inheriting the next.
  void MakeRoles(size_t count) {
    world_.inherits.resize(count);
    holders_.resize(count);
    const size_t half = std::max<size_t>(4, count / 2);
    for (uint32_t first = 0; first + 3 < half; first += 4) {
      for (uint32_t k = 0; k < 3; ++k) world_.inherits[first + k].push_back(first + k + 1);
    }
  }

  void MakeResources(size_t count) {
    std::set<std::string> seen;
    while (resources_.size() < count) {
      std::string name = Pick(kNouns) + "-" + Pick(kParts);
      if (!seen.insert(name).second) name += "-" + std::to_string(resources_.size());
      resources_.push_back(std::move(name));
    }
  }

  Segments MakePattern() {
    static constexpr std::array kVersions{"v1", "v1", "v1", "v1", "v2", "v3"};
    Segments pattern{"api", Chance() < 0.02 ? "{version}" : Pick(kVersions),
                     resources_[Below(resources_.size())]};
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
    if (kind >= 0.40) pattern.push_back(Pick(kSubresources));
    if (kind >= 0.65 && kind < 0.80) pattern.push_back("{subId}");
    if (kind >= 0.96) pattern.push_back("**");
    return pattern;
  }

  void MakeRules(size_t count) {
    const std::array<Segments, 3> general{
        {{"health"}, {"public", "**"}, {"api", "{version}", "status"}}};
    std::discrete_distribution<size_t> method(kMethodWeights.begin(), kMethodWeights.end());
    for (size_t i = 0; i < count; ++i) {
      WorkloadRule rule;
      rule.path = i < general.size() && count >= 10 ? general[i] : MakePattern();
      for (size_t n = 1 + Below(3); rule.methods.size() < n;) {
        const std::string name = kMethods[method(random_)];
        if (std::find(rule.methods.begin(), rule.methods.end(), name) == rule.methods.end()) {
          rule.methods.push_back(name);
        }
      }
      rule.deny = Chance() < 0.05;
      std::set<uint32_t> roles;
      for (size_t n = 1 + Below(3); n > 0; --n)
        roles.insert(static_cast<uint32_t>(Below(world_.inherits.size())));
      rule.roles.assign(roles.begin(), roles.end());
      world_.rules.push_back(std::move(rule));
    }
    const auto denies = [](const WorkloadRule& rule) { return rule.deny; };
    if (std::none_of(world_.rules.begin(), world_.rules.end(), denies))
      world_.rules.back().deny = true;
    if (std::all_of(world_.rules.begin(), world_.rules.end(), denies))
      world_.rules.front().deny = false;
    for (uint32_t i = 0; i < world_.rules.size(); ++i) {
      (world_.rules[i].deny ? denies_ : allows_).push_back(i);
      const Segments& path = world_.rules[i].path;
      const bool by_resource = path.size() > 2 && path[2][0] != '{' && path[2] != "**";
      (by_resource ? by_resource_[path[2]] : general_).push_back(i);
    }
    std::shuffle(allows_.begin(), allows_.end(), random_);
    std::shuffle(denies_.begin(), denies_.end(), random_);
  }

  uint32_t AddPrincipal(std::vector<uint32_t> with) {
    std::set<uint32_t> roles(with.begin(), with.end());
    const size_t want = std::min(1 + Below(8), world_.inherits.size());
    while (roles.size() < want) roles.insert(static_cast<uint32_t>(Below(world_.inherits.size())));
    const auto number = static_cast<uint32_t>(world_.principals.size());
    world_.principals.emplace_back(roles.begin(), roles.end());
    const std::vector<uint32_t> held = world_.RolesOf(number);
    for (uint32_t role : held) holders_[role].push_back(number);
    held_.emplace_back(held.begin(), held.end());
    return number;
  }

  Segments Instance(const Segments& pattern) {
    static constexpr std::array kVersions{"v1", "v2", "v3"};
    Segments path;
    for (const std::string& segment : pattern) {
      if (segment == "{version}") {
        path.push_back(Pick(kVersions));
      } else if (segment[0] == '{') {
        path.push_back(Chance() < 0.7 ? std::to_string(1 + Below(999'999))
                                      : "k" + std::to_string(random_() >> 20));
      } else if (segment == "**") {
        for (size_t n = 1 + Below(3); n > 0; --n) {
          path.push_back(Chance() < 0.5 ? Pick(kSubresources) : std::to_string(1 + Below(99'999)));
        }
      } else {
        path.push_back(segment);
      }
    }
    return path;
  }

  // The right answer, found by looking at every rule of the same resource.
  Outcome Judge(const std::string& method, const Segments& path, uint32_t principal) const {
    Outcome best = Outcome::kNoRule;
    const auto look = [&](const std::vector<uint32_t>& rules) {
      for (uint32_t number : rules) {
        const WorkloadRule& rule = world_.rules[number];
        if (!PathMatches(rule.path, path)) continue;
        best = std::max(best, OutcomeOf(rule, method, principal));
      }
    };
    look(general_);
    if (path.size() > 2) {
      if (const auto found = by_resource_.find(path[2]); found != by_resource_.end())
        look(found->second);
    }
    return best;
  }

  Outcome OutcomeOf(const WorkloadRule& rule, const std::string& method, uint32_t principal) const {
    const auto names = [&](std::string_view name) {
      return std::find(rule.methods.begin(), rule.methods.end(), name) != rule.methods.end();
    };
    if (!names(method) && !(method == "HEAD" && names("GET"))) return Outcome::kWrongMethod;
    const std::set<uint32_t>& held = held_[principal];
    if (std::none_of(rule.roles.begin(), rule.roles.end(),
                     [&](uint32_t role) { return held.contains(role); })) {
      return Outcome::kWrongRole;
    }
    return rule.deny ? Outcome::kDenied : Outcome::kAllowed;
  }

  uint32_t HolderOf(const WorkloadRule& rule, int attempt) {
    const uint32_t role = rule.roles[Below(rule.roles.size())];
    if (holders_[role].empty() || (attempt > 50 && attempt % 10 == 0)) return AddPrincipal({role});
    return holders_[role][Below(holders_[role].size())];
  }

  void AddRequest(Outcome want, const Zipf& allows, const Zipf& denies) {
    constexpr int kAttempts = 500;
    for (int attempt = 0;; ++attempt) {
      const WorkloadRule& rule = world_.rules[want == Outcome::kDenied ? denies_[denies(random_)]
                                                                       : allows_[allows(random_)]];
      Segments path = Instance(rule.path);
      std::string method = rule.methods[Below(rule.methods.size())];
      const bool holds = want == Outcome::kAllowed || want == Outcome::kDenied;
      const uint32_t principal =
          holds ? HolderOf(rule, attempt) : static_cast<uint32_t>(Below(world_.principals.size()));
      if (want == Outcome::kWrongMethod) method = Pick(kMethods);
      if (want == Outcome::kNoRule) {
        if (Chance() < 0.5 && path.size() > 2) {
          path[2] += "x";
        } else {
          path.push_back("zz-unknown");
        }
      }
      const Outcome got = Judge(method, path, principal);
      if (got != want && attempt < kAttempts) continue;
      world_.requests.push_back(
          {std::move(method), Join(path), principal, got == Outcome::kAllowed});
      return;
    }
  }

  std::mt19937_64 random_;
  Workload world_;
  std::vector<std::string> resources_;
  std::vector<std::vector<uint32_t>> holders_;  // principals, by role
  std::vector<std::set<uint32_t>> held_;        // roles, by principal
  std::vector<uint32_t> allows_, denies_, general_;
  std::map<std::string, std::vector<uint32_t>> by_resource_;
};

}  // namespace

std::string RoleName(uint32_t role) { return "role-" + std::to_string(role); }

std::vector<uint32_t> Workload::RolesOf(uint32_t principal) const {
  std::set<uint32_t> held;
  std::vector<uint32_t> pending = principals[principal];
  while (!pending.empty()) {
    const uint32_t role = pending.back();
    pending.pop_back();
    if (held.insert(role).second)
      pending.insert(pending.end(), inherits[role].begin(), inherits[role].end());
  }
  return {held.begin(), held.end()};
}

std::string Workload::PolicyJson() const {
  const auto list = [](const auto& values, const auto& name) {
    std::string out = "[";
    for (const auto& value : values) out += (out.size() == 1 ? "\"" : ",\"") + name(value) + "\"";
    return out + "]";
  };
  std::string out = R"({"doorward":1,"roles":{)";
  for (uint32_t role = 0; role < inherits.size(); ++role) {
    out += (role == 0 ? "\"" : ",\"") + RoleName(role) + "\":{";
    if (!inherits[role].empty()) out += "\"inherits\":" + list(inherits[role], RoleName);
    out += "}";
  }
  out += R"(},"rules":[)";
  for (size_t i = 0; i < rules.size(); ++i) {
    const WorkloadRule& rule = rules[i];
    std::string methods;
    for (const std::string& method : rule.methods) methods += (methods.empty() ? "" : ",") + method;
    out += (i == 0 ? "" : ",") + std::string(R"({"id":"rule-)") + std::to_string(i) + "\",\"" +
           (rule.deny ? "deny" : "allow") + "\":" + list(rule.roles, RoleName) +
           ",\"endpoints\":[\"" + methods + " " + Join(rule.path) + "\"]}";
  }
  return out + "]}";
}

Workload MakeWorkload(size_t rule_count, size_t request_count, uint64_t seed) {
  return Maker(rule_count, seed).Make(request_count);
}

}  // namespace doorward::benchmarks
