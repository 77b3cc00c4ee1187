// SPDX-License-Identifier: Apache-2.0

#include "src/cel/value.h"

#include <cmath>
#include <compare>

#include "src/claims/json.h"

namespace doorward::cel {
namespace {

using Form = Value::Form;

Value MapKeyAt(const Value& map, size_t index) noexcept { return map.items[2 * index]; }
Value MapValueAt(const Value& map, size_t index) noexcept { return map.items[2 * index + 1]; }

bool IsNumber(Kind kind) noexcept {
  return kind == Kind::kInt || kind == Kind::kUint || kind == Kind::kDouble;
}

// A double beside an integer of 64 bits: what lies outside of the integer's range is ordered by
// that, all else is compared as doubles are (cel-spec, "Numeric Values").
std::partial_ordering OrderDouble(double d, int64_t i) noexcept {
  if (d < -0x1p63) return std::partial_ordering::less;
  if (d > 0x1p63) return std::partial_ordering::greater;
  return d <=> static_cast<double>(i);
}
std::partial_ordering OrderDouble(double d, uint64_t u) noexcept {
  if (d < 0) return std::partial_ordering::less;
  if (d > 0x1p64) return std::partial_ordering::greater;
  return d <=> static_cast<double>(u);
}

std::partial_ordering Reverse(std::partial_ordering order) noexcept { return 0 <=> order; }

// REQUIRES: both are numbers.
std::partial_ordering OrderNumbers(const Value& a, const Value& b) noexcept {
  if (a.kind == Kind::kDouble) {
    if (b.kind == Kind::kDouble) return a.number <=> b.number;
    return b.kind == Kind::kInt ? OrderDouble(a.number, b.integer)
                                : OrderDouble(a.number, b.natural);
  }
  if (b.kind == Kind::kDouble) return Reverse(OrderNumbers(b, a));
  if (a.kind == b.kind) {
    return a.kind == Kind::kInt ? a.integer <=> b.integer : a.natural <=> b.natural;
  }
  if (a.kind == Kind::kInt) {
    if (a.integer < 0) return std::partial_ordering::less;
    return static_cast<uint64_t>(a.integer) <=> b.natural;
  }
  return Reverse(OrderNumbers(b, a));
}

// The nodes of an object's members follow it, each with what it holds.
Value FindInObject(const JsonNode* object, std::string_view name) noexcept {
  const JsonNode* const end = object + object->extent;
  for (const JsonNode* member = object + 1; member != end; member = AfterNode(member)) {
    // Most names of one size differ where they end, which takes no call to see.
    if (member->name_size != name.size()) continue;
    if (!name.empty() && member->name[name.size() - 1] != name.back()) continue;
    if (std::string_view(member->name, member->name_size) == name) {
      return Value::Json(JsonView(member));
    }
  }
  return Value::Fail(Failure::kNoSuchKey);
}

// The integer that a double is; else the value itself.
Value AsInteger(const Value& value) noexcept {
  const double d = value.number;
  if (value.kind != Kind::kDouble || std::trunc(d) != d) return value;
  if (d >= -0x1p63 && d < 0x1p63) return Value::Int(static_cast<int64_t>(d));
  return d >= 0 && d < 0x1p64 ? Value::Uint(static_cast<uint64_t>(d)) : value;
}

bool IsSameKey(const Value& a, const Value& b) noexcept {
  if (IsNumber(a.kind) && IsNumber(b.kind)) return OrderNumbers(a, b) == 0;
  if (a.kind != b.kind) return false;
  return a.kind == Kind::kString ? a.view() == b.view()
                                 : a.kind == Kind::kBool && a.boolean == b.boolean;
}

// Compares values all the way down.
class Comparison {
 public:
  explicit Comparison(int64_t& steps) noexcept : steps_(steps) {}

  Value Run(const Value& a, const Value& b) noexcept {
    const bool equal = Same(a, b);
    if (steps_ < 0) return Value::Fail(Failure::kBudget);
    return failure_.failed() ? failure_ : Value::Bool(equal);
  }

 private:
  bool Charge(size_t steps) noexcept {
    steps_ -= static_cast<int64_t>(steps);
    return steps_ >= 0;
  }
  bool Fail(const Value& failure) noexcept {
    failure_ = failure;
    return false;
  }

