// SPDX-License-Identifier: Apache-2.0

#include "tls_context.h"

#include <array>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace proxy {
namespace {

namespace asio = boost::asio;

// RFC 7301 section 3.1: names with their lengths before them.
constexpr std::array<unsigned char, 9> kProtocols = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// A listener's contexts, one for each certificate: OpenSSL chooses between types of keys, not
// names.
struct ServerContexts {
  std::vector<std::unique_ptr<asio::ssl::context>> by_certificate;
};

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* length,
                   const unsigned char* offered, unsigned offered_length, void*) {
  unsigned char* match = nullptr;
  const int outcome = SSL_select_next_proto(&match, length, kProtocols.data(), kProtocols.size(),
                                            offered, offered_length);
  *chosen = match;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int ChooseCertificate(SSL* ssl, int*, void* argument) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (const auto& context : static_cast<const ServerContexts*>(argument)->by_certificate) {
    SSL_CTX* handle = context->native_handle();
    if (X509_check_host(SSL_CTX_get0_certificate(handle), name, 0,
                        X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1) {
      SSL_set_SSL_CTX(ssl, handle);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

std::unique_ptr<asio::ssl::context> MakeContext(asio::ssl::context::method method) {
  auto context = std::make_unique<asio::ssl::context>(method);
  SSL_CTX* handle = context->native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_cipher_list(handle, "ECDHE+AESGCM:ECDHE+CHACHA20");
  return context;
}

void Check(const boost::system::error_code& error, const std::string& name, const char* wrong) {
  if (error) throw Broken(name + ": error: " + wrong + ": " + error.message());
}

std::string DateOf(const ASN1_TIME* time) {
  std::tm parts{};
  char text[sizeof("2026-01-31")] = "?";
  if (ASN1_TIME_to_tm(time, &parts) == 1) std::strftime(text, sizeof(text), "%Y-%m-%d", &parts);
  return text;
}

std::unique_ptr<asio::ssl::context> MakeContextOfPair(const NamedText& chain, const NamedText& key,
                                                      Lines& warnings) {
  auto context = MakeContext(asio::ssl::context::tls_server);
  boost::system::error_code error;
  context->use_certificate_chain(asio::buffer(chain.text), error);
  Check(error, chain.name, "no certificates in PEM");
  // An encrypted key is an error, not a question on the terminal.
  context->set_password_callback([](size_t, auto) { return std::string(); });
  context->use_private_key(asio::buffer(key.text), asio::ssl::context::pem, error);
  Check(error, key.name,
        ("no private key, in PEM and unencrypted, that belongs to the certificate of " + chain.name)
            .c_str());
  SSL_CTX* handle = context->native_handle();
  if (SSL_CTX_check_private_key(handle) != 1) {
    throw Broken(key.name + ": error: the key does not belong to the certificate of " + chain.name);
  }
  SSL_CTX_set_alpn_select_cb(handle, ChooseProtocol, nullptr);
  const ASN1_TIME* end = X509_get0_notAfter(SSL_CTX_get0_certificate(handle));
  if (X509_cmp_current_time(end) < 0) {
    warnings.push_back(chain.name + ": warning: the certificate has expired on " + DateOf(end));
  }
  return context;
}

}  // namespace

TlsContext MakeServerContext(std::span<const NamedText> files, Lines& warnings) {
  auto contexts = std::make_shared<ServerContexts>();
  for (size_t i = 0; i + 1 < files.size(); i += 2) {
    contexts->by_certificate.push_back(MakeContextOfPair(files[i], files[i + 1], warnings));
  }
  asio::ssl::context* first = contexts->by_certificate.front().get();
  SSL_CTX_callback_ctrl(first->native_handle(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(ChooseCertificate));
  SSL_CTX_set_tlsext_servername_arg(first->native_handle(), contexts.get());
  return {std::move(contexts), first};
}

TlsContext MakeUpstreamContext(const NamedText* authorities) {
  TlsContext context = MakeContext(asio::ssl::context::tls_client);
  boost::system::error_code error;
  if (authorities != nullptr) {
    context->add_certificate_authority(asio::buffer(authorities->text), error);
    Check(error, authorities->name, "no certificates in PEM");
  } else {
    context->set_default_verify_paths(error);
    Check(error, "the system's certificate authorities", "they cannot be read");
  }
  context->set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_alpn_protos(context->native_handle(), kProtocols.data(), kProtocols.size());
  return context;
}

}  // namespace proxy
