// SPDX-License-Identifier: Apache-2.0

#include "doorward/scratch.h"

#include "src/base/scratch_state.h"

namespace doorward {

Scratch::Scratch() : state_(std::make_unique<ScratchState>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

}  // namespace doorward
