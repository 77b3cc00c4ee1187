// SPDX-License-Identifier: Apache-2.0

#include "bindings/c/src/boundary.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include "doorward/version.h"

namespace doorward::c {
namespace {

// Writes at most `capacity` bytes, the terminating zero among them, and cuts no UTF-8 sequence.
void CopyTerminated(std::string_view text, char* out, size_t capacity) noexcept {
  size_t size = std::min(text.size(), capacity - 1);
  const auto continues = [&](size_t at) { return (text[at] & 0xC0) == 0x80; };
  if (size < text.size()) {
    while (size > 0 && continues(size)) --size;
  }
  text.copy(out, size);
  out[size] = '\0';
}

doorward_code Write(doorward_error* error, doorward_code code, std::string_view message,
                    uint32_t line, uint32_t column) noexcept {
  doorward_error made{};
  made.code = code;
  made.line = line;
  made.column = column;
  CopyTerminated(message, made.message, sizeof made.message);
  Fill(error, made);
  return code;
}

}  // namespace

void Require(bool holds, const char* message) {
  if (!holds) throw Failure{DOORWARD_ERROR_ARGUMENT, message};
}

std::string_view CheckedView(doorward_string s, const char* argument) {
  if (!IsSound(s)) {
    throw Failure{DOORWARD_ERROR_ARGUMENT,
                  std::string(argument) +
                      ": a null pointer beside a length, or a length that no "
                      "memory has"};
  }
  return ViewOf(s);
}

Timestamp CheckedTime(doorward_time t, const char* argument) {
  if (!IsSound(t)) {
    throw Failure{DOORWARD_ERROR_ARGUMENT,
                  std::string(argument) + ": nanos are from 0 to 999999999"};
  }
  return TimestampOf(t);
}

doorward_code Report(doorward_error* error, const Failure& failure) noexcept {
  return Write(error, failure.code, failure.message, failure.line, failure.column);
}

doorward_code ReportSuccess(doorward_error* error) noexcept {
  return Write(error, DOORWARD_OK, "", 0, 0);
}

doorward_code ReportException(doorward_error* error) noexcept {
  try {
    throw;
  } catch (const Failure& failure) {
    return Report(error, failure);
  } catch (const std::bad_alloc&) {
    return Write(error, DOORWARD_ERROR_OUT_OF_MEMORY, "out of memory", 0, 0);
  } catch (const std::length_error&) {
    return Write(error, DOORWARD_ERROR_OUT_OF_MEMORY, "larger than memory can hold", 0, 0);
  } catch (const std::exception& e) {
    return Write(error, DOORWARD_ERROR_INTERNAL, e.what(), 0, 0);
  } catch (...) {
    return Write(error, DOORWARD_ERROR_INTERNAL, "an unknown exception", 0, 0);
  }
}

std::unique_ptr<doorward_text> NewText(std::string text) {
  return std::make_unique<doorward_text>(doorward_text{std::move(text)});
}

}  // namespace doorward::c

using namespace doorward::c;

const char* doorward_version() noexcept { return doorward::Version(); }

doorward_string doorward_strings_at(doorward_strings list, size_t index) noexcept {
  if (list.items == nullptr || index >= list.count) return StringOf("");
  return StringOf(static_cast<const std::string_view*>(list.items)[index]);
}

doorward_header doorward_headers_at(doorward_headers list, size_t index) noexcept {
  if (list.items == nullptr || index >= list.count) return {StringOf(""), StringOf("")};
  const doorward::Header& header = static_cast<const doorward::Header*>(list.items)[index];
  return {StringOf(header.name), StringOf(header.value)};
}

doorward_string doorward_text_get(const doorward_text* text) noexcept {
  return StringOf(text == nullptr ? std::string_view() : text->text);
}

void doorward_text_free(doorward_text* text) noexcept { delete text; }
