// SPDX-License-Identifier: Apache-2.0
//
// tests/data/wycheproof_signatures.jsonl: Project Wycheproof's signatures of P-256 and Ed25519
// (github.com/C2SP/wycheproof, commit dac1dd4,
// testvectors_v1/ecdsa_secp256r1_sha256_p1363_test.json and ed25519_test.json), judged by OpenSSL
// and with prepared keys.

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "doorward/key_set.h"

#include "src/jose/key_set_data.h"
#include "src/jose/signature.h"

namespace doorward {
namespace {

std::string FromHex(std::string_view digits) {
  std::string octets;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    octets += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return octets;
}

struct Row {
  std::string id, comment, jwk, message, signature;
  bool valid = false;
};

// Every member must be known: one that were overlooked would make its row prove nothing.
Row ReadRow(simdjson::dom::object members) {
  Row row;
  for (const auto [name, value] : members) {
    if (name == "id") {
      row.id = std::string_view(value);
    } else if (name == "comment") {
      row.comment = std::string_view(value);
    } else if (name == "jwk") {
      row.jwk = simdjson::minify(value);
    } else if (name == "message") {
      row.message = FromHex(value);
    } else if (name == "signature") {
      row.signature = FromHex(value);
    } else if (name == "valid") {
      row.valid = value;
    } else {
      throw std::runtime_error("unknown member " + std::string(name));
    }
  }
  return row;
}

TEST(Wycheproof, IsJudgedRightWithAndWithoutPreparation) {
  std::ifstream file(DOORWARD_TEST_DATA "/wycheproof_signatures.jsonl");
  simdjson::dom::parser parser;
  SignatureVerifier signatures;
  int valid = 0, invalid = 0;
  for (std::string line; std::getline(file, line);) {
    const Row row = ReadRow(parser.parse(line));
    SCOPED_TRACE(row.id + ": " + row.comment);
    const auto set =
        KeySet::Parse("{\"keys\":[" + row.jwk + "]}", {.origin = KeyOrigin::kRemote}).keys;
    ASSERT_EQ(set->size(), 1u);
    const std::shared_ptr<const Key>& key = set->data().keys[0].key;
    const Algorithm algorithm = row.id.starts_with("ES256") ? Algorithm::kES256 : Algorithm::kEdDSA;
    EXPECT_EQ(signatures.Verify(key, algorithm, row.message, row.signature), row.valid);
    set->Prepare({.ed25519_libsodium = true});
    EXPECT_EQ(signatures.Verify(key, algorithm, row.message, row.signature), row.valid);
    const KeyPreparation done = set->Prepare({.es256_tables = true, .ed25519_tables = true});
    EXPECT_EQ(done.es256_with_tables + done.ed25519_with_tables, 1u);
    EXPECT_EQ(signatures.Verify(key, algorithm, row.message, row.signature), row.valid);
    ++(row.valid ? valid : invalid);
  }
  EXPECT_EQ(valid, 173 + 88);
  EXPECT_EQ(invalid, 89 + 63);
}

}  // namespace
}  // namespace doorward
