// SPDX-License-Identifier: Apache-2.0

#include "src/jose/key_preparation.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "src/jose/es256_tables.h"
#include "src/jose/key_set_data.h"
#include "src/jose/libsodium.h"

namespace doorward {
namespace {

bool IsEs256(const KeySetEntry& entry) { return entry.algorithms.Contains(Algorithm::kES256); }
bool IsEd25519(const KeySetEntry& entry) {
  return entry.algorithms.Contains(Algorithm::kEdDSA) && entry.key->public_octets.size() == 32;
}

// What tells a public key from all others of its type.
std::string_view IdentityOf(const Key& key) {
  return {reinterpret_cast<const char*>(key.public_octets.data()), key.public_octets.size()};
}

template <class Function>
void ForEachEntry(const KeySets& sets, const Function& function) {
  for (const KeySet* set : sets) {
    for (const KeySetEntry& entry : set->data().keys) function(entry);
  }
}

// The tables that some keys have, by the key's identity. Views into those keys.
class KnownTables {
 public:
  explicit KnownTables(const KeySets& sets) {
    ForEachEntry(sets, [this](const KeySetEntry& entry) {
      if (auto tables = entry.key->prepared.ShareEs256Tables()) Add(*entry.key, std::move(tables));
    });
  }

  size_t size() const { return tables_.size(); }

  // Null where there are none.
  std::shared_ptr<const Es256Tables> Find(const Key& key) const {
    const auto found = tables_.find(IdentityOf(key));
    return found == tables_.end() ? nullptr : found->second;
  }

  // Null where they cannot be made.
  std::shared_ptr<const Es256Tables> Make(const Key& key) {
    const Es256Tables* const sibling = tables_.empty() ? nullptr : tables_.begin()->second.get();
    auto tables = Es256Tables::Make(key.public_octets, sibling);
    if (tables != nullptr) Add(key, tables);
    return tables;
  }

 private:
  void Add(const Key& key, std::shared_ptr<const Es256Tables> tables) {
    tables_.try_emplace(IdentityOf(key), std::move(tables));
  }

  std::map<std::string_view, std::shared_ptr<const Es256Tables>> tables_;
};

void PrepareEs256(const KeySets& sets, size_t max_tables, KeyPreparation& done) {
  KnownTables known(sets);
  ForEachEntry(sets, [&](const KeySetEntry& entry) {
    if (!IsEs256(entry)) return;
    PreparedKey& prepared = entry.key->prepared;
    if (prepared.es256_tables() == nullptr) {
      std::shared_ptr<const Es256Tables> tables = known.Find(*entry.key);
      if (tables == nullptr && known.size() < max_tables) tables = known.Make(*entry.key);
      if (tables != nullptr) prepared.SetEs256Tables(std::move(tables));
    }
    ++(prepared.es256_tables() != nullptr ? done.es256_with_tables : done.es256_without_tables);
  });
}

void PrepareEd25519(const KeySets& sets, bool with_libsodium, KeyPreparation& done) {
  const bool ready = with_libsodium && PrepareLibsodium();
  ForEachEntry(sets, [&](const KeySetEntry& entry) {
    if (!IsEd25519(entry)) return;
    PreparedKey& prepared = entry.key->prepared;
    if (ready) prepared.SetWithLibsodium();
    ++(prepared.with_libsodium() ? done.ed25519_with_libsodium : done.ed25519_without_libsodium);
  });
}

}  // namespace

KeyPreparation PrepareKeySets(const KeySets& sets, const Acceleration& acceleration) {
  KeyPreparation done;
  PrepareEs256(sets, acceleration.es256_tables ? acceleration.max_es256_tables : 0, done);
  PrepareEd25519(sets, acceleration.ed25519_libsodium, done);
  return done;
}

void KeepPreparation(const KeySets& former, const KeySets& sets) {
  const KnownTables known(former);
  std::set<std::string_view> with_libsodium;
  ForEachEntry(former, [&](const KeySetEntry& entry) {
    if (entry.key->prepared.with_libsodium()) with_libsodium.insert(IdentityOf(*entry.key));
  });
  ForEachEntry(sets, [&](const KeySetEntry& entry) {
    PreparedKey& prepared = entry.key->prepared;
    if (auto tables = known.Find(*entry.key)) prepared.SetEs256Tables(std::move(tables));
    if (with_libsodium.contains(IdentityOf(*entry.key))) prepared.SetWithLibsodium();
  });
}

Acceleration AvailableAcceleration() noexcept {
  return {.es256_tables = Es256Tables::IsAvailable(), .ed25519_libsodium = HasLibsodium()};
}

}  // namespace doorward
