// SPDX-License-Identifier: Apache-2.0
//
// What an expression computes: a value of the Common Expression Language, or the failure to have
// one. 16 octets, copied freely; strings, lists and maps stay where they are (in the claims, the
// request, the program or the evaluation's arena).

#ifndef DOORWARD_CEL_VALUE_H_
#define DOORWARD_CEL_VALUE_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "doorward/claims.h"

namespace doorward::cel {

enum class Kind : uint8_t {
  kFailure,
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kIp,
  kCidr,
  kType,
  kList,
  kMap,
};
inline constexpr size_t kKindCount = 15;

// The name of a kind as a type is spelled in an expression: "int", "google.protobuf.Timestamp".
std::string_view KindName(Kind kind) noexcept;

// Why there is no value.
enum class Failure : uint8_t {
  kNoSuchOverload,
  kNoSuchKey,
  kNotThere,      // a variable that this request does not have
  kAmbiguousKey,  // a key that occurs twice or is malformed in what the client sent
  kIndex,
  kDivisionByZero,
  kOverflow,
  kConversion,
  kArgument,
  kRepeatedKey,
  kBadPattern,
  kBudget,
  kMemory,
};

// A sentence's part: "division by zero".
std::string_view FailureText(Failure failure) noexcept;

// An IP address (4 octets of 16 in use for family 4) or, with a prefix length, a network.
struct Address {
  std::array<uint8_t, 16> octets{};
  uint8_t family = 4;  // 4 or 6
  uint8_t prefix = 0;  // of a network: 0 to 32 or 128
  friend bool operator==(const Address&, const Address&) = default;
};

struct Value;

// A map from strings to strings that the host holds. Cost of finding: logarithmic in the size.
class HostMap {
 public:
  virtual ~HostMap() = default;
  // A value; or kNoSuchKey, or another failure that reading, `has` and `in` share.
  virtual Value Find(std::string_view key) const noexcept = 0;
  // Its keys, each once.
  virtual size_t size() const noexcept = 0;
  virtual std::string_view KeyAt(size_t index) const noexcept = 0;
};

struct Value {
  // Who holds the elements of a list or the entries of a map.
  enum class Form : uint8_t {
    kItems,    // values in a row; a map's are key, value, key, value
    kJson,     // a document
    kStrings,  // a list of views in a row
    kHost,     // a HostMap
  };

  Kind kind = Kind::kFailure;
  Form form = Form::kItems;
  // Octets, elements or entries; the nanoseconds of a time; where a failure arose.
  uint32_t size = 0;
  union {
    int64_t integer;
    uint64_t natural;
    double number;
    bool boolean;
    Failure failure;
    Kind type;
    const char* text;
    const Address* address;
    const Value* items;
    const std::string_view* strings;
    const JsonNode* json;
    const HostMap* host;
  };

  constexpr Value() noexcept : integer(0) {}

  static constexpr Value Fail(Failure failure) noexcept {
    Value v;
    v.failure = failure;
    return v;
  }
  static constexpr Value Null() noexcept { return OfKind(Kind::kNull); }
  static constexpr Value Bool(bool b) noexcept {
    Value v = OfKind(Kind::kBool);
    v.boolean = b;
    return v;
  }
  static constexpr Value Int(int64_t i) noexcept {
    Value v = OfKind(Kind::kInt);
    v.integer = i;
    return v;
  }
  static constexpr Value Uint(uint64_t u) noexcept {
    Value v = OfKind(Kind::kUint);
    v.natural = u;
    return v;
  }
  static constexpr Value Double(double d) noexcept {
    Value v = OfKind(Kind::kDouble);
    v.number = d;
    return v;
  }
  static constexpr Value String(std::string_view s) noexcept { return Text(Kind::kString, s); }
  static constexpr Value Bytes(std::string_view s) noexcept { return Text(Kind::kBytes, s); }
  // `nanos` is from 0 to 999,999,999 and counts forward from `seconds`, also where those are
  // negative.
  static constexpr Value Time(Kind kind, int64_t seconds, int32_t nanos) noexcept {
    Value v = OfKind(kind);
    v.integer = seconds;
    v.size = static_cast<uint32_t>(nanos);
    return v;
  }
  static constexpr Value OfAddress(Kind kind, const Address* address) noexcept {
    Value v = OfKind(kind);
    v.address = address;
    return v;
  }
  static constexpr Value Type(Kind type) noexcept {
    Value v = OfKind(Kind::kType);
    v.type = type;
    return v;
  }
  static constexpr Value List(const Value* items, size_t count) noexcept {
    return Items(Kind::kList, items, count);
  }
  // `items` are `count` keys, each before its value.
  static constexpr Value Map(const Value* items, size_t count) noexcept {
    return Items(Kind::kMap, items, count);
  }
  static constexpr Value Strings(const std::string_view* strings, size_t count) noexcept {
    Value v = OfKind(Kind::kList);
    v.form = Form::kStrings;
    v.size = static_cast<uint32_t>(count);
    v.strings = strings;
    return v;
  }
  static Value Host(const HostMap& map) noexcept {
    Value v = OfKind(Kind::kMap);
    v.form = Form::kHost;
    v.host = &map;
    return v;
  }
  // kNoSuchKey for what is missing.
  static Value Json(JsonView json) noexcept;

