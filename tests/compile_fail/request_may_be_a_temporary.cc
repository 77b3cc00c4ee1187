// SPDX-License-Identifier: Apache-2.0
// What a decision borrows is what the request's views point to, not the request: the usual call is
// fine. What made the views has to stay.
// COMPILER: clang
// EXPECT: -Wdangling
#include "doorward/authorizer.h"

std::string ReadTarget();

bool Handle(const doorward::Authorizer& authorizer, doorward::Timestamp now,
            doorward::Scratch& scratch) {
#ifdef BAD_HALF
  const doorward::Request request{.method = "GET", .target = ReadTarget()};
  const doorward::Decision d = authorizer.Authorize(request, now, scratch);
#else
  const std::string target = ReadTarget();
  const doorward::Decision d =
      authorizer.Authorize({.method = "GET", .target = target}, now, scratch);
#endif
  return d.allowed();
}
