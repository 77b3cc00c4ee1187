// SPDX-License-Identifier: Apache-2.0
//
// An ECDSA signature as JOSE writes it (r and s, each as long as the field: RFC 7518 section 3.4)
// turned into what OpenSSL reads (DER of SEQUENCE { INTEGER r, INTEGER s }), without allocating.

#ifndef DOORWARD_JOSE_ECDSA_DER_H_
#define DOORWARD_JOSE_ECDSA_DER_H_

#include <array>
#include <cstddef>
#include <string_view>

namespace doorward {

class EcdsaDer {
 public:
  // REQUIRES: `r_and_s` has an even size of at most 132 octets.
  explicit EcdsaDer(std::string_view r_and_s) noexcept {
    const size_t half = r_and_s.size() / 2;
    AppendInteger(r_and_s.substr(0, half));
    AppendInteger(r_and_s.substr(half));
    WriteHeader();
  }

  const unsigned char* data() const noexcept { return octets_.data() + begin_; }
  size_t size() const noexcept { return end_ - begin_; }

 private:
  static constexpr unsigned char kSequence = 0x30;
  static constexpr unsigned char kInteger = 0x02;
  static constexpr unsigned char kLongLength = 0x81;  // the length follows in one octet
  static constexpr size_t kMaxHeader = 3;
  static constexpr size_t kMaxInteger = 2 + 1 + 66;

  // In the shortest form: no zero octets in front, but for one that keeps the number positive.
  void AppendInteger(std::string_view number) noexcept {
    while (number.size() > 1 && number[0] == '\0') number.remove_prefix(1);
    const bool looks_negative = (static_cast<unsigned char>(number[0]) & 0x80) != 0;
    Append(kInteger);
    Append(static_cast<unsigned char>(number.size() + (looks_negative ? 1 : 0)));
    if (looks_negative) Append(0);
    for (const char octet : number) Append(static_cast<unsigned char>(octet));
  }

  // The header's length depends on what it heads: it is written last, backwards.
  void WriteHeader() noexcept {
    const auto content = static_cast<unsigned char>(end_ - kMaxHeader);
    begin_ = kMaxHeader;
    octets_[--begin_] = content;
    if (content >= 0x80) octets_[--begin_] = kLongLength;
    octets_[--begin_] = kSequence;
  }

  void Append(unsigned char octet) noexcept { octets_[end_++] = octet; }

  std::array<unsigned char, kMaxHeader + 2 * kMaxInteger> octets_;
  size_t begin_ = 0;
  size_t end_ = kMaxHeader;
};

}  // namespace doorward

#endif  // DOORWARD_JOSE_ECDSA_DER_H_
