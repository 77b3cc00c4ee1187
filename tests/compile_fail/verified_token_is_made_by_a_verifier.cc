// SPDX-License-Identifier: Apache-2.0
// EXPECT: is private within this context|no matching constructor|private constructor
#include "doorward/verifier.h"

std::string_view Subject(const doorward::VerifyOutcome& outcome) {
#ifdef BAD_HALF
  const doorward::VerifiedToken forged(nullptr);
  return forged.subject();
#else
  const doorward::VerifiedToken token = outcome.token();
  return token.subject();
#endif
}
