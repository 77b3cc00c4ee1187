// SPDX-License-Identifier: Apache-2.0
//
// What verification leaves behind in OpenSSL's error queue, which belongs to the host: nothing.

#include <string>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "doorward/verifier.h"

#include "tests/unit/jose/signed_token.h"
#include "tools/signing/signing.h"

namespace doorward {
namespace {

std::string Forged(const SigningKey& key) {
  std::string token = *key.SignJws("{}", "x");
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
  return token;
}

void VerifyForgeries() {
  Scratch scratch;
  for (const Algorithm a : {Algorithm::kRS256, Algorithm::kPS256, Algorithm::kES256,
                            Algorithm::kES512, Algorithm::kEdDSA, Algorithm::kHS256}) {
    SCOPED_TRACE(AlgorithmName(a));
    const auto key = SigningKey::Generate(a, "");
    const Verifier verifier(KeysOf(key->PublicJwk()),
                            {.algorithms = AlgorithmSet::All(), .signature_only = true});
    EXPECT_EQ(verifier.Verify(Forged(*key), kNow, scratch).reason(), Reason::kTokenSignature);
  }
}

TEST(OpenSslErrorQueue, IsCleanAfterRefusals) {
  ERR_clear_error();
  VerifyForgeries();
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(OpenSslErrorQueue, IsCleanAfterBrokenKeys) {
  ERR_clear_error();
  const std::string x = EncodeBase64Url(std::string(32, 'x'));
  EXPECT_EQ(KeysOf(R"({"kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + x + "\"}")->size(),
            0u);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(OpenSslErrorQueue, KeepsTheErrorsOfTheHost) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 42);
  const unsigned long mine = ERR_peek_error();
  VerifyForgeries();
  EXPECT_EQ(ERR_get_error(), mine);
  EXPECT_EQ(ERR_get_error(), 0u);
}

}  // namespace
}  // namespace doorward
