// SPDX-License-Identifier: Apache-2.0
//
// Which keys of a set are tried on a token, and what a refusal is called.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/verifier.h"

#include "tests/unit/jose/signed_token.h"
#include "tools/signing/signing.h"

namespace doorward {
namespace {

SigningKey Make(std::string_view kid, Algorithm algorithm = Algorithm::kES256) {
  return *SigningKey::Generate(algorithm, kid);
}

std::string Jws(const SigningKey& key) { return *key.SignJws("{}", "x"); }

Reason Verify(const std::string& jwks, std::string_view token,
              AlgorithmSet algorithms = AlgorithmSet::All()) {
  Scratch scratch;
  const Verifier verifier(KeysOf(jwks), {.algorithms = algorithms, .signature_only = true});
  return verifier.Verify(token, kNow, scratch).reason();
}

// A key of the same material under another kid, or none.
SigningKey Renamed(const SigningKey& key, std::string_view kid) {
  std::string jwk = key.PrivateJwk();
  const std::string old = ",\"kid\":\"" + key.kid() + "\"";
  const size_t at = jwk.find(old);
  jwk.replace(at, old.size(), kid.empty() ? "" : ",\"kid\":\"" + std::string(kid) + "\"");
  return *SigningKey::FromJwk(jwk, nullptr);
}

TEST(KeySelection, GoesByKid) {
  const SigningKey a = Make("a"), b = Make("b"), a_as_b = Renamed(a, "b"), a_plain = Renamed(a, "");
  const std::string both = a.PublicJwk() + "," + b.PublicJwk();
  struct {
    const char* name;
    std::string jwks;
    const SigningKey* signer;
    Reason want;
  } const rows[] = {
      {"key of the kid", both, &a, Reason::kAllowed},
      {"kid of another key: no falling back", both, &a_as_b, Reason::kTokenSignature},
      {"no key of the kid", b.PublicJwk(), &a, Reason::kTokenKeyUnknown},
      {"token without kid", both, &a_plain, Reason::kAllowed},
      {"token without kid, no key of its signer", b.PublicJwk(), &a_plain, Reason::kTokenSignature},
      {"key without kid", a_plain.PublicJwk(), &a, Reason::kAllowed},
      {"key without kid beside a namesake", b.PublicJwk() + "," + a_plain.PublicJwk(), &a_as_b,
       Reason::kAllowed},
      {"empty set", "", &a, Reason::kTokenKeyUnknown},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Verify(row.jwks, Jws(*row.signer)), row.want);
  }
}

TEST(KeySelection, TriesFourKeysAndNoMore) {
  std::vector<SigningKey> keys;
  for (int i = 0; i < 5; ++i) keys.push_back(Make(""));
  std::string jwks = Make("", Algorithm::kES384).PublicJwk();  // does not fit, does not count
  for (const SigningKey& key : keys) jwks += "," + key.PublicJwk();
  EXPECT_EQ(Verify(jwks, Jws(keys[2])), Reason::kAllowed);
  EXPECT_EQ(Verify(jwks, Jws(keys[3])), Reason::kAllowed);
  EXPECT_EQ(Verify(jwks, Jws(keys[4])), Reason::kTokenSignature);
}

TEST(KeySelection, TriesKeysOfTheKidBeforeThoseWithoutOne) {
  const SigningKey named = Make("named");
  std::string jwks;
  for (int i = 0; i < 4; ++i) jwks += Make("").PublicJwk() + ",";
  EXPECT_EQ(Verify(jwks + named.PublicJwk(), Jws(named)), Reason::kAllowed);
}

TEST(KeySelection, LetsTheKeyDecideTheAlgorithm) {
  const SigningKey ec = Make("ec"), hmac = Make("hs", Algorithm::kHS256);
  const std::string both = ec.PublicJwk() + "," + hmac.PublicJwk();
  const auto token = [](const std::string& header, const SigningKey& signer) {
    return signer.SignVerbatim(header, "x");
  };
  struct {
    const char* name;
    std::string token;
    AlgorithmSet allowed;
    Reason want;
  } const rows[] = {
      {"permitted", Jws(hmac), AlgorithmSet::All(), Reason::kAllowed},
      {"not permitted", Jws(hmac), AlgorithmSet::Asymmetric(), Reason::kTokenAlgorithm},
      {"not of the key", token(R"({"alg":"HS256","kid":"ec"})", hmac), AlgorithmSet::All(),
       Reason::kTokenAlgorithm},
      {"of another key of the set", token(R"({"alg":"HS256"})", hmac), AlgorithmSet::All(),
       Reason::kAllowed},
      {"none", token(R"({"alg":"none"})", ec), AlgorithmSet::All(), Reason::kTokenAlgorithm},
      {"not a string", token(R"({"alg":1})", ec), AlgorithmSet::All(), Reason::kTokenAlgorithm},
      {"absent", token("{}", ec), AlgorithmSet::All(), Reason::kTokenAlgorithm},
      {"kid not a string", token(R"({"alg":"ES256","kid":1})", ec), AlgorithmSet::All(),
       Reason::kTokenKeyUnknown},
      {"the algorithm comes before the key", token(R"({"alg":"none","kid":1})", ec),
       AlgorithmSet::All(), Reason::kTokenAlgorithm},
      {"RFC 9864 name", token(R"({"alg":"Ed25519"})", ec), AlgorithmSet::All(),
       Reason::kTokenAlgorithm},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Verify(both, row.token, row.allowed), row.want);
  }
}

// A scratch keeps contexts for the keys that it has seen. Sets come and go, keys may come to stand
// where others stood: none of that may let one key's tokens pass for another's.
TEST(KeySelection, NeverMistakesAKeyForOneThatIsGone) {
  Scratch scratch;
  const SigningKey keys[] = {Make("k"), Make("k"), Make("k")};
  const std::string tokens[] = {Jws(keys[0]), Jws(keys[1]), Jws(keys[2])};
  for (int round = 0; round < 50; ++round) {
    for (size_t set = 0; set < 3; ++set) {
      const Verifier verifier(KeysOf(keys[set].PublicJwk()), {.signature_only = true});
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(verifier.Verify(tokens[i], kNow, scratch).reason(),
                  i == set ? Reason::kAllowed : Reason::kTokenSignature);
      }
    }
  }
}

// More keys than a scratch has places for.
TEST(KeySelection, ServesMoreKeysThanAScratchKeeps) {
  std::vector<SigningKey> keys;
  std::string jwks;
  for (int i = 0; i < 150; ++i) {
    keys.push_back(Make(std::to_string(i), i % 2 == 0 ? Algorithm::kEdDSA : Algorithm::kHS256));
    jwks += (i == 0 ? "" : ",") + keys.back().PublicJwk();
  }
  Scratch scratch;
  const Verifier verifier(KeysOf(jwks),
                          {.algorithms = AlgorithmSet::All(), .signature_only = true});
  for (int round = 0; round < 2; ++round) {
    for (const SigningKey& key : keys) {
      EXPECT_EQ(verifier.Verify(Jws(key), kNow, scratch).reason(), Reason::kAllowed);
    }
  }
}

}  // namespace
}  // namespace doorward
