// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

struct ExplainCase {
  const char* name;
  Request request;
  Reason reason;
  const char* want;
  RequestRules rules = {};
};

void ExpectTexts(std::span<const ExplainCase> cases) {
  for (const ExplainCase& c : cases) {
    SCOPED_TRACE(c.name);
    Scratch scratch;
    CanonicalRequest out;
    ASSERT_EQ(Normalise(c.request, c.rules, scratch, &out), c.reason);
    EXPECT_EQ(ExplainRefusal(c.request, c.rules, c.reason), c.want);
  }
}

TEST(Explanation, OfMethodHostAndSource) {
  const ExplainCase cases[] = {
      {"no method", {.method = "", .target = "/"}, Reason::kBadMethod, "a request has a method"},
      {"no token",
       {.method = "GE T", .target = "/"},
       Reason::kBadMethod,
       "the method `GE T` is not a token"},
      {"lower case",
       {.method = "get", .target = "/"},
       Reason::kBadMethod,
       "the method `get` holds a lower-case letter"},
      {"long",
       {.method = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", .target = "/"},
       Reason::kBadMethod,
       "the method `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA` is longer than 32 characters"},
      {"refused",
       {.method = "TRACE", .target = "/"},
       Reason::kBadMethod,
       "the method `TRACE` is never allowed"},
      {"empty host",
       {.method = "GET", .host = "", .target = "/"},
       Reason::kBadHost,
       "a host may not be empty"},
      {"empty label",
       {.method = "GET", .host = "app..example", .target = "/"},
       Reason::kBadHost,
       "a label of a host may not be empty: `.`, octet 5 of the host"},
      {"port",
       {.method = "GET", .host = "a:0", .target = "/"},
       Reason::kBadHost,
       "a port is a number from 1 to 65535: `:0`, octet 2 of the host"},
      {"control in host",
       {.method = "GET", .host = "a\tb", .target = "/"},
       Reason::kBadHost,
       "a host holds only letters, digits, `-`, `_` and `.`, and may end with a port: `\\x09`, "
       "octet 2 of the host"},
      {"source",
       {.method = "GET", .target = "/", .source_ip = "1.2.3"},
       Reason::kBadSource,
       "the source address is an IPv4 or IPv6 address without zone and port: `1.2.3`"},
  };
  ExpectTexts(cases);
}

TEST(Explanation, OfTargetPathAndSegment) {
  const ExplainCase cases[] = {
      {"empty", {.method = "GET", .target = ""}, Reason::kBadTarget, "a target may not be empty"},
      {"fragment",
       {.method = "GET", .target = "/a#b"},
       Reason::kBadTarget,
       "a target may not hold a fragment: `#`, octet 3 of the target"},
      {"space",
       {.method = "GET", .target = "/a b"},
       Reason::kBadTarget,
       "a target holds only visible ASCII octets: ` `, octet 3 of the target"},
      {"authority",
       {.method = "GET", .host = "a", .target = "http://b/"},
       Reason::kBadTarget,
       "the authority of an absolute target must equal the host: `b`, octet 8 of the target"},
      {"encoded slash",
       {.method = "GET", .target = "/a%2fb"},
       Reason::kBadPath,
       "a path may not hold an encoded delimiter: `%2f`, octet 3 of the path"},
      {"encoded slash of an absolute target",
       {.method = "GET", .host = "a", .target = "http://a/b%2fc"},
       Reason::kBadPath,
       "a path may not hold an encoded delimiter: `%2f`, octet 3 of the path"},
      {"cut escape",
       {.method = "GET", .target = "/a%2"},
       Reason::kBadPath,
       "`%` is followed by two hexadecimal digits: `%2`, octet 3 of the path"},
      {"look-alike",
       {.method = "GET", .target = "/a%E2%88%95?secret"},
       Reason::kBadPath,
       "a path may not hold this control, look-alike or compatibility character: `%E2%88%95`, "
       "octet 3 of the path"},
      {"dots",
       {.method = "GET", .target = "/a/b/%2e./c"},
       Reason::kBadSegment,
       "a segment may not begin with two dots: `..`, segment 3"},
      {"trailing dot",
       {.method = "GET", .target = "/admin./c"},
       Reason::kBadSegment,
       "a segment may not end with a dot: `admin.`, segment 1"},
      {"empty segment",
       {.method = "GET", .target = "/a//c"},
       Reason::kBadSegment,
       "a segment may not be empty: ``, segment 2"},
  };
  ExpectTexts(cases);
}

TEST(Explanation, OfTooManySegments) {
  std::string target;
  for (int i = 0; i < 257; ++i) target += "/a";
  EXPECT_EQ(ExplainRefusal({.method = "GET", .target = target}, {}, Reason::kBadSegment),
            "a path has at most 256 segments");
}

TEST(Explanation, OfHeadersNeverShowsAValue) {
  const std::vector<Header> bad_name = {{"A", "1"}, {"X Y", "secret"}};
  const std::vector<Header> bad_value = {{"X", "secret\n"}};
  const std::vector<Header> twice = {{"authorization", "secret"}, {"Authorization", "secret"}};
  const std::vector<Header> override = {{"X-Original-URL", "/secret"}};
  const std::vector<Header> two_hosts = {{"Host", "a"}, {"Host", "a"}};
  const std::vector<Header> other_host = {{"Host", "b"}};
  const ExplainCase cases[] = {
      {"name",
       {.method = "GET", .target = "/", .headers = bad_name},
       Reason::kBadHeader,
       "the name of header 2, `X Y`, is not a token"},
      {"value",
       {.method = "GET", .target = "/", .headers = bad_value},
       Reason::kBadHeader,
       "the value of header 1, `X`, holds a CR, LF or NUL"},
      {"twice",
       {.method = "GET", .target = "/", .headers = twice},
       Reason::kBadHeader,
       "header 2, `Authorization`, is a second Authorization header"},
      {"override",
       {.method = "GET", .target = "/", .headers = override},
       Reason::kBadHeader,
       "header 1, `X-Original-URL`, would have a server use another path or method than was "
       "decided on",
       {.override_headers = RequestRules::OverrideHeaders::kReject}},
      {"two hosts",
       {.method = "GET", .host = "a", .target = "/", .headers = two_hosts},
       Reason::kBadHost,
       "a request has one Host field"},
      {"other host",
       {.method = "GET", .host = "a", .target = "/", .headers = other_host},
       Reason::kBadHost,
       "the Host field must agree with the host of the request"},
  };
  ExpectTexts(cases);
}

TEST(Explanation, OfWhatThisFloorDidNotRefuseIsGeneral) {
  const Request fine{.method = "GET", .host = "a", .target = "/", .source_ip = "::1"};
  for (const Reason reason :
       {Reason::kBadMethod, Reason::kBadHeader, Reason::kBadHost, Reason::kBadTarget,
        Reason::kBadPath, Reason::kBadSegment, Reason::kBadSource, Reason::kNoToken}) {
    EXPECT_EQ(ExplainRefusal(fine, {}, reason), ReasonText(reason));
  }
}

}  // namespace
}  // namespace doorward
