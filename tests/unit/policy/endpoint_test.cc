// SPDX-License-Identifier: Apache-2.0

#include "src/policy/endpoint.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/policy/model_text.h"

namespace doorward {
namespace {

struct GoodCase {
  std::string_view text;
  std::string_view want;
};

constexpr GoodCase kGood[] = {
    {"/", "* /"},
    {"/orders", "* /orders"},
    {"/orders/", "* /orders"},
    {"GET /orders", "GET /orders"},
    {"GET  /orders", "GET /orders"},
    {"GET,PUT,X-METHOD /a", "GET,PUT,X-METHOD /a"},
    {"* /a", "* /a"},
    {"OPTIONS *", "OPTIONS asterisk"},
    {"OPTIONS   *", "OPTIONS asterisk"},
    {"OPTIONS /*", "OPTIONS /{*}"},
    {"api.example.com/a", "* api.example.com /a"},
    {"API.Example.com/A", "* api.example.com /A"},
    {"GET *.Example.com/", "GET *.example.com /"},
    {"10.0.0.1/a", "* 10.0.0.1 /a"},
    {"localhost/a/b", "* localhost /a/b"},
    {"-a_b/x", "* -a_b /x"},
    {"/a b", "* /a b"},
    {"/*", "* /{*}"},
    {"/**", "* /{**}"},
    {"/**/", "* /{**}"},
    {"/a/**/b", "* /a/{**}/b"},
    {"/{id}", "* /{id:*}"},
    {"/{_a1}/{B}", "* /{_a1:*}/{B:*}"},
    {"/{rest=**}", "* /{rest:**}"},
    {"/{id:[0-9]+}", "* /{id:re [0-9]+}"},
    {"/{id:a{2,3}}/x", "* /{id:re a{2,3}}/x"},
    {R"(/{id:\{x\}})", R"(* /{id:re \{x\}})"},
    {R"(/{id:\}\{})", R"(* /{id:re \}\{})"},
    {"/{id:a b}", "* /{id:re a b}"},
    {"/{id:%41}", "* /{id:re %41}"},
    {"/{id:*a|b}", ""},
    {"/*.json", "* /glob[|.json]"},
    {"/a*", "* /glob[a|]"},
    {"/a*b*c", "* /glob[a|b|c]"},
    {"/.*", "* /glob[.|]"},
    {"/%2A%2a*", "* /glob[**|]"},
    {"/%7Bid%7D", "* /{id}"},
    {"/%41%2d", "* /A-"},
    {"/caf%C3%A9", "* /café"},
    {"/café", "* /café"},
    {"/.well-known/x", "* /.well-known/x"},
    {"/a:b@c!$&'()+,=", "* /a:b@c!$&'()+,="},
};

TEST(Endpoint, IsReadByTheGrammar) {
  const RequestRules rules;
  for (const GoodCase& row : kGood) {
    SCOPED_TRACE(row.text);
    EndpointReader reader(rules);
    EndpointModel endpoint;
    const bool ok = reader.Read(row.text, &endpoint);
    EXPECT_EQ(ok, !row.want.empty());
    if (ok) {
      EXPECT_EQ(EndpointText(endpoint), row.want);
    }
    EXPECT_EQ(reader.faults().empty(), ok);
  }
}

TEST(Endpoint, FoldsCaseWhereTheBackendDoes) {
  constexpr std::string_view kText = "GET Host/Orders/X*Y/%41É/{Id:[A-Z]+}";
  for (const bool windows : {false, true}) {
    RequestRules rules;
    rules.backend = windows ? RequestRules::Backend::kWindows : RequestRules::Backend::kGeneric;
    rules.path_case = windows ? RequestRules::PathCase::kSensitive : RequestRules::PathCase::kFold;
    EndpointReader reader(rules);
    EndpointModel endpoint;
    ASSERT_TRUE(reader.Read(kText, &endpoint));
    EXPECT_EQ(EndpointText(endpoint), "GET host /orders/glob[x|y]/aÉ/{Id:re [A-Z]+}");
  }
}

TEST(Endpoint, WhereCaseIsFoldedNoRegexMayAskForIt) {
  struct Row {
    std::string_view regex;
    bool ok;
  };
  constexpr Row kRows[] = {
      {"(?-i)Admin", false}, {"(?-i:Admin)", false}, {"a(?s-mi:B)", false},
      {"[]](?-i)a", false},  {"(?i)Admin", true},    {"(?s-m)a", true},
      {"[(?-i)]", true},     {"\\(?-i", true},       {"[^]](?P<x>i-i)", true},
  };
  RequestRules fold;
  fold.path_case = RequestRules::PathCase::kFold;
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.regex);
    EndpointModel endpoint;
    const std::string text = "/{x:" + std::string(row.regex) + "}";
    EXPECT_EQ(EndpointReader(fold).Read(text, &endpoint), row.ok);
    EndpointModel sensitive;
    EXPECT_TRUE(EndpointReader(RequestRules()).Read(text, &sensitive));
  }
}

