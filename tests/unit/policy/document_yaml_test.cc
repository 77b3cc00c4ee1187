// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

// What is no YAML, or is YAML and not in the language.
const DiagnosticCase kYamlErrors[] = {
    {"empty", "", 0, 0, "empty_policy", "the policy is empty", "", "at least `doorward: 1`"},
    {"only comments", "# nothing\n", 0, 0, "empty_policy", "the policy is empty", "",
     "at least `doorward: 1`"},
    {"bom only", "\357\273\277", 0, 0, "empty_policy", "the policy is empty", "",
     "at least `doorward: 1`"},
    {"root list", "- a\n", 1, 1, "wrong_type", "a policy must be an object, not a list", "- a",
     "an object"},
    {"root scalar", "hello\n", 1, 1, "wrong_type", "a policy must be an object, not text", "hello",
     "an object"},
    {"null root", "---\n", 2, 1, "empty_value", "a policy has no value", "", "an object"},
    {"tag and text",
     "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n    endpoints: [/a]\n    when: "
     "!has(claims.x) && true\n",
     6, 11, "yaml_syntax", "text that begins with `!` is a tag in YAML", "!has(claims.x) && true",
     "", "put the text in quotes"},
    {"core tag", "doorward: 1\nhosts: !!str api.example.com\n", 2, 8, "yaml_tag",
     "text that begins with `!` is a tag in YAML", "!!str api.example.com", "a value without a tag",
     "put the text in quotes"},
    {"tag on map", "doorward: 1\nroles: !!map {a: }\n", 2, 8, "yaml_tag",
     "text that begins with `!` is a tag in YAML", "!!map {", "a value without a tag",
     "put the text in quotes"},
    {"bang only", "doorward: 1\nhosts: ! api.example.com\n", 2, 8, "yaml_tag",
     "text that begins with `!` is a tag in YAML", "! api.example.com", "a value without a tag",
     "put the text in quotes"},
    {"undefined handle", "doorward: 1\nhosts: !a!b c\n", 2, 8, "yaml_syntax",
     "text that begins with `!` is a tag in YAML", "!a!b c", "", "put the text in quotes"},
    {"merge key", "doorward: 1\nroles:\n  a: &a {description: x}\n  b:\n    <<: *a\n", 5, 5,
     "yaml_merge_key", "merge keys are not in the policy language", "<<", "",
     "write the members out"},
    {"two docs", "doorward: 1\n---\ndoorward: 1\n", 2, 1, "yaml_several_documents",
     "a second document begins here", "---", "one document",
     "put each policy in a file of its own"},
    {"doc after end", "doorward: 1\n...\nhello: 1\n", 3, 1, "yaml_syntax",
     "the text goes on after the end of the policy", "hello: 1", "",
     "check the indentation of this line and those above"},
    {"dup", "doorward: 1\nhosts: [a]\nhosts: [b]\n", 3, 1, "duplicate_member",
     "`hosts` stands here a second time", "hosts", "each member once", "the first is in line 2"},
    {"dup role", "doorward: 1\nroles:\n  a:\n  \"a\":\n", 4, 3, "duplicate_member",
     "`a` stands here a second time", R"("a")", "each member once", "the first is in line 3"},
    {"complex key", "doorward: 1\n? [a]\n: b\n", 2, 3, "yaml_key",
     "the name of a member must be text, not a list or an object", "[", "a name",
     "put the text in quotes if it begins with a bracket"},
    {"flow map key", "doorward: 1\nroles: {{a}: b}\n", 2, 9, "yaml_key",
     "the name of a member must be text, not a list or an object", "{", "a name",
     "put the text in quotes if it begins with a bracket"},
    {"unquoted brace in flow",
     "doorward: 1\nrules: [{id: a, allow: everyone, endpoints: [GET /orders/{id}]}]\n", 2, 58,
     "yaml_syntax", "a comma or `]` is missing in this list", "{id}]}]", "",
     "put text that holds `{`, `}`, `[`, `]` or `,` in quotes within brackets"},
    {"unquoted star", "doorward: 1\nhosts: [*.apps.example.com]\n", 2, 9, "yaml_syntax",
     "text that begins with `*` is an alias in YAML", "*.apps.example.com]", "",
     "put the text in quotes"},
    {"star alnum", "doorward: 1\nhosts: [*apps]\n", 2, 9, "yaml_alias",
     "no anchor `apps` stands before this alias", "*apps", "",
     "put text that begins with `*` in quotes"},
    {"at sign", "doorward: 1\nhosts: [@x]\n", 2, 9, "yaml_syntax",
     "text in YAML cannot begin with `@`", "@x]", "", "put the text in quotes"},
    {"backtick", "doorward: 1\nhosts: `x`\n", 2, 8, "yaml_syntax",
     "text in YAML cannot begin with ```", "`x`", "", "put the text in quotes"},
    {"percent", "doorward: 1\nhosts: %x\n", 2, 8, "yaml_syntax",
     "text in YAML cannot begin with `%`", "%x", "", "put the text in quotes"},
    {"tab indent", "doorward: 1\nroles:\n\ta:\n", 3, 1, "yaml_syntax",
     "a tab cannot indent in YAML", " a:", "", "indent with spaces"},
    {"mapping value", "doorward: 1\nroles:\n  a: b: c\n", 3, 7, "yaml_syntax",
     "a `: ` cannot stand here in YAML: the value has begun already", ": c", "",
     "put text that holds `: ` in quotes, or check the indentation"},
    {"bad indent", "doorward: 1\nroles:\n  a:\n    inherits: [b]\n   description: x\n", 5, 4,
     "yaml_syntax", "this line does not fit into the object that it stands in", "description: x",
     "", "check the indentation of this line and those above"},
    {"bad indent list", "doorward: 1\nrules:\n  - id: a\n - id: b\n", 4, 2, "yaml_syntax",
     "this line does not fit into the object that it stands in", "- id: b", "",
     "check the indentation of this line and those above"},
    {"unclosed quote", "doorward: 1\nhosts: \"api\n", 2, 8, "yaml_syntax",
     "the quote that opens here is never closed", R"("api)", "", "close the quote"},
    {"unclosed single", "doorward: 1\nhosts: 'api\n", 2, 8, "yaml_syntax",
     "the quote that opens here is never closed", "'api", "", "close the quote"},
    {"unclosed bracket", "doorward: 1\nhosts: [a, b\nroles: {}\n", 3, 6, "yaml_syntax",
     "a comma or `]` is missing in this list, which begins in line 2", ": {}", "",
     "put text that holds `{`, `}`, `[`, `]` or `,` in quotes within brackets"},
    {"unclosed brace", "doorward: 1\nroles: {a: {}\n", 3, 1, "yaml_syntax",
     "a comma or `}` is missing in this object, which begins in line 2", "", "",
     "put text that holds `{`, `}`, `[`, `]` or `,` in quotes within braces"},
    {"bad escape", "doorward: 1\nhosts: \"a\\q\"\n", 2, 10, "yaml_syntax",
     "this escape is not known in double-quoted text", R"(\q")", "",
     "write the text in single quotes, where `\\` is a plain character"},
    {"missing colon", "doorward: 1\nroles:\n  a\n  b:\n", 4, 4, "yaml_syntax",
     "a `: ` cannot stand here in YAML: the value has begun already", ":", "",
     "put text that holds `: ` in quotes, or check the indentation"},
    {"text after", "doorward: 1\nhosts: \"a\" b\n", 2, 12, "yaml_syntax",
     "this cannot follow the value that stands before it", "b", "", "quote the text as a whole"},
    {"alias unknown", "doorward: 1\nhosts: *nope\n", 2, 8, "yaml_alias",
     "no anchor `nope` stands before this alias", "*nope", "",
     "put text that begins with `*` in quotes"},
    {"alias self", "doorward: 1\nroles: &r {a: *r}\n", 2, 15, "yaml_alias",
     "this alias stands within what it stands for", "*r"},
    {"control", "doorward: 1\nhosts: a\001b\n", 2, 9, "yaml_syntax",
     "a control character cannot stand in YAML", " b", "",
     "remove it, or write it as an escape in double quotes"},
    {"del", "doorward: 1\nhosts: a\177b\n", 2, 9, "yaml_syntax",
     "a control character cannot stand in YAML", " b", "",
     "remove it, or write it as an escape in double quotes"},
    {"directive", "%TAG ! tag:x,2000:\n---\ndoorward: 1\n", 1, 1, "yaml_directive",
     "directives are not in the policy language", "%TAG ! tag:x,2000:", "", "remove this line"},
    {"yaml directive2", "%YAML 2.0\n---\ndoorward: 1\n", 1, 1, "yaml_syntax",
     "this is no YAML: found incompatible YAML document", "%YAML 2.0"},
    {"mid percent", "doorward: 1\n%FOO\n", 2, 5, "yaml_syntax",
     "this is no YAML: found unknown directive name", ""},
    {"bom err", "\357\273\277doorward: 2\n", 1, 11, "unsupported_version",
     "this version reads policies of version `1` alone", "2", "the number `1`"},
    {"bom later", "doorward: 1\n\357\273\277hosts: [a b]\n", 2, 2, "yaml_syntax",
     "this cannot follow the value that stands before it", "hosts: [a b]", "",
     "quote the text as a whole"},
    {"nonascii column", "doorward: 1\nroles: {\"ä\": , \"日本\": {bad: 1}}\n", 2, 23,
     "unknown_member", "a role has no member `bad`", "bad",
     "`inherits`, `granted_to` or `description`"},
    {"in string position",
     "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n    endpoints: [\"GET /ü/a**b/x\"]\n",
     5, 25, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
    {"in escaped string",
     "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n    endpoints: [\"GET "
     "/\\u00fc/a**b/x\"]\n",
     5, 30, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
    {"single quoted esc",
     "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n    endpoints: ['GET "
     "/it''s/a**b/x']\n",
     5, 29, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
    {"folded",
     "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n    endpoints: >-\n      GET "
     "/a**b/x\n",
     6, 12, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
    {"plain multi",
     "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n    endpoints:\n      GET\n      "
     "/a**b/x\n",
     7, 8, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
    {"anchor dup err",
     "doorward: 1\nrules:\n  - {id: a, allow: everyone, endpoints: &e [/a**b]}\n  - {id: b, allow: "
     "everyone, endpoints: *e}\n",
     3, 46, "bad_segment", "`**` must be a whole segment", "a**b",
     "`**` alone, or one `*` in a text",
     "write `*`, which stands for any run of characters within a segment"},
    {"nul key", "doorward: 1\nroles:\n  : {}\n", 3, 3, "yaml_syntax",
     "this line does not fit into the object that it stands in", ": {}", "",
     "check the indentation of this line and those above"},
    {"empty key q", "doorward: 1\nroles:\n  \"\": {}\n", 3, 3, "bad_name",
     "the name of a role is empty", R"("")"},
    {"doorward missing", "roles: {}\n", 1, 1, "missing_member", "a policy has no `doorward`", "",
     "`doorward: 1`"},
    {"doorward 2", "doorward: 2\n", 1, 11, "unsupported_version",
     "this version reads policies of version `1` alone", "2", "the number `1`"},
    {"doorward text", "doorward: one\n", 1, 11, "unsupported_version",
     "this version reads policies of version `1` alone", "one", "the number `1`"},
    {"doorward null", "doorward:\n", 1, 1, "empty_value", "`doorward` of a policy has no value",
     "doorward", "", "give it a value, or leave it out"},
    {"doorward 1.0", "doorward: 1.0\n", 1, 11, "unsupported_version",
     "this version reads policies of version `1` alone", "1.0", "the number `1`"},
    {"doorward list", "doorward: [1]\n", 1, 11, "unsupported_version",
     "this version reads policies of version `1` alone", "[1]", "the number `1`"},
};

TEST(YamlDocument, ReportsEachMistakeAtItsPlace) {
  for (const DiagnosticCase& row : kYamlErrors) {
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

// Rows that differ in how one role's name is written.
struct ScalarCase {
  std::string_view name;
  std::string_view key;
  std::string_view role;
};

constexpr ScalarCase kScalars[] = {
    {"plain", "viewer", "viewer"},
    {"truth value of old", "no", "no"},
    {"truth value", "true", "true"},
    {"number", "1", "1"},
    {"number with zeros", "0x1F", "0x1F"},
    {"null word", "null", "null"},
    {"tilde", "~", "~"},
    {"date", "2001-01-01", "2001-01-01"},
    {"single quotes", "'it''s'", "it's"},
    {"double quotes", R"("a\x41\u00e9")", "aAé"},
    {"empty anchor", "&a viewer", "viewer"},
};

TEST(YamlDocument, TakesAScalarAsTheTextThatStandsThere) {
  for (const ScalarCase& row : kScalars) {
    SCOPED_TRACE(row.name);
    const LoadedModel loaded = Load("doorward: 1\nroles:\n  " + std::string(row.key) + ":\n");
    ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
    ASSERT_EQ(loaded.model->roles.size(), 1u);
    EXPECT_EQ(loaded.model->roles[0].name, row.role);
  }
}

TEST(YamlDocument, TakesBlockScalarsAsText) {
  const LoadedModel loaded = Load(
      "doorward: 1\nroles:\n  a:\n    description: >-\n      one\n      two\n"
      "  b:\n    description: |\n      one\n      two\n");
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  EXPECT_EQ(loaded.model->roles[0].description, "one two");
  EXPECT_EQ(loaded.model->roles[1].description, "one\ntwo\n");
}

TEST(YamlDocument, AcceptsLineEndsAndMarksOfOtherSystems) {
  const std::string_view texts[] = {"doorward: 1\nroles:\n  a:\n",
                                    "doorward: 1\r\nroles:\r\n  a:\r\n",
                                    "doorward: 1\rroles:\r  a:\r",
                                    "\xEF\xBB\xBF"
                                    "doorward: 1\nroles:\n  a:",
                                    "%YAML 1.1\n---\ndoorward: 1\nroles: {a: }\n...\n"};
  for (const std::string_view text : texts) {
    const LoadedModel loaded = Load(text);
    ASSERT_TRUE(loaded.model) << text << Print(loaded.diagnostics);
    EXPECT_EQ(loaded.model->roles.size(), 1u);
  }
}

TEST(YamlDocument, CountsColumnsInCodePointsBehindCrLf) {
  const LoadedModel loaded =
      Load("doorward: 1\r\nhosts: [a b]\r\nroles:\r\n  \"é日😀\": {x: 1}\r\n");
  EXPECT_EQ(Print(loaded.diagnostics),
            "2:9 bad_host | `a b` is no host | a b\n"
            "4:11 unknown_member | a role has no member `x` | x\n");
}

TEST(YamlDocument, ReportsATagAndGoesOn) {
  const LoadedModel loaded = Load(
      "doorward: 1\nrules:\n  - id: a\n    allow: [everyone]\n    endpoints: [/a]\n"
      "    when: !has(claims.x)\n    scope: x\n");
  EXPECT_EQ(Print(loaded.diagnostics),
            "6:11 yaml_tag | text that begins with `!` is a tag in YAML | !has(claims.x)\n"
            "7:5 unknown_member | a rule has no member `scope` | scope\n");
}

TEST(YamlDocument, AnAliasStandsForItsAnchor) {
  const LoadedModel loaded = Load(
      "doorward: 1\nroles:\n  a: &r {description: d}\n  b: *r\nrules:\n"
      "  - {id: &i x, allow: &who [a, b], endpoints: /a}\n  - {id: y, deny: *who, endpoints: "
      "/b}\n");
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  EXPECT_EQ(loaded.model->roles[1].description, "d");
  EXPECT_EQ(loaded.model->rules[1].roles, (std::vector<uint32_t>{0, 1}));
}

TEST(YamlDocument, AnAnchorMayBeTakenOverWithinItsValue) {
  const LoadedModel loaded = Load(
      "doorward: 1\nroles: {x: , y: }\nrules:\n"
      "  - {id: a, allow: &w [x, &w y], endpoints: /a}\n  - {id: b, allow: *w, endpoints: /b}\n");
  ASSERT_TRUE(loaded.model) << Print(loaded.diagnostics);
  EXPECT_EQ(loaded.model->rules[1].roles, (std::vector<uint32_t>{1}));
}

TEST(YamlDocument, AMistakeBehindAnAnchorIsReportedOnce) {
  const LoadedModel loaded = Load(
      "doorward: 1\nrules:\n  - {id: a, allow: everyone, endpoints: &e [/a**b, 'get /x']}\n"
      "  - {id: b, allow: everyone, endpoints: *e}\n  - {id: c, allow: everyone, endpoints: *e}\n");
  EXPECT_EQ(Print(loaded.diagnostics),
            "3:46 bad_segment | `**` must be a whole segment | a**b\n"
            "3:53 bad_method | `get` is no method | get\n");
}

}  // namespace
}  // namespace doorward
