// SPDX-License-Identifier: Apache-2.0
//
// All mistakes of a file in one run, hostile texts, limits.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "src/policy/document.h"
#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

using std::literals::operator""sv;

std::string Repeat(std::string_view text, size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(LoadReport, TellsEveryMistakeInOneRun) {
  const LoadedModel loaded = Load(R"(doorward: 2
host: a
hosts: [a:80]
issuers:
  - issuer: https://a/
    audiences: []
    algorithms: [RS265, none]
    keys: {discovery: true, jwks_file: k}
    leeway: 11m
    accept: claims.x
roles:
  everyone:
  a: {inherits: [b, c]}
  b: {inherits: a}
rules:
  - id: x
    allow: [aa]
    deny: [b]
    endpoints: [get /x, /a**b]
  - allow: []
  - id: x
    allow: [a]
    endpoints: []
    when: true
  - 17
request: {path_case: folded}
token: {from: [{cookie: c, scheme: s}], forward: sometimes}
forward: {headers: {Host: subject, X-A: roles}}
)");
  EXPECT_FALSE(loaded.model);
  EXPECT_EQ(Print(loaded.diagnostics),
            R"(1:11 unsupported_version | this version reads policies of version `1` alone | 2
2:1 unknown_member | a policy has no member `host` | host
3:9 bad_host | a host here has no port and is no IPv6 address | a:80
6:16 empty_list | `audiences` of an issuer is empty | []
7:18 unknown_algorithm | unknown algorithm `RS265` | RS265
7:25 unknown_algorithm | tokens without a signature are never accepted | none
8:5 key_source | `keys` names several sources | keys
9:13 leeway_too_long | a leeway of `11m` would keep tokens alive long after they expired | 11m
12:3 reserved_name | `everyone` is a reserved name | everyone
13:3 role_cycle | roles inherit each other in a circle: `a` inherits `b` inherits `a` | a
13:21 unknown_role | unknown role `c` | c
17:13 unknown_role | unknown role `aa` | aa
18:5 allow_and_deny | a rule cannot both allow and deny | deny: [b]
18:12 inherited_denial | denying `b` also denies `a`, which inherits it | b
19:17 bad_method | `get` is no method | get
19:26 bad_segment | `**` must be a whole segment | a**b
20:5 missing_member | a rule has no `id` | 
20:5 missing_member | a rule has no `endpoints` | 
20:12 empty_list | `allow` is empty | []
21:9 duplicate_rule | two rules have the id `x` | x
23:16 empty_list | `endpoints` of a rule is empty | []
25:5 wrong_type | a rule must be an object, not text | 17
26:22 unknown_value | `folded` is no value for `path_case` | folded
27:28 token_place | a cookie has no scheme | scheme: s
27:50 unknown_value | `sometimes` is no value for `forward` of `token` | sometimes
28:21 forward_host | `Host` cannot be set: it would reach another host | Host
28:41 expression_type | this gives a value of type list(string) | roles
)");
}

TEST(LoadReport, ABrokenSectionDoesNotMakeItsNamesUnknown) {
  const LoadedModel loaded =
      Load("doorward: 1\nroles: [a]\nissuers: i\nrules: [{id: x, allow: [a, b], endpoints: /}]\n");
  EXPECT_EQ(Print(loaded.diagnostics),
            "2:8 wrong_type | `roles` must be an object of role names, not a list | [a]\n"
            "3:10 wrong_type | an issuer must be an object, not text | i\n");
}

TEST(LoadReport, WhatIsWrongTwiceBehindAnAliasIsToldTwice) {
  const LoadedModel loaded = Load("doorward: 1\nrules:\n  - &r {allow: everyone}\n  - *r\n");
  EXPECT_EQ(Print(loaded.diagnostics),
            "3:8 missing_member | a rule has no `id` | \n"
            "3:8 missing_member | a rule has no `endpoints` | \n");
}

TEST(LoadReport, KeepsAThousandErrorsAndCountsTheRest) {
  std::string text = "doorward: 1\nroles:\n";
  for (int i = 0; i < 3000; ++i) text += "  role-" + std::to_string(i) + ":\n";
  text += "rules:\n";
  for (int i = 0; i < 100'000; ++i) text += "  - {id: x, allow: [rol-1], endpoint: /}\n";
  const LoadedModel loaded = Load(text);
  ASSERT_EQ(loaded.diagnostics.size(), DiagnosticList::kMaxDiagnostics + 1);
  EXPECT_EQ(loaded.diagnostics.back().code, "too_many_diagnostics");
  // Of each rule the role, the member, the missing endpoints; of all but the first the id.
  EXPECT_EQ(loaded.diagnostics.back().message, "398999 more are not shown");
}

TEST(LoadReport, WarningsDoNotCrowdErrorsOut) {
  std::string text = "doorward: 1\nroles: {a: , b: {inherits: a}}\nrules:\n";
  for (int i = 0; i < 2000; ++i) {
    text += "  - {id: r" + std::to_string(i) + ", deny: a, endpoints: /}\n";
  }
  const LoadedModel loaded = Load(text + "forward: {headers: {Host: subject}}\n");
  EXPECT_FALSE(loaded.model);
  EXPECT_EQ(loaded.diagnostics[loaded.diagnostics.size() - 2].code, "forward_host");
}

// A text at a limit, and what is reported of it ("" for nothing).
struct LimitCase {
  std::string name;
  std::string text;
  PolicyFormat format;
  std::string code;
};

std::string YamlNest(size_t depth) {
  return "doorward: 1\nx: " + Repeat("[", depth - 1) + Repeat("]", depth - 1) + "\n";
}

std::string JsonNest(size_t depth) {
  return R"({"doorward": 1, "x": )" + Repeat("[", depth - 1) + Repeat("]", depth - 1) + "}";
}

// Each level holds the one before it `width` times.
std::string AnchorBomb(size_t levels, size_t width) {
  std::string text = "doorward: 1\na0: &a0 [x, x]\n";
  for (size_t i = 1; i <= levels; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1) + ", ";
    text +=
        "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + Repeat(alias, width) + "]\n";
  }
  return text;
}

