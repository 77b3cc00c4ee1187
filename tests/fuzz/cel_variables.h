// SPDX-License-Identifier: Apache-2.0
//
// The variables of fuzzed expressions, and values for them.

#ifndef DOORWARD_TESTS_FUZZ_CEL_VARIABLES_H_
#define DOORWARD_TESTS_FUZZ_CEL_VARIABLES_H_

#include <array>
#include <iterator>
#include <string_view>

#include "doorward/claims.h"

#include "src/cel/cel.h"

namespace doorward::cel {

inline constexpr Variable kFuzzedVariables[] = {
    {"claims", 'C'},       {"roles", 'S'},        {"request.path", 's'}, {"request.query", 'P'},
    {"request.time", 't'}, {"source.ip", 'p'},    {"level", 'i'},        {"size", 'u'},
    {"share", 'f'},        {"secret", 'y'},       {"age", 'r'},          {"network", 'c'},
    {"admin", 'b'},        {"anything.else", 'd'}};

// Four keys, one of them given twice.
class FuzzedQuery final : public HostMap {
 public:
  Value Find(std::string_view key) const noexcept override {
    if (key == "twice") return Value::Fail(Failure::kAmbiguousKey);
    for (const std::string_view known : kKeys) {
      if (key == known) return Value::String("value");
    }
    return Value::Fail(Failure::kNoSuchKey);
  }
  size_t size() const noexcept override { return kKeys.size(); }
  std::string_view KeyAt(size_t index) const noexcept override { return kKeys[index]; }

 private:
  static constexpr std::array<std::string_view, 4> kKeys = {"a", "b", "page", "twice"};
};

class FuzzedActivation final : public Activation {
 public:
  explicit FuzzedActivation(JsonView claims) : claims_(claims) {}

  Value Get(size_t index) noexcept override {
    switch (index) {
      case 0:
        return Value::Json(claims_);
      case 1:
        return Value::Strings(kRoles.data(), kRoles.size());
      case 2:
        return Value::String("/api/v1/\xC3\xA9t\xC3\xA9");
      case 3:
        return Value::Host(query_);
      case 4:
        return Value::Time(Kind::kTimestamp, 1'795'000'000, 500'000'000);
      case 5:
        return Value::OfAddress(Kind::kIp, &address_);
      case 6:
        return Value::Int(-3);
      case 7:
        return Value::Uint(UINT64_MAX);
      case 8:
        return Value::Double(0.1);
      case 9:
        return Value::Bytes("\xFF\x00x");
      case 10:
        return Value::Time(Kind::kDuration, -2, 500'000'000);
      case 11:
        return Value::OfAddress(Kind::kCidr, &network_);
      case 12:
        return Value::Bool(true);
      default:
        return Value::Fail(Failure::kNotThere);
    }
  }

 private:
  static constexpr std::array<std::string_view, 3> kRoles = {"reader", "editor", "admin"};
  JsonView claims_;
  FuzzedQuery query_;
  Address address_{.octets = {192, 0, 2, 1}, .family = 4, .prefix = 0};
  Address network_{.octets = {192, 0, 2, 0}, .family = 4, .prefix = 24};
};

}  // namespace doorward::cel

#endif  // DOORWARD_TESTS_FUZZ_CEL_VARIABLES_H_
