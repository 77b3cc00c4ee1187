// SPDX-License-Identifier: Apache-2.0
//
// JSON is YAML: a policy in JSON, read as YAML, is the same policy. And reading YAML depends on
// what is written, not on how: block and flow style, quotes, line ends.

#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"
#include "tests/unit/policy/model_text.h"

namespace doorward {
namespace {

// Writes policies that load, from a seed.
class PolicyWriter {
 public:
  explicit PolicyWriter(uint32_t seed) : random_(seed) {}

  std::string Json() {
    std::string out = R"({"doorward": 1)";
    if (Flip()) out += R"(, "hosts": ["a.example", "*.b.example"])";
    if (Flip()) out += R"(, "request": {"path_case": ")" + Pick({"fold", "sensitive"}) + "\"}";
    out += R"(, "issuers": [)" + Issuer("https://a/") + (Flip() ? ", " + Issuer("b") : "") + "]";
    out += R"(, "roles": {"no": {}, "1": {}, "true": {"inherits": "no"}, "é\"'\\\u0041 b": )" +
           Role() + "}";
    out += R"(, "rules": [)";
    const size_t rules = 1 + random_() % 4;
    for (size_t i = 0; i < rules; ++i) out += (i > 0 ? ", " : "") + Rule(i);
    out += "]";
    if (Flip()) out += R"(, "token": {"from": {"cookie": "c"}, "forward": "never"})";
    if (Flip()) {
      out += R"(, "forward": {"headers": {"X-A": {"value": "claims.a", "required": )" +
             Pick({"true", "false"}) + R"(}}, "strip": ["X-*"]})";
    }
    return out + "}";
  }

 private:
  bool Flip() { return random_() % 2 == 0; }
  std::string Pick(std::initializer_list<std::string_view> choices) {
    return std::string(*(choices.begin() + random_() % choices.size()));
  }

  std::string Issuer(std::string_view name) {
    return R"({"issuer": ")" + std::string(name) + R"(", "audiences": ["x", "y: z"], "keys": )" +
           Pick({R"({"discovery": true})", R"({"jwks_file": "k.json"})",
                 R"({"jwks": {"keys": [{"kty": "EC", "x": "a\tb"}]}})"}) +
           R"(, "roles": ["no"], "leeway": ")" + Pick({"0s", "1m30s", "10m"}) +
           R"(", "require": ["#a", "- b"]})";
  }

  std::string Role() {
    return Pick({"{}", R"({"description": " x: # y "})", R"({"inherits": ["no", "1"]})",
                 R"({"granted_to": [{"claim": "/a/b~1c", "values": ["&x", "*y", "!z"]}]})"});
  }

  std::string Rule(size_t number) {
    return R"({"id": "r)" + std::to_string(number) + R"(", ")" + Pick({"allow", "deny"}) +
           R"(": ")" + Pick({"everyone", "authenticated", "no", "1", "true"}) +
           R"(", "endpoints": )" +
           Pick({R"("GET /a")", R"(["/{id}/x*y", "PUT,POST *.b.example/{r=**}"])",
                 R"([{"methods": ["GET"], "hosts": "a.example", "paths": ["/", "/caf\u00e9"]}])",
                 R"("/{x:[a-z]{2}|\\d+}")"}) +
           Pick({"", R"(, "mode": "report")", R"(, "scopes": ["a", "b c"])"}) + "}";
  }

  std::mt19937 random_;
};

std::string ModelOf(std::string_view text, PolicyFormat format) {
  const LoadedModel loaded = Load(text, format);
  return loaded.model ? ModelText(*loaded.model) : "refused\n" + Print(loaded.diagnostics);
}

TEST(LoadAgreement, JsonReadAsYamlIsTheSamePolicy) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    const std::string json = PolicyWriter(seed).Json();
    const std::string model = ModelOf(json, PolicyFormat::kJson);
    ASSERT_FALSE(model.starts_with("refused")) << json << "\n" << model;
    ASSERT_EQ(ModelOf(json, PolicyFormat::kYaml), model) << json;
  }
}

TEST(LoadAgreement, ACutTextNeverLoads) {
  const std::string json = PolicyWriter(7).Json();
  for (size_t size = 0; size < json.size(); ++size) {
    const std::string_view cut = std::string_view(json).substr(0, size);
    for (const PolicyFormat format : {PolicyFormat::kJson, PolicyFormat::kYaml}) {
      const LoadedModel loaded = Load(cut, format);
      ASSERT_FALSE(loaded.model) << cut;
      ASSERT_TRUE(HasErrors(loaded.diagnostics)) << cut;
    }
  }
}

TEST(LoadAgreement, StyleSaysNothing) {
  constexpr std::string_view kBlock =
      "doorward: 1\nroles:\n  a:\n  'b c':\n    inherits:\n    - a\nrules:\n- id: \"x\"\n"
      "  allow: a\n  endpoints: >-\n    GET\n    /a\n";
  constexpr std::string_view kFlow =
      "{doorward: '1', roles: {a: {}, b c: {inherits: [a]}}, "
      "rules: [{id: x, allow: [a], endpoints: [GET /a]}]}";
  EXPECT_EQ(ModelOf(kBlock, PolicyFormat::kYaml), ModelOf(kFlow, PolicyFormat::kYaml));
  std::string dos;
  for (const char c : kBlock) dos += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(ModelOf(kBlock, PolicyFormat::kYaml), ModelOf(dos, PolicyFormat::kYaml));
}

}  // namespace
}  // namespace doorward
