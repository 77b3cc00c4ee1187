// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

Reason ReasonOfMethod(std::string_view method) {
  Scratch scratch;
  CanonicalRequest out;
  const Reason reason = Normalise({.method = method, .target = "/"}, {}, scratch, &out);
  if (reason == Reason::kAllowed) {
    EXPECT_EQ(out.method, method);
  }
  return reason;
}

struct MethodCase {
  const char* name;
  std::string method;
  Reason want = Reason::kBadMethod;
  bool is_syntax = false;
};

TEST(Method, IsATokenWithoutLowerCase) {
  const MethodCase cases[] = {
      {"empty", ""},
      {"one letter", "A", Reason::kAllowed, true},
      {"GET", "GET", Reason::kAllowed, true},
      {"QUERY", "QUERY", Reason::kAllowed, true},
      {"PATCH, as long as TRACE", "PATCH", Reason::kAllowed, true},
      {"every other octet of a token", "!#$%&'*+-.^_`|~09AZ", Reason::kAllowed, true},
      {"31 characters", std::string(31, 'A'), Reason::kAllowed, true},
      {"32 characters", std::string(32, 'A'), Reason::kAllowed, true},
      {"33 characters", std::string(33, 'A')},
      {"lower case", "get"},
      {"lower case at the end", "GEt"},
      {"space at the end", "GET "},
      {"slash", "GET/x"},
      {"tab", "GE\tT"},
      {"NUL", std::string("GE\0T", 4)},
      {"DEL", "GET\x7F"},
      {"not ASCII", "G\xC3\x8BT"},
      {"parenthesis", "GET("},
      {"TRACE", "TRACE", Reason::kBadMethod, true},
      {"TRACK", "TRACK", Reason::kBadMethod, true},
      {"DEBUG", "DEBUG", Reason::kBadMethod, true},
      {"CONNECT", "CONNECT", Reason::kBadMethod, true},
      {"longer than TRACE", "TRACES", Reason::kAllowed, true},
      {"shorter than TRACE", "TRAC", Reason::kAllowed, true},
  };
  for (const MethodCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ReasonOfMethod(c.method), c.want);
    EXPECT_EQ(IsMethodSyntax(c.method), c.is_syntax);
    EXPECT_EQ(IsRefusedMethod(c.method), c.is_syntax && c.want == Reason::kBadMethod);
  }
}

}  // namespace
}  // namespace doorward
