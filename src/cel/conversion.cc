// SPDX-License-Identifier: Apache-2.0
//
// Conversions between types: bool(), int(), uint(), double(), string(), bytes(), timestamp(),
// duration().

#include <charconv>
#include <cmath>
#include <system_error>

#include "src/base/utf8.h"
#include "src/cel/function.h"
#include "src/cel/literal.h"

namespace doorward::cel {
namespace {

constexpr Value kNoOverload = Value::Fail(Failure::kNoSuchOverload);
constexpr Value kConversion = Value::Fail(Failure::kConversion);
constexpr Value kOverflow = Value::Fail(Failure::kOverflow);

template <class Number>
bool ReadInteger(std::string_view text, Number& value) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

Value ToBool(const Value& v) {
  if (v.kind == Kind::kBool) return v;
  if (v.kind != Kind::kString) return kNoOverload;
  const std::string_view text = v.view();
  for (const std::string_view word : {"1", "t", "true", "TRUE", "True"}) {
    if (text == word) return Value::Bool(true);
  }
  for (const std::string_view word : {"0", "f", "false", "FALSE", "False"}) {
    if (text == word) return Value::Bool(false);
  }
  return kConversion;
}

Value ToInt(const Value& v) {
  switch (v.kind) {
    case Kind::kInt:
      return v;
    case Kind::kUint:
      return v.natural > INT64_MAX ? kOverflow : Value::Int(static_cast<int64_t>(v.natural));
    // The ends of the range are doubles that stand for a neighbour beyond it too.
    case Kind::kDouble:
      if (!(v.number > -0x1p63 && v.number < 0x1p63)) return kOverflow;
      return Value::Int(static_cast<int64_t>(v.number));
    case Kind::kTimestamp:
      return Value::Int(v.integer);
    case Kind::kString: {
      int64_t out = 0;
      return ReadInteger(v.view(), out) ? Value::Int(out) : kConversion;
    }
    default:
      return kNoOverload;
  }
}

Value ToUint(const Value& v) {
  switch (v.kind) {
    case Kind::kUint:
      return v;
    case Kind::kInt:
      return v.integer < 0 ? kOverflow : Value::Uint(static_cast<uint64_t>(v.integer));
    case Kind::kDouble:
      if (!(v.number >= 0 && v.number < 0x1p64)) return kOverflow;
      return Value::Uint(static_cast<uint64_t>(v.number));
    case Kind::kString: {
      uint64_t out = 0;
      return ReadInteger(v.view(), out) ? Value::Uint(out) : kConversion;
    }
    default:
      return kNoOverload;
  }
}

Value ToDouble(const Value& v) {
  switch (v.kind) {
    case Kind::kDouble:
      return v;
    case Kind::kInt:
      return Value::Double(static_cast<double>(v.integer));
    case Kind::kUint:
      return Value::Double(static_cast<double>(v.natural));
    case Kind::kString: {
      double out = 0;
      std::string_view text = v.view();
      if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
      return ReadDouble(text, out) ? Value::Double(out) : kConversion;
    }
    default:
      return kNoOverload;
  }
}

Value ToString(const Value& v, Machine& machine) {
  char out[64];
  static_assert(sizeof(out) >= kMaxDoubleBytes && sizeof(out) >= kMaxTimeBytes &&
                sizeof(out) >= kMaxNetworkBytes);
  size_t size = 0;
  switch (v.kind) {
    case Kind::kString:
      return v;
    case Kind::kBytes:
      if (!machine.Charge(v.size / kOctetsPerStepOneByOne)) return Value::Fail(Failure::kBudget);
      return IsUtf8(v.view()) ? Value::String(v.view()) : kConversion;
    case Kind::kBool:
      return Value::String(v.boolean ? "true" : "false");
    case Kind::kInt:
      size = static_cast<size_t>(std::to_chars(out, out + sizeof(out), v.integer).ptr - out);
      break;
    case Kind::kUint:
      size = static_cast<size_t>(std::to_chars(out, out + sizeof(out), v.natural).ptr - out);
      break;
    case Kind::kDouble:
      size = WriteDouble(v.number, out);
      break;
    case Kind::kTimestamp:
      size = WriteTimestamp(v, out);
      break;
    case Kind::kDuration:
      size = WriteDuration(v, out);
      break;
    case Kind::kIp:
    case Kind::kCidr:
      size = WriteAddress(v, out);
      break;
    default:
      return kNoOverload;
  }
  return NewString({out, size}, machine);
}

Value ToTimestamp(const Value& v) {
  if (v.kind == Kind::kTimestamp) return v;
  if (v.kind == Kind::kInt) return MakeTimestamp(v.integer, 0);
  return v.kind == Kind::kString ? ParseTimestamp(v.view()) : kNoOverload;
}

Value ToDuration(const Value& v) {
  if (v.kind == Kind::kDuration) return v;
  return v.kind == Kind::kString ? ParseDuration(v.view()) : kNoOverload;
}

}  // namespace

Value Convert(const Call& call) noexcept {
  const Value& v = call[0];
  switch (call.op) {
    case Op::kToBool:
      return ToBool(v);
    case Op::kToInt:
      return ToInt(v);
    case Op::kToUint:
      return ToUint(v);
    case Op::kToDouble:
      return ToDouble(v);
    case Op::kToString:
      return ToString(v, call.machine);
    case Op::kToBytes:
      if (v.kind == Kind::kBytes) return v;
      return v.kind == Kind::kString ? Value::Bytes(v.view()) : kNoOverload;
    case Op::kToTimestamp:
      return ToTimestamp(v);
    default:
      return ToDuration(v);
  }
}

}  // namespace doorward::cel
