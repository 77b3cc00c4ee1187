// SPDX-License-Identifier: Apache-2.0
//
// Methods as bits, so that a leaf's entry tells by one AND whether it is meant. The usual ones have
// bits of their own in every policy; a policy's others are numbered as they come; should one use
// more than there are bits (WebDAV and its extensions together do not), those share the last, and
// are compared by name.

#ifndef DOORWARD_POLICY_METHOD_TABLE_H_
#define DOORWARD_POLICY_METHOD_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/http/usual_method.h"

namespace doorward {

class MethodTable {
 public:
  static constexpr uint32_t kAll = (1u << 28) - 1;
  static constexpr uint32_t kByName = 1u << 27;  // compare names as well

  // The bit of a method; for one that the policy does not name, kByName. `usual`: which of the
  // usual ones it is.
  uint32_t Bit(UsualMethod usual, std::string_view method) const {
    if (usual != UsualMethod::kNone) [[likely]] {
      return 1u << static_cast<unsigned>(usual);
    }
    uint32_t bit = 1u << kUsualMethods.size();
    for (const std::string& other : others_) {
      if (other == method) return bit;
      bit <<= 1;
    }
    return kByName;
  }
  uint32_t Bit(std::string_view method) const { return Bit(FindUsualMethod(method), method); }

  // The bits that an endpoint with these methods has: all where there are none, HEAD with GET.
  uint32_t Add(const std::vector<std::string>& methods) {
    if (methods.empty()) return kAll;
    uint32_t bits = 0;
    for (const std::string& method : methods) {
      uint32_t bit = Bit(method);
      if (bit == kByName && kUsualMethods.size() + others_.size() < 27) {
        others_.push_back(method);
        bit = Bit(method);
      }
      bits |= bit;
      if (method == "GET") bits |= Bit("HEAD");
    }
    return bits;
  }

 private:
  std::vector<std::string> others_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_METHOD_TABLE_H_
