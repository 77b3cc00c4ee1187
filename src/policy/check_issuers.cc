// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_set.h>

#include "src/policy/check.h"
#include "src/policy/issuer_profile.h"
#include "src/policy/read_expression.h"

namespace doorward {
namespace {

using Kind = DocumentValue::Kind;

constexpr std::string_view kIssuerMembers[] = {
    "issuer",      "audiences", "algorithms",   "keys",    "subject",    "roles_from",
    "scopes_from", "roles",     "accept",       "require", "token_type", "leeway",
    "max_age",     "expiry",    "confirmation", "tenants", "profile",    "signer"};
static_assert(std::size(kIssuerMembers) <= ObjectFields::kMaxNames);
constexpr std::string_view kClaimSourceMembers[] = {"claim", "split"};
constexpr std::string_view kAlgorithms[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                            "PS512", "ES256", "ES384", "ES512", "EdDSA",
                                            "HS256", "HS384", "HS512"};
constexpr Word<bool> kExpiryWords[] = {{"required", true}, {"optional", false}};
constexpr Word<bool> kConfirmationWords[] = {{"refuse", true}, {"ignore", false}};
constexpr Word<bool> kSplitWords[] = {{"spaces", true}};

constexpr std::string_view kTenantPlaceholder = "{tenantid}";
constexpr std::chrono::seconds kMaxLeeway = std::chrono::minutes(10);
constexpr std::chrono::seconds kMaxMaxAge = std::chrono::hours(24 * 365 * 100);

bool HasTenant(std::string_view issuer) { return issuer.find(kTenantPlaceholder) != issuer.npos; }

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
  return out;
}

// RFC 8259 section 6, for a YAML scalar; a JSON number has been read as one.
bool SpellsNumber(std::string_view text) {
  const auto pass_digits = [&] {
    const size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool leading_zero = text.starts_with('0');
  const size_t whole = pass_digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (pass_digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (pass_digits() == 0) return false;
  }
  return text.empty();
}

// `other`: an issuer, which is `which` ("the first").
void ReportRepeated(PolicyCheck& check, Span at, std::string_view text, std::string_view which,
                    uint32_t other) {
  const uint32_t line = check.fields.Line(check.model.issuers[other].at);
  check.fields.Error(at, "repeated_issuer", "two entries are for the issuer " + Quote(text),
                     {"one entry for each issuer",
                      std::string(which) + " begins in line " + std::to_string(line)});
}

// Finds spellings that are another entry's template with one of its tenants. Each place of a
// spelling that a tenant may take is looked up, so that the cost does not grow with the product of
// spellings and tenants.
void CheckInstances(PolicyCheck& check) {
  constexpr size_t kGuidSize = 36;
  constexpr size_t kMaxSpelling = 4096;  // no token's issuer that counts is longer
  absl::flat_hash_set<std::pair<uint32_t, std::string_view>> tenants;
  for (uint32_t i = 0; i < check.model.issuers.size(); ++i) {
    for (const std::string& tenant : check.model.issuers[i].tenants) tenants.emplace(i, tenant);
  }
  if (tenants.empty()) return;
  for (size_t i = 0; i < check.issuers.names.size(); ++i) {
    const std::string_view name = check.issuers.names[i];
    if (HasTenant(name) || name.size() > kMaxSpelling) continue;
    const uint32_t own = check.issuers.index.find(name)->second;
    for (size_t at = 0; at + kGuidSize <= name.size(); ++at) {
      if (!IsGuid(name.substr(at, kGuidSize))) continue;
      std::string pattern(name);
      const std::string tenant = Lower(name.substr(at, kGuidSize));
      pattern.replace(at, kGuidSize, kTenantPlaceholder);
      const auto found = check.issuers.index.find(pattern);
      if (found == check.issuers.index.end() || found->second == own) continue;
      if (!tenants.contains(std::pair(found->second, std::string_view(tenant)))) continue;
      ReportRepeated(check, check.issuers.spans[i], name, "the other", found->second);
    }
  }
}

class IssuerCheck {
 public:
  IssuerCheck(PolicyCheck& check, const DocumentValue& value, uint32_t index)
      : check_(check),
        fields_(check.fields),
        members_(check.fields, value, "an issuer", kIssuerMembers),
        index_(index),
        issuer_(check.model.issuers[index]) {
    issuer_.at = value.at();
  }

  void Run(bool is_only_issuer);

 private:
  void CheckProfile();
  const DocumentValue* RequireUnlessFilled(std::string_view member, std::string_view expected,
                                           bool is_filled);
  void CheckSpellings();
  void AddSpelling(std::string_view text, Span at);
  void CheckAudiences();
  void CheckSigners();
  void CheckKeys();
  bool FillInKeys();
  void CheckAlgorithms();
  void CheckClaims();
  void CheckConferredRoles(bool is_only_issuer);
  void CheckRequire();
  void CheckTimes();
  void CheckTokenKind();
  void CheckTenants();
  void ReadSources(std::string_view member, std::vector<ClaimSource>& sources);
  std::optional<ClaimSource> ReadSource(const DocumentValue& value, std::string_view what);
  void AddClientRoles();
  void AddRequired(RequireEntry entry);
  void ReadRequired(const DocumentValue& name, const DocumentValue& value);
  void WarnUselessHmac();

  PolicyCheck& check_;
  Fields& fields_;
  ObjectFields members_;
  uint32_t index_;
  IssuerModel& issuer_;
  IssuerProfile profile_;         // the one that is named, or what no profile means
  bool is_profile_right_ = true;  // and the issuer one of it, so that it is known what is filled in
};

void IssuerCheck::Run(bool is_only_issuer) {
  if (!members_.is_object()) return;
  CheckProfile();
  CheckSpellings();
  CheckAudiences();
  CheckSigners();
  CheckAlgorithms();
  CheckKeys();
  WarnUselessHmac();
  CheckClaims();
  CheckConferredRoles(is_only_issuer);
  CheckRequire();
  CheckTimes();
  CheckTokenKind();
  CheckTenants();
  if (const DocumentValue* const accept = members_.Find("accept")) {
    issuer_.accept =
        ReadExpression(fields_, *accept, "`accept` of an issuer", ExpressionPlace::kAccept, 'b');
  }
}

void IssuerCheck::CheckProfile() {
  if (const DocumentValue* const value = members_.Find("profile")) {
    issuer_.profile_at = value->at();
    const auto found = fields_.OneOf(*value, "`profile` of an issuer", kIssuerProfiles);
    is_profile_right_ = found.has_value();
    issuer_.profile = found.value_or(nullptr);
  }
  if (issuer_.profile != nullptr) profile_ = *issuer_.profile;
  FillIn(profile_, issuer_);
}

// A profile that is not known, or not for this issuer, might have filled in the member.
const DocumentValue* IssuerCheck::RequireUnlessFilled(std::string_view member,
                                                      std::string_view expected, bool is_filled) {
  return is_filled || !is_profile_right_ ? members_.Find(member)
                                         : members_.Require(member, expected);
}

void IssuerCheck::CheckSpellings() {
  const std::string form = profile_.forms.empty() ? "" : ": " + Enumerate(profile_.forms);
  const DocumentValue* const value =
      RequireUnlessFilled("issuer", "the `iss` of its tokens" + form, !profile_.issuers.empty());
  if (value == nullptr) {
    if (members_.Has("issuer")) return;
    for (const std::string_view text : profile_.issuers) AddSpelling(text, issuer_.profile_at);
    return;
  }
  constexpr std::string_view kWhat = "`issuer` of an issuer";
  for (const DocumentValue& spelling : fields_.List(*value, kWhat, ListSize::kNotEmpty)) {
    const std::optional<std::string_view> text = fields_.Name(spelling, kWhat);
    if (!text) continue;
    is_profile_right_ = CheckIssuerForm(fields_, spelling, profile_) && is_profile_right_;
    const size_t place = text->find(kTenantPlaceholder);
    if (place != text->npos && text->find(kTenantPlaceholder, place + 1) != text->npos) {
      fields_.Error(spelling.at(), "bad_tenant", Quote(*text) + " holds `{tenantid}` twice",
                    {"`{tenantid}` once, or not at all", ""});
    }
    AddSpelling(*text, spelling.at());
  }
}

void IssuerCheck::AddSpelling(std::string_view text, Span at) {
  const auto [found, inserted] = check_.issuers.index.emplace(text, index_);
  if (inserted) {
    check_.issuers.names.push_back(text);
    check_.issuers.spans.push_back(at);
    issuer_.spellings.emplace_back(text);
  } else if (found->second == index_) {
    fields_.Warning(at, "repeated_value", Quote(text) + " stands in this list already",
                    {"", "remove it here"});
  } else {
    ReportRepeated(check_, at, text, "the first", found->second);
  }
}

void IssuerCheck::CheckAudiences() {
  const DocumentValue* const value = members_.Require(
      "audiences", "the " + Quote(profile_.audience_claim) + " that tokens for this service have");
  if (value == nullptr) return;
  constexpr std::string_view kWhat = "`audiences` of an issuer";
  issuer_.audiences = fields_.Texts(*value, kWhat, ListSize::kNotEmpty);
  const auto any = std::find(issuer_.audiences.begin(), issuer_.audiences.end(), "any");
  if (any == issuer_.audiences.end()) return;
  if (issuer_.audiences.size() > 1) {
    fields_.Error(value->at(), "any_audience_beside_others", "`any` stands beside other audiences",
                  {"`any` alone, or audiences without it", "remove `any`"});
  } else {
    fields_.Warning(value->at(), "any_audience",
                    "tokens that this issuer made for any other service are accepted",
                    {"the audiences of this service", "name them"});
  }
  issuer_.audiences.clear();
}

void IssuerCheck::CheckSigners() {
  constexpr std::string_view kWhat = "`signer` of an issuer";
  constexpr std::string_view kArn =
      "an ARN, as `arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/"
      "50dc6c495c0c9188`";
  if (!profile_.is_load_balancer) {
    if (!members_.Has("signer") || !is_profile_right_) return;
    fields_.Error(members_.WholeSpan("signer"), "misplaced_signer",
                  "`signer` is compared in tokens of AWS load balancers alone",
                  {"", "remove it, or say `profile: aws-alb`"});
    return;
  }
  const DocumentValue* const value = members_.Require("signer", kArn);
  if (value == nullptr) return;
  issuer_.signers = fields_.Texts(*value, kWhat, ListSize::kNotEmpty);
  for (const DocumentValue& entry : fields_.List(*value, kWhat)) {
    const std::string_view text = entry.text();
    const bool is_arn = text.starts_with("arn:aws") &&
                        text.find(":elasticloadbalancing:") != text.npos &&
                        text.find(":loadbalancer/app/") != text.npos;
    if (is_arn || !entry.is_string() || text.empty()) continue;
    fields_.Error(entry.at(), "bad_signer", Quote(text) + " is no application load balancer",
                  {std::string(kArn), ""});
  }
}

void IssuerCheck::CheckAlgorithms() {
  const DocumentValue* const value = members_.Find("algorithms");
  if (value == nullptr) return;
  constexpr std::string_view kWhat = "`algorithms` of an issuer";
  const std::vector<DocumentValue> list = fields_.List(*value, kWhat, ListSize::kNotEmpty);
  issuer_.algorithms.emplace();  // in the place of a profile's
  for (const DocumentValue& entry : list) {
    const std::optional<std::string_view> name = fields_.Text(entry, kWhat);
    if (!name) continue;
    if (std::find(std::begin(kAlgorithms), std::end(kAlgorithms), *name) != std::end(kAlgorithms)) {
      issuer_.algorithms->emplace_back(*name);
    } else if (Lower(*name) == "none") {
      fields_.Error(entry.at(), "unknown_algorithm",
                    "tokens without a signature are never accepted", {Enumerate(kAlgorithms), ""});
    } else {
      const std::vector<std::string_view> known(std::begin(kAlgorithms), std::end(kAlgorithms));
      fields_.Error(entry.at(), "unknown_algorithm", "unknown algorithm " + Quote(*name),
                    {Enumerate(kAlgorithms), fields_.Suggest(*name, known)});
    }
  }
  fields_.WarnRepeated(list);
}

void IssuerCheck::CheckKeys() {
  const bool is_filled = !members_.Has("keys") && FillInKeys();
  const DocumentValue* const keys =
      RequireUnlessFilled("keys", "where its keys come from", is_filled);
  if (keys == nullptr) return;
  CheckIssuerKeys(check_, members_.NameSpan("keys"), *keys, issuer_);
  if (profile_.has_discovery || issuer_.key_source != IssuerKeys::Source::kDiscovery) return;
  fields_.Error(members_.WholeSpan("keys"), "key_source",
                "discovery finds the keys of who lets people sign in, and not those that its load "
                "balancer signs with",
                {"`jwks_uri`, `jwks_file` or `jwks`", ""});
}

// False where it is not known where keys come from.
bool IssuerCheck::FillInKeys() {
  if (issuer_.profile == nullptr || !profile_.has_discovery) return false;
  issuer_.key_location_range = fields_.Range(issuer_.profile_at);
  if (profile_.jwks_uri.empty()) return true;
  issuer_.key_source = IssuerKeys::Source::kJwksUri;
  issuer_.key_location = profile_.jwks_uri;
  return std::all_of(
      issuer_.spellings.begin(), issuer_.spellings.end(), [&](const std::string& spelling) {
        return std::any_of(profile_.issuers.begin(), profile_.issuers.end(),
                           [&](std::string_view form) { return HasForm(spelling, form); });
      });
}

// A secret that is fetched over a network is none, so that such keys never serve.
void IssuerCheck::WarnUselessHmac() {
  const bool is_remote = issuer_.key_source == IssuerKeys::Source::kDiscovery ||
                         issuer_.key_source == IssuerKeys::Source::kJwksUri;
  const DocumentValue* const algorithms = members_.Find("algorithms");
  if (!is_remote || algorithms == nullptr || !members_.Has("keys")) return;
  for (const DocumentValue& entry : fields_.List(*algorithms, "")) {
    if (!entry.text().starts_with("HS")) continue;
    fields_.Warning(entry.at(), "useless_algorithm",
                    Quote(entry.text()) + " never serves with keys that are fetched",
                    {"", "hand the secret in by `jwks_file` or `jwks`, or remove the algorithm"});
  }
}

std::optional<ClaimSource> IssuerCheck::ReadSource(const DocumentValue& value,
                                                   std::string_view what) {
  const DocumentValue* claim = &value;
  bool split = false;
  std::optional<ObjectFields> object;
  if (value.kind() == Kind::kObject) {
    object.emplace(fields_, value, "a claim that is split", kClaimSourceMembers);
    claim = object->Require("claim", "a claim's name or JSON Pointer");
    if (const DocumentValue* const by = object->Find("split")) {
      split = fields_.OneOf(*by, "`split`", kSplitWords).value_or(false);
    }
    if (claim == nullptr) return std::nullopt;
  }
  std::optional<ClaimReference> reference = ReadClaimReference(fields_, *claim, what);
  if (!reference) return std::nullopt;
  split |= IsSplitByName(*reference);
  return ClaimSource{*std::move(reference), split};
}

void IssuerCheck::ReadSources(std::string_view member, std::vector<ClaimSource>& sources) {
  const DocumentValue* const value = members_.Find(member);
  if (value == nullptr) return;
  const std::string what = Quote(member) + " of an issuer";
  // One object is a single entry, as one text is.
  sources.clear();
  const std::vector<DocumentValue> list = fields_.List(*value, what);
  for (const DocumentValue& entry : list) {
    if (auto source = ReadSource(entry, what)) sources.push_back(*std::move(source));
  }
  fields_.WarnRepeated(list);
}

// Keycloak names the roles that an audience has defined for itself by its client id, which may hold
// what a JSON Pointer escapes.
void IssuerCheck::AddClientRoles() {
  for (const std::string& audience : issuer_.audiences) {
    std::string pointer = "/resource_access/";
    for (const char c : audience) {
      pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    issuer_.roles_from.push_back({{pointer + "/roles"}, false});
  }
}

void IssuerCheck::CheckClaims() {
  if (const DocumentValue* const subject = members_.Find("subject")) {
    const auto reference = ReadClaimReference(fields_, *subject, "`subject` of an issuer");
    if (reference) issuer_.subject = *reference;
  }
  if (profile_.has_client_roles) AddClientRoles();
  ReadSources("roles_from", issuer_.roles_from);
  ReadSources("scopes_from", issuer_.scopes_from);
}

void IssuerCheck::CheckConferredRoles(bool is_only_issuer) {
  constexpr std::string_view kWhat = "`roles` of an issuer";
  if (!is_only_issuer)
    members_.Require("roles", "the roles that it may confer, of several issuers");
  const DocumentValue* const value = members_.Find("roles");
  if (value == nullptr) return;
  issuer_.roles.emplace();
  const std::vector<DocumentValue> list = fields_.List(*value, kWhat);
  for (const DocumentValue& name : list) {
    if (const auto role = FindRole(check_, name, kWhat)) issuer_.roles->push_back(*role);
  }
  fields_.WarnRepeated(list);
}

// What the entry says of a claim counts, and not what its profile says of that claim.
void IssuerCheck::AddRequired(RequireEntry entry) {
  std::erase_if(issuer_.require, [&](const RequireEntry& other) {
    return other.is_profiles && other.name == entry.name;
  });
  issuer_.require.push_back(std::move(entry));
}

void IssuerCheck::ReadRequired(const DocumentValue& name, const DocumentValue& value) {
  RequireEntry entry;
  entry.name = std::string(name.text());
  entry.text = std::string(value.text());
  const std::string_view text = entry.text;
  const bool is_yaml = fields_.is_yaml();
  entry.or_text = is_yaml && value.is_string();
  const bool may_spell = value.kind() != Kind::kString || is_yaml;
  switch (value.kind()) {
    case Kind::kNull:
      if (is_yaml) {
        fields_.Error(name.at(), "empty_value",
                      "the required claim " + Quote(name.text()) + " has no value",
                      {"a value", "in a list of names a claim need only be there"});
      }
      entry.kind = RequireEntry::Kind::kNull;
      break;
    case Kind::kList:
    case Kind::kObject:
      fields_.WrongType(value, "the value of a required claim", "text, a number or a truth value");
      return;
    default:
      entry.kind = RequireEntry::Kind::kString;
      if (const auto spelled = SpelledBool(text); may_spell && spelled) {
        entry.kind = RequireEntry::Kind::kBool;
        entry.boolean = *spelled;
      } else if (may_spell && SpellsNumber(text)) {
        entry.kind = RequireEntry::Kind::kNumber;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), entry.number);
        if (read.ec != std::errc()) {
          fields_.Error(value.at(), "bad_number", "no claim can have the number " + Quote(text),
                        {"a number that a double can hold", ""});
        }
      }
  }
  AddRequired(std::move(entry));
}

void IssuerCheck::CheckRequire() {
  const DocumentValue* const value = members_.Find("require");
  if (value == nullptr) return;
  constexpr std::string_view kWhat = "`require` of an issuer";
  if (value->kind() == Kind::kObject) {
    for (const auto& [name, wanted] : value->members()) {
      if (name.text().empty()) {
        fields_.Error(name.at(), "empty_value", "the name of a required claim is empty");
      } else {
        ReadRequired(name, wanted);
      }
    }
    return;
  }
  for (std::string& name : fields_.Texts(*value, kWhat, ListSize::kAny)) {
    RequireEntry entry;
    entry.name = std::move(name);
    AddRequired(std::move(entry));
  }
}

void IssuerCheck::CheckTimes() {
  if (const DocumentValue* const value = members_.Find("leeway")) {
    const auto leeway = fields_.Duration(*value, "`leeway` of an issuer");
    if (leeway && *leeway > kMaxLeeway) {
      fields_.Error(value->at(), "leeway_too_long",
                    "a leeway of " + Quote(value->text()) +
                        " would keep tokens alive long after they expired",
                    {"at most `10m`", ""});
    }
    issuer_.leeway = leeway.value_or(issuer_.leeway);
  }
  if (const DocumentValue* const value = members_.Find("max_age")) {
    issuer_.max_age = fields_.Duration(*value, "`max_age` of an issuer");
    const bool fits =
        !issuer_.max_age || (issuer_.max_age->count() > 0 && *issuer_.max_age <= kMaxMaxAge);
    if (!fits) {
      fields_.Error(value->at(), "bad_max_age",
                    "no token can be held to a `max_age` of " + Quote(value->text()),
                    {"more than `0s`, at most 100 years", ""});
    }
  }
  if (const DocumentValue* const value = members_.Find("expiry")) {
    issuer_.require_expiry =
        fields_.OneOf(*value, "`expiry` of an issuer", kExpiryWords).value_or(true);
    if (!issuer_.require_expiry) {
      fields_.Warning(members_.WholeSpan("expiry"), "optional_expiry",
                      "a token without an expiry is accepted for ever",
                      {"`expiry: required`", issuer_.max_age ? "" : "set `max_age`"});
    }
  }
}

void IssuerCheck::CheckTokenKind() {
  if (const DocumentValue* const value = members_.Find("token_type")) {
    const auto type = fields_.Name(*value, "`token_type` of an issuer");
    if (type) issuer_.token_type = std::string(*type);
  }
  if (const DocumentValue* const value = members_.Find("confirmation")) {
    issuer_.refuse_confirmation =
        fields_.OneOf(*value, "`confirmation` of an issuer", kConfirmationWords).value_or(true);
    if (!issuer_.refuse_confirmation) {
      fields_.Warning(members_.WholeSpan("confirmation"), "ignored_confirmation",
                      "a token that is bound to a key is accepted from whoever holds a copy of it",
                      {"`confirmation: refuse`", ""});
    }
  }
}

void IssuerCheck::CheckTenants() {
  const bool needs = std::any_of(issuer_.spellings.begin(), issuer_.spellings.end(), HasTenant);
  if (needs) members_.Require("tenants", "the tenants, as GUIDs, that `{tenantid}` may stand for");
  const DocumentValue* const value = members_.Find("tenants");
  if (value == nullptr) return;
  if (!needs && !issuer_.spellings.empty()) {
    fields_.Warning(members_.WholeSpan("tenants"), "needless_tenants",
                    "`tenants` says nothing here, as the issuer has no `{tenantid}`",
                    {"", "remove it, or write `{tenantid}` in the issuer"});
  }
  constexpr std::string_view kWhat = "`tenants` of an issuer";
  const std::vector<DocumentValue> list = fields_.List(*value, kWhat, ListSize::kNotEmpty);
  for (const DocumentValue& entry : list) {
    const std::optional<std::string_view> text = fields_.Text(entry, kWhat);
    if (!text) continue;
    if (IsGuid(*text)) {
      issuer_.tenants.push_back(Lower(*text));
    } else {
      fields_.Error(entry.at(), "bad_tenant", Quote(*text) + " is no GUID",
                    {"a tenant's GUID, as `3f2504e0-4f89-11d3-9a0c-0305e82c3301`", ""});
    }
  }
  fields_.WarnRepeated(list);
}

}  // namespace

