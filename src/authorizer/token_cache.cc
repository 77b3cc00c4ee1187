// SPDX-License-Identifier: Apache-2.0

#include "src/authorizer/token_cache.h"

#include <algorithm>
#include <bit>
#include <new>
#include <span>

#include <openssl/rand.h>

namespace doorward {
namespace {

constexpr size_t kMaxShards = 16;
// Less than this is no shard worth having.
constexpr size_t kMinShardEntries = 64;
constexpr size_t kMinShardBytes = 256 * 1024;
// No entry is as small; so many octets bound the table of a cache that is bounded in octets alone.
constexpr size_t kLeastEntryBytes = 512;
constexpr size_t kMostEntries = size_t{1} << 24;
// How many entries the hand looks at for one that may be displaced.
constexpr int kLooks = 16;

}  // namespace

struct alignas(64) TokenCache::Shard {
  std::mutex mutex;
  // What follows is guarded by mutex. INVARIANT: whenever it is unlocked, each entry is in a
  // bucket.
  std::vector<CachedToken::Pointer> entries;
  size_t hand = 0;
  size_t max_entries = 0;
  size_t bytes = 0;
  size_t max_bytes = 0;
  uint64_t insertions = 0;
  uint64_t evictions = 0;

  CachedToken* AddEntry(size_t capacity) {
    CachedToken::Pointer made = CachedToken::Make(capacity);
    if (made == nullptr) return nullptr;
    bytes += made->bytes();
    return entries.emplace_back(std::move(made)).get();
  }
  // REQUIRES: no bucket leads to it, and nobody holds on to it.
  void Drop(CachedToken& entry) {
    bytes -= entry.bytes();
    const auto at = std::find_if(entries.begin(), entries.end(),
                                 [&](const auto& one) { return one.get() == &entry; });
    std::swap(*at, entries.back());
    entries.pop_back();
  }
};

std::shared_ptr<TokenCache> TokenCache::Make(const TokenCacheOptions& options) {
  TokenHash::Key key;
  if (options.max_entries == 0 || options.max_bytes < kLeastEntryBytes ||
      RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), sizeof key) != 1) {
    return nullptr;
  }
  return std::shared_ptr<TokenCache>(new TokenCache(options, key));
}

TokenCache::TokenCache(const TokenCacheOptions& options, const TokenHash::Key& key) : hash_(key) {
  const size_t max_entries =
      std::min({options.max_entries, options.max_bytes / kLeastEntryBytes, kMostEntries});
  shard_count_ = std::bit_floor(std::clamp<size_t>(
      std::min(max_entries / kMinShardEntries, options.max_bytes / kMinShardBytes), 1, kMaxShards));
  shards_ = std::make_unique<Shard[]>(shard_count_);
  const size_t shard_entries = max_entries / shard_count_;
  for (Shard& shard : std::span(shards_.get(), shard_count_)) {
    shard.max_entries = shard_entries;
    shard.max_bytes = options.max_bytes / shard_count_;
    shard.entries.reserve(shard_entries);
  }
  // Half of the ways stay empty, so that hardly a bucket is ever full.
  const size_t shard_buckets = std::bit_ceil(2 * shard_entries / Bucket::kWays + 1);
  shard_shift_ = static_cast<size_t>(std::countr_zero(shard_buckets));
  buckets_ = std::make_unique<Bucket[]>(shard_count_ * shard_buckets);
  bucket_mask_ = shard_count_ * shard_buckets - 1;
}

TokenCache::~TokenCache() {
  for (PinRecord* record = pins_.load(); record != nullptr;) {
    delete std::exchange(record, record->next);
  }
}

TokenCache::Shard& TokenCache::ShardOf(uint64_t hash) const noexcept {
  return shards_[(hash & bucket_mask_) >> shard_shift_];
}

void TokenCache::Prefetch(std::string_view text) const noexcept {
  if (text.size() < TokenHash::kOctets) return;
  const uint64_t hash = hash_(text);
  const Bucket& bucket = BucketOf(hash);
  for (size_t way = 0; way < Bucket::kWays; ++way) {
    if (bucket.tags[way].load(std::memory_order_relaxed) == TagOf(hash)) {
      CachedToken::Prefetch(bucket.entries[way].load(std::memory_order_relaxed), text.size());
    }
  }
}

