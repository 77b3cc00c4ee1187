// SPDX-License-Identifier: Apache-2.0
//
// No expression and no request makes an evaluation last: size, depth, steps and memory are bounded.

#include <string>

#include <gtest/gtest.h>

#include "tests/unit/cel/evaluation.h"

namespace doorward::cel {
namespace {

constexpr std::string_view kTooManySteps = "failed: the evaluation takes too many steps";
constexpr std::string_view kTooMuchMemory = "failed: the evaluation takes too much memory";

std::string Repeat(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

// {"list": [0, 1, ... count - 1]}
std::string Numbers(int count) {
  std::string out = "{\"list\": [";
  for (int i = 0; i < count; ++i) out += (i > 0 ? "," : "") + std::to_string(i);
  return out + "]}";
}

std::string WithText(size_t size) { return "{\"text\": \"" + std::string(size, 'a') + "\"}"; }

// The first problem, or "" where it compiles.
std::string ProblemOf(const std::string& expression) {
  const CompileOutcome compiled = Compile(expression, Variables(), 'd');
  return compiled.program == nullptr ? compiled.problems[0].message : "";
}

// The steps that an evaluation takes.
int64_t StepsOf(std::string_view expression, std::string_view claims) {
  const auto program = MustCompile(expression);
  TestedRequest request(claims);
  Machine machine;
  constexpr int64_t kPlenty = 1'000'000'000;
  machine.Begin(request, kPlenty);
  (void)program->Evaluate(machine);
  return kPlenty - machine.steps();
}

TEST(ExpressionSize, IsBounded) {
  constexpr std::string_view kTooLong = "this expression is too long";
  const auto padded = [](size_t size) { return "true" + std::string(size - 4, ' '); };
  EXPECT_EQ(ProblemOf(padded(kMaxExpressionBytes - 1)), "");
  EXPECT_EQ(ProblemOf(padded(kMaxExpressionBytes)), "");
  EXPECT_EQ(ProblemOf(padded(kMaxExpressionBytes + 1)), kTooLong);
}

TEST(ExpressionDepth, IsBounded) {
  const auto nested = [](size_t levels) { return Repeat("(", levels) + "1" + Repeat(")", levels); };
  constexpr std::string_view kTooDeep = "this expression is nested too deeply";
  EXPECT_EQ(ProblemOf(nested(98)), "");
  EXPECT_EQ(ProblemOf(nested(99)), "");
  EXPECT_EQ(ProblemOf(nested(100)), kTooDeep);
  EXPECT_EQ(ProblemOf(Repeat("(", 60'000)), kTooDeep);
  EXPECT_EQ(ProblemOf(Repeat("[", 60'000)), kTooDeep);
  EXPECT_EQ(ProblemOf(Repeat("{1:", 20'000)), kTooDeep);
  EXPECT_EQ(ProblemOf(Repeat("true?1:", 9'000) + "1"), kTooDeep);
  EXPECT_EQ(ProblemOf(Repeat("size(", 12'000)), kTooDeep);
}

TEST(ExpressionHeight, IsBounded) {
  constexpr std::string_view kTooLarge = "this expression is too large";
  EXPECT_EQ(ProblemOf("level" + Repeat(" + level", 198)), "");
  EXPECT_EQ(ProblemOf("level" + Repeat(" + level", 199)), "");
  EXPECT_EQ(ProblemOf("level" + Repeat(" + level", 200)), kTooLarge);
  EXPECT_EQ(ProblemOf("claims" + Repeat(".a", 30'000)), kTooLarge);
  EXPECT_EQ(ProblemOf(Repeat("-", 60'000) + "level"), kTooLarge);
  EXPECT_EQ(ProblemOf(Repeat("!", 60'000) + "true"), kTooLarge);
  // Chains of && and || are one operation, however long.
  EXPECT_EQ(ProblemOf("true" + Repeat(" && level == 3", 3'000)), "");
}

TEST(ExpressionOperations, AreBounded) {
  const auto list = [](size_t count) { return "[" + Repeat("1,", count - 1) + "1]"; };
  EXPECT_EQ(ProblemOf(list(19'998)), "");
  EXPECT_EQ(ProblemOf(list(19'999)), "");
  EXPECT_EQ(ProblemOf(list(20'000)), "this expression is too large");
}

TEST(Constants, OfManyStepsAreLeftToTheEvaluation) {
  const std::string text = "\"" + std::string(200, 'a') + "\"";
  std::string expression = text;
  for (int i = 0; i < 8; ++i) expression += ".replace(\"a\", \"aa\")";
  EXPECT_EQ(ProblemOf("size(" + expression + ") > 3"), "");
  // 3,000 times what takes thousands of steps is not computed when the policy is loaded.
  EXPECT_EQ(ProblemOf("[" + Repeat("\"ab\".replace(\"\", \"abcdefgh\"),", 1'900) + "\"\"]"), "");
}

TEST(Budget, EndsAtItsLastStep) {
  const auto program = MustCompile("level == 3");
  TestedRequest request;
  Machine machine;
  const int64_t needed = StepsOf("level == 3", "{}");
  machine.Begin(request, needed - 1);
  EXPECT_EQ(Evaluate(*program, machine), std::string(kTooManySteps) + " @ 6");
  machine.Begin(request, needed);
  EXPECT_EQ(Evaluate(*program, machine), "true");
  machine.Begin(request, needed + 1);
  EXPECT_EQ(Evaluate(*program, machine), "true");
}

TEST(Budget, OnceSpentNothingIsTrue) {
  const auto program = MustCompile("claims.list.exists(x, x < 0) || true");
  TestedRequest request(Numbers(2'000));
  Machine machine;
  machine.Begin(request, 1'000);
  EXPECT_TRUE(Evaluate(*program, machine).starts_with(kTooManySteps));
  machine.Begin(request);
  EXPECT_EQ(Evaluate(*program, machine), "true");
}

TEST(Budget, StopsNestedLoops) {
  const std::string claims = Numbers(2'000);
  const auto is_stopped = [&](std::string_view expression) {
    return Evaluate(expression, claims).starts_with(kTooManySteps);
  };
  EXPECT_FALSE(is_stopped("claims.list.exists(x, x == 1999)"));
  EXPECT_FALSE(is_stopped("claims.list.all(x, x >= 0)"));
  EXPECT_TRUE(is_stopped("claims.list.exists(x, claims.list.exists(y, x + y < 0))"));
  EXPECT_TRUE(is_stopped("claims.list.all(x, claims.list.all(y, x + y >= 0))"));
  EXPECT_TRUE(is_stopped("claims.list.all(x, x in claims.list)"));
  EXPECT_TRUE(is_stopped("claims.list.all(x, claims.list[x] == x)"));
  EXPECT_TRUE(is_stopped("claims.list.exists_one(x, claims.list.filter(y, y == x) == [])"));
  EXPECT_TRUE(is_stopped("claims.list.all(x, claims.list == claims.list)"));
  EXPECT_TRUE(is_stopped("claims.list.all(x, (claims.list + claims.list).size() > 0)") ||
              Evaluate("claims.list.all(x, (claims.list + claims.list).size() > 0)", claims)
                  .starts_with(kTooMuchMemory));
}

TEST(Budget, PaysForLongTexts) {
  // Twice the text is about twice the steps; that they are far fewer than its octets is the point.
  constexpr std::string_view kExpressions[] = {
      "claims.text == claims.text",
      "claims.text < claims.text",
      "size(claims.text)",
      "claims.text.contains(\"b\")",
      "claims.text.matches(\"b$\")",
      "claims.text + claims.text",
      "claims.text.upperAscii()",
      "claims.text.reverse()",
      "claims.text.substring(10)",
      "claims.text.trim()",
      "claims.text.split(\"b\")",
      "claims.text.replace(\"b\", \"c\")",
      "strings.quote(claims.text)",
      "\"%s\".format([claims.text])",
      "bytes(claims.text)",
      "string(bytes(claims.text))",
      "claims.text in [claims.text]",
      "[claims.text].join(\",\")",
      "dyn(claims.text) == dyn(1) || int(claims.text) == 1",
  };
  for (const std::string_view expression : kExpressions) {
    SCOPED_TRACE(expression);
    const int64_t one = StepsOf(expression, WithText(16'384));
    const int64_t two = StepsOf(expression, WithText(32'768));
    EXPECT_GE(one, 16'384 / 64);
    EXPECT_LE(one, 16'384);
    EXPECT_GE(two, one * 3 / 2);
  }
}

TEST(Budget, PaysForWorkThatIsAProduct) {
  const std::string text(30'000, 'a');
  // Neither the ends nor the middle of the part tell that it is not there.
  const std::string part = text.substr(0, 4'000) + "b" + text.substr(0, 11'000);
  const std::string claims = "{\"text\": \"" + text + "\", \"part\": \"" + part + "\"}";
  for (const std::string_view expression :
       {"claims.text.contains(claims.part)", "claims.text.indexOf(claims.part) > 0",
        "claims.text.lastIndexOf(claims.part) > 0", "claims.text.replace(claims.part, \"\")",
        "claims.text.matches(\"(a|b)*a(a|b){300}c\")"}) {
    SCOPED_TRACE(expression);
    EXPECT_TRUE(Evaluate(expression, claims).starts_with(kTooManySteps));
  }
}

TEST(Budget, PaysForComparingMaps) {
  std::string members;
  for (int i = 0; i < 4'000; ++i) members += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  const std::string claims = "{\"a\": {" + members + "}, \"b\": {" + members + "}}";
  EXPECT_TRUE(Evaluate("claims.a == claims.b", claims).starts_with(kTooManySteps));
  EXPECT_EQ(Evaluate("claims.a.k3999 == claims.b.k3999", claims), "true");
}

TEST(Budget, PaysForValuesThatShareTheirParts) {
  // Each step doubles what is seen, and none of it is copied.
  const std::string doubled = "[1]" + Repeat(".map(x, [x, x])", 60);
  EXPECT_TRUE(Evaluate(doubled + " == " + doubled).starts_with(kTooManySteps));
  EXPECT_TRUE(Evaluate(doubled + " in [" + doubled + "]").starts_with(kTooManySteps));
  EXPECT_TRUE(Evaluate("\"%s\".format([" + doubled + "])").starts_with("failed: "));
  EXPECT_EQ(Evaluate("size(" + doubled + ")"), "1");
}

TEST(Memory, IsBounded) {
  const std::string claims = WithText(60'000);
  EXPECT_EQ(
      Evaluate("size(" + std::string("claims.text") + Repeat(" + claims.text", 4) + ")", claims),
      "300000");
  EXPECT_TRUE(Evaluate("size(claims.text" + Repeat(" + claims.text", 16) + ")", claims)
                  .starts_with(kTooMuchMemory));
  EXPECT_TRUE(Evaluate("claims.text.replace(\"\", claims.text.substring(0, 100))", claims)
                  .starts_with("failed: the evaluation takes too m"));
  EXPECT_EQ(Evaluate("claims.text.split(\"\").size()", claims), "60000");
  EXPECT_TRUE(
      Evaluate("claims.text.split(\"\").map(x, x).size()", claims).starts_with(kTooMuchMemory));
}

TEST(Memory, IsTheSameForAUsedMachine) {
  const auto small = MustCompile("subject + request.path");
  const auto large = MustCompile("size(claims.text + claims.text) + size(claims.text + subject)");
  TestedRequest request(WithText(60'000));
  Machine machine;
  for (int i = 0; i < 3; ++i) {
    machine.Begin(request);
    EXPECT_EQ(Evaluate(*small, machine), "\"ada/orders/17\"");
    EXPECT_EQ(Evaluate(*large, machine), "180003");
  }
}

TEST(Pattern, OfTheRequestIsSmall) {
  const auto match = [](const std::string& pattern) {
    return Evaluate("subject.matches(claims.pattern)", "{\"pattern\": \"" + pattern + "\"}");
  };
  constexpr std::string_view kRefused = "failed: the pattern is no regular expression @ 8";
  EXPECT_EQ(match("^a.a$"), "true");
  EXPECT_EQ(match(std::string(255, 'a')), "false");
  EXPECT_EQ(match(std::string(256, 'a')), "false");
  EXPECT_EQ(match(std::string(257, 'a')), kRefused);
  EXPECT_EQ(match("((a{1,9}){1,9}){99}x"), kRefused);  // compiled, too large
}

TEST(Pattern, OfTheRequestIsPaidFor) {
  const std::string claims =
      R"({"list": [)" + std::string("0") + Repeat(",0", 99) +
      R"(], "letter": "\\pL", "letters": "\\pL\\pL", "any": ".*b", "text": ")" +
      std::string(5'000, 'a') + "\"}";
  const auto is_stopped = [&](std::string_view expression) {
    return Evaluate(expression, claims).starts_with(kTooManySteps);
  };
  // What is compiled...
  EXPECT_FALSE(is_stopped("subject.matches(claims.letter)"));
  EXPECT_TRUE(is_stopped("subject.matches(claims.letters)"));
  EXPECT_TRUE(is_stopped("claims.list.all(x, subject.matches(\"^a\" + subject.substring(1)))"));
  EXPECT_FALSE(is_stopped("[1, 2, 3].all(x, subject.matches(\"^a\" + subject.substring(1)))"));
  // ... and each octet that is searched.
  EXPECT_FALSE(is_stopped("claims.text.substring(4000).matches(claims.any)"));
  EXPECT_TRUE(
      is_stopped("claims.text.matches(claims.any)  || claims.text.matches(claims.any) ||"
                 "claims.text.matches(claims.any)"));
}

TEST(Pattern, OfThePolicyIsPaidForByTheTextAndItsSize) {
  const auto steps = [](std::string_view pattern, size_t size) {
    return StepsOf("claims.text.matches(\"" + std::string(pattern) + "\")", WithText(size));
  };
  EXPECT_LT(steps("^/orders/[0-9]+$", 100), 500);
  EXPECT_LT(steps("^/orders/[0-9]+$", 8'000), 40'000);
  EXPECT_GT(steps("(a|b)*a(a|b){300}c", 8'000), 100'000);
  // Of a great class few instructions matter.
  EXPECT_LT(steps("^\\\\pL+$", 100), 2'000);
}

TEST(Pattern, OfThePolicyIsBounded) {
  const auto pattern = [](size_t size) {
    return "subject.matches(\"" + std::string(size, 'a') + "\")";
  };
  EXPECT_EQ(ProblemOf(pattern(4'095)), "");
  EXPECT_EQ(ProblemOf(pattern(4'096)), "");
  EXPECT_EQ(ProblemOf(pattern(4'097)), "this is no regular expression: pattern too large");
  EXPECT_NE(ProblemOf("subject.matches(r\"\\pL{1000}\")"), "");
}

}  // namespace
}  // namespace doorward::cel
