// SPDX-License-Identifier: Apache-2.0
//
// Keys and tokens for the tests of this folder.

#ifndef DOORWARD_TESTS_UNIT_JOSE_SIGNED_TOKEN_H_
#define DOORWARD_TESTS_UNIT_JOSE_SIGNED_TOKEN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "doorward/key_set.h"
#include "doorward/timestamp.h"

#include "tools/signing/signing.h"

namespace doorward {

inline constexpr int64_t kNowSeconds = 1750000000;
inline constexpr Timestamp kNow = Timestamp::FromUnixSeconds(kNowSeconds);

// One ES256 key of kid "k", made once for the program.
inline const SigningKey& TestKey() {
  static const SigningKey key = *SigningKey::Generate(Algorithm::kES256, "k");
  return key;
}

inline std::shared_ptr<const KeySet> KeysOf(std::string_view jwks_members) {
  return KeySet::Parse("{\"keys\":[" + std::string(jwks_members) + "]}",
                       {.origin = KeyOrigin::kLocal})
      .keys;
}

inline std::shared_ptr<const KeySet> TestKeys() { return KeysOf(TestKey().PublicJwk()); }

// A token of the test key: `header` and `claims` are members, without braces.
inline std::string TestToken(const std::string& claims, const std::string& header = "") {
  return *TestKey().SignJws("{" + header + "}", "{" + claims + "}");
}

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_JOSE_SIGNED_TOKEN_H_
