// SPDX-License-Identifier: Apache-2.0
//
// What the tokens of well-known identity providers need, as data: a row for each value of
// `profile`, which fills in what an issuer's entry does not say itself. A row without anything is
// what an entry without a profile means.

#ifndef DOORWARD_POLICY_ISSUER_PROFILE_H_
#define DOORWARD_POLICY_ISSUER_PROFILE_H_

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "src/policy/fields.h"
#include "src/policy/model.h"

namespace doorward {

using Names = std::span<const std::string_view>;

// A claim that tokens must have with this value.
struct ProfileRequirement {
  std::string_view name;
  std::string_view text = {};  // "": the truth value `true`
  std::string_view beside = {};
};

// A spelling of an issuer that looks right and is not.
struct WrongForm {
  std::string_view form;
  std::string_view why;         // follows the spelling in a message
  std::string_view suggestion;  // may be ""
};

// A form is a text in which `{name}` stands for any text without a slash, `{base}` for one with
// slashes, and `{tenantid}` for a GUID or for itself.
struct IssuerProfile {
  std::string_view provider = {};  // for people
  Names issuers = {};              // filled in; forms too
  Names forms = {};                // what an issuer may look like; where empty, like `issuers`
  bool has_other_hosts = false;    // a host that no form names may look like anything
  std::span<const WrongForm> wrong_forms = {};
  bool has_discovery = true;       // OpenID Connect Discovery finds its keys
  std::string_view jwks_uri = {};  // of `issuers`, if not by discovery
  Names algorithms = {};           // empty: the asymmetric ones
  std::string_view subject = "sub";
  Names roles_from = kRoles;
  bool has_client_roles = false;  // Keycloak's, for each audience
  Names scopes_from = kScopes;
  std::span<const ProfileRequirement> require = {};
  Names marks = {};  // what every access token has one of, and no ID token
  std::string_view audience_claim = "aud";
  Names together = {};  // IssuerModel::left_out_together
  std::chrono::seconds leeway{60};
  std::chrono::seconds max_age{0};  // 0: any
  bool is_load_balancer = false;
  bool keys_name_issuers = false;
  std::string_view header = {};  // where its tokens come, if not in Authorization
  // Whoever likes gets a token, for whichever audience, so that none narrows anything; for whom,
  // follows "anyone with". Where `open_tenant` is given, only as one of that tenant.
  std::string_view open_to = {};
  std::string_view open_tenant = {};
  // Issuer and keys are the same for all of its customers: `audiences: any` lets in those of each.
  bool is_shared = false;
  // Where it is open or shared: claims that tell callers apart, and that they cannot set
  // themselves.
  std::string_view told_apart_by = {};

 private:
  static constexpr std::string_view kRoles[] = {"roles"};
  static constexpr std::string_view kScopes[] = {"scope", "scp"};
};

extern const Word<const IssuerProfile*> kIssuerProfiles[8];

// Fills in all but `spellings` and where keys come from.
void FillIn(const IssuerProfile& profile, IssuerModel& issuer);

// True where `text` is of that form. `http` passes for `https`: how keys travel is another matter.
bool HasForm(std::string_view text, std::string_view form);

// True for a GUID, in either case (RFC 9562 section 4).
bool IsGuid(std::string_view text);

}  // namespace doorward

#endif  // DOORWARD_POLICY_ISSUER_PROFILE_H_
