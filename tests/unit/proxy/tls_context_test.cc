// SPDX-License-Identifier: Apache-2.0

#include "examples/proxy/tls_context.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/unit/proxy/certificate.h"

namespace proxy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using SslPtr = std::unique_ptr<SSL, void (*)(SSL*)>;

std::vector<NamedText> Files(const std::vector<CertificateText>& certificates) {
  std::vector<NamedText> files;
  for (const CertificateText& c : certificates) {
    files.push_back({"chain.pem", c.chain});
    files.push_back({"key.pem", c.key});
  }
  return files;
}

// A handshake in memory; the client's context is one that verifies nothing, unless one is given.
struct Handshake {
  explicit Handshake(const TlsContext& server_context,
                     const TlsContext& client_context = std::make_shared<boost::asio::ssl::context>(
                         boost::asio::ssl::context::tls_client))
      : client(SSL_new(client_context->native_handle()), SSL_free),
        server(SSL_new(server_context->native_handle()), SSL_free) {
    BIO *client_side = nullptr, *server_side = nullptr;
    BIO_new_bio_pair(&client_side, 0, &server_side, 0);
    SSL_set_bio(client.get(), client_side, client_side);
    SSL_set_bio(server.get(), server_side, server_side);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
  }

  bool Succeeds() {
    for (int i = 0; i < 10; ++i) {
      const int from_client = SSL_do_handshake(client.get());
      const int from_server = SSL_do_handshake(server.get());
      if (from_client == 1 && from_server == 1) return true;
    }
    return false;
  }
  std::string ServerName() const {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        SSL_get1_peer_certificate(client.get()), X509_free);
    char name[100] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                              sizeof(name));
    return name;
  }

  SslPtr client, server;
};

struct NameCase {
  const char* name;  // that the client asks for; null: none
  const char* want;
};

TEST(ServerContext, HasTheCertificateOfTheNameThatIsAskedFor) {
  Lines warnings;
  const TlsContext context =
      MakeServerContext(Files({MakeCertificate("first", "DNS:first.example"),
                               MakeCertificate("second", "DNS:second.example,DNS:*.second.example"),
                               MakeCertificate("third", "DNS:third.example,DNS:a.second.example")}),
                        warnings);
  EXPECT_THAT(warnings, IsEmpty());
  for (const NameCase& row : std::vector<NameCase>{{nullptr, "first"},
                                                   {"unknown.example", "first"},
                                                   {"first.example", "first"},
                                                   {"second.example", "second"},
                                                   {"SECOND.Example", "second"},
                                                   {"b.second.example", "second"},
                                                   {"a.second.example", "second"},
                                                   {"a.b.second.example", "first"},
                                                   {"third.example", "third"}}) {
    SCOPED_TRACE(row.name ? row.name : "(none)");
    Handshake handshake(context);
    if (row.name != nullptr) {
      SSL_ctrl(handshake.client.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(row.name));
    }
    ASSERT_TRUE(handshake.Succeeds());
    EXPECT_EQ(handshake.ServerName(), row.want);
  }
}

struct ProtocolCase {
  const char* name;
  std::string offered;
  bool succeeds;
  std::string want;
};

TEST(ServerContext, SpeaksHttp11Alone) {
  Lines warnings;
  const TlsContext context = MakeServerContext(Files({MakeCertificate("a", "DNS:a")}), warnings);
  for (const ProtocolCase& row : std::vector<ProtocolCase>{
           {"nothing", "", true, ""},
           {"HTTP/1.1", "\x08http/1.1", true, "http/1.1"},
           {"HTTP/2 first", "\x02h2\x08http/1.1", true, "http/1.1"},
           {"HTTP/2 alone", "\x02h2", false, ""},
       }) {
    SCOPED_TRACE(row.name);
    Handshake handshake(context);
    SSL_set_alpn_protos(handshake.client.get(),
                        reinterpret_cast<const unsigned char*>(row.offered.data()),
                        static_cast<unsigned>(row.offered.size()));
    ASSERT_EQ(handshake.Succeeds(), row.succeeds);
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(handshake.client.get(), &chosen, &length);
    EXPECT_EQ(std::string(chosen, chosen + length), row.want);
  }
}

