// SPDX-License-Identifier: Apache-2.0
//
// Memory and cryptographic contexts that are reused from one call to the next, so that a decision
// allocates nothing once warm.
//
//   thread_local doorward::Scratch scratch;
//   doorward::Decision d = authorizer.Authorize(request, now, scratch);

#ifndef DOORWARD_SCRATCH_H_
#define DOORWARD_SCRATCH_H_

#include <memory>

#include "doorward/export.h"

namespace doorward {

struct ScratchState;  // internal

// Thread-safety: one thread at a time; the usual way is one for each thread.
// Lifetime: a result (Decision, VerifiedToken) that was made with a scratch is valid until the
// scratch is used again or destroyed. A scratch keeps the policy, the keys and the cache of tokens
// that it last decided with alive.
class DOORWARD_EXPORT Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;

  // For the library's own use.
  ScratchState& state() noexcept { return *state_; }

 private:
  std::unique_ptr<ScratchState> state_;
};

}  // namespace doorward

#endif  // DOORWARD_SCRATCH_H_