const LimitCase kLimits[] = {
    {"yaml 63 deep", YamlNest(63), PolicyFormat::kYaml, "unknown_member"},
    {"yaml 64 deep", YamlNest(64), PolicyFormat::kYaml, "unknown_member"},
    {"yaml 65 deep", YamlNest(65), PolicyFormat::kYaml, "too_deep"},
    {"yaml 100,000 deep", YamlNest(100'000), PolicyFormat::kYaml, "too_deep"},
    {"yaml blocks 65 deep", "doorward: 1\nx:\n  " + Repeat("- ", 64) + "a\n", PolicyFormat::kYaml,
     "too_deep"},
    {"yaml by alias 64 deep",
     "doorward: 1\nx: &a " + Repeat("[", 60) + Repeat("]", 60) + "\nhosts: [[[*a]]]\n",
     PolicyFormat::kYaml, "unknown_member"},
    {"yaml by alias 65 deep",
     "doorward: 1\nx: &a " + Repeat("[", 60) + Repeat("]", 60) + "\nhosts: [[[[*a]]]]\n",
     PolicyFormat::kYaml, "too_deep"},
    {"json 63 deep", JsonNest(63), PolicyFormat::kJson, "unknown_member"},
    {"json 64 deep", JsonNest(64), PolicyFormat::kJson, "unknown_member"},
    {"json 65 deep", JsonNest(65), PolicyFormat::kJson, "too_deep"},
    {"json 1,000,000 deep", Repeat("[", 1'000'000), PolicyFormat::kJson, "too_deep"},
    {"anchor bomb by values", AnchorBomb(9, 10), PolicyFormat::kYaml, "too_many_values"},
    {"anchor bomb by depth", AnchorBomb(70, 1), PolicyFormat::kYaml, "too_deep"},
    {"anchor bomb by size",
     "doorward: 1\na: &a '" + Repeat("x", 1'000'000) + "'\nb: [" + Repeat("*a, ", 70) + "]\n",
     PolicyFormat::kYaml, "too_large"},
    {"endpoints by alias",
     "doorward: 1\nrules:\n  - {id: a, allow: everyone, endpoints: &e [" +
         Repeat("/a/b/c/d,", 4000) + "]}\n" +
         Repeat("  - {id: b, allow: everyone, endpoints: *e}\n", 300),
     PolicyFormat::kYaml, "too_many_endpoints"},
    {"endpoints by combination",
     "doorward: 1\nrules:\n  - {id: a, allow: everyone, endpoints: {hosts: [" + Repeat("a,", 4000) +
         "], paths: [" + Repeat("/,", 4000) + "]}}\n",
     PolicyFormat::kYaml, "too_many_endpoints"},
    {"16 places of a token", "doorward: 1\ntoken: {from: [" + Repeat("{cookie: c}, ", 16) + "]}\n",
     PolicyFormat::kYaml, "repeated_value"},
    {"17 places of a token", "doorward: 1\ntoken: {from: [" + Repeat("{cookie: c}, ", 17) + "]}\n",
     PolicyFormat::kYaml, "too_many_entries"},
    {"1000 issuers", "doorward: 1\nissuers: [" + Repeat("a, ", 1000) + "]\n", PolicyFormat::kYaml,
     "wrong_type"},
    {"1001 issuers", "doorward: 1\nissuers: [" + Repeat("a, ", 1001) + "]\n", PolicyFormat::kYaml,
     "too_many_entries"},
    {"100,001 hosts", "doorward: 1\nhosts: [" + Repeat("a, ", 100'001) + "]\n", PolicyFormat::kYaml,
     "too_many_entries"},
    {"100,001 grants", "doorward: 1\nroles: {r: {granted_to: [" + Repeat("{}, ", 100'001) + "]}}\n",
     PolicyFormat::kYaml, "too_many_entries"},
    {"1,000,001 rules", R"({"doorward": 1, "rules": [{})" + Repeat(",{}", 1'000'000) + "]}",
     PolicyFormat::kJson, "too_many_entries"},
    {"64 MiB", R"({"doorward": 1})" + Repeat(" ", kMaxPolicyBytes - 15), PolicyFormat::kJson,
     "no_rules"},
    {"a byte more", R"({"doorward": 1})" + Repeat(" ", kMaxPolicyBytes - 14), PolicyFormat::kJson,
     "too_large"},
};

TEST(LoadReport, LimitsAreKept) {
  for (const LimitCase& row : kLimits) {
    SCOPED_TRACE(row.name);
    const LoadedModel loaded = Load(row.text, row.format);
    bool found = false;
    for (const Diagnostic& d : loaded.diagnostics) found |= d.code == row.code;
    EXPECT_TRUE(found) << Print(loaded.diagnostics).substr(0, 1000);
  }
}

TEST(LoadReport, TwentyMillionValuesAreTheLimit) {
  // A list of 4,999,998 values and four aliases of it, beside the object, two members, the lists.
  std::string text = R"(a: &a [)" + Repeat("a,", 4'999'990) + "]\n";
  const auto code = [&](std::string_view tail) {
    const LoadedModel loaded = Load(text + std::string(tail));
    return loaded.diagnostics.empty() ? "" : loaded.diagnostics.back().code;
  };
  // 1 object; `a` and its list: 4,999,992; `b` and a list of 3 such lists: 14,999,975; so far
  // 19,999,968: 32 may follow.
  text += "b: [*a, *a, *a]\n";
  EXPECT_NE(code("c: [" + Repeat("x,", 30) + "]\n"), "too_many_values");
  EXPECT_EQ(code("c: [" + Repeat("x,", 31) + "]\n"), "too_many_values");
}

TEST(LoadReport, OctetsThatAreNoTextAreRefused) {
  struct Row {
    std::string_view name, text;
    PolicyFormat format;
    std::string_view code;
    uint32_t line, column;
  };
  constexpr Row kRows[] = {
      {"nul in yaml", "doorward: 1\nhosts: a\0b\n"sv, PolicyFormat::kYaml, "yaml_syntax", 2, 9},
      {"nul in json", "{\"a\": \"\0\"}"sv, PolicyFormat::kJson, "json_syntax", 1, 8},
      {"nul alone in yaml", "\0"sv, PolicyFormat::kYaml, "yaml_syntax", 1, 1},
      {"nul alone in json", "\0"sv, PolicyFormat::kJson, "json_syntax", 1, 1},
      {"latin-1", "doorward: 1\n# caf\xE9\n", PolicyFormat::kYaml, "bad_utf8", 2, 6},
      {"latin-1 in json", "{\"a\": \"\xE9\"}", PolicyFormat::kJson, "bad_utf8", 1, 8},
      {"overlong", "doorward: \xC0\xB1", PolicyFormat::kYaml, "bad_utf8", 1, 11},
      {"surrogate", "doorward: \xED\xA0\x80", PolicyFormat::kYaml, "bad_utf8", 1, 11},
      {"utf-16",
       "\xFF\xFE"
       "d\0"sv,
       PolicyFormat::kYaml, "bad_utf8", 1, 1},
      {"broken off", "doorward: \xE2\x82", PolicyFormat::kYaml, "bad_utf8", 1, 11},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const LoadedModel loaded = Load(row.text, row.format);
    ASSERT_EQ(loaded.diagnostics.size(), 1u) << Print(loaded.diagnostics);
    EXPECT_EQ(loaded.diagnostics[0].code, row.code);
    EXPECT_EQ(loaded.diagnostics[0].range.line, row.line);
    EXPECT_EQ(loaded.diagnostics[0].range.column, row.column);
  }
}

// Texts on which a careless reader takes time that grows with the square of their size.
TEST(LoadReport, LongTextsOfOneKindEnd) {
  const std::string texts[] = {
      Repeat("%TAG !a! tag:a,2000:\n", 200'000) + "---\ndoorward: 1\n",
      "doorward: 1\nroles:\n" + Repeat("  a:\n", 200'000),
      "doorward: 1\nroles: {" + Repeat("a, ", 200'000) + "}\n",
      "doorward: 1\nhosts: [" + Repeat("&a x, *a, ", 100'000) + "é]\n",
      "doorward: 1\nhosts: \"" + Repeat("\\u00e9", 200'000) + "\"\n",
      "doorward: 1\n" + Repeat("é: {\n", 30) + Repeat("#é\n", 200'000),
      "doorward: 1\nx: " + Repeat("'", 200'001) + "\n",
      "doorward: 1\nroles: {r: {inherits: [" + Repeat("q, ", 200'000) + "]}}\n",
  };
  for (const std::string& text : texts) {
    EXPECT_FALSE(Load(text).model) << text.substr(0, 60);
  }
}

// `count` roles, each of which inherits the next; the last inherits `last`.
std::string RoleChain(int count, std::string_view last) {
  std::string text = "doorward: 1\nroles:\n";
  for (int i = 0; i + 1 < count; ++i) {
    text += "  r" + std::to_string(i) + ": {inherits: r" + std::to_string(i + 1) + "}\n";
  }
  return text + "  r" + std::to_string(count - 1) + ": {" + std::string(last) + "}\n";
}

TEST(LoadReport, WhatRolesInheritIsBounded) {
  // A chain of n roles comes to n * n steps: n (n + 1) / 2 roles, and one edge less from each.
  EXPECT_TRUE(Load(RoleChain(4'472, "")).model);
  const LoadedModel loaded = Load(RoleChain(4'473, ""));
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_EQ(loaded.diagnostics[0].code, "too_much_inheritance");
}

TEST(LoadReport, ALongCircleOfRolesIsTold) {
  const LoadedModel loaded = Load(RoleChain(50'000, "inherits: r0"));
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_EQ(loaded.diagnostics[0].message,
            "roles inherit each other in a circle: `r0` inherits `r1` inherits `r2` inherits `r3` "
            "inherits `r4` inherits `r5` inherits `r6` inherits `r7` inherits … inherits `r0`");
}

}  // namespace
}  // namespace doorward
