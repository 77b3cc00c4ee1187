// SPDX-License-Identifier: Apache-2.0
//
// Which keys serve, which are set aside, and what is said of those.

#include "doorward/key_set.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/signing/signing.h"

namespace doorward {
namespace {

using testing::HasSubstr;
using testing::Not;

// The moduli are of tests/data/tokens.jsonl's kind: only their size and form count here.
std::string Ones(size_t octets, char last = '\x01') {
  return EncodeBase64Url("\xC3" + std::string(octets - 2, '\x5A') + last);
}

std::string Rsa(const std::string& n, const std::string& e = "AQAB") {
  return R"({"kty":"RSA","kid":"r","n":")" + n + R"(","e":")" + e + "\"}";
}

std::string Octets(size_t count) { return EncodeBase64Url(std::string(count, 's')); }

std::string Oct(size_t count, const std::string& members = "") {
  return R"({"kty":"oct","kid":"o","k":")" + Octets(count) + "\"" + members + "}";
}

std::string Okp(const std::string& x, const std::string& crv = "Ed25519") {
  return R"({"kty":"OKP","kid":"e","crv":")" + crv + R"(","x":")" + EncodeBase64Url(x) + "\"}";
}

std::string FromHex(std::string_view hex) {
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return out;
}

constexpr const char* kP256 =
    R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";

std::string Ec(const std::string& members) {
  return "{" + std::string(kP256) + (members.empty() ? "" : ",") + members + "}";
}

KeySetOutcome Parse(const std::string& keys, KeyOrigin origin = KeyOrigin::kLocal) {
  return KeySet::Parse("{\"keys\":[" + keys + "]}", {.origin = origin, .name = "keys.json"});
}

