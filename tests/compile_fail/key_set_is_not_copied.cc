// SPDX-License-Identifier: Apache-2.0
// EXPECT: use of deleted function|call to deleted constructor
#include "doorward/key_set.h"

size_t Share(const std::shared_ptr<const doorward::KeySet>& keys) {
#ifdef BAD_HALF
  const doorward::KeySet copy = *keys;
  return copy.size();
#else
  const std::shared_ptr<const doorward::KeySet> shared = keys;
  return shared->size();
#endif
}
