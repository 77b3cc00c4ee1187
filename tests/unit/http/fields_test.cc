// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

constexpr RequestRules kRejectsOverrides{.override_headers =
                                             RequestRules::OverrideHeaders::kReject};

Reason ReasonOfHeaders(const std::vector<Header>& headers, const RequestRules& rules = {},
                       std::optional<std::string_view> host = "app.example") {
  Scratch scratch;
  CanonicalRequest out;
  const Request request{.method = "GET", .host = host, .target = "/", .headers = headers};
  return Normalise(request, rules, scratch, &out);
}

TEST(FieldName, IsAToken) {
  // Every octet, at every place of a block and of the names that are shorter and longer than one.
  const std::string token_octets =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (const size_t size :
       std::initializer_list<size_t>{1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33}) {
    for (size_t at = 0; at < size; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string name(size, 'x');
        name[at] = static_cast<char>(octet);
        const bool want = token_octets.find(name[at]) != std::string::npos;
        ASSERT_EQ(IsFieldName(name), want) << "octet " << octet << " at " << at << " of " << size;
      }
    }
  }
  EXPECT_FALSE(IsFieldName(""));
}

TEST(FieldName, IsCheckedInRequests) {
  EXPECT_EQ(ReasonOfHeaders({{"Accept", "*/*"}, {"X_Y.z", "1"}}), Reason::kAllowed);
  EXPECT_EQ(ReasonOfHeaders({{"Accept", "*/*"}, {"", "1"}}), Reason::kBadHeader);
  EXPECT_EQ(ReasonOfHeaders({{"X Y", "1"}, {"Accept", "*/*"}}), Reason::kBadHeader);
  EXPECT_EQ(ReasonOfHeaders({{":authority", "app.example"}}), Reason::kBadHeader);
  EXPECT_EQ(ReasonOfHeaders({{"Accept\xC3\xA9", "1"}}), Reason::kBadHeader);
}

TEST(FieldValue, HoldsNoLineBreakAndNoNul) {
  for (const size_t size :
       std::initializer_list<size_t>{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65}) {
    for (size_t at = 0; at < size; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string value(size, 'x');
        value[at] = static_cast<char>(octet);
        const bool refused = octet == 0 || octet == '\r' || octet == '\n';
        ASSERT_EQ(ReasonOfHeaders({{"X", value}}), refused ? Reason::kBadHeader : Reason::kAllowed)
            << "octet " << octet << " at " << at << " of " << size;
      }
    }
  }
  EXPECT_EQ(ReasonOfHeaders({{"X", ""}}), Reason::kAllowed);
}

TEST(Authorization, StandsAtMostOnce) {
  EXPECT_EQ(ReasonOfHeaders({{"Authorization", "Bearer a"}}), Reason::kAllowed);
  EXPECT_EQ(ReasonOfHeaders({{"Authorization", "Bearer a"}, {"Authorization", "Bearer a"}}),
            Reason::kBadHeader);
  EXPECT_EQ(ReasonOfHeaders({{"authorization", ""}, {"X", "1"}, {"AUTHORIZATION", ""}}),
            Reason::kBadHeader);
  EXPECT_EQ(ReasonOfHeaders({{"Authorization", "a"}, {"Proxy-Authorization", "b"}}),
            Reason::kAllowed);
}

TEST(OverrideHeader, IsKnownInEverySpelling) {
  const char* const headers[] = {
      "X-HTTP-Method-Override", "X-HTTP-Method",           "X-Method-Override",
      "X-Original-URL",         "X-Rewrite-URL",           "X-Original-URI",
      "X-Forwarded-Uri",        "X-Forwarded-Path",        "X-Forwarded-Prefix",
      "X-Envoy-Original-Path",  "X-Middleware-Subrequest", "X-Accel-Redirect"};
  for (const std::string header : headers) {
    SCOPED_TRACE(header);
    std::string lower = header, folded = header;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (size_t i = 0, dash = 0; i < folded.size(); ++i) {
      if (folded[i] == '-') folded[i] = dash++ % 2 == 0 ? '_' : '.';
    }
    for (const std::string& spelling : {header, lower, folded}) {
      EXPECT_TRUE(IsOverrideHeader(spelling)) << spelling;
      EXPECT_EQ(ReasonOfHeaders({{spelling, "/x"}}), Reason::kAllowed);
      EXPECT_EQ(ReasonOfHeaders({{spelling, "/x"}}, kRejectsOverrides), Reason::kBadHeader);
    }
    EXPECT_FALSE(IsOverrideHeader(header + "s"));
    EXPECT_FALSE(IsOverrideHeader(header.substr(0, header.size() - 1)));
    EXPECT_FALSE(IsOverrideHeader(header.substr(1)));
  }
}

TEST(OverrideHeader, IsNoOtherForwardingHeader) {
  for (const char* header : {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
                             "Forwarded", "XHTTPMethodOverride", ""}) {
    EXPECT_FALSE(IsOverrideHeader(header)) << header;
    if (*header != '\0') {
      EXPECT_EQ(ReasonOfHeaders({{header, "x"}}, kRejectsOverrides), Reason::kAllowed) << header;
    }
  }
}

TEST(Spelling, FoldsCaseAndWhatStandsForADash) {
  EXPECT_TRUE(IsSpellingOf("X-User-ID", "X-User-ID"));
  EXPECT_TRUE(IsSpellingOf("x_user.id", "X-User-ID"));
  EXPECT_TRUE(IsSpellingOf("X USER_ID", "x-user-id"));
  EXPECT_TRUE(IsSpellingOf("X-User-ID", "X_User_ID"));
  EXPECT_FALSE(IsSpellingOf("XUserID", "X-User-ID"));
  EXPECT_FALSE(IsSpellingOf("X-User-I", "X-User-ID"));
  EXPECT_FALSE(IsSpellingOf("X-User-IDs", "X-User-ID"));
  EXPECT_FALSE(IsSpellingOf("X/User/ID", "X-User-ID"));
  EXPECT_TRUE(IsSpellingOf("", ""));
}

struct HostFieldCase {
  const char* name;
  std::optional<std::string_view> host;
  std::vector<Header> headers;
  Reason want;
};

TEST(HostField, AgreesWithTheHostOfTheRequest) {
  const HostFieldCase cases[] = {
      {"none", "app.example", {}, Reason::kAllowed},
      {"equal", "app.example", {{"Host", "app.example"}}, Reason::kAllowed},
      {"equal as normalised", "app.example", {{"hOST", "App.Example.:80"}}, Reason::kAllowed},
      {"another", "app.example", {{"Host", "evil.example"}}, Reason::kBadHost},
      {"malformed", "app.example", {{"Host", "app.example,evil"}}, Reason::kBadHost},
      {"empty", "app.example", {{"Host", ""}}, Reason::kBadHost},
      {"twice",
       "app.example",
       {{"Host", "app.example"}, {"host", "app.example"}},
       Reason::kBadHost},
      {"one, and no host", std::nullopt, {{"Host", "app.example"}}, Reason::kAllowed},
      {"twice, and no host", std::nullopt, {{"Host", "a"}, {"Host", "a"}}, Reason::kBadHost},
  };
  for (const HostFieldCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ReasonOfHeaders(c.headers, {}, c.host), c.want);
  }
}

}  // namespace
}  // namespace doorward
