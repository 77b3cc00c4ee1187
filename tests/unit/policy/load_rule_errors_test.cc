// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

const DiagnosticCase kRoleErrors[] = {
    {"list", "[a, b]", 2, 8, "wrong_type", "`roles` must be an object of role names, not a list",
     "[a, b]", "an object of role names"},
    {"ctrl", R"({"a\tb": })", 2, 9, "bad_name", "the name of a role holds a control character",
     R"("a\tb")"},
    {"text", "{a: admin}", 2, 12, "wrong_type", "a role must be an object, not text", "admin",
     "an object"},
    {"unknown m", "{a: {inherit: b}}", 2, 13, "unknown_member", "a role has no member `inherit`",
     "inherit", "`inherits`, `granted_to` or `description`", "did you mean `inherits`?"},
    {"inh unknown", "{editor: , a: {inherits: [edtior]}}", 2, 34, "unknown_role",
     "unknown role `edtior`", "edtior", "a role that `roles` declares", "did you mean `editor`?"},
    {"inh reserved", "{a: {inherits: everyone}}", 2, 23, "reserved_name",
     "the reserved name `everyone` cannot stand in `inherits` of a role", "everyone",
     "a role that `roles` declares"},
    {"inh null", "{a: {inherits: }}", 2, 13, "empty_value", "`inherits` of a role has no value",
     "inherits", "", "give it a value, or leave it out"},
    {"inh self", "{a: {inherits: a}}", 2, 9, "role_cycle",
     "roles inherit each other in a circle: `a` inherits `a`", "a", "",
     "remove one of these from `inherits`"},
    {"cycle", "{a: {inherits: b}, b: {inherits: [c]}, c: {inherits: [d, a]}, d: }", 2, 9,
     "role_cycle",
     "roles inherit each other in a circle: `a` inherits `b` inherits `c` inherits `a`", "a", "",
     "remove one of these from `inherits`"},
    {"desc list", "{a: {description: [x]}}", 2, 26, "wrong_type",
     "`description` of a role must be text, not a list", "[x]", "text"},
    {"grants empty", "{a: {granted_to: []}}", 2, 25, "empty_list",
     "`granted_to` of a role is empty", "[]", "at least one entry"},
    {"grant {}", "{a: {granted_to: {}}}", 2, 25, "incomplete_grant",
     "this grant would hold for everyone", "{}", "`claim` with `values`, `issuer` or `when`"},
    {"grant claim only", "{a: {granted_to: {claim: g}}}", 2, 26, "incomplete_grant",
     "`claim` stands here without `values`", "claim", "`claim` and `values` together"},
    {"grant values only", "{a: {granted_to: {values: [g]}}}", 2, 26, "incomplete_grant",
     "`values` stands here without `claim`", "values", "`claim` and `values` together"},
    {"grant values empty", "{a: {granted_to: {claim: g, values: []}}}", 2, 44, "empty_list",
     "`values` of a grant is empty", "[]", "at least one entry"},
    {"grant when", R"({a: {granted_to: {when: "subject == 'a'"}}})", 2, 33, "expression_name",
     "`subject` cannot stand here: roles are granted before a request is looked at", "subject",
     "`claims` or `issuer`"},
    {"grant when empty", R"({a: {granted_to: [{when: ""}]}})", 2, 33, "empty_value",
     "`when` of a grant is empty", R"("")"},
    {"grant issuer unknown", "{a: {granted_to: {claim: g, values: x, issuer: https://b/}}}", 2, 55,
     "unknown_issuer", "unknown issuer `https://b/`", "https://b/",
     "a spelling of one of `issuers`"},
    {"grant text", "{a: {granted_to: g}}", 2, 25, "wrong_type",
     "an entry of `granted_to` must be an object, not text", "g", "an object"},
    {"grant ptr", "{a: {granted_to: {claim: /a~, values: x}}}", 2, 35, "bad_claim",
     "`/a~` is no JSON Pointer", "~", "`~0` for `~` and `~1` for `/` within a name"},
};

