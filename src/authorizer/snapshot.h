// SPDX-License-Identifier: Apache-2.0
//
// What an authorizer decides with: a policy, and for each of its issuers rules and keys. Immutable:
// a change makes another. A scratch holds on to the one it last used and looks only whether it is
// still the current one, so that deciding writes to no memory that threads share.

#ifndef DOORWARD_AUTHORIZER_SNAPSHOT_H_
#define DOORWARD_AUTHORIZER_SNAPSHOT_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "doorward/key_set.h"
#include "doorward/policy.h"

#include "src/jose/key_preparation.h"
#include "src/jose/token.h"

namespace doorward {

struct Snapshot {
  struct Issuer {
    TokenRules rules;
    std::shared_ptr<const KeySet> keys;  // null until they are handed in
  };

  uint64_t serial = 0;                   // tells it from all others of its authorizer
  std::shared_ptr<const Policy> policy;  // may be null
  std::vector<Issuer> issuers;           // as in the policy
  std::vector<std::string> spellings;    // of all issuers, for the text of a refusal
  bool reads_padding = false;            // one of them is a load balancer

  // The place of the issuer under which `token` says that it was issued; the number of issuers
  // where there is none.
  size_t FindIssuer(const VerifiedTokenData& token) const;

  // Of the issuers that have keys. Valid as long as the snapshot.
  KeySets KeySetsInForce() const;
};

// Thread-safety: all methods from any thread.
class CurrentSnapshot {
 public:
  explicit CurrentSnapshot(std::shared_ptr<Snapshot> first) { Set(std::move(first)); }

  // Puts `next` in force, with a serial of its own.
  void Set(std::shared_ptr<Snapshot> next) {
    std::shared_ptr<const Snapshot> former;  // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    next->serial = ++last_serial_;
    former = std::exchange(owner_, std::move(next));
    current_.store(owner_.get(), std::memory_order_release);
  }

  std::shared_ptr<const Snapshot> Get() const {
    const std::lock_guard lock(mutex_);
    return owner_;
  }

  // Brings `held` up to date. Comparing addresses is enough: what `held` keeps alive, no other can
  // stand in the place of.
  const Snapshot& Refresh(std::shared_ptr<const Snapshot>& held) const {
    if (held.get() != current_.load(std::memory_order_acquire)) [[unlikely]] {
      held = Get();
    }
    return *held;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> owner_;  // guarded by mutex_
  uint64_t last_serial_ = 0;               // likewise
  std::atomic<const Snapshot*> current_ = nullptr;
};

}  // namespace doorward

#endif  // DOORWARD_AUTHORIZER_SNAPSHOT_H_
