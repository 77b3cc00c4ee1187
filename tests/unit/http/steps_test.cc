// SPDX-License-Identifier: Apache-2.0
//
// The steps together: their order, and what they cost.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

// A request that every step refuses, and which is then mended step by step.
TEST(Steps, TheFirstThatRefusesIsTheReason) {
  std::vector<Header> headers = {{"X Y", ""}};
  Request request{.method = "get",
                  .host = "a..b",
                  .target = "/a//b%00#",
                  .headers = headers,
                  .source_ip = "localhost"};
  Scratch scratch;
  CanonicalRequest out;
  const auto reason = [&] { return Normalise(request, {}, scratch, &out); };
  EXPECT_EQ(reason(), Reason::kBadMethod);
  request.method = "GET";
  EXPECT_EQ(reason(), Reason::kBadHeader);
  request.headers = {};
  EXPECT_EQ(reason(), Reason::kBadHost);
  request.host = "a.b";
  EXPECT_EQ(reason(), Reason::kBadTarget);
  request.target = "/a//b%00";
  EXPECT_EQ(reason(), Reason::kBadPath);
  request.target = "/a//b";
  EXPECT_EQ(reason(), Reason::kBadSegment);
  request.target = "/a/b";
  EXPECT_EQ(reason(), Reason::kBadSource);
  request.source_ip = "192.0.2.1";
  EXPECT_EQ(reason(), Reason::kAllowed);
}

// The same, where the fast way sees a bad segment first.
TEST(Steps, TargetAndPathComeBeforeSegmentsInALongPath) {
  Scratch scratch;
  CanonicalRequest out;
  const std::string bad_segment = "/a//b/" + std::string(200, 'x');
  const auto reason = [&](const std::string& target) {
    return Normalise({.method = "GET", .target = target}, {}, scratch, &out);
  };
  EXPECT_EQ(reason(bad_segment), Reason::kBadSegment);
  EXPECT_EQ(reason(bad_segment + "?a b"), Reason::kBadTarget);
  EXPECT_EQ(reason(bad_segment + "%00"), Reason::kBadPath);
  EXPECT_EQ(reason(bad_segment + "%00?a b"), Reason::kBadTarget);
}

struct CostCase {
  const char* name;
  Request request;
  Reason want;
};

TEST(Steps, AllocateNothingOnceWarm) {
  const std::string token = "Bearer " + std::string(1000, 'x');
  const std::vector<Header> headers = {{"Host", "APP.example"}, {"Authorization", token}};
  const std::vector<Header> bad_headers = {{"X", "\n"}};
  const std::string long_path = "/" + std::string(4000, 'a') + "%20b/C";
  const std::string encoded = "/Caf%C3%A9/" + long_path.substr(1);
  const CostCase cases[] = {
      {"plain", {.method = "GET", .host = "app.example", .target = "/a/b?c"}, Reason::kAllowed},
      {"headers and host",
       {.method = "GET",
        .host = "App.Example:80",
        .target = "/Orders/17",
        .headers = headers,
        .source_ip = "2001:db8::1"},
       Reason::kAllowed},
      {"encoded", {.method = "GET", .target = encoded}, Reason::kAllowed},
      {"IPv6 host", {.method = "GET", .host = "[0::1]", .target = "/"}, Reason::kAllowed},
      {"absolute",
       {.method = "GET", .host = "[0::1]", .target = "http://[::1]:80"},
       Reason::kAllowed},
      {"asterisk", {.method = "OPTIONS", .target = "*"}, Reason::kAllowed},
      {"bad method", {.method = "get", .target = "/"}, Reason::kBadMethod},
      {"bad header", {.method = "GET", .target = "/", .headers = bad_headers}, Reason::kBadHeader},
      {"bad host", {.method = "GET", .host = "a b", .target = "/"}, Reason::kBadHost},
      {"bad target", {.method = "GET", .target = "/#"}, Reason::kBadTarget},
      {"bad path", {.method = "GET", .target = "/a%2Fb"}, Reason::kBadPath},
      {"bad segment", {.method = "GET", .target = "/a/../b"}, Reason::kBadSegment},
      {"bad encoded segment", {.method = "GET", .target = "/a/%2e"}, Reason::kBadSegment},
      {"bad source", {.method = "GET", .target = "/", .source_ip = "::1%lo"}, Reason::kBadSource},
  };
  Scratch scratch;
  CanonicalRequest out;
  ASSERT_EQ(Normalise({.method = "GET", .target = "/"}, {}, scratch, &out), Reason::kAllowed);
  const RequestRules fold{.path_case = RequestRules::PathCase::kFold};
  const RequestRules windows{.backend = RequestRules::Backend::kWindows};
  for (const CostCase& c : cases) {
    SCOPED_TRACE(c.name);
    for (const RequestRules& rules : {RequestRules{}, fold, windows}) {
      const uint64_t before = AllocationsOnThisThread();
      const Reason reason = Normalise(c.request, rules, scratch, &out);
      const uint64_t after = AllocationsOnThisThread();
      EXPECT_EQ(reason, c.want);
      EXPECT_EQ(after - before, 0u);
    }
  }
}

}  // namespace
}  // namespace doorward
