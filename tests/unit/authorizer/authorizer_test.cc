// SPDX-License-Identifier: Apache-2.0

#include "doorward/authorizer.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/policy.h"
#include "tests/unit/authorizer/issuer.h"

namespace doorward {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AuthorizerTest : public testing::Test {
 protected:
  AuthorizerTest() : authorizer_(LoadPolicy(kOrdersPolicy)) {
    EXPECT_THAT(authorizer_.SetKeys(kLogin, issuer_.Jwks(), KeyOrigin::kRemote), IsEmpty());
  }

  Decision Authorize(std::string_view method, std::string_view target, std::string_view token) {
    authorization_ = "Bearer " + std::string(token);
    headers_ = {{"Authorization", authorization_}};
    return authorizer_.Authorize({.method = method, .target = target, .headers = headers_}, kNow,
                                 scratch_);
  }
  std::string_view ReasonFor(std::string_view token) {
    return ReasonName(Authorize("GET", "/orders/1", token).reason());
  }

  Issuer issuer_;
  Authorizer authorizer_;
  Scratch scratch_;
  std::string authorization_;
  std::vector<Header> headers_;
};

TEST_F(AuthorizerTest, AVerifiedCallerPassesByARule) {
  const Decision got = Authorize("GET", "/orders/17", issuer_.Token());
  EXPECT_TRUE(got.allowed()) << got.Explain();
  EXPECT_EQ(got.rule_id(), "read");
  EXPECT_EQ(got.subject(), "ann");
  EXPECT_EQ(got.issuer(), kLogin);
  EXPECT_THAT(got.roles(), ElementsAre("viewer"));
  ASSERT_EQ(got.headers_to_set().size(), 1u);
  EXPECT_EQ(got.headers_to_set()[0].value, "ann");
  EXPECT_EQ(got.claims().Find("aud").string_or(""), "orders");
  EXPECT_EQ(got.www_authenticate(), "");
}

TEST_F(AuthorizerTest, AMissingRoleIsForbidden) {
  const Decision got = Authorize("POST", "/orders", issuer_.Token());
  EXPECT_EQ(got.reason(), Reason::kDefaultDeny);
  EXPECT_EQ(got.http_status(), 403);
  EXPECT_EQ(got.www_authenticate(), "");
  EXPECT_EQ(got.subject(), "ann");
}

TEST_F(AuthorizerTest, NoTokenIsAskedForOne) {
  const Decision got =
      authorizer_.Authorize({.method = "GET", .target = "/orders/1"}, kNow, scratch_);
  EXPECT_EQ(got.reason(), Reason::kNoToken);
  EXPECT_EQ(got.http_status(), 401);
  EXPECT_EQ(got.www_authenticate(), "Bearer");
}

TEST_F(AuthorizerTest, ATokenThatDoesNotVerifyIsToldWhy) {
  const std::string expired = issuer_.Sign(
      R"({"iss":"https://login.example/","aud":"orders","sub":"ann","exp":1750000000,"roles":["viewer"]})");
  const Decision got = Authorize("GET", "/orders/1", expired);
  EXPECT_EQ(got.reason(), Reason::kTokenExpired);
  EXPECT_EQ(got.http_status(), 401);
  EXPECT_EQ(got.www_authenticate(),
            "Bearer error=\"invalid_token\", error_description=\"the token has expired\"");
  EXPECT_THAT(got.Explain(), HasSubstr("2025-06-15"));
  EXPECT_EQ(got.subject(), "");
  EXPECT_EQ(got.rule_id(), "");
  EXPECT_EQ(got.claims().exists(), false);
}

struct TokenCase {
  const char* name;
  std::string token;
  std::string_view reason;
};

TEST_F(AuthorizerTest, EachFaultHasItsReason) {
  const Issuer stranger;
  std::string tampered = issuer_.Token();
  tampered[tampered.size() / 2] = tampered[tampered.size() / 2] == 'A' ? 'B' : 'A';
  const TokenCase rows[] = {
      {"right", issuer_.Token(), "allowed"},
      {"empty", "", "token_malformed"},
      {"no token at all", "x", "token_malformed"},
      {"another issuer",
       issuer_.Sign(R"({"iss":"https://evil.example/","aud":"orders","exp":1750003600})"),
       "token_issuer_unknown"},
      {"no issuer", issuer_.Sign(R"({"aud":"orders","exp":1750003600})"), "token_issuer_unknown"},
      {"the issuer's other spelling",
       issuer_.Sign(R"({"iss":"login.example","aud":"orders","exp":1750003600,"roles":"viewer"})"),
       "allowed"},
      {"another's key", stranger.Token(), "token_signature"},
      {"another audience",
       issuer_.Sign(R"({"iss":"https://login.example/","aud":"x","exp":1750003600})"),
       "token_audience"},
      {"too long", std::string(16 * 1024 + 1, 'a'), "token_too_large"},
  };
  for (const TokenCase& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(ReasonFor(row.token), row.reason);
  }
  EXPECT_NE(ReasonFor(tampered), "allowed");
}

TEST_F(AuthorizerTest, ARefusedTokenIsRefusedEverywhereButWhereItIsIgnored) {
  const std::string bad = Issuer().Token();
  EXPECT_EQ(Authorize("GET", "/open", bad).reason(), Reason::kTokenSignature);
  const Decision hook = Authorize("POST", "/hook", bad);
  EXPECT_TRUE(hook.allowed());
  EXPECT_EQ(hook.subject(), "");
  EXPECT_THAT(hook.headers_to_set(), IsEmpty());
}

TEST_F(AuthorizerTest, ReportsAreMadeForARefusedTokenToo) {
  authorizer_.SetPolicy(LoadPolicy(R"(
doorward: 1
rules:
  - {id: open, allow: [everyone], endpoints: [/x], token: ignore, mode: report}
  - {id: shut, deny: [everyone], endpoints: [/x, "/{a}", /**], mode: report}
  - {id: known, allow: [authenticated], endpoints: [/x], mode: report}
)"));
  const Decision got = Authorize("GET", "/x", "nonsense");
  EXPECT_EQ(got.reason(), Reason::kTokenMalformed);
  EXPECT_THAT(got.report(), ElementsAre("open"));
}

TEST_F(AuthorizerTest, OtherSchemesAreNoToken) {
  headers_ = {{"Authorization", "Basic YW5uOnh4"}};
  const Decision got = authorizer_.Authorize(
      {.method = "GET", .target = "/orders/1", .headers = headers_}, kNow, scratch_);
  EXPECT_EQ(got.reason(), Reason::kNoToken);
}

TEST_F(AuthorizerTest, ATokenHandedInCountsInsteadOfTheHeaders) {
  headers_ = {{"Authorization", "Bearer nonsense"}};
  const std::string token = issuer_.Token();
  const Decision got =
      authorizer_.Authorize({.method = "GET", .target = "/orders/1", .headers = headers_},
                            Credential::Token(token), kNow, scratch_);
  EXPECT_TRUE(got.allowed()) << got.Explain();
}

TEST_F(AuthorizerTest, ACallerKnownByOtherMeansNeedsNoToken) {
  const auto policy = authorizer_.policy();
  const Caller caller = policy->CallerWithRoles(std::vector<std::string_view>{"editor"});
  const Decision got = authorizer_.Authorize({.method = "POST", .target = "/orders"},
                                             Credential::KnownCaller(caller), kNow, scratch_);
  EXPECT_TRUE(got.allowed());
  const auto other = LoadPolicy(kOrdersPolicy);
  const Caller foreign = other->CallerWithRoles({});
  EXPECT_EQ(authorizer_
                .Authorize({.method = "POST", .target = "/orders"},
                           Credential::KnownCaller(foreign), kNow, scratch_)
                .reason(),
            Reason::kInternal);
}

TEST_F(AuthorizerTest, BadRequestsAreRefusedBeforeTheTokenIsLookedAt) {
  EXPECT_EQ(Authorize("GET", "/orders/../x", "nonsense").reason(), Reason::kBadSegment);
  EXPECT_EQ(Authorize("GET", "/orders/../x", "nonsense").http_status(), 400);
}

TEST_F(AuthorizerTest, RefusalsNeverShowTheToken) {
  const std::string token = Issuer().Token();
  const Decision got = Authorize("GET", "/orders/1", token);
  const std::string signature = token.substr(token.rfind('.') + 1);
  EXPECT_THAT(got.Explain(), Not(HasSubstr(signature.substr(0, 12))));
  EXPECT_THAT(std::string(got.www_authenticate()), Not(HasSubstr(signature.substr(0, 12))));
}

TEST_F(AuthorizerTest, AnUnknownIssuerIsToldWhichAreKnown) {
  const std::string token = issuer_.Sign(R"({"iss":"https://evil.example/","exp":1750003600})");
  const std::string text = Authorize("GET", "/orders/1", token).Explain();
  EXPECT_THAT(text, HasSubstr("https://evil.example/"));
  EXPECT_THAT(text, HasSubstr("https://login.example/"));
}

TEST_F(AuthorizerTest, VerifyChecksATokenAlone) {
  const std::string token = issuer_.Token();
  const VerifyOutcome got = authorizer_.Verify(token, kNow, scratch_);
  ASSERT_TRUE(got.verified());
  EXPECT_EQ(got.token().subject(), "ann");
  EXPECT_EQ(authorizer_.Verify(token, kNow + std::chrono::hours(2), scratch_).reason(),
            Reason::kTokenExpired);
  EXPECT_EQ(Authorizer(nullptr).Verify(token, kNow, scratch_).reason(), Reason::kNoPolicy);
  EXPECT_NE(Authorizer(nullptr).Verify(token, kNow, scratch_).Explain(), "");
}

TEST_F(AuthorizerTest, ExplainTellsWhatIsLacking) {
  const std::string token = issuer_.Token();
  const Explanation got = authorizer_.Explain({.method = "POST", .target = "/orders"},
                                              Credential::Token(token), kNow, scratch_);
  EXPECT_FALSE(got.allowed);
  ASSERT_EQ(got.rules.size(), 1u);
  EXPECT_EQ(got.rules[0].rule_id, "write");
  EXPECT_THAT(got.rules[0].missing_roles, ElementsAre("editor"));
  ASSERT_EQ(got.near_misses.size(), 1u);
  EXPECT_EQ(got.near_misses[0].why, "it is not for the method `POST`");
  EXPECT_THAT(got.advice, ElementsAre("rule `write` would allow it with the role `editor`"));
  EXPECT_THAT(got.ToText(), HasSubstr("lacking, any of: editor"));
  EXPECT_THAT(got.ToJson(), HasSubstr(R"("missing_roles":["editor"])"));
}

TEST(Authorizer, ExplainTellsWhatTheAcceptanceCameTo) {
  const Issuer issuer;
  Authorizer authorizer(LoadPolicy(R"(
doorward: 1
issuers:
  - {issuer: https://login.example/, audiences: orders, keys: {discovery: true}, accept: claims.ok}
rules: [{id: r, allow: [authenticated], endpoints: [/x]}]
)"));
  EXPECT_THAT(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote), IsEmpty());
  Scratch scratch;
  const auto explain = [&](std::string_view more) {
    const std::string token = issuer.Token(more);
    return authorizer.Explain({.method = "GET", .target = "/x"}, Credential::Token(token), kNow,
                              scratch);
  };
  struct Case {
    std::string_view claims, value;
    Reason reason;
  };
  constexpr Case kCases[] = {
      {R"(,"ok":true)", "true", Reason::kAllowed},
      {R"(,"ok":false)", "false", Reason::kTokenNotAccepted},
      {"", "failed: there is no such key", Reason::kTokenNotAccepted},
  };
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.value);
    for (int again = 0; again < 2; ++again) {  // verified, then remembered
      const Explanation got = explain(row.claims);
      EXPECT_EQ(got.reason, row.reason);
      ASSERT_TRUE(got.acceptance);
      EXPECT_EQ(got.acceptance->member, "accept");
      EXPECT_EQ(got.acceptance->text, "claims.ok");
      EXPECT_EQ(got.acceptance->value, row.value);
    }
  }
  EXPECT_FALSE(
      authorizer
          .Explain({.method = "GET", .target = "/x"}, Credential::FromHeaders(), kNow, scratch)
          .acceptance);
}

TEST_F(AuthorizerTest, ARefusedTokenIsAdvisedAgainstWhereNoneIsNeeded) {
  const auto explain = [&](std::string_view policy) {
    Authorizer authorizer(LoadPolicy(policy));
    return authorizer.Explain({.method = "GET", .target = "/x"}, Credential::Token("x.y.z"), kNow,
                              scratch_);
  };
  EXPECT_THAT(explain("doorward: 1\nrules: [{id: r, allow: [everyone], endpoints: [/x]}]\n").advice,
              ElementsAre("rule `r` would allow it without a token"));
  EXPECT_THAT(
      explain("doorward: 1\nrules: [{id: r, allow: [authenticated], endpoints: [/x]}]\n").advice,
      IsEmpty());
}

TEST_F(AuthorizerTest, ClaimsCannotForgeALineOfAnExplanation) {
  const std::string token = issuer_.Sign(
      R"({"iss":"https://login.example/","aud":"orders","exp":1750003600,"sub":"x\nallowed: yes","scope":"a\nb"})");
  const std::string text =
      authorizer_
          .Explain({.method = "GET", .target = "/orders"}, Credential::Token(token), kNow, scratch_)
          .ToText();
  EXPECT_THAT(text, Not(HasSubstr("\nallowed: yes")));
  EXPECT_THAT(text, HasSubstr("x\\x0Aallowed: yes"));
}

TEST(Authorizer, WithoutAPolicyNothingPasses) {
  Authorizer authorizer(nullptr);
  Scratch scratch;
  const Decision got = authorizer.Authorize({.method = "GET", .target = "/"}, kNow, scratch);
  EXPECT_EQ(got.reason(), Reason::kNoPolicy);
  EXPECT_EQ(got.http_status(), 503);
  EXPECT_EQ(got.policy_revision(), "");
  EXPECT_THAT(got.roles(), IsEmpty());
  EXPECT_NE(got.Explain(), "");
  EXPECT_EQ(
      authorizer.Explain({.method = "GET", .target = "/"}, Credential::FromHeaders(), kNow, scratch)
          .http_status,
      503);
}

TEST(Authorizer, WithoutKeysTokensWait) {
  const Issuer issuer;
  Authorizer authorizer(LoadPolicy(kOrdersPolicy));
  Scratch scratch;
  const std::string token = issuer.Token();
  const auto reason = [&](std::string_view method, std::string_view target) {
    return ReasonName(authorizer
                          .Authorize({.method = method, .target = target}, Credential::Token(token),
                                     kNow, scratch)
                          .reason());
  };
  EXPECT_EQ(reason("GET", "/orders/1"), "keys_unavailable");
  EXPECT_EQ(reason("POST", "/hook"), "allowed");
  // By any spelling of the issuer.
  EXPECT_THAT(authorizer.SetKeys("login.example", issuer.Jwks(), KeyOrigin::kRemote), IsEmpty());
  EXPECT_EQ(reason("GET", "/orders/1"), "allowed");
  // A text that is no key set changes nothing.
  EXPECT_TRUE(HasErrors(authorizer.SetKeys("login.example", "{", KeyOrigin::kRemote)));
  EXPECT_EQ(reason("GET", "/orders/1"), "allowed");
  // A misspelt issuer is told.
  const auto told = authorizer.SetKeys("https://login.example", issuer.Jwks(), KeyOrigin::kRemote);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].code, "issuer_not_in_policy");
  EXPECT_EQ(told[0].suggestion, "did you mean `https://login.example/`?");
  // Other keys: the former ones serve no longer.
  EXPECT_THAT(authorizer.SetKeys(kLogin, Issuer().Jwks(), KeyOrigin::kRemote), IsEmpty());
  EXPECT_EQ(reason("GET", "/orders/1"), "token_signature");
}

TEST(Authorizer, KeysStayWithTheirIssuerWhenThePolicyChanges) {
  const Issuer issuer;
  Authorizer authorizer(nullptr);
  Scratch scratch;
  const std::string token = issuer.Token();
  const auto status = [&] {
    return authorizer
        .Authorize({.method = "GET", .target = "/orders/1"}, Credential::Token(token), kNow,
                   scratch)
        .http_status();
  };
  EXPECT_THAT(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote), IsEmpty());
  EXPECT_EQ(status(), 503);
  authorizer.SetPolicy(LoadPolicy(kOrdersPolicy));
  EXPECT_EQ(status(), 200);
  authorizer.SetPolicy(LoadPolicy("doorward: 1\n"));
  EXPECT_EQ(status(), 401);
  authorizer.SetPolicy(LoadPolicy(kOrdersPolicy));
  EXPECT_EQ(status(), 200);
}

TEST(Authorizer, KeysInThePolicyServeAtOnce) {
  const Issuer issuer;
  Authorizer authorizer(LoadPolicy(
      R"({"doorward":1,"issuers":[{"issuer":"https://login.example/","audiences":"orders","keys":{"jwks":)" +
          issuer.Jwks() + R"(}}],"rules":[{"id":"r","allow":"authenticated","endpoints":"/**"}]})",
      "p.json"));
  Scratch scratch;
  const std::string token = issuer.Token();
  const Decision got = authorizer.Authorize({.method = "GET", .target = "/"},
                                            Credential::Token(token), kNow, scratch);
  EXPECT_TRUE(got.allowed()) << got.Explain();
}

TEST(Authorizer, EachIssuersTokensVerifyWithItsOwnKeysOnly) {
  const Issuer one("same-kid"), two("same-kid");
  Authorizer authorizer(LoadPolicy(R"(
doorward: 1
issuers:
  - {issuer: https://one/, audiences: a, keys: {discovery: true}, roles: [r]}
  - {issuer: https://two/, audiences: a, keys: {discovery: true}, roles: [r]}
roles: {r: {}}
rules: [{id: all, allow: [authenticated], endpoints: [/**]}]
)"));
  EXPECT_THAT(authorizer.SetKeys("https://one/", one.Jwks(), KeyOrigin::kRemote), IsEmpty());
  EXPECT_THAT(authorizer.SetKeys("https://two/", two.Jwks(), KeyOrigin::kRemote), IsEmpty());
  Scratch scratch;
  const auto reason = [&](const Issuer& signer, std::string_view issuer) {
    const std::string token =
        signer.Sign(R"({"iss":")" + std::string(issuer) + R"(","aud":"a","exp":1750003600})");
    return ReasonName(
        authorizer
            .Authorize({.method = "GET", .target = "/"}, Credential::Token(token), kNow, scratch)
            .reason());
  };
  EXPECT_EQ(reason(one, "https://one/"), "allowed");
  EXPECT_EQ(reason(two, "https://two/"), "allowed");
  EXPECT_EQ(reason(one, "https://two/"), "token_signature");
  EXPECT_EQ(reason(two, "https://one/"), "token_signature");
}

TEST(Authorizer, WhereAnIssuerStandsInThePolicyMeansNothing) {
  const Issuer issuer;
  Authorizer authorizer(LoadPolicy(R"(
doorward: 1
issuers:
  - {issuer: "https://l/{tenantid}", audiences: a, keys: {discovery: true}, roles: [r], tenants: [bbbbbbbb-0000-4000-8000-000000000001]}
  - {issuer: "https://l/aaaaaaaa-0000-4000-8000-000000000001", audiences: literal, keys: {discovery: true}, roles: [r]}
roles: {r: {}}
rules: [{id: all, allow: [authenticated], endpoints: [/**]}]
)"));
  for (const std::string_view name :
       {"https://l/{tenantid}", "https://l/aaaaaaaa-0000-4000-8000-000000000001"}) {
    EXPECT_FALSE(HasErrors(authorizer.SetKeys(name, issuer.Jwks(), KeyOrigin::kRemote)));
  }
  Scratch scratch;
  const auto reason = [&](const std::string& tenant, const std::string& audience) {
    const std::string token =
        issuer.Sign(R"({"iss":"https://l/)" + tenant + R"(","tid":")" + tenant + R"(","aud":")" +
                    audience + R"(","exp":1750003600})");
    return ReasonName(authorizer.Verify(token, kNow, scratch).reason());
  };
  EXPECT_EQ(reason("aaaaaaaa-0000-4000-8000-000000000001", "literal"), "allowed");
  EXPECT_EQ(reason("bbbbbbbb-0000-4000-8000-000000000001", "a"), "allowed");
  EXPECT_EQ(reason("cccccccc-0000-4000-8000-000000000001", "a"), "token_tenant");
}

TEST(Authorizer, RequiredNumbersAreToldApartAbove2To53) {
  const Issuer issuer;
  Authorizer authorizer(LoadPolicy(R"(
doorward: 1
issuers: [{issuer: https://login.example/, audiences: orders, keys: {discovery: true}, require: {org: 9007199254740993}}]
)"));
  EXPECT_FALSE(HasErrors(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote)));
  Scratch scratch;
  const auto reason = [&](std::string_view org) {
    const std::string token = issuer.Token(",\"org\":" + std::string(org));
    return ReasonName(authorizer.Verify(token, kNow, scratch).reason());
  };
  EXPECT_EQ(reason("9007199254740992"), "token_claim_value");
  EXPECT_EQ(reason("9007199254740993"), "allowed");
  EXPECT_EQ(reason("9007199254740994"), "token_claim_value");
}

TEST(Authorizer, AScratchMayServeSeveralAuthorizers) {
  Authorizer open(
      LoadPolicy("doorward: 1\nrules: [{id: r, allow: [everyone], endpoints: [/**]}]\n"));
  auto closed = std::make_unique<Authorizer>(LoadPolicy("doorward: 1\n"));
  Scratch scratch;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(open.Authorize({.method = "GET", .target = "/"}, kNow, scratch).allowed());
    EXPECT_FALSE(closed->Authorize({.method = "GET", .target = "/"}, kNow, scratch).allowed());
    closed = std::make_unique<Authorizer>(LoadPolicy("doorward: 1\n"));
  }
}

TEST(TokenPlaces, TheFirstThatHoldsATokenCounts) {
  const Issuer issuer;
  Authorizer authorizer(LoadPolicy(std::string(kOrdersPolicy) + R"(
token: {from: [{header: Authorization, scheme: Bearer}, {header: X-Token}, {cookie: sid}]}
)"));
  EXPECT_THAT(authorizer.SetKeys(kLogin, issuer.Jwks(), KeyOrigin::kRemote), IsEmpty());
  const std::string good = issuer.Token(), bearer = "bEARER   " + good,
                    cookie = "a=b; sid=" + good + "; c", tab = "Bearer\t" + good;
  struct Row {
    const char* name;
    std::vector<Header> headers;
    std::string_view reason;
  };
  const Row rows[] = {
      {"in the first", {{"authorization", bearer}}, "allowed"},
      {"in the second", {{"x-token", good}}, "allowed"},
      {"in the third", {{"Cookie", cookie}}, "allowed"},
      {"the first counts", {{"X-Token", good}, {"Authorization", "Bearer x"}}, "token_malformed"},
      {"another scheme is passed over",
       {{"Authorization", "Basic x"}, {"X-Token", good}},
       "allowed"},
      {"an empty value is a malformed token",
       {{"X-Token", ""}, {"Cookie", cookie}},
       "token_malformed"},
      {"a scheme alone", {{"Authorization", "Bearer"}}, "token_malformed"},
      {"a scheme and spaces", {{"Authorization", "Bearer  "}}, "token_malformed"},
      {"a scheme and a tab", {{"Authorization", tab}}, "token_malformed"},
      {"nothing, where a scheme is asked for", {{"Authorization", " "}}, "token_malformed"},
      {"an empty cookie", {{"Cookie", "sid="}}, "token_malformed"},
      {"a header twice", {{"X-Token", good}, {"x-token", good}}, "bad_header"},
      {"a cookie twice", {{"Cookie", cookie}, {"cookie", "sid=1"}}, "bad_header"},
      {"twice where nobody looks",
       {{"Authorization", bearer}, {"X-Token", "1"}, {"X-Token", "2"}},
       "allowed"},
      {"Authorization twice",
       {{"Authorization", bearer}, {"authorization", "Basic x"}},
       "bad_header"},
  };
  Scratch scratch;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Decision got = authorizer.Authorize(
        {.method = "GET", .target = "/orders/1", .headers = row.headers}, kNow, scratch);
    EXPECT_EQ(ReasonName(got.reason()), row.reason);
  }
}

}  // namespace
}  // namespace doorward
