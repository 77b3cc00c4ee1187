// SPDX-License-Identifier: Apache-2.0
//
// Verifies JSON Web Tokens (RFC 7519) in compact form (RFC 7515 section 7.1), for hosts that want
// tokens alone.
//
//   doorward::Verifier verifier(keys, {.issuer = "https://login.example.com/",
//                                      .audiences = {"https://api.example.com"}});
//   doorward::VerifyOutcome out = verifier.Verify(token, now, scratch);
//   if (!out.verified()) return Refuse(out.reason(), out.Explain());
//   Use(out.token().subject(), out.token().claims());

#ifndef DOORWARD_VERIFIER_H_
#define DOORWARD_VERIFIER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doorward/claims.h"
#include "doorward/export.h"
#include "doorward/key_set.h"
#include "doorward/reason.h"
#include "doorward/scratch.h"
#include "doorward/timestamp.h"

namespace doorward {

// What a token must say to be accepted. The defaults are the strict ones; each that loosens has a
// name that can be searched for.
struct VerifyOptions {
  // The issuer, compared byte for byte. Unset: not checked.
  std::optional<std::string> issuer = std::nullopt;
  // One of these must be among the token's audiences. Empty: not checked.
  std::vector<std::string> audiences = {};
  // What the host permits; a key narrows it further.
  AlgorithmSet algorithms = AlgorithmSet::Asymmetric();
  // The `typ` that is demanded, compared without case and with or without "application/". Unset:
  // any.
  std::optional<std::string> token_type = std::nullopt;
  // Clock difference granted on exp, nbf, iat and max_age. At most 10 minutes; more is cut to that.
  std::chrono::seconds leeway = std::chrono::seconds(0);
  // The greatest age by `iat`. Unset: any.
  std::optional<std::chrono::seconds> max_age = std::nullopt;
  // A longer token is refused unread. At most 1 GiB.
  size_t max_token_bytes = 16 * 1024;
  // Accepts a token that never expires.
  bool allow_missing_expiry = false;
  // Accepts a token that is bound to a key (`cnf`, RFC 7800) as a plain bearer token.
  bool ignore_confirmation = false;
  // Verifies the signature alone: the payload may be any bytes (a plain JWS) and no claim is looked
  // at.
  bool signature_only = false;
};

struct VerifiedTokenData;  // internal

// The proof that a token was verified: only a verifier can make one. Views into the scratch that
// verified it.
class DOORWARD_EXPORT VerifiedToken {
 public:
  JsonView header() const noexcept;
  // All claims. Missing where only the signature was verified.
  JsonView claims() const noexcept;
  // The payload's bytes, decoded.
  std::string_view payload() const noexcept;
  std::string_view issuer() const noexcept;   // "" if absent
  std::string_view subject() const noexcept;  // "" if absent
  Algorithm algorithm() const noexcept;

 private:
  friend class VerifyOutcome;
  explicit VerifiedToken(const VerifiedTokenData* data) noexcept : data_(data) {}
  const VerifiedTokenData* data_;
};

// Trivially copyable; views into the scratch.
class [[nodiscard]] DOORWARD_EXPORT VerifyOutcome {
 public:
  bool verified() const noexcept { return reason_ == Reason::kAllowed; }
  // kAllowed, or the first check that failed, in the order of docs/tokens.md.
  Reason reason() const noexcept { return reason_; }
  // REQUIRES: verified(). Aborts otherwise, in every build.
  VerifiedToken token() const noexcept;
  // One sentence that names what was expected and what was found; never the token.
  std::string Explain() const;

  // For the library's own use.
  VerifyOutcome(Reason reason, const VerifiedTokenData* data) noexcept
      : reason_(reason), data_(data) {}

 private:
  Reason reason_;
  const VerifiedTokenData* data_;
};

struct VerifierState;  // internal

// Thread-safety: const methods from any thread, each with its own scratch.
class DOORWARD_EXPORT Verifier {
 public:
  Verifier(std::shared_ptr<const KeySet> keys, VerifyOptions options);
  ~Verifier();
  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;

  // Verifies `token`, which is only read. Errors: by reason; nothing is thrown.
  // Cost: the signature, plus about a microsecond for a token of 1 KB; no allocation once the
  // scratch is warm.
  VerifyOutcome Verify(std::string_view token DOORWARD_LIFETIME_BOUND, Timestamp now,
                       Scratch& scratch DOORWARD_LIFETIME_BOUND) const noexcept;

 private:
  std::unique_ptr<const VerifierState> state_;
};

}  // namespace doorward

#endif  // DOORWARD_VERIFIER_H_
