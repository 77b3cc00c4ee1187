// SPDX-License-Identifier: Apache-2.0
//
// The functions of the language, by subject. Each takes arguments that are no failures, checks
// their types again (what is `dyn` is known only now) and answers with a value or kNoSuchOverload.

#ifndef DOORWARD_CEL_FUNCTION_H_
#define DOORWARD_CEL_FUNCTION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "src/cel/cel.h"
#include "src/cel/operation.h"
#include "src/cel/program.h"
#include "src/cel/value.h"

namespace doorward::cel {

struct Call {
  Op op;
  std::span<const Value> arguments;
  const ProgramData& program;
  uint32_t constant;  // Expr::index: 1 + the place of a constant pattern or zone
  Machine& machine;

  const Value& operator[](size_t i) const { return arguments[i]; }
  size_t size() const { return arguments.size(); }
  bool Has(size_t i, Kind kind) const { return i < size() && arguments[i].kind == kind; }
};

// Every function, by its operation (IsFunction).
Value Apply(const Call& call) noexcept;

// operators.cc
Value Add(const Value& a, const Value& b, Machine& machine) noexcept;
Value Calculate(Op op, const Value& a, const Value& b) noexcept;  // - * / %
Value Negate(const Value& a) noexcept;
Value In(const Value& element, const Value& container, Machine& machine) noexcept;
Value Index(const Value& container, const Value& key, Machine& machine) noexcept;
Value Size(const Value& a) noexcept;

// conversion.cc
Value Convert(const Call& call) noexcept;

// time.cc. Timestamps reach from the year 1 to 9999, durations as far as 2^63
// nanoseconds (cel-spec, "Overflow").
Value MakeDuration(int64_t seconds, int64_t nanos) noexcept;
Value ParseTimestamp(std::string_view text) noexcept;  // RFC 3339
Value ParseDuration(std::string_view text) noexcept;   // "1h30m", "-1.5s"
inline constexpr size_t kMaxTimeBytes = 40;
size_t WriteTimestamp(const Value& time, char* out) noexcept;
size_t WriteDuration(const Value& duration, char* out) noexcept;
Value CalculateTime(Op op, const Value& a, const Value& b) noexcept;  // + and -
Value ReadTime(const Call& call) noexcept;                            // getFullYear() ...
// A fixed offset ("+01:00", "UTC") or a name of the time zone database, which is read.
bool FindZone(std::string_view name, absl::TimeZone& zone);

// text.cc
Value ApplyText(const Call& call) noexcept;
// Copies text into the arena.
Value NewString(std::string_view text, Machine& machine) noexcept;

// pattern.cc
// REQUIRES: two strings.
Value Matches(const Call& call) noexcept;

// format.cc
Value Format(const Call& call) noexcept;
inline constexpr size_t kMaxDoubleBytes = 32;
size_t WriteDouble(double value, char* out) noexcept;

// network.cc
Value ParseIp(std::string_view text, Arena& arena) noexcept;
Value ParseCidr(std::string_view text, Arena& arena) noexcept;
inline constexpr size_t kMaxNetworkBytes = 50;
size_t WriteAddress(const Value& address, char* out) noexcept;  // an IP or a CIDR
Value ApplyNetwork(const Call& call) noexcept;

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_FUNCTION_H_
