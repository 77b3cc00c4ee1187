// SPDX-License-Identifier: Apache-2.0
//
// Tokens as AWS load balancers make them: padded, with what counts in the protected header. And
// that nobody else's tokens may be like that.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/authorizer/provider.h"

namespace doorward {
namespace {

constexpr std::string_view kArn =
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188";
constexpr std::string_view kOtherArn =
    "arn:aws:elasticloadbalancing:eu-west-1:999999999999:loadbalancer/app/web/50dc6c495c0c9188";

// Names as they must be, each of which a test may replace; "" leaves the member out.
struct HeaderTexts {
  std::string iss = R"("https://idp.example")";
  std::string client = R"("web")";
  std::string signer = "\"" + std::string(kArn) + "\"";
  std::string exp = "1750000120";
};

std::string HeaderJson(const HeaderTexts& texts) {
  std::string out = R"({"typ":"JWT","kid":"k","alg":"ES256")";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += ",\"" + std::string(name) + "\":" + value;
  };
  add("iss", texts.iss);
  add("client", texts.client);
  add("signer", texts.signer);
  add("exp", texts.exp);
  return out + "}";
}

std::string Pad(std::string segment) {
  while (segment.size() % 4 != 0) segment += '=';
  return segment;
}

struct Parts {
  std::string header, payload, signature;
  std::string Join() const { return header + "." + payload + "." + signature; }
};

const SigningKey& Key() { return ProviderKey(Algorithm::kES256); }

// A payload of 40 octets, so that it is padded with two characters.
constexpr std::string_view kPayload = R"({"sub":"ann","email":"ann@example.com"} )";
static_assert(kPayload.size() % 3 == 1);

Parts PaddedParts(const HeaderTexts& texts = {}, std::string_view payload = kPayload) {
  Parts out{Pad(EncodeBase64Url(HeaderJson(texts))), Pad(EncodeBase64Url(payload)), ""};
  out.signature = Pad(EncodeBase64Url(Key().Sign(out.header + "." + out.payload)));
  return out;
}

Provider LoadBalancer() {
  return Provider(
      "profile: aws-alb, issuer: https://idp.example, audiences: web, keys: {jwks_file: k}, "
      "signer: \"" +
          std::string(kArn) + "\"",
      Algorithm::kES256);
}

TEST(LoadBalancer, PassesOnWhoSignedIn) {
  Provider provider = LoadBalancer();
  const Decision decision = provider.Ask("/any", PaddedParts().Join());
  EXPECT_EQ(decision.reason(), Reason::kAllowed) << decision.Explain();
  EXPECT_EQ(decision.subject(), "ann");
  EXPECT_EQ(decision.issuer(), "https://idp.example");
}

TEST(LoadBalancer, MayLeavePaddingOutOneDay) {
  Provider provider = LoadBalancer();
  const std::string token = Key().SignVerbatim(HeaderJson({}), kPayload);
  ASSERT_EQ(token.find('='), std::string::npos);
  EXPECT_EQ(provider.Ask("/any", token).reason(), Reason::kAllowed);
}

struct HeaderCase {
  std::string_view name;
  HeaderTexts texts;
  Reason want;
  std::string_view explained;
};

const HeaderCase kHeaders[] = {
    {"another load balancer",
     {.signer = "\"" + std::string(kOtherArn) + "\""},
     Reason::kTokenClaimValue,
     "`signer` of the header: expected `arn:aws"},
    {"no signer",
     {.signer = ""},
     Reason::kTokenClaimMissing,
     "`signer` of the header: expected `arn:aws"},
    {"signers in a list",
     {.signer = "[\"" + std::string(kArn) + "\"]"},
     Reason::kTokenClaimValue,
     "`signer` of the header"},
    {"another client",
     {.client = R"("other")"},
     Reason::kTokenAudience,
     "`client` of the header: expected `web`, found `other`"},
    {"no client",
     {.client = ""},
     Reason::kTokenAudience,
     "`client` of the header: expected `web`, found none"},
    {"another issuer",
     {.iss = R"("https://other.example")"},
     Reason::kTokenMalformed,
     "the fault is in the header"},
    {"no issuer", {.iss = ""}, Reason::kTokenMalformed, ""},
    {"no expiry", {.exp = ""}, Reason::kTokenWithoutExpiry, ""},
    {"an expiry in words",
     {.exp = R"("soon")"},
     Reason::kTokenBadDate,
     "`exp` of the header is `soon`"},
};

TEST(LoadBalancer, IsBelievedForWhatTheHeaderSays) {
  Provider provider = LoadBalancer();
  for (const HeaderCase& row : kHeaders) {
    SCOPED_TRACE(row.name);
    // What the payload says in their place counts for nothing.
    const Parts parts = PaddedParts(
        row.texts,
        R"({"sub":"ann","iss":"https://idp.example","exp":1750009999,"aud":"web","client":"web","signer":")" +
            std::string(kArn) + "\"}");
    const Decision decision = provider.Ask("/any", parts.Join());
    EXPECT_EQ(decision.reason(), row.want) << decision.Explain();
    EXPECT_NE(decision.Explain().find(row.explained), std::string::npos) << decision.Explain();
  }
}

TEST(LoadBalancer, TokensExpireByTheirHeader) {
  Provider provider = LoadBalancer();
  const std::string token =
      PaddedParts({}, R"({"sub":"ann","exp":1760000000})").Join();  // whatever the payload says
  const auto at = [&](int64_t seconds) {
    return provider.Ask("/any", token, Timestamp::FromUnixSeconds(seconds)).reason();
  };
  EXPECT_EQ(at(1'750'000'120), Reason::kAllowed);
  EXPECT_EQ(at(1'750'000'179), Reason::kAllowed);  // the leeway of 60 s
  EXPECT_EQ(at(1'750'000'180), Reason::kTokenExpired);
  EXPECT_NE(provider.Ask("/any", token, Timestamp::FromUnixSeconds(1'750'000'180))
                .Explain()
                .find("`exp` of the header is 2025-06-15T15:08:40Z"),
            std::string::npos);
}

TEST(LoadBalancer, TheSignatureIsOverThePaddedText) {
  Provider provider = LoadBalancer();
  Parts parts = PaddedParts();
  const std::string bare_payload = EncodeBase64Url(kPayload);
  const std::string bare_header = EncodeBase64Url(HeaderJson({}));
  parts.signature =
      Pad(EncodeBase64Url(Key().Sign(bare_header + "." + bare_payload)));  // not what is sent
  EXPECT_EQ(provider.Ask("/any", parts.Join()).reason(), Reason::kTokenSignature);
}

struct PaddingCase {
  std::string_view name;
  std::string (*spoil)(Parts parts);
};

const PaddingCase kPaddings[] = {
    {"one short", [](Parts p) { return p.payload.pop_back(), p.Join(); }},
    {"one more", [](Parts p) { return (p.payload += '='), p.Join(); }},
    {"a group of padding", [](Parts p) { return (p.payload += "===="), p.Join(); }},
    {"three", [](Parts p) { return p.payload.replace(p.payload.size() - 3, 1, "="), p.Join(); }},
    {"within", [](Parts p) { return p.payload.insert(4, "===="), p.Join(); }},
    {"before", [](Parts p) { return p.payload.insert(0, "===="), p.Join(); }},
    {"bits behind the last octet",
     [](Parts p) {
       char& last = p.payload[p.payload.size() - 3];
       last = last == 'A' ? 'B' : static_cast<char>(last + 1);
       return p.Join();
     }},
    {"the signature alone without",
     [](Parts p) {
       p.signature.resize(86);
       return p.Join();
     }},
    {"the payload alone without",
     [](Parts p) {
       p.payload.resize(p.payload.size() - 2);
       return p.Join();
     }},
    {"percent-encoded",
     [](Parts p) {
       p.signature.replace(86, 2, "%3D%3D");
       return p.Join();
     }},
    {"of a signature that is nothing else",
     [](Parts p) {
       p.signature = "====";
       return p.Join();
     }},
};

TEST(LoadBalancer, PaddingIsWholeOrNotThere) {
  Provider provider = LoadBalancer();
  const Parts good = PaddedParts();
  ASSERT_TRUE(good.payload.ends_with("==") && good.signature.ends_with("=="));
  for (const PaddingCase& row : kPaddings) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(provider.Ask("/any", row.spoil(good)).reason(), Reason::kTokenMalformed);
  }
}

// --- Beside other issuers ---

constexpr std::string_view kTwoIssuers = R"(
doorward: 1
issuers:
  - {issuer: https://plain.example, audiences: web, keys: {discovery: true}, roles: []}
  - {profile: aws-alb, issuer: https://idp.example, audiences: web, keys: {jwks_file: k}, roles: [],
     signer: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"}
rules: [{id: any, allow: [authenticated], endpoints: [/any]}]
)";

// What the token that says `header` and `payload`, padded or not, is answered.
Reason AskOneOfTwo(std::string_view policy, const std::string& header, std::string_view payload,
                   bool padded) {
  Authorizer authorizer(LoadPolicy(policy));
  for (const char* issuer : {"https://plain.example", "https://idp.example"}) {
    (void)authorizer.SetKeys(issuer, ProviderJwks(Algorithm::kES256), KeyOrigin::kRemote);
  }
  Parts parts{EncodeBase64Url(header), EncodeBase64Url(payload), ""};
  if (padded) parts = {Pad(parts.header), Pad(parts.payload), ""};
  parts.signature = EncodeBase64Url(Key().Sign(parts.header + "." + parts.payload));
  if (padded) parts.signature = Pad(parts.signature);
  Scratch scratch;
  return authorizer
      .Authorize({.method = "GET", .target = "/any"}, Credential::Token(parts.Join()), kNow,
                 scratch)
      .reason();
}

constexpr std::string_view kPlainClaims =
    R"({"iss":"https://plain.example","aud":"web","sub":"ann","exp":1750003600})";
constexpr std::string_view kPlainHeader = R"({"alg":"ES256","kid":"k"})";

TEST(LoadBalancer, NobodyElsesTokensMayBePadded) {
  const std::string plain(kPlainHeader);
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, plain, kPlainClaims, false), Reason::kAllowed);
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, plain, kPlainClaims, true), Reason::kTokenMalformed);
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, HeaderJson({}), kPayload, true), Reason::kAllowed);

  const std::string without(
      std::string_view(kTwoIssuers).substr(0, kTwoIssuers.find("  - {profile")));
  const std::string policy =
      without + "rules: [{id: any, allow: [authenticated], endpoints: [/any]}]\n";
  EXPECT_EQ(AskOneOfTwo(policy, plain, kPlainClaims, true), Reason::kTokenMalformed);
  EXPECT_EQ(AskOneOfTwo(policy, HeaderJson({}), kPayload, true), Reason::kTokenMalformed);
}

TEST(LoadBalancer, ClaimsInTheHeaderOfOthersCountForNothing) {
  // With another's claims in the header a plain token is still what its payload says.
  const std::string replicated = R"({"alg":"ES256","kid":"k","iss":"https://x.example","exp":1})";
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, replicated, kPlainClaims, false), Reason::kAllowed);
  const std::string nowhere = R"({"alg":"ES256","kid":"k","iss":"https://plain.example"})";
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, nowhere, R"({"aud":"web","exp":1750003600})", false),
            Reason::kTokenIssuerUnknown);
  // The load balancer's in the payload neither.
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, std::string(kPlainHeader),
                        R"({"iss":"https://idp.example","client":"web","exp":1750003600})", false),
            Reason::kTokenIssuerUnknown);
}

TEST(LoadBalancer, IsFoundByItsHeaderWhateverThePayloadSays) {
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, HeaderJson({}), kPlainClaims, false), Reason::kAllowed);
  EXPECT_EQ(AskOneOfTwo(kTwoIssuers, HeaderJson({.exp = "1"}), kPlainClaims, false),
            Reason::kTokenExpired);
}

}  // namespace
}  // namespace doorward
