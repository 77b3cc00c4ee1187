// SPDX-License-Identifier: Apache-2.0

#include "src/authorizer/revocation_list.h"

#include <algorithm>
#include <mutex>

namespace doorward {

void RevocationList::MakeKey(Kind kind, std::string_view issuer, std::string_view value,
                             std::string& key) {
  key.assign(1, static_cast<char>(kind));
  const size_t size = issuer.size();
  for (unsigned shift = 0; shift < 64; shift += 8) key.push_back(static_cast<char>(size >> shift));
  key.append(issuer).append(value);
}

bool RevocationList::Add(Kind kind, std::string_view issuer, std::string_view value,
                         Timestamp issued_until, Timestamp until, Timestamp now) {
  std::string key;
  MakeKey(kind, issuer, value, key);
  const std::unique_lock lock(mutex_);
  if (const auto found = entries_.find(key); found != entries_.end()) {
    found->second.until = std::max(found->second.until, until);
    found->second.issued_until = std::max(found->second.issued_until, issued_until);
    generation_.fetch_add(1, std::memory_order_release);
    return true;
  }
  if (entries_.size() >= capacity_) {
    absl::erase_if(entries_, [&](const auto& entry) { return entry.second.until <= now; });
    count_.store(entries_.size(), std::memory_order_release);
    if (entries_.size() >= capacity_) return false;
  }
  entries_.emplace(std::move(key), Entry{until, issued_until});
  count_.store(entries_.size(), std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  return true;
}

bool RevocationList::Contains(Kind kind, std::string_view issuer, std::string_view value,
                              std::optional<Timestamp> issued, Timestamp now,
                              std::string& buffer) const {
  if (empty()) return false;
  MakeKey(kind, issuer, value, buffer);
  const std::shared_lock lock(mutex_);
  const auto found = entries_.find(buffer);
  if (found == entries_.end() || found->second.until <= now) return false;
  return kind != Kind::kSubject || !issued || *issued <= found->second.issued_until;
}

}  // namespace doorward
