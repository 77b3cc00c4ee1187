// SPDX-License-Identifier: Apache-2.0
//
// The rules that only a policy sets (tenants, required claims), and the boundaries of dates,
// through the floor's front header.

#include <string>

#include <gtest/gtest.h>

#include "src/jose/token.h"
#include "tests/unit/jose/signed_token.h"

namespace doorward {
namespace {

constexpr const char* kTenant = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

// Reads a token and checks its claims; its signature is not looked at.
class ClaimChecks : public testing::Test {
 protected:
  VerifiedTokenData& Read(const std::string& claims, const std::string& header = "") {
    token_ = EncodeBase64Url("{" + header + "}") + "." + EncodeBase64Url("{" + claims + "}") + ".";
    VerifiedTokenData* data = nullptr;
    EXPECT_EQ(ReadToken(token_, 1 << 20, false, scratch_, &data), Reason::kAllowed) << claims;
    return *data;
  }

  Reason Check(const TokenRules& rules, const std::string& claims, Timestamp now = kNow) {
    Read(claims);
    return CheckClaims(rules, now, scratch_);
  }

  Reason CheckHeader(const std::optional<std::string>& wanted, const std::string& header) {
    Read("", header);
    TokenRules rules = Lenient();
    rules.token_type = wanted;
    return CheckClaims(rules, kNow, scratch_);
  }

  static TokenRules Lenient() {
    TokenRules rules;
    rules.require_expiry = false;
    return rules;
  }

  std::string token_;
  Scratch scratch_;
};

struct DateCase {
  const char* name;
  const char* value;
  Reason want;
};

TEST_F(ClaimChecks, ExpiryIsExclusive) {
  const DateCase rows[] = {
      {"second before", "1749999999", Reason::kTokenExpired},
      {"now", "1750000000", Reason::kTokenExpired},
      {"second after", "1750000001", Reason::kAllowed},
      {"tenth before", "1749999999.9", Reason::kTokenExpired},
      {"tenth after", "1750000000.1", Reason::kAllowed},
      {"zero", "0", Reason::kTokenExpired},
      {"negative zero", "-0", Reason::kTokenExpired},
      {"negative zero, fraction", "-0.0", Reason::kTokenExpired},
      {"negative", "-1", Reason::kTokenBadDate},
      {"little negative", "-0.5", Reason::kTokenBadDate},
      {"last second", "253402300799", Reason::kAllowed},
      {"last second, as a double", "253402300799.0", Reason::kAllowed},
      {"after the last", "253402300800", Reason::kTokenBadDate},
      {"between", "253402300799.5", Reason::kTokenBadDate},
      {"exponent", "1.750000001e9", Reason::kAllowed},
      {"huge", "1e300", Reason::kTokenBadDate},
      {"string", "\"1750000001\"", Reason::kTokenBadDate},
      {"null", "null", Reason::kTokenBadDate},
      {"true", "true", Reason::kTokenBadDate},
      {"array", "[1750000001]", Reason::kTokenBadDate},
  };
  for (const DateCase& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Check(Lenient(), std::string("\"exp\":") + row.value), row.want);
  }
}

TEST_F(ClaimChecks, FractionsAreWhatTheirDecimalsSay) {
  struct {
    const char* exp;
    int32_t nanos;  // of now
    Reason want;
  } const rows[] = {
      {"1750000000.1", 99'999'999, Reason::kAllowed},
      {"1750000000.1", 100'000'000, Reason::kTokenExpired},
      {"1750000000.000001", 999, Reason::kAllowed},
      {"1750000000.000001", 1000, Reason::kTokenExpired},
      {"1750000000.5", 499'999'999, Reason::kAllowed},
      {"1750000000.5", 500'000'000, Reason::kTokenExpired},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.exp) + " " + std::to_string(row.nanos));
    EXPECT_EQ(Check(Lenient(), std::string("\"exp\":") + row.exp,
                    Timestamp::FromUnixSeconds(kNowSeconds, row.nanos)),
              row.want);
  }
}

TEST_F(ClaimChecks, NotBeforeAndIssuedAtAreInclusive) {
  for (const auto& [name, future] : {std::pair("nbf", Reason::kTokenNotYetValid),
                                     std::pair("iat", Reason::kTokenIssuedInFuture)}) {
    const DateCase rows[] = {
        {"second before", "1749999999", Reason::kAllowed},
        {"now", "1750000000", Reason::kAllowed},
        {"second after", "1750000001", future},
        {"tenth after", "1750000000.1", future},
        {"zero", "0", Reason::kAllowed},
        {"string", "\"0\"", Reason::kTokenBadDate},
        {"null", "null", Reason::kTokenBadDate},
        {"too late", "253402300800", Reason::kTokenBadDate},
    };
    for (const DateCase& row : rows) {
      SCOPED_TRACE(std::string(name) + " " + row.name);
      EXPECT_EQ(Check(Lenient(), "\"" + std::string(name) + "\":" + row.value), row.want);
    }
  }
}