  bool Same(const Value& a, const Value& b) noexcept {
    if (!Charge(1)) return false;
    if (a.failed()) return Fail(a);
    if (b.failed()) return Fail(b);
    if (a.kind != b.kind) {
      return IsNumber(a.kind) && IsNumber(b.kind) && OrderNumbers(a, b) == 0;
    }
    switch (a.kind) {
      case Kind::kList:
        return SameLists(a, b);
      case Kind::kMap:
        return SameMaps(a, b);
      case Kind::kString:
      case Kind::kBytes:
        return a.size == b.size && Charge(a.size / kOctetsPerStep) && a.view() == b.view();
      default:
        return SameScalars(a, b);
    }
  }

  bool SameLists(const Value& a, const Value& b) noexcept {
    if (SizeOf(a) != SizeOf(b)) return false;
    for (Cursor x(a), y(b); !x.done(); x.Advance(), y.Advance()) {
      if (!Same(x.element(), y.element())) return false;
    }
    return true;
  }

  bool SameMaps(const Value& a, const Value& b) noexcept {
    if (SizeOf(a) != SizeOf(b)) return false;
    for (Cursor x(a); !x.done(); x.Advance()) {
      const Value key = x.key();
      if (!Charge(LookUpSteps(b, KeySize(key)))) return false;
      const Value other = Find(b, key);
      if (other.failed() && other.failure == Failure::kNoSuchKey) return false;
      if (!Same(x.element(), other)) return false;
    }
    return true;
  }

  // REQUIRES: both are of the same kind, which is no string, list or map.
  static bool SameScalars(const Value& a, const Value& b) noexcept {
    switch (a.kind) {
      case Kind::kNull:
        return true;
      case Kind::kBool:
        return a.boolean == b.boolean;
      case Kind::kInt:
        return a.integer == b.integer;
      case Kind::kUint:
        return a.natural == b.natural;
      case Kind::kDouble:
        return std::is_eq(a.number <=> b.number);
      case Kind::kTimestamp:
      case Kind::kDuration:
        return a.integer == b.integer && a.size == b.size;
      case Kind::kIp:
      case Kind::kCidr:
        return *a.address == *b.address;
      default:
        return a.kind == Kind::kType && a.type == b.type;
    }
  }

