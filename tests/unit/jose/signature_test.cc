// SPDX-License-Identifier: Apache-2.0
//
// Signatures: the examples of the RFCs, and every algorithm with what is made by tools/signing.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/verifier.h"

#include "tests/unit/jose/signed_token.h"
#include "tools/signing/signing.h"

namespace doorward {
namespace {

constexpr VerifyOptions PlainJws() {
  return {.algorithms = AlgorithmSet::All(), .signature_only = true};
}

Reason VerifyJws(std::string_view jwk, std::string_view token) {
  Scratch scratch;
  return Verifier(KeysOf(jwk), PlainJws()).Verify(token, kNow, scratch).reason();
}

struct Example {
  const char* name;
  const char* jwk;  // private, but for what only has to verify
  const char* token;
  bool is_deterministic;  // signing again gives the same signature
};

constexpr const char* kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

std::vector<Example> Examples() {
  static const std::string rs256 =
      std::string("eyJhbGciOiJSUzI1NiJ9.") + kPayload +
      ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W"
      "2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjt"
      "QBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6I"
      "eYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
  static const std::string es256 =
      std::string("eyJhbGciOiJFUzI1NiJ9.") + kPayload +
      ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  static const std::string hs256 = std::string("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.") +
                                   kPayload + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  return {
      {"RFC 7515 A.1 HS256",
       R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
       hs256.c_str(), true},
      {"RFC 7515 A.2 RS256",
       R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",)"
       R"("e":"AQAB","d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ"})",
       rs256.c_str(), true},
      {"RFC 7515 A.3 ES256",
       R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})",
       es256.c_str(), false},
      {"RFC 7515 A.4 ES512",
       R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2","d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C"})",
       "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc"
       "-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnw"
       "NrmxYbSW9ERBXukOXolLzeO_Jn",
       false},
      {"RFC 8037 A.4 Ed25519",
       R"({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
       "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcv"
       "Mg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
       true},
  };
}

TEST(Signature, VerifiesTheExamplesOfTheRfcs) {
  for (const Example& example : Examples()) {
    SCOPED_TRACE(example.name);
    EXPECT_EQ(VerifyJws(example.jwk, example.token), Reason::kAllowed);
    std::string tampered = example.token;
    const size_t dot = tampered.rfind('.');
    tampered[dot + 1] = tampered[dot + 1] == 'A' ? 'B' : 'A';
    EXPECT_EQ(VerifyJws(example.jwk, tampered), Reason::kTokenSignature);
  }
}

TEST(SigningKey, SignsTheExamplesOfTheRfcs) {
  for (const Example& example : Examples()) {
    SCOPED_TRACE(example.name);
    std::string error;
    const auto key = SigningKey::FromJwk(example.jwk, &error);
    ASSERT_TRUE(key) << error;
    const std::string token = example.token;
    const std::string input = token.substr(0, token.rfind('.'));
    const std::string signed_again = input + "." + EncodeBase64Url(key->Sign(input));
    if (example.is_deterministic) {
      EXPECT_EQ(signed_again, token);
    }
    EXPECT_EQ(VerifyJws(key->PublicJwk(), signed_again), Reason::kAllowed);
  }
}

struct Made {
  const char* name;
  Algorithm algorithm;
  SigningKeyOptions options = {};
};

const Made kMade[] = {
    {"RS256", Algorithm::kRS256},
    {"RS384", Algorithm::kRS384},
    {"RS512", Algorithm::kRS512},
    {"PS256", Algorithm::kPS256},
    {"PS384", Algorithm::kPS384},
    {"PS512", Algorithm::kPS512},
    {"RS256 of 3072 bits", Algorithm::kRS256, {.rsa_bits = 3072}},
    {"PS512 of 3072 bits", Algorithm::kPS512, {.rsa_bits = 3072}},
    {"ES256", Algorithm::kES256},
    {"ES384", Algorithm::kES384},
    {"ES512", Algorithm::kES512},
    {"Ed25519", Algorithm::kEdDSA},
    {"Ed448", Algorithm::kEdDSA, {.ed448 = true}},
    {"HS256", Algorithm::kHS256},
    {"HS384", Algorithm::kHS384},
    {"HS512", Algorithm::kHS512},
};

// Made once: RSA keys take their time.
const std::vector<SigningKey>& MadeKeys() {
  static const std::vector<SigningKey> keys = [] {
    std::vector<SigningKey> made;
    for (const Made& m : kMade) {
      made.push_back(*SigningKey::Generate(m.algorithm, "a \"kid\"", m.options));
    }
    return made;
  }();
  return keys;
}

