// SPDX-License-Identifier: Apache-2.0
//
// tests/data/tokens.jsonl: each token with one fault, or none, is a test of its own. That a token
// is refused is not enough: tests/data/token_reasons.txt says for which reason.

#include <cctype>
#include <fstream>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "doorward/key_set.h"
#include "doorward/verifier.h"

#include "tests/support/allocation_counter.h"
#include "tests/support/key_preparations.h"

namespace doorward {
namespace {

struct TokenCase {
  std::string id, jwks, token, why;
  VerifyOptions options;
  Timestamp now;
  bool accept = false;
};

void PrintTo(const TokenCase& c, std::ostream* out) { *out << c.id; }

// Unknown names are left out: they permit nothing.
AlgorithmSet ReadAlgorithms(simdjson::dom::array names) {
  AlgorithmSet set;
  for (const std::string_view name : names) {
    if (const auto algorithm = FindAlgorithm(name)) set.Add(*algorithm);
  }
  return set;
}

// Every option must be known: one that were overlooked would make its case prove nothing.
void ReadOption(std::string_view name, simdjson::dom::element value, TokenCase& c) {
  VerifyOptions& o = c.options;
  if (name == "issuer") {
    o.issuer = std::string(std::string_view(value));
  } else if (name == "audience") {
    o.audiences = {std::string(std::string_view(value))};
  } else if (name == "now") {
    c.now = Timestamp::FromUnixSeconds(int64_t{value});
  } else if (name == "leeway") {
    o.leeway = std::chrono::seconds(int64_t{value});
  } else if (name == "allowed_algs") {
    o.algorithms = ReadAlgorithms(value);
  } else if (name == "required_typ") {
    o.token_type = std::string(std::string_view(value));
  } else if (name == "require_exp") {
    o.allow_missing_expiry = !bool{value};
  } else if (name == "max_token_bytes") {
    o.max_token_bytes = uint64_t{value};
  } else {
    throw std::runtime_error("unknown option " + std::string(name));
  }
}

TokenCase ReadCase(simdjson::dom::element row) {
  TokenCase c;
  c.id = std::string_view(row["id"]);
  c.jwks = simdjson::minify(row["jwks"].value());
  c.token = std::string_view(row["token"]);
  c.why = std::string_view(row["why"]);
  c.accept = std::string_view(row["expect"]) == "accept";
  c.options.algorithms = AlgorithmSet::All();
  c.options.max_token_bytes = 1 << 20;
  for (const auto option : simdjson::dom::object(row["options"])) {
    ReadOption(option.key, option.value, c);
  }
  return c;
}

std::vector<TokenCase> ReadCases() {
  std::ifstream file(DOORWARD_TEST_DATA "/tokens.jsonl");
  std::vector<TokenCase> cases;
  simdjson::dom::parser parser;
  for (std::string line; std::getline(file, line);) cases.push_back(ReadCase(parser.parse(line)));
  return cases;
}

std::map<std::string, std::string> ReadReasons() {
  std::ifstream file(DOORWARD_TEST_DATA "/token_reasons.txt");
  std::map<std::string, std::string> reasons;
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (line.empty() || line[0] == '#') continue;
    reasons[line.substr(0, space)] = line.substr(space + 1);
  }
  return reasons;
}

class TokenConformance : public testing::TestWithParam<TokenCase> {};

TEST_P(TokenConformance, IsJudgedRightAndForTheRightReason) {
  static const std::map<std::string, std::string> reasons = ReadReasons();
  const TokenCase& c = GetParam();
  SCOPED_TRACE(c.why);
  const KeySetOutcome keys = KeySet::Parse(c.jwks, {.origin = KeyOrigin::kLocal});
  ASSERT_NE(keys.keys, nullptr);
  const auto expected = reasons.find(c.id);
  ASSERT_NE(expected, reasons.end());
  const Verifier verifier(keys.keys, c.options);
  Scratch scratch;
  for (const auto& [keys_are, acceleration] : kPreparations) {
    SCOPED_TRACE(keys_are);
    keys.keys->Prepare(acceleration);
    const VerifyOutcome outcome = verifier.Verify(c.token, c.now, scratch);
    EXPECT_EQ(outcome.verified(), c.accept) << outcome.Explain();
    EXPECT_EQ(ReasonName(outcome.reason()), expected->second);
    const uint64_t before = AllocationsOnThisThread();
    const Reason again = verifier.Verify(c.token, c.now, scratch).reason();
    EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
    EXPECT_EQ(ReasonName(again), expected->second);
  }
}

std::string NameOf(const testing::TestParamInfo<TokenCase>& info) {
  std::string name = info.param.id;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Tokens, TokenConformance, testing::ValuesIn(ReadCases()), NameOf);

TEST(TokenConformanceData, IsWhole) {
  EXPECT_EQ(ReadCases().size(), 1298u);
  EXPECT_EQ(ReadReasons().size(), 1298u);
}

}  // namespace
}  // namespace doorward
