// SPDX-License-Identifier: Apache-2.0
//
// What every function of the C interface does at its edge: arguments are checked, C's shapes become
// C++'s and back, and whatever is thrown ends as a doorward_error.

#ifndef DOORWARD_BINDINGS_C_SRC_BOUNDARY_H_
#define DOORWARD_BINDINGS_C_SRC_BOUNDARY_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "doorward/claims.h"
#include "doorward/request.h"
#include "doorward/timestamp.h"

#include "doorward.h"

namespace doorward::c {

// Thrown inside the binding alone; Attempt turns it into a code.
struct Failure {
  doorward_code code;
  std::string message;
  uint32_t line = 0;
  uint32_t column = 0;
};

// Throws a Failure of an argument unless it holds.
void Require(bool holds, const char* message);

constexpr bool IsSound(doorward_string s) noexcept {
  return s.size <= PTRDIFF_MAX && (s.data != nullptr || s.size == 0);
}
constexpr bool IsSound(doorward_time t) noexcept { return t.nanos >= 0 && t.nanos <= 999'999'999; }

constexpr std::string_view ViewOf(doorward_string s) noexcept {
  return s.data == nullptr ? std::string_view("") : std::string_view(s.data, s.size);
}
constexpr Timestamp TimestampOf(doorward_time t) noexcept {
  return Timestamp::FromUnixSeconds(t.seconds, t.nanos);
}

// As above; throw a Failure, which names the argument, where it is not sound.
std::string_view CheckedView(doorward_string s, const char* argument);
Timestamp CheckedTime(doorward_time t, const char* argument);

// Never with a null pointer.
constexpr doorward_string StringOf(std::string_view s) noexcept {
  return {s.data() == nullptr ? "" : s.data(), s.size()};
}
inline doorward_strings StringsOf(std::span<const std::string_view> list) noexcept {
  return {list.data(), list.size()};
}
inline doorward_headers HeadersOf(std::span<const Header> list) noexcept {
  return {list.data(), list.size()};
}

// A doorward_json is a JsonNode by another name; null stands for a missing value in both.
inline const doorward_json* JsonOf(JsonView view) noexcept {
  return reinterpret_cast<const doorward_json*>(view.node());
}
inline JsonView ViewOf(const doorward_json* value) noexcept {
  return JsonView(reinterpret_cast<const JsonNode*>(value));
}

// A larger struct_size than this is memory that nobody set.
inline constexpr size_t kMaxStructSize = 4096;

// Returns true if `s` says that it has all members that this library knows. sizeof(T) is the first
// version's, as long as there is none later.
template <class T>
bool HasSize(const T* s) noexcept {
  return s != nullptr && s->struct_size >= sizeof(T) && s->struct_size <= kMaxStructSize;
}

// Returns true if this library can read all that `in` says. Members that a later version appends
// must be zero for that.
template <class T>
bool IsReadable(const T* in) noexcept {
  if (!HasSize(in)) return false;
  const char* const bytes = reinterpret_cast<const char*>(in);
  for (size_t i = sizeof(T); i < in->struct_size; ++i) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

// Copies `made` to the struct of a caller, who may know more members: those become zero.
template <class T>
doorward_code Fill(T* out, T made) noexcept {
  if (!HasSize(out)) return DOORWARD_ERROR_ARGUMENT;
  made.struct_size = out->struct_size;
  std::memset(out, 0, out->struct_size);
  std::memcpy(out, &made, sizeof(T));
  return DOORWARD_OK;
}

// Writes `failure` to `error`, where there is one, and returns its code.
doorward_code Report(doorward_error* error, const Failure& failure) noexcept;
doorward_code ReportSuccess(doorward_error* error) noexcept;
// The same for the exception that is being handled.
doorward_code ReportException(doorward_error* error) noexcept;

// Runs `action`, which may throw. Does not begin where `error` could not be written to: whoever
// reads it afterwards would take a failure for success.
template <class Action>
doorward_code Attempt(doorward_error* error, Action&& action) noexcept {
  if (error != nullptr && !HasSize(error)) return DOORWARD_ERROR_ARGUMENT;
  try {
    action();
    return ReportSuccess(error);
  } catch (...) {
    return ReportException(error);
  }
}

// Runs `make`, which returns a std::unique_ptr or throws, and gives what it made to the caller.
template <class Make>
auto AttemptNew(doorward_error* error, Make&& make) noexcept {
  decltype(make().release()) made = nullptr;
  Attempt(error, [&] { made = make().release(); });
  return made;
}

std::unique_ptr<doorward_text> NewText(std::string text);

}  // namespace doorward::c

struct doorward_text {
  std::string text;
};

#endif  // DOORWARD_BINDINGS_C_SRC_BOUNDARY_H_
