// SPDX-License-Identifier: Apache-2.0
//
// Tokens that are refused although they verify. Bounded; an unexpired entry is never evicted.

#ifndef DOORWARD_AUTHORIZER_REVOCATION_LIST_H_
#define DOORWARD_AUTHORIZER_REVOCATION_LIST_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "doorward/timestamp.h"

#include "src/base/string_map.h"

namespace doorward {

// Thread-safety: all methods from any thread.
class RevocationList {
 public:
  enum class Kind : char { kTokenId = 'j', kSession = 's', kSubject = 'u' };

  explicit RevocationList(size_t capacity) : capacity_(capacity) {}

  // Adds an entry that counts until `until`. `issued_until` is for kSubject: tokens issued at or
  // before it are meant. The same entry again keeps the later of both times. False where the list
  // is full of entries that still count.
  bool Add(Kind kind, std::string_view issuer, std::string_view value, Timestamp issued_until,
           Timestamp until, Timestamp now);

  // True where an entry that still counts names `value`, for kSubject one that reaches a token of
  // `issued`, or of no date. `buffer` is working memory. Cost: a look-up under a shared lock;
  // nothing while the list is empty.
  bool Contains(Kind kind, std::string_view issuer, std::string_view value,
                std::optional<Timestamp> issued, Timestamp now, std::string& buffer) const;

  // Changes with each entry that is added or made to count for more; from 0, before the first.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
  size_t size() const { return count_.load(std::memory_order_acquire); }

 private:
  struct Entry {
    Timestamp until;
    Timestamp issued_until;
  };
  // The parts of a key cannot run into each other: the issuer's length stands first.
  static void MakeKey(Kind kind, std::string_view issuer, std::string_view value, std::string& key);

  const size_t capacity_;
  std::atomic<size_t> count_ = 0;
  std::atomic<uint64_t> generation_ = 0;
  mutable std::shared_mutex mutex_;
  StringMap<Entry> entries_;  // guarded by mutex_
};

}  // namespace doorward

#endif  // DOORWARD_AUTHORIZER_REVOCATION_LIST_H_
