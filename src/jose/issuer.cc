// SPDX-License-Identifier: Apache-2.0

#include "src/jose/issuer.h"

#include <algorithm>
#include <array>

#include "src/base/ascii.h"
#include "src/jose/jose_scratch.h"

namespace doorward {
namespace {

constexpr std::string_view kPlace = "{tenantid}";
constexpr size_t kGuidSize = 36;

// RFC 9562 section 4, in either case.
bool IsGuid(std::string_view text) noexcept {
  if (text.size() != kGuidSize) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = AsciiLower(text[i]);
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

bool IsTemplate(std::string_view issuer) noexcept {
  return issuer.find(kPlace) != std::string_view::npos;
}

// What stands in `issuer` where the template has its place; "" where the rest differs.
std::string_view TenantIn(std::string_view issuer, std::string_view pattern) noexcept {
  const size_t place = pattern.find(kPlace);
  const std::string_view before = pattern.substr(0, place);
  const std::string_view after = pattern.substr(place + kPlace.size());
  if (issuer.size() != before.size() + kGuidSize + after.size()) return "";
  if (!issuer.starts_with(before) || !issuer.ends_with(after)) return "";
  return issuer.substr(before.size(), kGuidSize);
}

// The first part of the path that is a GUID; "" for none.
std::string_view GuidIn(std::string_view issuer) noexcept {
  while (!issuer.empty()) {
    const std::string_view part = issuer.substr(0, issuer.find('/'));
    if (IsGuid(part)) return part;
    issuer.remove_prefix(std::min(part.size() + 1, issuer.size()));
  }
  return "";
}

bool Fits(std::string_view issuer, std::string_view spelling) noexcept {
  return IsTemplate(spelling) ? IsGuid(TenantIn(issuer, spelling)) : issuer == spelling;
}

}  // namespace

bool IsIssuedUnder(const VerifiedTokenData& token, const TokenRules& rules) noexcept {
  const JsonView iss = rules.load_balancer ? token.header.Find("iss") : token.registered.iss;
  if (rules.issuers.empty()) return !iss.exists() || iss.is_string();
  return iss.is_string() && std::any_of(rules.issuers.begin(), rules.issuers.end(),
                                        [issuer = iss.string_or("")](const std::string& spelling) {
                                          return Fits(issuer, spelling);
                                        });
}

Reason PlaceClaims(const TokenRules& rules, Scratch& scratch) noexcept {
  VerifiedTokenData& token = Part<JoseScratch>(scratch).token;
  if (!token.padded.empty() && !rules.load_balancer) {
    return Refuse(token, Reason::kTokenMalformed, {.subject = token.padded});
  }
  if (rules.load_balancer) {
    token.registered.iss = token.header.Find("iss");
    token.registered.exp = token.header.Find("exp");
    token.issuer = token.registered.iss.string_or("");
  }
  if (rules.load_balancer || rules.audience_claim != "aud") {
    const JsonView claims = rules.load_balancer ? token.header : token.claims;
    token.registered.aud = claims.Find(rules.audience_claim);
  }
  return Reason::kAllowed;
}

Reason RefuseIssuer(std::span<const std::string> expected, Scratch& scratch) noexcept {
  VerifiedTokenData& token = Part<JoseScratch>(scratch).token;
  if (!token.padded.empty()) {
    return Refuse(token, Reason::kTokenMalformed, {.subject = token.padded});
  }
  return Refuse(token, Reason::kTokenIssuerUnknown,
                {.subject = "iss", .found = token.registered.iss, .expected = expected});
}

bool MaySignFor(std::string_view key_issuer, std::string_view issuer) noexcept {
  if (key_issuer.empty() || IsTemplate(key_issuer) || key_issuer == issuer) return true;
  const std::string_view tenant = GuidIn(key_issuer);
  return !tenant.empty() && EqualIgnoringCase(tenant, GuidIn(issuer));
}

Reason CheckTenant(const TokenRules& rules, VerifiedTokenData& token) noexcept {
  const auto literal = [&](const std::string& s) { return !IsTemplate(s) && token.issuer == s; };
  if (rules.issuers.empty() || std::any_of(rules.issuers.begin(), rules.issuers.end(), literal)) {
    return Reason::kAllowed;
  }
  const JsonView tid = token.registered.tid;
  const TokenRefusal refusal{.subject = "tid", .found = tid, .expected = rules.tenants};
  const std::string_view tenant = tid.string_or("");
  if (!IsGuid(tenant)) return Refuse(token, Reason::kTokenTenant, refusal);
  std::array<char, kGuidSize> folded;
  std::transform(tenant.begin(), tenant.end(), folded.begin(), AsciiLower);
  const std::string_view wanted(folded.data(), folded.size());
  const bool is_ours =
      std::find(rules.tenants.begin(), rules.tenants.end(), wanted) != rules.tenants.end();
  const auto filled = [&](const std::string& s) {
    return IsTemplate(s) && TenantIn(token.issuer, s) == tenant;
  };
  if (is_ours && std::any_of(rules.issuers.begin(), rules.issuers.end(), filled)) {
    return Reason::kAllowed;
  }
  return Refuse(token, Reason::kTokenTenant, refusal);
}

}  // namespace doorward
