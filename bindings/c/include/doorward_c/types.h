// SPDX-License-Identifier: Apache-2.0
//
// What all of the C interface is made of: strings, lists, times, errors, diagnostics, texts.
// Include <doorward.h>, which says what holds for every function.

#ifndef DOORWARD_C_TYPES_H_
#define DOORWARD_C_TYPES_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The version of these headers; doorward_version() is that of the library that is linked.
#define DOORWARD_C_VERSION "0.1.0"

#if defined(__GNUC__) || defined(__clang__)
#define DOORWARD_API __attribute__((visibility("default")))
// What this returns must not be ignored.
#define DOORWARD_API_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define DOORWARD_API
#define DOORWARD_API_CHECKED
#endif

#ifdef __cplusplus
#define DOORWARD_NOEXCEPT noexcept
extern "C" {
#else
#define DOORWARD_NOEXCEPT
#endif

// Returns the version of the library that is linked, "MAJOR.MINOR.PATCH", terminated.
DOORWARD_API const char* doorward_version(void) DOORWARD_NOEXCEPT;

// Bytes that belong to somebody else. Text is UTF-8 where it came out of a policy or a token; what
// a client sent is bytes, perhaps with zeros among them.
typedef struct doorward_string {
  const char* data;
  size_t size;
} doorward_string;

// Makes one of a terminated string. NULL becomes the empty string.
static inline doorward_string doorward_string_of(const char* text) {
  doorward_string made;
  made.data = text != NULL ? text : "";
  made.size = text != NULL ? strlen(text) : 0;
  return made;
}

// A list of strings: `for (i = 0; i < list.count; ++i) use(doorward_strings_at(list, i));`. Valid
// as long as what it was read from.
typedef struct doorward_strings {
  const void* items;  // the library's own
  size_t count;
} doorward_strings;

// Returns "" beyond the end.
DOORWARD_API doorward_string doorward_strings_at(doorward_strings list,
                                                 size_t index) DOORWARD_NOEXCEPT;

// A field of a request or of a response (RFC 9110 section 5). Names compare without case.
typedef struct doorward_header {
  doorward_string name;
  doorward_string value;
} doorward_header;

// As doorward_strings, of header fields.
typedef struct doorward_headers {
  const void* items;  // the library's own
  size_t count;
} doorward_headers;

// Returns an empty name and value beyond the end.
DOORWARD_API doorward_header doorward_headers_at(doorward_headers list,
                                                 size_t index) DOORWARD_NOEXCEPT;

// A point in time: seconds since 1970-01-01T00:00:00Z without leap seconds, as clock_gettime's
// CLOCK_REALTIME has them, and from 0 to 999,999,999 nanoseconds counted forward from there.
typedef struct doorward_time {
  int64_t seconds;
  int32_t nanos;
} doorward_time;

// What a function that can fail returns, or sets in its doorward_error.
typedef int32_t doorward_code;
enum {
  DOORWARD_OK = 0,
  DOORWARD_ERROR_ARGUMENT = 1,  // an argument that no text or client can cause: a mistake of yours
  DOORWARD_ERROR_OUT_OF_MEMORY = 2,  // see 9. in doorward.h
  DOORWARD_ERROR_POLICY = 3,         // the policy has mistakes
  DOORWARD_ERROR_KEYS = 4,           // the text is no key set at all
  DOORWARD_ERROR_CLAIMS = 5,         // no strict JSON object, or an issuer that the policy lacks
  DOORWARD_ERROR_FULL = 6,           // the list of revocations holds as many as it may
  DOORWARD_ERROR_INTERNAL = 7,       // a bug of the library's
};

// Owned by the caller. Written by every function that takes it, also on success: then `code` is
// DOORWARD_OK and `message` "". Where struct_size was not set, or is above 4,096, the call fails
// and leaves it as it was.
typedef struct doorward_error {
  size_t struct_size;
  doorward_code code;
  // Where in the text the first mistake stands, from 1, columns in code points. 0: nowhere.
  uint32_t line;
  uint32_t column;
  // One sentence, UTF-8, terminated, cut short where it is longer.
  char message[256];
} doorward_error;

enum {
  DOORWARD_SEVERITY_ERROR = 0,    // nothing was loaded
  DOORWARD_SEVERITY_WARNING = 1,  // loaded, but it opens a hole, or says nothing that can happen
};

// All that is wrong or doubtful in a text that was loaded. NULL is a list of none.
typedef struct doorward_diagnostics doorward_diagnostics;

// Strings are valid as long as the list. Where a string says nothing it is "".
typedef struct doorward_diagnostic {
  size_t struct_size;
  int32_t severity;
  uint32_t line;    // from 1; 0: about the text as a whole
  uint32_t column;  // from 1, in code points
  uint32_t reserved;
  size_t offset;               // of the text at fault, in bytes
  size_t length;               // in bytes; 0 where the text at fault is missing
  doorward_string code;        // stable, for machines: "unknown_role"
  doorward_string file;        // the name that was given with the text
  doorward_string message;     // one sentence; what the author wrote stands in backticks
  doorward_string expected;    // what would be right here
  doorward_string suggestion;  // a near name or a way out
  doorward_string excerpt;     // the text at fault, shortened
  doorward_string text;        // all of it as compilers print it, in lines
} doorward_diagnostic;

DOORWARD_API size_t doorward_diagnostics_count(const doorward_diagnostics* list) DOORWARD_NOEXCEPT;
// Fills in `diagnostic`. DOORWARD_ERROR_ARGUMENT beyond the end.
DOORWARD_API doorward_code doorward_diagnostics_get(const doorward_diagnostics* list, size_t index,
                                                    doorward_diagnostic* diagnostic)
    DOORWARD_NOEXCEPT;
DOORWARD_API void doorward_diagnostics_free(doorward_diagnostics* list) DOORWARD_NOEXCEPT;

// A text that the library made.
typedef struct doorward_text doorward_text;

DOORWARD_API doorward_string doorward_text_get(const doorward_text* text) DOORWARD_NOEXCEPT;
DOORWARD_API void doorward_text_free(doorward_text* text) DOORWARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DOORWARD_C_TYPES_H_
