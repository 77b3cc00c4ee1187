// SPDX-License-Identifier: Apache-2.0
//
// Timestamps and durations: RFC 3339, durations as "1h30m", calendar fields in a time zone.

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr int64_t kMaxDuration = INT64_MAX / kNanosPerSecond;

constexpr Value kNoOverload = Value::Fail(Failure::kNoSuchOverload);
constexpr Value kConversion = Value::Fail(Failure::kConversion);

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Brings nanoseconds between 0 and a second. False where the seconds do not fit.
bool Carry(int64_t& seconds, int64_t& nanos) {
  int64_t carry = nanos / kNanosPerSecond;
  nanos %= kNanosPerSecond;
  if (nanos < 0) {
    nanos += kNanosPerSecond;
    --carry;
  }
  return !__builtin_add_overflow(seconds, carry, &seconds);
}

// Reads a text piece by piece.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool done() const { return text_.empty(); }
  std::string_view rest() const { return text_; }

  // Exactly `count` digits.
  std::optional<int> Digits(size_t count) {
    if (text_.size() < count) return std::nullopt;
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (!IsDigit(text_[i])) return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value;
  }

  // Digits after a point, as nanoseconds; finer ones are cut off. At least one digit.
  std::optional<int64_t> Fraction() {
    int64_t nanos = 0;
    int64_t unit = kNanosPerSecond / 10;
    if (text_.empty() || !IsDigit(text_.front())) return std::nullopt;
    for (; !text_.empty() && IsDigit(text_.front()); text_.remove_prefix(1), unit /= 10) {
      nanos += unit * (text_.front() - '0');
    }
    return nanos;
  }

  // Digits before a point; at least one where `required`.
  std::optional<int64_t> Whole(bool required) {
    int64_t value = 0;
    if (required && (text_.empty() || !IsDigit(text_.front()))) return std::nullopt;
    for (; !text_.empty() && IsDigit(text_.front()); text_.remove_prefix(1)) {
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, text_.front() - '0', &value)) {
        return std::nullopt;
      }
    }
    return value;
  }

  // A unit of a duration, in nanoseconds.
  std::optional<int64_t> Unit() {
    constexpr struct {
      std::string_view name;
      int64_t nanos;
    } kUnits[] = {{"ns", 1},
                  {"us", 1'000},
                  {"\xC2\xB5s", 1'000},  // micro sign
                  {"\xCE\xBCs", 1'000},  // Greek mu
                  {"ms", 1'000'000},
                  {"s", kNanosPerSecond},
                  {"m", 60 * kNanosPerSecond},
                  {"h", 3600 * kNanosPerSecond}};
    for (const auto& unit : kUnits) {
      if (!text_.starts_with(unit.name)) continue;
      text_.remove_prefix(unit.name.size());
      return unit.nanos;
    }
    return std::nullopt;
  }

 private:
  std::string_view text_;
};

// "+01:00", "-02:30", "02:00": seconds east of UTC.
std::optional<int> ReadOffset(std::string_view text) {
  Reader reader(text);
  const bool negative = reader.Take('-');
  if (!negative) reader.Take('+');
  const std::optional<int> hours = reader.Digits(2);
  if (!hours || !reader.Take(':')) return std::nullopt;
  const std::optional<int> minutes = reader.Digits(2);
  if (!minutes || !reader.done() || *hours > 23 || *minutes > 59) return std::nullopt;
  const int seconds = (*hours * 60 + *minutes) * 60;
  return negative ? -seconds : seconds;
}

std::optional<int> FixedOffset(std::string_view name) {
  if (name == "UTC" || name == "GMT" || name == "Z") return 0;
  return ReadOffset(name);
}

// Writes nanoseconds as ".5", without trailing zeros; nothing for none.
size_t WriteFraction(uint32_t nanos, char* out) {
  if (nanos == 0) return 0;
  char digits[10] = {'.'};
  for (size_t i = 9; i >= 1; --i, nanos /= 10) digits[i] = static_cast<char>('0' + nanos % 10);
  size_t size = 10;
  while (digits[size - 1] == '0') --size;
  std::memcpy(out, digits, size);
  return size;
}

char* WritePadded(int64_t value, size_t width, char* out) {
  for (size_t i = width; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + width;
}

absl::CivilSecond CivilTime(const Value& time, const absl::TimeZone& zone) {
  return zone.At(absl::FromUnixSeconds(time.integer)).cs;
}

int64_t ReadField(Op op, const Value& time, const absl::CivilSecond& at) {
  switch (op) {
    case Op::kFullYear:
      return at.year();
    case Op::kMonth:
      return at.month() - 1;
    case Op::kDayOfYear:
      return absl::GetYearDay(absl::CivilDay(at)) - 1;
    case Op::kDayOfMonth:
      return at.day() - 1;
    case Op::kDate:
      return at.day();
    // absl counts from Monday, CEL from Sunday.
    case Op::kDayOfWeek:
      return (static_cast<int>(absl::GetWeekday(at)) + 1) % 7;
    case Op::kHours:
      return at.hour();
    case Op::kMinutes:
      return at.minute();
    case Op::kSeconds:
      return at.second();
    default:
      return time.nanos() / 1'000'000;
  }
}

// Whole hours, minutes or seconds of a duration, towards zero; the milliseconds beside its seconds.
Value ReadDuration(Op op, const Value& duration) {
  // A negative duration counts its nanoseconds forward from the second before.
  const bool round_up = duration.integer < 0 && duration.nanos() > 0;
  const int64_t seconds = duration.integer + (round_up ? 1 : 0);
  const int64_t nanos = duration.nanos() - (round_up ? kNanosPerSecond : 0);
  switch (op) {
    case Op::kHours:
      return Value::Int(seconds / 3600);
    case Op::kMinutes:
      return Value::Int(seconds / 60);
    case Op::kSeconds:
      return Value::Int(seconds);
    case Op::kMilliseconds:
      return Value::Int(nanos / 1'000'000);
    default:
      return kNoOverload;
  }
}

}  // namespace

Value MakeTimestamp(int64_t seconds, int64_t nanos) noexcept {
  if (!Carry(seconds, nanos) || seconds < kFirstSecond || seconds > kLastSecond) {
    return Value::Fail(Failure::kOverflow);
  }
  return Value::Time(Kind::kTimestamp, seconds, static_cast<int32_t>(nanos));
}

Value MakeDuration(int64_t seconds, int64_t nanos) noexcept {
  if (!Carry(seconds, nanos)) return Value::Fail(Failure::kOverflow);
  const __int128 total = static_cast<__int128>(seconds) * kNanosPerSecond + nanos;
  if (total < INT64_MIN || total > INT64_MAX) return Value::Fail(Failure::kOverflow);
  return Value::Time(Kind::kDuration, seconds, static_cast<int32_t>(nanos));
}

Value ParseTimestamp(std::string_view text) noexcept {
  // A fifth digit of the year is a time out of range, not another text.
  if (text.size() > 5 && IsDigit(text[4]) && text[5] == '-') return Value::Fail(Failure::kOverflow);
  Reader reader(text);
  const auto year = reader.Digits(4);
  if (!year || !reader.Take('-')) return kConversion;
  const auto month = reader.Digits(2);
  if (!month || !reader.Take('-')) return kConversion;
  const auto day = reader.Digits(2);
  if (!day || !(reader.Take('T') || reader.Take('t'))) return kConversion;
  const auto hour = reader.Digits(2);
  if (!hour || !reader.Take(':')) return kConversion;
  const auto minute = reader.Digits(2);
  if (!minute || !reader.Take(':')) return kConversion;
  const auto second = reader.Digits(2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return kConversion;
  std::optional<int64_t> nanos = 0;
  if (reader.Take('.')) nanos = reader.Fraction();
  if (!nanos) return kConversion;
  const std::string_view zone = reader.rest();
  const bool is_utc = zone == "Z" || zone == "z";
  const bool is_offset = zone.starts_with('+') || zone.starts_with('-');
  const std::optional<int> offset = is_offset ? ReadOffset(zone) : 0;
  const absl::CivilDay date(*year, *month, *day);
  if (!(is_utc || is_offset) || !offset || date.month() != *month || date.day() != *day) {
    return kConversion;
  }
  const int64_t days = date - absl::CivilDay(1970, 1, 1);
  return MakeTimestamp(days * 86'400 + *hour * 3600 + *minute * 60 + *second - *offset, *nanos);
}

Value ParseDuration(std::string_view text) noexcept {
  Reader reader(text);
  const bool negative = reader.Take('-');
  if (!negative) reader.Take('+');
  if (reader.Take('0') && reader.done()) return MakeDuration(0, 0);
  reader = Reader(text.substr(!text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0));
  if (reader.done()) return kConversion;
  int64_t seconds = 0;
  int64_t nanos = 0;
  while (!reader.done()) {
    const bool starts_with_point = reader.Take('.');
    const auto whole = starts_with_point ? std::optional<int64_t>(0) : reader.Whole(true);
    if (!whole) return kConversion;
    std::optional<int64_t> fraction = 0;
    if (starts_with_point || reader.Take('.')) fraction = reader.Fraction();
    if (!fraction) return kConversion;
    const auto unit = reader.Unit();
    if (!unit) return kConversion;
    const __int128 total = static_cast<__int128>(*whole) * *unit +
                           static_cast<__int128>(*fraction) * *unit / kNanosPerSecond;
    const __int128 whole_seconds = total / kNanosPerSecond;
    if (whole_seconds > kMaxDuration) return Value::Fail(Failure::kOverflow);
    seconds += static_cast<int64_t>(whole_seconds);
    nanos += static_cast<int64_t>(total % kNanosPerSecond);
    if (seconds > kMaxDuration || !Carry(seconds, nanos)) return Value::Fail(Failure::kOverflow);
  }
  return negative ? MakeDuration(-seconds, -nanos) : MakeDuration(seconds, nanos);
}

size_t WriteTimestamp(const Value& time, char* out) noexcept {
  const absl::CivilSecond at = CivilTime(time, absl::UTCTimeZone());
  char* end = WritePadded(at.year(), 4, out);
  const struct {
    char before;
    int value;
  } parts[] = {
      {'-', at.month()}, {'-', at.day()}, {'T', at.hour()}, {':', at.minute()}, {':', at.second()}};
  for (const auto& part : parts) {
    *end++ = part.before;
    end = WritePadded(part.value, 2, end);
  }
  end += WriteFraction(time.size, end);
  *end++ = 'Z';
  return static_cast<size_t>(end - out);
}

size_t WriteDuration(const Value& duration, char* out) noexcept {
  char* end = out;
  int64_t seconds = duration.integer;
  uint32_t nanos = duration.size;
  if (seconds < 0) {
    *end++ = '-';
    seconds = -seconds;
    if (nanos > 0) {
      --seconds;
      nanos = static_cast<uint32_t>(kNanosPerSecond) - nanos;
    }
  }
  end = std::to_chars(end, end + 20, seconds).ptr;
  end += WriteFraction(nanos, end);
  *end++ = 's';
  return static_cast<size_t>(end - out);
}

Value CalculateTime(Op op, const Value& a, const Value& b) noexcept {
  const bool add = op == Op::kAdd;
  if (!add && op != Op::kSubtract) return kNoOverload;
  const int64_t sign = add ? 1 : -1;
  // Both are far below 2^63, so that neither sum wraps.
  const int64_t seconds = a.integer + sign * b.integer;
  const int64_t nanos = a.nanos() + sign * b.nanos();
  const bool a_is_time = a.kind == Kind::kTimestamp;
  const bool b_is_time = b.kind == Kind::kTimestamp;
  if (a_is_time && b_is_time) return add ? kNoOverload : MakeDuration(seconds, nanos);
  if (b_is_time && !add) return kNoOverload;
  return a_is_time || b_is_time ? MakeTimestamp(seconds, nanos) : MakeDuration(seconds, nanos);
}

// A name of the database, of which "localtime" is none: it is the machine's own zone, which no
// policy should depend on. Without points and colons no name leads out of the database.
bool IsZoneName(std::string_view name) {
  constexpr std::string_view kOthers = "_+-/";
  const auto may_be_in_name = [&](char c) {
    return IsDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kOthers.find(c) != kOthers.npos;
  };
  return !name.empty() && name[0] != '/' && !name.ends_with("localtime") &&
         std::all_of(name.begin(), name.end(), may_be_in_name);
}

bool FindZone(std::string_view name, absl::TimeZone& zone) {
  if (const std::optional<int> offset = FixedOffset(name)) {
    zone = absl::FixedTimeZone(*offset);
    return true;
  }
  return IsZoneName(name) && absl::LoadTimeZone(std::string(name), &zone);
}

Value ReadTime(const Call& call) noexcept {
  if (call.Has(0, Kind::kDuration) && call.size() == 1) return ReadDuration(call.op, call[0]);
  if (!call.Has(0, Kind::kTimestamp)) return kNoOverload;
  Value time = call[0];
  absl::TimeZone zone = absl::UTCTimeZone();
  if (call.constant > 0) {
    zone = call.program.zones[call.constant - 1];
  } else if (call.size() > 1) {
    if (!call.Has(1, Kind::kString)) return kNoOverload;
    // No file is read while a request waits: a zone that is not constant can only be an offset.
    const std::optional<int> offset = FixedOffset(call[1].view());
    if (!offset) return Value::Fail(Failure::kArgument);
    time.integer += *offset;
  }
  return Value::Int(ReadField(call.op, time, CivilTime(time, zone)));
}

}  // namespace doorward::cel
