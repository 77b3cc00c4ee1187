// SPDX-License-Identifier: Apache-2.0
//
// string.format(list) of the strings extension: %s %d %f %e %b %o %x %X and %%.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "src/base/utf8.h"
#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr size_t kMaxPrecision = 100;
constexpr int kDefaultPrecision = 6;
constexpr int kMaxNesting = 32;

// Text that grows in the arena. What no memory or budget is left for makes it fail.
class Builder {
 public:
  explicit Builder(Machine& machine) : machine_(machine) {}

  void Append(std::string_view text) {
    if (failed_ || text.empty()) return;
    if (text.size() > capacity_ - size_) Grow(text.size());
    if (failed_) return;
    std::memcpy(memory_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  Value Take() const {
    if (failed_) return Value::Fail(machine_.Charge(0) ? Failure::kMemory : Failure::kBudget);
    return Value::String({memory_, size_});
  }
  std::string_view view() const { return {memory_, size_}; }

 private:
  void Grow(size_t more) {
    const size_t capacity = std::max<size_t>(2 * capacity_, size_ + more + 64);
    char* const memory = machine_.arena().Allocate(capacity);
    failed_ = memory == nullptr || !machine_.Charge(capacity / kOctetsPerStep);
    if (failed_) return;
    if (size_ > 0) std::memcpy(memory, memory_, size_);
    memory_ = memory;
    capacity_ = capacity;
  }

  Machine& machine_;
  char* memory_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  bool failed_ = false;
};

bool WriteNamedDouble(double value, Builder& out) {
  if (std::isfinite(value)) return false;
  out.Append(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
  return true;
}

// A value as %s shows it.
class Shower {
 public:
  Shower(Machine& machine, Builder& out) : machine_(machine), out_(out) {}

  bool Show(const Value& value, int depth) {
    if (depth > kMaxNesting || !machine_.Charge(1)) return false;
    char text[kMaxNetworkBytes];
    static_assert(sizeof(text) >= kMaxDoubleBytes && sizeof(text) >= kMaxTimeBytes);
    const auto append = [&](size_t size) { out_.Append({text, size}); };
    switch (value.kind) {
      case Kind::kNull:
        out_.Append("null");
        return true;
      case Kind::kBool:
        out_.Append(value.boolean ? "true" : "false");
        return true;
      case Kind::kInt:
        append(static_cast<size_t>(std::to_chars(text, text + 24, value.integer).ptr - text));
        return true;
      case Kind::kUint:
        append(static_cast<size_t>(std::to_chars(text, text + 24, value.natural).ptr - text));
        return true;
      case Kind::kDouble:
        append(WriteDouble(value.number, text));
        return true;
      case Kind::kString:
        out_.Append(value.view());
        return true;
      case Kind::kBytes:
        if (!machine_.Charge(value.size / kOctetsPerStepOneByOne)) return false;
        ShowBytes(value.view());
        return true;
      case Kind::kTimestamp:
        append(WriteTimestamp(value, text));
        return true;
      case Kind::kDuration:
        append(WriteDuration(value, text));
        return true;
      case Kind::kIp:
      case Kind::kCidr:
        append(WriteAddress(value, text));
        return true;
      case Kind::kType:
        out_.Append(KindName(value.type));
        return true;
      case Kind::kList:
        return ShowList(value, depth);
      case Kind::kMap:
        return ShowMap(value, depth);
      case Kind::kFailure:
        return false;
    }
    return false;
  }

 private:
  // Each run of octets that are no UTF-8 becomes one U+FFFD.
  void ShowBytes(std::string_view octets) {
    bool replaced = false;
    while (!octets.empty()) {
      const size_t length = DecodeUtf8(octets).length;
      if (length > 0) {
        out_.Append(octets.substr(0, length));
      } else if (!replaced) {
        out_.Append("\xEF\xBF\xBD");
      }
      replaced = length == 0;
      octets.remove_prefix(std::max<size_t>(length, 1));
    }
  }

  bool ShowList(const Value& list, int depth) {
    out_.Append("[");
    for (Cursor c(list); !c.done(); c.Advance()) {
      if (c.index() > 0) out_.Append(", ");
      if (!Show(c.element(), depth + 1)) return false;
    }
    out_.Append("]");
    return true;
  }

  // Entries in the order of their keys as they are shown.
  bool ShowMap(const Value& map, int depth) {
    struct Entry {
      std::string_view key;
      Value value;
    };
    const size_t count = SizeOf(map);
    auto* const entries = machine_.arena().AllocateArray<Entry>(count);
    if (entries == nullptr || !machine_.Charge(count * 4)) return false;
    for (Cursor c(map); !c.done(); c.Advance()) {
      Builder key(machine_);
      if (!Shower(machine_, key).Show(c.key(), depth + 1)) return false;
      entries[c.index()] = {key.view(), c.element()};
    }
    std::sort(entries, entries + count,
              [](const Entry& a, const Entry& b) { return a.key < b.key; });
    out_.Append("{");
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out_.Append(", ");
      out_.Append(entries[i].key);
      out_.Append(": ");
      if (!Show(entries[i].value, depth + 1)) return false;
    }
    out_.Append("}");
    return true;
  }

  Machine& machine_;
  Builder& out_;
};

struct Clause {
  char verb = 's';
  int precision = kDefaultPrecision;
};

// Takes what follows a percent sign.
std::optional<Clause> ReadClause(std::string_view& text) {
  Clause clause;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), clause.precision);
    if (error != std::errc() || clause.precision < 0 ||
        clause.precision > static_cast<int>(kMaxPrecision)) {
      return std::nullopt;
    }
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
  if (text.empty()) return std::nullopt;
  clause.verb = text.front();
  text.remove_prefix(1);
  return clause;
}

