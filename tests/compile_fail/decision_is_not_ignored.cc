// SPDX-License-Identifier: Apache-2.0
// EXPECT: nodiscard
#include "doorward/authorizer.h"

bool Handle(const doorward::Authorizer& authorizer, const doorward::Request& request,
            doorward::Timestamp now, doorward::Scratch& scratch) {
#ifdef BAD_HALF
  authorizer.Authorize(request, now, scratch);
#endif
  const doorward::Decision d = authorizer.Authorize(request, now, scratch);
  return d.allowed();
}
