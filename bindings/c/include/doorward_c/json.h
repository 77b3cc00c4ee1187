// SPDX-License-Identifier: Apache-2.0
//
// Read-only views of a JSON document that was validated in whole: the claims of a token, its
// header. Include <doorward.h>.
//
//   const doorward_json* mail = doorward_json_find(claims, doorward_string_of("email"));
//   doorward_string text = doorward_string_of("nobody@example.com");
//   doorward_json_get_string(mail, &text);  // stays where the claim is missing or no string

#ifndef DOORWARD_C_JSON_H_
#define DOORWARD_C_JSON_H_

#include "doorward_c/types.h"

#ifdef __cplusplus
extern "C" {
#endif

// A value of the document. NULL is what is not there; looking into it finds nothing again, so that
// look-ups chain. Borrowed, and valid as long as the decision or verification that it came from.
typedef struct doorward_json doorward_json;

enum {
  DOORWARD_JSON_MISSING = 0,
  DOORWARD_JSON_NULL = 1,
  DOORWARD_JSON_BOOL = 2,
  DOORWARD_JSON_INT = 3,     // written as an integer that fits 64 bits with sign
  DOORWARD_JSON_DOUBLE = 4,  // every other number
  DOORWARD_JSON_STRING = 5,
  DOORWARD_JSON_ARRAY = 6,
  DOORWARD_JSON_OBJECT = 7,
};
DOORWARD_API int32_t doorward_json_kind(const doorward_json* value) DOORWARD_NOEXCEPT;

// True, with `*out` set, where the value is of that kind. A double may be had of an int too.
DOORWARD_API bool doorward_json_get_string(const doorward_json* value,
                                           doorward_string* out) DOORWARD_NOEXCEPT;
DOORWARD_API bool doorward_json_get_bool(const doorward_json* value, bool* out) DOORWARD_NOEXCEPT;
DOORWARD_API bool doorward_json_get_int(const doorward_json* value, int64_t* out) DOORWARD_NOEXCEPT;
DOORWARD_API bool doorward_json_get_double(const doorward_json* value,
                                           double* out) DOORWARD_NOEXCEPT;

// Finds a member of an object, by its name or by JSON Pointer (RFC 6901: "/realm_access/roles/0").
DOORWARD_API const doorward_json* doorward_json_find(const doorward_json* object,
                                                     doorward_string name) DOORWARD_NOEXCEPT;
DOORWARD_API const doorward_json* doorward_json_find_pointer(
    const doorward_json* value, doorward_string pointer) DOORWARD_NOEXCEPT;

// Elements of an array or members of an object; 0 for all else. To walk them in their order:
//   for (e = doorward_json_first(v); e != NULL; e = doorward_json_next(v, e)) ...
DOORWARD_API size_t doorward_json_count(const doorward_json* value) DOORWARD_NOEXCEPT;
DOORWARD_API const doorward_json* doorward_json_first(const doorward_json* value) DOORWARD_NOEXCEPT;
DOORWARD_API const doorward_json* doorward_json_next(
    const doorward_json* value, const doorward_json* element) DOORWARD_NOEXCEPT;
// The name of a member of an object; "" for all else.
DOORWARD_API doorward_string doorward_json_name(const doorward_json* member) DOORWARD_NOEXCEPT;

// The value as JSON text without white space, for the caller to free.
DOORWARD_API_CHECKED doorward_text* doorward_json_text(const doorward_json* value,
                                                       doorward_error* error) DOORWARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DOORWARD_C_JSON_H_
