// SPDX-License-Identifier: Apache-2.0
//
// What a token whose signature holds must say to be accepted: the order is that of docs/tokens.md.

#include <algorithm>
#include <charconv>
#include <cmath>

#include "src/base/ascii.h"
#include "src/jose/issuer.h"
#include "src/jose/jose_scratch.h"

namespace doorward {
namespace {

constexpr int64_t kLastSecond = 253402300799;  // 9999-12-31T23:59:59Z

// --- Dates ---

// The fraction of `value`, from 0, in nanoseconds: read off the shortest decimal that spells it, so
// that 1750000000.1 is a tenth of a second and not what the nearest double comes to.
int32_t Nanoseconds(double value) noexcept {
  constexpr size_t kLongest = 12 + 1 + 1100;  // a denormal, written out
  char text[kLongest];
  const char* const end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
  const char* p = std::find<const char*>(text, end, '.');
  int32_t nanos = 0;
  if (p < end) ++p;
  for (int32_t unit = 100'000'000; unit > 0 && p < end; unit /= 10, ++p) {
    nanos += (*p - '0') * unit;
  }
  return nanos;
}

// RFC 7519 section 2, NumericDate, within the years that have four digits.
std::optional<Timestamp> ReadDate(JsonView value) noexcept {
  if (value.kind() == JsonView::Kind::kInt) {
    const int64_t seconds = value.int_or(0);
    if (seconds < 0 || seconds > kLastSecond) return std::nullopt;
    return Timestamp::FromUnixSeconds(seconds);
  }
  const double seconds = value.double_or(-1);
  if (!(seconds >= 0) || seconds > static_cast<double>(kLastSecond)) return std::nullopt;
  return Timestamp::FromUnixSeconds(static_cast<int64_t>(std::floor(seconds)),
                                    Nanoseconds(seconds));
}

Reason CheckExpiry(const TokenRules& rules, Timestamp now, VerifiedTokenData& token) noexcept {
  const JsonView exp = token.registered.exp;
  if (!exp.exists()) {
    return rules.require_expiry ? Refuse(token, Reason::kTokenWithoutExpiry, {.subject = "exp"})
                                : Reason::kAllowed;
  }
  const TokenRefusal refusal{.subject = "exp",
                             .in_header = rules.load_balancer,
                             .found = exp,
                             .now = now,
                             .leeway = rules.leeway};
  const std::optional<Timestamp> expiry = ReadDate(exp);
  if (!expiry) return Refuse(token, Reason::kTokenBadDate, refusal);
  if (now < *expiry + rules.leeway) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenExpired, refusal);
}

// Checks that a date, where it is there, is not after `now`.
Reason CheckPast(JsonView date, std::string_view name, Reason reason, const TokenRules& rules,
                 Timestamp now, VerifiedTokenData& token) noexcept {
  if (!date.exists()) return Reason::kAllowed;
  const TokenRefusal refusal{.subject = name, .found = date, .now = now, .leeway = rules.leeway};
  const std::optional<Timestamp> read = ReadDate(date);
  if (!read) return Refuse(token, Reason::kTokenBadDate, refusal);
  if (*read <= now + rules.leeway) return Reason::kAllowed;
  return Refuse(token, reason, refusal);
}

// A `nbf` before 1970 lies in the past like any other, and issuers send such ones to say "always".
bool IsBeforeEpoch(JsonView date) noexcept { return date.double_or(0) < 0; }

Reason CheckAge(const TokenRules& rules, Timestamp now, VerifiedTokenData& token) noexcept {
  if (!rules.max_age) return Reason::kAllowed;
  const JsonView iat = token.registered.iat;
  if (!iat.exists()) return Refuse(token, Reason::kTokenClaimMissing, {.subject = "iat"});
  const std::optional<Timestamp> issued = ReadDate(iat);
  if (issued && now <= *issued + *rules.max_age + rules.leeway) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenTooOld,
                {.subject = "iat", .found = iat, .now = now, .leeway = rules.leeway});
}

