// SPDX-License-Identifier: Apache-2.0
//
// What stands behind doorward::Scratch: a place for each floor to keep what it reuses. A floor
// derives a struct from ScratchPart, names its slot, and asks for it with Part<T>(scratch); no
// floor sees another's part.

#ifndef DOORWARD_BASE_SCRATCH_STATE_H_
#define DOORWARD_BASE_SCRATCH_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "doorward/scratch.h"

namespace doorward {

enum class ScratchSlot : uint8_t { kClaims, kHttp, kJose, kCel, kPolicy, kAuthorizer };
inline constexpr size_t kScratchSlotCount = 6;

struct ScratchPart {
  virtual ~ScratchPart() = default;
};

struct ScratchState {
  std::array<std::unique_ptr<ScratchPart>, kScratchSlotCount> parts;
};

template <class T>
[[gnu::noinline, gnu::cold]] void MakePart(std::unique_ptr<ScratchPart>& part) {
  part = std::make_unique<T>();
}

// Returns the part of type T, made on first use. REQUIRES: T has `static constexpr ScratchSlot
// kSlot`, and no two types share a slot.
template <class T>
T& Part(Scratch& scratch) {
  std::unique_ptr<ScratchPart>& part = scratch.state().parts[static_cast<size_t>(T::kSlot)];
  if (part == nullptr) [[unlikely]] {
    MakePart<T>(part);
  }
  return static_cast<T&>(*part);
}

}  // namespace doorward

#endif  // DOORWARD_BASE_SCRATCH_STATE_H_
