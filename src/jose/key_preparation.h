// SPDX-License-Identifier: Apache-2.0
//
// Prepares keys for the faster ways of doorward::Acceleration.

#ifndef DOORWARD_JOSE_KEY_PREPARATION_H_
#define DOORWARD_JOSE_KEY_PREPARATION_H_

#include <vector>

#include "doorward/key_set.h"

namespace doorward {

using KeySets = std::vector<const KeySet*>;  // none is null

// Prepares the keys of all `sets` that lack it, and says what they have then. The limit of
// `acceleration` is for all of them together.
KeyPreparation PrepareKeySets(const KeySets& sets, const Acceleration& acceleration);

// Lets the keys of `sets` have what was prepared for equal keys of `former`.
void KeepPreparation(const KeySets& former, const KeySets& sets);

}  // namespace doorward

#endif  // DOORWARD_JOSE_KEY_PREPARATION_H_
