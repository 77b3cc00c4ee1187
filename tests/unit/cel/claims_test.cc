// SPDX-License-Identifier: Apache-2.0
//
// Expressions on what a policy gives them: claims in JSON, maps that the host holds, lists of
// views.

#include <gtest/gtest.h>

#include "tests/unit/cel/evaluation.h"

namespace doorward::cel {
namespace {

TEST(Claims, HaveTheTypesOfTheirJson) {
  constexpr std::string_view kClaims =
      R"({"null": null, "yes": true, "int": -3, "whole": 3.0, "large": 9223372036854775808,
          "text": "a\u00e9", "list": [1, [2], {"a": 3}], "map": {"a b": 1, "": 2}})";
  constexpr ExpressionCase kCases[] = {
      {"null", "type(claims.`null`) == null_type && claims[\"null\"] == null", "true"},
      {"bool", "claims.yes", "true"},
      {"int", "type(claims.int) == int && claims.int < 0", "true"},
      {"written with a point", "type(claims.whole) == double && claims.whole == 3", "true"},
      {"beyond 64 bits", "type(claims.large) == double", "true"},
      {"text", "claims.text + \"!\"", "\"a\xC3\xA9!\""},
      {"size in characters", "size(claims.text)", "2"},
      {"element", "claims.list[1][0]", "2"},
      {"element of a member", "claims.list[2].a", "3"},
      {"whole list", "claims.list", "[1, [2], {\"a\": 3}]"},
      {"list and literal", "claims.list == [1, [2], {\"a\": 3u}]", "true"},
      {"literal and list", "[1, [2], {\"a\": 4}] == claims.list", "false"},
      {"list in list", "[2] in claims.list", "true"},
      {"joined lists", "claims.list + [4] == [1, [2], {\"a\": 3}, 4]", "true"},
      {"key with a space", "claims.map[\"a b\"] + claims.map.`a b`", "2"},
      {"empty key", "claims.map[\"\"]", "2"},
      {"size of a map", "size(claims.map)", "2"},
      {"keys", "claims.map.map(k, k)", "[\"a b\", \"\"]"},
      {"keys and values", "claims.map.transformList(k, v, v)", "[1, 2]"},
      {"unknown key as dyn", "dyn(1) in dyn(claims.map)", "false"},
      {"all of it", "size(claims)", "8"},
  };
  ExpectValues(kCases, kClaims);
}

TEST(Claims, AreReadAsTheirTypesWhereTheyDecide) {
  constexpr ExpressionCase kCases[] = {
      {"number as text", "claims.level == 3", "false"},
      {"text as number", "claims.level > 2",
       "failed: the operation does not exist for these types @ 13"},
      {"converted", "int(claims.level) > 2", "true"},
      {"one type or the other", "type(claims.level) == string ? int(claims.level) : claims.level",
       "3"},
      {"member that may be missing", "has(claims.admin) && claims.admin", "false"},
      {"member of what may be missing", "has(claims.org) && claims.org.id == 1", "false"},
      {"list or text", "\"a\" in claims.one || claims.one == \"a\"", "true"},
  };
  ExpectValues(kCases, R"({"level": "3", "one": "a"})");
}

TEST(HostMap, IsReadLikeAMap) {
  constexpr ExpressionCase kCases[] = {
      {"member", "params.user", "\"ada\""},
      {"key", "request.query[\"page\"]", "\"2\""},
      {"missing", "request.query.limit", "failed: there is no such key @ 14"},
      {"has", "has(request.query.page)", "true"},
      {"has not", "has(request.query.limit)", "false"},
      {"in", "\"page\" in request.query", "true"},
      {"not in", "\"limit\" in request.query", "false"},
      {"size", "size(request.query)", "2"},
      {"keys", "request.query.map(k, k)", "[\"page\", \"sort\"]"},
      {"dyn key of another type", "dyn(1) in dyn(params)", "false"},
      {"equal", "params == {\"user\": \"ada\"}", "true"},
      {"literal first", "{\"user\": \"eve\"} == params", "false"},
      {"shown", "params", "{\"user\": \"ada\"}"},
  };
  ExpectValues(kCases);
}