Reason CheckDates(const TokenRules& rules, Timestamp now, VerifiedTokenData& token) noexcept {
  const RegisteredClaims& claims = token.registered;
  Reason reason = CheckExpiry(rules, now, token);
  if (reason == Reason::kAllowed && !IsBeforeEpoch(claims.nbf)) {
    reason = CheckPast(claims.nbf, "nbf", Reason::kTokenNotYetValid, rules, now, token);
  }
  if (reason == Reason::kAllowed) {
    reason = CheckPast(claims.iat, "iat", Reason::kTokenIssuedInFuture, rules, now, token);
  }
  if (reason == Reason::kAllowed) reason = CheckAge(rules, now, token);
  return reason;
}

// --- typ and cty ---

// RFC 7515 section 4.1.9: "application/" goes without saying.
std::string_view WithoutPrefix(std::string_view type) noexcept {
  constexpr std::string_view kPrefix = "application/";
  const bool has_prefix = EqualIgnoringCase(type.substr(0, kPrefix.size()), kPrefix);
  return has_prefix ? type.substr(kPrefix.size()) : type;
}

bool IsType(std::string_view type, std::string_view wanted) noexcept {
  return EqualIgnoringCase(WithoutPrefix(type), WithoutPrefix(wanted));
}

Reason CheckTyp(const TokenRules& rules, VerifiedTokenData& token) noexcept {
  const JsonView typ = token.header_members.typ;
  const bool is_well_formed = !typ.exists() || typ.is_string();
  const bool is_demanded =
      !rules.token_type || (typ.is_string() && IsType(typ.string_or(""), *rules.token_type));
  if (is_well_formed && is_demanded) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenType,
                {.subject = "typ",
                 .found = typ,
                 .required = rules.token_type ? std::string_view(*rules.token_type) : ""});
}

// RFC 7519 section 5.2: `cty: JWT` says that the payload is another token, which is not looked
// into.
Reason CheckNotNested(VerifiedTokenData& token) noexcept {
  const JsonView cty = token.header_members.cty;
  if (!IsType(cty.string_or(""), "JWT")) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenType, {.subject = "cty", .found = cty});
}

// --- Other claims ---

bool IsOneOf(std::string_view text, const std::vector<std::string>& list) noexcept {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// RFC 7519 section 4.1.3: a string or an array of strings.
bool IsMeantFor(JsonView aud, const std::vector<std::string>& audiences) noexcept {
  if (aud.is_string()) return IsOneOf(aud.string_or(""), audiences);
  bool found = false;
  for (const JsonView element : aud.elements()) {
    if (!aud.is_array() || !element.is_string()) return false;
    found = found || IsOneOf(element.string_or(""), audiences);
  }
  return found;
}

Reason CheckAudience(const TokenRules& rules, VerifiedTokenData& token) noexcept {
  const JsonView aud = token.registered.aud;
  if (rules.audiences.empty() || IsMeantFor(aud, rules.audiences)) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenAudience,
                {.subject = rules.audience_claim,
                 .in_header = rules.load_balancer,
                 .found = aud,
                 .expected = rules.audiences});
}

// The load balancer itself: any other one of the region signs with keys of the same place.
Reason CheckSigner(const TokenRules& rules, VerifiedTokenData& token) noexcept {
  if (rules.signers.empty()) return Reason::kAllowed;
  const JsonView signer = token.header.Find("signer");
  if (signer.is_string() && IsOneOf(signer.string_or(""), rules.signers)) return Reason::kAllowed;
  return Refuse(
      token, signer.exists() ? Reason::kTokenClaimValue : Reason::kTokenClaimMissing,
      {.subject = "signer", .in_header = true, .found = signer, .expected = rules.signers});
}

Reason CheckIsString(JsonView claim, VerifiedTokenData& token) noexcept {
  if (!claim.exists() || claim.is_string()) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenClaimValue,
                {.subject = claim.name(), .found = claim, .required = "a string"});
}

