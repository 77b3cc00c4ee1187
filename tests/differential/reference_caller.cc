// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/reference_caller.h"

#include <algorithm>
#include <optional>

namespace doorward::reference {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> SplitAtSpaces(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      out.push_back(word);
      word.clear();
    }
  }
  return out;
}

// The values that a claim gives; nothing where it is incomplete.
using Values = std::optional<std::vector<std::string>>;

Values Read(const Json& claims, const ClaimSource& source) {
  const bool is_pointer = source.claim.starts_with('/');
  const std::string first =
      is_pointer ? source.claim.substr(1, source.claim.find('/', 1) - 1) : source.claim;
  const Json* const elsewhere = claims.Find("_claim_names");
  if (elsewhere != nullptr && elsewhere->Find(first) != nullptr) return std::nullopt;
  const Json* const has_groups = claims.Find("hasgroups");
  if (first == "groups" && has_groups != nullptr && has_groups->truth) return std::nullopt;

  const Json* const claim = claims.Refer(source.claim);
  std::vector<std::string> values;
  if (claim == nullptr) return values;
  if (claim->is(Json::Kind::kString)) {
    const bool splits = source.split || source.claim == "scope" || source.claim == "scp";
    return splits ? SplitAtSpaces(claim->text) : std::vector<std::string>{claim->text};
  }
  if (!claim->is(Json::Kind::kArray)) return std::nullopt;
  for (const Json& element : claim->items) {
    if (!element.is(Json::Kind::kString)) return std::nullopt;
    values.push_back(element.text);
  }
  return values;
}

Truth GivesOneOf(const Json& claims, const ClaimSource& source,
                 const std::vector<std::string>& wanted) {
  const Values values = Read(claims, source);
  if (!values) return Truth::kUnknown;
  const bool gives = std::any_of(values->begin(), values->end(),
                                 [&](const std::string& value) { return Contains(wanted, value); });
  return gives ? Truth::kYes : Truth::kNo;
}

Truth Holds(const Grant& grant, const Issuer& issuer, const Json& claims) {
  Truth out = grant.issuer.empty() || grant.issuer == issuer.name ? Truth::kYes : Truth::kNo;
  if (!grant.claim.empty()) out = And(out, GivesOneOf(claims, {grant.claim}, grant.values));
  if (grant.when) {
    const Facts facts = [&](const std::string& variable) -> std::optional<Json> {
      if (variable == "issuer") return Json::String(issuer.name);
      const Json* const claim = claims.Find(variable.substr(std::string("claims.").size()));
      return claim == nullptr ? std::nullopt : std::optional(*claim);
    };
    out = And(out, Evaluate(*grant.when, facts));
  }
  return out;
}

// Whether the issuer's claims confer the role itself, not by one that inherits it.
Truth IsConferred(const Role& role, const Issuer& issuer, const Json& claims) {
  if (issuer.confers && !Contains(*issuer.confers, role.name)) return Truth::kNo;
  Truth out = Truth::kNo;
  if (role.granted_to.empty()) {
    for (const ClaimSource& source : issuer.roles_from) {
      out = Or(out, GivesOneOf(claims, source, {role.name}));
    }
  }
  for (const Grant& grant : role.granted_to) out = Or(out, Holds(grant, issuer, claims));
  return out;
}

// The role with all that it inherits is held as surely as `truth`.
void Give(const World& world, const std::string& name, Truth truth, Holdings& out) {
  const auto role = std::find_if(world.roles.begin(), world.roles.end(),
                                 [&](const Role& one) { return one.name == name; });
  if (role == world.roles.end() || truth == Truth::kNo) return;
  const auto [held, is_new] = out.roles.emplace(name, truth);
  if (!is_new && held->second >= truth) return;
  held->second = truth;
  for (const std::string& junior : role->inherits) Give(world, junior, truth, out);
}

void ResolveClaims(const World& world, const Issuer& issuer, const Json& claims, Holdings& out) {
  out.claims = claims;
  out.issuer = issuer.name;
  const Json* const subject = claims.Refer(issuer.subject);
  if (subject != nullptr && subject->is(Json::Kind::kString)) out.subject = subject->text;
  for (const Role& role : world.roles) {
    Give(world, role.name, IsConferred(role, issuer, claims), out);
  }
  for (const ClaimSource& source : issuer.scopes_from) {
    const Values values = Read(claims, source);
    out.scopes_in_doubt = out.scopes_in_doubt || !values;
    if (values) out.scopes.insert(out.scopes.end(), values->begin(), values->end());
  }
}

}  // namespace

Truth Holdings::HoldsRole(const std::string& name) const {
  if (name == "everyone") return Truth::kYes;
  if (name == "authenticated") return is_authenticated ? Truth::kYes : Truth::kNo;
  const auto found = roles.find(name);
  return found == roles.end() ? Truth::kNo : found->second;
}

Truth Holdings::HoldsScope(const std::string& name) const {
  if (Contains(scopes, name)) return Truth::kYes;
  return scopes_in_doubt ? Truth::kUnknown : Truth::kNo;
}

std::vector<std::string> Holdings::RolesHeld(Truth truth, const World& world) const {
  std::vector<std::string> out;
  for (const Role& role : world.roles) {
    if (HoldsRole(role.name) == truth) out.push_back(role.name);
  }
  return out;
}

Holdings Resolve(const World& world, const Caller& caller) {
  Holdings out;
  out.is_authenticated =
      caller.kind == Caller::Kind::kRoles || caller.kind == Caller::Kind::kClaims;
  if (caller.kind == Caller::Kind::kRoles) {
    for (const std::string& role : caller.roles) Give(world, role, Truth::kYes, out);
  } else if (caller.kind == Caller::Kind::kClaims) {
    ResolveClaims(world, world.issuers[caller.issuer], caller.claims, out);
  }
  return out;
}

}  // namespace doorward::reference
