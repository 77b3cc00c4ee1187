// SPDX-License-Identifier: Apache-2.0
//
// Where implementations of Ed25519 differ (RFC 8032 section 5.1.7 leaves it open), and what becomes
// of it here:
//
// - S not below L: refused by all that follow the RFC.
// - A key that is not canonical or of small order: refused as it is loaded.
// - R not canonical: refused, as OpenSSL compares it with what it computes octet by octet.
// - R of small order: libsodium refuses it, OpenSSL does not. OpenSSL answers.
// - R or a key of mixed order: libsodium 1.0.18 compares S B with R + h A, as OpenSSL does. What
//   multiplies both sides by 8 first accepts more, and is not used.
//
// What a library does is not told from its version but seen: it is tried on a signature of each
// kind.

#include "src/jose/libsodium.h"

#if defined(DOORWARD_HAS_LIBSODIUM)
#include <algorithm>
#include <array>

#include <sodium/core.h>
#include <sodium/crypto_sign_ed25519.h>

#include "src/base/ascii.h"

namespace doorward {
namespace {

template <size_t kSize>
consteval auto FromHex(const char (&digits)[kSize]) {
  std::array<uint8_t, kSize / 2> octets{};
  for (size_t i = 0; i < octets.size(); ++i) {
    octets[i] = static_cast<uint8_t>(HexValue(digits[2 * i]) << 4 | HexValue(digits[2 * i + 1]));
  }
  return octets;
}

struct Probe {
  std::array<uint8_t, 32> key;
  uint8_t message;
  std::array<uint8_t, 64> signature;
  bool fits;  // says OpenSSL
};

constexpr std::array kProbes{
    // A signature as it should be
    Probe{FromHex("d3525b2e1a7ad939783e0e99e4d4175f8a3c883b479ac3a7e77b9fc14a1c8409"), 0,
          FromHex("2493e1ef00bb2e39ab54ca0e37ab6ae545a02c773f6cedb203ae5fb6c05df5d4"
                  "efd25595bf7008ebf06b34df3f39651b88c645bb470eebfba9768a831ac4f70d"),
          true},
    // S + L in the place of S (RFC 8032 section 5.1.7: S < L)
    Probe{FromHex("d3525b2e1a7ad939783e0e99e4d4175f8a3c883b479ac3a7e77b9fc14a1c8409"), 0,
          FromHex("31d309a65b2287b22c250e43c2a31a5dc4bf3379380dcba9f65b75586cb1f759"
                  "b1b4cab0bf4e687a355c9d8f27a524ea0020fb4b5f2d341682f95a51d522c918"),
          false},
    // R of mixed order: fits only where both sides are multiplied by 8
    Probe{FromHex("d3525b2e1a7ad939783e0e99e4d4175f8a3c883b479ac3a7e77b9fc14a1c8409"), 0,
          FromHex("5a7e56b1f50b86bf53e4875d33cf3e3b191b873d326ff4d49e204d5008887a17"
                  "fdb0327fca8fd61f5250175fbd25f9ee25cb26a34bf690255f26d7bcc592a50a"),
          false},
    // Likewise A
    Probe{FromHex("82388247a0899a251cbefc006f5dba17d1f4e0cae1415e918460276784a74035"), 6,
          FromHex("1a6acff60bd7dcf95911e996313f2eb7d1f8debae452aaf0a6ed1bfec3271635"
                  "8310e8b6c07df71628e42577c521fbcffc83dd4aa3b277699efa42afedbff303"),
          false},
    // A of mixed order, which fits either way
    Probe{FromHex("82388247a0899a251cbefc006f5dba17d1f4e0cae1415e918460276784a74035"), 2,
          FromHex("dce8413dc540083be5111735ed3e4aba0c950d0b39ef96c8659474fbbd8fd40c"
                  "b57c2ac1e091ac38532c81d326ba445dec0766d00b072d31ac199861271c610b"),
          true},
    // Likewise A and R
    Probe{FromHex("82388247a0899a251cbefc006f5dba17d1f4e0cae1415e918460276784a74035"), 9,
          FromHex("19f3890b425b805329d0a343aa001759c645a0917020963ce0761dc8714c0cac"
                  "caae527a35487a6995c8c99a236e8c0c7428c8c6cae739a4792c8b22a8a1530f"),
          true},
};

// The y of all points of small order, in their canonical encoding: 0, 1, -1, and both of order 8.
constexpr std::array kSmallOrder{
    FromHex("0000000000000000000000000000000000000000000000000000000000000000"),
    FromHex("0100000000000000000000000000000000000000000000000000000000000000"),
    FromHex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    FromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    FromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
};

bool HasSmallOrder(const unsigned char* point) noexcept {
  std::array<uint8_t, 32> y;
  std::copy_n(point, y.size(), y.begin());
  y.back() &= 0x7F;  // the sign of x
  return std::find(kSmallOrder.begin(), kSmallOrder.end(), y) != kSmallOrder.end();
}

bool Fits(const unsigned char* key, const unsigned char* input, size_t size,
          const unsigned char* signature) noexcept {
  return crypto_sign_ed25519_verify_detached(signature, input, size, key) == 0;
}

}  // namespace

bool HasLibsodium() noexcept { return true; }

bool PrepareLibsodium() noexcept {
  return sodium_init() >= 0 && std::all_of(kProbes.begin(), kProbes.end(), [](const Probe& probe) {
           return Fits(probe.key.data(), &probe.message, 1, probe.signature.data()) == probe.fits;
         });
}

std::optional<bool> VerifyWithLibsodium(std::span<const uint8_t> key, std::string_view input,
                                        std::string_view signature) noexcept {
  const auto* const octets = reinterpret_cast<const unsigned char*>(signature.data());
  if (HasSmallOrder(octets)) return std::nullopt;
  return Fits(key.data(), reinterpret_cast<const unsigned char*>(input.data()), input.size(),
              octets);
}

}  // namespace doorward

#else

namespace doorward {

bool HasLibsodium() noexcept { return false; }

bool PrepareLibsodium() noexcept { return false; }

std::optional<bool> VerifyWithLibsodium(std::span<const uint8_t>, std::string_view,
                                        std::string_view) noexcept {
  return std::nullopt;
}

}  // namespace doorward

#endif