TEST_F(ClaimChecks, ANegativeNotBeforeLiesInThePast) {
  EXPECT_EQ(Check(Lenient(), R"("nbf":-1)"), Reason::kAllowed);
  EXPECT_EQ(Check(Lenient(), R"("nbf":-1e308)"), Reason::kAllowed);
  EXPECT_EQ(Check(Lenient(), R"("iat":-1)"), Reason::kTokenBadDate);
}

TEST_F(ClaimChecks, LeewayIsGrantedOnEveryDate) {
  TokenRules rules = Lenient();
  rules.leeway = std::chrono::seconds(60);
  rules.max_age = std::chrono::seconds(100);
  struct {
    const char* claims;
    Reason want;
  } const rows[] = {
      {R"("iat":1750000000,"exp":1749999939)", Reason::kTokenExpired},
      {R"("iat":1750000000,"exp":1749999940)", Reason::kTokenExpired},
      {R"("iat":1750000000,"exp":1749999941)", Reason::kAllowed},
      {R"("iat":1750000000,"nbf":1750000059)", Reason::kAllowed},
      {R"("iat":1750000000,"nbf":1750000060)", Reason::kAllowed},
      {R"("iat":1750000000,"nbf":1750000061)", Reason::kTokenNotYetValid},
      {R"("iat":1750000060)", Reason::kAllowed},
      {R"("iat":1750000061)", Reason::kTokenIssuedInFuture},
      {R"("iat":1749999841)", Reason::kAllowed},
      {R"("iat":1749999840)", Reason::kAllowed},
      {R"("iat":1749999839)", Reason::kTokenTooOld},
      {"", Reason::kTokenClaimMissing},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.claims);
    EXPECT_EQ(Check(rules, row.claims), row.want);
  }
}

TEST_F(ClaimChecks, SumsNeverWrap) {
  TokenRules rules = Lenient();
  rules.leeway = std::chrono::seconds::max();
  rules.max_age = std::chrono::seconds::max();
  EXPECT_EQ(Check(rules, R"("exp":1,"iat":1)", Timestamp::FromUnixSeconds(INT64_MAX)),
            Reason::kAllowed);
  EXPECT_EQ(Check(Lenient(), R"("exp":253402300799)", Timestamp::FromUnixSeconds(INT64_MIN)),
            Reason::kAllowed);
}

TEST_F(ClaimChecks, TypIsComparedWithoutCaseAndPrefix) {
  struct {
    const char* wanted;
    const char* header;
    Reason want;
  } const rows[] = {
      {"at+jwt", R"("typ":"at+jwt")", Reason::kAllowed},
      {"at+jwt", R"("typ":"AT+JWT")", Reason::kAllowed},
      {"at+jwt", R"("typ":"Application/at+jwt")", Reason::kAllowed},
      {"application/at+jwt", R"("typ":"at+jwt")", Reason::kAllowed},
      {"at+jwt", R"("typ":"application/application/at+jwt")", Reason::kTokenType},
      {"at+jwt", R"("typ":"at+jwt ")", Reason::kTokenType},
      {"at+jwt", R"("typ":"at+jwt;x=1")", Reason::kTokenType},
      {"at+jwt", R"("typ":"text/at+jwt")", Reason::kTokenType},
      {"at+jwt", R"("typ":"")", Reason::kTokenType},
      {"at+jwt", R"("typ":["at+jwt"])", Reason::kTokenType},
      {"at+jwt", "", Reason::kTokenType},
      {nullptr, "", Reason::kAllowed},
      {nullptr, R"("typ":"anything")", Reason::kAllowed},
      {nullptr, R"("typ":null)", Reason::kTokenType},
      {nullptr, R"("cty":"JWT")", Reason::kTokenType},
      {nullptr, R"("cty":"application/jwt")", Reason::kTokenType},
      {nullptr, R"("cty":"json")", Reason::kAllowed},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.wanted == nullptr ? "any" : row.wanted) + " " + row.header);
    const auto wanted =
        row.wanted == nullptr ? std::nullopt : std::optional<std::string>(row.wanted);
    EXPECT_EQ(CheckHeader(wanted, row.header), row.want);
  }
}

