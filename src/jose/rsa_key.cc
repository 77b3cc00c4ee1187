// SPDX-License-Identifier: Apache-2.0

#include <array>

#include <openssl/core_names.h>

#include "src/jose/key.h"

namespace doorward {
namespace {

constexpr int kMinModulusBits = 2048;  // RFC 7518 section 3.3
constexpr int kMaxModulusBits = 8192;  // a longer one costs milliseconds for each token
constexpr int kMaxExponentBits = 64;   // likewise

constexpr AlgorithmSet kRsaAlgorithms{Algorithm::kRS256, Algorithm::kRS384, Algorithm::kRS512,
                                      Algorithm::kPS256, Algorithm::kPS384, Algorithm::kPS512};

// Reads an unsigned integer. Zero octets before it, which RFC 7518 section 2 forbids and real
// providers have sent, do not change it.
BnPtr ReadInteger(JsonView jwk, std::string_view name, KeyRefusal& refusal) {
  std::vector<uint8_t> octets;
  if (!DecodeMember(jwk, name, octets, refusal)) return nullptr;
  BnPtr value(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  if (value == nullptr) refusal = {"key_broken", name, "it is too long", ""};
  return value;
}

// Whether `residue` is a power of 65537 modulo `prime`.
bool IsPowerOfF4(BN_ULONG residue, BN_ULONG prime) {
  BN_ULONG power = 1;
  do {
    if (power == residue) return true;
    power = power * 65537 % prime;
  } while (power != 1);
  return false;
}

// Recognises moduli of the flawed generator of CVE-2017-15361 (ROCA), whose factors are powers of
// 65537 modulo every small prime: they can be factored. A sound modulus looks like that once in
// more than a hundred million.
bool IsRocaModulus(const BIGNUM* n) {
  constexpr std::array<BN_ULONG, 38> kPrimes{
      3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
      73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  for (const BN_ULONG prime : kPrimes) {
    if (!IsPowerOfF4(BN_mod_word(n, prime), prime)) return false;
  }
  return true;
}

bool CheckModulus(const BIGNUM* n, KeyRefusal& refusal) {
  const int bits = BN_num_bits(n);
  if (bits < kMinModulusBits || bits > kMaxModulusBits) {
    refusal = {"key_weak", "n", "its modulus has " + std::to_string(bits) + " bits",
               "2048 to 8192 bits"};
    return false;
  }
  if (BN_is_odd(n) == 0) {
    refusal = {"key_weak", "n", "its modulus is even", "a product of odd primes"};
    return false;
  }
  if (IsRocaModulus(n)) {
    refusal = {"key_weak", "n", "its modulus can be factored (CVE-2017-15361, ROCA)",
               "a key from another generator"};
    return false;
  }
  return true;
}

bool CheckExponent(const BIGNUM* e, KeyRefusal& refusal) {
  if (BN_num_bits(e) <= kMaxExponentBits && BN_is_odd(e) != 0 && BN_is_one(e) == 0) return true;
  refusal = {"key_weak", "e", "its exponent is even, below 3 or longer than 64 bits",
             "an odd number from 3, such as 65537 (`AQAB`)"};
  return false;
}

EvpPkeyPtr MakePkey(const BIGNUM* n, const BIGNUM* e) {
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e) != 1) {
    return nullptr;
  }
  return MakePublicKey("RSA", builder.get());
}

}  // namespace

BuiltKey BuildRsaKey(JsonView jwk, KeyRefusal& refusal) {
  const BnPtr n = ReadInteger(jwk, "n", refusal);
  if (n == nullptr || !CheckModulus(n.get(), refusal)) return {};
  const BnPtr e = ReadInteger(jwk, "e", refusal);
  if (e == nullptr || !CheckExponent(e.get(), refusal)) return {};
  auto key = std::make_shared<Key>();
  key->pkey = MakePkey(n.get(), e.get());
  key->signature_size = static_cast<size_t>(BN_num_bytes(n.get()));
  if (key->pkey == nullptr) {
    refusal = {"key_broken", "n", "its numbers make no RSA key", ""};
    return {};
  }
  return {std::move(key), kRsaAlgorithms};
}

}  // namespace doorward
