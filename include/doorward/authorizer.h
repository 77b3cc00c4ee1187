// SPDX-License-Identifier: Apache-2.0
//
// Decides requests with everything at once: the token is found and verified, its claims become
// roles, the policy's rules are looked at, and the headers for the upstream are made.
//
//   doorward::Authorizer authorizer(loaded.policy);
//   const auto problems = authorizer.SetKeys("https://login.example.com/", jwks_json);
//   doorward::Scratch scratch;  // one for each thread
//   const doorward::Timestamp now = std::chrono::system_clock::now();
//   const doorward::Decision d = authorizer.Authorize(request, now, scratch);

#ifndef DOORWARD_AUTHORIZER_H_
#define DOORWARD_AUTHORIZER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/audit.h"
#include "doorward/decision.h"
#include "doorward/diagnostic.h"
#include "doorward/explanation.h"
#include "doorward/export.h"
#include "doorward/key_set.h"
#include "doorward/policy.h"
#include "doorward/request.h"
#include "doorward/scratch.h"
#include "doorward/timestamp.h"
#include "doorward/verifier.h"

namespace doorward {

// How many verified tokens are remembered, so that one that comes again need not be verified again.
// Each use checks its dates and revocations; a change of policy or keys forgets them all. Only
// tokens that were accepted are kept.
struct TokenCacheOptions {
  // At most so many tokens. 0: none is remembered.
  size_t max_entries = 4096;
  // At most so many octets for all that is kept of them: about 5 KB for a token of 1 KB.
  size_t max_bytes = 16 * 1024 * 1024;
};

// What a cache of verified tokens did since its authorizer was made, and what it holds.
struct TokenCacheStats {
  uint64_t hits = 0;        // tokens that needed no verification
  uint64_t misses = 0;      // tokens that did
  uint64_t insertions = 0;  // tokens that were remembered
  uint64_t evictions = 0;   // of them, tokens that were forgotten for the sake of others
  size_t entries = 0;       // held now, those of a former policy or former keys included
  size_t bytes = 0;
};

struct AuthorizerOptions {
  // Called for each decision; may be null.
  std::shared_ptr<AuditSink> audit_sink = nullptr;
  // How many revocations are kept. An unexpired one is never evicted: when full, revoking fails.
  size_t max_revocations = 100'000;
  // A longer token is refused unread.
  size_t max_token_bytes = 16 * 1024;
  TokenCacheOptions token_cache = {};
  // What PrepareKeys prepares. Its limit is for the keys of all issuers together.
  Acceleration acceleration = {};
};

// How a caller proves who it is, where that is not a token in the request's headers.
class DOORWARD_EXPORT Credential {
 public:
  // The token in the headers, where the policy's `token.from` looks for it. What Authorize does by
  // default.
  static Credential FromHeaders() noexcept;
  // This token; one in the headers counts for forwarding only.
  static Credential Token(std::string_view token) noexcept;
  // A caller made by the policy in force: known by other means than a token. Where the policy was
  // swapped after the caller was made, the request is refused (kInternal): make it anew from
  // policy() and decide again.
  static Credential KnownCaller(const Caller& caller) noexcept;

  enum class Kind : unsigned char { kFromHeaders, kToken, kCaller };
  Kind kind() const noexcept { return kind_; }
  std::string_view token() const noexcept { return token_; }
  const Caller* caller() const noexcept { return caller_; }

 private:
  Kind kind_ = Kind::kFromHeaders;
  std::string_view token_;
  const Caller* caller_ = nullptr;
};

struct AuthorizerState;  // internal

// Thread-safety: all methods from any thread. Those that change something take effect for decisions
// that begin after they return; a decision under way ends with what it began with.
class DOORWARD_EXPORT Authorizer {
 public:
  // Without a policy (null), every request is answered 503 no_policy until SetPolicy.
  explicit Authorizer(std::shared_ptr<const Policy> policy, AuthorizerOptions options = {});
  ~Authorizer();
  Authorizer(const Authorizer&) = delete;
  Authorizer& operator=(const Authorizer&) = delete;

  // Puts another policy in force. Keys stay with the issuers that the new policy names too.
  void SetPolicy(std::shared_ptr<const Policy> policy);
  std::shared_ptr<const Policy> policy() const;

  // Hands in the keys of an issuer, named by any of its spellings in the policy. Until then its
  // tokens are answered 503 keys_unavailable (inline keys of a policy need no call). An issuer that
  // the policy in force does not name is remembered for a later policy, with a warning. Returns
  // warnings for keys set aside; after an error the former keys stay in force, while a key set
  // without one usable key replaces them. The default origin is the strict one.
  [[nodiscard]] std::vector<Diagnostic> SetKeys(std::string_view issuer, std::string_view jwks_json,
                                                KeyOrigin origin = KeyOrigin::kRemote);
  void SetKeys(std::string_view issuer, std::shared_ptr<const KeySet> keys);

  // Prepares the keys in force for the ways to verify that `acceleration` names; those that are
  // prepared keep it, also when their key set or the policy is replaced by one that has them too.
  // Call it after each change of keys or policy: until then new keys are verified with OpenSSL.
  // Decisions go on meanwhile. Cost: see Acceleration; for a thread that has time.
  KeyPreparation PrepareKeys();

  // Decides one request. Errors: by reason; nothing is thrown.
  // Lifetime: the decision is valid until `scratch` is used again, and as long as the request's own
  // views. Cost: well under a microsecond, and for a token that is not remembered that of its
  // signature; no allocation once warm (and the cache of tokens filled up).
  Decision Authorize(const Request& request, Timestamp now,
                     Scratch& scratch DOORWARD_LIFETIME_BOUND) const noexcept;
  Decision Authorize(const Request& request, const Credential& credential, Timestamp now,
                     Scratch& scratch DOORWARD_LIFETIME_BOUND) const noexcept;

  // Verifies a token alone, by the rules and keys of the issuer that it names: what Authorize does
  // before it looks at rules, revocations included.
  VerifyOutcome Verify(std::string_view token DOORWARD_LIFETIME_BOUND, Timestamp now,
                       Scratch& scratch DOORWARD_LIFETIME_BOUND) const noexcept;

  // Decides, and tells why. Slow; for people. No audit event is made.
  Explanation Explain(const Request& request, const Credential& credential, Timestamp now,
                      Scratch& scratch) const;

  // Refuses tokens from now on, until `until`, which should be when the last of them has expired
  // (leeway included). By `jti`, by `sid`, or all of a subject issued at or before `issued_until`;
  // one without `iat` counts as issued before. The issuer is the one that the token spells. False:
  // the list is full of unexpired entries, and nothing was recorded.
  [[nodiscard]] bool RevokeTokenId(std::string_view issuer, std::string_view jti, Timestamp until,
                                   Timestamp now);
  [[nodiscard]] bool RevokeSession(std::string_view issuer, std::string_view sid, Timestamp until,
                                   Timestamp now);
  [[nodiscard]] bool RevokeSubject(std::string_view issuer, std::string_view subject,
                                   Timestamp issued_until, Timestamp until, Timestamp now);
  size_t revocation_count() const;

  // All zero where no tokens are remembered. Cost: a lock for each of a few parts; for metrics.
  TokenCacheStats token_cache_stats() const;

 private:
  std::unique_ptr<AuthorizerState> state_;
};

}  // namespace doorward

#endif  // DOORWARD_AUTHORIZER_H_
