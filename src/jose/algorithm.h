// SPDX-License-Identifier: Apache-2.0
//
// What each JWS algorithm consists of (RFC 7518 section 3.1, RFC 8037 section 3.1).

#ifndef DOORWARD_JOSE_ALGORITHM_H_
#define DOORWARD_JOSE_ALGORITHM_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "doorward/key_set.h"

namespace doorward {

enum class Scheme : uint8_t { kRsaPkcs1, kRsaPss, kEcdsa, kEddsa, kHmac };
enum class Hash : uint8_t { kSha256, kSha384, kSha512 };
inline constexpr size_t kHashCount = 3;

constexpr size_t HashSize(Hash hash) noexcept { return 32 + 16 * static_cast<size_t>(hash); }
const char* HashName(Hash hash) noexcept;  // as OpenSSL calls it

struct AlgorithmInfo {
  Algorithm algorithm;
  std::string_view name;
  Scheme scheme;
  Hash hash;  // without meaning for kEddsa, which hashes by itself
};

const AlgorithmInfo& InfoOf(Algorithm algorithm) noexcept;

}  // namespace doorward

#endif  // DOORWARD_JOSE_ALGORITHM_H_