TEST(ServerContext, TakesTls12AndNewer) {
  Lines warnings;
  const TlsContext context = MakeServerContext(Files({MakeCertificate("a", "DNS:a")}), warnings);
  for (const int version : {TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
    SCOPED_TRACE(version);
    Handshake handshake(context);
    SSL_set_security_level(handshake.client.get(), 0);
    SSL_set_min_proto_version(handshake.client.get(), version);
    SSL_set_max_proto_version(handshake.client.get(), version);
    EXPECT_EQ(handshake.Succeeds(), version != TLS1_1_VERSION);
  }
}

std::string ErrorOf(const std::vector<NamedText>& files) {
  Lines warnings;
  try {
    MakeServerContext(files, warnings);
  } catch (const Broken& e) {
    return e.what();
  }
  return "";
}

TEST(ServerContext, IsNotMadeOfWhatDoesNotFit) {
  const CertificateText a = MakeCertificate("a", "DNS:a"), b = MakeCertificate("b", "DNS:b");
  const CertificateText locked = MakeCertificate("c", "DNS:c", 3600, "secret");
  EXPECT_EQ(ErrorOf(Files({a})), "");
  const std::string no_key =
      "key.pem: error: no private key, in PEM and unencrypted, that belongs to the certificate of "
      "chain.pem: ";
  EXPECT_THAT(ErrorOf(Files({{a.chain, b.key}})), HasSubstr(no_key + "key values mismatch"));
  EXPECT_THAT(ErrorOf(Files({a, {b.chain, a.key}})), HasSubstr(no_key));
  EXPECT_THAT(ErrorOf(Files({{a.chain, ""}})), HasSubstr(no_key));
  EXPECT_THAT(ErrorOf(Files({{a.chain, a.key.substr(0, 100)}})), HasSubstr(no_key));
  EXPECT_THAT(ErrorOf(Files({locked})), HasSubstr(no_key));
  const std::string no_chain = "chain.pem: error: no certificates in PEM: ";
  EXPECT_THAT(ErrorOf(Files({{"", a.key}})), HasSubstr(no_chain));
  EXPECT_THAT(ErrorOf(Files({{a.key, a.key}})), HasSubstr(no_chain));
  EXPECT_THAT(ErrorOf(Files({{a.chain.substr(0, 200), a.key}})), HasSubstr(no_chain));
}

TEST(ServerContext, IsMadeOfAnExpiredCertificateWithAWarning) {
  Lines warnings;
  MakeServerContext(Files({MakeCertificate("a", "DNS:a", -86'400)}), warnings);
  EXPECT_THAT(warnings, ElementsAre(testing::MatchesRegex(
                            "chain.pem: warning: the certificate has expired on 20..-..-..")));
}

TEST(UpstreamContext, VerifiesByTheAuthoritiesThatItIsGiven) {
  const CertificateText known = MakeCertificate("known", "DNS:a"),
                        unknown = MakeCertificate("unknown", "DNS:a");
  const NamedText authorities{"ca.pem", known.chain};
  const TlsContext upstream = MakeUpstreamContext(&authorities);
  for (const CertificateText& served : {known, unknown}) {
    Lines warnings;
    const TlsContext server = MakeServerContext(Files({served}), warnings);
    EXPECT_EQ(Handshake(server, upstream).Succeeds(), served.chain == known.chain);
  }
}

TEST(UpstreamContext, IsNotMadeWithoutAuthorities) {
  const NamedText empty{"ca.pem", ""};
  EXPECT_THROW(MakeUpstreamContext(&empty), Broken);
  EXPECT_NE(MakeUpstreamContext(nullptr), nullptr);
}

}  // namespace
}  // namespace proxy
