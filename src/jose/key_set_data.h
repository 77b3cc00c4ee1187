// SPDX-License-Identifier: Apache-2.0
//
// What stands behind doorward::KeySet.

#ifndef DOORWARD_JOSE_KEY_SET_DATA_H_
#define DOORWARD_JOSE_KEY_SET_DATA_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/key_set.h"

#include "src/jose/key.h"

namespace doorward {

struct KeySetEntry {
  bool has_kid = false;
  std::string kid;
  AlgorithmSet algorithms;
  std::shared_ptr<const Key> key;  // shared with the contexts of each Scratch that used it
  std::string issuer;              // for which it signs, as Entra ID names it; "" for any
};

struct KeySetData {
  explicit KeySetData(std::vector<KeySetEntry> entries);

  // Indices of the keys of this kid, and of those that have none, in the order of the document.
  std::span<const uint32_t> WithKid(std::string_view kid) const noexcept;
  std::span<const uint32_t> WithoutKid() const noexcept;

  std::vector<KeySetEntry> keys;  // in the order of the document

 private:
  std::vector<uint32_t> by_kid_;  // those without a kid first, then sorted by it
  size_t without_kid_ = 0;
};

}  // namespace doorward

#endif  // DOORWARD_JOSE_KEY_SET_DATA_H_
