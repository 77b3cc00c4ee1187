// SPDX-License-Identifier: Apache-2.0
//
// Any octets as a key set. Nothing may crash; an error and a key set exclude each other; places lie
// in the text; a key that serves can be asked to verify.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "doorward/verifier.h"

namespace {

using namespace doorward;

void Require(bool condition) {
  if (!condition) std::abort();
}

// Headers whose algorithm and signature length are right for the keys that a set may hold: the
// signature is of zeros.
std::string Token(std::string_view header, size_t signature_octets) {
  std::string token = std::string(header) + ".e30." + std::string(signature_octets * 8 / 6, 'A');
  if (signature_octets % 3 != 0) token += 'A';
  return token;
}

void VerifyWith(const std::shared_ptr<const KeySet>& keys) {
  static const std::string tokens[] = {
      Token("eyJhbGciOiJSUzI1NiJ9", 256), Token("eyJhbGciOiJQUzI1NiJ9", 256),
      Token("eyJhbGciOiJFUzI1NiJ9", 64),  Token("eyJhbGciOiJFUzUxMiJ9", 132),
      Token("eyJhbGciOiJFZERTQSJ9", 64),  Token("eyJhbGciOiJIUzI1NiJ9", 32),
  };
  static Scratch scratch;
  const Verifier verifier(keys, {.algorithms = AlgorithmSet::All(), .signature_only = true});
  for (const std::string& token : tokens) {
    const VerifyOutcome outcome = verifier.Verify(token, Timestamp(), scratch);
    Require(!outcome.verified());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const KeyOrigin origin : {KeyOrigin::kLocal, KeyOrigin::kRemote}) {
    const KeySetOutcome outcome = KeySet::Parse(text, {.origin = origin});
    Require((outcome.keys == nullptr) == HasErrors(outcome.diagnostics));
    for (const Diagnostic& d : outcome.diagnostics) {
      Require(d.range.offset + d.range.length <= text.size());
      Require(!d.code.empty() && !d.message.empty());
    }
    if (outcome.keys == nullptr) continue;
    for (size_t i = 0; i < outcome.keys->size(); ++i) {
      Require(!outcome.keys->algorithms(i).empty());
      const bool is_secret = outcome.keys->algorithms(i).Contains(Algorithm::kHS256);
      Require(!is_secret || origin == KeyOrigin::kLocal);
    }
    VerifyWith(outcome.keys);
  }
  return 0;
}
