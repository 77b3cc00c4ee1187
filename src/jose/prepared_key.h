// SPDX-License-Identifier: Apache-2.0
//
// What is prepared for a key after it was made, while other threads verify with it.

#ifndef DOORWARD_JOSE_PREPARED_KEY_H_
#define DOORWARD_JOSE_PREPARED_KEY_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "src/jose/ed25519_tables.h"
#include "src/jose/es256_tables.h"

namespace doorward {

// Tables that a key gets once.
// INVARIANT: what was set stays until the key is destroyed. A pointer that was read is therefore
// valid as long as the key.
// Thread-safety: all methods from any thread; get() takes no lock.
template <class Tables>
class KeyTables {
 public:
  // Null until they are set.
  const Tables* get() const noexcept { return tables_.load(std::memory_order_acquire); }
  std::shared_ptr<const Tables> Share() const {
    const std::lock_guard lock(mutex_);
    return owner_;
  }
  // Does nothing where there are tables.
  void Set(std::shared_ptr<const Tables> tables) {
    const std::lock_guard lock(mutex_);
    if (owner_ != nullptr) return;
    owner_ = std::move(tables);
    tables_.store(owner_.get(), std::memory_order_release);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Tables> owner_;  // guarded by mutex_
  std::atomic<const Tables*> tables_ = nullptr;
};

// Thread-safety: all methods from any thread; those that verification asks take no lock.
class PreparedKey {
 public:
  KeyTables<Es256Tables> es256;
  KeyTables<Ed25519Tables> ed25519;

  // Whether libsodium verifies with this key. Acquired, so that whoever sees it finds the library
  // made ready.
  bool with_libsodium() const noexcept { return with_libsodium_.load(std::memory_order_acquire); }
  void SetWithLibsodium() noexcept { with_libsodium_.store(true, std::memory_order_release); }

 private:
  std::atomic<bool> with_libsodium_ = false;
};

}  // namespace doorward

#endif  // DOORWARD_JOSE_PREPARED_KEY_H_