const CachedToken* TokenCache::Find(std::string_view text, uint64_t snapshot,
                                    Pin& pin) const noexcept {
  if (text.size() < TokenHash::kOctets) return nullptr;
  const uint64_t hash = hash_(text);
  const Bucket& bucket = BucketOf(hash);
  std::atomic<const CachedToken*>& pinned = pin.record_->entry;
  for (size_t way = 0; way < Bucket::kWays; ++way) {
    if (bucket.tags[way].load(std::memory_order_relaxed) != TagOf(hash)) continue;
    const CachedToken* const entry = bucket.entries[way].load(std::memory_order_acquire);
    if (entry == nullptr) continue;
    // See the head of token_cache.h; TakeOut is the other side. Who pinned it before need not wait
    // again until all processors have seen it.
    if (pinned.load(std::memory_order_relaxed) != entry) {
      pinned.store(entry, std::memory_order_seq_cst);
    }
    if (bucket.entries[way].load(std::memory_order_seq_cst) != entry) continue;
    entry->PrefetchCaller();
    if (entry->snapshot() == snapshot && entry->Is(text, hash)) {
      entry->MarkUsed();
      return entry;
    }
  }
  return nullptr;
}

const CachedToken* TokenCache::Keep(const TokenToKeep& token, Pin& pin) noexcept {
  if (token.text.size() < TokenHash::kOctets) return nullptr;
  const uint64_t hash = hash_(token.text);
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.mutex);
  if (const CachedToken* kept = FindKept(token, hash)) {
    pin.record_->entry.store(kept, std::memory_order_release);
    return kept;
  }
  pin.record_->entry.store(nullptr, std::memory_order_release);
  return Add(shard, token, hash, *pin.record_);
}

// Another thread may have kept it meanwhile.
CachedToken* TokenCache::FindKept(const TokenToKeep& token, uint64_t hash) const {
  for (const std::atomic<CachedToken*>& way : BucketOf(hash).entries) {
    CachedToken* const entry = way.load(std::memory_order_relaxed);
    if (entry != nullptr && entry->snapshot() == token.snapshot.serial &&
        entry->Is(token.text, hash)) {
      return entry;
    }
  }
  return nullptr;
}

const CachedToken* TokenCache::Add(Shard& shard, const TokenToKeep& token, uint64_t hash,
                                   PinRecord& pin) {
  const uint64_t snapshot = token.snapshot.serial;
  const size_t capacity = CachedToken::CapacityFor(token);
  Bucket& bucket = BucketOf(hash);
  CachedToken* entry = nullptr;
  if (FindFreeWay(bucket) == nullptr) {
    entry = DisplaceInBucket(shard, bucket, snapshot);
    if (entry == nullptr) return nullptr;
    if (entry->capacity() != capacity) shard.Drop(*std::exchange(entry, nullptr));
  }
  if (entry == nullptr) entry = MakeRoom(shard, capacity, snapshot);
  if (entry == nullptr || !FillWithin(shard, *entry, token, hash)) return nullptr;
  ++shard.insertions;
  std::atomic<CachedToken*>* const way = FindFreeWay(bucket);
  pin.entry.store(entry, std::memory_order_release);
  const auto number = static_cast<size_t>(way - bucket.entries.data());
  bucket.tags[number].store(TagOf(hash), std::memory_order_relaxed);
  way->store(entry, std::memory_order_release);
  return entry;
}

std::atomic<CachedToken*>* TokenCache::FindFreeWay(Bucket& bucket) const {
  const auto found =
      std::find_if(bucket.entries.begin(), bucket.entries.end(),
                   [](const auto& way) { return way.load(std::memory_order_relaxed) == nullptr; });
  return found == bucket.entries.end() ? nullptr : &*found;
}

// Takes another entry of this capacity, or makes one for which others may have to go.
CachedToken* TokenCache::MakeRoom(Shard& shard, size_t capacity, uint64_t snapshot) {
  const size_t bytes = sizeof(CachedToken) + capacity;
  if (bytes > shard.max_bytes) return nullptr;
  while (shard.entries.size() >= shard.max_entries || shard.bytes + bytes > shard.max_bytes) {
    CachedToken* const other = DisplaceByHand(shard, capacity, snapshot);
    if (other == nullptr || other->capacity() == capacity) return other;
    shard.Drop(*other);
  }
  return shard.AddEntry(capacity);
}

