// SPDX-License-Identifier: Apache-2.0
//
// `profile` of an issuer: what it fills in, which issuers cannot be right, and where a policy lets
// in anyone.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "src/policy/issuer_profile.h"
#include "tests/unit/policy/load_support.h"
#include "tests/unit/policy/model_text.h"

namespace doorward {
namespace {

std::string Policy(std::string_view entry, std::string_view rest = "") {
  return "doorward: 1\nissuers:\n  - {" + std::string(entry) + "}\n" + std::string(rest) +
         "rules: [{id: r, allow: [everyone], endpoints: [/a]}]\n";
}

// --- What is filled in ---

struct FilledCase {
  std::string_view name, entry, want;  // of the issuer's line of the model
};

const FilledCase kFilled[] = {
    {"none", "issuer: i, audiences: a, keys: {discovery: true}",
     "issuer [i] aud [a] alg - keys 0  sub sub roles_from [roles] scopes_from "
     "[scope/split|scp/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 tenants []\n"},
    {"okta", "profile: okta, issuer: https://o/oauth2/d, audiences: a",
     "issuer [https://o/oauth2/d] aud [a] alg [RS256] keys 0  sub sub roles_from [groups] "
     "scopes_from [scp/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 tenants []\n"},
    {"entra", "profile: entra, audiences: a, tenants: 3F2504E0-4f89-11d3-9a0c-0305e82c3301",
     "issuer [https://login.microsoftonline.com/{tenantid}/v2.0|https://sts.windows.net/"
     "{tenantid}/] aud [a] alg [RS256] keys 1 "
     "https://login.microsoftonline.com/common/discovery/v2.0/keys sub oid roles_from "
     "[roles|groups] scopes_from [scp/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 "
     "tenants [3f2504e0-4f89-11d3-9a0c-0305e82c3301]\n"},
    {"entra, one tenant by its issuer",
     "profile: entra, audiences: a, issuer: "
     "https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/",
     "issuer [https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/] aud [a] alg [RS256] "
     "keys 1 https://login.microsoftonline.com/common/discovery/v2.0/keys sub oid roles_from "
     "[roles|groups] scopes_from [scp/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 "
     "tenants []\n"},
    {"google", "profile: google, audiences: a",
     "issuer [https://accounts.google.com|accounts.google.com] aud [a] alg [RS256] keys 1 "
     "https://www.googleapis.com/oauth2/v3/certs sub sub roles_from [] scopes_from [] roles - typ "
     "- leeway 60 max_age -1 exp 1 cnf 1 tenants []\n  require email_verified=3,true,0,1,0\n"},
    {"google-iap", "profile: google-iap, audiences: a",
     "issuer [https://cloud.google.com/iap] aud [a] alg [ES256] keys 1 "
     "https://www.gstatic.com/iap/verify/public_key-jwk sub sub roles_from [] scopes_from [] "
     "roles - typ - leeway 30 max_age 600 exp 1 cnf 1 tenants []\n"},
    {"keycloak", "profile: keycloak, issuer: https://k/auth/realms/r, audiences: [a, x/y~z]",
     "issuer [https://k/auth/realms/r] aud [a|x/y~z] alg - keys 0  sub sub roles_from "
     "[/realm_access/roles|/resource_access/a/roles|/resource_access/x~1y~0z/roles] scopes_from "
     "[scope/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 tenants []\n  require "
     "typ=1,Bearer,0,0,0\n"},
    {"auth0", "profile: auth0, issuer: https://t.auth0.com/, audiences: a",
     "issuer [https://t.auth0.com/] aud [a] alg - keys 0  sub sub roles_from [permissions] "
     "scopes_from [scope/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 tenants []\n"},
    {"aws-alb",
     "profile: aws-alb, issuer: https://i, audiences: a, keys: {jwks_file: k}, signer: "
     "'arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:1:loadbalancer/app/n/1'",
     "issuer [https://i] aud [a] alg [ES256] keys 2 k sub sub roles_from [roles] scopes_from [] "
     "roles - typ - leeway 60 max_age -1 exp 1 cnf 1 tenants []\n"},
    {"cognito", "profile: cognito, issuer: https://c/p, audiences: a",
     "issuer [https://c/p] aud [a] alg [RS256] keys 0  sub sub roles_from [cognito:groups] "
     "scopes_from [scope/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 tenants []\n  "
     "require token_use=1,access,0,0,0\n"},
    {"members of the entry count",
     "profile: google-iap, audiences: a, issuer: https://cloud.google.com/iap, keys: {jwks_file: "
     "k}, algorithms: [ES384], subject: email, roles_from: x, scopes_from: y, leeway: 1s, max_age: "
     "2s",
     "issuer [https://cloud.google.com/iap] aud [a] alg [ES384] keys 2 k sub email roles_from [x] "
     "scopes_from [y] roles - typ - leeway 1 max_age 2 exp 1 cnf 1 tenants []\n"},
};

TEST(IssuerProfile, FillsInWhatTheEntryDoesNotSay) {
  for (const FilledCase& row : kFilled) {
    SCOPED_TRACE(row.name);
    const LoadedModel loaded = Load(Policy(row.entry));
    ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
    EXPECT_NE(ModelText(*loaded.model).find(row.want), std::string::npos)
        << ModelText(*loaded.model);
  }
}

TEST(IssuerProfile, PointsAtItselfForKeysThatItNames) {
  const LoadedModel loaded = Load(Policy("profile: google, audiences: a"));
  ASSERT_TRUE(loaded.model);
  const SourceRange range = loaded.model->issuers[0].key_location_range;
  EXPECT_EQ(range.line, 3u);
  EXPECT_EQ(range.column, 15u);
  EXPECT_EQ(range.length, 6u);
}

// --- Forms ---

struct FormCase {
  std::string_view text, form;
  bool want;
};

const FormCase kForms[] = {
    {"https://a/oauth2/b", "https://{domain}/oauth2/{id}", true},
    {"http://a:8080/oauth2/b", "https://{domain}/oauth2/{id}", true},
    {"https://a/oauth2/", "https://{domain}/oauth2/{id}", false},
    {"https://a/oauth2/b/", "https://{domain}/oauth2/{id}", false},
    {"https:///oauth2/b", "https://{domain}/oauth2/{id}", false},
    {"a/oauth2/b", "https://{domain}/oauth2/{id}", false},
    {"https://a/b/realms/c/realms/d", "https://{base}/realms/{realm}", true},
    {"https://a/realms/", "https://{base}/realms/{realm}", false},
    {"https://realms/a", "https://{base}/realms/{realm}", false},
    {"https://a/realms/r/x", "https://{base}/realms/{realm}", false},
    {"https://t/{tenantid}/", "https://t/{tenantid}/", true},
    {"https://t/3f2504e0-4f89-11d3-9a0c-0305e82c3301/", "https://t/{tenantid}/", true},
    {"https://t/3F2504E0-4F89-11D3-9A0C-0305E82C3301/", "https://t/{tenantid}/", true},
    {"https://t/3f2504e0-4f89-11d3-9a0c-0305e82c330g/", "https://t/{tenantid}/", false},
    {"https://t/common/", "https://t/{tenantid}/", false},
    {"accounts.google.com", "accounts.google.com", true},
    {"accounts.google.com/", "accounts.google.com", false},
    {"", "accounts.google.com", false},
};

TEST(IssuerForm, IsATextWithPlaces) {
  for (const FormCase& row : kForms) {
    EXPECT_EQ(HasForm(row.text, row.form), row.want) << row.text << " as " << row.form;
  }
}

constexpr const char* kOktaForm = "`https://{domain}/oauth2/{authorizationServerId}`";
constexpr const char* kOrgText =
    "is Okta's org authorization server, whose access tokens nobody but Okta can check";
constexpr const char* kCustom =
    "use tokens of a custom authorization server: `https://{domain}/oauth2/default`";
constexpr const char* kEntraForms =
    "`https://login.microsoftonline.com/{tenantid}/v2.0` or `https://sts.windows.net/{tenantid}/`";
constexpr const char* kKeycloakForm = "`https://{base}/realms/{realm}`";

struct WrongCase {
  std::string_view profile, issuer, message, expected, suggestion;
};

const WrongCase kWrong[] = {
    {"okta", "https://d.okta.com", kOrgText, kOktaForm, kCustom},
    {"okta", "https://d.okta.com/", kOrgText, kOktaForm, kCustom},
    {"okta", "https://d.okta.com/oauth2", kOrgText, kOktaForm, kCustom},
    {"okta", "https://d.okta.com/oauth2/default/", "is no issuer that tokens of Okta have",
     kOktaForm, "write `https://d.okta.com/oauth2/default`"},
    {"okta", "https://d.okta.com/oauth2/default/v1/token", "is no issuer that tokens of Okta have",
     kOktaForm, ""},
    {"entra", "https://login.microsoftonline.com/common/v2.0",
     "stands in no token, as tokens name their tenant by its GUID", kEntraForms,
     "leave `issuer` out, and list the GUIDs in `tenants`"},
    {"entra", "https://login.microsoftonline.com/contoso.example/v2.0",
     "stands in no token, as tokens name their tenant by its GUID", kEntraForms,
     "leave `issuer` out, and list the GUIDs in `tenants`"},
    {"entra", "https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0/",
     "is no issuer that tokens of Entra ID have", kEntraForms,
     "write `https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0`"},
    {"entra", "https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301",
     "is no issuer that tokens of Entra ID have", kEntraForms,
     "write `https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/`"},
    {"google", "https://accounts.google.com/", "is no issuer that tokens of Google have",
     "`https://accounts.google.com` or `accounts.google.com`",
     "write `https://accounts.google.com`"},
    {"google-iap", "https://accounts.google.com", "is no issuer that tokens of Google IAP have",
     "`https://cloud.google.com/iap`", ""},
    {"keycloak", "https://k.example", "is no issuer that tokens of Keycloak have", kKeycloakForm,
     ""},
    {"keycloak", "https://k.example/realms/r/", "is no issuer that tokens of Keycloak have",
     kKeycloakForm, "write `https://k.example/realms/r`"},
    {"auth0", "https://t.auth0.com", "is no issuer that tokens of Auth0 have",
     "`https://{domain}/`", "write `https://t.auth0.com/`"},
    {"cognito", "https://cognito-idp.x.amazonaws.com/p/",
     "is no issuer that tokens of Cognito have", "`https://{domain}/{userPoolId}`",
     "write `https://cognito-idp.x.amazonaws.com/p`"},
};

TEST(IssuerForm, ThatNoTokenHasIsAnErrorWithTheRightOne) {
  for (const WrongCase& row : kWrong) {
    const std::string issuer(row.issuer);
    const std::string profile(row.profile);
    DiagnosticCase want{.name = profile,
                        .text = Policy("profile: " + profile + ", issuer: '" + issuer +
                                       "', audiences: a, keys: {discovery: true}"),
                        .line = 3,
                        .column = static_cast<uint32_t>(25 + profile.size()),
                        .code = "issuer_form",
                        .message = Quote(issuer) + " " + std::string(row.message),
                        .excerpt = "'" + issuer + "'",
                        .expected = std::string(row.expected),
                        .suggestion = std::string(row.suggestion)};
    ExpectDiagnostic(want, Load(want.text), Severity::kError);
  }
}

// Sovereign clouds, Entra External ID, Azure AD B2C; load balancers before any provider.
constexpr std::string_view kOtherForms[] = {
    "profile: entra, issuer: https://login.microsoftonline.us/t/v2.0",
    "profile: entra, issuer: https://c.ciamlogin.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0",
    "profile: entra, issuer: https://c.b2clogin.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0/",
    "profile: keycloak, issuer: http://localhost:8080/realms/r",
    "profile: auth0, issuer: https://login.example.com/",
};

TEST(IssuerForm, IsNotKnownOfOtherHosts) {
  for (const std::string_view entry : kOtherForms) {
    const LoadedModel loaded =
        Load(Policy(std::string(entry) + ", audiences: a, keys: {discovery: true}"));
    EXPECT_EQ(Print(loaded.diagnostics), "") << entry;
  }
}

// --- Errors ---

constexpr const char* kSigner =
    "an ARN, as "
    "`arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188`";

const DiagnosticCase kErrors[] = {
    {"unknown", "profile: otka, audiences: a", 3, 15, "unknown_value",
     "`otka` is no value for `profile` of an issuer", "otka",
     "`okta`, `entra`, `google`, `google-iap`, `keycloak`, `auth0`, `aws-alb` or `cognito`",
     "did you mean `okta`?"},
    {"of another kind", "profile: [okta], issuer: i, audiences: a, keys: {discovery: true}", 3, 15,
     "wrong_type", "`profile` of an issuer must be text, not a list", "[okta]", "text"},
    {"no issuer", "profile: auth0, audiences: a", 3, 5, "missing_member",
     "an issuer has no `issuer`", "", "the `iss` of its tokens: `https://{domain}/`"},
    {"no audiences", "profile: cognito, issuer: https://c/p", 3, 5, "missing_member",
     "an issuer has no `audiences`", "", "the `client_id` that tokens for this service have"},
    {"no tenants", "profile: entra, audiences: a", 3, 5, "missing_member",
     "an issuer has no `tenants`", "", "the tenants, as GUIDs, that `{tenantid}` may stand for"},
    {"keys of another cloud",
     "profile: entra, issuer: https://login.microsoftonline.us/t/v2.0, audiences: a", 3, 5,
     "missing_member", "an issuer has no `keys`", "", "where its keys come from"},
    {"keys of a load balancer",
     "profile: aws-alb, issuer: i, audiences: a, signer: " +
         std::string("'arn:aws:elasticloadbalancing:r:1:loadbalancer/app/n/1'"),
     3, 5, "missing_member", "an issuer has no `keys`", "", "where its keys come from"},
    {"discovery of a load balancer",
     "profile: aws-alb, issuer: i, audiences: a, keys: {discovery: true}, signer: "
     "'arn:aws:elasticloadbalancing:r:1:loadbalancer/app/n/1'",
     3, 49, "key_source",
     "discovery finds the keys of who lets people sign in, and not those that its load balancer "
     "signs with",
     "keys: {discovery: true}", "`jwks_uri`, `jwks_file` or `jwks`"},
    {"no signer", "profile: aws-alb, issuer: i, audiences: a, keys: {jwks_file: k}", 3, 5,
     "missing_member", "an issuer has no `signer`", "", kSigner},
    {"a signer that is none",
     "profile: aws-alb, issuer: i, audiences: a, keys: {jwks_file: k}, signer: web", 3, 79,
     "bad_signer", "`web` is no application load balancer", "web", kSigner},
    {"no signers", "profile: aws-alb, issuer: i, audiences: a, keys: {jwks_file: k}, signer: []", 3,
     79, "empty_list", "`signer` of an issuer is empty", "[]", "at least one entry"},
    {"a signer of others", "issuer: i, audiences: a, keys: {discovery: true}, signer: x", 3, 56,
     "misplaced_signer", "`signer` is compared in tokens of AWS load balancers alone", "signer: x",
     "", "remove it, or say `profile: aws-alb`"},
};

TEST(IssuerProfile, ErrorsAreTold) {
  for (DiagnosticCase row : kErrors) {
    row.text = Policy(row.text);
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

TEST(IssuerProfile, OneOfAKindUnlessIssuersDiffer) {
  const LoadedModel loaded = Load(
      "doorward: 1\nissuers:\n  - {profile: google, audiences: a, roles: []}\n"
      "  - {profile: google, audiences: b, roles: []}\n");
  EXPECT_EQ(Print(loaded.diagnostics),
            "4:15 repeated_issuer | two entries are for the issuer `https://accounts.google.com` | "
            "google\n"
            "4:15 repeated_issuer | two entries are for the issuer `accounts.google.com` | "
            "google\n");
}

// --- Who is let in ---

// Claims that tell callers apart. An Entra user may write what `email` says.
std::string HelpNaming(std::string_view claims) {
  return "demand a value of a claim with `require` or `accept`, or let the rule name a role that "
         "is "
         "granted by " +
         std::string(claims);
}
std::string HelpFor(std::string_view entry) {
  return HelpNaming(entry.starts_with("profile: entra") ? "`oid`, `groups` or `roles`"
                                                        : "`hd`, `email` or `sub`");
}

struct OpenCase {
  std::string_view name, entry, rest;
  std::string_view whom;  // "" for none: no warning
};

constexpr std::string_view kAnyone = "rules: [{id: r, allow: authenticated, endpoints: /a}]";
constexpr std::string_view kByIssuer =
    "roles: {b: {granted_to: {issuer: accounts.google.com}, inherits: a}, a: }\n"
    "rules: [{id: r, allow: a, endpoints: /a}]";
constexpr std::string_view kByClaim =
    "roles: {a: {granted_to: {claim: email, values: ann@example.com}}}\n"
    "rules: [{id: r, allow: a, endpoints: /a}]";
constexpr std::string_view kGoogleWords = "a Google account or a service account";

const OpenCase kOpen[] = {
    {"google", "profile: google, audiences: a", kAnyone, kGoogleWords},
    {"google, a role for all of it", "profile: google, audiences: a", kByIssuer, kGoogleWords},
    {"google, that role not conferred", "profile: google, audiences: a, roles: []", kByIssuer, ""},
    {"google, a role by a claim", "profile: google, audiences: a", kByClaim, ""},
    {"google, narrowed", "profile: google, audiences: a, require: {hd: example.com}", kAnyone, ""},
    {"google, narrowed by a condition",
     "profile: google, audiences: a, accept: claims.hd == 'example.com'", kAnyone, ""},
    {"google, the rule narrowed", "profile: google, audiences: a",
     "rules: [{id: r, allow: authenticated, when: claims.hd == 'example.com', endpoints: /a}]", ""},
    {"google, the rule narrowed by what it excludes", "profile: google, audiences: a",
     "rules: [{id: r, allow: authenticated, unless: '!has(claims.hd)', endpoints: /a}]", ""},
    {"google, a role by a condition", "profile: google, audiences: a",
     "roles: {a: {granted_to: {when: claims.hd == 'example.com'}}}\n"
     "rules: [{id: r, allow: a, endpoints: /a}]",
     ""},
    {"google, not narrowed by a name", "profile: google, audiences: a, require: [hd]", kAnyone,
     kGoogleWords},
    {"google, not narrowed by a truth",
     "profile: google, audiences: a, require: {email_verified: true}", kAnyone, kGoogleWords},
    {"google, everyone", "profile: google, audiences: a",
     "rules: [{id: r, allow: everyone, endpoints: /a}]", ""},
    {"google, denied", "profile: google, audiences: a",
     "rules: [{id: r, deny: authenticated, endpoints: /a}, {id: q, allow: everyone, endpoints: "
     "/b}]",
     ""},
    {"google, reported", "profile: google, audiences: a",
     "rules: [{id: r, allow: authenticated, endpoints: /a, mode: report}, {id: q, allow: everyone, "
     "endpoints: /b}]",
     ""},
    {"google, by scope", "profile: google, audiences: a",
     "rules: [{id: r, allow: authenticated, scopes: s, endpoints: /a}]", ""},
    {"iap", "profile: google-iap, audiences: a", kAnyone, ""},
    {"entra", "profile: entra, audiences: a, tenants: 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
     kAnyone, ""},
    {"entra, personal accounts",
     "profile: entra, audiences: a, tenants: [3f2504e0-4f89-11d3-9a0c-0305e82c3301, "
     "9188040D-6C67-4C5B-B112-36A304B66DAD]",
     kAnyone, "a personal Microsoft account"},
    {"entra, personal accounts by issuer",
     "profile: entra, audiences: a, issuer: "
     "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
     kAnyone, "a personal Microsoft account"},
    {"okta", "profile: okta, issuer: https://o/oauth2/d, audiences: a", kAnyone, ""},
    {"google without a profile",
     "issuer: https://accounts.google.com, audiences: a, keys: {discovery: true}", kAnyone, ""},
};

constexpr std::string_view kIapHeader = "token: {from: {header: x-goog-iap-jwt-assertion}}\n";

TEST(OpenIssuer, IsWarnedOfWhereNothingNarrows) {
  for (const OpenCase& row : kOpen) {
    const std::string entry(row.entry);
    std::string text =
        "doorward: 1\nissuers:\n  - {" + entry + "}\n" + std::string(row.rest) + "\n";
    if (row.name.starts_with("iap")) text += kIapHeader;
    const LoadedModel loaded = Load(text);
    SCOPED_TRACE(row.name);
    if (row.whom.empty()) {
      EXPECT_EQ(Print(loaded.diagnostics), "");
      continue;
    }
    const size_t end = entry.find(',');
    const DiagnosticCase want{
        .name = std::string(row.name),
        .text = text,
        .line = 3,
        .column = 15,
        .code = "open_issuer",
        .message = "the rule `r` lets in anyone with " + std::string(row.whom),
        .excerpt = entry.substr(9, end - 9),
        .expected = "callers that something tells apart",
        .suggestion = HelpFor(entry)};
    ExpectDiagnostic(want, loaded, Severity::kWarning);
  }
}

TEST(OpenIssuer, IsOneThatAllOfItsCustomersShareForAnyAudience) {
  const LoadedModel loaded =
      Load("doorward: 1\nissuers:\n  - {profile: google-iap, audiences: any}\n" +
           std::string(kAnyone) + "\n" + std::string(kIapHeader));
  EXPECT_EQ(
      Print(loaded.diagnostics),
      "3:15 open_issuer | the rule `r` lets in anyone with a service of their own behind this "
      "issuer | google-iap\n"
      "3:38 any_audience | tokens that this issuer made for any other service are accepted | "
      "any\n");
}

TEST(TokenHeader, ThatIsNotLookedAtIsWarnedOf) {
  const DiagnosticCase row{"iap",
                           Policy("profile: google-iap, audiences: a"),
                           3,
                           15,
                           "token_elsewhere",
                           "the tokens of this issuer come in `X-Goog-IAP-JWT-Assertion`, where "
                           "`token` does not look",
                           "google-iap",
                           "",
                           "add `{header: X-Goog-IAP-JWT-Assertion}` to `from` of `token`"};
  ExpectDiagnostic(row, Load(row.text), Severity::kWarning);
  EXPECT_EQ(Print(Load(Policy("profile: google-iap, audiences: a", kIapHeader)).diagnostics), "");
}

}  // namespace
}  // namespace doorward
