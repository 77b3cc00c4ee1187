// SPDX-License-Identifier: Apache-2.0
//
// Hashes a token by its end: that is its signature, as good as random, and out of reach of whoever
// cannot sign. The key is secret and drawn anew for each cache, so that issuers cannot aim either.

#ifndef DOORWARD_AUTHORIZER_TOKEN_HASH_H_
#define DOORWARD_AUTHORIZER_TOKEN_HASH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/octet_words.h"

namespace doorward {

class TokenHash {
 public:
  // The octets that are hashed; no token that verifies is as short.
  static constexpr size_t kOctets = 64;
  using Key = std::array<uint64_t, kOctets / 8 + 1>;

  explicit TokenHash(const Key& key) : key_(key) {}

  // REQUIRES: at least kOctets octets.
  uint64_t operator()(std::string_view token) const noexcept {
    const char* const end = token.data() + token.size() - kOctets;
    uint64_t hash = token.size();
    for (size_t i = 0; i < kOctets / 8; i += 2) {
      hash ^= Mix(Load64(end + 8 * i) ^ key_[i], Load64(end + 8 * i + 8) ^ key_[i + 1]);
    }
    return Mix(hash ^ key_.back(), kOdd);
  }

 private:
  static constexpr uint64_t kOdd = 0x9E3779B97F4A7C15u;

  Key key_;
};

}  // namespace doorward

#endif  // DOORWARD_AUTHORIZER_TOKEN_HASH_H_
