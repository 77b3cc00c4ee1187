// SPDX-License-Identifier: Apache-2.0
//
// Ed25519 by libsodium and by tables against OpenSSL. The input's octets are the key where they
// make a good one, and the signature; or they say how a signature that fits is tampered with.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>

#include "src/jose/ed25519_tables.h"
#include "src/jose/edwards.h"
#include "src/jose/libsodium.h"
#include "tests/unit/jose/reference_signature.h"

namespace {

using namespace doorward;

void Require(bool condition) {
  if (!condition) std::abort();
}

// A key of this seed, and a signature of `message` by it.
void Sign(const std::string& seed, const std::string& message, std::string& key,
          std::string& signature) {
  const auto* const octets = reinterpret_cast<const unsigned char*>(seed.data());
  const Pkey pkey(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets, seed.size()));
  const std::unique_ptr<EVP_MD_CTX, FreeReference<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  size_t key_size = 32, signature_size = 64;
  key.resize(key_size);
  signature.resize(signature_size);
  Require(EVP_PKEY_get_raw_public_key(pkey.get(), reinterpret_cast<unsigned char*>(key.data()),
                                      &key_size) == 1 &&
          EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
          EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                         &signature_size, reinterpret_cast<const unsigned char*>(message.data()),
                         message.size()) == 1);
}

const unsigned char* Octets(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Tables of the keys that came last: making them takes longer than all else.
const Ed25519Tables& TablesOf(const std::string& key) {
  static std::map<std::string, std::shared_ptr<const Ed25519Tables>> made;
  static const std::shared_ptr<const Ed25519Tables> sibling =
      Ed25519Tables::Make({Octets(key), key.size()}, nullptr);
  if (made.size() == 64) made.clear();
  std::shared_ptr<const Ed25519Tables>& tables = made[key];
  if (tables == nullptr) tables = Ed25519Tables::Make({Octets(key), key.size()}, sibling.get());
  Require(tables != nullptr);
  return *tables;
}

bool VerifyWithTables(const std::string& key, const std::string& message,
                      const std::string& signature) {
  const std::string hashed = signature.substr(0, 32) + key + message;
  std::array<unsigned char, 64> hash;
  Require(EVP_Digest(hashed.data(), hashed.size(), hash.data(), nullptr, EVP_sha512(), nullptr) ==
          1);
  return TablesOf(key).Verify(hash.data(), Octets(signature));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool ready = PrepareLibsodium();
  Require(ready);
  constexpr size_t kHead = 2 + 32 + 64;
  if (size < kHead) return 0;
  std::string key(data + 2, data + 34), signature(data + 34, data + kHead);
  const std::string message(data + kHead, data + size);
  if (data[0] % 2 == 1) {
    // Of most inputs, few seeds, so that few tables are made.
    Sign(data[0] % 4 == 1 ? std::string(32, static_cast<char>(data[0])) : std::string(key), message,
         key, signature);
    char& octet = signature[data[1] % 64];
    octet = static_cast<char>(octet ^ data[34]);
  }
  if (CheckEdwardsPoint(EdwardsCurve::kEd25519, {key.begin(), key.end()}) != EdwardsPoint::kGood) {
    return 0;
  }
  const auto* const octets = reinterpret_cast<const uint8_t*>(key.data());
  const std::optional<bool> answer = VerifyWithLibsodium({octets, key.size()}, message, signature);
  const bool fits = ReferenceEd25519(key).Verify(message, signature);
  Require(answer.value_or(fits) == fits);
  Require(VerifyWithTables(key, message, signature) == fits);
  return 0;
}
