// SPDX-License-Identifier: Apache-2.0
//
// Remembers tokens that were verified, so that one seen again costs no cryptography.
//
// The idea. Buckets of one cache line lead from a token's hash to entries. Finding takes no lock
// and writes nothing that threads share: the finder writes into its own pin which entry it is about
// to look at, and looks whether the bucket still leads there; whoever wants to use an entry's
// memory again takes it out of its bucket first, and then looks through all pins (hazard pointers:
// M. Michael, 2004). Of these two writes and two reads, in one total order, one side sees the
// other. So a pin also keeps an entry for the views of a decision until its scratch decides anew.
//
// Changes take the lock of a shard, a run of buckets with its own share of the bounds. Which entry
// is displaced for another a hand tells that goes round over a shard's entries (CLOCK): one that
// was used since the hand last passed, or is pinned, is passed over. So a flood of tokens that come
// once does not displace what is in use. The work of an insertion is bounded; should it find no
// place, the token is not kept.

#ifndef DOORWARD_AUTHORIZER_TOKEN_CACHE_H_
#define DOORWARD_AUTHORIZER_TOKEN_CACHE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "doorward/authorizer.h"

#include "src/authorizer/cached_token.h"
#include "src/authorizer/token_hash.h"

namespace doorward {

// Thread-safety: all methods from any thread, each with its own pin.
class TokenCache {
 public:
  class Pin;

  // Null where the options turn it off, or there is no randomness to be had.
  static std::shared_ptr<TokenCache> Make(const TokenCacheOptions& options);
  ~TokenCache();
  TokenCache(const TokenCache&) = delete;
  TokenCache& operator=(const TokenCache&) = delete;

  // Begins to fetch what Find will look at: for a caller that has other work to do before.
  void Prefetch(std::string_view text) const noexcept;

  // Finds a token that was kept under the snapshot of this serial; null where it was not. What is
  // found stays as it is until the pin is used again.
  const CachedToken* Find(std::string_view text, uint64_t snapshot, Pin& pin) const noexcept;

  // Keeps a token. Returns the entry, pinned; null where it is not kept: it is too large, or all
  // that stands in its way is in use. Cost: allocates while the cache fills up to its bounds;
  // afterwards only where no entry of about the size (the same power of two) is at hand to be
  // displaced.
  const CachedToken* Keep(const TokenToKeep& token, Pin& pin) noexcept;

  TokenCacheStats stats() const;

 private:
  // A line of its own for each pin, so that nobody waits for another's.
  struct alignas(64) PinRecord {
    std::atomic<const CachedToken*> entry = nullptr;
    std::atomic<bool> taken = true;
    std::atomic<uint64_t> hits = 0, misses = 0;  // written by the owner alone
    PinRecord* next = nullptr;
  };

  struct alignas(64) Bucket {
    static constexpr size_t kWays = 6;
    // A part of the entry's hash; an entry is looked at only where it agrees.
    std::array<std::atomic<uint16_t>, kWays> tags{};
    std::array<std::atomic<CachedToken*>, kWays> entries{};
  };
  static_assert(sizeof(Bucket) == 64);

  struct Shard;

  TokenCache(const TokenCacheOptions& options, const TokenHash::Key& key);

  static uint16_t TagOf(uint64_t hash) noexcept { return static_cast<uint16_t>(hash >> 48); }
  Bucket& BucketOf(uint64_t hash) const noexcept { return buckets_[hash & bucket_mask_]; }
  Shard& ShardOf(uint64_t hash) const noexcept;
  // Of a scratch that was not seen before, or one that was given back.
  PinRecord* TakePinRecord();

  // What follows is called with the shard locked.
  CachedToken* FindKept(const TokenToKeep& token, uint64_t hash) const;
  const CachedToken* Add(Shard& shard, const TokenToKeep& token, uint64_t hash, PinRecord& pin);
  std::atomic<CachedToken*>* FindFreeWay(Bucket& bucket) const;
  CachedToken* MakeRoom(Shard& shard, size_t capacity, uint64_t snapshot);
  bool FillWithin(Shard& shard, CachedToken& entry, const TokenToKeep& token, uint64_t hash);
  CachedToken* DisplaceInBucket(Shard& shard, Bucket& bucket, uint64_t snapshot);
  CachedToken* DisplaceByHand(Shard& shard, size_t capacity, uint64_t snapshot);
  bool TakeOut(CachedToken& entry) const;
  bool IsPinned(const CachedToken& entry) const noexcept;
  static bool IsInUse(CachedToken& entry, uint64_t snapshot);

  const TokenHash hash_;
  size_t bucket_mask_ = 0;
  size_t shard_shift_ = 0;
  std::unique_ptr<Bucket[]> buckets_;
  size_t shard_count_ = 0;
  std::unique_ptr<Shard[]> shards_;
  std::atomic<PinRecord*> pins_ = nullptr;  // a list that only grows, and is used again
};

// The place of one scratch in a cache: which entry it holds on to, and what it counted.
class TokenCache::Pin {
 public:
  Pin() = default;
  ~Pin() { Release(); }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

  // To be called before a cache is used with the pin, each time. Keeps the cache alive.
  void Bind(const std::shared_ptr<TokenCache>& cache) {
    if (cache_ == cache) [[likely]] {
      return;
    }
    Release();
    cache_ = cache;
    record_ = cache_->TakePinRecord();
  }

  void CountHit() noexcept { Increment(record_->hits); }
  void CountMiss() noexcept { Increment(record_->misses); }

 private:
  friend class TokenCache;

  static void Increment(std::atomic<uint64_t>& count) noexcept {
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void Release() noexcept {
    if (record_ == nullptr) return;
    record_->entry.store(nullptr, std::memory_order_release);
    record_->taken.store(false, std::memory_order_release);
  }

  std::shared_ptr<TokenCache> cache_;
  PinRecord* record_ = nullptr;
};

}  // namespace doorward

#endif  // DOORWARD_AUTHORIZER_TOKEN_CACHE_H_
