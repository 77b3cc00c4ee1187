// SPDX-License-Identifier: Apache-2.0
//
// Whether tokens are remembered shows in nothing but the time: two authorizers go through the same
// random history of requests and changes, one without a cache and one with a cache that is too
// small, and answer alike in all that can be observed.

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/authorizer.h"

#include "tests/support/policy.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

using std::chrono::seconds;

// All that a host can see of a decision.
std::string Describe(const Decision& decision) {
  std::ostringstream out;
  out << ReasonName(decision.reason()) << ' ' << decision.http_status() << ' ' << decision.rule_id()
      << " report:";
  for (std::string_view rule : decision.report()) out << ' ' << rule;
  out << '\n'
      << decision.method() << ' ' << decision.host() << ' ' << decision.path() << '\n'
      << decision.subject() << " of " << decision.issuer() << '\n';
  out << (decision.claims().exists() ? decision.claims().ToJson() : "no claims") << "\nroles:";
  for (std::string_view role : decision.roles()) out << ' ' << role;
  out << "\nremove:";
  for (std::string_view name : decision.headers_to_remove()) out << ' ' << name;
  for (const Header& header : decision.headers_to_set())
    out << "\nset " << header.name << '=' << header.value;
  out << '\n'
      << decision.www_authenticate() << '\n'
      << decision.policy_revision() << '\n'
      << decision.Explain();
  return out.str();
}

constexpr std::array<std::string_view, 3> kVariants = {
    "leeway: 0s", "leeway: 7s\n    max_age: 300s",
    "leeway: 3s\n    require: {tier: gold}\n    subject: mail"};

std::string PolicyText(size_t variant) {
  std::string policy(kOrdersPolicy);
  policy.replace(policy.find("leeway: 0s"), 10, kVariants[variant]);
  policy.insert(
      policy.find("  - {id: open"),
      "  - {id: scoped, allow: [viewer], scopes: [orders.list], endpoints: [GET /list]}\n");
  policy.replace(policy.find("forward: {headers: {X-User-ID: subject}}"), 40, R"(
forward:
  headers: {X-User-ID: subject, X-Issuer: issuer, X-Mail: claims.mail, X-Tier: claims.tier}
token: {from: [{header: Authorization, scheme: Bearer}, {cookie: sid}]}
)");
  return policy;
}

class Histories : public testing::TestWithParam<unsigned> {
 protected:
  Histories() : random_(GetParam()) {
    for (size_t i = 0; i < kVariants.size(); ++i) policies_.push_back(LoadPolicy(PolicyText(i)));
    for (size_t i = 0; i < 24; ++i) tokens_.push_back(MakeToken(i));
  }

