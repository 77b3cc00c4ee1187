// SPDX-License-Identifier: Apache-2.0
//
// A point in time, handed in by the host: the library reads no clock.
//
//   authorizer.Authorize(request, std::chrono::system_clock::now(), scratch);
//   verifier.Verify(token, doorward::Timestamp::FromUnixSeconds(1750000000), scratch);

#ifndef DOORWARD_TIMESTAMP_H_
#define DOORWARD_TIMESTAMP_H_

#include <chrono>
#include <compare>
#include <cstdint>

namespace doorward {

// Counts seconds and nanoseconds since 1970-01-01T00:00:00Z, leap seconds left out (POSIX time; the
// NumericDate of RFC 7519 section 2). Any int64 of seconds is representable, so that the year 9999,
// which 64 bits of nanoseconds cannot reach, is.
class Timestamp {
 public:
  constexpr Timestamp() noexcept = default;

  // Converts from any time point of the system clock; implicit, so that `system_clock::now()` may
  // be passed as it is. Fractions finer than a nanosecond are floored.
  template <class Duration>
  constexpr Timestamp(  // NOLINT(google-explicit-constructor)
      std::chrono::time_point<std::chrono::system_clock, Duration> t) noexcept {
    const auto whole = std::chrono::floor<std::chrono::seconds>(t);
    seconds_ = whole.time_since_epoch().count();
    nanos_ = static_cast<int32_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(t - whole).count());
  }

  // `nanos` is from 0 to 999,999,999 and counts forward from `seconds`, also where those are
  // negative.
  static constexpr Timestamp FromUnixSeconds(int64_t seconds, int32_t nanos = 0) noexcept {
    Timestamp t;
    t.seconds_ = seconds;
    t.nanos_ = nanos;
    return t;
  }

  constexpr int64_t unix_seconds() const noexcept { return seconds_; }
  constexpr int32_t nanos() const noexcept { return nanos_; }

  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) noexcept = default;

 private:
  int64_t seconds_ = 0;
  int32_t nanos_ = 0;
};

// Adds whole seconds, stopping at the ends of the range: a sum never wraps.
constexpr Timestamp operator+(Timestamp t, std::chrono::seconds d) noexcept {
  int64_t sum = 0;
  if (__builtin_add_overflow(t.unix_seconds(), static_cast<int64_t>(d.count()), &sum)) {
    return d.count() < 0 ? Timestamp::FromUnixSeconds(INT64_MIN)
                         : Timestamp::FromUnixSeconds(INT64_MAX, 999'999'999);
  }
  return Timestamp::FromUnixSeconds(sum, t.nanos());
}

}  // namespace doorward

#endif  // DOORWARD_TIMESTAMP_H_
