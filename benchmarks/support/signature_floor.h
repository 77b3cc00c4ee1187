// SPDX-License-Identifier: Apache-2.0
//
// The floor of verifying a token: its digest and the signature on a ready OpenSSL context, and
// nothing else.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_SIGNATURE_FLOOR_H_
#define DOORWARD_BENCHMARKS_SUPPORT_SIGNATURE_FLOOR_H_

#include <memory>
#include <string>
#include <string_view>

#include "doorward/key_set.h"

namespace doorward::benchmarks {

class SignatureFloor {
 public:
  // Makes a key of its own and signs `input` with it. REQUIRES: RS256, PS256, ES256, ES384, EdDSA
  // (Ed25519) or HS256.
  SignatureFloor(Algorithm algorithm, std::string input);
  ~SignatureFloor();

  // Verifies the input's signature; false for one that was tampered with.
  bool Verify();
  bool VerifyTampered();

 private:
  struct State;
  bool VerifyInput(std::string_view input);
  std::unique_ptr<State> state_;
};

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_SIGNATURE_FLOOR_H_
