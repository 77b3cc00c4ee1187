// SPDX-License-Identifier: Apache-2.0
//
// Any octets as a token. Nothing may crash; a scratch that was used before answers as a new one; an
// accepted token is the only text of what it says; and the checks of claims, which no forged
// signature reaches, are run on whatever can be read.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "doorward/verifier.h"

#include "src/jose/base64url.h"
#include "src/jose/token.h"

namespace {

using namespace doorward;

// The keys of the seeds of tests/data/tokens.jsonl.
constexpr std::string_view kJwks = R"({"keys":[
  {"kty":"EC","crv":"P-256","x":"y_ja6QmJNSwvw9dAUBSHX2AtYncSZMUl_0YaL6dgPoo",
   "y":"kQSjvV8-i6C94eaIRjC_TztRydnAlFHcHUuD_mCdH2k","kid":"p256"},
  {"kty":"OKP","crv":"Ed25519","x":"cUOq_Xz9Y8bD3IXAdF5cKCzZi39sGmRk-pqvUxFZZbs","kid":"ed"}]})";
constexpr Timestamp kNow = Timestamp::FromUnixSeconds(1750000000);

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string Encode(std::string_view octets) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : octets) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 0x3F];
  }
  if (count > 0) out += kAlphabet[bits << (6 - count) & 0x3F];
  return out;
}

// Decodes each segment and encodes it again.
std::string EncodeAgain(std::string_view token) {
  std::string out;
  for (;;) {
    const std::string_view segment = token.substr(0, token.find('.'));
    std::string octets(DecodedCapacity(segment.size()), '\0');
    const auto size = DecodeBase64Url(segment, octets.data());
    Require(size.has_value());
    out += Encode(std::string_view(octets).substr(0, *size));
    if (segment.size() == token.size()) return out;
    out += '.';
    token.remove_prefix(segment.size() + 1);
  }
}

const TokenRules& Rules() {
  static const TokenRules rules = [] {
    TokenRules r;
    r.issuers = {"https://issuer.example", "https://login.example/{tenantid}/v2.0"};
    r.tenants = {"3f2504e0-4f89-11d3-9a0c-0305e82c3301"};
    r.audiences = {"https://api.example"};
    r.max_age = std::chrono::seconds(1000);
    r.require = {{"a", {}}};
    return r;
  }();
  return rules;
}

// As a load balancer's, and as a profile asks.
const TokenRules& LoadBalancerRules() {
  static const TokenRules rules = [] {
    TokenRules r;
    r.issuers = {"https://issuer.example"};
    r.audiences = {"https://api.example"};
    r.audience_claim = "client";
    r.load_balancer = true;
    r.signers = {"arn:a"};
    r.marks = {"a", "b"};
    r.require = {{"a", {}, "b"}};
    return r;
  }();
  return rules;
}

// What may be padded is read as what may not be, unless it is padded; and padding passes for a load
// balancer alone.
void CheckPadded(std::string_view token, Scratch& scratch) {
  VerifiedTokenData* data = nullptr;
  const Reason plain = ReadToken(token, 1 << 20, false, scratch, &data);
  Reason reason = ReadTokenOrPadded(token, 1 << 20, scratch, &data);
  const bool is_padded = !data->padded.empty();
  Require(is_padded ? plain == Reason::kTokenMalformed : reason == plain);
  if (reason == Reason::kAllowed) {
    const bool is_refused = PlaceClaims(Rules(), scratch) == Reason::kTokenMalformed;
    Require(is_refused == is_padded);
    (void)IsIssuedUnder(*data, LoadBalancerRules());
    Require(PlaceClaims(LoadBalancerRules(), scratch) == Reason::kAllowed);
    reason = CheckClaims(LoadBalancerRules(), kNow, scratch);
  }
  Require(!ExplainToken(reason, data).empty());
}

void CheckWithoutSignature(std::string_view token, Scratch& scratch) {
  VerifiedTokenData* data = nullptr;
  Reason reason = ReadToken(token, 1 << 20, false, scratch, &data);
  if (reason == Reason::kAllowed) {
    (void)IsIssuedUnder(*data, Rules());
    reason = CheckClaims(Rules(), kNow, scratch);
    (void)CheckConfirmation(Rules(), scratch);
  }
  Require(!ExplainToken(reason, data).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  static const auto keys = KeySet::Parse(kJwks, {.origin = KeyOrigin::kLocal}).keys;
  static const Verifier verifier(keys, {.allow_missing_expiry = true});
  static const Verifier plain(keys, {.signature_only = true});
  static Scratch used;
  for (const Verifier* v : {&verifier, &plain}) {
    Scratch fresh;
    const VerifyOutcome outcome = v->Verify(token, kNow, used);
    Require(outcome.reason() == v->Verify(token, kNow, fresh).reason());
    Require(!outcome.Explain().empty());
    if (outcome.verified()) Require(EncodeAgain(token) == token);
  }
  CheckWithoutSignature(token, used);
  CheckPadded(token, used);
  return 0;
}
