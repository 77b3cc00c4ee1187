// SPDX-License-Identifier: Apache-2.0
//
// ES256 verified with tables of multiples of the key and of the base point, in a third of the time
// that OpenSSL takes, and with the same answers. Uses no OpenSSL and allocates nothing.

#ifndef DOORWARD_JOSE_ES256_TABLES_H_
#define DOORWARD_JOSE_ES256_TABLES_H_

#include <cstdint>
#include <memory>
#include <span>

namespace doorward {

namespace p256 {
class PointTable;
}

// Thread-safety: immutable.
class Es256Tables {
 public:
  // Whether this platform has what the arithmetic needs: integers of 128 bits.
  static bool IsAvailable() noexcept;

  // Makes the tables of a key whose uncompressed point (RFC 7518 section 6.2.1: 4, x, y) is
  // `point`; null where it is not available. The base point's table is shared with `sibling`, which
  // may be null. REQUIRES: the point is on the curve. Cost: about 1 ms and 148 KiB, and as much
  // again without a sibling.
  static std::shared_ptr<const Es256Tables> Make(std::span<const uint8_t> point,
                                                 const Es256Tables* sibling);
  ~Es256Tables();

  // True where the 64 octets of `signature`, r and s, are a signature of `digest`, of 32 octets
  // (FIPS 186-5 section 6.4.2). The time tells of both and of the key, which are public to whoever
  // verifies.
  bool Verify(const unsigned char* digest, const unsigned char* signature) const noexcept;

 private:
  Es256Tables() = default;

  std::shared_ptr<const p256::PointTable> base_;
  std::unique_ptr<const p256::PointTable> key_;
};

}  // namespace doorward

#endif  // DOORWARD_JOSE_ES256_TABLES_H_
