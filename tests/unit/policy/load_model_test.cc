// SPDX-License-Identifier: Apache-2.0

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"
#include "tests/unit/policy/model_text.h"

namespace doorward {
namespace {

std::string TextOf(std::string_view policy, PolicyFormat format = PolicyFormat::kYaml) {
  const LoadedModel loaded = Load(policy, format);
  return loaded.model ? ModelText(*loaded.model) : Print(loaded.diagnostics);
}

TEST(LoadModel, ReadsAWholePolicy) {
  EXPECT_EQ(TextOf(R"(doorward: 1
hosts: [API.example.com, "*.apps.example.com"]
issuers:
  - issuer: [https://login.example.com/, login.example.com]
    audiences: [https://api.example.com, other]
    algorithms: [RS256, ES256]
    keys: {jwks_uri: https://login.example.com/jwks}
    subject: /user/id
    roles_from: [groups, /realm_access/roles, {claim: perms, split: spaces}]
    scopes_from: scp
    roles: [viewer, editor]
    require: {token_use: access, ver: 1, ok: true}
    token_type: at+jwt
    leeway: 90s
    max_age: 1h30m
    expiry: optional
    confirmation: ignore
  - issuer: https://sts.example.net/{tenantid}/
    audiences: any
    keys: {jwks: {keys: [{kty: oct, k: "a\"b", kid: 1}]}}
    roles: []
    require: [oid, tid]
    tenants: [3F2504E0-4f89-11d3-9a0c-0305e82c3301]
roles:
  viewer:
  editor: {inherits: [viewer], description: may change orders}
  admin:
    inherits: editor
    granted_to:
      - {claim: groups, values: [platform-admins, ops], issuer: login.example.com}
      - {claim: scope, values: x}
rules:
  - id: orders-read
    description: people read orders
    allow: [viewer, admin]
    endpoints:
      - GET /orders
      - methods: [GET, PUT]
        hosts: [api.example.com, x.apps.example.com]
        paths: [/a, "/b/{id}"]
    scopes: [orders.read, orders.list]
  - {id: webhook, allow: everyone, endpoints: [POST /hooks/github], token: ignore}
  - {id: limit, deny: [authenticated], endpoints: ['GET /export/**'], mode: report}
request: {path_case: fold, encoded_slash: keep, empty_segments: merge, semicolon: literal,
          override_headers: reject, cors_preflight: pass}
token:
  from: [{cookie: session}, {header: X-Token}, {header: Authorization, scheme: DPoP}]
  forward: never
forward:
  headers:
    X-User: subject
    X-Issuer: {value: issuer, required: true}
    X-Mail: {value: claims.email}
  strip: ["X-User-*", X-Forwarded-User]
)"),
            R"(hosts [api.example.com|*.apps.example.com]
request 1011111
issuer [https://login.example.com/|login.example.com] aud [https://api.example.com|other] alg [RS256|ES256] keys 1 https://login.example.com/jwks sub /user/id roles_from [groups|/realm_access/roles|perms/split] scopes_from [scp/split] roles [0|1] typ at+jwt leeway 90 max_age 5400 exp 0 cnf 0 tenants []
  require token_use=1,access,0,0,1
  require ver=2,1,1,0,1
  require ok=3,true,0,1,1
issuer [https://sts.example.net/{tenantid}/] aud [] alg - keys 3 {"keys":[{"kty":"oct","k":"a\"b","kid":"1"}]} sub sub roles_from [roles] scopes_from [scope/split|scp/split] roles [] typ - leeway 60 max_age -1 exp 1 cnf 1 tenants [3f2504e0-4f89-11d3-9a0c-0305e82c3301]
  require oid=0,,0,0,0
  require tid=0,,0,0,0
role viewer () inherits []
role editor (may change orders) inherits [0]
role admin () inherits [1]
  granted_to [groups] [platform-admins|ops] issuer 0
  granted_to [scope/split] [x] issuer any
rule orders-read (people read orders) allow [0|2] scopes [orders.read|orders.list]
  GET /orders
  GET,PUT api.example.com /a
  GET,PUT x.apps.example.com /a
  GET,PUT api.example.com /b/{id:*}
  GET,PUT x.apps.example.com /b/{id:*}
rule webhook () allow everyone [] scopes [] ignore_token
  POST /hooks/github
rule limit () deny authenticated [] scopes [] report
  GET /export/{**}
token cookie session 
token header X-Token 
token header Authorization DPoP
token_forward 2
header X-User = subject
header X-Issuer = issuer required
header X-Mail = claims.email
strip [X-User-*|X-Forwarded-User]
)");
}

TEST(LoadModel, FillsInTheDefaults) {
  EXPECT_EQ(TextOf("doorward: 1\nissuers: {issuer: a, audiences: x, keys: {discovery: true}}\n"),
            R"(hosts []
request 0000000
issuer [a] aud [x] alg - keys 0  sub sub roles_from [roles] scopes_from [scope/split|scp/split] roles - typ - leeway 60 max_age -1 exp 1 cnf 1 tenants []
token header Authorization Bearer
token_forward 0
strip []
)");
}

TEST(LoadModel, ASingleValueStandsForAList) {
  EXPECT_EQ(TextOf(R"(doorward: 1
hosts: a
issuers: {issuer: i, audiences: x, algorithms: RS256, keys: {jwks_file: k}, roles_from: g,
          roles: r, require: q}
roles: {s: , r: {inherits: s, granted_to: {claim: c, values: v}}}
rules: [{id: x, allow: r, endpoints: /, scopes: o}]
token: {from: {cookie: c}}
forward: {strip: X-A}
)"),
            TextOf(R"(doorward: 1
hosts: [a]
issuers: [{issuer: [i], audiences: [x], algorithms: [RS256], keys: {jwks_file: k}, roles_from: [g],
           roles: [r], require: [q]}]
roles: {s: {}, r: {inherits: [s], granted_to: [{claim: c, values: [v]}]}}
rules: [{id: x, allow: [r], endpoints: [/], scopes: [o]}]
token: {from: [{cookie: c}]}
forward: {strip: [X-A]}
)"));
}

TEST(LoadModel, EmptyListsAreAllowedWhereTheySaySomething) {
  const LoadedModel loaded = Load(
      "doorward: 1\nissuers: {issuer: a, audiences: x, keys: {discovery: true}, roles: [], "
      "roles_from: [], scopes_from: [], require: {}}\nroles: {r: {inherits: []}}\n"
      "rules: [{id: x, allow: r, endpoints: /, scopes: []}]\nrequest: {}\ntoken: {}\n"
      "forward: {headers: {}, strip: []}\n");
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  EXPECT_TRUE(loaded.model->issuers[0].roles->empty());
  EXPECT_TRUE(loaded.model->issuers[0].roles_from.empty());
}

// A value of `require`, as YAML and as JSON.
struct RequireCase {
  std::string_view name, value;
  PolicyFormat format;
  RequireEntry::Kind kind;
  std::string_view text;
  bool or_text;
};

constexpr RequireCase kRequired[] = {
    {"yaml text", "access", PolicyFormat::kYaml, RequireEntry::Kind::kString, "access", true},
    {"yaml number", "-1.5e3", PolicyFormat::kYaml, RequireEntry::Kind::kNumber, "-1.5e3", true},
    {"yaml quoted number", "'1'", PolicyFormat::kYaml, RequireEntry::Kind::kNumber, "1", true},
    {"yaml truth", "true", PolicyFormat::kYaml, RequireEntry::Kind::kBool, "true", true},
    {"yaml True", "True", PolicyFormat::kYaml, RequireEntry::Kind::kBool, "True", true},
    {"yaml FALSE", "FALSE", PolicyFormat::kYaml, RequireEntry::Kind::kBool, "FALSE", true},
    {"yaml tRUE", "tRUE", PolicyFormat::kYaml, RequireEntry::Kind::kString, "tRUE", true},
    {"json True", "\"True\"", PolicyFormat::kJson, RequireEntry::Kind::kString, "True", false},
    {"yaml yes", "yes", PolicyFormat::kYaml, RequireEntry::Kind::kString, "yes", true},
    {"yaml null word", "null", PolicyFormat::kYaml, RequireEntry::Kind::kString, "null", true},
    {"yaml leading zero", "01", PolicyFormat::kYaml, RequireEntry::Kind::kString, "01", true},
    {"yaml hexadecimal", "0x1", PolicyFormat::kYaml, RequireEntry::Kind::kString, "0x1", true},
    {"yaml plus", "+1", PolicyFormat::kYaml, RequireEntry::Kind::kString, "+1", true},
    {"yaml open fraction", "'1.'", PolicyFormat::kYaml, RequireEntry::Kind::kString, "1.", true},
    {"yaml empty text", "''", PolicyFormat::kYaml, RequireEntry::Kind::kString, "", true},
    {"json text", "\"1\"", PolicyFormat::kJson, RequireEntry::Kind::kString, "1", false},
    {"json number", "1", PolicyFormat::kJson, RequireEntry::Kind::kNumber, "1", false},
    {"json truth", "false", PolicyFormat::kJson, RequireEntry::Kind::kBool, "false", false},
    {"json null", "null", PolicyFormat::kJson, RequireEntry::Kind::kNull, "null", false},
};

TEST(LoadModel, RequiredValuesKeepTheirType) {
  for (const RequireCase& row : kRequired) {
    SCOPED_TRACE(row.name);
    const LoadedModel loaded =
        Load(R"({"doorward": 1, "issuers": {"issuer": "a", "audiences": "x",)"
             R"( "keys": {"jwks_file": "k"}, "require": {"c": )" +
                 std::string(row.value) + "}}}",
             row.format);
    ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
    const RequireEntry& entry = loaded.model->issuers[0].require.at(0);
    EXPECT_EQ(entry.kind, row.kind);
    EXPECT_EQ(entry.text, row.text);
    EXPECT_EQ(entry.or_text, row.or_text);
  }
}

TEST(LoadModel, KeysInThePolicyAreHandedOnAsJson) {
  const LoadedModel loaded = Load(
      R"({"doorward": 1, "issuers": {"issuer": "a", "audiences": "x", "keys": {"jwks":)"
      R"( {"keys": [{"kty": "EC", "x": "\u00e9\n\"\\", "n": [1, -2.5e3, true, null, {}]}]}}}})",
      PolicyFormat::kJson);
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  EXPECT_EQ(loaded.model->issuers[0].inline_jwks,
            R"({"keys":[{"kty":"EC","x":"é\u000a\"\\","n":[1,-2.5e3,true,null,{}]}]})");
}

