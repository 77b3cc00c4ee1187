// SPDX-License-Identifier: Apache-2.0
//
// What expressions tell people and the policy's checks: values as literals, the operands that
// decided, what was named.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cel/evaluation.h"

namespace doorward::cel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ValueText, IsALiteral) {
  constexpr ExpressionCase kCases[] = {
      {"null", "null", "null"},
      {"bool", "true", "true"},
      {"int", "-5", "-5"},
      {"uint", "5u", "5u"},
      {"double", "0.5", "0.5"},
      {"whole double", "5.0", "5.0"},
      {"large double", "1e300", "1e+300"},
      {"infinity", "-1.0 / 0.0", "-Infinity"},
      {"nan", "0.0 / 0.0", "NaN"},
      {"string", "'a'", "\"a\""},
      {"quotes", "'say \"hi\"'", R"("say \"hi\"")"},
      {"backslash", R"("a\\x41")", R"("a\\x41")"},
      {"control characters", R"("a\n\x00")", R"("a\x0A\x00")"},
      {"bytes", R"(b"a\xff\\")", R"(b"a\xFF\\")"},
      {"timestamp", "timestamp(0)", "timestamp(\"1970-01-01T00:00:00Z\")"},
      {"duration", "duration('90m')", "duration(\"5400s\")"},
      {"address", "ip('::1')", "ip(\"::1\")"},
      {"network", "cidr('10.0.0.0/8')", "cidr(\"10.0.0.0/8\")"},
      {"type", "type(1u)", "uint"},
      {"list", "[1, 'a', [2u]]", "[1, \"a\", [2u]]"},
      {"map", "{'a': {true: 1.0}, 1: null}", "{\"a\": {true: 1.0}, 1: null}"},
      {"empty", "[[], {}]", "[[], {}]"},
  };
  ExpectValues(kCases);
}

TEST(ValueText, IsCut) {
  const std::string text = "aaaa\xC3\xA9zzzz";
  const Value value = Value::String(text);
  EXPECT_EQ(ToText(value, 100), "\"" + text + "\"");
  EXPECT_EQ(ToText(value, text.size() + 2), "\"" + text + "\"");
  EXPECT_EQ(ToText(value, 7), "\"aaaa\xC3\xA9...");
  EXPECT_EQ(ToText(value, 6), "\"aaaa...");
  EXPECT_EQ(ToText(value, 0), "...");
  const std::string quotes(1'000'000, '"');
  EXPECT_EQ(ToText(Value::String(quotes), 5), "\"\\\"\\\"...");
}

std::vector<std::string> Trace(std::string_view expression, std::string_view claims = "{}") {
  const auto program = MustCompile(expression);
  TestedRequest request(claims);
  Machine machine;
  machine.Begin(request);
  std::vector<std::string> out;
  for (const TracedValue& traced : program->Trace(machine, [&] { machine.Begin(request); })) {
    out.push_back(std::string(expression.substr(traced.at.offset, traced.at.length)) + " = " +
                  traced.value);
  }
  return out;
}

TEST(Trace, TellsTheOperandsThatDecided) {
  EXPECT_THAT(Trace("level > 3"), ElementsAre("level = 3", "level > 3 = false"));
  EXPECT_THAT(Trace("level > 3 && subject == \"ada\""),
              ElementsAre("level = 3", "level > 3 = false"));
  EXPECT_THAT(Trace("level > 1 && subject == \"eve\""),
              ElementsAre("subject = \"ada\"", "subject == \"eve\" = false"));
  EXPECT_THAT(Trace("level > 1 && subject == \"ada\""),
              ElementsAre("level = 3", "level > 1 = true", "subject = \"ada\"",
                          "subject == \"ada\" = true"));
  EXPECT_THAT(Trace("level > 5 || subject == \"ada\""),
              ElementsAre("subject = \"ada\"", "subject == \"ada\" = true"));
  EXPECT_THAT(Trace("level > 5 || level > 4"),
              ElementsAre("level = 3", "level > 5 = false", "level = 3", "level > 4 = false"));
}

TEST(Trace, TellsWhatFailed) {
  EXPECT_THAT(Trace("claims.a == 1"), ElementsAre("claims.a = failed: there is no such key",
                                                  "claims.a == 1 = failed: there is no such key"));
  EXPECT_THAT(Trace("level == 3 && claims.a == 1"),
              ElementsAre("claims.a = failed: there is no such key",
                          "claims.a == 1 = failed: there is no such key"));
}

TEST(Trace, FollowsTheBranchThatWasTaken) {
  EXPECT_THAT(Trace("level > 5 ? true : subject == \"eve\""),
              ElementsAre("level = 3", "level > 5 = false", "subject = \"ada\"",
                          "subject == \"eve\" = false"));
  EXPECT_THAT(Trace("!(level == 3)"), ElementsAre("level = 3", "level == 3 = true"));
  EXPECT_THAT(
      Trace("roles.exists(r, r == \"admin\")"),
      ElementsAre("roles = [\"reader\", \"editor\"]", "roles.exists(r, r == \"admin\") = false"));
  EXPECT_THAT(Trace("has(claims.a)"), ElementsAre("has(claims.a) = false"));
  EXPECT_THAT(Trace("true"), IsEmpty());
}

std::vector<std::string> MembersOf(std::string_view expression, TestedVariable variable) {
  std::vector<std::string> out;
  const auto program = MustCompile(expression);
  for (const MemberUse& use : program->MembersOf(variable)) {
    out.push_back(std::string(use.name) + "@" + std::to_string(use.at.offset));
  }
  return out;
}

TEST(Members, AreThoseThatAreNamedByConstants) {
  EXPECT_THAT(MembersOf("params.user == subject", kParams), ElementsAre("user@0"));
  EXPECT_THAT(MembersOf("params[\"user\"] == params.id", kParams), ElementsAre("user@7", "id@18"));
  EXPECT_THAT(MembersOf("has(params.user)", kParams), ElementsAre("user@0"));
  EXPECT_THAT(MembersOf("\"user\" in params", kParams), ElementsAre("user@0"));
  EXPECT_THAT(MembersOf("params[\"us\" + \"er\"] == \"\"", kParams), ElementsAre("user@7"));
  EXPECT_THAT(MembersOf("params[subject] == \"\"", kParams), IsEmpty());
  EXPECT_THAT(MembersOf("claims.params.user == 1", kParams), IsEmpty());
  EXPECT_THAT(MembersOf("[{\"a\": 1}].exists(params, params.a == 1)", kParams), IsEmpty());
  EXPECT_THAT(MembersOf("\"editor\" in roles || \"admin\" in roles", kRoles),
              ElementsAre("editor@0", "admin@21"));
}

TEST(Program, KnowsWhatItUses) {
  const auto program = MustCompile("request.path == subject && request.path != \"\"");
  EXPECT_TRUE(program->uses(kPath));
  EXPECT_TRUE(program->uses(kSubject));
  EXPECT_FALSE(program->uses(kClaims));
  EXPECT_FALSE(MustCompile("[1].exists(subject, subject == 1)")->uses(kSubject));
  EXPECT_TRUE(MustCompile("[1].exists(subject, .subject == \"\")")->uses(kSubject));
}

}  // namespace
}  // namespace doorward::cel
