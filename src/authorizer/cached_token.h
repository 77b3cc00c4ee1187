// SPDX-License-Identifier: Apache-2.0
//
// A verified token as the cache keeps it: its bytes, its claims, what its caller holds under the
// policy that was in force, and what must be looked at again each time it is used.

#ifndef DOORWARD_AUTHORIZER_CACHED_TOKEN_H_
#define DOORWARD_AUTHORIZER_CACHED_TOKEN_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "doorward/timestamp.h"

#include "src/authorizer/snapshot.h"
#include "src/jose/token.h"
#include "src/policy/caller.h"

namespace doorward {

// When a verified token may be used: for every `now`, exactly when CheckClaims finds its dates in
// order. Sums stop at the ends of time in the same way.
class TokenValidity {
 public:
  TokenValidity() = default;
  // REQUIRES: the claims passed CheckClaims at some time.
  TokenValidity(const RegisteredClaims& claims, const TokenRules& rules);

  bool Includes(Timestamp now) const noexcept {
    return (!expires_ || now < *expires_) && (!begins_ || *begins_ <= now + leeway_) &&
           (!ages_ || now <= *ages_);
  }

 private:
  std::optional<Timestamp> expires_;  // leeway included
  std::optional<Timestamp> begins_;   // the later of `nbf` and `iat`
  std::optional<Timestamp> ages_;     // the last moment that `max_age` grants, leeway included
  std::chrono::seconds leeway_{0};
};

// What is to be kept; views into the scratch that verified the token.
struct TokenToKeep {
  std::string_view text;
  const VerifiedTokenData& token;
  const Snapshot& snapshot;  // under which it was verified
  size_t issuer;             // place in the policy
  cel::Machine& machine;     // for what grants and headers compute
};

// One thread fills it, under its shard's lock and while nobody else can reach it; afterwards only
// the atomic members change. What it keeps lies behind it in the same block of memory, the token
// first, so that who knows where an entry is can have all of it fetched at once.
class alignas(64) CachedToken {
 public:
  struct Delete {
    void operator()(CachedToken* token) const noexcept;
  };
  using Pointer = std::unique_ptr<CachedToken, Delete>;

  // Null where there is no memory.
  static Pointer Make(size_t capacity);
  CachedToken(const CachedToken&) = delete;
  CachedToken& operator=(const CachedToken&) = delete;

  // The capacity that keeping `from` takes: with the entry itself it makes a power of two.
  static size_t CapacityFor(const TokenToKeep& from);
  size_t capacity() const { return capacity_; }
  // All memory that it takes up.
  size_t bytes() const;

  // Takes over copies of all that `from` refers to. REQUIRES: capacity() is the one for it. Cost:
  // no allocation where its caller holds no more than the one before.
  void Fill(const TokenToKeep& from, uint64_t hash);

  // Has the processor fetch an entry of a token of `size` octets, if one is there: `entry` is not
  // looked at and may be gone.
  static void Prefetch(const CachedToken* entry, size_t size) noexcept {
    const char* const begin = reinterpret_cast<const char*>(entry);
    for (size_t at = 0; at < sizeof(CachedToken) + std::min(size, kPrefetched); at += 64) {
      __builtin_prefetch(begin + at);
    }
  }

  // The same for what stands elsewhere. REQUIRES: nobody fills the entry.
  void PrefetchCaller() const noexcept {
    __builtin_prefetch(caller_.holdings.held.words());
    __builtin_prefetch(caller_.forward_values.data());
  }

  bool Is(std::string_view text, uint64_t hash) const noexcept {
    return hash_ == hash && text_ == text;
  }
  uint64_t hash() const noexcept { return hash_; }
  uint64_t snapshot() const noexcept { return snapshot_; }
  size_t issuer() const noexcept { return issuer_; }
  const TokenValidity& validity() const noexcept { return validity_; }
  const CallerData& caller() const noexcept { return caller_; }

  // Whether it was found since this was last asked with TakeUsed. Written only where it changes
  // something: threads that use the same token share no write.
  void MarkUsed() const noexcept {
    if (!used_.load(std::memory_order_relaxed)) used_.store(true, std::memory_order_relaxed);
  }
  bool TakeUsed() noexcept {
    const bool used = used_.load(std::memory_order_relaxed);
    if (used) used_.store(false, std::memory_order_relaxed);
    return used;
  }

  // The generation of the revocation list that was found to name nothing of this token; 0 at first,
  // which is the generation of a list that nothing was ever added to.
  uint64_t unrevoked_in() const noexcept { return unrevoked_in_.load(std::memory_order_relaxed); }
  void SetUnrevokedIn(uint64_t generation) const noexcept {
    unrevoked_in_.store(generation, std::memory_order_relaxed);
  }

 private:
  static constexpr size_t kPrefetched = 1024;  // what follows the processor fetches by itself

  explicit CachedToken(size_t capacity) : capacity_(capacity) {}
  ~CachedToken() = default;
  char* memory() noexcept { return reinterpret_cast<char*>(this + 1); }

  const size_t capacity_;
  uint64_t hash_ = 0;
  uint64_t snapshot_ = 0;  // serial
  std::string_view text_;
  TokenValidity validity_;
  mutable std::atomic<uint64_t> unrevoked_in_ = 0;
  mutable std::atomic<bool> used_ = false;
  CallerData caller_;
  size_t issuer_ = 0;
};

}  // namespace doorward

#endif  // DOORWARD_AUTHORIZER_CACHED_TOKEN_H_
