// SPDX-License-Identifier: Apache-2.0
//
// Keys that signatures are verified with: a JWK Set (RFC 7517), parsed once, each key resolved to a
// verifier that is ready to use.
//
//   auto keys = doorward::KeySet::Parse(jwks_json, {.origin = doorward::KeyOrigin::kRemote});
//   for (const doorward::Diagnostic& d : keys.diagnostics) std::cerr << d << "\n";  // set aside

#ifndef DOORWARD_KEY_SET_H_
#define DOORWARD_KEY_SET_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/diagnostic.h"
#include "doorward/export.h"

namespace doorward {

// The JWS algorithms that are accepted (RFC 7518 section 3.1, RFC 8037). There is no `none`.
enum class Algorithm : uint8_t {
  kRS256,
  kRS384,
  kRS512,
  kPS256,
  kPS384,
  kPS512,
  kES256,
  kES384,
  kES512,
  kEdDSA,
  kHS256,
  kHS384,
  kHS512,
};
inline constexpr size_t kAlgorithmCount = 13;

// Returns the name as it stands in `alg`: "RS256".
DOORWARD_EXPORT std::string_view AlgorithmName(Algorithm algorithm) noexcept;
// Finds an algorithm by its exact name; case counts (RFC 7515 section 4.1.1).
DOORWARD_EXPORT std::optional<Algorithm> FindAlgorithm(std::string_view name) noexcept;

// A set of algorithms.
class AlgorithmSet {
 public:
  constexpr AlgorithmSet() noexcept = default;
  constexpr AlgorithmSet(std::initializer_list<Algorithm> list) noexcept {
    for (Algorithm a : list) Add(a);
  }
  // All that verify with a public key.
  static constexpr AlgorithmSet Asymmetric() noexcept {
    AlgorithmSet s;
    s.bits_ = (1u << static_cast<unsigned>(Algorithm::kHS256)) - 1;
    return s;
  }
  static constexpr AlgorithmSet All() noexcept {
    AlgorithmSet s;
    s.bits_ = (1u << kAlgorithmCount) - 1;
    return s;
  }
  constexpr void Add(Algorithm a) noexcept { bits_ |= 1u << static_cast<unsigned>(a); }
  constexpr bool Contains(Algorithm a) const noexcept {
    return (bits_ >> static_cast<unsigned>(a)) & 1u;
  }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  friend constexpr bool operator==(AlgorithmSet, AlgorithmSet) noexcept = default;
  friend constexpr AlgorithmSet operator&(AlgorithmSet a, AlgorithmSet b) noexcept {
    a.bits_ &= b.bits_;
    return a;
  }
  friend constexpr AlgorithmSet operator|(AlgorithmSet a, AlgorithmSet b) noexcept {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  uint32_t bits_ = 0;
};

// Where a key set came from. A secret that travels over a network is no secret: `oct` keys are set
// aside in a remote set, whatever the policy lists.
enum class KeyOrigin : uint8_t { kRemote, kLocal };

struct KeySetOptions {
  KeyOrigin origin = KeyOrigin::kRemote;
  std::string name = "jwks";  // the file name of the diagnostics
};

// Faster ways to verify than OpenSSL's, with the same answers. Each is off unless it is named, and
// serves the keys that were prepared for it; until then OpenSSL verifies with them (docs/tokens.md,
// "Faster ways to verify", says what each relies on).
struct Acceleration {
  // ES256 with tables of multiples of each key, in a third of the time. Relies on Doorward's own
  // arithmetic of the curve P-256, whose time depends on token and key: a program beside it on the
  // same processor may learn of a token's hash and signature, and of nothing that is secret. Cost:
  // for each key 148 KiB and about 1 ms, once.
  bool es256_tables = false;
  // Ed25519 with tables of multiples of each key, in a sixth of the time. Relies on Doorward's own
  // arithmetic of the curve edwards25519, of which the same is true. Cost: for each key 162 KiB and
  // about half a millisecond, once.
  bool ed25519_tables = false;
  // Ed25519 by libsodium, in 0.6 of the time, with keys that have no tables. Relies on that
  // library, which must have been there when Doorward was built, and calls its sodium_init().
  bool ed25519_libsodium = false;
  // So many different keys have tables, in their order.
  size_t max_es256_tables = 64;
  size_t max_ed25519_tables = 64;
};

// Returns which of them this build has: tables need a compiler with 128-bit integers.
DOORWARD_EXPORT Acceleration AvailableAcceleration() noexcept;

// The number of keys that there is a faster way for, by the way that they are verified in now.
struct KeyPreparation {
  size_t es256_with_tables = 0;
  size_t es256_without_tables = 0;
  size_t ed25519_with_tables = 0;
  size_t ed25519_with_libsodium = 0;
  // Also where libsodium judges a signature otherwise than OpenSSL, which is tried.
  size_t ed25519_with_openssl = 0;
};

struct KeySetOutcome;
struct KeySetData;  // internal

// Thread-safety: immutable but for what is prepared, which any thread may do at any time; share
// freely.
class DOORWARD_EXPORT KeySet {
 public:
  // Parses `jwks`, a JSON object with `keys`. A key that is unknown, broken, weak or ambiguous is
  // set aside with a warning and the others serve; only a text that is no key set at all is an
  // error. Refused are RSA keys below 2048 or above 8192 bits, with an even modulus or a bad
  // exponent, points off the curve, Ed25519 keys of small order, HMAC keys shorter than their hash,
  // keys with `use` other than `sig` or `key_ops` without `verify`, and keys of one kid, kty, crv,
  // use and alg (none of them can be told from the other). The text is not kept. At most 16 MiB.
  static KeySetOutcome Parse(std::string_view jwks, const KeySetOptions& options);

  ~KeySet();
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  // Keys that serve.
  size_t size() const noexcept;
  // What a key may be used for and the kid that selects it ("" for none), for display.
  std::string_view key_id(size_t index) const noexcept;
  AlgorithmSet algorithms(size_t index) const noexcept;

  // Prepares the keys for faster ways to verify, those that are prepared excepted. Verification may
  // go on meanwhile, and uses what is ready. What was prepared once stays.
  // Cost: see Acceleration; for a thread that has time.
  KeyPreparation Prepare(const Acceleration& acceleration) const;
  // Takes over from `former` what was prepared for keys that are in both.
  void KeepPreparation(const KeySet& former) const;

  // For the library's own use.
  const KeySetData& data() const noexcept { return *data_; }
  explicit KeySet(std::unique_ptr<const KeySetData> data);

 private:
  std::unique_ptr<const KeySetData> data_;
};

struct [[nodiscard]] KeySetOutcome {
  // Null if and only if there is an error among the diagnostics.
  std::shared_ptr<const KeySet> keys;
  std::vector<Diagnostic> diagnostics;
};

}  // namespace doorward

#endif  // DOORWARD_KEY_SET_H_