TEST(LoadModel, PlacesPointIntoTheText) {
  constexpr std::string_view kText =
      "doorward: 1\nroles: {r: }\nrules:\n  - id: x\n    allow: r\n    endpoints: [/a, 'GET /b']\n";
  const LoadedModel loaded = Load(kText);
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  const auto at = [&](Span span) { return kText.substr(span.offset, span.length); };
  EXPECT_EQ(at(loaded.model->roles[0].at), "r");
  EXPECT_EQ(at(loaded.model->rules[0].at), "id: x\n    allow: r\n    endpoints: [/a, 'GET /b']");
  EXPECT_EQ(at(loaded.model->rules[0].endpoints[0].at), "/a");
  EXPECT_EQ(at(loaded.model->rules[0].endpoints[1].at), "'GET /b'");
  EXPECT_EQ(loaded.model->rules[0].endpoints[1].text, "GET /b");
}

TEST(LoadModel, ThePlaceOfAnIssuersKeysIsKept) {
  struct Row {
    std::string_view name, keys;
    uint32_t column;
    size_t length;
  };
  constexpr Row kRows[] = {
      {"discovery", "{discovery: true}", 43, 9},
      {"a URL", "{jwks_uri: https://a/k}", 53, 11},
      {"a file", "{jwks_file: 'k.json'}", 54, 8},
      {"in the policy", "{jwks: {keys: []}}", 43, 4},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const std::string text =
        "doorward: 1\nissuers:\n  - {issuer: é, audiences: [a, b], keys: " + std::string(row.keys) +
        "}\n";
    const LoadOutcome loaded = Policy::Load(text, "policy");
    ASSERT_TRUE(loaded.policy) << Print(loaded.diagnostics);
    const SourceRange range = loaded.policy->issuer_keys(0).location_range;
    EXPECT_EQ(range.line, 3u);
    EXPECT_EQ(range.column, row.column);
    EXPECT_EQ(range.offset, 21 + row.column);  // two lines, and an octet more for the letter
    EXPECT_EQ(range.length, row.length);
  }
}

TEST(LoadModel, TheRevisionIsAHashOfTheText) {
  EXPECT_EQ(Load("doorward: 1\n").model->revision, "6a5cdf98c96a8479");
  EXPECT_NE(Load("doorward: 1\n").model->revision, Load("doorward: 1").model->revision);
}

// How many examples a page has; each must load without a warning.
size_t LoadExamples(const std::string& name) {
  std::ifstream file(DOORWARD_SOURCE_DIR "/docs/" + name);
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  constexpr std::string_view kOpen = "```yaml\n";
  size_t count = 0;
  for (size_t at = page.find(kOpen); at != page.npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    const std::string text = page.substr(at, page.find("```", at) - at);
    const LoadedModel loaded = Load(text);
    EXPECT_TRUE(loaded.diagnostics.empty()) << text << Print(loaded.diagnostics);
    ++count;
  }
  return count;
}

TEST(Pages, TheirExamplesLoadWithoutAWarning) {
  EXPECT_GE(LoadExamples("policy-language.md"), 7u);
  EXPECT_GE(LoadExamples("identity-providers.md"), 10u);
}

}  // namespace
}  // namespace doorward