TEST(Endpoint, AnEncodedSlashStandsForItselfWhereItIsKept) {
  RequestRules rules;
  rules.encoded_slash = RequestRules::EncodedSlash::kKeep;
  for (const std::string_view text : {"/a%2Fb", "/a%2fb", "/a%252Fb"}) {
    SCOPED_TRACE(text);
    EndpointReader reader(rules);
    EndpointModel endpoint;
    ASSERT_TRUE(reader.Read(text, &endpoint));
    ASSERT_EQ(endpoint.path.size(), 1u);
    EXPECT_EQ(endpoint.path[0].text, "a%2Fb");
  }
}

TEST(Endpoint, ASemicolonStandsForItselfWhereItIsLiteral) {
  RequestRules rules;
  rules.semicolon = RequestRules::Semicolon::kLiteral;
  EndpointReader reader(rules);
  EndpointModel endpoint;
  ASSERT_TRUE(reader.Read("/a;b", &endpoint));
  EXPECT_EQ(EndpointText(endpoint), "* /a;b");
}

struct FaultCase {
  std::string_view text;
  std::string_view code;
  std::string_view underlined;
  size_t offset;
};

constexpr FaultCase kFaults[] = {
    {"", "bad_path", "", 0},
    {"*", "bad_asterisk", "*", 0},
    {"* *", "bad_asterisk", "*", 2},
    {"GET *", "bad_asterisk", "*", 4},
    {"OPTIONS,GET *", "bad_asterisk", "*", 12},
    {"OPTIONS a.example*", "bad_path", "a.example*", 8},
    {"GET", "bad_path", "GET", 0},
    {"GET ", "bad_path", "", 4},
    {"a.example", "bad_path", "a.example", 0},
    {"GET a:", "bad_path", "a:", 4},
    {"get /x", "bad_method", "get", 0},
    {"GET,put /x", "bad_method", "put", 4},
    {"GET,,PUT /x", "bad_method", "", 4},
    {"GET, PUT /x", "bad_method", " ", 4},
    {" /x", "bad_method", " ", 0},
    {"GET,* /x", "bad_method", "*", 4},
    {"G(T /x", "bad_method", "G(T", 0},
    {"AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD /x", "bad_method", "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD", 0},
    {"TRACE /x", "refused_method", "TRACE", 0},
    {"GET,CONNECT /x", "refused_method", "CONNECT", 4},
    {"DEBUG /x", "refused_method", "DEBUG", 0},
    {"TRACK /x", "refused_method", "TRACK", 0},
    {"a.example:80/x", "bad_host", "a.example:80", 0},
    {"[::1]/x", "bad_host", "[::1]", 0},
    {"http://a.example/x", "bad_host", "http://", 0},
    {"GET */x", "bad_host", "*", 4},
    {"*./x", "bad_host", "*.", 0},
    {"*a.example/x", "bad_host", "*a.example", 0},
    {"a.*.example/x", "bad_host", "a.*.example", 0},
    {"*.*.example/x", "bad_host", "*.*.example", 0},
    {"a..b/x", "bad_host", "a..b", 0},
    {".a/x", "bad_host", ".a", 0},
    {"a.example./x", "bad_host", "a.example.", 0},
    {"GET a b/x", "bad_host", "a b", 4},
    {"é.example/x", "bad_host", "é.example", 0},
    {"user@a/x", "bad_host", "user@a", 0},
    {"/{id}.json", "bad_segment", ".json", 5},
    {"/{a}{b}", "bad_segment", "{b}", 4},
    {"/x{id}", "bad_segment", "{id}", 2},
    {"/x}", "bad_segment", "}", 2},
    {"/a**b", "bad_segment", "a**b", 1},
    {"/***", "bad_segment", "***", 1},
    {"/**a", "bad_segment", "**a", 1},
    {"/x/a**", "bad_segment", "a**", 3},
    {"/{x:a}b}", "bad_segment", "b}", 6},
    {"/{x", "bad_capture", "{x", 1},
    {"/{x/y}", "bad_capture", "x/y", 2},
    {"/{x:a", "bad_capture", "{x:a", 1},
    {"/{x:a{}", "bad_capture", "{x:a{}", 1},
    {"/{}", "bad_capture", "{}", 1},
    {"/{:a}", "bad_capture", "{:a}", 1},
    {"/{1a}", "bad_capture", "1a", 2},
    {"/{a-b}", "bad_capture", "a-b", 2},
    {"/{*}", "bad_capture", "*", 2},
    {"/{é}", "bad_capture", "é", 2},
    {"/{x=*}", "bad_capture", "=*", 3},
    {"/{x=}", "bad_capture", "=", 3},
    {"/{x=***}", "bad_capture", "=***", 3},
    {"/{x:}", "bad_regex", ":", 3},
    {"/{x:[^/]+}/y", "bad_regex", "/", 6},
    {"/{x:(}", "bad_regex", "(", 4},
    {"/{x:a{1001}}", "bad_regex", "a{1001}", 4},
    {R"(/{x:(?!a)b})", "bad_regex", "(?!a)b", 4},
    {"/**/x/**", "several_tails", "**", 6},
    {"/x/**/y/**", "several_tails", "**", 8},
    {"/**/**/**", "several_tails", "**", 4},
    {"/**/{x=**}", "several_tails", "{x=**}", 4},
    {"/{x=**}/**", "several_tails", "**", 8},
    {"/{a}/{b}/{a}", "repeated_capture", "{a}", 9},
    {"/{a}/{a=**}", "repeated_capture", "{a=**}", 5},
    {"/%", "bad_percent", "%", 1},
    {"/a%2", "bad_percent", "%2", 2},
    {"/a%zzb", "bad_percent", "%zz", 2},
    {"/a*%g0", "bad_percent", "%g0", 3},
    {"//", "unmatchable_pattern", "/", 1},
    {"/a//b", "unmatchable_pattern", "/", 3},
    {"/a%2Fb", "unmatchable_pattern", "a%2Fb", 1},
    {"/%00", "unmatchable_pattern", "%00", 1},
    {"/%25", "unmatchable_pattern", "%25", 1},
    {"/.", "unmatchable_pattern", ".", 1},
    {"/a/%2e%2E", "unmatchable_pattern", "%2e%2E", 3},
    {"/..*", "unmatchable_pattern", "..", 1},
    {"/*.", "unmatchable_pattern", ".", 2},
    {"/a?b", "unmatchable_pattern", "a?b", 1},
    {"/a#b", "unmatchable_pattern", "a#b", 1},
    {"/a;b", "unmatchable_pattern", "a;b", 1},
    {"/a\\b", "unmatchable_pattern", "a\\b", 1},
    {"/ a", "unmatchable_pattern", " a", 1},
    {"/a ", "unmatchable_pattern", "a ", 1},
    {"/%C3", "unmatchable_pattern", "%C3", 1},
    {"/％41", "unmatchable_pattern", "％41", 1},
};

