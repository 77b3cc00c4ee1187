// SPDX-License-Identifier: Apache-2.0
// EXPECT: nodiscard
#include "doorward/verifier.h"

bool Check(const doorward::Verifier& verifier, std::string_view token, doorward::Timestamp now,
           doorward::Scratch& scratch) {
#ifdef BAD_HALF
  verifier.Verify(token, now, scratch);
#endif
  const doorward::VerifyOutcome outcome = verifier.Verify(token, now, scratch);
  return outcome.verified();
}
