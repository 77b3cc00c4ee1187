// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/signature_floor.h"

#include <stdexcept>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

namespace doorward::benchmarks {
namespace {

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD* p) const { EVP_MD_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EVP_MAC* p) const { EVP_MAC_free(p); }
  void operator()(EVP_MAC_CTX* p) const { EVP_MAC_CTX_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void Need(bool done) {
  if (!done) throw std::runtime_error("OpenSSL failed while the floor was made");
}

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_PKEY* MakeKey(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRS256:
    case Algorithm::kPS256:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048});
    case Algorithm::kES384:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
    case Algorithm::kEdDSA:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    default:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  }
}

}  // namespace

struct SignatureFloor::State {
  Algorithm algorithm;
  std::string input, signature;
  Owned<EVP_PKEY> key;
  Owned<EVP_MD> md;
  Owned<EVP_MD_CTX> md_ctx{EVP_MD_CTX_new()};
  Owned<EVP_PKEY_CTX> verify_ctx;
  Owned<EVP_MAC_CTX> mac_ctx;

  void SetPadding(EVP_PKEY_CTX* ctx) const {
    if (algorithm == Algorithm::kEdDSA) return;
    Need(EVP_PKEY_CTX_set_signature_md(ctx, md.get()) > 0);
    if (algorithm == Algorithm::kRS256)
      Need(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0);
    if (algorithm == Algorithm::kPS256) {
      Need(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0);
      Need(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0);
    }
  }

  size_t Digest(std::string_view text, unsigned char* out) {
    unsigned size = 0;
    Need(EVP_DigestInit_ex2(md_ctx.get(), md.get(), nullptr) > 0 &&
         EVP_DigestUpdate(md_ctx.get(), text.data(), text.size()) > 0 &&
         EVP_DigestFinal_ex(md_ctx.get(), out, &size) > 0);
    return size;
  }

  void MakeMac() {
    const Owned<EVP_MAC> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    mac_ctx.reset(EVP_MAC_CTX_new(mac.get()));
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    const std::string secret(32, 'k');
    Need(EVP_MAC_init(mac_ctx.get(), Octets(secret), secret.size(), parameters) > 0);
    signature.resize(32);
    Mac(input, reinterpret_cast<unsigned char*>(signature.data()));
  }

  void Mac(std::string_view text, unsigned char* out) {
    size_t size = 0;
    Need(EVP_MAC_init(mac_ctx.get(), nullptr, 0, nullptr) > 0 &&
         EVP_MAC_update(mac_ctx.get(), Octets(text), text.size()) > 0 &&
         EVP_MAC_final(mac_ctx.get(), out, &size, 32) > 0);
  }

  void Sign() {
    size_t size = static_cast<size_t>(EVP_PKEY_get_size(key.get()));
    signature.resize(size);
    auto* out = reinterpret_cast<unsigned char*>(signature.data());
    if (algorithm == Algorithm::kEdDSA) {
      Need(EVP_DigestSignInit(md_ctx.get(), nullptr, nullptr, nullptr, key.get()) > 0 &&
           EVP_DigestSign(md_ctx.get(), out, &size, Octets(input), input.size()) > 0);
      EVP_MD_CTX_reset(md_ctx.get());
      Need(EVP_DigestVerifyInit(md_ctx.get(), nullptr, nullptr, nullptr, key.get()) > 0);
      return;
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    const size_t digest_size = Digest(input, digest);
    const Owned<EVP_PKEY_CTX> sign_ctx(EVP_PKEY_CTX_new(key.get(), nullptr));
    Need(EVP_PKEY_sign_init(sign_ctx.get()) > 0);
    SetPadding(sign_ctx.get());
    Need(EVP_PKEY_sign(sign_ctx.get(), out, &size, digest, digest_size) > 0);
    signature.resize(size);
    verify_ctx.reset(EVP_PKEY_CTX_new(key.get(), nullptr));
    Need(EVP_PKEY_verify_init(verify_ctx.get()) > 0);
    SetPadding(verify_ctx.get());
  }
};

SignatureFloor::SignatureFloor(Algorithm algorithm, std::string input)
    : state_(std::make_unique<State>()) {
  state_->algorithm = algorithm;
  state_->input = std::move(input);
  state_->md.reset(
      EVP_MD_fetch(nullptr, algorithm == Algorithm::kES384 ? "SHA384" : "SHA256", nullptr));
  if (algorithm == Algorithm::kHS256) {
    state_->MakeMac();
    return;
  }
  state_->key.reset(MakeKey(algorithm));
  state_->Sign();
}

SignatureFloor::~SignatureFloor() = default;

bool SignatureFloor::VerifyInput(std::string_view input) {
  State& s = *state_;
  const unsigned char* signature = Octets(s.signature);
  unsigned char digest[EVP_MAX_MD_SIZE];
  if (s.algorithm == Algorithm::kHS256) {
    s.Mac(input, digest);
    return CRYPTO_memcmp(digest, signature, 32) == 0;
  }
  if (s.algorithm == Algorithm::kEdDSA) {
    return EVP_DigestVerify(s.md_ctx.get(), signature, s.signature.size(), Octets(input),
                            input.size()) == 1;
  }
  const size_t size = s.Digest(input, digest);
  return EVP_PKEY_verify(s.verify_ctx.get(), signature, s.signature.size(), digest, size) == 1;
}

bool SignatureFloor::Verify() { return VerifyInput(state_->input); }

bool SignatureFloor::VerifyTampered() {
  std::string input = state_->input;
  input[0] = static_cast<char>(input[0] ^ 1);
  const bool verified = VerifyInput(input);
  ERR_clear_error();
  return verified;
}

}  // namespace doorward::benchmarks
