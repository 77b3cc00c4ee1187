// SPDX-License-Identifier: Apache-2.0

#include "src/jose/signature.h"

#include <algorithm>
#include <cstdint>

#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include "src/jose/ecdsa_der.h"
#include "src/jose/libsodium.h"

namespace doorward {
namespace {

constexpr size_t kMaxHashSize = HashSize(Hash::kSha512);

const unsigned char* Octets(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool SetPadding(EVP_PKEY_CTX* context, Scheme scheme, const EVP_MD* digest) {
  if (scheme == Scheme::kRsaPkcs1) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  }
  // RFC 7518 section 3.5: MGF1 with the same hash, and a salt exactly as long.
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

size_t SetOf(const Key* key, Algorithm algorithm, size_t sets) noexcept {
  const auto address = reinterpret_cast<uintptr_t>(key) >> 4;
  return ((address ^ address >> 7) + static_cast<size_t>(algorithm)) % sets;
}

}  // namespace

bool SignatureVerifier::Verify(const std::shared_ptr<const Key>& key, Algorithm algorithm,
                               std::string_view input, std::string_view signature) noexcept {
  const AlgorithmInfo& info = InfoOf(algorithm);
  const size_t expected = info.scheme == Scheme::kHmac ? HashSize(info.hash) : key->signature_size;
  if (signature.size() != expected) return false;
  Context* const context = FindContext(key, algorithm);
  if (context == nullptr) return false;
  // A wrong tag is told by comparison: OpenSSL has nothing to queue, and the guard would cost.
  if (info.scheme == Scheme::kHmac) return VerifyMac(*context, info, input, signature);
  const ErrorQueueGuard guard;
  return info.scheme == Scheme::kEddsa ? VerifyEddsa(*context, input, signature)
                                       : VerifyDigest(*context, info, input, signature);
}

SignatureVerifier::Context* SignatureVerifier::FindContext(const std::shared_ptr<const Key>& key,
                                                           Algorithm algorithm) {
  Context* const first = &contexts_[SetOf(key.get(), algorithm, kSets) * kWays];
  Context* const last = first + kWays;
  const auto is_wanted = [&](const Context& c) { return c.key == key && c.algorithm == algorithm; };
  Context* const found = std::find_if(first, last, is_wanted);
  if (found != last) return found;

  const ErrorQueueGuard guard;
  const auto is_free = [](const Context& c) { return c.key == nullptr; };
  Context* place = std::find_if(first, last, is_free);
  if (place == last) place = first + next_victim_++ % kWays;
  *place = {};
  Context made{
      .key = key, .algorithm = algorithm, .pkey = {}, .eddsa = {}, .inner = {}, .outer = {}};
  if (!Prepare(made)) return nullptr;
  *place = std::move(made);
  return place;
}

bool SignatureVerifier::Prepare(Context& context) {
  const AlgorithmInfo& info = InfoOf(context.algorithm);
  switch (info.scheme) {
    case Scheme::kRsaPkcs1:
    case Scheme::kRsaPss:
    case Scheme::kEcdsa:
      return PrepareDigestVerification(context, info);
    case Scheme::kEddsa:
      return PrepareEddsa(context);
    case Scheme::kHmac:
      return PrepareMac(context, info);
  }
  return false;
}

bool SignatureVerifier::PrepareDigestVerification(Context& context, const AlgorithmInfo& info) {
  EVP_MD* const digest = FindDigest(info.hash);
  context.pkey.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, context.key->pkey.get(), nullptr));
  return digest != nullptr && context.pkey != nullptr &&
         EVP_PKEY_verify_init(context.pkey.get()) == 1 &&
         (info.scheme == Scheme::kEcdsa || SetPadding(context.pkey.get(), info.scheme, digest)) &&
         EVP_PKEY_CTX_set_signature_md(context.pkey.get(), digest) == 1;
}

bool SignatureVerifier::PrepareEddsa(Context& context) {
  context.eddsa.reset(EVP_MD_CTX_new());
  return context.eddsa != nullptr &&
         EVP_DigestVerifyInit_ex(context.eddsa.get(), nullptr, nullptr, nullptr, nullptr,
                                 context.key->pkey.get(), nullptr) == 1;
}

