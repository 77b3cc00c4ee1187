// SPDX-License-Identifier: Apache-2.0

#include "src/policy/claim_mapping.h"

#include <algorithm>
#include <set>
#include <utility>

#include "src/base/source.h"
#include "src/policy/activation.h"

namespace doorward {
namespace {

JsonView Look(JsonView claims, const ClaimReference& reference) {
  return reference.is_pointer() ? claims.FindPointer(reference.text) : claims.Find(reference.text);
}

// True where `name` is the top-level claim that `reference` begins with. Compares without
// unescaping first: "~" and "/" are written "~0" and "~1" in a pointer (RFC 6901 section 3).
bool BeginsWith(const ClaimReference& reference, std::string_view name) {
  if (!reference.is_pointer()) return reference.text == name;
  std::string_view rest = reference.text;
  rest.remove_prefix(1);
  for (char wanted : name) {
    if (rest.empty() || rest[0] == '/') return false;
    char found = rest[0];
    size_t taken = 1;
    if (found == '~' && rest.size() > 1) {
      found = rest[1] == '0' ? '~' : '/';
      taken = 2;
    }
    if (found != wanted) return false;
    rest.remove_prefix(taken);
  }
  return rest.empty() || rest[0] == '/';
}

// Distributed claims (OpenID Connect Core 5.6.2, which Entra ID uses for group overage).
bool IsDistributed(const TokenClaims& claims, const ClaimReference& reference) {
  for (JsonView named : claims.distributed.elements()) {
    if (BeginsWith(reference, named.name())) return true;
  }
  return false;
}

// True where the token says itself that it left the claim out or cut it short: also by Entra ID's
// `hasgroups` of implicit flows.
bool IsDeclaredIncomplete(const TokenClaims& claims, const ClaimReference& reference) {
  return IsDistributed(claims, reference) ||
         (claims.has_more_groups && BeginsWith(reference, "groups"));
}

std::string_view KindText(JsonView value) {
  switch (value.kind()) {
    case JsonView::Kind::kNull:
      return "null";
    case JsonView::Kind::kBool:
      return "a truth value";
    case JsonView::Kind::kInt:
    case JsonView::Kind::kDouble:
      return "a number";
    case JsonView::Kind::kArray:
      return "a list";
    default:
      return "an object";
  }
}

// Why ClaimMapping::Read finds a claim incomplete; "" where it does not.
std::string WhyIncomplete(const TokenClaims& claims, const ClaimSource& source) {
  if (IsDeclaredIncomplete(claims, source.claim)) {
    const bool distributed = IsDistributed(claims, source.claim);
    return std::string("the token says that it leaves it out (`") +
           (distributed ? "_claim_names" : "hasgroups") + "`)";
  }
  const JsonView claim = Look(claims.all, source.claim);
  if (!claim.exists() || claim.is_string()) return "";
  if (!claim.is_array()) {
    return "it is " + std::string(KindText(claim)) + ", not a string or a list of strings";
  }
  size_t index = 0;
  for (const JsonView element : claim.elements()) {
    if (!element.is_string()) {
      return "its element " + std::to_string(index) + " is " + std::string(KindText(element)) +
             ", not a string";
    }
    ++index;
  }
  return "";
}

std::string WhyLeftOut(const std::vector<std::string>& together) {
  std::string names;
  for (const std::string& name : together) names += (names.empty() ? "" : ", ") + Quote(name);
  return "the token was made without any of the claims " + names;
}

void SplitAtSpaces(std::string_view text, std::vector<std::string_view>& values) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) values.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Truth TruthOf(const cel::Value& condition) {
  if (condition.kind != cel::Kind::kBool) return Truth::kUnknown;
  return condition.boolean ? Truth::kYes : Truth::kNo;
}

bool Holdings::HoldsScope(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

bool ClaimMapping::Read(const TokenClaims& claims, const ClaimSource& source,
                        std::vector<std::string_view>& values) {
  if (IsDeclaredIncomplete(claims, source.claim)) return false;
  const JsonView claim = Look(claims.all, source.claim);
  if (!claim.exists()) return true;
  if (claim.is_string()) {
    if (source.split_spaces) {
      SplitAtSpaces(claim.string_or(""), values);
    } else {
      values.push_back(claim.string_or(""));
    }
    return true;
  }
  if (!claim.is_array()) return false;
  const size_t before = values.size();
  for (JsonView element : claim.elements()) {
    if (!element.is_string()) {
      values.resize(before);
      return false;
    }
    values.push_back(element.string_or(""));
  }
  return true;
}

ClaimMapping::ClaimMapping(const std::vector<RoleModel>& roles, const RoleTable& table,
                           const IssuerModel& issuer, uint32_t issuer_index)
    : table_(table),
      subject_(issuer.subject),
      scopes_from_(issuer.scopes_from),
      left_out_together_(issuer.left_out_together) {
  std::vector<bool> may_confer(roles.size(), !issuer.roles.has_value());
  if (issuer.roles) {
    for (uint32_t role : *issuer.roles) may_confer[role] = true;
  }

  // What each value of each claim gives, gathered before it is laid out flat.
  std::vector<StringMap<std::set<uint32_t>>> gathered;
  const auto give = [&](const ClaimSource& source, const std::string& value, size_t role) {
    RoleClaim& claim = ClaimFor(source);
    const auto place = static_cast<size_t>(&claim - role_claims_.data());
    if (gathered.size() <= place) gathered.resize(place + 1);
    const auto closure = table_.Closure(static_cast<uint32_t>(role) + kFirstRoleBit);
    gathered[place][value].insert(closure.begin(), closure.end());
    claim.possible.AddAll(closure);
  };
  for (size_t role = 0; role < roles.size(); ++role) {
    if (!may_confer[role]) continue;
    if (roles[role].granted_to.empty()) {
      for (const ClaimSource& source : issuer.roles_from) give(source, roles[role].name, role);
    }
    for (const GrantModel& grant : roles[role].granted_to) {
      if (grant.issuer && *grant.issuer != issuer_index) continue;
      const auto closure = table_.Closure(static_cast<uint32_t>(role) + kFirstRoleBit);
      if (grant.when != nullptr) {
        conditional_.push_back(
            {grant.claim, grant.values, grant.when, {closure.begin(), closure.end()}});
        continue;
      }
      if (!grant.claim) {
        always_.insert(always_.end(), closure.begin(), closure.end());
        continue;
      }
      for (const std::string& value : grant.values) give(*grant.claim, value, role);
    }
  }

  for (size_t i = 0; i < gathered.size(); ++i) {
    for (const auto& [value, bits] : gathered[i]) {
      const auto start = static_cast<uint32_t>(gives_.size());
      gives_.insert(gives_.end(), bits.begin(), bits.end());
      role_claims_[i].values.emplace(value, std::pair(start, static_cast<uint32_t>(bits.size())));
    }
  }
}

ClaimMapping::RoleClaim& ClaimMapping::ClaimFor(const ClaimSource& source) {
  for (RoleClaim& claim : role_claims_) {
    if (claim.source.claim.text == source.claim.text &&
        claim.source.split_spaces == source.split_spaces) {
      return claim;
    }
  }
  RoleClaim& added = role_claims_.emplace_back();
  added.source = source;
  added.possible.Reset(table_.word_count());
  return added;
}

bool ClaimMapping::IsLeftOut(const TokenClaims& claims, const ClaimSource& source) const {
  const auto begins = [&](const std::string& name) { return BeginsWith(source.claim, name); };
  const auto is_there = [&](const std::string& name) { return claims.all.Find(name).exists(); };
  const std::vector<std::string>& names = left_out_together_;
  return std::any_of(names.begin(), names.end(), begins) &&
         std::none_of(names.begin(), names.end(), is_there);
}

Truth ClaimMapping::HoldsValue(const TokenClaims& claims, const ConditionalGrant& grant,
                               std::vector<std::string_view>& values) const {
  if (!grant.claim) return Truth::kYes;
  values.clear();
  if (IsLeftOut(claims, *grant.claim) || !Read(claims, *grant.claim, values)) {
    return Truth::kUnknown;
  }
  const bool holds = std::any_of(values.begin(), values.end(), [&](std::string_view value) {
    return std::find(grant.values.begin(), grant.values.end(), value) != grant.values.end();
  });
  return holds ? Truth::kYes : Truth::kNo;
}

// A grant is the conjunction, in three values, of its claim and its condition: where one is false,
// the other does not matter.
void ClaimMapping::ResolveConditions(const TokenClaims& claims, std::string_view iss,
                                     cel::Machine& machine, Holdings& out) const {
  ClaimsActivation activation(claims.all, iss);
  machine.Begin(activation);
  for (const ConditionalGrant& grant : conditional_) {
    const Truth value = HoldsValue(claims, grant, out.scopes);  // which are filled later
    if (value == Truth::kNo) continue;
    const Truth gives = std::min(value, TruthOf(grant.when->Evaluate(machine)));
    if (gives == Truth::kYes) {
      out.held.AddAll(grant.gives);
    } else if (gives == Truth::kUnknown) {
      out.unknown.AddAll(grant.gives);
      out.roles_in_doubt = true;
    }
  }
}

std::vector<ClaimMapping::TriedGrant> ClaimMapping::TryGrants(JsonView claims, std::string_view iss,
                                                              cel::Machine& machine) const {
  ClaimsActivation activation(claims, iss);
  machine.Begin(activation);
  const TokenClaims token(claims);
  std::vector<TriedGrant> tried;
  std::vector<std::string_view> values;
  for (const ConditionalGrant& grant : conditional_) {
    const Truth value = HoldsValue(token, grant, values);
    Truth gives = value;
    if (gives != Truth::kNo) gives = std::min(gives, TruthOf(grant.when->Evaluate(machine)));
    tried.push_back({grant.gives.front(), grant.claim, grant.values, grant.when, value, gives});
  }
  return tried;
}

std::vector<std::vector<uint32_t>> ClaimMapping::WaysToGive(uint32_t bit, size_t limit) const {
  if (std::find(always_.begin(), always_.end(), bit) != always_.end()) return {{}};
  std::set<std::vector<uint32_t>> ways;
  const auto add = [&](std::span<const uint32_t> together) {
    if (std::find(together.begin(), together.end(), bit) == together.end()) return;
    std::vector<uint32_t> way(together.begin(), together.end());
    std::sort(way.begin(), way.end());
    ways.insert(std::move(way));
  };
  for (const RoleClaim& claim : role_claims_) {
    if (!claim.possible.Contains(bit)) continue;
    for (const auto& [value, slice] : claim.values) {
      add(std::span(gives_).subspan(slice.first, slice.second));
    }
  }
  for (const ConditionalGrant& grant : conditional_) add(grant.gives);
  std::vector<std::vector<uint32_t>> least(ways.begin(), ways.end());
  std::stable_sort(least.begin(), least.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  size_t kept = 0;
  for (std::vector<uint32_t>& way : least) {
    const bool holds_another = std::any_of(
        least.begin(), least.begin() + static_cast<std::ptrdiff_t>(kept), [&](const auto& other) {
          return std::includes(way.begin(), way.end(), other.begin(), other.end());
        });
    if (holds_another || kept == limit) continue;
    if (&way != &least[kept]) least[kept] = std::move(way);
    ++kept;
  }
  least.resize(kept);
  return least;
}

std::vector<ClaimMapping::Gap> ClaimMapping::FindGaps(JsonView all) const {
  const TokenClaims claims(all);
  std::vector<Gap> gaps;
  const auto look = [&](const ClaimSource& source) -> Gap* {
    for (Gap& known : gaps) {
      if (known.source.claim.text == source.claim.text) return &known;
    }
    std::string why = WhyIncomplete(claims, source);
    if (why.empty() && IsLeftOut(claims, source)) why = WhyLeftOut(left_out_together_);
    if (why.empty()) return nullptr;
    gaps.push_back({source, std::move(why), {}, false});
    gaps.back().possible.Reset(table_.word_count());
    return &gaps.back();
  };
  for (const RoleClaim& claim : role_claims_) {
    if (Gap* const gap = look(claim.source)) gap->possible.AddAll(claim.possible);
  }
  for (const ConditionalGrant& grant : conditional_) {
    if (!grant.claim) continue;
    if (Gap* const gap = look(*grant.claim)) gap->possible.AddAll(grant.gives);
  }
  std::vector<std::string_view> values;
  for (const ClaimSource& source : scopes_from_) {
    if (Read(claims, source, values)) continue;
    if (Gap* const gap = look(source)) gap->could_give_scopes = true;
  }
  return gaps;
}

void ClaimMapping::Resolve(JsonView all, std::string_view iss, cel::Machine& machine,
                           Holdings& out) const {
  const TokenClaims claims(all);
  out.held.Reset(table_.word_count());
  out.unknown.Reset(table_.word_count());
  out.roles_in_doubt = false;
  out.held.Add(kEveryoneBit);
  out.held.Add(kAuthenticatedBit);
  out.held.AddAll(always_);
  // `scopes` serves as the list of values until it is filled at last.
  std::vector<std::string_view>& values = out.scopes;
  for (const RoleClaim& claim : role_claims_) {
    values.clear();
    if (IsLeftOut(claims, claim.source) || !Read(claims, claim.source, values)) {
      out.unknown.AddAll(claim.possible);
      out.roles_in_doubt = true;
      continue;
    }
    for (std::string_view value : values) {
      const auto found = claim.values.find(value);
      if (found == claim.values.end()) continue;
      out.held.AddAll(std::span(gives_).subspan(found->second.first, found->second.second));
    }
  }
  if (!conditional_.empty()) ResolveConditions(claims, iss, machine, out);
  if (out.roles_in_doubt) {
    out.unknown.RemoveAll(out.held);
    out.roles_in_doubt = !out.unknown.empty();
  }

  out.scopes.clear();
  out.scopes_in_doubt = false;
  for (const ClaimSource& source : scopes_from_) {
    if (!Read(claims, source, out.scopes)) out.scopes_in_doubt = true;
  }
  out.subject = Subject(all);
}

std::string_view ClaimMapping::Subject(JsonView claims) const {
  return Look(claims, subject_).string_or("");
}

}  // namespace doorward
