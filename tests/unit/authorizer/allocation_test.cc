// SPDX-License-Identifier: Apache-2.0
//
// Deciding takes nothing from the heap once the scratch is warm, refusals included. What OpenSSL
// allocates with malloc is its own, and not counted here.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "tests/support/allocation_counter.h"
#include "tests/support/policy.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

struct RequestCase {
  const char* name;
  Request request;
  int status;
};

TEST(Allocation, NoneForADecisionOnceWarm) {
  const Issuer issuer, stranger;
  Authorizer authorizer(LoadPolicy(std::string(kOrdersPolicy) + R"(
token: {from: [{header: Authorization, scheme: Bearer}, {cookie: sid}]}
)"));
  EXPECT_FALSE(HasErrors(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote)));
  EXPECT_TRUE(authorizer.RevokeTokenId(kLogin, "gone", kNow + std::chrono::hours(1), kNow));
  const std::string good = "Bearer " + issuer.Token(),
                    revoked = "Bearer " + issuer.Token(R"(,"jti":"gone")"),
                    bad = "Bearer " + stranger.Token(), cookie = "a=1; sid=" + issuer.Token();
  const std::vector<Header> with_good{
      {"Host", "h"}, {"Authorization", good}, {"x_user_id", "forged"}},
      with_bad{{"Authorization", bad}}, with_revoked{{"Authorization", revoked}},
      with_cookie{{"Cookie", cookie}}, with_nonsense{{"Authorization", "Bearer a.b.c"}};
  const RequestCase rows[] = {
      {"allowed",
       {.method = "GET", .host = "h", .target = "/orders/17", .headers = with_good},
       200},
      {"allowed, by cookie",
       {.method = "GET", .target = "/orders/17", .headers = with_cookie},
       200},
      {"allowed, decoded path",
       {.method = "GET", .target = "/orders/%41%20b", .headers = with_good},
       200},
      {"a role is missing", {.method = "POST", .target = "/orders", .headers = with_good}, 403},
      {"no token", {.method = "GET", .target = "/orders/1"}, 401},
      {"another's key", {.method = "GET", .target = "/orders/1", .headers = with_bad}, 401},
      {"revoked", {.method = "GET", .target = "/orders/1", .headers = with_revoked}, 401},
      {"malformed", {.method = "GET", .target = "/orders/1", .headers = with_nonsense}, 401},
      {"a bad path", {.method = "GET", .target = "/orders/..", .headers = with_good}, 400},
  };
  Scratch scratch;
  for (const RequestCase& row : rows) {
    SCOPED_TRACE(row.name);
    for (int i = 0; i < 3; ++i) (void)authorizer.Authorize(row.request, kNow, scratch);
    const uint64_t before = AllocationsOnThisThread();
    const Decision got = authorizer.Authorize(row.request, kNow, scratch);
    EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
    EXPECT_EQ(got.http_status(), row.status) << got.Explain();
  }
}

// Tokens that come and go, many more than are remembered: each is verified and kept in the memory
// of another.
TEST(Allocation, NoneForATokenThatDisplacesAnotherFromTheCache) {
  const Issuer issuer;
  for (const TokenCacheOptions& cache :
       {TokenCacheOptions{.max_entries = 16}, TokenCacheOptions{.max_bytes = 64 * 1024}}) {
    Authorizer authorizer(LoadPolicy(kOrdersPolicy), {.token_cache = cache});
    EXPECT_FALSE(HasErrors(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote)));
    std::vector<std::string> tokens;
    for (int i = 0; i < 120; ++i) {
      tokens.push_back(issuer.Token(R"(,"roles":["viewer"],"jti":"t)" + std::to_string(i) + "\""));
    }
    Scratch scratch;
    const auto read = [&](const std::string& token) {
      return authorizer
          .Authorize({.method = "GET", .target = "/orders/17"}, Credential::Token(token), kNow,
                     scratch)
          .allowed();
    };
    for (const std::string& token : tokens) EXPECT_TRUE(read(token));
    const uint64_t insertions = authorizer.token_cache_stats().insertions;
    const uint64_t before = AllocationsOnThisThread();
    for (const std::string& token : tokens) EXPECT_TRUE(read(token));
    EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
    EXPECT_GT(authorizer.token_cache_stats().insertions, insertions + 100);
  }
}

}  // namespace
}  // namespace doorward