// RFC 2104 section 2: the key, hashed first where it is longer than a block, is mixed into a block
// that is read before the text, and into another that is read before the hash of that.
bool SignatureVerifier::PrepareMac(Context& context, const AlgorithmInfo& info) {
  EVP_MD* const digest = FindDigest(info.hash);
  if (digest == nullptr) return false;
  const auto block_size = static_cast<size_t>(EVP_MD_get_block_size(digest));
  SecretBytes block;
  block.octets.reserve(std::max(block_size, context.key->secret.octets.size()));
  block.octets = context.key->secret.octets;
  if (block.octets.size() > block_size) {
    block.octets.resize(HashSize(info.hash));
    if (EVP_Digest(context.key->secret.octets.data(), context.key->secret.octets.size(),
                   block.octets.data(), nullptr, digest, nullptr) != 1) {
      return false;
    }
  }
  block.octets.resize(block_size);
  const auto read = [&](EvpMdCtxPtr& state, uint8_t mixed_in) {
    for (uint8_t& octet : block.octets) octet ^= mixed_in;
    state.reset(EVP_MD_CTX_new());
    return state != nullptr && EVP_DigestInit_ex2(state.get(), digest, nullptr) == 1 &&
           EVP_DigestUpdate(state.get(), block.octets.data(), block_size) == 1;
  };
  constexpr uint8_t kInner = 0x36, kOuter = 0x5C;
  return read(context.inner, kInner) && read(context.outer, kInner ^ kOuter);
}

EVP_MD* SignatureVerifier::FindDigest(Hash hash) {
  EvpMdPtr& digest = digests_[static_cast<size_t>(hash)];
  if (digest == nullptr) digest.reset(EVP_MD_fetch(nullptr, HashName(hash), nullptr));
  return digest.get();
}

EVP_MD_CTX* SignatureVerifier::FindHashing() {
  if (hashing_ == nullptr) hashing_.reset(EVP_MD_CTX_new());
  return hashing_.get();
}

bool SignatureVerifier::VerifyDigest(Context& context, const AlgorithmInfo& info,
                                     std::string_view input, std::string_view signature) {
  EVP_MD_CTX* const hashing = FindHashing();
  std::array<unsigned char, kMaxHashSize> digest;
  if (hashing == nullptr || EVP_DigestInit_ex2(hashing, FindDigest(info.hash), nullptr) != 1 ||
      EVP_DigestUpdate(hashing, input.data(), input.size()) != 1 ||
      EVP_DigestFinal_ex(hashing, digest.data(), nullptr) != 1) {
    return false;
  }
  if (info.scheme != Scheme::kEcdsa) {
    return EVP_PKEY_verify(context.pkey.get(), Octets(signature), signature.size(), digest.data(),
                           HashSize(info.hash)) == 1;
  }
  if (const Es256Tables* const tables = context.key->prepared.es256.get()) {
    return tables->Verify(digest.data(), Octets(signature));
  }
  const EcdsaDer der(signature);
  return EVP_PKEY_verify(context.pkey.get(), der.data(), der.size(), digest.data(),
                         HashSize(info.hash)) == 1;
}

bool SignatureVerifier::VerifyEddsa(Context& context, std::string_view input,
                                    std::string_view signature) {
  if (const Ed25519Tables* const tables = context.key->prepared.ed25519.get()) {
    return VerifyWithTables(*tables, *context.key, input, signature);
  }
  if (context.key->prepared.with_libsodium()) {
    const auto answer = VerifyWithLibsodium(context.key->public_octets, input, signature);
    if (answer) return *answer;
  }
  return EVP_DigestVerify(context.eddsa.get(), Octets(signature), signature.size(), Octets(input),
                          input.size()) == 1;
}

// The hash is of R, the key and the message (RFC 8032 section 5.1.7).
bool SignatureVerifier::VerifyWithTables(const Ed25519Tables& tables, const Key& key,
                                         std::string_view input, std::string_view signature) {
  constexpr size_t kPointSize = 32;
  EVP_MD* const digest = FindDigest(Hash::kSha512);
  EVP_MD_CTX* const hashing = FindHashing();
  std::array<unsigned char, kMaxHashSize> hash;
  return digest != nullptr && hashing != nullptr &&
         EVP_DigestInit_ex2(hashing, digest, nullptr) == 1 &&
         EVP_DigestUpdate(hashing, signature.data(), kPointSize) == 1 &&
         EVP_DigestUpdate(hashing, key.public_octets.data(), kPointSize) == 1 &&
         EVP_DigestUpdate(hashing, input.data(), input.size()) == 1 &&
         EVP_DigestFinal_ex(hashing, hash.data(), nullptr) == 1 &&
         tables.Verify(hash.data(), Octets(signature));
}

bool SignatureVerifier::VerifyMac(Context& context, const AlgorithmInfo& info,
                                  std::string_view input, std::string_view signature) {
  EVP_MD_CTX* const hashing = FindHashing();
  const size_t size = HashSize(info.hash);
  std::array<unsigned char, kMaxHashSize> tag;
  const auto read_on = [&](const EvpMdCtxPtr& state, const void* text, size_t text_size) {
    return EVP_MD_CTX_copy_ex(hashing, state.get()) == 1 &&
           EVP_DigestUpdate(hashing, text, text_size) == 1 &&
           EVP_DigestFinal_ex(hashing, tag.data(), nullptr) == 1;
  };
  return hashing != nullptr && read_on(context.inner, input.data(), input.size()) &&
         read_on(context.outer, tag.data(), size) &&
         CRYPTO_memcmp(tag.data(), signature.data(), size) == 0;
}

}  // namespace doorward
