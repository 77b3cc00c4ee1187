// SPDX-License-Identifier: Apache-2.0
// Seconds or milliseconds? A time says which.
// EXPECT: cannot convert|could not convert|no viable conversion
#include "doorward/verifier.h"

bool Check(const doorward::Verifier& verifier, std::string_view token, doorward::Scratch& scratch) {
#ifdef BAD_HALF
  return verifier.Verify(token, 1750000000, scratch).verified();
#else
  const auto now = doorward::Timestamp::FromUnixSeconds(1750000000);
  return verifier.Verify(token, now, scratch).verified();
#endif
}
