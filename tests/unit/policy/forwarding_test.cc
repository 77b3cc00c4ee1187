// SPDX-License-Identifier: Apache-2.0
//
// What goes on to the upstream: identity headers that clients cannot forge, and no token where it
// should not go.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/policy.h"

namespace doorward {
namespace {

using Headers = std::vector<Header>;

constexpr std::string_view kIssuer = R"(
doorward: 1
issuers: [{issuer: https://i.example/, audiences: a, keys: {discovery: true}}]
rules: [{id: all, allow: [everyone], endpoints: ["/**"]}]
)";

// Names to remove, "|", then what is set, as a line of text.
std::string Forwarded(const Policy& policy, std::string_view claims, const Headers& headers) {
  Scratch scratch;
  std::string error;
  const Caller caller = claims.empty() ? policy.AnonymousCaller()
                                       : *policy.CallerWithClaims(claims, std::nullopt, &error);
  const Decision got =
      policy.Decide(caller, {.method = "GET", .target = "/", .headers = headers}, {}, scratch);
  if (!got.allowed())
    return std::string(ReasonName(got.reason())) + " " + std::string(got.rule_id());
  std::string out;
  for (std::string_view name : got.headers_to_remove()) out.append(name).append(" ");
  out += "|";
  for (const Header& header : got.headers_to_set()) {
    out.append(" ").append(header.name).append("=").append(header.value);
  }
  return out;
}

TEST(Forwarding, SetsWhatThePolicySaysOfTheCaller) {
  const auto policy = LoadPolicy(std::string(kIssuer) + R"(
forward: {headers: {X-User-ID: subject, X-Issuer: issuer, X-Mail: claims.email}}
)");
  EXPECT_EQ(Forwarded(*policy, R"({"sub":"ann","email":"ann@x.example"})", {}),
            "| X-User-ID=ann X-Issuer=https://i.example/ X-Mail=ann@x.example");
  EXPECT_EQ(Forwarded(*policy, "", {}), "|");
}

TEST(Forwarding, RemovesEverySpellingThatTheClientSent) {
  const auto policy = LoadPolicy(std::string(kIssuer) + R"(
forward: {headers: {X-User-ID: subject}, strip: ["X-Auth-*", X-Team]}
)");
  const Headers headers{{"x-user-id", "forged"},    {"X_User_Id", "forged"},
                        {"X-User.ID", "forged"},    {"X-User-Ident", "kept"},
                        {"X-User-I", "kept"},       {"x-auth-", "gone"},
                        {"X_AUTH_groups", "gone"},  {"X-Auth", "kept"},
                        {"x.team", "gone"},         {"X-Serverless-Authorization", "gone"},
                        {"x_original_url", "gone"}, {"X-User-ID", "forged"},
                        {"x-user-id", "again"}};
  EXPECT_EQ(Forwarded(*policy, R"({"sub":"ann"})", headers),
            "x-user-id X_User_Id X-User.ID x-auth- X_AUTH_groups x.team X-Serverless-Authorization "
            "x_original_url X-User-ID | X-User-ID=ann");
}

struct ValueCase {
  const char* name;
  std::string_view claims;
  std::string_view want;
};

constexpr ValueCase kValues[] = {
    {"fit", R"({"sub":"a b~"})", "| X=a b~"},
    {"absent", R"({})", "|"},
    {"no string", R"({"sub":7})", "|"},
    {"empty", R"({"sub":""})", "|"},
    {"a space before", R"({"sub":" a"})", "|"},
    {"a space after", R"({"sub":"a "})", "|"},
    {"a line break", "{\"sub\":\"a\\r\\nX-Admin: 1\"}", "|"},
    {"a NUL", "{\"sub\":\"a\\u0000\"}", "|"},
    {"below printable", "{\"sub\":\"a\\u001fb\"}", "|"},
    {"above printable", "{\"sub\":\"a\\u007f\"}", "|"},
    {"not ASCII", R"({"sub":"é"})", "|"},
};

TEST(Forwarding, SendsNoValueThatABackendCouldReadOtherwise) {
  const auto policy = LoadPolicy(std::string(kIssuer) + "forward: {headers: {X: subject}}\n");
  const auto strict = LoadPolicy(std::string(kIssuer) +
                                 "forward: {headers: {X: {value: subject, required: true}}}\n");
  for (const ValueCase& row : kValues) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Forwarded(*policy, row.claims, {}), row.want);
    EXPECT_EQ(Forwarded(*strict, row.claims, {}), row.want == "|" ? "forward_value all" : row.want);
  }
}

struct TokenCase {
  const char* name;
  std::string_view token;  // the policy's `token:` member
  Headers headers;
  std::string_view want;
};

const TokenCase kTokens[] = {
    {"Authorization goes on", "{}", {{"Authorization", "Bearer t"}}, "|"},
    {"unless it may not", "{forward: never}", {{"authorization", "bearer t"}}, "authorization |"},
    {"another scheme is no token", "{forward: never}", {{"Authorization", "Basic t"}}, "|"},
    {"another header does not go on", "{from: {header: X-Token}}", {{"x-token", "t"}}, "x-token |"},
    {"unless it must", "{from: {header: X-Token}, forward: always}", {{"x-token", "t"}}, "|"},
    {"a cookie is cut out",
     "{from: {cookie: sid}}",
     {{"Cookie", "a=1; sid=t; b=2"}},
     "| Cookie=a=1; b=2"},
    {"the last cookie", "{from: {cookie: sid}}", {{"Cookie", "sid=t"}}, "Cookie |"},
    {"a name is removed once",
     "{from: {cookie: sid}}",
     {{"Cookie", "sid=t"}, {"Cookie", "sid=u"}, {"cookie", ""}},
     "Cookie cookie |"},
    {"cookies in several fields",
     "{from: {cookie: sid}}",
     {{"cookie", "a=1"}, {"Cookie", "sid=t"}, {"Cookie", "b=2"}},
     "| Cookie=a=1; b=2"},
    {"every cookie of the name",
     "{from: {cookie: sid}}",
     {{"Cookie", "sid=t;a=1;sid=u"}},
     "| Cookie=a=1"},
    {"no such cookie", "{from: {cookie: sid}}", {{"Cookie", "a=1;  b=2"}}, "|"},
    {"cookie names count case", "{from: {cookie: sid}}", {{"Cookie", "SID=1"}}, "|"},
    {"every place that holds one",
     "{from: [{header: Authorization, scheme: Bearer}, {cookie: sid}]}",
     {{"Authorization", "Bearer t"}, {"Cookie", "sid=t"}},
     "Cookie |"},
};

TEST(Forwarding, TakesTheTokenOutOfTheRequest) {
  for (const TokenCase& row : kTokens) {
    SCOPED_TRACE(row.name);
    const auto policy =
        LoadPolicy(std::string(kIssuer) + "token: " + std::string(row.token) + "\n");
    EXPECT_EQ(Forwarded(*policy, R"({"sub":"ann"})", row.headers), row.want);
  }
}

TEST(Forwarding, ARefusedRequestCarriesNothing) {
  const auto policy = LoadPolicy("doorward: 1\nforward: {strip: [X-A]}\n");
  Scratch scratch;
  const Headers headers{{"X-A", "1"}};
  const Decision got = policy->Decide(
      policy->AnonymousCaller(), {.method = "GET", .target = "/", .headers = headers}, {}, scratch);
  EXPECT_FALSE(got.allowed());
  EXPECT_TRUE(got.headers_to_remove().empty());
  EXPECT_TRUE(got.headers_to_set().empty());
}

TEST(Forwarding, AStarNeverStripsWhatFramesTheMessage) {
  const Headers headers{
      {"Host", "h"}, {"Content-Length", "0"}, {"Connection", "close"}, {"Accept", "*/*"}};
  const auto all = LoadPolicy(std::string(kIssuer) + "forward: {strip: ['*']}\n");
  EXPECT_EQ(Forwarded(*all, "", headers), "Accept |");
  const auto some = LoadPolicy(std::string(kIssuer) + "forward: {strip: ['Co*']}\n");
  EXPECT_EQ(
      Forwarded(*some, "", {{"Content-Length", "0"}, {"Content-Type", "a/b"}, {"Cookie", "c"}}),
      "Content-Type Cookie |");
}

TEST(Forwarding, TheIssuerIsForwardedAsTheTokenSpellsIt) {
  const auto policy = LoadPolicy(R"(
doorward: 1
issuers: [{issuer: [https://i.example/, i.example], audiences: a, keys: {discovery: true}}]
rules: [{id: all, allow: [everyone], endpoints: ["/**"]}]
forward: {headers: {X-Issuer: issuer}}
)");
  EXPECT_EQ(Forwarded(*policy, R"({"iss":"i.example"})", {}), "| X-Issuer=i.example");
  EXPECT_EQ(Forwarded(*policy, R"({"iss":"other"})", {}), "| X-Issuer=https://i.example/");
  EXPECT_EQ(Forwarded(*policy, "{}", {}), "| X-Issuer=https://i.example/");
}

TEST(Forwarding, StrippedCookiesAreNotSetAgain) {
  const auto policy = LoadPolicy(std::string(kIssuer) +
                                 "token: {from: {cookie: sid}}\nforward: {strip: [Cookie]}\n");
  EXPECT_EQ(Forwarded(*policy, "", {{"Cookie", "sid=t; a=1"}}), "Cookie |");
}

}  // namespace
}  // namespace doorward
