// SPDX-License-Identifier: Apache-2.0
//
// The workloads of the decision benchmarks: N rules over an HTTP API, and requests that meet them
// as traffic does (a few rules take most of it, by Zipf's law), each with its right answer.
// Deterministic: the same N and seed give the same.
//
// Of a hundred requests 70 are allowed, 10 meet no rule, 10 lack the role, 5 come with the wrong
// method, 5 are denied by a rule; as far as the rules have that many distinct ones in them.

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
  std::string host;               // "" for any
  std::vector<std::string> path;  // segments, as a policy spells them
  std::vector<uint32_t> roles;
};

struct WorkloadRequest {
  std::string method;
  std::string host;  // "" for none
  std::string path;
  uint32_t principal = 0;
  bool allowed = false;
};

struct Workload {
  std::vector<std::vector<uint32_t>> inherits;  // by role
  std::vector<WorkloadRule> rules;
  std::vector<std::vector<uint32_t>> principals;  // roles held directly
  // Shuffled. No two alike: they differ in method, host, path or principal.
  std::vector<WorkloadRequest> requests;

  // The roles that a principal holds, inherited ones included.
  std::vector<uint32_t> RolesOf(uint32_t principal) const;
  // The same as bits, for each principal.
  std::vector<std::vector<uint64_t>> RoleBits() const;
  // As a Doorward policy; roles are named "role-N", rules "rule-N".
  std::string PolicyJson() const;
  std::string PolicyYaml() const;
};

// Patterns are literals, {captures} and a trailing **, for any host; every fiftieth has a capture
// in the place of the version.
Workload MakePlainWorkload(size_t rule_count, size_t request_count, uint64_t seed);

// Hosts exact and with a wildcard, globs, regular expressions, ** in the middle, and for three
// resources, which take a large part of the traffic, twenty patterns each that overlap on one path
// (fewer where the rules are few).
Workload MakeVariedWorkload(size_t rule_count, size_t request_count, uint64_t seed);

std::string RoleName(uint32_t role);

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_WORKLOAD_H_
