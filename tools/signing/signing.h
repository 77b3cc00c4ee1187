// SPDX-License-Identifier: Apache-2.0
//
// Keys and tokens for development: for the command, tests and benchmarks. No service signs with it.
//
//   auto key = doorward::SigningKey::Generate(doorward::Algorithm::kES256, "k1");
//   std::string jwks = "{\"keys\":[" + key->PublicJwk() + "]}";
//   std::optional<std::string> token = key->SignJws(R"({"typ":"at+jwt"})", R"({"sub":"alice"})");

#ifndef DOORWARD_TOOLS_SIGNING_SIGNING_H_
#define DOORWARD_TOOLS_SIGNING_SIGNING_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "doorward/key_set.h"

namespace doorward {

// What `Generate` makes beside the algorithm.
struct SigningKeyOptions {
  int rsa_bits = 2048;  // of RSA keys; at least 1024, for tests of refusals
  bool ed448 = false;   // EdDSA with Ed448 instead of Ed25519
};

// Thread-safety: const methods from any thread.
class SigningKey {
 public:
  // Makes a key from OpenSSL's random source. `kid` "" leaves it without one. Nothing where OpenSSL
  // fails.
  static std::optional<SigningKey> Generate(Algorithm algorithm, std::string_view kid,
                                            const SigningKeyOptions& options = {});

  // Reads a private JWK (RFC 7517), or an `oct` one. `alg` says the algorithm; without it, RSA
  // signs with RS256, EC and OKP with what the curve gives, `oct` with HS256. Keys that a verifier
  // would refuse for being weak are taken. Nothing where it is no such key; `error` (may be null)
  // then says why, without key material.
  static std::optional<SigningKey> FromJwk(std::string_view json, std::string* error);

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  Algorithm algorithm() const noexcept;
  const std::string& kid() const noexcept;  // "" for none

  // JSON objects with `kid` (where there is one), `alg` and `use`. Of an `oct` key both are the
  // secret.
  std::string PublicJwk() const;
  std::string PrivateJwk() const;

  // Makes a compact JWS. `header_json` is an object; `alg` and `kid` of this key are put in front
  // of its members and in the place of its own. Nothing where it is no JSON object.
  std::optional<std::string> SignJws(std::string_view header_json, std::string_view payload) const;

  // The same with a header that is taken as it is, right or wrong: for tests of refusals.
  std::string SignVerbatim(std::string_view header, std::string_view payload) const;

  // The octets of a signature of `input`, as JOSE has them. "" where OpenSSL fails.
  std::string Sign(std::string_view input) const;

 private:
  struct State;
  explicit SigningKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Base64url without padding.
std::string EncodeBase64Url(std::string_view octets);

}  // namespace doorward

#endif  // DOORWARD_TOOLS_SIGNING_SIGNING_H_
