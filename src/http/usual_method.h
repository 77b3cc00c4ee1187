// SPDX-License-Identifier: Apache-2.0
//
// The methods that nearly all requests have, told by one look into a table.

#ifndef DOORWARD_HTTP_USUAL_METHOD_H_
#define DOORWARD_HTTP_USUAL_METHOD_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace doorward {

enum class UsualMethod : uint8_t { kGet, kPost, kPut, kHead, kPatch, kDelete, kOptions, kNone };

inline constexpr std::array<std::string_view, 7> kUsualMethods{"GET",   "POST",   "PUT",    "HEAD",
                                                               "PATCH", "DELETE", "OPTIONS"};

namespace usual_method_internal {

// All octets of a name of two to eight, in pairs that overlap where it is shorter than eight: the
// same steps whatever its size.
constexpr uint64_t Pack(std::string_view name) {
  const auto pair = [&](size_t wanted) {
    const size_t at = std::min(wanted, name.size() - 2);
    return static_cast<uint64_t>(static_cast<unsigned char>(name[at])) |
           static_cast<uint64_t>(static_cast<unsigned char>(name[at + 1])) << 8;
  };
  return pair(0) | pair(2) << 16 | pair(4) << 32 | pair(6) << 48;
}

// The factor was tried out: each usual method has a place of its own.
constexpr size_t Place(uint64_t packed) { return packed * 0xCD613E30D8F16ADFu >> 60; }

struct Row {
  uint64_t packed = 0;
  uint32_t size = 0;
  UsualMethod method = UsualMethod::kNone;
};

constexpr std::array<Row, 16> MakeRows() {
  std::array<Row, 16> rows{};
  for (size_t i = 0; i < kUsualMethods.size(); ++i) {
    const uint64_t packed = Pack(kUsualMethods[i]);
    Row& row = rows[Place(packed)];
    if (row.size != 0) throw "two methods in one place";
    row = {packed, static_cast<uint32_t>(kUsualMethods[i].size()), static_cast<UsualMethod>(i)};
  }
  return rows;
}

inline constexpr std::array<Row, 16> kRows = MakeRows();

}  // namespace usual_method_internal

inline UsualMethod FindUsualMethod(std::string_view name) noexcept {
  using namespace usual_method_internal;
  if (name.size() < 2 || name.size() > 8) return UsualMethod::kNone;
  const uint64_t packed = Pack(name);
  const Row& row = kRows[Place(packed)];
  return row.packed == packed && row.size == name.size() ? row.method : UsualMethod::kNone;
}

}  // namespace doorward

#endif  // DOORWARD_HTTP_USUAL_METHOD_H_
