// SPDX-License-Identifier: Apache-2.0
//
// Keys of Entra ID name the issuer for which they sign. That of personal accounts must not pass for
// an organisation's.

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/authorizer/provider.h"

namespace doorward {
namespace {

constexpr std::string_view kV2 =
    "https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0";
constexpr std::string_view kV1 = "https://sts.windows.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/";

struct KeyIssuerCase {
  std::string_view name;
  std::string_view member;  // of the key
  std::string_view iss;     // of the token
  Reason want;
};

const KeyIssuerCase kCases[] = {
    {"any tenant", R"("issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",)", kV2,
     Reason::kAllowed},
    {"any tenant, v1 token", R"("issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",)",
     kV1, Reason::kAllowed},
    {"this tenant",
     R"("issuer":"https://login.microsoftonline.com/3F2504E0-4f89-11d3-9a0c-0305e82c3301/v2.0",)",
     kV2, Reason::kAllowed},
    {"this tenant, v1 token",
     R"("issuer":"https://login.microsoftonline.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301/v2.0",)",
     kV1, Reason::kAllowed},
    {"personal accounts",
     R"("issuer":"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",)",
     kV2, Reason::kTokenKeyUnknown},
    {"personal accounts, v1 token",
     R"("issuer":"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",)",
     kV1, Reason::kTokenKeyUnknown},
    {"another provider", R"("issuer":"https://login.example",)", kV2, Reason::kTokenKeyUnknown},
    {"none", "", kV2, Reason::kAllowed},
};

// Keys in which the one has `member`.
std::string KeysWith(std::string_view member) {
  const std::string key = ProviderKey(Algorithm::kRS256).PublicJwk();
  return "{\"keys\":[{" + std::string(member) + key.substr(1) + "]}";
}

Reason Ask(std::string_view entry, const KeyIssuerCase& row) {
  const auto policy = LoadPolicy("doorward: 1\nissuers: {" + std::string(entry) +
                                 "}\nrules: [{id: a, allow: authenticated, endpoints: /any}]\n");
  Authorizer authorizer(policy);
  EXPECT_TRUE(
      authorizer.SetKeys(policy->issuer_keys(0).issuer, KeysWith(row.member), KeyOrigin::kRemote)
          .empty());
  const std::string token =
      *ProviderKey(Algorithm::kRS256)
           .SignJws("{}",
                    R"({"iss":")" + std::string(row.iss) +
                        R"(","aud":"a","scp":"s","tid":"3f2504e0-4f89-11d3-9a0c-0305e82c3301",)" +
                        std::string(kTimes) + "}");
  Scratch scratch;
  const Decision decision = authorizer.Authorize({.method = "GET", .target = "/any"},
                                                 Credential::Token(token), kNow, scratch);
  return decision.reason();
}

constexpr std::string_view kTenant = "tenants: 3f2504e0-4f89-11d3-9a0c-0305e82c3301";

TEST(KeyIssuer, IsTheOneThatTheKeyNames) {
  for (const KeyIssuerCase& row : kCases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Ask("profile: entra, audiences: a, " + std::string(kTenant), row), row.want);
    EXPECT_EQ(Ask("profile: entra, audiences: a, issuer: " + std::string(row.iss), row), row.want);
  }
}

TEST(KeyIssuer, CountsForNothingWithoutTheProfile) {
  for (const KeyIssuerCase& row : kCases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Ask("audiences: a, keys: {discovery: true}, issuer: " + std::string(row.iss), row),
              Reason::kAllowed);
  }
}

}  // namespace
}  // namespace doorward
