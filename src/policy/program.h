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
#include "src/policy/header_filter.h"
#include "src/policy/host_set.h"
#include "src/policy/matcher.h"
#include "src/policy/method_table.h"
#include "src/policy/model.h"
#include "src/policy/role_set.h"

namespace doorward {

struct CompiledEndpoint {
  uint32_t methods = 0;                   // MethodTable's bits
  std::vector<std::string> method_names;  // where a method has no bit of its own
  std::string host;                       // as in EndpointModel
  std::string text;
};

// A capture of an endpoint's pattern, and which segments of a path it takes.
struct Capture {
  enum class Takes : uint8_t {
    kFromFront,  // the one after `before` others
    kFromBack,   // the one before `after` others: it stands behind `**`
    kTail,       // all but `before` at the front and `after` at the back
  };
  std::string name;
  Takes takes = Takes::kFromFront;
  uint32_t before = 0;
  uint32_t after = 0;
};

// Of a rule with `when`, `unless` or both.
struct RuleCondition {
  Expression when, unless;
  std::vector<std::vector<Capture>> captures;  // by endpoint; empty where none is asked for
};

struct CompiledRule {
  std::string id;
  uint32_t line = 0;
  bool deny = false;
  bool report_only = false;
  bool ignore_token = false;
  bool everyone = false;
  std::vector<uint32_t> roles;  // bits that fit, reserved names included
  std::vector<std::string> scopes;
  std::unique_ptr<const RuleCondition> condition;  // null for none
  std::vector<CompiledEndpoint> endpoints;

  // True where more than roles, by bits, decides whether it applies.
  bool special() const {
    return report_only || ignore_token || !scopes.empty() || condition != nullptr;
  }
};

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
  HostSet hosts;
  std::vector<IssuerModel> issuers;
  std::vector<std::vector<std::string_view>> issuer_spellings;  // by issuer, views into `issuers`
  RoleTable roles;
  std::vector<ClaimMapping> mappings;  // by issuer
  std::vector<CompiledRule> rules;
  bool has_conditions = false;  // some rule has
  size_t endpoint_count = 0;
  MethodTable methods;
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
  Matcher Compile(const PolicyModel& model, const SourceText& source);
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_PROGRAM_H_