TEST(KeySet, GivesEachKeyTheAlgorithmsOfItsType) {
  struct {
    const char* name;
    std::string jwk;
    AlgorithmSet algorithms;
  } const rows[] = {
      {"RSA",
       Rsa(Ones(256)),
       {Algorithm::kRS256, Algorithm::kRS384, Algorithm::kRS512, Algorithm::kPS256,
        Algorithm::kPS384, Algorithm::kPS512}},
      {"P-256", Ec(""), {Algorithm::kES256}},
      {"Ed25519",
       R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
       {Algorithm::kEdDSA}},
      {"oct of 32", Oct(32), {Algorithm::kHS256}},
      {"oct of 48", Oct(48), {Algorithm::kHS256, Algorithm::kHS384}},
      {"oct of 64", Oct(64), {Algorithm::kHS256, Algorithm::kHS384, Algorithm::kHS512}},
      {"narrowed by alg", Oct(64, R"(,"alg":"HS384")"), {Algorithm::kHS384}},
      {"use and key_ops that fit",
       Ec(R"("use":"sig","key_ops":["sign","verify"])"),
       {Algorithm::kES256}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const KeySetOutcome outcome = Parse(row.jwk);
    ASSERT_NE(outcome.keys, nullptr);
    EXPECT_TRUE(outcome.diagnostics.empty());
    ASSERT_EQ(outcome.keys->size(), 1u);
    EXPECT_EQ(outcome.keys->algorithms(0), row.algorithms);
  }
}

TEST(KeySet, SetsAsideWhatMustNotServe) {
  struct {
    const char* name;
    std::string jwk;
    const char* code;
    const char* excerpt;
  } const rows[] = {
      {"no object", "1", "key_broken", "["},
      {"no type", "{}", "key_type_unknown", "{"},
      {"unknown type", R"({"kty":"AKP"})", "key_type_unknown", "AKP"},
      {"type in lower case", R"({"kty":"ec"})", "key_type_unknown", "ec"},
      {"kid no string", R"({"kty":"RSA","kid":1})", "key_broken", "kid"},
      {"use enc", Ec(R"("use":"enc")"), "key_use", "enc"},
      {"use in upper case", Ec(R"("use":"SIG")"), "key_use", "SIG"},
      {"use null", Ec(R"("use":null)"), "key_broken", "use"},
      {"key_ops without verify", Ec(R"("key_ops":["sign"])"), "key_use", "key_ops"},
      {"key_ops empty", Ec(R"("key_ops":[])"), "key_use", "key_ops"},
      {"key_ops a string", Ec(R"("key_ops":"verify")"), "key_use", "verify"},
      {"key_ops an object", Ec(R"("key_ops":{"a":"verify"})"), "key_use", "key_ops"},
      {"alg of another type", Ec(R"("alg":"RS256")"), "key_algorithm", "RS256"},
      {"alg of another curve", Ec(R"("alg":"ES384")"), "key_algorithm", "ES384"},
      {"alg for encryption", Ec(R"("alg":"ECDH-ES")"), "key_algorithm", "ECDH-ES"},
      {"alg longer than the secret", Oct(32, R"(,"alg":"HS512")"), "key_algorithm", "HS512"},
      {"RSA without n", R"({"kty":"RSA","e":"AQAB"})", "key_broken", "{"},
      {"RSA without e", R"({"kty":"RSA","n":")" + Ones(256) + "\"}", "key_broken", "{"},
      {"RSA n in the other alphabet", Rsa("+" + Ones(256)), "key_broken", nullptr},
      {"RSA n with padding", Rsa("AQ=="), "key_broken", "AQ=="},
      {"RSA of 2047 bits", Rsa(EncodeBase64Url("\x7F" + std::string(255, '\x5B'))), "key_weak",
       nullptr},
      {"RSA of 8193 bits", Rsa(EncodeBase64Url("\x01" + std::string(1024, '\x5B'))), "key_weak",
       nullptr},
      {"RSA even", Rsa(Ones(256, '\x02')), "key_weak", nullptr},
      {"RSA zero", Rsa("AA"), "key_weak", "AA"},
      {"RSA e one", Rsa(Ones(256), "AQ"), "key_weak", "AQ"},
      {"RSA e two", Rsa(Ones(256), "Ag"), "key_weak", "Ag"},
      {"RSA e zero", Rsa(Ones(256), ""), "key_weak", ""},
      {"RSA e even", Rsa(Ones(256), "AQAA"), "key_weak", "AQAA"},
      {"RSA e of 65 bits", Rsa(Ones(256), "AQAAAAAAAAAB"), "key_weak", "AQAAAAAAAAAB"},
      {"EC unknown curve", R"({"kty":"EC","crv":"secp256k1"})", "key_curve_unknown", "secp256k1"},
      {"EC without curve", R"({"kty":"EC"})", "key_curve_unknown", "{"},
      {"EC short coordinate", R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})", "key_broken",
       "AAAA"},
      {"EC off the curve",
       R"({"kty":"EC","crv":"P-256","x":")" + Octets(32) + R"(","y":")" + Octets(32) + "\"}",
       "key_point", nullptr},
      {"EC origin",
       R"({"kty":"EC","crv":"P-256","x":")" + EncodeBase64Url(std::string(32, '\0')) +
           R"(","y":")" + EncodeBase64Url(std::string(32, '\0')) + "\"}",
       "key_point", nullptr},
      {"OKP for key agreement", Okp(std::string(32, 'x'), "X25519"), "key_curve_unknown", "X25519"},
      {"Ed25519 of 31 octets", Okp(std::string(31, 'x')), "key_broken", nullptr},
      {"Ed448 of 56 octets", Okp(std::string(56, 'x'), "Ed448"), "key_broken", nullptr},
      {"Ed448 off the curve", Okp("\x02" + std::string(56, '\0'), "Ed448"), "key_point", nullptr},
      {"Ed448 of small order", Okp("\x01" + std::string(56, '\0'), "Ed448"), "key_weak", nullptr},
      {"oct of 31", Oct(31), "key_weak", "k"},
      {"oct empty", Oct(0), "key_weak", "k"},
      {"oct without k", R"({"kty":"oct"})", "key_broken", "{"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const KeySetOutcome outcome = Parse(row.jwk);
    ASSERT_NE(outcome.keys, nullptr);
    EXPECT_EQ(outcome.keys->size(), 0u);
    ASSERT_EQ(outcome.diagnostics.size(), 2u);
    const size_t at = outcome.diagnostics[0].code == "no_usable_key" ? 1 : 0;
    EXPECT_EQ(outcome.diagnostics[1 - at].code, "no_usable_key");
    const Diagnostic& d = outcome.diagnostics[at];
    EXPECT_EQ(d.code, row.code);
    EXPECT_EQ(d.severity, Severity::kWarning);
    if (row.excerpt != nullptr) {
      EXPECT_EQ(d.excerpt, row.excerpt);
    }
  }
}