bool WriteInteger(const Value& value, int base, bool upper, Builder& out) {
  char text[66];
  char* end = text;
  if (value.kind == Kind::kInt) {
    end = std::to_chars(text, text + sizeof(text), value.integer, base).ptr;
  } else if (value.kind == Kind::kUint) {
    end = std::to_chars(text, text + sizeof(text), value.natural, base).ptr;
  } else {
    return false;
  }
  if (upper) {
    std::transform(text, end, text,
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 0x20) : c; });
  }
  out.Append({text, static_cast<size_t>(end - text)});
  return true;
}

bool WriteHex(const Value& value, bool upper, Machine& machine, Builder& out) {
  if (value.kind != Kind::kString && value.kind != Kind::kBytes) {
    return WriteInteger(value, 16, upper, out);
  }
  if (!machine.Charge(value.size / kOctetsPerStepOneByOne)) return false;
  const char* const digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  for (const char c : value.view()) {
    const auto octet = static_cast<unsigned char>(c);
    const char pair[] = {digits[octet >> 4], digits[octet & 15]};
    out.Append({pair, 2});
  }
  return true;
}

bool WriteReal(const Value& value, const Clause& clause, Machine& machine, Builder& out) {
  constexpr size_t kSteps = 100;  // hundreds of digits may have to be found
  if (!machine.Charge(kSteps)) return false;
  double number = 0;
  switch (value.kind) {
    case Kind::kDouble:
      number = value.number;
      break;
    case Kind::kInt:
      number = static_cast<double>(value.integer);
      break;
    case Kind::kUint:
      number = static_cast<double>(value.natural);
      break;
    default:
      return false;
  }
  if (WriteNamedDouble(number, out)) return true;
  char text[512];  // a double has at most 309 digits before its point
  static_assert(sizeof(text) > 320 + kMaxPrecision);
  const auto form = clause.verb == 'f' ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(text, text + sizeof(text), number, form, clause.precision).ptr;
  out.Append({text, static_cast<size_t>(end - text)});
  return true;
}

bool WriteClause(const Clause& clause, const Value& value, Machine& machine, Builder& out) {
  switch (clause.verb) {
    case 's':
      return Shower(machine, out).Show(value, 0);
    case 'd':
      if (value.kind == Kind::kDouble) return Shower(machine, out).Show(value, 0);
      return WriteInteger(value, 10, false, out);
    case 'b':
      if (value.kind == Kind::kBool) {
        out.Append(value.boolean ? "1" : "0");
        return true;
      }
      return WriteInteger(value, 2, false, out);
    case 'o':
      return WriteInteger(value, 8, false, out);
    case 'x':
    case 'X':
      return WriteHex(value, clause.verb == 'X', machine, out);
    case 'f':
    case 'e':
      return WriteReal(value, clause, machine, out);
    default:
      return false;
  }
}

}  // namespace

// The shortest text that gives the same double again; an exponent only where it is below -4 or at
// least 21.
size_t WriteDouble(double value, char* out) noexcept {
  std::string_view name;
  if (std::isnan(value)) name = "NaN";
  if (std::isinf(value)) name = value > 0 ? "Infinity" : "-Infinity";
  if (!name.empty()) return name.copy(out, name.size());
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e21);
  const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  return static_cast<size_t>(std::to_chars(out, out + kMaxDoubleBytes, value, form).ptr - out);
}

Value Format(const Call& call) noexcept {
  if (!call.Has(1, Kind::kList)) return Value::Fail(Failure::kNoSuchOverload);
  std::string_view text = call[0].view();
  Builder out(call.machine);
  Cursor arguments(call[1]);
  while (!text.empty()) {
    const size_t percent = std::min(text.find('%'), text.size());
    out.Append(text.substr(0, percent));
    text.remove_prefix(percent);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.starts_with('%')) {
      out.Append("%");
      text.remove_prefix(1);
      continue;
    }
    const std::optional<Clause> clause = ReadClause(text);
    if (!clause || arguments.done() ||
        !WriteClause(*clause, arguments.element(), call.machine, out)) {
      return Value::Fail(call.machine.Charge(0) ? Failure::kArgument : Failure::kBudget);
    }
    arguments.Advance();
  }
  return out.Take();
}

}  // namespace doorward::cel
