// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/time_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "tools/doorward/command_line.h"

namespace doorward::command {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes digits and signs off the front of a text, and remembers whether all was there.
class Taker {
 public:
  explicit Taker(std::string_view text) : rest_(text) {}

  int Digits(size_t count) {
    const std::string_view digits = rest_.substr(0, count);
    if (digits.size() < count || !std::all_of(digits.begin(), digits.end(), IsDigit)) ok_ = false;
    int value = 0;
    for (char c : digits) value = value * 10 + (c - '0');
    rest_.remove_prefix(digits.size());
    return ok_ ? value : 0;
  }
  // Takes one of `choices` and returns it, in upper case.
  char OneOf(std::string_view choices) {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) {
      ok_ = false;
      return 0;
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  // Takes ".digits" where it stands next, as nanoseconds; 0 where it does not.
  int32_t Fraction() {
    if (rest_.empty() || rest_.front() != '.') return 0;
    rest_.remove_prefix(1);
    if (rest_.empty() || !IsDigit(rest_.front())) ok_ = false;
    int32_t nanos = 0;
    int32_t unit = 100'000'000;
    for (; !rest_.empty() && IsDigit(rest_.front()); unit /= 10) {
      nanos += (rest_.front() - '0') * unit;
      rest_.remove_prefix(1);
    }
    return nanos;
  }
  void Fail() { ok_ = false; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// RFC 3339 `time-offset`, in seconds.
int TakeOffset(Taker& taker) {
  const char sign = taker.OneOf("Zz+-");
  if (sign == 'Z' || sign == 0) return 0;
  const int hours = taker.Digits(2);
  taker.OneOf(":");
  const int minutes = taker.Digits(2);
  if (hours > 23 || minutes > 59) taker.Fail();
  return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

std::optional<Timestamp> ParseRfc3339(std::string_view text) {
  Taker taker(text);
  const int year = taker.Digits(4);
  taker.OneOf("-");
  const int month = taker.Digits(2);
  taker.OneOf("-");
  const int day = taker.Digits(2);
  taker.OneOf("Tt");
  const int hour = taker.Digits(2);
  taker.OneOf(":");
  const int minute = taker.Digits(2);
  taker.OneOf(":");
  const int second = taker.Digits(2);
  const int32_t nanos = taker.Fraction();
  const int offset = TakeOffset(taker);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!taker.done() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t minute_start = days * 86400 + hour * 3600 + minute * 60 - offset;
  // A leap second stands at the end of a day of UTC alone; POSIX time counts it as the next.
  if (second == 60 && (minute_start % 86400 + 86400) % 86400 != 86400 - 60) return std::nullopt;
  return Timestamp::FromUnixSeconds(minute_start + second, nanos);
}

std::optional<Timestamp> ParseUnix(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::string_view whole = text.substr(0, text.find('.'));
  if (whole.empty() || !std::all_of(whole.begin(), whole.end(), IsDigit)) return std::nullopt;
  int64_t seconds = 0;
  if (std::from_chars(whole.data(), whole.data() + whole.size(), seconds).ec != std::errc()) {
    return std::nullopt;
  }
  Taker taker(text.substr(whole.size()));
  const int32_t nanos = taker.Fraction();
  if (!taker.done()) return std::nullopt;
  if (!negative) return Timestamp::FromUnixSeconds(seconds, nanos);
  return nanos == 0 ? Timestamp::FromUnixSeconds(-seconds)
                    : Timestamp::FromUnixSeconds(-seconds - 1, 1'000'000'000 - nanos);
}

}  // namespace

std::optional<Timestamp> ParseTime(std::string_view text) {
  const std::optional<Timestamp> unix_time = ParseUnix(text);
  return unix_time ? unix_time : ParseRfc3339(text);
}

std::optional<Timestamp> ParseJsonTime(std::string_view number) {
  const std::optional<Timestamp> exact = ParseUnix(number);
  if (exact) return exact;
  double seconds = 0;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), seconds);
  // 2^63 is the first double that an int64 cannot hold.
  constexpr double kLimit = 9223372036854775808.0;
  if (failed != std::errc() || end != number.data() + number.size() ||
      !(std::abs(seconds) < kLimit)) {
    return std::nullopt;
  }
  const double whole = std::floor(seconds);
  return Timestamp::FromUnixSeconds(
      static_cast<int64_t>(whole),
      static_cast<int32_t>(std::min((seconds - whole) * 1e9, 999'999'999.0)));
}

Timestamp CurrentTime() { return std::chrono::system_clock::now(); }

std::optional<Timestamp> ReadTimeOption(const char* name, const std::optional<std::string>& value) {
  if (!value) return std::nullopt;
  const std::optional<Timestamp> time = ParseTime(*value);
  if (!time) {
    throw UsageError(std::string("`") + name + "` is no time: " + QuoteArgument(*value) +
                     "; it is " + std::string(kTimeForms));
  }
  return time;
}

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  int64_t unit = 1;
  if (!text.empty() && !IsDigit(text.back())) {
    switch (text.back()) {
      case 's':
        break;
      case 'm':
        unit = 60;
        break;
      case 'h':
        unit = 3600;
        break;
      case 'd':
        unit = 86400;
        break;
      default:
        return std::nullopt;
    }
    text.remove_suffix(1);
  }
  if (text.empty() || !std::all_of(text.begin(), text.end(), IsDigit)) return std::nullopt;
  int64_t count = 0;
  int64_t seconds = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc() ||
      __builtin_mul_overflow(count, unit, &seconds)) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

std::string FormatTime(Timestamp time) {
  constexpr int64_t kYear0 = -62167219200;
  constexpr int64_t kYear9999 = 253402300799;
  if (time.unix_seconds() < kYear0 || time.unix_seconds() > kYear9999) return "out of range";
  const std::chrono::sys_seconds at{std::chrono::seconds(time.unix_seconds())};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(at - day);
  char out[80];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out;
}

std::string FormatDistance(Timestamp time, Timestamp now) {
  struct Unit {
    int64_t seconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {
      {86400 * 365, "year"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
  int64_t distance = 0;
  if (__builtin_sub_overflow(time.unix_seconds(), now.unix_seconds(), &distance)) return "far away";
  if (distance == 0) return "now";
  const bool past = distance < 0;
  const uint64_t magnitude =
      past ? 0 - static_cast<uint64_t>(distance) : static_cast<uint64_t>(distance);
  const Unit* unit = kUnits;
  while (magnitude < static_cast<uint64_t>(unit->seconds)) ++unit;
  const uint64_t count = magnitude / static_cast<uint64_t>(unit->seconds);
  const std::string words = std::to_string(count) + ' ' + unit->name + (count == 1 ? "" : "s");
  return past ? words + " ago" : "in " + words;
}

}  // namespace doorward::command
