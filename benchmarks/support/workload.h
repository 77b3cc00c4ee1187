// SPDX-License-Identifier: Apache-2.0
//
// The workload of the decision benchmarks: N rules over an HTTP API, and requests that meet them as
// traffic does (a few rules take most of it, by Zipf's law), each with its right answer.
// Deterministic: the same N and seed give the same.
//
// Of a hundred requests 70 are allowed, 10 meet no rule, 10 lack the role, 5 come with the wrong
// method, 5 are denied by a rule. Patterns are literals, {captures} and a trailing **; every
// twentieth role pattern overlaps others.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_WORKLOAD_H_
#define DOORWARD_BENCHMARKS_SUPPORT_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace doorward::benchmarks {

struct WorkloadRule {
  bool deny = false;
  std::vector<std::string> methods;
  std::vector<std::string> path;  // segments; "{x}" for any, "**" last for any number
  std::vector<uint32_t> roles;
};

struct WorkloadRequest {
  std::string method;
  std::string path;
  uint32_t principal = 0;
  bool allowed = false;
};

struct Workload {
  std::vector<std::vector<uint32_t>> inherits;  // by role
  std::vector<WorkloadRule> rules;
  std::vector<std::vector<uint32_t>> principals;  // roles held directly
  std::vector<WorkloadRequest> requests;          // shuffled; no two paths alike but by chance

  // The roles that a principal holds, inherited ones included.
  std::vector<uint32_t> RolesOf(uint32_t principal) const;
  // As a Doorward policy; roles are named "role-N", rules "rule-N".
  std::string PolicyJson() const;
};

Workload MakeWorkload(size_t rule_count, size_t request_count, uint64_t seed);

std::string RoleName(uint32_t role);

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_WORKLOAD_H_
