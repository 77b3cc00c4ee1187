// SPDX-License-Identifier: Apache-2.0
//
// What the workloads have in common: roles, principals, resources with names, and requests in their
// mix, each judged by looking at one rule after the other. A workload says which rules there are,
// what an instance of a rule's pattern is, and what a pattern matches.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_WORKLOAD_MAKER_H_
#define DOORWARD_BENCHMARKS_SUPPORT_WORKLOAD_MAKER_H_

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "benchmarks/support/workload.h"

namespace doorward::benchmarks {

// Each method draws from the same stream of chance.
class WorkloadMaker {
 public:
  WorkloadMaker(size_t rule_count, uint64_t seed);
  virtual ~WorkloadMaker() = default;
  WorkloadMaker(const WorkloadMaker&) = delete;
  WorkloadMaker& operator=(const WorkloadMaker&) = delete;

  // Throws std::logic_error where the judge errs about a request.
  Workload Make(size_t request_count);

 protected:
  using Segments = std::vector<std::string>;
  struct Target {
    std::string host;
    Segments path;
  };

  // Makes the rules with AddRule().
  virtual void MakeRules() = 0;
  // Something that the rule's host and path match.
  virtual Target Instance(const WorkloadRule& rule) = 0;
  virtual bool Matches(const WorkloadRule& rule, const Target& target) const = 0;

  size_t rule_count() const { return rule_count_; }
  size_t rules_made() const { return world_.rules.size(); }
  const std::string& resource(size_t i) const { return resources_[i]; }
  // Chooses methods, roles and effect of a rule for `host` and `path`.
  void AddRule(std::string host, Segments path);
  // The rules up to now take the most traffic. Without a call, chance says which do.
  void MarkBusy() { busy_ = rules_made(); }

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  double Chance() { return std::uniform_real_distribution(0.0, 1.0)(random_); }
  template <size_t N>
  std::string Pick(const std::array<const char*, N>& from) {
    return from[Below(N)];
  }
  const std::string& PickResource() { return resources_[Below(resources_.size())]; }
  std::string PickSubresource();
  std::string PickIdentifier();

 private:
  enum class Outcome : uint8_t { kNoRule, kWrongMethod, kWrongRole, kAllowed, kDenied };

  // Picks 0..n-1, the k-th with a weight of 1/(k+1).
  class Zipf {
   public:
    explicit Zipf(size_t n);
    size_t operator()(std::mt19937_64& random) const;

   private:
    std::vector<double> cumulative_;
  };

  struct Draft {
    Target target;
    std::string method;
    uint32_t principal;
  };

  void MakeRoles();
  void MakeResources();
  void SortRules();
  uint32_t AddPrincipal(const std::vector<uint32_t>& with);
  uint32_t HolderOf(const WorkloadRule& rule, int attempt);

  Draft MakeDraft(Outcome want, const Zipf& allows, const Zipf& denies, int attempt);
  // Adds a request that is unlike all others. False where none of that outcome was found.
  bool AddRequest(Outcome want, const Zipf& allows, const Zipf& denies);
  bool IsNew(const Draft& draft);
  // The right answer, found by looking at all rules but those of other resources.
  Outcome Judge(const Draft& draft) const;
  // The same by looking at all rules.
  Outcome JudgeByAll(const Draft& draft) const;
  Outcome OutcomeOf(const WorkloadRule& rule, const Draft& draft) const;

  size_t rule_count_;
  std::mt19937_64 random_;
  Workload world_;
  size_t busy_ = 0;
  size_t judged_by_all_ = 0;
  std::vector<std::string> resources_;
  std::vector<std::vector<uint32_t>> holders_;  // principals, by role
  std::vector<std::set<uint32_t>> held_;        // roles, by principal
  std::vector<uint32_t> allows_, denies_, general_;
  std::map<std::string, std::vector<uint32_t>> by_resource_;
  std::unordered_set<uint64_t> seen_;  // hashes of requests
};

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_WORKLOAD_MAKER_H_