// One scratch for all: contexts are made once, and serve after refusals as before.
TEST(Signature, VerifiesEveryAlgorithmAgainAndAgain) {
  Scratch scratch;
  for (size_t i = 0; i < std::size(kMade); ++i) {
    SCOPED_TRACE(kMade[i].name);
    const SigningKey* const key = &MadeKeys()[i];
    const Verifier verifier(KeysOf(key->PublicJwk()), PlainJws());
    const auto verify = [&](std::string_view token) {
      return verifier.Verify(token, kNow, scratch).reason();
    };
    for (int round = 0; round < 3; ++round) {
      const std::string token = *key->SignJws("{}", "payload " + std::to_string(round));
      EXPECT_EQ(verify(token), Reason::kAllowed);
      std::string tampered = token;
      tampered[token.rfind('.') - 1] ^= 4;  // the payload's last character, still base64url
      EXPECT_NE(verify(tampered), Reason::kAllowed);
      tampered = token;
      tampered[token.rfind('.') + 20] = token[token.rfind('.') + 20] == 'A' ? 'B' : 'A';
      EXPECT_EQ(verify(tampered), Reason::kTokenSignature);
      EXPECT_EQ(verify(token), Reason::kAllowed);
      EXPECT_EQ(verify(token.substr(0, token.rfind('.') + 1)), Reason::kTokenSignature);
    }
  }
}

// Keys longer than a block of the hash, 64 octets or 128, are hashed first (RFC 2104 section 2).
TEST(Signature, VerifiesHmacsWithKeysOfEveryLengthAroundABlock) {
  struct {
    const char* name;
    size_t hash, block;
  } const rows[] = {{"HS256", 32, 64}, {"HS384", 48, 128}, {"HS512", 64, 128}};
  Scratch scratch;
  for (const auto& row : rows) {
    for (const size_t size : {row.hash, row.block - 1, row.block, row.block + 1, 3 * row.block}) {
      SCOPED_TRACE(row.name + std::string(" ") + std::to_string(size));
      std::string secret;
      while (secret.size() < size) secret += static_cast<char>(secret.size() * 7 + size);
      const std::string jwk = R"({"kty":"oct","alg":")" + std::string(row.name) + R"(","k":")" +
                              EncodeBase64Url(secret) + "\"}";
      const auto key = SigningKey::FromJwk(jwk, nullptr);
      ASSERT_TRUE(key);
      const Verifier verifier(KeysOf(jwk), PlainJws());
      const std::string token = *key->SignJws("{}", "x");
      std::string forged = token;
      forged[token.rfind('.') + 20] = token[token.rfind('.') + 20] == 'A' ? 'B' : 'A';
      EXPECT_EQ(verifier.Verify(token, kNow, scratch).reason(), Reason::kAllowed);
      EXPECT_EQ(verifier.Verify(forged, kNow, scratch).reason(), Reason::kTokenSignature);
    }
  }
}

TEST(SigningKey, ReadsWhatItWrites) {
  for (size_t i = 0; i < std::size(kMade); ++i) {
    SCOPED_TRACE(kMade[i].name);
    const SigningKey* const key = &MadeKeys()[i];
    std::string error;
    const auto again = SigningKey::FromJwk(key->PrivateJwk(), &error);
    ASSERT_TRUE(again) << error;
    EXPECT_EQ(again->PrivateJwk(), key->PrivateJwk());
    EXPECT_EQ(again->algorithm(), kMade[i].algorithm);
    EXPECT_EQ(again->kid(), "a \"kid\"");
    EXPECT_EQ(VerifyJws(key->PublicJwk(), *again->SignJws(R"({"typ":"JWT"})", "x")),
              Reason::kAllowed);
  }
}

TEST(SigningKey, SaysWhyAJwkIsNone) {
  const char* const rows[] = {
      "",
      "[]",
      "{}",
      R"({"kty":"oct"})",
      R"({"kty":"oct","k":"?"})",
      R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
      R"({"kty":"OKP","crv":"X25519","d":"AA"})",
      R"({"kty":"RSA","n":"AQ","e":"AQAB"})",
      R"({"kty":"oct","k":"AAAA","alg":"RS256"})",
      R"({"kty":"oct","k":"AAAA","alg":"none"})",
  };
  for (const char* jwk : rows) {
    SCOPED_TRACE(jwk);
    std::string error;
    EXPECT_FALSE(SigningKey::FromJwk(jwk, &error));
    EXPECT_FALSE(error.empty());
  }
}

TEST(SigningKey, PutsAlgorithmAndKidIntoTheHeader) {
  const auto key = SigningKey::Generate(Algorithm::kHS256, "mine");
  Scratch scratch;
  const Verifier verifier(KeysOf(key->PublicJwk()), PlainJws());
  const std::string token = *key->SignJws(R"({"alg":"none","typ":"JWT","kid":"x","a":[1]})", "");
  const VerifyOutcome out = verifier.Verify(token, kNow, scratch);
  ASSERT_TRUE(out.verified()) << out.Explain();
  EXPECT_EQ(out.token().header().ToJson(), R"({"alg":"HS256","kid":"mine","typ":"JWT","a":[1]})");
  EXPECT_FALSE(key->SignJws("[]", ""));
  EXPECT_FALSE(key->SignJws("{", ""));
}

}  // namespace
}  // namespace doorward
