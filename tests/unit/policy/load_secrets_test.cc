// SPDX-License-Identifier: Apache-2.0
//
// No diagnostic shows what a key in the policy keeps secret, whatever is wrong with the key, with
// what stands around it, or with the text.

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

constexpr std::string_view kSecret = "c2VjcmV0LW9mLWtleQ";

struct SecretCase {
  std::string_view name;
  std::string_view keys;  // of an issuer; SECRET stands for the secret
  std::string_view code;  // of a diagnostic that there must be
  std::string_view excerpt;
};

std::string WithSecret(std::string_view text) {
  constexpr std::string_view kMark = "SECRET";
  std::string out(text);
  for (size_t at = out.find(kMark); at != out.npos; at = out.find(kMark)) {
    out.replace(at, kMark.size(), kSecret);
  }
  return out;
}

void ExpectHidden(const SecretCase& row, const LoadedModel& loaded) {
  bool found = false;
  for (const Diagnostic& d : loaded.diagnostics) {
    found |= d.code == row.code && d.excerpt == row.excerpt;
    const std::string all = d.message + "\n" + d.expected + "\n" + d.suggestion + "\n" + d.excerpt;
    EXPECT_EQ(all.find(kSecret.substr(0, 6)), all.npos) << all;
    EXPECT_EQ(all.find(kSecret.substr(kSecret.size() - 6)), all.npos) << all;
  }
  EXPECT_TRUE(found) << Print(loaded.diagnostics);
}

constexpr SecretCase kYaml[] = {
    {"a secret that no algorithm uses", "{jwks: {keys: [{kty: oct, k: SECRET}]}}", "unlisted_hmac",
     "kty"},
    {"a private key", "{jwks: {keys: [{kty: EC, d: SECRET}]}}", "private_key", "d"},
    {"a private key of RSA", "{jwks: {keys: [{kty: RSA, d: 1, p: SECRET, q: SECRET, dp: SECRET}]}}",
     "private_key", "d"},
    {"no list of keys", "{jwks: {keys: {kty: oct, k: SECRET}}}", "bad_key_set", "keys"},
    {"a key for a key set", "{jwks: {kty: oct, k: SECRET}}", "bad_key_set", "jwks"},
    {"a list for a key set", "{jwks: [{kty: oct, k: SECRET}]}", "bad_key_set", "jwks"},
    {"text for a key set", R"({jwks: '{"keys":[{"kty":"oct","k":"SECRET"}]}'})", "bad_key_set",
     "jwks"},
    {"two sources", "{jwks: {keys: [{k: SECRET}]}, discovery: true}", "key_source", "keys"},
    {"a list for `keys`", "[{kty: oct, k: SECRET}]", "wrong_type",
     "[*kty*******k*********************]"},
    {"a key for `keys`", "{kty: oct, k: SECRET}", "unknown_member", "kty"},
    {"a member twice", "{jwks: {keys: [{kty: oct, k: SECRET, k: SECRET}]}}", "duplicate_member",
     "k"},
    {"a key set twice", "{jwks: {keys: []}, jwks: {keys: [{kty: oct, k: SECRET}]}}",
     "duplicate_member", "jwks"},
    {"a tag", "{jwks: {keys: [{kty: oct, k: !SECRET }]}}", "yaml_tag", "*******************"},
    {"a quote that is not closed", "{jwks: {keys: [{kty: oct, k: 'SECRET}]}}", "yaml_syntax",
     "*******************}]}}}"},
    {"a bad escape", R"({jwks: {keys: [{kty: oct, k: "\qSECRET"}]}})", "yaml_syntax",
     "*********************}]}}}"},
};

TEST(Secrets, AreNotShownOfYaml) {
  for (const SecretCase& row : kYaml) {
    SCOPED_TRACE(row.name);
    ExpectHidden(row,
                 Load(WithSecret("doorward: 1\nissuers:\n  - {issuer: a, audiences: x, keys: " +
                                 std::string(row.keys) + "}\n")));
  }
}

constexpr SecretCase kJson[] = {
    {"a secret that no algorithm uses", R"({"jwks": {"keys": [{"kty": "oct", "k": "SECRET"}]}})",
     "unlisted_hmac", R"("kty")"},
    {"a private key", R"({"jwks": {"keys": [{"kty": "RSA", "oth": [{"d": "SECRET"}], "d": "1"}]}})",
     "private_key", R"("d")"},
    {"no list of keys", R"({"jwks": {"k": "SECRET"}})", "bad_key_set", R"("jwks")"},
    {"two sources", R"({"jwks": {"k": "SECRET"}, "discovery": true})", "key_source", R"("keys")"},
    {"a member twice", R"({"jwks": {"keys": [{"k": "SECRET", "k": "SECRET"}]}})",
     "duplicate_member", R"("k")"},
    {"a quote that is not closed", R"({"jwks": {"keys": [{"kty": "oct", "k": "SECRET}]}})",
     "json_syntax", "*******************}]}}}}"},
    {"a word", R"({"jwks": {"keys": [{"kty": "oct", "k": SECRET}]}})", "json_syntax",
     "******************"},
};

TEST(Secrets, AreNotShownOfJson) {
  for (const SecretCase& row : kJson) {
    SCOPED_TRACE(row.name);
    const std::string text =
        R"({"doorward": 1, "issuers": {"issuer": "a", "audiences": "x", "keys": )" +
        std::string(row.keys) + "}}\n";
    ExpectHidden(row, Load(WithSecret(text), PolicyFormat::kJson));
  }
}

TEST(Secrets, AreNotShownOfSectionsAroundThem) {
  constexpr SecretCase kRows[] = {
      {"a section that is no list", "rules: {jwks: {k: SECRET}}", "wrong_type",
       "{jwks: *k*********************}"},
      {"a key alone", "roles: [{kty: oct, k: SECRET}]", "wrong_type",
       "[*kty*******k*********************]"},
      {"an anchor elsewhere", "hosts: [&s SECRET:1]\nrules: {kty: oct, k: *s}", "bad_host",
       "********************"},
  };
  for (const SecretCase& row : kRows) {
    SCOPED_TRACE(row.name);
    ExpectHidden(row, Load(WithSecret("doorward: 1\n" + std::string(row.keys) + "\n")));
  }
}

}  // namespace
}  // namespace doorward
