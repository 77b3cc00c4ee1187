// SPDX-License-Identifier: Apache-2.0
//
// What verification reuses from one token to the next.

#ifndef DOORWARD_JOSE_JOSE_SCRATCH_H_
#define DOORWARD_JOSE_JOSE_SCRATCH_H_

#include <string_view>

#include "src/base/scratch_state.h"
#include "src/claims/buffer.h"
#include "src/claims/json.h"
#include "src/jose/signature.h"
#include "src/jose/token.h"

namespace doorward {

struct JoseScratch : ScratchPart {
  static constexpr ScratchSlot kSlot = ScratchSlot::kJose;

  Buffer<char> decoded;  // the three segments of the token last read
  JsonParser header_parser;
  JsonParser payload_parser;
  SignatureVerifier signatures;

  VerifiedTokenData token;
  std::string_view signing_input;  // in the caller's token
  std::string_view signature;      // decoded
};

// Notes what is wrong for ExplainToken. Used as `return Refuse(token, Reason::kX, {...})`.
inline Reason Refuse(VerifiedTokenData& token, Reason reason,
                     const TokenRefusal& refusal) noexcept {
  token.refusal = refusal;
  return reason;
}

}  // namespace doorward

#endif  // DOORWARD_JOSE_JOSE_SCRATCH_H_
