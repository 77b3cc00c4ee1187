// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/public_key.h"

#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "src/claims/json.h"
#include "src/jose/base64url.h"

namespace doorward::benchmarks {
namespace {

// Gathers the parameters of a key of one type.
class Builder {
 public:
  explicit Builder(std::string_view jwk) : jwk_(JsonDocument::Parse(jwk, 4, nullptr)) {
    Need(jwk_ != nullptr && builder_ != nullptr);
  }
  ~Builder() {
    OSSL_PARAM_BLD_free(builder_);
    BN_free(n_);
    BN_free(e_);
  }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  std::string_view Text(std::string_view name) const {
    return jwk_->root().Find(name).string_or("");
  }

  void AddRsa() {
    n_ = Number("n");
    e_ = Number("e");
    Need(OSSL_PARAM_BLD_push_BN(builder_, OSSL_PKEY_PARAM_RSA_N, n_) == 1 &&
         OSSL_PARAM_BLD_push_BN(builder_, OSSL_PKEY_PARAM_RSA_E, e_) == 1);
  }

  void AddEc() {
    const std::string_view curve = Text("crv");
    octets_ = "\x04" + Decoded(Text("x")) + Decoded(Text("y"));
    Need(OSSL_PARAM_BLD_push_utf8_string(builder_, OSSL_PKEY_PARAM_GROUP_NAME, curve.data(),
                                         curve.size()) == 1);
    AddOctets();
  }

  void AddOkp() {
    octets_ = Decoded(Text("x"));
    AddOctets();
  }

  PublicKey Build(const char* type) {
    OSSL_PARAM* const parameters = OSSL_PARAM_BLD_to_param(builder_);
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
    EVP_PKEY* key = nullptr;
    const bool built = EVP_PKEY_fromdata_init(context) == 1 &&
                       EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    Need(built);
    return PublicKey(key);
  }

 private:
  BIGNUM* Number(std::string_view name) const {
    const std::string octets = Decoded(Text(name));
    return BN_bin2bn(reinterpret_cast<const unsigned char*>(octets.data()),
                     static_cast<int>(octets.size()), nullptr);
  }

  void AddOctets() {
    Need(OSSL_PARAM_BLD_push_octet_string(builder_, OSSL_PKEY_PARAM_PUB_KEY, octets_.data(),
                                          octets_.size()) == 1);
  }

  std::unique_ptr<const JsonDocument> jwk_;
  OSSL_PARAM_BLD* builder_ = OSSL_PARAM_BLD_new();
  BIGNUM* n_ = nullptr;
  BIGNUM* e_ = nullptr;
  std::string octets_;
};

}  // namespace

void Need(bool done) {
  if (!done) throw std::runtime_error("OpenSSL failed while the benchmark was prepared");
}

std::string Decoded(std::string_view text) {
  std::string out(DecodedCapacity(text.size()), '\0');
  const auto size = DecodeBase64Url(text, out.data());
  Need(size.has_value());
  out.resize(*size);
  return out;
}

PublicKey PublicKeyOf(std::string_view jwk) {
  Builder builder(jwk);
  const std::string_view type = builder.Text("kty");
  if (type == "RSA") {
    builder.AddRsa();
    return builder.Build("RSA");
  }
  if (type == "EC") {
    builder.AddEc();
    return builder.Build("EC");
  }
  builder.AddOkp();
  return builder.Build("ED25519");
}

std::string PemOf(std::string_view jwk) {
  const PublicKey key = PublicKeyOf(jwk);
  BIO* const bio = BIO_new(BIO_s_mem());
  Need(PEM_write_bio_PUBKEY(bio, key.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(bio);
  return pem;
}

std::string SecretOf(std::string_view jwk) { return Decoded(Builder(jwk).Text("k")); }

}  // namespace doorward::benchmarks
