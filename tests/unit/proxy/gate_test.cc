// SPDX-License-Identifier: Apache-2.0

#include "examples/proxy/gate.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/unit/proxy/certificate.h"
#include "tests/unit/proxy/temporary_folder.h"
#include "tools/signing/signing.h"

#include "examples/proxy/tls_context.h"

namespace proxy {
namespace {

namespace fs = std::filesystem;
using doorward::Reason;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr doorward::Timestamp kNow = doorward::Timestamp::FromUnixSeconds(1'750'000'000);

class Signer {
 public:
  std::string Jwks() const { return "{\"keys\":[" + key_.PublicJwk() + "]}"; }
  std::string Token(const std::string& issuer) const {
    return key_
        .SignJws("{}", "{\"iss\":\"" + issuer +
                           "\",\"aud\":\"orders\",\"sub\":\"ann\",\"roles\":[\"viewer\"],"
                           "\"iat\":1749999900,\"exp\":1750003600}")
        .value();
  }

 private:
  doorward::SigningKey key_ =
      doorward::SigningKey::Generate(doorward::Algorithm::kES256, "k").value();
};

// A policy whose issuers have these names and keys: "{jwks_file: a.json}".
std::string PolicyOf(const std::vector<std::pair<std::string, std::string>>& issuers,
                     const std::string& rule = "read") {
  std::string text = "doorward: 1\nissuers:\n";
  for (const auto& [issuer, keys] : issuers) {
    text +=
        "  - {issuer: '" + issuer + "', audiences: orders, roles: [viewer], keys: " + keys + "}\n";
  }
  return text + "roles: {viewer: {}}\nrules: [{id: " + rule +
         ", allow: [viewer], endpoints: ['GET /orders']}]\n";
}

class GateTest : public testing::Test {
 protected:
  GateTest() {
    folder_.Write("policy.yaml", PolicyOf({{"a", "{jwks_file: a.json}"}}));
    folder_.Write("a.json", signer_.Jwks());
    config_.policy = folder_ / "policy.yaml";
    config_.listeners.emplace_back();
  }

  // Makes the gate; it must be able to begin.
  Gate& Begin() {
    Lines errors;
    gate_ = std::make_unique<Gate>(config_, metrics_, errors);
    EXPECT_THAT(errors, IsEmpty());
    return *gate_;
  }
  Lines ErrorsOfBeginning() {
    Lines errors;
    const Gate gate(config_, metrics_, errors);
    return errors;
  }

  Reason Decide(const std::string& token) {
    return gate_->authorizer()
        .Authorize({.method = "GET", .target = "/orders"}, doorward::Credential::Token(token), kNow,
                   scratch_)
        .reason();
  }
  std::string Name(const char* file) { return (folder_ / file).string(); }
  // As rotation tools do: what is read is the old or the new whole.
  void Replace(const char* name, const std::string& text) {
    fs::rename(folder_.Write("next", text), folder_ / name);
  }
  void WriteCertificate(const CertificateText& text) {
    folder_.Write("server.crt", text.chain);
    folder_.Write("server.key", text.key);
    fs::permissions(folder_ / "server.key", fs::perms::owner_read | fs::perms::owner_write);
  }
  void UseTls() {
    WriteCertificate(MakeCertificate("first", "DNS:a.example"));
    config_.listeners[0].certificates = {{folder_ / "server.crt", folder_ / "server.key"}};
  }

  Signer signer_;
  TemporaryFolder folder_;
  Config config_;
  Metrics metrics_;
  doorward::Scratch scratch_;
  std::unique_ptr<Gate> gate_;
};

TEST_F(GateTest, BeginsWithPolicyAndKeysOfItsFolder) {
  Begin();
  EXPECT_EQ(Decide(signer_.Token("a")), Reason::kAllowed);
  EXPECT_TRUE(gate_->ready());
  EXPECT_EQ(gate_->tls(0), nullptr);
  EXPECT_EQ(gate_->upstream_tls(), nullptr);
  EXPECT_THAT(gate_->messages(),
              ElementsAre(Name("a.json") + ": in force: keys of a (1)",
                          HasSubstr(": in force: policy " +
                                    std::string(gate_->authorizer().policy()->revision()) +
                                    " (rules: 1)")));
}

TEST_F(GateTest, TellsOfTokensThatComeAgain) {
  Begin();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Decide(signer_.Token("a")), Reason::kAllowed);
  const std::string token = signer_.Token("a");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Decide(token), Reason::kAllowed);
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("doorward_token_cache_hits_total 2\n"));
  EXPECT_THAT(text, HasSubstr("doorward_token_cache_misses_total 4\n"));
  EXPECT_THAT(text, HasSubstr("doorward_token_cache_entries 4\n"));
}