// Every encoding of a point whose order divides 8, canonical or not, with either sign.
TEST(KeySet, SetsAsideEd25519KeysOfSmallOrder) {
  const char* const points[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  for (const char* hex : points) {
    for (const char sign : {'\0', '\x80'}) {
      SCOPED_TRACE(hex);
      std::string x = FromHex(hex);
      x.back() = static_cast<char>(x.back() | sign);
      const KeySetOutcome outcome = Parse(Okp(x));
      EXPECT_EQ(outcome.keys->size(), 0u);
      EXPECT_THAT(outcome.diagnostics[1].code, testing::AnyOf("key_weak", "key_point"));
    }
  }
}

TEST(KeySet, TakesRsaAtTheEdges) {
  const std::string rows[] = {
      Rsa(Ones(256)),
      Rsa(Ones(1024)),
      Rsa(Ones(256), "Aw"),
      Rsa(Ones(256), "__________8"),
      Rsa(EncodeBase64Url(std::string("\0\xC3", 2) + std::string(254, '\x5A') + '\x01')),
  };
  for (const std::string& jwk : rows) {
    SCOPED_TRACE(jwk.substr(0, 60));
    EXPECT_EQ(Parse(jwk).keys->size(), 1u);
  }
}

// The modulus of Wycheproof's json_web_key test 7.
TEST(KeySet, SetsAsideRsaKeysOfTheRocaGenerator) {
  const KeySetOutcome outcome =
      Parse(Rsa("AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu3MaW_"
                "HhFw16HGaTDUHqPrId7fe"
                "4r11CqRw09yBFuW79V8sYIwHdzCaWflUI6auImYbVfoN9_"
                "nD5n8N8SY9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp7n0zs3"
                "Z5ZaiQWOOzl1S9OhwAfSiiOwz6efnXEaxuTEtPd7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3"
                "iMUSP_wSyHQ"
                "g_c_qHRtKUsNSGCT7OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9IQVZ-QYyE"));
  EXPECT_EQ(outcome.keys->size(), 0u);
  EXPECT_THAT(outcome.diagnostics[1].message, HasSubstr("ROCA"));
}

TEST(KeySet, SetsSecretsAsideThatCameOverANetwork) {
  const KeySetOutcome outcome = Parse(Oct(32), KeyOrigin::kRemote);
  EXPECT_EQ(outcome.keys->size(), 0u);
  EXPECT_EQ(outcome.diagnostics[1].code, "key_secret_remote");
  EXPECT_EQ(Parse(Oct(32), KeyOrigin::kLocal).keys->size(), 1u);
}

TEST(KeySet, NeverShowsASecret) {
  const std::string secret = Octets(31);
  for (const KeyOrigin origin : {KeyOrigin::kLocal, KeyOrigin::kRemote}) {
    for (const Diagnostic& d : Parse(Oct(31), origin).diagnostics) {
      EXPECT_THAT(d.excerpt, Not(HasSubstr(secret.substr(0, 8))));
      EXPECT_THAT(d.message, Not(HasSubstr(secret.substr(0, 8))));
    }
  }
}

TEST(KeySet, UsesThePublicPartOfAPrivateKeyAndSaysSo) {
  const auto key = SigningKey::Generate(Algorithm::kES256, "p");
  const KeySetOutcome outcome = Parse(key->PrivateJwk());
  EXPECT_EQ(outcome.keys->size(), 1u);
  ASSERT_EQ(outcome.diagnostics.size(), 1u);
  EXPECT_EQ(outcome.diagnostics[0].code, "private_key");
}

TEST(KeySet, SetsAmbiguousKeysAsideAndKeepsTheOthers) {
  const std::string kid = R"("kid":"same")";
  struct {
    const char* name;
    std::string jwks;
    size_t serving;
  } const rows[] = {
      {"same in all", Ec(kid) + "," + Ec(kid), 0},
      {"three, and one beside", Ec(kid) + "," + Ec(kid) + "," + Ec(kid) + "," + Ec(R"("kid":"b")"),
       1},
      {"other alg", Ec(kid) + "," + Ec(kid + R"(,"alg":"ES256")"), 2},
      {"other use", Ec(kid) + "," + Ec(kid + R"(,"use":"sig")"), 2},
      {"other type", Ec(kid) + R"(,{"kty":"oct",)" + kid + R"(,"k":")" + Octets(32) + "\"}", 2},
      {"without kid", Ec("") + "," + Ec(""), 2},
      {"broken namesake", Ec(kid) + R"(,{"kty":"EC","crv":"P-256","kid":"same"})", 0},
      {"encryption namesake", Ec(kid) + "," + Ec(kid + R"(,"use":"enc")"), 1},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Parse(row.jwks).keys->size(), row.serving);
  }
  const KeySetOutcome outcome = Parse(Ec(kid) + "," + Ec(kid) + "," + Ec(""));
  ASSERT_EQ(outcome.diagnostics.size(), 2u);
  EXPECT_EQ(outcome.diagnostics[0].code, "key_ambiguous");
  EXPECT_THAT(outcome.diagnostics[0].message, HasSubstr("`keys[0]` (kid `same`)"));
  EXPECT_THAT(outcome.diagnostics[1].message, HasSubstr("`keys[1]` (kid `same`)"));
}