TEST_F(ClaimChecks, TemplatesAreFilledWithTheTenant) {
  TokenRules rules = Lenient();
  rules.issuers = {"https://login.example/{tenantid}/v2.0", "https://sts.example/{tenantid}/"};
  rules.tenants = {kTenant};
  const std::string upper = "3F2504E0-4F89-11D3-9A0C-0305E82C3301";
  const std::string other = "00000000-0000-0000-0000-000000000000";
  const auto claims = [](const std::string& iss, const std::string& tid) {
    return "\"iss\":\"" + iss + "\",\"tid\":\"" + tid + "\"";
  };
  const std::string iss = std::string("https://login.example/") + kTenant + "/v2.0";
  struct {
    const char* name;
    std::string claims;
    bool found;
    Reason want;
  } const rows[] = {
      {"filled", claims(iss, kTenant), true, Reason::kAllowed},
      {"second template", claims(std::string("https://sts.example/") + kTenant + "/", kTenant),
       true, Reason::kAllowed},
      {"upper case in both", claims("https://login.example/" + upper + "/v2.0", upper), true,
       Reason::kAllowed},
      {"upper case in one", claims(iss, upper), true, Reason::kTokenTenant},
      {"another tenant", claims("https://login.example/" + other + "/v2.0", other), true,
       Reason::kTokenTenant},
      {"tid of another tenant", claims("https://login.example/" + other + "/v2.0", kTenant), true,
       Reason::kTokenTenant},
      {"no tid", "\"iss\":\"" + iss + "\"", true, Reason::kTokenTenant},
      {"tid no string", "\"tid\":1,\"iss\":\"" + iss + "\"", true, Reason::kTokenTenant},
      {"tid no GUID", claims(iss, "{tenantid}"), true, Reason::kTokenTenant},
      {"no GUID in iss", claims("https://login.example/common/v2.0", kTenant), false,
       Reason::kTokenTenant},
      {"the template itself", claims(rules.issuers[0], kTenant), false, Reason::kTokenTenant},
      {"more after it", claims(iss + "/x", kTenant), false, Reason::kTokenTenant},
      {"GUID with a foreign digit",
       claims("https://login.example/3f2504e0-4f89-11d3-9a0c-0305e82c330g/v2.0", kTenant), false,
       Reason::kTokenTenant},
      {"iss no string", R"("iss":1)", false, Reason::kTokenTenant},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(IsIssuedUnder(Read(row.claims), rules), row.found);
    EXPECT_EQ(CheckClaims(rules, kNow, scratch_), row.want);
  }
  rules.issuers.push_back("https://plain.example");
  EXPECT_EQ(Check(rules, R"("iss":"https://plain.example")"), Reason::kAllowed);
}

TEST_F(ClaimChecks, IssuersAreComparedByteForByte) {
  TokenRules rules;
  rules.issuers = {"https://a.example", "https://b.example/"};
  EXPECT_TRUE(IsIssuedUnder(Read(R"("iss":"https:\/\/a.example")"), rules));
  EXPECT_TRUE(IsIssuedUnder(Read(R"("iss":"https://b.example/")"), rules));
  EXPECT_FALSE(IsIssuedUnder(Read(R"("iss":"https://b.example")"), rules));
  EXPECT_FALSE(IsIssuedUnder(Read(R"("iss":"HTTPS://a.example")"), rules));
  EXPECT_FALSE(IsIssuedUnder(Read(""), rules));
  EXPECT_TRUE(IsIssuedUnder(Read(""), TokenRules()));
}

RequiredClaim::Value Text(std::string text) {
  return {.kind = RequiredClaim::Value::Kind::kString, .text = std::move(text)};
}

RequiredClaim::Value Number(double number, std::string yaml = "") {
  return {.kind = RequiredClaim::Value::Kind::kNumber,
          .text = yaml,
          .number = number,
          .or_text = !yaml.empty()};
}

RequiredClaim::Value Bool(bool value, std::string yaml = "") {
  return {.kind = RequiredClaim::Value::Kind::kBool,
          .text = yaml,
          .boolean = value,
          .or_text = !yaml.empty()};
}

TEST_F(ClaimChecks, RequiredClaimsHaveTheirValue) {
  using Kind = RequiredClaim::Value::Kind;
  struct {
    const char* name;
    RequiredClaim::Value value;
    const char* claims;
    Reason want;
  } const rows[] = {
      {"missing", {}, "", Reason::kTokenClaimMissing},
      {"missing, value asked for", Text("x"), "", Reason::kTokenClaimMissing},
      {"nested is not there", {}, R"("a":{"c":1})", Reason::kTokenClaimMissing},
      {"there", {}, R"("c":{})", Reason::kAllowed},
      {"null is there", {}, R"("c":null)", Reason::kAllowed},
      {"text", Text("x"), R"("c":"x")", Reason::kAllowed},
      {"other text", Text("x"), R"("c":"X")", Reason::kTokenClaimValue},
      {"text in a list", Text("x"), R"("c":["x"])", Reason::kTokenClaimValue},
      {"number", Number(1), R"("c":1)", Reason::kAllowed},
      {"number, written otherwise", Number(1), R"("c":1.0)", Reason::kAllowed},
      {"number as text", Number(1), R"("c":"1")", Reason::kTokenClaimValue},
      {"number for true", Number(1), R"("c":true)", Reason::kTokenClaimValue},
      {"fraction", Number(0.5), R"("c":0.5)", Reason::kAllowed},
      {"neighbours above 2^53", Number(9007199254740992), R"("c":9007199254740993)",
       Reason::kTokenClaimValue},
      {"beyond 64 bits", Number(1e19), R"("c":1e19)", Reason::kAllowed},
      {"YAML number", Number(1, "01"), R"("c":1)", Reason::kAllowed},
      {"YAML number as text", Number(1, "01"), R"("c":"01")", Reason::kAllowed},
      {"YAML number as other text", Number(1, "01"), R"("c":"1")", Reason::kTokenClaimValue},
      {"true", Bool(true), R"("c":true)", Reason::kAllowed},
      {"false for true", Bool(true), R"("c":false)", Reason::kTokenClaimValue},
      {"null for false", Bool(false), R"("c":null)", Reason::kTokenClaimValue},
      {"YAML true as text", Bool(true, "true"), R"("c":"true")", Reason::kAllowed},
      {"null", {.kind = Kind::kNull}, R"("c":null)", Reason::kAllowed},
      {"zero for null", {.kind = Kind::kNull}, R"("c":0)", Reason::kTokenClaimValue},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    TokenRules rules = Lenient();
    rules.require = {{"c", row.value}};
    EXPECT_EQ(Check(rules, row.claims), row.want);
  }
}

TEST_F(ClaimChecks, AudiencesAreStringsAllOfThem) {
  TokenRules rules = Lenient();
  rules.audiences = {"a", "b"};
  struct {
    const char* claims;
    Reason want;
  } const rows[] = {
      {R"("aud":"b")", Reason::kAllowed},
      {R"("aud":["x","a"])", Reason::kAllowed},
      {R"("aud":["a","a"])", Reason::kAllowed},
      {R"("aud":"A")", Reason::kTokenAudience},
      {R"("aud":"ab")", Reason::kTokenAudience},
      {R"("aud":[])", Reason::kTokenAudience},
      {R"("aud":["a",1])", Reason::kTokenAudience},
      {R"("aud":["a",["b"]])", Reason::kTokenAudience},
      {R"("aud":{"a":"a"})", Reason::kTokenAudience},
      {R"("aud":null)", Reason::kTokenAudience},
      {"", Reason::kTokenAudience},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.claims);
    EXPECT_EQ(Check(rules, row.claims), row.want);
  }
}

TEST_F(ClaimChecks, ConfirmationIsCheckedApart) {
  TokenRules rules = Lenient();
  Read(R"("cnf":{})");
  EXPECT_EQ(CheckClaims(rules, kNow, scratch_), Reason::kAllowed);
  EXPECT_EQ(CheckConfirmation(rules, scratch_), Reason::kTokenConfirmation);
  rules.refuse_confirmation = false;
  EXPECT_EQ(CheckConfirmation(rules, scratch_), Reason::kAllowed);
}

TEST_F(ClaimChecks, DateClaimsAreReadByName) {
  const JsonView claims = Read(R"("iat":1750000000.25,"auth_time":5,"bad":-1,"text":"1")").claims;
  EXPECT_EQ(DateClaim(claims, "iat"), Timestamp::FromUnixSeconds(1750000000, 250'000'000));
  EXPECT_EQ(DateClaim(claims, "auth_time"), Timestamp::FromUnixSeconds(5));
  EXPECT_EQ(DateClaim(claims, "bad"), std::nullopt);
  EXPECT_EQ(DateClaim(claims, "text"), std::nullopt);
  EXPECT_EQ(DateClaim(claims, "none"), std::nullopt);
}

}  // namespace
}  // namespace doorward