void CheckIssuers(PolicyCheck& check, const DocumentValue& section) {
  const std::vector<DocumentValue> list =
      check.fields.List(section, "`issuers`", ListSize::kAny, kMaxIssuers);
  check.model.issuers.resize(list.size());
  for (uint32_t i = 0; i < list.size(); ++i) {
    if (list[i].kind() != Kind::kObject) check.issuers.complete = false;
    IssuerCheck(check, list[i], i).Run(list.size() == 1);
  }
  CheckInstances(check);
}

namespace {

// A claim's name may have points in it. One that begins like the claims of a provider that hold
// others is taken for a path.
void WarnDottedClaim(Fields& fields, const DocumentValue& value, std::string_view text) {
  constexpr std::string_view kHolders[] = {"realm_access",  "resource_access", "app_metadata",
                                           "user_metadata", "attributes",      "claims"};
  const size_t point = text.find('.');
  if (point == text.npos || point + 1 == text.size()) return;
  const std::string_view first = text.substr(0, point);
  if (std::find(std::begin(kHolders), std::end(kHolders), first) == std::end(kHolders)) return;
  std::string path(first == "claims" ? text.substr(point) : "." + std::string(text));
  std::replace(path.begin(), path.end(), '.', '/');
  fields.Warning(value.at(), "dotted_claim",
                 Quote(text) + " is the name of one claim, points and all",
                 {"", "write " + Quote(path) + " for a claim within another"});
}

}  // namespace

std::optional<ClaimReference> ReadClaimReference(Fields& fields, const DocumentValue& value,
                                                 std::string_view what) {
  const std::optional<std::string_view> text = fields.Text(value, what);
  if (!text) return std::nullopt;
  for (size_t i = 0; text->starts_with('/') && i < text->size(); ++i) {
    const char next = i + 1 < text->size() ? (*text)[i + 1] : '\0';
    if ((*text)[i] != '~' || next == '0' || next == '1') continue;
    fields.Error(value.Part(i, 1), "bad_claim", Quote(*text) + " is no JSON Pointer",
                 {"`~0` for `~` and `~1` for `/` within a name", ""});
    return std::nullopt;
  }
  WarnDottedClaim(fields, value, *text);
  return ClaimReference{std::string(*text)};
}

bool IsSplitByName(const ClaimReference& claim) {
  const std::string_view name = claim.text;
  return name == "scope" || name == "scp" || name == "/scope" || name == "/scp";
}

}  // namespace doorward