TEST_F(GateTest, TakesKeysFromTheConfigurationByAnySpelling) {
  folder_.Write(
      "policy.yaml",
      "doorward: 1\nissuers:\n"
      "  - {issuer: a, audiences: orders, roles: [viewer], keys: {discovery: true}}\n"
      "  - {issuer: [b, c], audiences: orders, roles: [viewer], keys: {jwks_file: none.json}}\n"
      "roles: {viewer: {}}\nrules: [{id: r, allow: [viewer], endpoints: [/**]}]\n");
  config_.keys = {{"a", folder_ / "a.json"}, {"c", folder_ / "a.json"}};
  Begin();
  EXPECT_EQ(Decide(signer_.Token("a")), Reason::kAllowed);
  EXPECT_EQ(Decide(signer_.Token("b")), Reason::kAllowed);
}

TEST_F(GateTest, TellsAllThatIsWrongAtTheBeginning) {
  folder_.Write("policy.yaml", PolicyOf({{"a", "{discovery: true}"},
                                         {"b", "{jwks_uri: 'https://b/'}"},
                                         {"c", "{jwks_file: none.json}"}}));
  config_.listeners[0].certificates = {{folder_ / "no.crt", folder_ / "no.key"}};
  const Lines errors = ErrorsOfBeginning();
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(
      errors[0],
      Name("policy.yaml") +
          ":3:62: error: the keys of `a` are on the network, and this proxy reads keys from files\n"
          "  help: fetch them to a file and name it in the proxy's configuration: `keys: {\"a\": "
          "jwks.json}`\n" +
          Name("policy.yaml") +
          ":4:72: error: the keys of `b` are on the network, and this proxy reads keys from files\n"
          "  help: fetch them to a file and name it in the proxy's configuration: `keys: {\"b\": "
          "jwks.json}`\n" +
          Name("none.json") + ": error: it cannot be read: No such file or directory");
  EXPECT_EQ(errors[1], Name("no.crt") + ": error: it cannot be read: No such file or directory\n" +
                           Name("no.key") +
                           ": error: it cannot be read: No such file or directory");
}

TEST_F(GateTest, TellsOfABrokenPolicyWithItsDiagnostics) {
  folder_.Write("policy.yaml",
                "doorward: 1\nrules: [{id: r, alow: [everyone], endpoints: [/**]}]\n");
  EXPECT_THAT(ErrorsOfBeginning(), ElementsAre(HasSubstr("policy.yaml:2:17: error: ")));
}

TEST_F(GateTest, ReadsNoFolderAndNoFifo) {
  fs::remove(folder_ / "a.json");
  fs::create_directory(folder_ / "a.json");
  EXPECT_THAT(ErrorsOfBeginning(),
              ElementsAre(Name("a.json") + ": error: it cannot be read: it is no regular file"));
}

TEST_F(GateTest, WarnsOfKeysThatNobodyNeedsAndOfSecretsThatEveryoneReads) {
  UseTls();
  config_.keys = {{"https://typo/", folder_ / "a.json"}};
  fs::permissions(folder_ / "server.key", fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(
      Begin().messages(),
      AllOf(Contains(Name("a.json") +
                     ": warning: the policy has no issuer `https://typo/` that needs keys"),
            Contains(Name("server.key") + ": warning: everyone on this machine can read the key")));
}

TEST_F(GateTest, HasNothingToSayWhereNothingChanged) {
  UseTls();
  Begin();
  EXPECT_THAT(gate_->Reload(false), IsEmpty());
  Replace("policy.yaml", folder_.Read("policy.yaml"));
  EXPECT_THAT(gate_->Reload(false), IsEmpty());
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("doorward_reloads_total{outcome=\"success\",what=\"policy\"} 0\n"));
}

TEST_F(GateTest, ReadsAllAgainWhereItIsToldTo) {
  UseTls();
  Begin();
  EXPECT_THAT(gate_->Reload(true),
              ElementsAre(HasSubstr("policy.yaml: in force: policy "),
                          HasSubstr("a.json: in force: keys of a (1)"),
                          HasSubstr("server.crt: in force: certificates (1)")));
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("doorward_reloads_total{outcome=\"success\",what=\"certificates\"} 1\n"));
}

TEST_F(GateTest, PutsAChangedPolicyInForce) {
  Begin();
  const std::string former(gate_->authorizer().policy()->revision());
  Replace("policy.yaml", PolicyOf({{"a", "{jwks_file: a.json}"}}, "other"));
  EXPECT_THAT(gate_->Reload(false), SizeIs(1));
  EXPECT_NE(gate_->authorizer().policy()->revision(), former);
  EXPECT_EQ(Decide(signer_.Token("a")), Reason::kAllowed);
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr(former)));
}