TEST(RoleErrors, AreReportedWithTheirPlace) {
  for (DiagnosticCase row : kRoleErrors) {
    row.text = "doorward: 1\nroles: " + row.text + "\n";
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

TEST(RoleErrors, EachCircleIsNamed) {
  const LoadedModel loaded =
      Load("doorward: 1\nroles: {a: {inherits: b}, b: {inherits: [a]}, c: {inherits: [c]}}\n");
  EXPECT_EQ(
      Print(loaded.diagnostics),
      "2:9 role_cycle | roles inherit each other in a circle: `a` inherits `b` inherits `a` | a\n"
      "2:47 role_cycle | roles inherit each other in a circle: `c` inherits `c` | c\n");
}

TEST(RoleErrors, AGrantMayNameAnIssuerByAnySpelling) {
  const std::string issuers =
      "doorward: 1\nissuers: {issuer: [https://a/, a], audiences: x, keys: {discovery: true}}\n";
  EXPECT_TRUE(Load(issuers + "roles: {r: {granted_to: {issuer: a}}}\n").model);
  const LoadedModel loaded = Load(issuers + "roles: {r: {granted_to: {issuer: https://b/}}}\n");
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_EQ(loaded.diagnostics[0].code, "unknown_issuer");
  EXPECT_EQ(loaded.diagnostics[0].suggestion, "did you mean `https://a/`?");
}

// Of one rule, in a policy where `editor` inherits `viewer`.
const DiagnosticCase kRuleErrors[] = {
    {"no id", "allow: everyone, endpoints: /a", 4, 5, "missing_member", "a rule has no `id`", "",
     "a name for this rule, which decisions tell"},
    {"id empty", R"(id: "", allow: everyone, endpoints: /a)", 4, 10, "empty_value",
     "`id` of a rule is empty", R"("")"},
    {"id space", R"(id: "a ", allow: everyone, endpoints: /a)", 4, 10, "bad_name",
     "`id` of a rule begins or ends with a space", R"("a ")"},
    {"id ctl", R"(id: "a\n", allow: everyone, endpoints: /a)", 4, 10, "bad_name",
     "`id` of a rule holds a control character", R"("a\n")"},
    {"id list", "id: [a], allow: everyone, endpoints: /a", 4, 10, "wrong_type",
     "`id` of a rule must be text, not a list", "[a]", "text"},
    {"none", "id: a, endpoints: /a", 4, 5, "missing_member",
     "a rule has neither `allow` nor `deny`", "", "one of them, with the roles that it is for"},
    {"unknown role", "id: a, allow: [viewr, editor], endpoints: /a", 4, 21, "unknown_role",
     "unknown role `viewr`", "viewr", "a role that `roles` declares", "did you mean `viewer`?"},
    {"role case", "id: a, allow: Viewer, endpoints: /a", 4, 20, "unknown_role",
     "unknown role `Viewer`", "Viewer", "a role that `roles` declares", "did you mean `viewer`?"},
    {"allow empty", "id: a, allow: [], endpoints: /a", 4, 20, "empty_list", "`allow` is empty",
     "[]", "at least one entry"},
    {"deny empty", "id: a, deny: [], endpoints: /a", 4, 19, "empty_list", "`deny` is empty", "[]",
     "at least one entry"},
    {"allow null", "id: a, allow: , endpoints: /a", 4, 13, "empty_value",
     "`allow` of a rule has no value", "allow", "", "give it a value, or leave it out"},
    {R"(allow "")", R"(id: a, allow: "", endpoints: /a)", 4, 20, "empty_value", "`allow` is empty",
     R"("")"},
    {"allow obj", "id: a, allow: {viewer: }, endpoints: /a", 4, 20, "wrong_type",
     "`allow` must be text, not an object", "{viewer: }", "text"},
    {"everyon", "id: a, allow: everyon, endpoints: /a", 4, 20, "unknown_role",
     "unknown role `everyon`", "everyon", "a role that `roles` declares",
     "did you mean `everyone`?"},
    {"Everyone", "id: a, deny: [Everyone], endpoints: /a", 4, 20, "unknown_role",
     "unknown role `Everyone`", "Everyone", "a role that `roles` declares",
     "did you mean `everyone`?"},
    {"authenticted", "id: a, allow: [authenticted], endpoints: /a", 4, 21, "unknown_role",
     "unknown role `authenticted`", "authenticted", "a role that `roles` declares",
     "did you mean `authenticated`?"},
    {"another case", "id: a, allow: [EDITOR], endpoints: /a", 4, 21, "unknown_role",
     "unknown role `EDITOR`", "EDITOR", "a role that `roles` declares", "did you mean `editor`?"},
    {"merge key", "id: a, <<: {allow: everyone, endpoints: /a}", 4, 13, "yaml_merge_key",
     "merge keys are not in the policy language", "<<", "", "write the members out"},
    {"no endpoints", "id: r, allow: [everyone]", 4, 5, "missing_member",
     "a rule has no `endpoints`", "", "one endpoint or more"},
    {"endpoints empty", "id: r, allow: [everyone], endpoints: []", 4, 43, "empty_list",
     "`endpoints` of a rule is empty", "[]", "at least one entry"},
    {"endpoints null", "id: r, allow: [everyone], endpoints: ", 4, 32, "empty_value",
     "`endpoints` of a rule has no value", "endpoints", "", "give it a value, or leave it out"},
    {R"(endpoint "")", R"(id: r, allow: [everyone], endpoints: [""])", 4, 44, "empty_value",
     "an endpoint is empty", R"("")"},
    {"endpoints list list", "id: r, allow: [everyone], endpoints: [[/a]]", 4, 44, "wrong_type",
     "an endpoint must be text, not a list", "[/a]", "text"},
    {"unknown member", "id: r, allow: [everyone], endpoints: /a, methods: GET", 4, 47,
     "unknown_member", "a rule has no member `methods`", "methods",
     "`id`, `description`, `allow`, `deny`, `endpoints`, `when`, `unless`, `mode`, `token` or "
     "`scopes`"},
    {R"(scopes "")", R"(id: r, allow: [everyone], endpoints: /a, scopes: "")", 4, 55, "empty_value",
     "`scopes` of a rule is empty", R"("")"},
    {"mode", "id: r, allow: [everyone], endpoints: /a, mode: enforce", 4, 53, "unknown_value",
     "`enforce` is no value for `mode` of a rule", "enforce", "`report`"},
    {"mode typo", "id: r, allow: [everyone], endpoints: /a, mode: reprot", 4, 53, "unknown_value",
     "`reprot` is no value for `mode` of a rule", "reprot", "`report`", "did you mean `report`?"},
    {"token", "id: r, allow: [everyone], endpoints: /a, token: ignored", 4, 54, "unknown_value",
     "`ignored` is no value for `token` of a rule", "ignored", "`ignore`",
     "did you mean `ignore`?"},
    {"token deny", "id: a, deny: everyone, endpoints: /a, token: ignore", 4, 44, "ignored_token",
     "a rule that ignores the token cannot ask for what only a token tells", "token: ignore",
     "`allow: [everyone]` alone, without `scopes`"},
    {"token auth", "id: a, allow: authenticated, endpoints: /a, token: ignore", 4, 50,
     "ignored_token", "a rule that ignores the token cannot ask for what only a token tells",
     "token: ignore", "`allow: [everyone]` alone, without `scopes`"},
    {"token scopes", "id: r, allow: [everyone], endpoints: /a, token: ignore, scopes: x", 4, 47,
     "ignored_token", "a rule that ignores the token cannot ask for what only a token tells",
     "token: ignore", "`allow: [everyone]` alone, without `scopes`"},
    {"when", "id: r, allow: [everyone], endpoints: /a, when: claim.b", 4, 53, "expression_name",
     "unknown name `claim.b`", "claim.b", "", "did you mean `claims`?"},
    {"when of a capture",
     "id: r, allow: [everyone], endpoints: '/{id}', when: params.id == params.user", 4, 71,
     "unknown_capture", "no endpoint of this rule captures `user`", "params.user",
     "a name that stands in braces in an endpoint, as in `/orders/{id}`"},
    {"when empty", R"(id: r, allow: [everyone], endpoints: /a, when: "")", 4, 53, "empty_value",
     "`when` of a rule is empty", R"("")"},
    {"when null", "id: r, allow: [everyone], endpoints: /a, when: ", 4, 47, "empty_value",
     "`when` of a rule has no value", "when", "", "give it a value, or leave it out"},
    {"when list", "id: r, allow: [everyone], endpoints: /a, when: [x]", 4, 53, "wrong_type",
     "`when` of a rule must be text, not a list", "[x]", "text"},
    {"unless", "id: r, allow: [everyone], endpoints: /a, unless: subject + 1 == 2", 4, 63,
     "expression_type", "`+` does not go with (string, int)", "+", "(string, string)"},
    {"when of a header in capitals",
     R"(id: r, allow: [everyone], endpoints: /a, when: '"X-Team" in request.headers')", 4, 54,
     "expression_constant",
     "`request.headers` has its names in small letters, so that `X-Team` is never there",
     R"("X-Team")", "`x-team`"},
    {"when without the token",
     "id: r, allow: [everyone], endpoints: /a, token: ignore, when: has(claims.a)", 4, 72,
     "ignored_token",
     "`claims` cannot stand here: a rule that ignores the token knows nothing of the caller",
     "claims", "`params`, `request` or `source.ip`"},
    {"obj unknown", "id: r, allow: [everyone], endpoints: {method: GET, paths: /x}", 4, 44,
     "unknown_member", "an endpoint has no member `method`", "method",
     "`methods`, `hosts` or `paths`", "did you mean `methods`?"},
    {"obj no paths", "id: r, allow: [everyone], endpoints: {methods: GET}", 4, 43, "missing_member",
     "an endpoint has no `paths`", "", "one path or more"},
    {"obj star2", R"(id: r, allow: [everyone], endpoints: {methods: ["*", GET], paths: /x})", 4, 55,
     "bad_method", "`*` stands for any method, and so stands alone", "*"},
    {"obj comma", R"(id: r, allow: [everyone], endpoints: {methods: "GET,PUT", paths: /x})", 4, 54,
     "bad_method", "`GET,PUT` is no method", "GET,PUT",
     "upper-case methods with commas between them, without spaces"},
    {"obj lower", "id: r, allow: [everyone], endpoints: {methods: get, paths: /x}", 4, 53,
     "bad_method", "`get` is no method", "get",
     "upper-case methods with commas between them, without spaces", "write `GET`"},
    {"obj trace", "id: r, allow: [everyone], endpoints: {methods: TRACE, paths: /x}", 4, 53,
     "refused_method", "requests with `TRACE` are always refused", "TRACE"},
    {"obj path rel", "id: r, allow: [everyone], endpoints: {paths: x}", 4, 51, "bad_path",
     "the path `x` does not begin with `/`", "x", "`/` and segments"},
    {"obj path host", "id: r, allow: [everyone], endpoints: {paths: a.example/x}", 4, 51,
     "bad_path", "the path `a.example/x` does not begin with `/`", "a.example/x",
     "`/` and segments"},
    {"obj host bad", R"(id: r, allow: [everyone], endpoints: {hosts: "a:80", paths: /x})", 4, 52,
     "bad_host", "a host here has no port and is no IPv6 address", "a:80",
     "a host as `api.example.com` or `*.example.com`"},
    {"obj host *", R"(id: r, allow: [everyone], endpoints: {hosts: "*", paths: /x})", 4, 52,
     "bad_host", "`*` is no host", "*", "a host as `api.example.com` or `*.example.com`",
     "leave the host out to mean any"},
    {"obj asterisk any", R"(id: r, allow: [everyone], endpoints: {paths: "*"})", 4, 52, "bad_path",
     "the path `*` does not begin with `/`", "*", "`/` and segments"},
    {"obj empty", "id: r, allow: [everyone], endpoints: {paths: []}", 4, 51, "empty_list",
     "`paths` of an endpoint is empty", "[]", "at least one entry"},
};

TEST(RuleErrors, AreReportedWithTheirPlace) {
  for (DiagnosticCase row : kRuleErrors) {
    row.text = "doorward: 1\nroles: {viewer: , editor: {inherits: viewer}}\nrules:\n  - {" +
               row.text + "}\n";
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

const DiagnosticCase kPolicyErrors[] = {
    {"rules obj", "doorward: 1\nrules: {id: a}\n", 2, 8, "wrong_type",
     "`rules` must be a list of rules, not an object", "{id: a}", "a list of rules"},
    {"rule text", "doorward: 1\nrules: [a]\n", 2, 9, "wrong_type",
     "a rule must be an object, not text", "a", "an object"},
    {"rule null", "doorward: 1\nrules: [ , ]\n", 2, 10, "yaml_syntax",
     "this is no YAML: did not find expected node content", ", ]"},
    {"rules null", "doorward: 1\nrules:\n", 2, 1, "empty_value", "`rules` of a policy has no value",
     "rules", "", "give it a value, or leave it out"},
    {"dup ids",
     "doorward: 1\nrules:\n  - {id: a, allow: everyone, endpoints: /a}\n  - {id: b, allow: "
     "everyone, endpoints: /b}\n  - {id: a, deny: everyone, endpoints: /c}\n",
     5, 10, "duplicate_rule", "two rules have the id `a`", "a", "an id of its own for each rule",
     "the first is in line 3"},
    {"roles broken", "doorward: 1\nroles: [a]\nrules: [{id: a, allow: a, endpoints: /a}]\n", 2, 8,
     "wrong_type", "`roles` must be an object of role names, not a list", "[a]",
     "an object of role names"},
    {"top unknown", "doorward: 1\nrule: []\n", 2, 1, "unknown_member",
     "a policy has no member `rule`", "rule",
     "`doorward`, `hosts`, `issuers`, `roles`, `rules`, `request`, `token` or `forward`",
     "did you mean `rules`?"},
};

TEST(RuleErrors, OfWholePolicies) {
  for (const DiagnosticCase& row : kPolicyErrors) {
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

// An endpoint with a fault, as it stands in a text, and where the fault must be pointed at.
struct PlaceCase {
  std::string_view name, endpoint;
  PolicyFormat format;
  uint32_t line, column;
  std::string_view excerpt;
};

constexpr PlaceCase kPlaces[] = {
    {"json escape", R"("GET /x/{a:\\d+(}")", PolicyFormat::kJson, 2, 14, R"(\\d+()"},
    {"json escape before", R"("\/\u0041\u00e9\ud83d\ude00/a**b")", PolicyFormat::kJson, 2, 31,
     "a**b"},
    {"json long escape within", R"("/a\u002a*b/c")", PolicyFormat::kJson, 2, 5, R"(a\u002a*b)"},
    {"yaml double quotes", R"("\x2f\_\L\U0001F600\e/a**b")", PolicyFormat::kYaml, 2, 25, "a**b"},
    {"yaml backslash", R"("/x/{a:\\d+(}")", PolicyFormat::kYaml, 2, 10, R"(\\d+()"},
    {"yaml single quotes", "'/it''s/a**b'", PolicyFormat::kYaml, 2, 11, "a**b"},
    {"yaml quotes within", "'/a''**b'", PolicyFormat::kYaml, 2, 5, "a''**b"},
    {"yaml block", "|\n\n   /a**b", PolicyFormat::kYaml, 7, 5, "a**b"},
    {"yaml folded block", ">-\n   /a**b", PolicyFormat::kYaml, 6, 5, "a**b"},
    {"yaml folded quotes", "'GET\n   /a**b'", PolicyFormat::kYaml, 3, 5, "a**b"},
};

TEST(RuleErrors, PointIntoTextsWithEscapes) {
  for (const PlaceCase& row : kPlaces) {
    SCOPED_TRACE(row.name);
    const bool is_json = row.format == PolicyFormat::kJson;
    const std::string endpoint(row.endpoint);
    const std::string text =
        is_json
            ? R"({"doorward": 1, "rules": [{"id": "r", "allow": "everyone", "endpoints":)"
              "\n  " +
                  endpoint + "}]}"
            : "{doorward: 1, rules: [{id: r, allow: everyone, endpoints:\n  " + endpoint + "}]}\n";
    const std::string block =
        "doorward: 1\nrules:\n- id: r\n  allow: everyone\n  endpoints: " + endpoint + "\n";
    const bool is_block = endpoint.starts_with('|') || endpoint.starts_with('>');
    const LoadedModel loaded = Load(is_block ? block : text, row.format);
    ASSERT_FALSE(loaded.diagnostics.empty());
    const Diagnostic& found = loaded.diagnostics.back();
    EXPECT_EQ(found.range.line, row.line);
    EXPECT_EQ(found.range.column, row.column);
    EXPECT_EQ(found.excerpt, row.excerpt);
  }
}

}  // namespace
}  // namespace doorward
