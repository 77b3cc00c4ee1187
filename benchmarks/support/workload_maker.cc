// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/workload_maker.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

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
constexpr std::array kMethods{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
constexpr std::array kMethodWeights{40.0, 20.0, 12.0, 8.0, 12.0, 8.0};

std::string Join(const std::vector<std::string>& segments) {
  std::string out;
  for (const std::string& segment : segments) out += "/" + segment;
  return out;
}

bool IsLiteral(std::string_view segment) { return segment.find_first_of("{*") == segment.npos; }

// True where a path that the pattern matches has the pattern's third segment in third place.
bool NamesResource(const std::vector<std::string>& pattern) {
  const auto is_tail = [](const std::string& segment) { return segment == "**"; };
  return pattern.size() > 2 && IsLiteral(pattern[2]) &&
         std::none_of(pattern.begin(), pattern.begin() + 2, is_tail);
}

}  // namespace

WorkloadMaker::Zipf::Zipf(size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; ++k) cumulative_.push_back(sum += 1.0 / static_cast<double>(k + 1));
}

size_t WorkloadMaker::Zipf::operator()(std::mt19937_64& random) const {
  const double at = std::uniform_real_distribution(0.0, cumulative_.back())(random);
  return static_cast<size_t>(std::lower_bound(cumulative_.begin(), cumulative_.end(), at) -
                             cumulative_.begin());
}

WorkloadMaker::WorkloadMaker(size_t rule_count, uint64_t seed)
    : rule_count_(rule_count), random_(seed * 1'000'003 + rule_count) {
  MakeRoles();
  MakeResources();
}

// Half of the roles stand in chains of four, each inheriting the next.
void WorkloadMaker::MakeRoles() {
  const size_t count = std::max<size_t>(5, rule_count_ / 20);
  world_.inherits.resize(count);
  holders_.resize(count);
  const size_t half = std::max<size_t>(4, count / 2);
  for (uint32_t first = 0; first + 3 < half; first += 4) {
    for (uint32_t k = 0; k < 3; ++k) world_.inherits[first + k].push_back(first + k + 1);
  }
}

void WorkloadMaker::MakeResources() {
  const size_t count = std::max<size_t>(3, rule_count_ / 8);
  std::set<std::string> seen;
  while (resources_.size() < count) {
    std::string name = Pick(kNouns) + "-" + Pick(kParts);
    if (!seen.insert(name).second) name += "-" + std::to_string(resources_.size());
    resources_.push_back(std::move(name));
  }
}

std::string WorkloadMaker::PickSubresource() { return Pick(kSubresources); }

