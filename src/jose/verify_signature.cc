// SPDX-License-Identifier: Apache-2.0

#include "src/jose/issuer.h"
#include "src/jose/jose_scratch.h"
#include "src/jose/key_set_data.h"

namespace doorward {
namespace {

// Tries keys on the token last read.
class KeyTrial {
 public:
  KeyTrial(const TokenRules& rules, JoseScratch& scratch, Algorithm algorithm) noexcept
      : rules_(rules), scratch_(scratch), algorithm_(algorithm) {}

  // True where `entry` verifies the token. Keys that do not fit, and those beyond the limit, are
  // passed over.
  bool Try(const KeySetEntry& entry) noexcept {
    if (rules_.keys_name_issuers && !MaySignFor(entry.issuer, scratch_.token.issuer)) return false;
    permitted_ = permitted_ | entry.algorithms;
    if (!entry.algorithms.Contains(algorithm_)) return false;
    if (checks_ == kMaxSignatureChecks) return false;
    ++checks_;
    return scratch_.signatures.Verify(entry.key, algorithm_, scratch_.signing_input,
                                      scratch_.signature);
  }

  // What the keys that were tried may be used for.
  AlgorithmSet permitted() const noexcept { return permitted_; }

  // Why none did. A key that may not be used with the token's algorithm decides that the algorithm
  // is wrong, not the key.
  Reason failure() const noexcept {
    if (permitted_.empty()) return Reason::kTokenKeyUnknown;
    return checks_ == 0 ? Reason::kTokenAlgorithm : Reason::kTokenSignature;
  }

 private:
  const TokenRules& rules_;
  JoseScratch& scratch_;
  Algorithm algorithm_;
  AlgorithmSet permitted_;
  size_t checks_ = 0;
};

// Keys that carry the token's kid come before those that carry none; without a kid, all keys are
// tried in their order.
bool TryKeys(JsonView kid, const KeySetData& keys, KeyTrial& trial) noexcept {
  if (!kid.exists()) {
    for (const KeySetEntry& entry : keys.keys) {
      if (trial.Try(entry)) return true;
    }
    return false;
  }
  for (const uint32_t index : keys.WithKid(kid.string_or(""))) {
    if (trial.Try(keys.keys[index])) return true;
  }
  for (const uint32_t index : keys.WithoutKid()) {
    if (trial.Try(keys.keys[index])) return true;
  }
  return false;
}

}  // namespace

Reason VerifySignature(const TokenRules& rules, const KeySet& keys, Scratch& scratch) noexcept {
  JoseScratch& s = Part<JoseScratch>(scratch);
  const HeaderMembers& header = s.token.header_members;
  const TokenRefusal wrong_algorithm{
      .subject = "alg", .found = header.alg, .algorithms = rules.algorithms};
  const std::optional<Algorithm> algorithm = FindAlgorithm(header.alg.string_or(""));
  if (!algorithm || !rules.algorithms.Contains(*algorithm)) {
    return Refuse(s.token, Reason::kTokenAlgorithm, wrong_algorithm);
  }
  const TokenRefusal wrong_key{.subject = "kid", .found = header.kid};
  if (header.kid.exists() && !header.kid.is_string()) {
    return Refuse(s.token, Reason::kTokenKeyUnknown, wrong_key);
  }
  KeyTrial trial(rules, s, *algorithm);
  if (TryKeys(header.kid, keys.data(), trial)) {
    s.token.algorithm = *algorithm;
    return Reason::kAllowed;
  }
  if (trial.failure() != Reason::kTokenAlgorithm) {
    return Refuse(s.token, trial.failure(), wrong_key);
  }
  return Refuse(s.token, Reason::kTokenAlgorithm,
                {.subject = "alg", .found = header.alg, .algorithms = trial.permitted()});
}

}  // namespace doorward