TEST(HostMap, FailsForAnAmbiguousKeyHoweverItIsAsked) {
  constexpr std::string_view kWant = "failed: the key occurs twice or is malformed @ ";
  constexpr struct {
    const char* name;
    std::string_view expression;
    int place;
  } kCases[] = {
      {"member", "request.query.sort", 14},
      {"key", "request.query[\"sort\"]", 13},
      {"has", "has(request.query.sort)", 0},
      {"in", "\"sort\" in request.query", 7},
      {"value in a macro", "request.query.exists(k, v, v == \"asc\")", 27},
      {"equality", "request.query == {\"page\": \"2\", \"sort\": \"asc\"}", 14},
      {"difference", "{\"page\": \"2\", \"sort\": \"asc\"} != request.query", 29},
      {"within a list", "[request.query] == [{\"page\": \"2\", \"sort\": \"asc\"}]", 16},
      {"in a list", "request.query in [{\"page\": \"2\", \"sort\": \"asc\"}]", 14},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Evaluate(c.expression), std::string(kWant) + std::to_string(c.place));
  }
  EXPECT_EQ(Evaluate("request.query == {\"page\": \"2\"}"), "false");
}

TEST(Strings, AreAList) {
  constexpr ExpressionCase kCases[] = {
      {"in", "\"editor\" in roles", "true"},
      {"not in", "\"admin\" in roles", "false"},
      {"dyn of another type", "dyn(1) in dyn(roles)", "false"},
      {"index", "roles[1]", "\"editor\""},
      {"equal", "roles == [\"reader\", \"editor\"]", "true"},
      {"other order", "roles == [\"editor\", \"reader\"]", "false"},
      {"joined", "(roles + [subject]).join(\",\")", "\"reader,editor,ada\""},
      {"filter", "roles.filter(r, r.startsWith(\"e\"))", "[\"editor\"]"},
      {"index and element", "roles.exists(i, r, i == 1 && r == \"editor\")", "true"},
  };
  ExpectValues(kCases);
}

TEST(Variables, OfOtherTypes) {
  constexpr ExpressionCase kCases[] = {
      {"time", "request.time", "timestamp(\"2026-11-23T08:30:00Z\")"},
      {"working hours", "request.time.getHours(\"Europe/Berlin\") in [8, 9, 10]", "true"},
      {"weekday", "request.time.getDayOfWeek() == 1", "true"},
      {"age", "request.time - timestamp(1795419000)", "duration(\"3600s\")"},
      {"address", "source.ip", "ip(\"192.0.2.7\")"},
      {"network", "cidr(\"192.0.2.0/28\").containsIP(source.ip)", "true"},
      {"another network", "cidr(\"192.0.2.8/29\").containsIP(source.ip)", "false"},
      {"loopback", "source.ip.isLoopback()", "false"},
      {"path", "request.path.split(\"/\")[2]", "\"17\""},
  };
  ExpectValues(kCases);
}

TEST(Machine, GoesOnWithOtherVariablesOnOneBudget) {
  const auto program = MustCompile("claims.n");
  TestedRequest one(R"({"n": 1})"), two(R"({"n": 2})");
  Machine machine;
  machine.Begin(one, 4);
  EXPECT_EQ(Evaluate(*program, machine), "1");
  machine.Switch(two);
  EXPECT_EQ(Evaluate(*program, machine), "2");
  EXPECT_EQ(Evaluate(*program, machine), "failed: the evaluation takes too many steps @ 7");
  machine.Begin(one, 4);
  EXPECT_EQ(Evaluate(*program, machine), "1");
}

}  // namespace
}  // namespace doorward::cel
