// SPDX-License-Identifier: Apache-2.0
//
// Points in time and durations as people write them.

#ifndef TOOLS_DOORWARD_TIME_TEXT_H_
#define TOOLS_DOORWARD_TIME_TEXT_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "doorward/timestamp.h"

namespace doorward::command {

// What stands in every message about a time that cannot be read.
inline constexpr std::string_view kTimeForms =
    "RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800, a fraction allowed)";

// Reads RFC 3339 (section 5.6) or a Unix time in decimal. Fractions finer than a nanosecond are
// floored. Nothing where `text` is neither, or is out of the range of 64 bits.
std::optional<Timestamp> ParseTime(std::string_view text);

// Reads a number of JSON as a Unix time: an exponent is allowed, and then the precision is that of
// a double.
std::optional<Timestamp> ParseJsonTime(std::string_view number);

// The clock of the machine: what serves where no time is given.
Timestamp CurrentTime();

// Reads the value of the option `name`; throws UsageError where it is no time.
std::optional<Timestamp> ReadTimeOption(const char* name, const std::optional<std::string>& value);

// Reads a whole number of seconds, or of what the letter after it says: "90", "90s", "5m", "12h",
// "7d". Never negative.
std::optional<std::chrono::seconds> ParseDuration(std::string_view text);

// Returns "2026-01-31T12:00:00Z", or "out of range" beyond the years 0 to 9999.
std::string FormatTime(Timestamp time);

// Returns how far `time` lies from `now`, in words: "in 4 minutes", "3 days ago", "now".
std::string FormatDistance(Timestamp time, Timestamp now);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_TIME_TEXT_H_
