// SPDX-License-Identifier: Apache-2.0
//
// A policy compiled: all that deciding needs, laid out for it. Immutable.

#ifndef DOORWARD_POLICY_PROGRAM_H_
#define DOORWARD_POLICY_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/source.h"
#include "src/cel/cel.h"
#include "src/policy/caller.h"
#include "src/policy/claim_mapping.h"
#include "src/policy/compiled_rule.h"
#include "src/policy/header_filter.h"
#include "src/policy/host_map.h"
#include "src/policy/matcher.h"
#include "src/policy/method_table.h"
#include "src/policy/model.h"
#include "src/policy/role_set.h"

namespace doorward {

// In place of a rule's.
inline constexpr uint32_t kNoRule = UINT32_MAX;

struct ForwardHeader {
  std::string name;
  Expression value;
  bool required = false;
  bool depends_on_request = false;
};

struct PolicyProgram {
  // REQUIRES: a model that was checked.
  PolicyProgram(PolicyModel checked, const SourceText& source);
  PolicyProgram(const PolicyProgram&) = delete;
  PolicyProgram& operator=(const PolicyProgram&) = delete;

  // The place of the issuer that `spelling` names, or whose template it is an instance of.
  std::optional<size_t> FindIssuer(std::string_view spelling) const;

  // Resolves a caller that is known by the claims of an issuer (its place in `issuers`): sets all
  // that follows from `claims` and `issuer`, which are set. The machine begins anew. No allocation
  // once `caller` is warm.
  void Resolve(size_t issuer, CallerData& caller, cel::Machine& machine) const;
  // Sets what the upstream learns of a caller whose holdings are set, whatever the request.
  void ResolveForwarding(CallerData& caller, cel::Machine& machine) const;

  std::shared_ptr<const PolicyIdentity> identity = std::make_shared<const PolicyIdentity>();
  std::string revision;
  HostMap<bool> hosts;  // that are served; empty: any
  std::vector<IssuerModel> issuers;
  std::vector<std::vector<std::string_view>> issuer_spellings;  // by issuer, views into `issuers`
  RoleTable roles;
  std::vector<ClaimMapping> mappings;  // by issuer
  MethodTable methods;
  CompiledRules rules;
  bool has_conditions;  // some rule has
  size_t endpoint_count;
  Matcher matcher;
  RequestRules request;
  bool cors_preflight_pass;
  std::vector<TokenPlace> token_from;
  std::vector<TokenPlace> token_removed_from;  // of these places, those that do not go on
  std::vector<ForwardHeader> forward_headers;
  bool forwards_requests = false;  // some header depends on the request
  HeaderFilter header_filter;
  std::string challenge_scheme;  // of WWW-Authenticate
  CallerData anonymous;

 private:
  Matcher Compile(const PolicyModel& model) const;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_PROGRAM_H_