  constexpr bool failed() const noexcept { return kind == Kind::kFailure; }
  constexpr bool is_true() const noexcept { return kind == Kind::kBool && boolean; }
  constexpr bool is_false() const noexcept { return kind == Kind::kBool && !boolean; }
  // REQUIRES: kString or kBytes.
  constexpr std::string_view view() const noexcept { return {text, size}; }
  constexpr int32_t nanos() const noexcept { return static_cast<int32_t>(size); }

 private:
  static constexpr Value OfKind(Kind kind) noexcept {
    Value v;
    v.kind = kind;
    return v;
  }
  static constexpr Value Text(Kind kind, std::string_view s) noexcept {
    Value v = OfKind(kind);
    v.text = s.data();
    v.size = static_cast<uint32_t>(s.size());
    return v;
  }
  static constexpr Value Items(Kind kind, const Value* items, size_t count) noexcept {
    Value v = OfKind(kind);
    v.items = items;
    v.size = static_cast<uint32_t>(count);
    return v;
  }
};
static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

// Elements of a list or entries of a map.
size_t SizeOf(const Value& container) noexcept;

// Walks a list's elements or a map's entries, in their order.
class Cursor {
 public:
  explicit Cursor(const Value& container) noexcept;
  bool done() const noexcept { return index_ == count_; }
  void Advance() noexcept;
  size_t index() const noexcept { return index_; }
  Value key() const noexcept;      // of a map's entry
  Value element() const noexcept;  // of a list, or the value of a map's entry

 private:
  const Value container_;
  const size_t count_;
  size_t index_ = 0;
  const JsonNode* json_;  // the element or member at hand, of a document
};

// The element of a list at `index`, which must be below its size. Cost: linear in `index` for a
// JSON array.
Value ElementAt(const Value& list, size_t index) noexcept;

// The value of `key` in a map; kNoSuchKey, or what reading it fails with. A double finds the
// integer that it is. Cost: linear in the entries, but for a host's map.
Value Find(const Value& map, const Value& key) noexcept;
Value FindMember(const Value& map, std::string_view name) noexcept;

// Octets that are copied, compared or searched for a step.
inline constexpr size_t kOctetsPerStep = 32;
inline constexpr size_t kOctetsPerStepOneByOne = 4;  // where each is looked at for itself

// What finding a key takes of the budget, beside a step. `key_size`: see KeySize.
inline size_t LookUpSteps(const Value& map, size_t key_size) noexcept {
  const size_t compared = 1 + key_size / kOctetsPerStep;
  if (map.form == Value::Form::kHost) return std::bit_width(map.host->size()) / 2 * compared;
  return map.size * compared / 4;
}
// Octets of a key that are compared, 0 where it is no text.
constexpr size_t KeySize(const Value& key) noexcept {
  return key.kind == Kind::kString ? key.size : 0;
}

// Equality of CEL, as a bool: values of different types differ, numbers compare across their types,
// NaN differs from all. Fails where an entry of a host's map does; and with kBudget once `steps`,
// from which all that is compared is taken, are below 0.
Value Equality(const Value& a, const Value& b, int64_t& steps) noexcept;
// The same with all the steps it takes; false for a failure.
bool Equal(const Value& a, const Value& b) noexcept;

// The order of two values: kFailure where they have none, else an int below, at or above 0; kNull
// where one is NaN.
Value Order(const Value& a, const Value& b) noexcept;

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_VALUE_H_
