// SPDX-License-Identifier: Apache-2.0

// SHA256_CTX is deprecated, and measured for that it is fastest.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "benchmarks/support/signature_floor.h"

#include <array>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "benchmarks/support/public_key.h"

namespace doorward::benchmarks {
namespace {

struct Free {
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD* p) const { EVP_MD_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EVP_MAC* p) const { EVP_MAC_free(p); }
  void operator()(EVP_MAC_CTX* p) const { EVP_MAC_CTX_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr size_t kBlock = 64, kTag = 32;
using Tag = std::array<unsigned char, kTag>;

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool IsEcdsa(Algorithm a) { return a == Algorithm::kES256 || a == Algorithm::kES384; }

const EVP_MD* DigestOf(Algorithm a) { return a == Algorithm::kES384 ? EVP_sha384() : EVP_sha256(); }

bool SetPadding(EVP_PKEY_CTX* context, Algorithm algorithm) {
  if (algorithm == Algorithm::kRS256) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
  }
  return algorithm != Algorithm::kPS256 ||
         (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0);
}

// What JOSE writes as two numbers side by side, as OpenSSL reads it.
std::string DerOf(std::string_view signature) {
  const int half = static_cast<int>(signature.size() / 2);
  const Owned<ECDSA_SIG> made(ECDSA_SIG_new());
  ECDSA_SIG_set0(made.get(), BN_bin2bn(Octets(signature), half, nullptr),
                 BN_bin2bn(Octets(signature) + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(made.get(), &der);
  Need(size > 0);
  std::string out(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

class DigestFloor : public SignatureCheck {
 public:
  explicit DigestFloor(const AccessToken& token)
      : key_(PublicKeyOf(token.jwk)),
        digest_(EVP_MD_fetch(nullptr, EVP_MD_get0_name(DigestOf(token.algorithm)), nullptr)),
        context_(EVP_PKEY_CTX_new(key_.get(), nullptr)),
        signature_(Decoded(token.signature())) {
    if (IsEcdsa(token.algorithm)) signature_ = DerOf(signature_);
    Need(EVP_PKEY_verify_init(context_.get()) > 0 && SetPadding(context_.get(), token.algorithm) &&
         EVP_PKEY_CTX_set_signature_md(context_.get(), digest_.get()) > 0);
  }

  bool Verify(std::string_view input) override {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    return EVP_DigestInit_ex2(hashing_.get(), digest_.get(), nullptr) > 0 &&
           EVP_DigestUpdate(hashing_.get(), input.data(), input.size()) > 0 &&
           EVP_DigestFinal_ex(hashing_.get(), digest, &size) > 0 &&
           EVP_PKEY_verify(context_.get(), Octets(signature_), signature_.size(), digest, size) ==
               1;
  }

 private:
  PublicKey key_;
  Owned<EVP_MD> digest_;
  Owned<EVP_PKEY_CTX> context_;
  Owned<EVP_MD_CTX> hashing_{EVP_MD_CTX_new()};
  std::string signature_;
};

class EddsaFloor : public SignatureCheck {
 public:
  explicit EddsaFloor(const AccessToken& token)
      : key_(PublicKeyOf(token.jwk)), signature_(Decoded(token.signature())) {
    Need(EVP_DigestVerifyInit(context_.get(), nullptr, nullptr, nullptr, key_.get()) > 0);
  }

  bool Verify(std::string_view input) override {
    return EVP_DigestVerify(context_.get(), Octets(signature_), signature_.size(), Octets(input),
                            input.size()) == 1;
  }

 private:
  PublicKey key_;
  Owned<EVP_MD_CTX> context_{EVP_MD_CTX_new()};
  std::string signature_;
};

// An HMAC whose tag is compared with the token's.
class Hmac : public SignatureCheck {
 public:
  explicit Hmac(const AccessToken& token)
      : secret_(SecretOf(token.jwk)), expected_(Decoded(token.signature())) {
    Need(secret_.size() <= kBlock && expected_.size() == kTag);
  }

  bool Verify(std::string_view input) final {
    Tag tag;
    return Compute(input, tag) && CRYPTO_memcmp(tag.data(), expected_.data(), kTag) == 0;
  }

 protected:
  virtual bool Compute(std::string_view input, Tag& tag) = 0;

  const std::string& secret() const { return secret_; }
  // The key's block of RFC 2104, inner (0x36) or outer (0x5C).
  std::array<unsigned char, kBlock> BlockOf(unsigned char mixed_in) const {
    std::array<unsigned char, kBlock> block;
    block.fill(mixed_in);
    for (size_t i = 0; i < secret_.size(); ++i) block[i] ^= static_cast<unsigned char>(secret_[i]);
    return block;
  }

 private:
  std::string secret_;
  std::string expected_;
};

class StructCopy : public Hmac {
 public:
  explicit StructCopy(const AccessToken& token) : Hmac(token) {
    Start(inner_, 0x36);
    Start(outer_, 0x5C);
  }

 private:
  void Start(SHA256_CTX& state, unsigned char mixed_in) {
    SHA256_Init(&state);
    SHA256_Update(&state, BlockOf(mixed_in).data(), kBlock);
  }

  bool Compute(std::string_view input, Tag& tag) override {
    SHA256_CTX state = inner_;
    SHA256_Update(&state, input.data(), input.size());
    SHA256_Final(tag.data(), &state);
    state = outer_;
    SHA256_Update(&state, tag.data(), tag.size());
    return SHA256_Final(tag.data(), &state) == 1;
  }

  SHA256_CTX inner_, outer_;
};

class ContextCopy : public Hmac {
 public:
  explicit ContextCopy(const AccessToken& token) : Hmac(token) {
    Start(inner_, 0x36);
    Start(outer_, 0x5C);
  }

 private:
  void Start(const Owned<EVP_MD_CTX>& state, unsigned char mixed_in) {
    Need(EVP_DigestInit_ex2(state.get(), digest_.get(), nullptr) > 0 &&
         EVP_DigestUpdate(state.get(), BlockOf(mixed_in).data(), kBlock) > 0);
  }

  bool Compute(std::string_view input, Tag& tag) override {
    return EVP_MD_CTX_copy_ex(state_.get(), inner_.get()) > 0 &&
           EVP_DigestUpdate(state_.get(), input.data(), input.size()) > 0 &&
           EVP_DigestFinal_ex(state_.get(), tag.data(), nullptr) > 0 &&
           EVP_MD_CTX_copy_ex(state_.get(), outer_.get()) > 0 &&
           EVP_DigestUpdate(state_.get(), tag.data(), tag.size()) > 0 &&
           EVP_DigestFinal_ex(state_.get(), tag.data(), nullptr) > 0;
  }

  Owned<EVP_MD> digest_{EVP_MD_fetch(nullptr, "SHA2-256", nullptr)};
  Owned<EVP_MD_CTX> inner_{EVP_MD_CTX_new()}, outer_{EVP_MD_CTX_new()}, state_{EVP_MD_CTX_new()};
};

class MacReinitialise : public Hmac {
 public:
  explicit MacReinitialise(const AccessToken& token) : Hmac(token) {
    char digest[] = "SHA2-256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    Need(EVP_MAC_init(context_.get(), Octets(secret()), secret().size(), parameters) > 0);
  }

 private:
  bool Compute(std::string_view input, Tag& tag) override {
    size_t size = 0;
    return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) > 0 &&
           EVP_MAC_update(context_.get(), Octets(input), input.size()) > 0 &&
           EVP_MAC_final(context_.get(), tag.data(), &size, tag.size()) > 0;
  }

  Owned<EVP_MAC> mac_{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  Owned<EVP_MAC_CTX> context_{EVP_MAC_CTX_new(mac_.get())};
};

class NaiveHmac : public Hmac {
 public:
  using Hmac::Hmac;

 private:
  bool Compute(std::string_view input, Tag& tag) override {
    return HMAC(EVP_sha256(), secret().data(), static_cast<int>(secret().size()), Octets(input),
                input.size(), tag.data(), nullptr) != nullptr;
  }
};

class Naive : public SignatureCheck {
 public:
  explicit Naive(const AccessToken& token)
      : algorithm_(token.algorithm),
        key_(PublicKeyOf(token.jwk)),
        signature_(Decoded(token.signature())) {}

  bool Verify(std::string_view input) override {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;  // owned by `context`
    const EVP_MD* const digest = algorithm_ == Algorithm::kEdDSA ? nullptr : DigestOf(algorithm_);
    if (EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key_.get()) <= 0 ||
        !SetPadding(parameters, algorithm_)) {
      return false;
    }
    const std::string signature = IsEcdsa(algorithm_) ? DerOf(signature_) : signature_;
    return EVP_DigestVerify(context.get(), Octets(signature), signature.size(), Octets(input),
                            input.size()) == 1;
  }

 private:
  Algorithm algorithm_;
  PublicKey key_;
  std::string signature_;
};

}  // namespace

std::unique_ptr<SignatureCheck> MakeFloor(const AccessToken& token) {
  if (token.algorithm == Algorithm::kHS256) return MakeHmac(token, HmacPattern::kStructCopy);
  if (token.algorithm == Algorithm::kEdDSA) return std::make_unique<EddsaFloor>(token);
  return std::make_unique<DigestFloor>(token);
}

std::unique_ptr<SignatureCheck> MakeHmac(const AccessToken& token, HmacPattern pattern) {
  switch (pattern) {
    case HmacPattern::kStructCopy:
      return std::make_unique<StructCopy>(token);
    case HmacPattern::kContextCopy:
      return std::make_unique<ContextCopy>(token);
    case HmacPattern::kMacReinitialise:
      return std::make_unique<MacReinitialise>(token);
  }
  return nullptr;
}

std::unique_ptr<SignatureCheck> MakeNaive(const AccessToken& token) {
  if (token.algorithm == Algorithm::kHS256) return std::make_unique<NaiveHmac>(token);
  return std::make_unique<Naive>(token);
}

}  // namespace doorward::benchmarks
