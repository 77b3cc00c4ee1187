// SPDX-License-Identifier: Apache-2.0
//
// What keeps an expression from loading: the code, the message, what was expected, and the text
// that is underlined.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cel/evaluation.h"

namespace doorward::cel {
namespace {

// A problem as one text: code, underlined text, message, what was expected, suggestion.
std::string Told(const Problem& problem, std::string_view expression) {
  const std::string_view at = expression.substr(problem.at.offset, problem.at.length);
  std::string out = std::string(problem.code.substr(std::string_view("expression_").size()));
  out += " [" + std::string(at) + "] " + problem.message;
  if (!problem.expected.empty()) out += "; expected " + problem.expected;
  if (!problem.suggestion.empty()) out += "; " + problem.suggestion;
  return out;
}

std::vector<std::string> Problems(std::string_view expression, char result = 'b') {
  std::vector<std::string> out;
  for (const Problem& problem : Compile(expression, Variables(), result).problems) {
    out.push_back(Told(problem, expression));
  }
  return out;
}

struct ProblemCase {
  const char* name;
  std::string_view expression;
  const char* want;
};

void ExpectProblems(std::span<const ProblemCase> cases) {
  for (const ProblemCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(Problems(c.expression), testing::ElementsAre(c.want));
  }
}

TEST(Problem, OfSyntax) {
  constexpr ProblemCase kCases[] = {
      {"nothing", "",
       "syntax [] unexpected end of the expression; expected a value, a name or `(`"},
      {"only a comment", "// later",
       "syntax [] unexpected end of the expression; expected a value, a name or `(`"},
      {"operand missing", "level >",
       "syntax [] unexpected end of the expression; expected a value, a name or `(`"},
      {"operator missing", "level 3",
       "syntax [3] unexpected `3`; expected an operator, or the end of the expression"},
      {"single equals sign", "level = 3",
       "syntax [=] unexpected `=`; expected an operator, or the end of the expression; did you "
       "mean `==`?"},
      {"single ampersand", "level > 1 & level < 3",
       "syntax [&] unexpected `&`; expected an operator, or the end of the expression; did you "
       "mean `&&`?"},
      {"word for an operator", "level > 1 and level < 3",
       "syntax [and] unexpected `and`; expected an operator, or the end of the expression; did you "
       "mean `&&`?"},
      {"parenthesis not closed", "(level > 1",
       "syntax [] unexpected end of the expression; expected `)` to match the opening one"},
      {"parenthesis too many", "level > 1)",
       "syntax [)] unexpected `)`; expected an operator, or the end of the expression"},
      {"bracket not closed", "roles[0 == \"a\"",
       "syntax [] unexpected end of the expression; expected `]` after the index"},
      {"argument missing", "subject.startsWith(\"a\",)",
       "syntax [)] unexpected `)`; expected an argument after the comma"},
      {"colon missing", "level > 1 ? true",
       "syntax [] unexpected end of the expression; expected `:` and what is meant otherwise"},
      {"string not closed", "subject == \"ada",
       "syntax [\"ada] unexpected string without its closing quote; expected a value, a name or "
       "`(`"},
      {"name after the point", "claims.3",
       "syntax [.3] unexpected `.3`; expected an operator, or the end of the expression"},
      {"member that is a keyword", "claims.in == 1",
       "syntax [in] `in` cannot be selected so; expected `[\"in\"]`"},
      {"reserved word", "var == 1",
       "syntax [var] `var` is a reserved word; expected a value, a name or `(`"},
      {"escape", "subject == \"a\\qb\"",
       "syntax [\\q] an escape that is none; expected \\\\ \\? \\\" \\' \\` \\a \\b \\f \\n \\r "
       "\\t \\v \\xHH \\OOO \\uHHHH or \\UHHHHHHHH"},
      {"escape before a wide character", "subject == \"\\\xC3\xA9\"",
       "syntax [\\\xC3\xA9] an escape that is none; expected \\\\ \\? \\\" \\' \\` \\a \\b \\f \\n "
       "\\r \\t \\v \\xHH \\OOO \\uHHHH or \\UHHHHHHHH"},
      {"escape cut short", "subject == \"\\u12\"",
       "syntax [\\u12] an escape that is cut short; expected 4 hexadecimal digits"},
      {"surrogate", "subject == \"\\ud800\"",
       "syntax [\\ud800] an escape that names no character; expected a code point up to 10FFFF "
       "that is no surrogate"},
      {"int too large", "level == 9223372036854775808",
       "syntax [9223372036854775808] a number that no int can hold; expected from -2^63 to 2^63 - "
       "1"},
      {"uint too large", "1u == 18446744073709551616u",
       "syntax [18446744073709551616u] a number that no uint can hold; expected at most 2^64 - 1"},
      {"double too large", "1.0 < 1e999",
       "syntax [1e999] a number that no double can hold; expected at most about 1.8e308"},
      {"character of no token", "level > 1 \xE2\x82\xAC",
       "syntax [\xE2\x82\xAC] unexpected `\xE2\x82\xAC`; expected an operator, or the end of the "
       "expression"},
      {"map without a value", "{\"a\"} == {}",
       "syntax [}] unexpected `}`; expected `:` between a key and its value"},
      {"has of no member", "has(claims)",
       "syntax [has(claims)] `has` asks whether a member is there; expected a selection, as in "
       "`has(claims.email)`"},
      {"variable of a macro", "roles.exists(\"r\", true)",
       "syntax [\"r\"] the variable of `exists` is no plain name; expected a name, as in "
       "`claims.groups.exists(g, g == \"ops\")`"},
      {"variables of a macro", "roles.exists(r, r, true)",
       "syntax [r] the variables of `exists` are called the same; expected two names"},
  };
  ExpectProblems(kCases);
}

TEST(Problem, OfNames) {
  constexpr ProblemCase kCases[] = {
      {"near a variable", "clams.level == 1",
       "name [clams.level] unknown name `clams.level`; did you mean `claims`?"},
      {"near a part of a dotted name", "request.pth == \"/\"",
       "name [request.pth] unknown name `request.pth`; did you mean `request.path`?"},
      {"beginning of dotted names", "request == 1",
       "name [request] unknown name `request`; expected `request.path`, `request.query`, "
       "`request.time`"},
      {"nothing alike", "tenant == 1", "name [tenant] unknown name `tenant`"},
      {"a claim by itself", "sub == \"ada\"",
       "name [sub] unknown name `sub`; did you mean `claims.sub`?"},
      {"a claim and what is in it", "email.endsWith(\"@example.com\")",
       "name [email] unknown name `email`; did you mean `claims.email`?"},
      {"a part of a dotted name by itself", "path == \"/\"",
       "name [path] unknown name `path`; did you mean `request.path`?"},
      {"function as a value", "size > 3",
       "name [size] unknown name `size`; expected a call, `size(...)`"},
      {"near a function", "subject.startWith(\"a\")",
       "name [startWith] unknown function `startWith`; did you mean `startsWith`?"},
      {"function as a method", "3.string() == \"3\"",
       "name [string] unknown function `string`; expected `string(...)`"},
      {"method as a function", "startsWith(subject, \"a\")",
       "name [startsWith] unknown function `startsWith`; expected `x.startsWith(...)`"},
      {"macro with too few arguments", "roles.exists(r)",
       "name [exists] this is not how `exists` is called; expected a variable and an expression, "
       "as in `claims.groups.exists(g, g == \"ops\")`"},
      {"macro as a function", "exists(roles, r, true)",
       "name [exists] this is not how `exists` is called; expected a variable and an expression, "
       "as in `claims.groups.exists(g, g == \"ops\")`"},
      {"of another extension", "math.least(level, 3) == 3",
       "name [math.least] unknown function `math.least`"},
      {"near a dotted function", "strings.quot(subject) == \"\"",
       "name [strings.quot] unknown function `strings.quot`; did you mean `strings.quote`?"},
      {"binding", "cel.bind(x, 1, x) == 1", "name [cel.bind] unknown function `cel.bind`"},
  };
  ExpectProblems(kCases);
}

TEST(Problem, OfTypes) {
  constexpr ProblemCase kCases[] = {
      {"no bool", "level + 1", "type [level + 1] this gives a value of type int; expected a bool"},
      {"no bool as an operand", "level && true",
       "type [level] this gives a value of type int; expected a bool"},
      {"no bool as a condition", "level ? true : false",
       "type [level] this gives a value of type int; expected a bool"},
      {"branches", "(true ? level : subject) == 3",
       "type [true ? level : subject] this gives a value of type int or of type string; expected "
       "two values of one type"},
      {"equality", "level == \"3\"",
       "type [==] `==` does not go with (int, string); expected two values of one type"},
      {"order", "request.time < level",
       "type [<] `<` does not go with (google.protobuf.Timestamp, int); expected "
       "(google.protobuf.Timestamp, google.protobuf.Timestamp)"},
      {"sum", "level + 1.5 > 2.0",
       "type [+] `+` does not go with (int, double); expected (int, int)"},
      {"element", "3 in roles",
       "type [in] `in` does not go with (int, list(string)); expected (A, list(A)), (A, map(A, "
       "B))"},
      {"in a text", "\"a\" in subject",
       "type [in] `in` does not go with (string, string); expected (A, list(A)), (A, map(A, B))"},
      {"index of a list", "roles[\"a\"] == \"x\"",
       "type [[] `[]` does not go with (list(string), string); expected (list(A), int)"},
      {"key of a map", "params[1] == \"x\"",
       "type [[] `[]` does not go with (map(string, string), int); expected (map(A, B), A)"},
      {"member of a text", "subject.name == \"x\"",
       "type [name] a value of type string has no member `name`; expected a map with strings as "
       "keys"},
      {"method of another type", "level.startsWith(\"a\")",
       "type [startsWith] `startsWith` does not go with (int, string); expected (string, string)"},
      {"too many arguments", "subject.contains(\"a\", 1)",
       "type [contains] `contains` does not go with (string, string, int); expected (string, "
       "string)"},
      {"too few arguments", "subject.replace(\"a\") == \"\"",
       "type [replace] `replace` does not go with (string, string); expected (string, string, "
       "string), (string, string, string, int)"},
      {"no list for a macro", "level.exists(x, true)",
       "type [level] a value of type int has no elements; expected a list or a map"},
      {"body of a macro", "roles.exists(r, r)",
       "type [r] this gives a value of type string; expected a bool"},
      {"filter", "roles.filter(r, r) == []",
       "type [r] this gives a value of type string; expected a bool"},
      {"key of a literal", "{1.5: 1} == {}",
       "type [1.5] a double cannot be a key; expected a bool, an int, a uint or a string"},
      {"address and text", "source.ip == \"192.0.2.1\"",
       "type [==] `==` does not go with (net.IP, string); expected two values of one type"},
  };
  ExpectProblems(kCases);
}

TEST(Problem, OfConstants) {
  constexpr ProblemCase kCases[] = {
      {"pattern", "subject.matches(\"(a\")",
       "constant [\"(a\"] this is no regular expression: missing ): (a; expected a pattern of RE2, "
       "at most 4096 octets"},
      {"pattern of a function", "matches(subject, \"[z-a]\")",
       "constant [\"[z-a]\"] this is no regular expression: invalid character class range: z-a; "
       "expected a pattern of RE2, at most 4096 octets"},
      {"timestamp", "request.time < timestamp(\"2026-13-01T00:00:00Z\")",
       "constant [\"2026-13-01T00:00:00Z\"] `2026-13-01T00:00:00Z` is not what this function "
       "reads; expected a time like \"2026-12-31T00:00:00Z\", from the year 1 to 9999"},
      {"duration", "duration(\"1 day\") > duration(\"1h\")",
       "constant [\"1 day\"] `1 day` is not what this function reads; expected a duration like "
       "\"1h30m\" or \"-1.5s\", of 292 years at most"},
      {"address", "source.ip == ip(\"192.0.2.256\")",
       "constant [\"192.0.2.256\"] `192.0.2.256` is not what this function reads; expected an "
       "address like \"192.0.2.1\" or \"2001:db8::1\""},
      {"network", "cidr(\"10.0.0.0/33\").containsIP(source.ip)",
       "constant [\"10.0.0.0/33\"] `10.0.0.0/33` is not what this function reads; expected a "
       "network like \"192.0.2.0/24\" or \"2001:db8::/32\""},
      {"address in a network", "cidr(\"10.0.0.0/8\").containsIP(\"10.0.0\")",
       "constant [\"10.0.0\"] `10.0.0` is not what this function reads; expected an address like "
       "\"192.0.2.1\" or \"2001:db8::1\""},
      {"network in a network", "cidr(\"10.0.0.0/8\").containsCIDR(\"10.0.0.0\")",
       "constant [\"10.0.0.0\"] `10.0.0.0` is not what this function reads; expected a network "
       "like \"192.0.2.0/24\" or \"2001:db8::/32\""},
      {"zone", "request.time.getHours(\"Europe/Berln\") > 8",
       "constant [\"Europe/Berln\"] unknown time zone `Europe/Berln`; expected a name of the time "
       "zone database like \"Europe/Berlin\", or an offset like \"+01:00\""},
      {"joined constants", "subject.matches(\"(\" + \"a\")",
       "constant [\"(\" + \"a\"] this is no regular expression: missing ): (a; expected a pattern "
       "of RE2, at most 4096 octets"},
  };
  ExpectProblems(kCases);
}

TEST(Problem, OfWhatIsOutOfScope) {
  constexpr ProblemCase kCases[] = {
      {"message", "google.protobuf.Int32Value{value: 1} == 1",
       "unsupported [google.protobuf.Int32Value] the message `google.protobuf.Int32Value{}` has no "
       "meaning in a policy"},
      {"message of a dotted name", "a.b{}.c == 1",
       "unsupported [a.b] the message `a.b{}` has no meaning in a policy"},
      {"optional selection", "claims.?a == 1",
       "unsupported [?] the optional selection `.?` has no meaning in a policy"},
      {"optional index", "claims[?\"a\"] == 1",
       "unsupported [?] the optional index `[?` has no meaning in a policy"},
      {"optional element", "[?claims.a] == []",
       "unsupported [?] the optional element `?` has no meaning in a policy"},
      {"optional entry", "{?\"a\": 1} == {}",
       "unsupported [?] the optional entry `?` has no meaning in a policy"},
  };
  ExpectProblems(kCases);
}

TEST(Problem, AllAreToldInTheirOrder) {
  EXPECT_THAT(Problems("levl > 3 && roles.exists(r, r == 1) || subject.mtches(\"(\")"),
              testing::ElementsAre(
                  "name [levl] unknown name `levl`; did you mean `level`?",
                  "type [==] `==` does not go with (string, int); expected two values of one type",
                  "name [mtches] unknown function `mtches`; did you mean `matches`?"));
}

TEST(Problem, OfTheResult) {
  constexpr struct {
    const char* name;
    std::string_view expression;
    char result;
    const char* want;
  } kCases[] = {
      {"bool", "level > 3", 'b', nullptr},
      {"dyn will do", "claims.admin", 'b', nullptr},
      {"any", "level", 'd', nullptr},
      {"string", "subject + \"x\"", 's', nullptr},
      {"list of strings", "roles", 'S', nullptr},
      {"list of dyn", "claims.groups", 'S', nullptr},
      {"int for string", "level", 's',
       "type [level] this gives a value of type int; expected a string"},
      {"list of ints", "[level]", 'S',
       "type [[level]] this gives a value of type list(int); expected a list(string)"},
      {"string for bool", "subject", 'b',
       "type [subject] this gives a value of type string; expected a bool"},
      {"empty list", "[]", 'S', nullptr},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    if (c.want == nullptr) {
      EXPECT_THAT(Problems(c.expression, c.result), testing::IsEmpty());
    } else {
      EXPECT_THAT(Problems(c.expression, c.result), testing::ElementsAre(c.want));
    }
  }
}

}  // namespace
}  // namespace doorward::cel
