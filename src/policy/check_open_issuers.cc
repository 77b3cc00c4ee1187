// SPDX-License-Identifier: Apache-2.0
//
// Issuers that vouch for anyone: whoever likes has a genuine token, so that a token alone says
// nothing. And issuers whose tokens would never be found.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/ascii.h"
#include "src/policy/check.h"
#include "src/policy/issuer_profile.h"

namespace doorward {
namespace {

// True where the entry itself demands a value of some claim: of `hd`, `sub` or the like.
bool DemandsValues(const IssuerModel& issuer) {
  return std::any_of(issuer.require.begin(), issuer.require.end(), [](const RequireEntry& entry) {
    return entry.kind != RequireEntry::Kind::kAny && entry.kind != RequireEntry::Kind::kBool &&
           !entry.is_profiles;
  });
}

bool HasTenant(const IssuerModel& issuer, std::string_view tenant) {
  const auto has = [&](const std::string& text) { return text.find(tenant) != text.npos; };
  return std::any_of(issuer.tenants.begin(), issuer.tenants.end(), has) ||
         std::any_of(issuer.spellings.begin(), issuer.spellings.end(), has);
}

// Who may have a token that the entry lets through; "" for those that it was made for.
std::string_view OpenTo(const IssuerModel& issuer) {
  const bool is_narrow = DemandsValues(issuer) || issuer.accept != nullptr;
  if (issuer.profile == nullptr || is_narrow) return "";
  const IssuerProfile& profile = *issuer.profile;
  if (!profile.open_to.empty() && HasTenant(issuer, profile.open_tenant)) return profile.open_to;
  const bool is_any = profile.is_shared && issuer.audiences.empty();
  return is_any ? "a service of their own behind this issuer" : "";
}

// The rules that let in whoever has a token of one issuer.
class OpenRules {
 public:
  OpenRules(const PolicyModel& model, uint32_t issuer) : model_(model), given_(model.roles.size()) {
    for (uint32_t role = 0; role < model.roles.size(); ++role) {
      if (IsGivenToAll(model.roles[role], role, issuer)) Give(role);
    }
  }

  const RuleModel* First() const {
    const auto is_open = [this](const RuleModel& rule) {
      if (rule.deny || rule.report_only || !rule.scopes.empty()) return false;
      if (rule.when != nullptr || rule.unless != nullptr) return false;
      return rule.authenticated || std::any_of(rule.roles.begin(), rule.roles.end(),
                                               [this](uint32_t role) { return given_[role]; });
    };
    const auto found = std::find_if(model_.rules.begin(), model_.rules.end(), is_open);
    return found == model_.rules.end() ? nullptr : &*found;
  }

 private:
  bool IsGivenToAll(const RoleModel& role, uint32_t index, uint32_t issuer) const {
    const auto& conferred = model_.issuers[issuer].roles;
    if (conferred && std::find(conferred->begin(), conferred->end(), index) == conferred->end()) {
      return false;
    }
    return std::any_of(role.granted_to.begin(), role.granted_to.end(),
                       [&](const GrantModel& grant) {
                         return !grant.claim && grant.when == nullptr &&
                                (!grant.issuer || *grant.issuer == issuer);
                       });
  }

  void Give(uint32_t role) {
    std::vector<uint32_t> open{role};
    while (!open.empty()) {
      const uint32_t next = open.back();
      open.pop_back();
      if (given_[next]) continue;
      given_[next] = true;
      const std::vector<uint32_t>& inherited = model_.roles[next].inherits;
      open.insert(open.end(), inherited.begin(), inherited.end());
    }
  }

  const PolicyModel& model_;
  std::vector<bool> given_;  // roles that every token of the issuer gives
};

bool IsLookedAt(const PolicyModel& model, std::string_view header) {
  return std::any_of(
      model.token_from.begin(), model.token_from.end(), [&](const TokenPlace& place) {
        return place.kind == TokenPlace::Kind::kHeader && EqualIgnoringCase(place.name, header);
      });
}

}  // namespace

void CheckOpenIssuers(PolicyCheck& check) {
  const PolicyModel& model = check.model;
  for (uint32_t i = 0; i < model.issuers.size(); ++i) {
    const std::string_view whom = OpenTo(model.issuers[i]);
    if (whom.empty()) continue;
    const RuleModel* const rule = OpenRules(model, i).First();
    if (rule == nullptr) continue;
    check.fields.Warning(
        model.issuers[i].profile_at, "open_issuer",
        "the rule " + Quote(rule->id) + " lets in anyone with " + std::string(whom),
        {"callers that something tells apart",
         "demand a value of a claim with `require` or `accept`, or let the rule name a role that "
         "is granted by " +
             std::string(model.issuers[i].profile->told_apart_by)});
  }
}

void CheckTokenHeaders(PolicyCheck& check) {
  for (const IssuerModel& issuer : check.model.issuers) {
    if (issuer.profile == nullptr || issuer.profile->header.empty()) continue;
    const std::string header(issuer.profile->header);
    if (IsLookedAt(check.model, header)) continue;
    check.fields.Warning(
        issuer.profile_at, "token_elsewhere",
        "the tokens of this issuer come in " + Quote(header) + ", where `token` does not look",
        {"", "add `{header: " + header + "}` to `from` of `token`"});
  }
}

}  // namespace doorward