// Fills an entry, and keeps the shard within its bounds although its caller may hold more than the
// one before; where that cannot be, drops it.
bool TokenCache::FillWithin(Shard& shard, CachedToken& entry, const TokenToKeep& token,
                            uint64_t hash) {
  shard.bytes -= entry.bytes();
  entry.Fill(token, hash);
  shard.bytes += entry.bytes();
  while (shard.bytes > shard.max_bytes) {
    CachedToken* const other = DisplaceByHand(shard, entry.capacity(), token.snapshot.serial);
    shard.Drop(other == nullptr ? entry : *other);
    if (other == nullptr) return false;
  }
  return true;
}

CachedToken* TokenCache::DisplaceInBucket(Shard& shard, Bucket& bucket, uint64_t snapshot) {
  for (const std::atomic<CachedToken*>& way : bucket.entries) {
    CachedToken* const entry = way.load(std::memory_order_relaxed);
    if (!IsInUse(*entry, snapshot) && TakeOut(*entry)) {
      ++shard.evictions;
      return entry;
    }
  }
  return nullptr;
}

// Looks for an entry of this capacity, or else takes another that is not in use.
CachedToken* TokenCache::DisplaceByHand(Shard& shard, size_t capacity, uint64_t snapshot) {
  CachedToken* other = nullptr;
  for (int looks = 0; looks < kLooks && !shard.entries.empty(); ++looks) {
    if (shard.hand >= shard.entries.size()) shard.hand = 0;
    CachedToken* const entry = shard.entries[shard.hand++].get();
    if (IsInUse(*entry, snapshot)) continue;
    if (entry->capacity() != capacity) {
      if (other == nullptr) other = entry;
    } else if (TakeOut(*entry)) {
      ++shard.evictions;
      return entry;
    }
  }
  if (other == nullptr || !TakeOut(*other)) return nullptr;
  ++shard.evictions;
  return other;
}

// What was kept under another policy or other keys cannot be found any more.
bool TokenCache::IsInUse(CachedToken& entry, uint64_t snapshot) {
  return entry.TakeUsed() && entry.snapshot() == snapshot;
}

// Has no bucket lead to an entry any more. False where it is pinned, or is in no bucket.
bool TokenCache::TakeOut(CachedToken& entry) const {
  Bucket& bucket = BucketOf(entry.hash());
  for (std::atomic<CachedToken*>& way : bucket.entries) {
    if (way.load(std::memory_order_relaxed) != &entry) continue;
    way.store(nullptr, std::memory_order_seq_cst);
    if (!IsPinned(entry)) return true;
    way.store(&entry, std::memory_order_release);
    return false;
  }
  return false;
}

bool TokenCache::IsPinned(const CachedToken& entry) const noexcept {
  for (const PinRecord* record = pins_.load(std::memory_order_seq_cst); record != nullptr;
       record = record->next) {
    if (record->entry.load(std::memory_order_seq_cst) == &entry) return true;
  }
  return false;
}

TokenCache::PinRecord* TokenCache::TakePinRecord() {
  for (PinRecord* record = pins_.load(std::memory_order_acquire); record != nullptr;
       record = record->next) {
    if (!record->taken.exchange(true, std::memory_order_acq_rel)) return record;
  }
  auto* const made = new PinRecord;
  made->next = pins_.load(std::memory_order_relaxed);
  while (!pins_.compare_exchange_weak(made->next, made, std::memory_order_seq_cst)) {
  }
  return made;
}

TokenCacheStats TokenCache::stats() const {
  TokenCacheStats stats;
  for (const PinRecord* record = pins_.load(std::memory_order_acquire); record != nullptr;
       record = record->next) {
    stats.hits += record->hits.load(std::memory_order_relaxed);
    stats.misses += record->misses.load(std::memory_order_relaxed);
  }
  for (Shard& shard : std::span(shards_.get(), shard_count_)) {
    const std::lock_guard lock(shard.mutex);
    stats.insertions += shard.insertions;
    stats.evictions += shard.evictions;
    stats.entries += shard.entries.size();
    stats.bytes += shard.bytes;
  }
  return stats;
}

}  // namespace doorward
