// SPDX-License-Identifier: Apache-2.0

#include "src/authorizer/issuer_rules.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace doorward {
namespace {

using Kind = RequiredClaim::Value::Kind;

Kind KindOf(RequireEntry::Kind kind) {
  switch (kind) {
    case RequireEntry::Kind::kString:
      return Kind::kString;
    case RequireEntry::Kind::kNumber:
      return Kind::kNumber;
    case RequireEntry::Kind::kBool:
      return Kind::kBool;
    case RequireEntry::Kind::kNull:
      return Kind::kNull;
    case RequireEntry::Kind::kAny:
      break;
  }
  return Kind::kAny;
}

// The number that `text` spells, where it is an integer that fits.
std::optional<int64_t> IntegerOf(std::string_view text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

}  // namespace

TokenRules RulesOf(const IssuerModel& issuer) {
  TokenRules rules;
  rules.issuers = issuer.spellings;
  rules.tenants = issuer.tenants;
  rules.audiences = issuer.audiences;
  if (issuer.algorithms) {
    rules.algorithms = {};
    for (const std::string& name : *issuer.algorithms) {
      if (const auto algorithm = FindAlgorithm(name)) rules.algorithms.Add(*algorithm);
    }
  }
  rules.token_type = issuer.token_type;
  rules.leeway = issuer.leeway;
  rules.max_age = issuer.max_age;
  rules.require_expiry = issuer.require_expiry;
  rules.refuse_confirmation = issuer.refuse_confirmation;
  for (const RequireEntry& entry : issuer.require) {
    rules.require.push_back({entry.name,
                             {.kind = KindOf(entry.kind),
                              .text = entry.text,
                              .number = entry.number,
                              .integer = IntegerOf(entry.text),
                              .boolean = entry.boolean,
                              .or_text = entry.or_text},
                             entry.beside});
  }
  rules.marks = issuer.marks;
  rules.audience_claim = issuer.audience_claim;
  rules.load_balancer = issuer.is_load_balancer;
  rules.signers = issuer.signers;
  rules.keys_name_issuers = issuer.keys_name_issuers;
  return rules;
}

}  // namespace doorward
