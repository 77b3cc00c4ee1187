// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

// Of an issuer that is whole but for what the row adds.
const DiagnosticCase kAddedMembers[] = {
    {"unknown", "audience: x", 3, 67, "unknown_member", "an issuer has no member `audience`",
     "audience",
     "`issuer`, `audiences`, `algorithms`, `keys`, `subject`, `roles_from`, `scopes_from`, "
     "`roles`, `accept`, `require`, `token_type`, `leeway`, `max_age`, `expiry`, `confirmation`, "
     "`tenants`, `profile` or `signer`",
     "did you mean `audiences`?"},
    {"alg", "algorithms: [RS265]", 3, 80, "unknown_algorithm", "unknown algorithm `RS265`", "RS265",
     "`RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512`, `EdDSA`, "
     "`HS256`, `HS384` or `HS512`",
     "did you mean `RS256`?"},
    {"alg none", "algorithms: [none]", 3, 80, "unknown_algorithm",
     "tokens without a signature are never accepted", "none",
     "`RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512`, `EdDSA`, "
     "`HS256`, `HS384` or `HS512`"},
    {"alg NONE", "algorithms: [NoNe]", 3, 80, "unknown_algorithm",
     "tokens without a signature are never accepted", "NoNe",
     "`RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512`, `EdDSA`, "
     "`HS256`, `HS384` or `HS512`"},
    {"alg case", "algorithms: [rs256]", 3, 80, "unknown_algorithm", "unknown algorithm `rs256`",
     "rs256",
     "`RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512`, `EdDSA`, "
     "`HS256`, `HS384` or `HS512`",
     "did you mean `RS256`?"},
    {"alg empty", "algorithms: []", 3, 79, "empty_list", "`algorithms` of an issuer is empty", "[]",
     "at least one entry"},
    {"subject empty", R"(subject: "")", 3, 76, "empty_value", "`subject` of an issuer is empty",
     R"("")"},
    {"subject bad pointer", "subject: /a~2b", 3, 78, "bad_claim", "`/a~2b` is no JSON Pointer", "~",
     "`~0` for `~` and `~1` for `/` within a name"},
    {"subject list", "subject: [a]", 3, 76, "wrong_type",
     "`subject` of an issuer must be text, not a list", "[a]", "text"},
    {"roles_from bad split", "roles_from: [{claim: g, split: comma}]", 3, 98, "unknown_value",
     "`comma` is no value for `split`", "comma", "`spaces`"},
    {"roles_from no claim", "roles_from: [{split: spaces}]", 3, 80, "missing_member",
     "a claim that is split has no `claim`", "", "a claim's name or JSON Pointer"},
    {"roles unknown", "roles: [a]", 3, 75, "unknown_role", "unknown role `a`", "a",
     "a role that `roles` declares"},
    {"roles reserved", "roles: [everyone]", 3, 75, "reserved_name",
     "the reserved name `everyone` cannot stand in `roles` of an issuer", "everyone",
     "a role that `roles` declares"},
    {"accept of no bool", "accept: size(claims)", 3, 75, "expression_type",
     "this gives a value of type int", "size(claims)", "a bool"},
    {"accept of a request", "accept: request.host == claims.h", 3, 75, "expression_name",
     "`request.host` cannot stand here: a token is accepted for its claims alone", "request.host",
     "`claims` or `issuer`"},
    {"accept empty", R"(accept: "")", 3, 75, "empty_value", "`accept` of an issuer is empty",
     R"("")"},
    {"accept null", "accept: ", 3, 67, "empty_value", "`accept` of an issuer has no value",
     "accept", "", "give it a value, or leave it out"},
    {"require nested", "require: {a: [1]}", 3, 80, "wrong_type",
     "the value of a required claim must be text, a number or a truth value, not a list", "[1]",
     "text, a number or a truth value"},
    {"require null", "require: {a: }", 3, 77, "empty_value", "the required claim `a` has no value",
     "a", "a value", "in a list of names a claim need only be there"},
    {"require empty name", R"(require: {"": x})", 3, 77, "empty_value",
     "the name of a required claim is empty", R"("")"},
    {"require inf", "require: {a: 1e999}", 3, 80, "bad_number",
     "no claim can have the number `1e999`", "1e999", "a number that a double can hold"},
    {"require empty in list", R"(require: [""])", 3, 77, "empty_value",
     "`require` of an issuer is empty", R"("")"},
    {"token_type", R"(token_type: "")", 3, 79, "empty_value", "`token_type` of an issuer is empty",
     R"("")"},
    {"leeway 601s", "leeway: 601s", 3, 75, "leeway_too_long",
     "a leeway of `601s` would keep tokens alive long after they expired", "601s", "at most `10m`"},
    {"leeway 60", "leeway: 60", 3, 75, "bad_duration", "`60` is no duration", "60",
     "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`",
     "write `60s` for seconds"},
    {"leeway 1d", "leeway: 1d", 3, 75, "bad_duration", "`1d` is no duration", "1d",
     "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`"},
    {"leeway neg", "leeway: -1s", 3, 75, "bad_duration", "`-1s` is no duration", "-1s",
     "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`"},
    {"leeway 1s1m", "leeway: 1s1m", 3, 75, "bad_duration", "`1s1m` is no duration", "1s1m",
     "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`"},
    {"leeway 1m1m", "leeway: 1m1m", 3, 75, "bad_duration", "`1m1m` is no duration", "1m1m",
     "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`"},
    {"leeway 1.5m", "leeway: 1.5m", 3, 75, "bad_duration", "`1.5m` is no duration", "1.5m",
     "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`"},
    {"leeway space", "leeway: 1m 30s", 3, 75, "bad_duration", "`1m 30s` is no duration", "1m 30s",
     "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`"},
    {"leeway huge", "leeway: 9999999999s", 3, 75, "bad_duration", "`9999999999s` is no duration",
     "9999999999s", "whole numbers with the units `h`, `m`, `s`: `60s`, `10m`, `1h30m`"},
    {"max_age 0", "max_age: 0s", 3, 76, "bad_max_age",
     "no token can be held to a `max_age` of `0s`", "0s", "more than `0s`, at most 100 years"},
    {"max_age big", "max_age: 876001h", 3, 76, "bad_max_age",
     "no token can be held to a `max_age` of `876001h`", "876001h",
     "more than `0s`, at most 100 years"},
    {"expiry bad", "expiry: optinal", 3, 75, "unknown_value",
     "`optinal` is no value for `expiry` of an issuer", "optinal", "`required` or `optional`",
     "did you mean `optional`?"},
    {"conf bad", "confirmation: accept", 3, 81, "unknown_value",
     "`accept` is no value for `confirmation` of an issuer", "accept", "`refuse` or `ignore`"},
};