std::string WorkloadMaker::PickIdentifier() {
  return Chance() < 0.7 ? std::to_string(1 + Below(999'999))
                        : "k" + std::to_string(random_() >> 20);
}

void WorkloadMaker::AddRule(std::string host, Segments path) {
  std::discrete_distribution<size_t> method(kMethodWeights.begin(), kMethodWeights.end());
  WorkloadRule& rule = world_.rules.emplace_back();
  rule.host = std::move(host);
  rule.path = std::move(path);
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
}

// Finds which rules allow and deny, and which a path's resource leads to.
void WorkloadMaker::SortRules() {
  std::vector<WorkloadRule>& rules = world_.rules;
  const auto denies = [](const WorkloadRule& rule) { return rule.deny; };
  if (std::none_of(rules.begin(), rules.end(), denies)) rules.back().deny = true;
  if (std::all_of(rules.begin(), rules.end(), denies)) rules.front().deny = false;
  size_t busy_allows = 0;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    (rules[i].deny ? denies_ : allows_).push_back(i);
    if (i < busy_ && !rules[i].deny) ++busy_allows;
    (NamesResource(rules[i].path) ? by_resource_[rules[i].path[2]] : general_).push_back(i);
  }
  std::shuffle(allows_.begin() + static_cast<ptrdiff_t>(busy_allows), allows_.end(), random_);
  std::shuffle(denies_.begin() + static_cast<ptrdiff_t>(busy_ - busy_allows), denies_.end(),
               random_);
}

uint32_t WorkloadMaker::AddPrincipal(const std::vector<uint32_t>& with) {
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

uint32_t WorkloadMaker::HolderOf(const WorkloadRule& rule, int attempt) {
  const uint32_t role = rule.roles[Below(rule.roles.size())];
  const bool may_grow = world_.principals.size() < 700 + 2 * world_.inherits.size();
  const bool is_stuck = attempt > 50 && attempt % 10 == 0;
  if (holders_[role].empty() || (is_stuck && may_grow)) return AddPrincipal({role});
  return holders_[role][Below(holders_[role].size())];
}

Workload WorkloadMaker::Make(size_t request_count) {
  MakeRules();
  SortRules();
  for (int i = 0; i < 200; ++i) AddPrincipal({});
  const Zipf allows(allows_.size()), denies(denies_.size());
  static constexpr std::array<std::pair<Outcome, size_t>, 5> kMix{{{Outcome::kAllowed, 70},
                                                                   {Outcome::kNoRule, 80},
                                                                   {Outcome::kWrongRole, 90},
                                                                   {Outcome::kWrongMethod, 95},
                                                                   {Outcome::kDenied, 100}}};
  std::set<Outcome> used_up;
  seen_.reserve(request_count);
  world_.requests.reserve(request_count);
  for (size_t i = 0; world_.requests.size() < request_count; ++i) {
    const Outcome want = std::find_if(kMix.begin(), kMix.end(), [&](auto& row) {
                           return i % 100 < row.second;
                         })->first;
    if (!used_up.contains(want) && !AddRequest(want, allows, denies)) used_up.insert(want);
    if (used_up.size() == kMix.size()) throw std::logic_error("no more distinct requests");
  }
  std::shuffle(world_.requests.begin(), world_.requests.end(), random_);
  return std::move(world_);
}

WorkloadMaker::Draft WorkloadMaker::MakeDraft(Outcome want, const Zipf& allows, const Zipf& denies,
                                              int attempt) {
  const WorkloadRule& rule =
      world_.rules[want == Outcome::kDenied ? denies_[denies(random_)] : allows_[allows(random_)]];
  Draft draft{Instance(rule), rule.methods[Below(rule.methods.size())], 0};
  const bool holds = want == Outcome::kAllowed || want == Outcome::kDenied;
  draft.principal =
      holds ? HolderOf(rule, attempt) : static_cast<uint32_t>(Below(world_.principals.size()));
  if (want == Outcome::kWrongMethod) draft.method = Pick(kMethods);
  if (want == Outcome::kNoRule) {
    Segments& path = draft.target.path;
    if (Chance() < 0.5 && path.size() > 2) {
      path[2] += "x";
    } else {
      path.push_back("zz-unknown");
    }
  }
  return draft;
}

bool WorkloadMaker::AddRequest(Outcome want, const Zipf& allows, const Zipf& denies) {
  constexpr int kAttempts = 2000;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Draft draft = MakeDraft(want, allows, denies, attempt);
    if (Judge(draft) != want || !IsNew(draft)) continue;
    constexpr size_t kLooks = 20'000'000;  // at rules, to judge the judge
    if (judged_by_all_++ < kLooks / rule_count_ && JudgeByAll(draft) != want) {
      throw std::logic_error("misjudged: " + Join(draft.target.path));
    }
    world_.requests.push_back({std::move(draft.method), std::move(draft.target.host),
                               Join(draft.target.path), draft.principal,
                               want == Outcome::kAllowed});
    return true;
  }
  return false;
}

bool WorkloadMaker::IsNew(const Draft& draft) {
  return seen_
      .insert(std::hash<std::string>()(draft.method + " " + draft.target.host +
                                       Join(draft.target.path) + " " +
                                       std::to_string(draft.principal)))
      .second;
}

WorkloadMaker::Outcome WorkloadMaker::Judge(const Draft& draft) const {
  Outcome best = Outcome::kNoRule;
  const auto look = [&](const std::vector<uint32_t>& rules) {
    for (uint32_t rule : rules) best = std::max(best, OutcomeOf(world_.rules[rule], draft));
  };
  look(general_);
  const Segments& path = draft.target.path;
  const auto found = path.size() > 2 ? by_resource_.find(path[2]) : by_resource_.end();
  if (found != by_resource_.end()) look(found->second);
  return best;
}

WorkloadMaker::Outcome WorkloadMaker::JudgeByAll(const Draft& draft) const {
  Outcome best = Outcome::kNoRule;
  for (const WorkloadRule& rule : world_.rules) best = std::max(best, OutcomeOf(rule, draft));
  return best;
}

WorkloadMaker::Outcome WorkloadMaker::OutcomeOf(const WorkloadRule& rule,
                                                const Draft& draft) const {
  if (!Matches(rule, draft.target)) return Outcome::kNoRule;
  const auto names = [&](std::string_view name) {
    return std::find(rule.methods.begin(), rule.methods.end(), name) != rule.methods.end();
  };
  if (!names(draft.method) && !(draft.method == "HEAD" && names("GET"))) {
    return Outcome::kWrongMethod;
  }
  const std::set<uint32_t>& held = held_[draft.principal];
  if (std::none_of(rule.roles.begin(), rule.roles.end(),
                   [&](uint32_t role) { return held.contains(role); })) {
    return Outcome::kWrongRole;
  }
  return rule.deny ? Outcome::kDenied : Outcome::kAllowed;
}

}  // namespace doorward::benchmarks