TEST_F(GateTest, KeepsThePolicyWhereTheNextIsBrokenAndTellsItOnce) {
  Begin();
  const std::string former(gate_->authorizer().policy()->revision());
  const std::string good = folder_.Read("policy.yaml");
  Replace("policy.yaml", "doorward: 1\nrules: [{id: r, alow: [everyone], endpoints: [/**]}]\n");
  EXPECT_THAT(gate_->Reload(false),
              ElementsAre(HasSubstr("policy.yaml:2:17: error: "),
                          Name("policy.yaml") + ": what was in force before stays in force"));
  EXPECT_EQ(gate_->authorizer().policy()->revision(), former);
  EXPECT_THAT(metrics_.Text(), HasSubstr("doorward_last_reload_success{what=\"policy\"} 0\n"));
  EXPECT_THAT(gate_->Reload(false), IsEmpty());
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("doorward_reloads_total{outcome=\"failure\",what=\"policy\"} 1\n"));

  fs::remove(folder_ / "policy.yaml");
  EXPECT_THAT(gate_->Reload(false), Contains(HasSubstr("policy.yaml: error: it cannot be read")));
  EXPECT_THAT(gate_->Reload(false), IsEmpty());

  Replace("policy.yaml", good);
  EXPECT_THAT(gate_->Reload(false), ElementsAre(HasSubstr(": in force: policy ")));
  EXPECT_THAT(metrics_.Text(), HasSubstr("doorward_last_reload_success{what=\"policy\"} 1\n"));
}

TEST_F(GateTest, PutsChangedKeysInForce) {
  Begin();
  const Signer next;
  EXPECT_EQ(Decide(next.Token("a")), Reason::kTokenSignature);
  Replace("a.json", next.Jwks());
  EXPECT_THAT(gate_->Reload(false), ElementsAre(Name("a.json") + ": in force: keys of a (1)"));
  EXPECT_EQ(Decide(next.Token("a")), Reason::kAllowed);
  EXPECT_EQ(Decide(signer_.Token("a")), Reason::kTokenSignature);
}

TEST_F(GateTest, KeepsTheKeysWhereTheNextAreBroken) {
  Begin();
  for (const char* text : {"", "{", "[]", "{\"keys\":1}"}) {
    SCOPED_TRACE(text);
    Replace("a.json", text);
    EXPECT_THAT(gate_->Reload(false),
                ElementsAre(HasSubstr("a.json"), HasSubstr("stays in force")));
    EXPECT_EQ(Decide(signer_.Token("a")), Reason::kAllowed);
  }
  EXPECT_TRUE(gate_->ready());
  EXPECT_THAT(metrics_.Text(), HasSubstr("doorward_last_reload_success{what=\"keys\"} 0\n"));
}

TEST_F(GateTest, IsNotReadyWithAnEmptyKeySet) {
  Begin();
  Replace("a.json", "{\"keys\":[]}");
  gate_->Reload(false);
  EXPECT_EQ(gate_->unready_cause(), "no usable key of a");
  EXPECT_NE(Decide(signer_.Token("a")), Reason::kAllowed);
  Replace("a.json", signer_.Jwks());
  gate_->Reload(false);
  EXPECT_EQ(gate_->unready_cause(), "");
}

TEST_F(GateTest, WaitsForTheKeysOfANewIssuerBeforeItTakesItsPolicy) {
  Begin();
  const std::string former(gate_->authorizer().policy()->revision());
  Replace("policy.yaml", PolicyOf({{"a", "{jwks_file: a.json}"}, {"b", "{jwks_file: b.json}"}}));
  EXPECT_THAT(gate_->Reload(false),
              ElementsAre(HasSubstr("b.json: error: it cannot be read"),
                          HasSubstr("policy.yaml: what was in force before stays")));
  EXPECT_EQ(gate_->authorizer().policy()->revision(), former);
  EXPECT_THAT(gate_->Reload(false), IsEmpty());
  folder_.Write("b.json", "{");
  EXPECT_THAT(gate_->Reload(false), SizeIs(2));
  EXPECT_TRUE(gate_->ready());

  const Signer b;
  folder_.Write("b.json", b.Jwks());
  EXPECT_THAT(gate_->Reload(false), ElementsAre(HasSubstr("b.json: in force: keys of b (1)"),
                                                HasSubstr("policy.yaml: in force: policy ")));
  EXPECT_EQ(Decide(b.Token("b")), Reason::kAllowed);
  EXPECT_EQ(Decide(signer_.Token("a")), Reason::kAllowed);
}

TEST_F(GateTest, ForgetsTheKeyFileOfAnIssuerThatIsGone) {
  folder_.Write("policy.yaml",
                PolicyOf({{"a", "{jwks_file: a.json}"}, {"b", "{jwks_file: b.json}"}}));
  folder_.Write("b.json", signer_.Jwks());
  Begin();
  folder_.Write("b.json", "{");
  gate_->Reload(false);
  EXPECT_THAT(metrics_.Text(), HasSubstr("doorward_last_reload_success{what=\"keys\"} 0\n"));
  Replace("policy.yaml", PolicyOf({{"a", "{jwks_file: a.json}"}}));
  gate_->Reload(false);
  EXPECT_THAT(metrics_.Text(), HasSubstr("doorward_last_reload_success{what=\"keys\"} 1\n"));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("issuer=\"b\"")));
}