  int64_t& steps_;
  Value failure_ = Value::Null();
};

Value OrderAsValue(std::partial_ordering order) noexcept {
  if (order == std::partial_ordering::unordered) return Value::Null();
  return Value::Int(order < 0 ? -1 : order > 0 ? 1 : 0);
}

}  // namespace

std::string_view KindName(Kind kind) noexcept {
  switch (kind) {
    case Kind::kFailure:
      return "error";
    case Kind::kNull:
      return "null_type";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kTimestamp:
      return "google.protobuf.Timestamp";
    case Kind::kDuration:
      return "google.protobuf.Duration";
    case Kind::kIp:
      return "net.IP";
    case Kind::kCidr:
      return "net.CIDR";
    case Kind::kType:
      return "type";
    case Kind::kList:
      return "list";
    case Kind::kMap:
      return "map";
  }
  return "error";
}

std::string_view FailureText(Failure failure) noexcept {
  switch (failure) {
    case Failure::kNoSuchOverload:
      return "the operation does not exist for these types";
    case Failure::kNoSuchKey:
      return "there is no such key";
    case Failure::kNotThere:
      return "the request does not have it";
    case Failure::kAmbiguousKey:
      return "the key occurs twice or is malformed";
    case Failure::kIndex:
      return "the index is out of range";
    case Failure::kDivisionByZero:
      return "division by zero";
    case Failure::kOverflow:
      return "the result is out of range";
    case Failure::kConversion:
      return "the value cannot be converted";
    case Failure::kArgument:
      return "the argument is not valid";
    case Failure::kRepeatedKey:
      return "a key occurs twice in the map";
    case Failure::kBadPattern:
      return "the pattern is no regular expression";
    case Failure::kBudget:
      return "the evaluation takes too many steps";
    case Failure::kMemory:
      return "the evaluation takes too much memory";
  }
  return "";
}

Value Value::Json(JsonView json) noexcept {
  const JsonNode* const node = json.node();
  if (node == nullptr) return Fail(Failure::kNoSuchKey);
  Value v;
  switch (node->kind) {
    case JsonView::Kind::kMissing:
      return Fail(Failure::kNoSuchKey);
    case JsonView::Kind::kNull:
      return Null();
    case JsonView::Kind::kBool:
      return Bool(node->boolean);
    case JsonView::Kind::kInt:
      return Int(node->integer);
    case JsonView::Kind::kDouble:
      return Double(node->number);
    case JsonView::Kind::kString:
      return String({node->text, node->size});
    case JsonView::Kind::kArray:
      v.kind = Kind::kList;
      break;
    case JsonView::Kind::kObject:
      v.kind = Kind::kMap;
      break;
  }
  v.form = Form::kJson;
  v.size = node->size;
  v.json = node;
  return v;
}

size_t SizeOf(const Value& container) noexcept {
  return container.form == Form::kHost ? container.host->size() : container.size;
}

Cursor::Cursor(const Value& container) noexcept
    : container_(container),
      count_(SizeOf(container)),
      json_(container.form == Form::kJson ? container.json + 1 : nullptr) {}

void Cursor::Advance() noexcept {
  ++index_;
  if (container_.form == Form::kJson) json_ += json_->extent;
}

Value Cursor::key() const noexcept {
  switch (container_.form) {
    case Form::kJson:
      return Value::String({json_->name, json_->name_size});
    case Form::kHost:
      return Value::String(container_.host->KeyAt(index_));
    default:
      return MapKeyAt(container_, index_);
  }
}

Value Cursor::element() const noexcept {
  switch (container_.form) {
    case Form::kJson:
      return Value::Json(JsonView(json_));
    case Form::kStrings:
      return Value::String(container_.strings[index_]);
    case Form::kHost:
      return container_.host->Find(container_.host->KeyAt(index_));
    default:
      return container_.kind == Kind::kMap ? MapValueAt(container_, index_)
                                           : container_.items[index_];
  }
}

Value ElementAt(const Value& list, size_t index) noexcept {
  if (list.form == Form::kStrings) return Value::String(list.strings[index]);
  if (list.form == Form::kItems) return list.items[index];
  Cursor cursor(list);
  while (cursor.index() < index) cursor.Advance();
  return cursor.element();
}

Value FindMember(const Value& map, std::string_view name) noexcept {
  switch (map.form) {
    case Form::kJson:
      return FindInObject(map.json, name);
    case Form::kHost:
      return map.host->Find(name);
    default:
      return Find(map, Value::String(name));
  }
}

Value Find(const Value& map, const Value& key) noexcept {
  if (map.form != Form::kItems) {
    return key.kind == Kind::kString ? FindMember(map, key.view())
                                     : Value::Fail(Failure::kNoSuchKey);
  }
  const Value wanted = AsInteger(key);
  for (size_t i = 0; i < map.size; ++i) {
    if (IsSameKey(MapKeyAt(map, i), wanted)) return MapValueAt(map, i);
  }
  return Value::Fail(Failure::kNoSuchKey);
}

Value Equality(const Value& a, const Value& b, int64_t& steps) noexcept {
  return Comparison(steps).Run(a, b);
}

bool Equal(const Value& a, const Value& b) noexcept {
  int64_t steps = INT64_MAX;
  return Equality(a, b, steps).is_true();
}

Value Order(const Value& a, const Value& b) noexcept {
  if (IsNumber(a.kind) && IsNumber(b.kind)) return OrderAsValue(OrderNumbers(a, b));
  if (a.kind != b.kind) return Value::Fail(Failure::kNoSuchOverload);
  switch (a.kind) {
    case Kind::kBool:
      return OrderAsValue(a.boolean <=> b.boolean);
    case Kind::kString:
    case Kind::kBytes:
      return OrderAsValue(a.view() <=> b.view());
    case Kind::kTimestamp:
    case Kind::kDuration:
      return OrderAsValue(a.integer != b.integer ? a.integer <=> b.integer : a.size <=> b.size);
    default:
      return Value::Fail(Failure::kNoSuchOverload);
  }
}

}  // namespace doorward::cel