TEST(KeySet, SaysWhichKeyAndWhere) {
  const std::string text = "{\"keys\": [\n  " + Ec(R"("kid":"good")") +
                           ",\n  {\"kty\": \"EC\", \"kid\": \"b\", \"crv\": \"P-25\"}\n]}";
  const KeySetOutcome outcome = KeySet::Parse(text, {.origin = KeyOrigin::kRemote, .name = "j"});
  ASSERT_EQ(outcome.diagnostics.size(), 1u);
  const Diagnostic& d = outcome.diagnostics[0];
  EXPECT_EQ(d.file, "j");
  EXPECT_EQ(d.range.line, 3u);
  EXPECT_EQ(d.range.column, 37u);
  EXPECT_EQ(d.excerpt, "P-25");
  EXPECT_EQ(d.message, "`keys[1]` (kid `b`) is set aside: its curve `P-25` is not supported");
  EXPECT_EQ(d.expected, "P-256, P-384 or P-521");
  EXPECT_EQ(outcome.keys->key_id(0), "good");
  EXPECT_EQ(outcome.keys->key_id(1), "");
}

TEST(KeySet, IsAnErrorWhereTheTextIsNone) {
  struct {
    const char* name;
    std::string text;
    const char* code;
  } const rows[] = {
      {"empty", "", "json_syntax"},
      {"cut", R"({"keys":[)", "json_syntax"},
      {"byte-order mark", "\xEF\xBB\xBF{\"keys\":[]}", "json_syntax"},
      {"repeated name", R"({"keys":[],"keys":[]})", "duplicate_member"},
      {"repeated name in a key", R"({"keys":[{"kty":"EC","kty":"RSA"}]})", "duplicate_member"},
      {"list", "[]", "key_set_shape"},
      {"single key", Ec(""), "key_set_shape"},
      {"keys an object", R"({"keys":{}})", "key_set_shape"},
      {"too large", std::string(16 * 1024 * 1024 + 1, ' '), "too_large"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const KeySetOutcome outcome = KeySet::Parse(row.text, {});
    EXPECT_EQ(outcome.keys, nullptr);
    ASSERT_EQ(outcome.diagnostics.size(), 1u);
    EXPECT_EQ(outcome.diagnostics[0].severity, Severity::kError);
    EXPECT_EQ(outcome.diagnostics[0].code, row.code);
  }
}

TEST(KeySet, MayBeEmptyAndSaysSo) {
  const KeySetOutcome outcome = Parse("");
  ASSERT_NE(outcome.keys, nullptr);
  EXPECT_EQ(outcome.keys->size(), 0u);
  ASSERT_EQ(outcome.diagnostics.size(), 1u);
  EXPECT_EQ(outcome.diagnostics[0].code, "no_usable_key");
}

TEST(Algorithm, HasANameThatFindsIt) {
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    EXPECT_EQ(FindAlgorithm(AlgorithmName(algorithm)), algorithm);
  }
  for (const char* name : {"none", "", "es256", "ES256 ", "ES256K", "Ed25519", "HS1"}) {
    EXPECT_EQ(FindAlgorithm(name), std::nullopt) << name;
  }
}

TEST(AlgorithmSet, HoldsWhatWasPutIn) {
  EXPECT_TRUE(AlgorithmSet().empty());
  EXPECT_FALSE(AlgorithmSet::Asymmetric().Contains(Algorithm::kHS256));
  EXPECT_TRUE(AlgorithmSet::Asymmetric().Contains(Algorithm::kEdDSA));
  EXPECT_EQ(AlgorithmSet::Asymmetric() |
                (AlgorithmSet{Algorithm::kHS256, Algorithm::kHS384, Algorithm::kHS512}),
            AlgorithmSet::All());
}

}  // namespace
}  // namespace doorward