  size_t Below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }
  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }
  // Around the dates that the tokens have, on them as often as not; back as well as forth.
  Timestamp AnyTime() {
    constexpr std::array<int64_t, 6> kAround = {0, -100, 100, 200, 300, 307};
    const auto off = static_cast<int64_t>(Below(21)) - 10;
    return kNow + seconds(kAround[Below(kAround.size())] + off);
  }

  std::string MakeToken(size_t i) {
    constexpr std::array<const char*, 6> kRoles = {
        R"("viewer")", R"(["editor"])",    R"(["viewer","nobody"])",
        R"([])",       R"("edi\u0074or")", R"({"not":"roles"})"};
    constexpr std::array<const char*, 6> kMore = {
        R"("tier":"gold")",
        R"("tier":"silver","mail":"ann@x")",
        R"("tier":"gold","mail":"\u00e9")",
        R"("ti\u0065r":"gold","m\u0061il":"b\u006fb@x","deep":{"a":[1,{"b":"\n"},-0.5,null,true]})",
        R"("tier":"gold","mail":" x","scope":"orders.list a")",
        R"("scope":"a orders\u002elist","tier":"gold","mail":"m@x","list":["","\"",[],{}])"};
    std::string claims = R"({"iss":")" + std::string(i % 3 == 0 ? "login.example" : kLogin) +
                         R"(","aud":["x","orders"],"sub":"s)" + std::to_string(i % 4) +
                         R"(","jti":"j)" + std::to_string(i) + R"(","sid":"d)" +
                         std::to_string(i % 5) + R"(","roles":)" + kRoles[Below(kRoles.size())] +
                         "," + kMore[Below(kMore.size())];
    if (i % 7 != 0) claims += R"(,"iat":)" + std::to_string(kNow.unix_seconds() - 100);
    if (i % 4 == 1) claims += R"(,"nbf":)" + std::to_string(kNow.unix_seconds() + 100) + ".25";
    if (i % 11 != 0) claims += R"(,"exp":)" + std::to_string(kNow.unix_seconds() + 200 + i % 3);
    claims += "}";
    std::string token = (i % 9 == 8 ? other_ : issuer_).Sign(claims);
    if (i % 10 == 9) token[token.find('.') + 10] ^= 1;
    return token;
  }

  // Changes both authorizers in the same way.
  void Change() {
    const Timestamp now = AnyTime(), until = AnyTime();
    const std::string_view issuer = Below(2) == 0 ? kLogin : "login.example";
    const auto both = [&](const auto& change) { EXPECT_EQ(change(with_), change(without_)); };
    switch (Below(6)) {
      case 0: {
        const std::shared_ptr<const Policy> policy = Pick(policies_);
        both([&](Authorizer& one) { return one.SetPolicy(policy), 0; });
        break;
      }
      case 1: {
        const std::string jwks = (Below(4) == 0 ? other_ : issuer_).Jwks();
        both([&](Authorizer& one) { return HasErrors(one.SetKeys(issuer, jwks)); });
        break;
      }
      case 2: {
        const std::string jti = "j" + std::to_string(Below(tokens_.size()));
        both([&](Authorizer& one) { return one.RevokeTokenId(issuer, jti, until, now); });
        break;
      }
      case 3: {
        const std::string sid = "d" + std::to_string(Below(5));
        both([&](Authorizer& one) { return one.RevokeSession(issuer, sid, until, now); });
        break;
      }
      case 4: {
        const std::string subject = "s" + std::to_string(Below(4));
        const Timestamp issued = AnyTime();
        both([&](Authorizer& one) {
          return one.RevokeSubject(issuer, subject, issued, until, now);
        });
        break;
      }
      default:
        break;
    }
  }

  void Ask() {
    const std::string& token = Pick(tokens_);
    const std::string value = Below(2) == 0 ? "Bearer " + token : "a=1; sid=" + token;
    const std::vector<Header> headers = {{"x-user_id", "forged"},
                                         {value[0] == 'B' ? "Authorization" : "Cookie", value}};
    static constexpr std::array<Request, 4> kRequests = {
        Request{.method = "GET", .target = "/orders/7"},
        {.method = "POST", .target = "/orders"},
        {.method = "POST", .target = "/hook"},
        {.method = "GET", .target = "/list"}};
    Request request = kRequests[Below(kRequests.size())];
    if (Below(3) != 0) request.headers = headers;
    const Credential credential =
        request.headers.empty() ? Credential::Token(token) : Credential::FromHeaders();
    const Timestamp now = AnyTime();
    Scratch& scratch = scratches_[Below(scratches_.size())];
    const std::string got = Describe(with_.Authorize(request, credential, now, scratch));
    ASSERT_EQ(got, Describe(without_.Authorize(request, credential, now, plain_scratch_)));
    if (Below(8) != 0) return;
    ASSERT_EQ(with_.Explain(request, credential, now, scratch).ToJson(),
              without_.Explain(request, credential, now, plain_scratch_).ToJson());
  }

  std::mt19937 random_;
  Issuer issuer_, other_;
  std::vector<std::shared_ptr<const Policy>> policies_;
  std::vector<std::string> tokens_;
  Authorizer with_{nullptr, {.max_revocations = 40, .token_cache = {.max_entries = 10}}};
  Authorizer without_{nullptr, {.max_revocations = 40, .token_cache = {.max_entries = 0}}};
  std::array<Scratch, 3> scratches_;
  Scratch plain_scratch_;
};

TEST_P(Histories, AreTheSameWithAndWithoutTheCache) {
  const auto policy = policies_.front();
  for (Authorizer* one : {&with_, &without_}) {
    one->SetPolicy(policy);
    (void)one->SetKeys(kLogin, issuer_.Jwks());
  }
  for (int step = 0; step < 2'000; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    if (Below(40) == 0) Change();
    Ask();
    if (HasFatalFailure()) return;
  }
  const TokenCacheStats stats = with_.token_cache_stats();
  EXPECT_GT(stats.hits, 10u);
  EXPECT_GT(stats.evictions, 10u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Histories, testing::Range(0u, 8u));

}  // namespace
}  // namespace doorward