TEST(IssuerErrors, OfWhatAnIssuerMayHave) {
  for (DiagnosticCase row : kAddedMembers) {
    row.text =
        "doorward: 1\nissuers:\n  - {issuer: https://a/, audiences: [x], keys: {discovery: "
        "true}, " +
        row.text + "}\n";
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

// Of an issuer that has just these members.
const DiagnosticCase kMembers[] = {
    {"no issuer", "audiences: [x], keys: {discovery: true}", 3, 5, "missing_member",
     "an issuer has no `issuer`", "", "the `iss` of its tokens"},
    {"issuer empty list", "issuer: [], audiences: [x], keys: {discovery: true}", 3, 14,
     "empty_list", "`issuer` of an issuer is empty", "[]", "at least one entry"},
    {"issuer empty", R"(issuer: "", audiences: [x], keys: {discovery: true})", 3, 14, "empty_value",
     "`issuer` of an issuer is empty", R"("")"},
    {"issuer space", R"(issuer: "https://a ", audiences: [x], keys: {discovery: true})", 3, 14,
     "bad_name", "`issuer` of an issuer begins or ends with a space", R"("https://a ")"},
    {"no audiences", "issuer: a, keys: {discovery: true}", 3, 5, "missing_member",
     "an issuer has no `audiences`", "", "the `aud` that tokens for this service have"},
    {"aud empty", "issuer: a, audiences: [], keys: {discovery: true}", 3, 28, "empty_list",
     "`audiences` of an issuer is empty", "[]", "at least one entry"},
    {"two tenants",
     "issuer: 'https://{tenantid}/{tenantid}', audiences: [x], keys: {discovery: true}, tenants: "
     "[3f2504e0-4f89-11d3-9a0c-0305e82c3301]",
     3, 14, "bad_tenant", "`https://{tenantid}/{tenantid}` holds `{tenantid}` twice",
     "'https://{tenantid}/{tenantid}'", "`{tenantid}` once, or not at all"},
    {"aud any+", "issuer: a, audiences: [any, x], keys: {discovery: true}", 3, 28,
     "any_audience_beside_others", "`any` stands beside other audiences", "[any, x]",
     "`any` alone, or audiences without it", "remove `any`"},
    {"aud empty text", R"(issuer: a, audiences: [""], keys: {discovery: true})", 3, 29,
     "empty_value", "`audiences` of an issuer is empty", R"("")"},
    {"aud map", "issuer: a, audiences: {x: y}, keys: {discovery: true}", 3, 28, "wrong_type",
     "`audiences` of an issuer must be text, not an object", "{x: y}", "text"},
    {"no keys", "issuer: a, audiences: [x]", 3, 5, "missing_member", "an issuer has no `keys`", "",
     "where its keys come from"},
    {"keys none", "issuer: a, audiences: [x], keys: {}", 3, 33, "key_source",
     "`keys` names no source of keys", "keys",
     "one of `discovery`, `jwks_uri`, `jwks_file` or `jwks`"},
    {"keys two", "issuer: a, audiences: [x], keys: {discovery: true, jwks_file: k.json}", 3, 33,
     "key_source", "`keys` names several sources", "keys",
     "one of `discovery`, `jwks_uri`, `jwks_file` or `jwks`"},
    {"keys false", "issuer: a, audiences: [x], keys: {discovery: false}", 3, 51, "unknown_value",
     "`discovery` can only be `true`", "false", "`discovery: true`, or another source of keys"},
    {"keys yes", "issuer: a, audiences: [x], keys: {discovery: yes}", 3, 51, "wrong_type",
     "`discovery` must be `true` or `false`", "yes", "`true` or `false`"},
    {"keys text", "issuer: a, audiences: [x], keys: discovery", 3, 39, "wrong_type",
     "`keys` of an issuer must be an object, not text", "discovery", "an object"},
    {"keys unknown", "issuer: a, audiences: [x], keys: {jwks_url: https://a/}", 3, 40,
     "unknown_member", "`keys` of an issuer has no member `jwks_url`", "jwks_url",
     "`discovery`, `jwks_uri`, `jwks_file` or `jwks`", "did you mean `jwks_uri`?"},
    {"keys uri", "issuer: a, audiences: [x], keys: {jwks_uri: a/b}", 3, 50, "bad_url",
     "`a/b` is no URL of a key set", "a/b", "a URL that begins with `https://`"},
    {"keys file empty", R"(issuer: a, audiences: [x], keys: {jwks_file: ""})", 3, 51, "empty_value",
     "`jwks_file` is empty", R"("")"},
    {"jwks text", "issuer: a, audiences: [x], keys: {jwks: x}", 3, 40, "bad_key_set",
     "`jwks` is no key set", "jwks", "an object with a list `keys`, as in RFC 7517"},
    {"jwks no keys", "issuer: a, audiences: [x], keys: {jwks: {}}", 3, 40, "bad_key_set",
     "`jwks` is no key set", "jwks", "an object with a list `keys`, as in RFC 7517"},
    {"jwks keys not list", "issuer: a, audiences: [x], keys: {jwks: {keys: {}}}", 3, 47,
     "bad_key_set", "`jwks` is no key set", "keys", "an object with a list `keys`, as in RFC 7517"},
    {"tenants missing",
     R"(issuer: "https://a/{tenantid}/", audiences: [x], keys: {discovery: true})", 3, 5,
     "missing_member", "an issuer has no `tenants`", "",
     "the tenants, as GUIDs, that `{tenantid}` may stand for"},
    {"tenants bad",
     R"(issuer: "https://a/{tenantid}/", audiences: [x], keys: {discovery: true}, tenants: [x, 3F2504E0-4f89-11d3-9a0c-0305e82c3301])",
     3, 90, "bad_tenant", "`x` is no GUID", "x",
     "a tenant's GUID, as `3f2504e0-4f89-11d3-9a0c-0305e82c3301`"},
    {"tenants empty",
     R"(issuer: "https://a/{tenantid}/", audiences: [x], keys: {discovery: true}, tenants: [])", 3,
     89, "empty_list", "`tenants` of an issuer is empty", "[]", "at least one entry"},
};

TEST(IssuerErrors, OfWhatAnIssuerMustHave) {
  for (DiagnosticCase row : kMembers) {
    row.text = "doorward: 1\nissuers:\n  - {" + row.text + "}\n";
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

const DiagnosticCase kPolicies[] = {
    {"aud block null",
     "doorward: 1\nissuers:\n  - issuer: a\n    audiences:\n      -\n      - x\n    keys: "
     "{discovery: true}\n",
     5, 8, "empty_value", "an entry of `audiences` of an issuer has no value", "", "text"},
    {"two same",
     "doorward: 1\nissuers:\n  - {issuer: [a, b], audiences: x, keys: {discovery: true}, roles: "
     "[]}\n  - {issuer: [c, b], audiences: x, keys: {discovery: true}, roles: []}\n",
     4, 18, "repeated_issuer", "two entries are for the issuer `b`", "b",
     "one entry for each issuer", "the first begins in line 3"},
    {"a template with a tenant",
     "doorward: 1\nissuers:\n  - {issuer: 'https://a/{tenantid}/v2', audiences: x, roles: [], "
     "keys: "
     "{discovery: true}, tenants: [11111111-1111-1111-1111-111111111111, "
     "3F2504E0-4F89-11D3-9A0C-0305E82C3301]}\n  - {issuer: [b, "
     "https://a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2], audiences: x, roles: [], keys: "
     "{discovery: true}}\n",
     4, 18, "repeated_issuer",
     "two entries are for the issuer `https://a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2`",
     "https://a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2", "one entry for each issuer",
     "the other begins in line 3"},
    {"issuers null", "doorward: 1\nissuers:\n", 2, 1, "empty_value",
     "`issuers` of a policy has no value", "issuers", "", "give it a value, or leave it out"},
    {"issuers text", "doorward: 1\nissuers: a\n", 2, 10, "wrong_type",
     "an issuer must be an object, not text", "a", "an object"},
};

TEST(IssuerErrors, OfSeveralIssuersAndOddOnes) {
  for (const DiagnosticCase& row : kPolicies) {
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

TEST(IssuerErrors, ATemplateIsNoOtherTenantsIssuer) {
  const auto load = [](std::string_view first, std::string_view second) {
    return Load("doorward: 1\nissuers:\n  - {issuer: [b, " + std::string(first) +
                "], audiences: x, roles: [], keys: {discovery: true}, tenants: "
                "[3f2504e0-4f89-11d3-9a0c-0305e82c3301]}\n  - {issuer: " +
                std::string(second) + ", audiences: x, roles: [], keys: {discovery: true}}\n");
  };
  constexpr std::string_view kTemplate = "'https://a/{tenantid}'";
  EXPECT_TRUE(load(kTemplate, "https://a/3f2504e0-4f89-11d3-9a0c-0305e82c3302").model);
  EXPECT_TRUE(load(kTemplate, "https://a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/").model);
  EXPECT_FALSE(load(kTemplate, "https://a/3F2504E0-4f89-11d3-9a0c-0305e82c3301").model);
}

TEST(IssuerErrors, SeveralIssuersEachNeedRoles) {
  const LoadedModel loaded = Load(
      "doorward: 1\nissuers:\n  - {issuer: a, audiences: x, keys: {discovery: true}}\n"
      "  - {issuer: b, audiences: x, keys: {discovery: true}}\n");
  EXPECT_EQ(Print(loaded.diagnostics),
            "3:5 missing_member | an issuer has no `roles` | \n"
            "4:5 missing_member | an issuer has no `roles` | \n");
}

}  // namespace
}  // namespace doorward