TEST(Endpoint, FaultsPointIntoTheText) {
  const RequestRules rules;
  for (const FaultCase& row : kFaults) {
    SCOPED_TRACE(row.text);
    EndpointReader reader(rules);
    EndpointModel endpoint;
    EXPECT_FALSE(reader.Read(row.text, &endpoint));
    ASSERT_EQ(reader.faults().size(), 1u);
    const EndpointFault& fault = reader.faults()[0];
    EXPECT_EQ(fault.code, row.code);
    EXPECT_EQ(fault.offset, row.offset);
    const std::string padded = std::string(row.text) + " ";
    const bool is_space = row.underlined == " ";
    EXPECT_EQ(is_space ? " " : padded.substr(fault.offset, fault.length), row.underlined);
  }
}

TEST(Endpoint, SeveralTailsAreToldBesideOtherFaults) {
  const RequestRules rules;
  EndpointReader reader(rules);
  EndpointModel endpoint;
  EXPECT_FALSE(reader.Read("/**/a**b/**", &endpoint));
  ASSERT_EQ(reader.faults().size(), 2u);
  EXPECT_EQ(reader.faults()[0].code, "bad_segment");
  EXPECT_EQ(reader.faults()[1].code, "several_tails");
  EXPECT_EQ(reader.faults()[1].offset, 9u);
}

TEST(Endpoint, TheCapturesOfOtherRoutersAreWarnedOf) {
  struct Row {
    std::string_view path;
    size_t warnings;
  };
  constexpr Row kRows[] = {{"/users/:id/x", 1}, {"/users/$id", 1}, {"/%3Aid", 0},
                           {"/a:b/c$d", 0},     {"/:", 0},         {"/{id}", 0}};
  const RequestRules rules;
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.path);
    EndpointReader reader(rules);
    EndpointModel endpoint;
    EXPECT_TRUE(reader.Read(row.path, &endpoint));
    ASSERT_EQ(reader.faults().size(), row.warnings);
    for (const EndpointFault& fault : reader.faults()) EXPECT_EQ(fault.code, "odd_segment");
  }
}

