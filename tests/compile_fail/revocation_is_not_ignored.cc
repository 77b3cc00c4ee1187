// SPDX-License-Identifier: Apache-2.0
// EXPECT: nodiscard
#include "doorward/authorizer.h"

bool Revoke(doorward::Authorizer& authorizer, doorward::Timestamp now) {
  const doorward::Timestamp until = now + std::chrono::hours(1);
#ifdef BAD_HALF
  authorizer.RevokeTokenId("https://login.example.com/", "id-1", until, now);
#endif
  return authorizer.RevokeTokenId("https://login.example.com/", "id-1", until, now);
}
