// SPDX-License-Identifier: Apache-2.0
//
// Why an expression has no value, and where in its text that shows.

#include <gtest/gtest.h>

#include "tests/unit/cel/evaluation.h"

namespace doorward::cel {
namespace {

TEST(Failure, OfArithmetic) {
  constexpr ExpressionCase kCases[] = {
      {"division", "level / (level - 3)", "failed: division by zero @ 6"},
      {"remainder", "level % (level - 3)", "failed: division by zero @ 6"},
      {"sum", "level + 9223372036854775807", "failed: the result is out of range @ 6"},
      {"sum that fits", "level - 3 + 9223372036854775807", "9223372036854775807"},
      {"product", "level * 4611686018427387904", "failed: the result is out of range @ 6"},
      {"uint below zero", "uint(level) - 4u", "failed: the result is out of range @ 12"},
      {"of two types", "dyn(level) + dyn(1.0)",
       "failed: the operation does not exist for these types @ 11"},
      {"constant", "1 / 0", "failed: division by zero @ 2"},
  };
  ExpectValues(kCases);
}

TEST(Failure, OfContainers) {
  constexpr ExpressionCase kCases[] = {
      {"missing member", "claims.a.b", "failed: there is no such key @ 9"},
      {"missing operand", "claims.x.b", "failed: there is no such key @ 7"},
      {"missing key", "claims[\"x\"]", "failed: there is no such key @ 6"},
      {"member of a number", "claims.n.b",
       "failed: the operation does not exist for these types @ 9"},
      {"index at the end", "claims.l[2]", "failed: the index is out of range @ 8"},
      {"last index", "claims.l[1]", "20"},
      {"index below zero", "claims.l[-1]", "failed: the index is out of range @ 8"},
      {"index that is a text", "claims.l[\"0\"]",
       "failed: the operation does not exist for these types @ 8"},
      {"repeated key", "{\"a\": level, claims.s: 1}", "failed: a key occurs twice in the map @ 0"},
      {"key of a wrong type", "{claims.l: 1}",
       "failed: the operation does not exist for these types @ 0"},
      {"in a number", "1 in claims.n", "failed: the operation does not exist for these types @ 2"},
      {"absent", "absent", "failed: the request does not have it @ 0"},
      {"has of what is missing", "has(claims.x.y)", "failed: there is no such key @ 11"},
      {"has of what is there", "has(claims.a.y)", "false"},
      {"has of a number", "has(claims.n.y)",
       "failed: the operation does not exist for these types @ 0"},
  };
  ExpectValues(kCases, R"({"a": {}, "n": 1, "l": [10, 20], "s": "a"})");
}

TEST(Failure, OfFunctions) {
  constexpr ExpressionCase kCases[] = {
      {"int", "int(subject)", "failed: the value cannot be converted @ 0"},
      {"timestamp", "timestamp(subject)", "failed: the value cannot be converted @ 0"},
      {"year 10000", "timestamp(253402300800)", "failed: the result is out of range @ 0"},
      {"year 9999", "timestamp(253402300799)", "timestamp(\"9999-12-31T23:59:59Z\")"},
      {"duration", "duration(subject)", "failed: the value cannot be converted @ 0"},
      {"ip", "ip(subject)", "failed: the value cannot be converted @ 0"},
      {"address in a network", "cidr(\"10.0.0.0/8\").containsIP(subject)",
       "failed: the value cannot be converted @ 19"},
      {"zone that is no constant", "request.time.getHours(subject)",
       "failed: the argument is not valid @ 13"},
      {"place in a text", "subject.charAt(4)", "failed: the index is out of range @ 8"},
      {"pattern of the request", "subject.matches(\"[\" + subject)",
       "failed: the pattern is no regular expression @ 8"},
      {"format without its argument", "\"%s\".format([])", "failed: the argument is not valid @ 5"},
      {"argument of a wrong type", "claims.n.startsWith(\"a\")",
       "failed: the operation does not exist for these types @ 9"},
  };
  ExpectValues(kCases, R"({"n": 1})");
}

TEST(Failure, TravelsToTheResult) {
  constexpr ExpressionCase kCases[] = {
      {"first of two", "claims.x + claims.y == 1", "failed: there is no such key @ 7"},
      {"in an argument", "size(claims.x)", "failed: there is no such key @ 12"},
      {"in a list", "[1, claims.x]", "failed: there is no such key @ 11"},
      {"in a map", "{\"a\": claims.x}", "failed: there is no such key @ 13"},
      {"of a condition", "claims.x ? 1 : 2", "failed: there is no such key @ 7"},
      {"of a condition that is no bool", "claims.n ? 1 : 2",
       "failed: the operation does not exist for these types @ 9"},
      {"under not", "!claims.x", "failed: there is no such key @ 8"},
      {"of a range", "claims.x.exists(y, true)", "failed: there is no such key @ 7"},
      {"of a range that is none", "claims.n.exists(y, true)",
       "failed: the operation does not exist for these types @ 9"},
      {"of a body", "[1].map(y, claims.x)", "failed: there is no such key @ 18"},
      {"of a filter", "[1].filter(y, claims.x)", "failed: there is no such key @ 21"},
      {"of a body that is no bool", "[1].all(y, claims.n)",
       "failed: the operation does not exist for these types @ 4"},
  };
  ExpectValues(kCases, R"({"n": 1})");
}

TEST(Failure, IsAbsorbedWhereAnotherOperandDecides) {
  constexpr ExpressionCase kCases[] = {
      {"true after", "claims.x == 1 || level == 3", "true"},
      {"true before", "level == 3 || claims.x == 1", "true"},
      {"false after", "claims.x == 1 && level == 4", "false"},
      {"none decides or", "claims.x == 1 || level == 4", "failed: there is no such key @ 7"},
      {"none decides and", "claims.x == 1 && level == 3", "failed: there is no such key @ 7"},
      {"first failure of two", "claims.x == 1 || claims.y == 1",
       "failed: there is no such key @ 7"},
      {"no bool beside false", "claims.n || false",
       "failed: the operation does not exist for these types @ 9"},
      {"no bool beside true", "claims.n || true", "true"},
      {"exists with one true", "[0, 3].exists(y, level / y == 1)", "true"},
      {"exists with none", "[0, 1].exists(y, level / y == 1)", "failed: division by zero @ 23"},
      {"all with one false", "[0, 3].all(y, level / y == 2)", "false"},
      {"all without", "[0, 3].all(y, level / y == 1)", "failed: division by zero @ 20"},
      {"exists_one never", "[3, 0].exists_one(y, level / y == 1)", "failed: division by zero @ 27"},
      {"conditional never", "claims.x == 1 ? true : true", "failed: there is no such key @ 7"},
  };
  ExpectValues(kCases, R"({"n": 1})");
}

TEST(Failure, HasAText) {
  for (int i = 0; i <= static_cast<int>(Failure::kMemory); ++i) {
    EXPECT_NE(FailureText(static_cast<Failure>(i)), "") << i;
  }
}

}  // namespace
}  // namespace doorward::cel
