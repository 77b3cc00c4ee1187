// SPDX-License-Identifier: Apache-2.0
// EXPECT: cannot bind non-const lvalue reference|no matching member function
#include "doorward/authorizer.h"

bool Handle(const doorward::Authorizer& authorizer, const doorward::Request& request,
            doorward::Timestamp now) {
#ifdef BAD_HALF
  const doorward::Decision d = authorizer.Authorize(request, now, doorward::Scratch());
#else
  doorward::Scratch scratch;
  const doorward::Decision d = authorizer.Authorize(request, now, scratch);
#endif
  return d.allowed();
}
