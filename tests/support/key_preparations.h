// SPDX-License-Identifier: Apache-2.0
//
// The ways that a key can be verified with, for tests that go through all of them, one after the
// other: what was prepared stays.

#ifndef DOORWARD_TESTS_SUPPORT_KEY_PREPARATIONS_H_
#define DOORWARD_TESTS_SUPPORT_KEY_PREPARATIONS_H_

#include "doorward/key_set.h"

namespace doorward {

inline constexpr struct {
  const char* keys_are;
  Acceleration acceleration;
} kPreparations[] = {
    {"as they were read", {}},
    {"with libsodium", {.ed25519_libsodium = true}},
    {"with tables", {.es256_tables = true, .ed25519_tables = true}},
};

}  // namespace doorward

#endif  // DOORWARD_TESTS_SUPPORT_KEY_PREPARATIONS_H_
