// SPDX-License-Identifier: Apache-2.0
//
// Finds two members of one name in an object.

#ifndef DOORWARD_CLAIMS_DUPLICATE_FINDER_H_
#define DOORWARD_CLAIMS_DUPLICATE_FINDER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/claims/buffer.h"
#include "src/claims/json.h"

namespace doorward {

// Cost: of an object of up to kHashed members, a hash and a look into a table for each; of a larger
// one, a sort. The hash has no secret, so that its collisions can be forged: what that can cost is
// bounded by the size of the table.
class DuplicateFinder {
 public:
  // REQUIRES: eight octets after each name may be read. Returns true also where there is no memory.
  bool Find(const JsonNode& object) noexcept;

 private:
  static constexpr size_t kHashed = 64;
  static constexpr size_t kSlots = 128;

  // A slot counts only where its round is the current one: nothing is cleared between objects.
  struct Slot {
    uint32_t round = 0;
    uint32_t member = 0;
  };

  bool FindByHash(const JsonNode& object) noexcept;
  bool FindBySort(const JsonNode& object) noexcept;

  std::array<Slot, kSlots> slots_;
  uint32_t round_ = 0;
  Buffer<std::string_view> names_;
};

}  // namespace doorward

#endif  // DOORWARD_CLAIMS_DUPLICATE_FINDER_H_