// Integers are compared as such, however they are written: doubles run together above 2^53.
bool EqualsNumber(JsonView claim, const RequiredClaim::Value& value) noexcept {
  if (claim.kind() != JsonView::Kind::kInt) {
    return claim.is_number() && claim.double_or(0) == value.number;
  }
  if (value.integer) return claim.int_or(0) == *value.integer;
  constexpr double kLimit = 0x1p63;
  return value.number >= -kLimit && value.number < kLimit &&
         value.number == std::trunc(value.number) &&
         claim.int_or(0) == static_cast<int64_t>(value.number);
}

bool HasValue(JsonView claim, const RequiredClaim::Value& value) noexcept {
  using Kind = RequiredClaim::Value::Kind;
  if (value.or_text && claim.is_string()) return claim.string_or("") == value.text;
  switch (value.kind) {
    case Kind::kAny:
      return true;
    case Kind::kString:
      return claim.is_string() && claim.string_or("") == value.text;
    case Kind::kNumber:
      return EqualsNumber(claim, value);
    case Kind::kBool:
      return claim.kind() == JsonView::Kind::kBool && claim.bool_or(false) == value.boolean;
    case Kind::kNull:
      return claim.kind() == JsonView::Kind::kNull;
  }
  return false;
}

// That it is a token of the right kind, where claims tell.
Reason CheckMarks(const TokenRules& rules, VerifiedTokenData& token) noexcept {
  const auto is_there = [&](const std::string& mark) { return token.claims.Find(mark).exists(); };
  if (rules.marks.empty() || std::any_of(rules.marks.begin(), rules.marks.end(), is_there)) {
    return Reason::kAllowed;
  }
  return Refuse(token, Reason::kTokenClaimMissing,
                {.subject = rules.marks.front(), .expected = rules.marks, .any_subject = true});
}

Reason CheckRequired(const TokenRules& rules, VerifiedTokenData& token) noexcept {
  for (const RequiredClaim& required : rules.require) {
    if (!required.beside.empty() && !token.claims.Find(required.beside).exists()) continue;
    const JsonView claim = token.claims.Find(required.name);
    const TokenRefusal refusal{
        .subject = required.name, .found = claim, .required = required.value.text};
    if (!claim.exists()) return Refuse(token, Reason::kTokenClaimMissing, refusal);
    if (!HasValue(claim, required.value)) {
      return Refuse(token, Reason::kTokenClaimValue, refusal);
    }
  }
  return Reason::kAllowed;
}

}  // namespace

std::optional<Timestamp> DateIn(JsonView claim) noexcept {
  return claim.exists() ? ReadDate(claim) : std::nullopt;
}

std::optional<Timestamp> DateClaim(JsonView claims, std::string_view name) noexcept {
  return DateIn(claims.Find(name));
}

Reason CheckType(const TokenRules& rules, Scratch& scratch) noexcept {
  return CheckTyp(rules, Part<JoseScratch>(scratch).token);
}

Reason CheckClaims(const TokenRules& rules, Timestamp now, Scratch& scratch) noexcept {
  VerifiedTokenData& token = Part<JoseScratch>(scratch).token;
  Reason reason = CheckTyp(rules, token);
  if (reason == Reason::kAllowed) reason = CheckNotNested(token);
  if (reason == Reason::kAllowed) reason = CheckDates(rules, now, token);
  if (reason == Reason::kAllowed) reason = CheckAudience(rules, token);
  if (reason == Reason::kAllowed) reason = CheckSigner(rules, token);
  if (reason == Reason::kAllowed) reason = CheckTenant(rules, token);
  if (reason == Reason::kAllowed) reason = CheckIsString(token.registered.sub, token);
  if (reason == Reason::kAllowed) reason = CheckIsString(token.registered.jti, token);
  if (reason == Reason::kAllowed) reason = CheckMarks(rules, token);
  if (reason == Reason::kAllowed) reason = CheckRequired(rules, token);
  return reason;
}

Reason CheckConfirmation(const TokenRules& rules, Scratch& scratch) noexcept {
  VerifiedTokenData& token = Part<JoseScratch>(scratch).token;
  const JsonView cnf = token.registered.cnf;
  if (!rules.refuse_confirmation || !cnf.exists()) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenConfirmation, {.subject = "cnf", .found = cnf});
}

}  // namespace doorward