TEST_F(GateTest, SeesChangesBehindSymbolicLinks) {
  fs::create_directory(folder_ / "v1");
  fs::create_directory(folder_ / "v2");
  fs::remove(folder_ / "policy.yaml");
  folder_.Write("v1/policy.yaml", PolicyOf({{"a", "{jwks_file: a.json}"}}, "one"));
  folder_.Write("v2/policy.yaml", PolicyOf({{"a", "{jwks_file: a.json}"}}, "two"));
  fs::create_directory_symlink("v1", folder_ / "data");
  fs::create_symlink("data/policy.yaml", folder_ / "policy.yaml");
  Begin();
  const std::string former(gate_->authorizer().policy()->revision());
  fs::create_directory_symlink("v2", folder_ / "next");
  fs::rename(folder_ / "next", folder_ / "data");
  EXPECT_THAT(gate_->Reload(false), SizeIs(1));
  EXPECT_NE(gate_->authorizer().policy()->revision(), former);
}

TEST_F(GateTest, ChangesCertificatesForConnectionsThatBeginLater) {
  UseTls();
  Begin();
  const TlsContext former = gate_->tls(0);
  ASSERT_NE(former, nullptr);
  WriteCertificate(MakeCertificate("second", "DNS:a.example"));
  EXPECT_THAT(gate_->Reload(false),
              ElementsAre(Name("server.crt") + ": in force: certificates (1)"));
  EXPECT_NE(gate_->tls(0), former);
  EXPECT_EQ(SSL_CTX_check_private_key(former->native_handle()), 1);
}

TEST_F(GateTest, KeepsTheCertificateWhereTheNextLacksItsKey) {
  UseTls();
  Begin();
  const TlsContext former = gate_->tls(0);
  const CertificateText next = MakeCertificate("second", "DNS:a.example");
  folder_.Write("server.crt", next.chain);
  EXPECT_THAT(gate_->Reload(false),
              ElementsAre(HasSubstr("key values mismatch"), HasSubstr("stays in force")));
  EXPECT_EQ(gate_->tls(0), former);
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("doorward_last_reload_success{what=\"certificates\"} 0\n"));
  folder_.Write("server.key", next.key);
  EXPECT_THAT(gate_->Reload(false),
              ElementsAre(HasSubstr("server.crt: in force: certificates (1)")));
  EXPECT_NE(gate_->tls(0), former);
}

TEST_F(GateTest, ReadsTheUpstreamsAuthoritiesAgain) {
  config_.upstream.servers = {{.host = "o.internal", .port = 443, .tls = true}};
  config_.upstream.ca_file = folder_ / "ca.pem";
  EXPECT_THAT(ErrorsOfBeginning(), ElementsAre(HasSubstr("ca.pem: error: it cannot be read")));
  folder_.Write("ca.pem", MakeCertificate("ca", "DNS:ca").chain);
  Begin();
  const TlsContext former = gate_->upstream_tls();
  ASSERT_NE(former, nullptr);
  folder_.Write("ca.pem", MakeCertificate("ca", "DNS:ca").chain);
  EXPECT_THAT(gate_->Reload(false), SizeIs(1));
  EXPECT_NE(gate_->upstream_tls(), former);
}

TEST_F(GateTest, SwapsWhileOthersDecide) {
  UseTls();
  Begin();
  const std::string token = signer_.Token("a");
  std::atomic<bool> stop = false;
  std::atomic<int> denied = 0, decided = 0;
  std::vector<std::thread> deciders;
  for (int i = 0; i < 2; ++i) {
    deciders.emplace_back([&] {
      doorward::Scratch scratch;
      while (!stop) {
        const auto decision =
            gate_->authorizer().Authorize({.method = "GET", .target = "/orders"},
                                          doorward::Credential::Token(token), kNow, scratch);
        denied += decision.allowed() ? 0 : 1;
        decided += gate_->tls(0) != nullptr && gate_->ready();
      }
    });
  }
  for (int i = 0; i < 30 || decided < 100; ++i) {
    Replace("policy.yaml", PolicyOf({{"a", "{jwks_file: a.json}"}}, "rule" + std::to_string(i)));
    EXPECT_THAT(gate_->Reload(i % 2 == 0), Not(IsEmpty()));
  }
  stop = true;
  for (std::thread& decider : deciders) decider.join();
  EXPECT_EQ(denied, 0);
}

}  // namespace
}  // namespace proxy
