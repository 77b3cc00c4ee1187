// SPDX-License-Identifier: Apache-2.0
//
// Where each row comes from is told in docs/identity-providers.md.

#include "src/policy/issuer_profile.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/policy/check.h"

namespace doorward {
namespace {

using Text = std::string_view;

constexpr Text kRs256[] = {"RS256"};
constexpr Text kEs256[] = {"ES256"};
constexpr Text kScope[] = {"scope"};
constexpr Text kScp[] = {"scp"};
constexpr Text kGroups[] = {"groups"};

// --- Okta ---

constexpr Text kOktaForms[] = {"https://{domain}/oauth2/{authorizationServerId}"};
constexpr Text kOrgServer =
    "is Okta's org authorization server, whose access tokens nobody but Okta can check";
constexpr Text kCustomServer =
    "use tokens of a custom authorization server: `https://{domain}/oauth2/default`";
constexpr WrongForm kOktaWrong[] = {{"https://{domain}", kOrgServer, kCustomServer},
                                    {"https://{domain}/", kOrgServer, kCustomServer},
                                    {"https://{domain}/oauth2", kOrgServer, kCustomServer},
                                    {"https://{domain}/oauth2/", kOrgServer, kCustomServer}};
constexpr Text kOktaMarks[] = {"cid", "scp"};
constexpr IssuerProfile kOkta{.provider = "Okta",
                              .forms = kOktaForms,
                              .wrong_forms = kOktaWrong,
                              .algorithms = kRs256,
                              .roles_from = kGroups,
                              .scopes_from = kScp,
                              .marks = kOktaMarks};

// --- Microsoft Entra ID ---

constexpr Text kEntraIssuers[] = {"https://login.microsoftonline.com/{tenantid}/v2.0",
                                  "https://sts.windows.net/{tenantid}/"};
constexpr Text kNoGuid = "stands in no token, as tokens name their tenant by its GUID";
constexpr Text kListTenants = "leave `issuer` out, and list the GUIDs in `tenants`";
constexpr WrongForm kEntraWrong[] = {
    {"https://login.microsoftonline.com/{name}/v2.0", kNoGuid, kListTenants},
    {"https://login.microsoftonline.com/{name}", kNoGuid, kListTenants},
    {"https://sts.windows.net/{name}/", kNoGuid, kListTenants}};
constexpr Text kEntraRoles[] = {"roles", "groups"};
constexpr Text kEntraMarks[] = {"scp", "azp", "appid"};
constexpr IssuerProfile kEntra{
    .provider = "Entra ID",
    .issuers = kEntraIssuers,
    .has_other_hosts = true,
    .wrong_forms = kEntraWrong,
    .jwks_uri = "https://login.microsoftonline.com/common/discovery/v2.0/keys",
    .algorithms = kRs256,
    .subject = "oid",
    .roles_from = kEntraRoles,
    .scopes_from = kScp,
    .marks = kEntraMarks,
    .keys_name_issuers = true,
    .open_to = "a personal Microsoft account",
    .open_tenant = "9188040d-6c67-4c5b-b112-36a304b66dad",
    .told_apart_by = "`oid`, `groups` or `roles`"};

// --- Google ---

constexpr Text kGoogleNames = "`hd`, `email` or `sub`";
constexpr Text kGoogleIssuers[] = {"https://accounts.google.com", "accounts.google.com"};
constexpr ProfileRequirement kVerifiedEmail[] = {{.name = "email_verified", .beside = "email"}};
constexpr IssuerProfile kGoogle{.provider = "Google",
                                .issuers = kGoogleIssuers,
                                .jwks_uri = "https://www.googleapis.com/oauth2/v3/certs",
                                .algorithms = kRs256,
                                .roles_from = {},
                                .scopes_from = {},
                                .require = kVerifiedEmail,
                                .open_to = "a Google account or a service account",
                                .is_shared = true,
                                .told_apart_by = kGoogleNames};

constexpr Text kIapIssuers[] = {"https://cloud.google.com/iap"};
constexpr IssuerProfile kGoogleIap{.provider = "Google IAP",
                                   .issuers = kIapIssuers,
                                   .jwks_uri = "https://www.gstatic.com/iap/verify/public_key-jwk",
                                   .algorithms = kEs256,
                                   .roles_from = {},
                                   .scopes_from = {},
                                   .leeway = std::chrono::seconds(30),
                                   .max_age = std::chrono::minutes(10),
                                   .header = "X-Goog-IAP-JWT-Assertion",
                                   .is_shared = true,
                                   .told_apart_by = kGoogleNames};

// --- Keycloak ---

constexpr Text kKeycloakForms[] = {"https://{base}/realms/{realm}"};
constexpr Text kKeycloakRoles[] = {"/realm_access/roles"};
constexpr ProfileRequirement kBearer[] = {{.name = "typ", .text = "Bearer"}};
constexpr Text kKeycloakTogether[] = {"realm_access", "resource_access"};
constexpr IssuerProfile kKeycloak{.provider = "Keycloak",
                                  .forms = kKeycloakForms,
                                  .roles_from = kKeycloakRoles,
                                  .has_client_roles = true,
                                  .scopes_from = kScope,
                                  .require = kBearer,
                                  .together = kKeycloakTogether};

// --- Auth0 ---

constexpr Text kAuth0Forms[] = {"https://{domain}/"};
constexpr Text kPermissions[] = {"permissions"};
constexpr Text kAuth0Marks[] = {"azp", "client_id", "scope", "permissions"};
constexpr IssuerProfile kAuth0{.provider = "Auth0",
                               .forms = kAuth0Forms,
                               .roles_from = kPermissions,
                               .scopes_from = kScope,
                               .marks = kAuth0Marks};

// --- Amazon ---

constexpr IssuerProfile kAwsAlb{.provider = "AWS load balancers",
                                .has_other_hosts = true,
                                .has_discovery = false,
                                .algorithms = kEs256,
                                .scopes_from = {},
                                .audience_claim = "client",
                                .is_load_balancer = true,
                                .header = "X-Amzn-Oidc-Data"};

constexpr Text kCognitoForms[] = {"https://{domain}/{userPoolId}"};
constexpr Text kCognitoGroups[] = {"cognito:groups"};
constexpr ProfileRequirement kAccess[] = {{.name = "token_use", .text = "access"}};
constexpr IssuerProfile kCognito{.provider = "Cognito",
                                 .forms = kCognitoForms,
                                 .algorithms = kRs256,
                                 .roles_from = kCognitoGroups,
                                 .scopes_from = kScope,
                                 .require = kAccess,
                                 .audience_claim = "client_id"};

std::vector<ClaimSource> SourcesOf(Names names) {
  std::vector<ClaimSource> out;
  for (const Text name : names) {
    ClaimReference claim{std::string(name)};
    const bool is_split = IsSplitByName(claim);
    out.push_back({std::move(claim), is_split});
  }
  return out;
}

RequireEntry EntryOf(const ProfileRequirement& requirement) {
  RequireEntry entry;
  entry.name = requirement.name;
  entry.kind = requirement.text.empty() ? RequireEntry::Kind::kBool : RequireEntry::Kind::kString;
  entry.text = requirement.text.empty() ? "true" : requirement.text;
  entry.boolean = requirement.text.empty();
  entry.beside = requirement.beside;
  entry.is_profiles = true;
  return entry;
}

// How much of `text` the placeholder `name` takes; `rest` is the form behind it.
size_t Taken(Text name, Text rest, Text text) {
  constexpr size_t kGuidSize = 36;
  if (name == "{tenantid}") {
    if (text.starts_with(name)) return name.size();
    return IsGuid(text.substr(0, kGuidSize)) ? kGuidSize : 0;
  }
  if (name != "{base}") return std::min(text.find('/'), text.size());
  const size_t end = text.rfind(rest.substr(0, rest.find('{')));
  return end == text.npos ? 0 : end;
}

}  // namespace

const Word<const IssuerProfile*> kIssuerProfiles[8] = {
    {"okta", &kOkta},         {"entra", &kEntra},
    {"google", &kGoogle},     {"google-iap", &kGoogleIap},
    {"keycloak", &kKeycloak}, {"auth0", &kAuth0},
    {"aws-alb", &kAwsAlb},    {"cognito", &kCognito}};

void FillIn(const IssuerProfile& profile, IssuerModel& issuer) {
  if (!profile.algorithms.empty()) {
    issuer.algorithms.emplace(profile.algorithms.begin(), profile.algorithms.end());
  }
  issuer.subject = {std::string(profile.subject)};
  issuer.roles_from = SourcesOf(profile.roles_from);
  issuer.scopes_from = SourcesOf(profile.scopes_from);
  for (const ProfileRequirement& one : profile.require) issuer.require.push_back(EntryOf(one));
  issuer.marks.assign(profile.marks.begin(), profile.marks.end());
  issuer.audience_claim = profile.audience_claim;
  issuer.left_out_together.assign(profile.together.begin(), profile.together.end());
  issuer.leeway = profile.leeway;
  if (profile.max_age.count() > 0) issuer.max_age = profile.max_age;
  issuer.is_load_balancer = profile.is_load_balancer;
  issuer.keys_name_issuers = profile.keys_name_issuers;
}

bool HasForm(std::string_view text, std::string_view form) {
  constexpr Text kPlain = "http://", kSecure = "https://";
  if (text.starts_with(kPlain) && form.starts_with(kSecure)) {
    text.remove_prefix(kPlain.size());
    form.remove_prefix(kSecure.size());
  }
  while (!form.empty()) {
    if (form.front() != '{') {
      const Text literal = form.substr(0, form.find('{'));
      if (!text.starts_with(literal)) return false;
      text.remove_prefix(literal.size());
      form.remove_prefix(literal.size());
      continue;
    }
    const Text name = form.substr(0, form.find('}') + 1);
    form.remove_prefix(name.size());
    const size_t taken = Taken(name, form, text);
    if (taken == 0) return false;
    text.remove_prefix(taken);
  }
  return text.empty();
}

bool IsGuid(std::string_view text) {
  constexpr Text kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kShape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = AsciiLower(text[i]);
    const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (kShape[i] == '-' ? c != '-' : !is_digit) return false;
  }
  return true;
}

}  // namespace doorward
