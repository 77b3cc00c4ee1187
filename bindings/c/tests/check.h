// SPDX-License-Identifier: Apache-2.0
//
// Checks for test programs in C: each says where it failed and goes on; finish() is what main
// returns.

#ifndef DOORWARD_BINDINGS_C_TESTS_CHECK_H_
#define DOORWARD_BINDINGS_C_TESTS_CHECK_H_

#include <doorward.h>
#include <stdio.h>
#include <string.h>

// The row of a table that is being checked, for the messages; "" outside of one.
static const char* current_row = "";
static int failures = 0;
static int checks = 0;

static inline void failed(const char* file, int line, const char* what) {
  ++failures;
  fprintf(stderr, "%s:%d: %s%s%s\n", file, line, current_row, *current_row == '\0' ? "" : ": ",
          what);
}

static inline void check(bool holds, const char* file, int line, const char* expression) {
  ++checks;
  if (!holds) failed(file, line, expression);
}

static inline void check_int(long long want, long long got, const char* file, int line,
                             const char* expression) {
  char text[256];
  ++checks;
  if (want == got) return;
  snprintf(text, sizeof text, "%s is %lld, expected %lld", expression, got, want);
  failed(file, line, text);
}

static inline void check_text(const char* want, doorward_string got, const char* file, int line,
                              const char* expression) {
  char text[1024];
  ++checks;
  if (got.data != NULL && got.size == strlen(want) && memcmp(got.data, want, got.size) == 0) return;
  snprintf(text, sizeof text, "%s is `%.*s`, expected `%s`", expression,
           got.data == NULL ? 0 : (int)got.size, got.data == NULL ? "" : got.data, want);
  failed(file, line, text);
}

// Returns true if `text` holds `part`.
static inline bool contains(doorward_string text, const char* part) {
  const size_t size = strlen(part);
  for (size_t i = 0; i + size <= text.size; ++i) {
    if (memcmp(text.data + i, part, size) == 0) return true;
  }
  return false;
}

#define CHECK(condition) check((condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(want, got) check_int((want), (got), __FILE__, __LINE__, #got)
#define CHECK_TEXT(want, got) check_text((want), (got), __FILE__, __LINE__, #got)
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static inline int finish(void) {
  printf("%d checks, %d failed\n", checks, failures);
  return failures == 0 && checks > 0 ? 0 : 1;
}

#endif  // DOORWARD_BINDINGS_C_TESTS_CHECK_H_
