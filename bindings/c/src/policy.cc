// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>
#include <utility>

#include "bindings/c/src/diagnostics.h"
#include "bindings/c/src/policy_handle.h"

using namespace doorward::c;
using doorward::IssuerKeys;
using doorward::LoadOutcome;
using doorward::Policy;
using doorward::PolicyFormat;

static_assert(DOORWARD_POLICY_BY_NAME == static_cast<int>(PolicyFormat::kByName));
static_assert(DOORWARD_POLICY_YAML == static_cast<int>(PolicyFormat::kYaml));
static_assert(DOORWARD_POLICY_JSON == static_cast<int>(PolicyFormat::kJson));
static_assert(DOORWARD_KEYS_DISCOVERY == static_cast<int>(IssuerKeys::Source::kDiscovery));
static_assert(DOORWARD_KEYS_JWKS_URI == static_cast<int>(IssuerKeys::Source::kJwksUri));
static_assert(DOORWARD_KEYS_JWKS_FILE == static_cast<int>(IssuerKeys::Source::kJwksFile));
static_assert(DOORWARD_KEYS_INLINE == static_cast<int>(IssuerKeys::Source::kInline));

namespace {

std::unique_ptr<doorward_caller> NewCaller(const doorward_policy* policy, doorward::Caller caller) {
  return std::make_unique<doorward_caller>(
      doorward_caller{.policy = policy->policy, .caller = std::move(caller)});
}

std::vector<std::string_view> CheckedViews(const doorward_string* strings, size_t count,
                                           const char* argument) {
  Require(count == 0 || (strings != nullptr && count <= PTRDIFF_MAX / sizeof *strings),
          "roles: a null pointer beside a count, or a count that no memory has");
  std::vector<std::string_view> views;
  for (const doorward_string& s : std::span(strings, count)) {
    views.push_back(CheckedView(s, argument));
  }
  return views;
}

}  // namespace

doorward_policy::doorward_policy(std::shared_ptr<const Policy> with) : policy(std::move(with)) {
  for (size_t i = 0; i < policy->issuer_count(); ++i) {
    const auto listed = policy->issuer_keys(i).algorithms;
    algorithms.emplace_back(listed.begin(), listed.end());
  }
}

doorward_policy* doorward_policy_load(doorward_string text, doorward_string name, int32_t format,
                                      doorward_diagnostics** diagnostics,
                                      doorward_error* error) noexcept {
  if (diagnostics != nullptr) *diagnostics = nullptr;
  return AttemptNew(error, [&] {
    Require(format >= DOORWARD_POLICY_BY_NAME && format <= DOORWARD_POLICY_JSON,
            "format: no such number");
    LoadOutcome loaded = Policy::Load(CheckedView(text, "text"), CheckedView(name, "name"),
                                      static_cast<PolicyFormat>(format));
    HandOver(std::move(loaded.diagnostics), DOORWARD_ERROR_POLICY, diagnostics);
    return std::make_unique<doorward_policy>(std::move(loaded.policy));
  });
}

void doorward_policy_free(doorward_policy* policy) noexcept { delete policy; }

doorward_string doorward_policy_revision(const doorward_policy* policy) noexcept {
  return StringOf(policy == nullptr ? "" : policy->policy->revision());
}

size_t doorward_policy_rule_count(const doorward_policy* policy) noexcept {
  return policy == nullptr ? 0 : policy->policy->rule_count();
}

size_t doorward_policy_endpoint_count(const doorward_policy* policy) noexcept {
  return policy == nullptr ? 0 : policy->policy->endpoint_count();
}

size_t doorward_policy_role_count(const doorward_policy* policy) noexcept {
  return policy == nullptr ? 0 : policy->policy->role_count();
}

size_t doorward_policy_issuer_count(const doorward_policy* policy) noexcept {
  return policy == nullptr ? 0 : policy->policy->issuer_count();
}

doorward_code doorward_policy_issuer(const doorward_policy* policy, size_t index,
                                     doorward_issuer* issuer) noexcept {
  if (index >= doorward_policy_issuer_count(policy)) return DOORWARD_ERROR_ARGUMENT;
  const IssuerKeys keys = policy->policy->issuer_keys(index);
  doorward_issuer made{};
  made.key_source = static_cast<int32_t>(keys.source);
  made.line = keys.location_range.line;
  made.column = keys.location_range.column;
  made.name = StringOf(keys.issuer);
  made.spellings = StringsOf(keys.spellings);
  made.location = StringOf(keys.location);
  made.algorithms = StringsOf(policy->algorithms[index]);
  return Fill(issuer, made);
}

doorward_caller* doorward_caller_with_nothing(const doorward_policy* policy,
                                              doorward_error* error) noexcept {
  return AttemptNew(error, [&] {
    Require(policy != nullptr, "policy: there is none");
    return NewCaller(policy, policy->policy->AnonymousCaller());
  });
}

doorward_caller* doorward_caller_with_roles(const doorward_policy* policy,
                                            const doorward_string* roles, size_t role_count,
                                            doorward_error* error) noexcept {
  return AttemptNew(error, [&] {
    Require(policy != nullptr, "policy: there is none");
    return NewCaller(policy,
                     policy->policy->CallerWithRoles(CheckedViews(roles, role_count, "roles")));
  });
}

doorward_caller* doorward_caller_with_claims(const doorward_policy* policy,
                                             doorward_string claims_json, doorward_string issuer,
                                             doorward_error* error) noexcept {
  return AttemptNew(error, [&] {
    Require(policy != nullptr, "policy: there is none");
    std::optional<std::string_view> named = CheckedView(issuer, "issuer");
    if (issuer.data == nullptr) named.reset();
    std::string why;
    std::optional<doorward::Caller> caller =
        policy->policy->CallerWithClaims(CheckedView(claims_json, "claims_json"), named, &why);
    if (!caller) throw Failure{DOORWARD_ERROR_CLAIMS, why};
    return NewCaller(policy, *std::move(caller));
  });
}

void doorward_caller_free(doorward_caller* caller) noexcept { delete caller; }