TEST(Endpoint, AMethodNearToAUsualOneIsWarnedOf) {
  struct Row {
    std::string_view method, meant;
  };
  constexpr Row kRows[] = {
      {"GTE", "GET"},        {"GETX", "GET"},   {"GE", "GET"},       {"GRT", "GET"},
      {"EGT", "GET"},        {"PSOT", "POST"},  {"POTS", "POST"},    {"PUTT", "PUT"},
      {"PTACH", "PATCH"},    {"PATH", "PATCH"}, {"DELET", "DELETE"}, {"OPTION", "OPTIONS"},
      {"DELETES", "DELETE"}, {"HEDA", "HEAD"},  {"GET", ""},         {"PATCH", ""},
      {"SEARCH", ""},        {"PURGE", ""},     {"PROPFIND", ""},    {"QUERY", ""},
      {"TEG", ""},           {"GETXX", ""},     {"OPT", ""},         {"X", ""},
  };
  const RequestRules rules;
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.method);
    EndpointReader reader(rules);
    EndpointModel endpoint;
    EXPECT_TRUE(reader.Read(std::string(row.method) + " /", &endpoint));
    ASSERT_EQ(reader.faults().size(), row.meant.empty() ? 0u : 1u);
    if (row.meant.empty()) continue;
    EXPECT_EQ(reader.faults()[0].code, "odd_method");
    EXPECT_EQ(reader.faults()[0].severity, Severity::kWarning);
    EXPECT_EQ(reader.faults()[0].suggestion, "did you mean `" + std::string(row.meant) + "`?");
  }
}

TEST(Endpoint, EverythingWrongInOneIsTold) {
  const RequestRules rules;
  EndpointReader reader(rules);
  EndpointModel endpoint;
  EXPECT_FALSE(reader.Read("get,TRACE a:1/./{x:(}/a**b", &endpoint));
  std::vector<std::string_view> codes;
  for (const EndpointFault& fault : reader.faults()) codes.push_back(fault.code);
  EXPECT_EQ(codes,
            (std::vector<std::string_view>{"bad_method", "refused_method", "bad_host",
                                           "unmatchable_pattern", "bad_regex", "bad_segment"}));
}

std::string Repeat(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

struct SizeCase {
  std::string_view name;
  std::string text;
  bool ok;
};

const SizeCase kSizes[] = {
    {"255 segments", Repeat("/a", 255), true},
    {"256 segments", Repeat("/a", 256), true},
    {"257 segments", Repeat("/a", 257), false},
    {"256 segments and a tail", Repeat("/a", 256) + "/**", true},
    {"257 segments and a tail", Repeat("/a", 257) + "/**", false},
    {"a million segments", Repeat("/a", 1'000'000), false},
    {"8191 octets", "/" + Repeat("x", 8190), true},
    {"8192 octets", "/" + Repeat("x", 8191), true},
    {"8193 octets", "/" + Repeat("x", 8192), false},
    {"a regular expression of 4096", "/{x:" + Repeat("a", 4096) + "}", true},
    {"a regular expression of 4097", "/{x:" + Repeat("a", 4097) + "}", false},
    {"a label of 63", Repeat("a", 63) + ".b/", true},
    {"a label of 64", Repeat("a", 64) + ".b/", false},
    {"a wildcard for which 251 octets are left", "*." + Repeat("a.", 125) + "b/", true},
    {"a wildcard for which none are left", "*." + Repeat("a.", 126) + "b/", false},
    {"many braces", "/{x:" + Repeat("{", 100'000) + Repeat("}", 100'000) + "}", false},
};

TEST(Endpoint, SizesAreBounded) {
  const RequestRules rules;
  for (const SizeCase& row : kSizes) {
    SCOPED_TRACE(row.name);
    EndpointReader reader(rules);
    EndpointModel endpoint;
    EXPECT_EQ(reader.Read(row.text, &endpoint), row.ok);
  }
}

TEST(Endpoint, WeightCountsWhatPatternsCompileTo) {
  const RequestRules rules;
  EndpointReader reader(rules);
  EndpointModel endpoint;
  ASSERT_TRUE(reader.Read("/a/{b}/**", &endpoint));
  EXPECT_EQ(reader.weight(), 5u);
  EndpointModel with_regex;
  ASSERT_TRUE(reader.Read("/{b:[a-z]{500}}", &with_regex));
  EXPECT_GT(reader.weight(), 500u);
}

}  // namespace
}  // namespace doorward
