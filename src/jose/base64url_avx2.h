// SPDX-License-Identifier: Apache-2.0
//
// Groups of base64url characters decoded eight at a time, on x86-64 processors that have AVX2.

#ifndef DOORWARD_JOSE_BASE64URL_AVX2_H_
#define DOORWARD_JOSE_BASE64URL_AVX2_H_

#include <cstddef>

namespace doorward {

// Characters below which DecodeGroupsAvx2 has nothing to work on.
inline constexpr size_t kAvx2Block = 32;

// Decodes `size` characters to `size` / 4 * 3 octets. Returns false where one of them is none of
// the alphabet. REQUIRES: HasAvx2(); `size` is a multiple of four and at least kAvx2Block.
bool DecodeGroupsAvx2(const char* text, size_t size, char* out) noexcept;

}  // namespace doorward

#endif  // DOORWARD_JOSE_BASE64URL_AVX2_H_
