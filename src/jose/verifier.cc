// SPDX-License-Identifier: Apache-2.0

#include "doorward/verifier.h"

#include <algorithm>
#include <cstdlib>

#include "src/jose/token.h"

namespace doorward {
namespace {

constexpr std::chrono::seconds kMaxLeeway = std::chrono::minutes(10);
constexpr size_t kMaxTokenBytes = size_t{1} << 30;

TokenRules RulesOf(VerifyOptions& options) {
  TokenRules rules;
  if (options.issuer) rules.issuers.push_back(std::move(*options.issuer));
  rules.audiences = std::move(options.audiences);
  rules.algorithms = options.algorithms;
  rules.token_type = std::move(options.token_type);
  rules.leeway = std::clamp(options.leeway, std::chrono::seconds(0), kMaxLeeway);
  rules.max_age = options.max_age;
  rules.require_expiry = !options.allow_missing_expiry;
  rules.refuse_confirmation = !options.ignore_confirmation;
  return rules;
}

}  // namespace

struct VerifierState {
  std::shared_ptr<const KeySet> keys;
  TokenRules rules;
  size_t max_token_bytes;
  bool signature_only;

  // Runs all checks on the token that is read into `scratch`.
  Reason Check(const VerifiedTokenData& token, Timestamp now, Scratch& scratch) const noexcept {
    if (!signature_only && !IsIssuedUnder(token, rules))
      return RefuseIssuer(rules.issuers, scratch);
    if (keys == nullptr) return Reason::kKeysUnavailable;
    Reason reason = VerifySignature(rules, *keys, scratch);
    if (reason != Reason::kAllowed) return reason;
    if (signature_only) return CheckType(rules, scratch);
    reason = CheckClaims(rules, now, scratch);
    return reason == Reason::kAllowed ? CheckConfirmation(rules, scratch) : reason;
  }
};

JsonView VerifiedToken::header() const noexcept { return data_->header; }
JsonView VerifiedToken::claims() const noexcept { return data_->claims; }
std::string_view VerifiedToken::payload() const noexcept { return data_->payload; }
std::string_view VerifiedToken::issuer() const noexcept { return data_->issuer; }
std::string_view VerifiedToken::subject() const noexcept { return data_->subject; }
Algorithm VerifiedToken::algorithm() const noexcept { return data_->algorithm; }

VerifiedToken VerifyOutcome::token() const noexcept {
  if (!verified()) std::abort();
  return VerifiedToken(data_);
}

std::string VerifyOutcome::Explain() const { return ExplainToken(reason_, data_); }

Verifier::Verifier(std::shared_ptr<const KeySet> keys, VerifyOptions options)
    : state_(std::make_unique<const VerifierState>(
          VerifierState{.keys = std::move(keys),
                        .rules = RulesOf(options),
                        .max_token_bytes = std::min(options.max_token_bytes, kMaxTokenBytes),
                        .signature_only = options.signature_only})) {}
Verifier::~Verifier() = default;
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;

VerifyOutcome Verifier::Verify(std::string_view token, Timestamp now,
                               Scratch& scratch) const noexcept {
  VerifiedTokenData* data = nullptr;
  Reason reason = ReadToken(token, state_->max_token_bytes, state_->signature_only, scratch, &data);
  if (reason == Reason::kAllowed) reason = state_->Check(*data, now, scratch);
  return {reason, data};
}

}  // namespace doorward
