// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

const DiagnosticCase kWarnings[] = {
    {"a claim that looks like a path",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: [x], keys: {discovery: true}, roles_from: "
     "realm_access.roles}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 70, "dotted_claim", "`realm_access.roles` is the name of one claim, points and all",
     "realm_access.roles", "", "write `/realm_access/roles` for a claim within another"},
    {"a claim as in expressions",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: [x], keys: {discovery: true}, subject: "
     "claims.sub}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 67, "dotted_claim", "`claims.sub` is the name of one claim, points and all", "claims.sub",
     "", "write `/sub` for a claim within another"},
    {"a type for a pattern",
     "doorward: 1\nrules:\n  - {id: r, allow: [everyone], endpoints: ['/a/{id:int}']}\n", 3, 52,
     "odd_regex", "`int` is a regular expression here, and matches just this text", "int", "",
     "write `{id:[0-9]+}`"},
    {"a type for the rest",
     "doorward: 1\nrules:\n  - {id: r, allow: [everyone], endpoints: ['/a/{rest:path}']}\n", 3, 54,
     "odd_regex", "`path` is a regular expression here, and matches just this text", "path", "",
     "write `{rest=**}`"},
    {"issuer list dup",
     "doorward: 1\nissuers:\n  - {issuer: [https://a, https://a], audiences: [x], keys: "
     "{discovery: true}}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 26, "repeated_value", "`https://a` stands in this list already", "https://a", "",
     "remove it here"},
    {"aud any",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: any, keys: {discovery: true}}\nrules:\n  - "
     "{id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 28, "any_audience", "tokens that this issuer made for any other service are accepted",
     "any", "the audiences of this service", "name them"},
    {"aud any list",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: [any], keys: {discovery: true}}\nrules:\n  "
     "- {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 28, "any_audience", "tokens that this issuer made for any other service are accepted",
     "[any]", "the audiences of this service", "name them"},
    {"aud dup",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: [x, x], keys: {discovery: true}}\nrules:\n "
     " - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 32, "repeated_value", "`x` stands in this list already", "x", "", "remove it here"},
    {"alg hs remote",
     "doorward: 1\nissuers:\n  - {issuer: https://a/, audiences: [x], keys: {discovery: true}, "
     "algorithms: [RS256, HS256]}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 87, "useless_algorithm", "`HS256` never serves with keys that are fetched", "HS256", "",
     "hand the secret in by `jwks_file` or `jwks`, or remove the algorithm"},
    {"keys http",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: [x], keys: {jwks_uri: "
     "http://a.example/b}}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 50, "keys_in_the_clear",
     "whoever stands between can replace keys that are fetched without TLS", "http://a.example/b",
     "a URL that begins with `https://`"},
    {"jwks oct",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: [x], keys: {jwks: {keys: [{kty: oct, k: "
     "abc, kid: 1}]}}}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 55, "unlisted_hmac",
     "this `oct` key never serves, as `algorithms` lists no HS256, HS384 or HS512", "kty", "",
     "list the algorithm that it is for"},
    {"jwks private",
     "doorward: 1\nissuers:\n  - {issuer: a, audiences: [x], keys: {jwks: {keys: [{kty: EC, d: "
     "abc}]}}}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 64, "private_key", "a private key stands in this policy", "d", "public keys alone",
     "remove it here, and replace the key"},
    {"roles_from dup",
     "doorward: 1\nissuers:\n  - {issuer: https://a/, audiences: [x], keys: {discovery: true}, "
     "roles_from: [a, a]}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 83, "repeated_value", "`a` stands in this list already", "a", "", "remove it here"},
    {"expiry optional",
     "doorward: 1\nissuers:\n  - {issuer: https://a/, audiences: [x], keys: {discovery: true}, "
     "expiry: optional}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 67, "optional_expiry", "a token without an expiry is accepted for ever", "expiry: optional",
     "`expiry: required`", "set `max_age`"},
    {"expiry opt max",
     "doorward: 1\nissuers:\n  - {issuer: https://a/, audiences: [x], keys: {discovery: true}, "
     "expiry: optional, max_age: 1h}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 67, "optional_expiry", "a token without an expiry is accepted for ever", "expiry: optional",
     "`expiry: required`"},
    {"conf ignore",
     "doorward: 1\nissuers:\n  - {issuer: https://a/, audiences: [x], keys: {discovery: true}, "
     "confirmation: ignore}\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n",
     3, 67, "ignored_confirmation",
     "a token that is bound to a key is accepted from whoever holds a copy of it",
     "confirmation: ignore", "`confirmation: refuse`"},
    {"tenants needless",
     "doorward: 1\nissuers:\n  - {issuer: https://a/, audiences: [x], keys: {discovery: true}, "
     "tenants: [3f2504e0-4f89-11d3-9a0c-0305e82c3301]}\nrules:\n  - {id: r, allow: [everyone], "
     "endpoints: [/a]}\n",
     3, 67, "needless_tenants", "`tenants` says nothing here, as the issuer has no `{tenantid}`",
     "tenants: [3f2504e0-4f89-11d3-9a0c-0305e82c3301]", "",
     "remove it, or write `{tenantid}` in the issuer"},
    {"fold",
     "doorward: 1\nrequest: {path_case: fold}\nrules:\n  - {id: r, allow: [everyone], endpoints: "
     "[/a]}\n",
     2, 11, "loosened_request",
     "a backend that tells case apart serves `/Admin` by what rules say of `/admin`",
     "path_case: fold", "`path_case: sensitive`"},
    {"hosts dup",
     "doorward: 1\nhosts: [a, a]\nrules:\n  - {id: r, allow: [everyone], endpoints: [/a]}\n", 2, 12,
     "repeated_value", "`a` stands in this list already", "a", "", "remove it here"},
    {"forward always",
     "doorward: 1\ntoken: {forward: always}\nrules:\n  - {id: r, allow: [everyone], endpoints: "
     "[/a]}\n",
     2, 9, "token_forwarded",
     "the upstream, and whatever it logs, gets every token with which a caller came",
     "forward: always", "`forward: auto` or `forward: never`"},
    {"rules empty", "doorward: 1\nrules: []\n", 2, 1, "no_rules",
     "all requests are denied, as there are no rules", "rules", "", "add a rule with `allow`"},
    {"no rules", "doorward: 1\n", 1, 1, "no_rules",
     "all requests are denied, as there are no rules", "doorward", "", "add a rule with `allow`"},
    {"only denials", "doorward: 1\nrules: [{id: a, deny: everyone, endpoints: /a}]\n", 2, 1,
     "nothing_allowed", "all requests are denied, as no rule allows any", "rules", "",
     "add a rule with `allow`"},
    {"only reported",
     "doorward: 1\nrules: [{id: a, allow: everyone, endpoints: /a, mode: report}]\n", 2, 1,
     "nothing_allowed", "all requests are denied, as no rule allows any", "rules", "",
     "add a rule with `allow`"},
    {"unused role",
     "doorward: 1\nroles: {a: , b: {inherits: a}}\nrules: [{id: x, allow: b, endpoints: /a}]\n", 2,
     9, "unused_role", "no rule names the role `a`, nor one that it inherits", "a", "",
     "name it in a rule, or remove it"},
    {"method as host", "doorward: 1\nrules: [{id: a, allow: everyone, endpoints: [GET/a]}]\n", 2,
     46, "method_as_host", "`GET` is read as a host here", "GET", "",
     "put a space after the method"},
    {"repeated method",
     "doorward: 1\nrules: [{id: a, allow: everyone, endpoints: [\"GET,GET /a\"]}]\n", 2, 51,
     "repeated_value", "`GET` stands in this list already", "GET", "", "remove it here"},
    {"repeated endpoint", "doorward: 1\nrules: [{id: a, allow: everyone, endpoints: [/a, /a]}]\n",
     2, 50, "repeated_value", "`/a` stands in this list already", "/a", "", "remove it here"},
    {"host not served",
     "doorward: 1\nhosts: [a.example, \"*.b.example\"]\nrules: [{id: a, allow: everyone, "
     "endpoints: [a.example/, x.b.example/, b.example/]}]\n",
     3, 72, "host_not_served",
     "`hosts` has no host that `b.example` stands for: this matches nothing", "b.example/", "",
     "add it to `hosts`"},
    {"object host not served",
     "doorward: 1\nhosts: [a.example]\nrules: [{id: a, allow: everyone, endpoints: {hosts: "
     "b.example, paths: /}}]\n",
     3, 53, "host_not_served",
     "`hosts` has no host that `b.example` stands for: this matches nothing", "b.example", "",
     "add it to `hosts`"},
    {"scopes twice",
     "doorward: 1\nrules: [{id: a, allow: authenticated, scopes: [s, s], endpoints: /}]\n", 2, 51,
     "repeated_value", "`s` stands in this list already", "s", "", "remove it here"},
    {"covered",
     "doorward: 1\nroles: {a: }\nrules: [{id: a, allow: [authenticated, a], endpoints: /}]\n", 3,
     40, "covered_name", "`a` adds nothing to `authenticated` beside it", "a", "",
     "remove one of them"},
    {"covered by everyone",
     "doorward: 1\nrules: [{id: a, allow: [everyone, authenticated], endpoints: /}]\n", 2, 35,
     "covered_name", "`authenticated` adds nothing to `everyone` beside it", "authenticated", "",
     "remove one of them"},
    {"denial of heirs",
     "doorward: 1\nroles: {a: , b: {inherits: a}}\nrules: [{id: x, allow: b, endpoints: /a}, {id: "
     "y, deny: a, endpoints: /a}]\n",
     3, 57, "inherited_denial", "denying `a` also denies `b`, which inherits it", "a", "",
     "deny a role that none inherits, if that is not meant"},
};

TEST(Warnings, TellTheHoleOrWhatSaysNothing) {
  for (const DiagnosticCase& row : kWarnings) {
    ExpectDiagnostic(row, Load(row.text), Severity::kWarning);
  }
}

// What is near to a warning and right.
constexpr std::string_view kQuiet[] = {
    "request: {path_case: sensitive, backend: generic, encoded_slash: reject, empty_segments: "
    "reject, "
    "semicolon: reject, override_headers: strip, cors_preflight: by_rules}",
    "request: {backend: windows, override_headers: reject}",
    "hosts: ['*.a.example']\nroles: {}",
    "token: {forward: never}",
    "token: {from: [{header: Authorization, scheme: Bearer}, {header: Authorization, scheme: "
    "DPoP}, "
    "{header: X-Token}, {cookie: token}]}",
    "issuers: {issuer: a, audiences: x, algorithms: HS256, keys: {jwks_file: k}}",
    "issuers: {issuer: a, audiences: x, keys: {jwks_uri: 'http://127.0.0.1:8080/jwks'}}",
    "issuers: {issuer: a, audiences: x, keys: {discovery: true}, max_age: 1h, leeway: 0s}",
    "issuers: {issuer: a, audiences: x, keys: {discovery: True}}",
};

TEST(Warnings, AreNotGivenForWhatIsRight) {
  for (const std::string_view text : kQuiet) {
    const LoadedModel loaded = Load("doorward: 1\n" + std::string(text) +
                                    "\nrules: [{id: r, allow: [everyone], endpoints: [/a]}]\n");
    EXPECT_TRUE(loaded.diagnostics.empty()) << text << "\n" << Print(loaded.diagnostics);
  }
}

// A host in a rule beside the hosts that are served.
struct CoverageCase {
  std::string_view served, named;
  bool covered;
};

constexpr CoverageCase kCoverage[] = {
    {"a.example", "a.example", true},          {"a.example", "A.Example", true},
    {"a.example", "b.example", false},         {"a.example", "x.a.example", false},
    {"*.a.example", "x.a.example", true},      {"*.a.example", "x.y.a.example", true},
    {"*.a.example", "a.example", false},       {"*.a.example", "xa.example", false},
    {"x.a.example", "*.a.example", true},      {"x.y.a.example", "*.a.example", true},
    {"a.example", "*.a.example", false},       {"*.a.example", "*.a.example", true},
    {"*.a.example", "*.x.a.example", true},    {"*.x.a.example", "*.a.example", true},
    {"*.x.a.example", "*.y.a.example", false}, {"*.example", "*.a.example", true},
};

TEST(Warnings, OfHostsThatAreNotServed) {
  for (const CoverageCase& row : kCoverage) {
    SCOPED_TRACE(std::string(row.served) + " " + std::string(row.named));
    const LoadedModel loaded = Load("doorward: 1\nhosts: ['" + std::string(row.served) +
                                    "']\nrules: [{id: r, allow: [everyone], endpoints: ['" +
                                    std::string(row.named) + "/a']}]\n");
    ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
    EXPECT_EQ(loaded.diagnostics.empty(), row.covered) << Print(loaded.diagnostics);
  }
}

TEST(Warnings, SayNothingOfNamesThatMayBeMeant) {
  for (const std::string_view claim :
       {"https://example.com/roles", "com.example.roles", "/realm_access/roles", "realm_access",
        "realm_access.", "cognito:groups"}) {
    SCOPED_TRACE(claim);
    const LoadedModel loaded = Load(
        "doorward: 1\nissuers: [{issuer: a, audiences: [x], keys: {discovery: true}, "
        "roles_from: '" +
        std::string(claim) +
        "'}]\nrules: [{id: r, allow: [everyone], endpoints: "
        "['/{id:[0-9]+}/{name:integers}']}]\n");
    EXPECT_EQ(Print(loaded.diagnostics), "");
  }
}

}  // namespace
}  // namespace doorward
