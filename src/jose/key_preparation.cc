// SPDX-License-Identifier: Apache-2.0

#include "src/jose/key_preparation.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "src/jose/key_set_data.h"
#include "src/jose/libsodium.h"
#include "src/jose/prepared_key.h"

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

// The tables of one kind that some keys have, by the key's identity. Views into those keys.
template <class Tables>
class KnownTables {
 public:
  using Member = KeyTables<Tables> PreparedKey::*;

  KnownTables(const KeySets& sets, Member member) : member_(member) {
    ForEachEntry(sets, [&](const KeySetEntry& entry) {
      if (auto tables = (entry.key->prepared.*member).Share()) Add(*entry.key, std::move(tables));
    });
  }

  // Lets a key have the tables that an equal one has.
  void GiveTo(const Key& key) const {
    const auto found = tables_.find(IdentityOf(key));
    if (found != tables_.end()) (key.prepared.*member_).Set(found->second);
  }

  // The same, but that new ones are made where there are fewer than `max_tables`; whether the key
  // has tables now.
  bool Prepare(const Key& key, size_t max_tables) {
    KeyTables<Tables>& own = key.prepared.*member_;
    if (own.get() == nullptr) GiveTo(key);
    if (own.get() == nullptr && tables_.size() < max_tables) {
      const Tables* const sibling = tables_.empty() ? nullptr : tables_.begin()->second.get();
      if (auto made = Tables::Make(key.public_octets, sibling)) {
        Add(key, made);
        own.Set(std::move(made));
      }
    }
    return own.get() != nullptr;
  }

 private:
  void Add(const Key& key, std::shared_ptr<const Tables> tables) {
    tables_.try_emplace(IdentityOf(key), std::move(tables));
  }

  const Member member_;
  std::map<std::string_view, std::shared_ptr<const Tables>> tables_;
};

void PrepareEs256(const KeySets& sets, size_t max_tables, KeyPreparation& done) {
  KnownTables known(sets, &PreparedKey::es256);
  ForEachEntry(sets, [&](const KeySetEntry& entry) {
    if (!IsEs256(entry)) return;
    ++(known.Prepare(*entry.key, max_tables) ? done.es256_with_tables : done.es256_without_tables);
  });
}

void PrepareEd25519(const KeySets& sets, size_t max_tables, bool with_libsodium,
                    KeyPreparation& done) {
  KnownTables known(sets, &PreparedKey::ed25519);
  const bool ready = with_libsodium && PrepareLibsodium();
  ForEachEntry(sets, [&](const KeySetEntry& entry) {
    if (!IsEd25519(entry)) return;
    PreparedKey& prepared = entry.key->prepared;
    if (ready) prepared.SetWithLibsodium();
    ++(known.Prepare(*entry.key, max_tables) ? done.ed25519_with_tables
       : prepared.with_libsodium()           ? done.ed25519_with_libsodium
                                             : done.ed25519_with_openssl);
  });
}

}  // namespace

KeyPreparation PrepareKeySets(const KeySets& sets, const Acceleration& acceleration) {
  KeyPreparation done;
  PrepareEs256(sets, acceleration.es256_tables ? acceleration.max_es256_tables : 0, done);
  PrepareEd25519(sets, acceleration.ed25519_tables ? acceleration.max_ed25519_tables : 0,
                 acceleration.ed25519_libsodium, done);
  return done;
}

void KeepPreparation(const KeySets& former, const KeySets& sets) {
  const KnownTables es256(former, &PreparedKey::es256);
  const KnownTables ed25519(former, &PreparedKey::ed25519);
  std::set<std::string_view> with_libsodium;
  ForEachEntry(former, [&](const KeySetEntry& entry) {
    if (entry.key->prepared.with_libsodium()) with_libsodium.insert(IdentityOf(*entry.key));
  });
  ForEachEntry(sets, [&](const KeySetEntry& entry) {
    const Key& key = *entry.key;
    es256.GiveTo(key);
    ed25519.GiveTo(key);
    if (with_libsodium.contains(IdentityOf(key))) key.prepared.SetWithLibsodium();
  });
}

Acceleration AvailableAcceleration() noexcept {
  return {.es256_tables = Es256Tables::IsAvailable(),
          .ed25519_tables = Ed25519Tables::IsAvailable(),
          .ed25519_libsodium = HasLibsodium()};
}

}  // namespace doorward
