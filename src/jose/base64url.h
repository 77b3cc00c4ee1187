// SPDX-License-Identifier: Apache-2.0
//
// Base64url as JOSE writes it (RFC 7515 section 2), strictly: one text for each sequence of octets.

#ifndef DOORWARD_JOSE_BASE64URL_H_
#define DOORWARD_JOSE_BASE64URL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace doorward {

// Octets that a text of `size` characters decodes to, at most.
constexpr size_t DecodedCapacity(size_t size) noexcept { return size / 4 * 3 + 2; }

// Decodes `text` into `out`, which has room for DecodedCapacity(text.size()) octets, and returns
// how many they are; nothing where there is padding, white space, a foreign character, a length
// that no octets have, or a bit set behind the last octet.
// Cost: 32 characters at a time on processors that have AVX2, four on others.
std::optional<size_t> DecodeBase64Url(std::string_view text, char* out) noexcept;

// The same, by the way that every processor has: what the others are tested against.
std::optional<size_t> DecodeBase64UrlPortably(std::string_view text, char* out) noexcept;

}  // namespace doorward

#endif  // DOORWARD_JOSE_BASE64URL_H_
