// SPDX-License-Identifier: Apache-2.0
//
// Takes a compact JWS apart (RFC 7515 section 7.1): nothing is believed here, and all that later
// steps look at has been validated.

#include <cstring>

#include "src/jose/base64url.h"
#include "src/jose/jose_scratch.h"

namespace doorward {
namespace {

constexpr size_t kMaxJsonDepth = 32;

// What Google's logs and proxies put in the place of a signature. Its characters are base64url, so
// that it would pass for a signature that is merely wrong.
constexpr std::string_view kRemovedSignature = "SIGNATURE_REMOVED_BY_GOOGLE";

struct Segments {
  std::string_view header, payload, signature;
};

// Splits at the first two dots. A third one is no base64url character and is refused as such.
bool Split(std::string_view token, Segments& out) noexcept {
  const size_t first = token.find('.');
  if (first == std::string_view::npos) return false;
  const size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return false;
  out = {token.substr(0, first), token.substr(first + 1, second - first - 1),
         token.substr(second + 1)};
  return true;
}

// Decodes segments into one buffer, each followed by the padding that the JSON parser asks for.
class SegmentDecoder {
 public:
  explicit SegmentDecoder(char* to) noexcept : to_(to) {}

  static constexpr size_t Capacity(size_t token_size) noexcept {
    return DecodedCapacity(token_size) + 3 * (JsonParser::kPadding + DecodedCapacity(0));
  }

  bool Decode(std::string_view segment, std::string_view& out) noexcept {
    const std::optional<size_t> size = DecodeBase64Url(segment, to_);
    if (!size) return false;
    out = {to_, *size};
    to_ += *size;
    std::memset(to_, 0, JsonParser::kPadding);
    to_ += JsonParser::kPadding;
    return true;
  }

 private:
  char* to_;
};

// Names of three octets compare as numbers: the registered claims all have three.
constexpr uint32_t Pack(std::string_view name) noexcept {
  return static_cast<uint32_t>(static_cast<unsigned char>(name[0])) << 16 |
         static_cast<uint32_t>(static_cast<unsigned char>(name[1])) << 8 |
         static_cast<uint32_t>(static_cast<unsigned char>(name[2]));
}

RegisteredClaims FindRegistered(JsonView claims) noexcept {
  RegisteredClaims out;
  for (const JsonView claim : claims.elements()) {
    const std::string_view name = claim.name();
    if (name.size() != 3) continue;
    switch (Pack(name)) {
      case Pack("iss"):
        out.iss = claim;
        break;
      case Pack("sub"):
        out.sub = claim;
        break;
      case Pack("aud"):
        out.aud = claim;
        break;
      case Pack("exp"):
        out.exp = claim;
        break;
      case Pack("nbf"):
        out.nbf = claim;
        break;
      case Pack("iat"):
        out.iat = claim;
        break;
      case Pack("jti"):
        out.jti = claim;
        break;
      case Pack("cnf"):
        out.cnf = claim;
        break;
      case Pack("tid"):
        out.tid = claim;
        break;
      default:
        break;
    }
  }
  return out;
}

// Finds the members that verification reads. `critical` is set to a member that demands what is not
// supported: `crit` (RFC 7515 section 4.1.11) names extensions, and `b64` (RFC 7797) is one.
HeaderMembers FindHeaderMembers(JsonView header, JsonView& critical) noexcept {
  HeaderMembers out;
  for (const JsonView member : header.elements()) {
    const std::string_view name = member.name();
    if (name == "crit") critical = member;
    if (name.size() != 3) continue;
    switch (Pack(name)) {
      case Pack("alg"):
        out.alg = member;
        break;
      case Pack("kid"):
        out.kid = member;
        break;
      case Pack("typ"):
        out.typ = member;
        break;
      case Pack("cty"):
        out.cty = member;
        break;
      case Pack("b64"):
        critical = member;
        break;
      default:
        break;
    }
  }
  return out;
}

Reason ReadObject(std::string_view text, std::string_view part, JsonParser& parser,
                  VerifiedTokenData& token, JsonView& out) noexcept {
  switch (parser.Parse(text, kMaxJsonDepth)) {
    case JsonError::kNone:
      break;
    case JsonError::kSyntax:
      return Refuse(token, Reason::kTokenBadJson, {.subject = part});
    case JsonError::kDuplicateMember:
      return Refuse(token, Reason::kTokenDuplicateMember, {.subject = part});
  }
  out = parser.root();
  if (out.is_object()) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenBadJson, {.subject = part});
}

// Whether segments may be padded.
enum class Padding : uint8_t { kRefused, kPermitted };

// RFC 4648 section 3.2: up to two `=` that fill a group of four. What is left must decode by
// itself.
std::string_view WithoutPadding(std::string_view segment) noexcept {
  if (segment.size() % 4 != 0) return segment;
  if (segment.ends_with('=')) segment.remove_suffix(1);
  if (segment.ends_with('=')) segment.remove_suffix(1);
  return segment;
}

// Takes padding off. Once one segment is padded the others must be too, so that what the signature
// does not cover, its own segment, has one spelling beside padded ones.
bool TakePaddingOff(Segments& segments, VerifiedTokenData& token) noexcept {
  bool is_whole = true;
  const auto strip = [&](std::string_view& segment, std::string_view name) {
    is_whole = is_whole && segment.size() % 4 == 0;
    const std::string_view bare = WithoutPadding(segment);
    if (bare.size() < segment.size() && token.padded.empty()) token.padded = name;
    segment = bare;
  };
  strip(segments.header, "header");
  strip(segments.payload, "payload");
  strip(segments.signature, "signature");
  return token.padded.empty() || is_whole;
}

Reason ReadSegments(std::string_view text, Padding padding, JoseScratch& s,
                    std::string_view& header) noexcept {
  Segments segments;
  if (!Split(text, segments)) return Reason::kTokenMalformed;
  s.signing_input = text.substr(0, segments.header.size() + 1 + segments.payload.size());
  if (!s.decoded.Reserve(SegmentDecoder::Capacity(text.size()))) return Reason::kInternal;
  SegmentDecoder decoder(s.decoded.data());
  const auto refuse = [&s](std::string_view part) {
    return Refuse(s.token, Reason::kTokenMalformed, {.subject = part});
  };
  if (padding == Padding::kPermitted && !TakePaddingOff(segments, s.token)) {
    return refuse(s.token.padded);
  }
  if (!decoder.Decode(segments.header, header)) return refuse("header");
  if (!decoder.Decode(segments.payload, s.token.payload)) return refuse("payload");
  if (segments.signature == kRemovedSignature) return Reason::kTokenSignatureRemoved;
  if (!decoder.Decode(segments.signature, s.signature)) return refuse("signature");
  return Reason::kAllowed;
}

Reason ReadHeader(std::string_view text, JoseScratch& s) noexcept {
  VerifiedTokenData& token = s.token;
  const Reason reason = ReadObject(text, "header", s.header_parser, token, token.header);
  if (reason != Reason::kAllowed) return reason;
  JsonView critical;
  token.header_members = FindHeaderMembers(token.header, critical);
  if (!critical.exists()) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenCriticalHeader,
                {.subject = critical.name(), .found = critical});
}

Reason ReadPayload(JoseScratch& s) noexcept {
  VerifiedTokenData& token = s.token;
  const Reason reason = ReadObject(token.payload, "payload", s.payload_parser, token, token.claims);
  if (reason != Reason::kAllowed) return reason;
  token.registered = FindRegistered(token.claims);
  token.issuer = token.registered.iss.string_or("");
  token.subject = token.registered.sub.string_or("");
  return Reason::kAllowed;
}

Reason Read(std::string_view token, size_t max_token_bytes, Padding padding, bool signature_only,
            JoseScratch& s) noexcept {
  s.token = VerifiedTokenData();
  if (token.size() > max_token_bytes) {
    return Refuse(s.token, Reason::kTokenTooLarge,
                  {.size = token.size(), .limit = max_token_bytes});
  }
  std::string_view header;
  Reason reason = ReadSegments(token, padding, s, header);
  if (reason == Reason::kAllowed) reason = ReadHeader(header, s);
  if (reason == Reason::kAllowed && !signature_only) reason = ReadPayload(s);
  return reason;
}

}  // namespace

Reason ReadToken(std::string_view token, size_t max_token_bytes, bool signature_only,
                 Scratch& scratch, VerifiedTokenData** out) noexcept {
  JoseScratch& s = Part<JoseScratch>(scratch);
  *out = &s.token;
  return Read(token, max_token_bytes, Padding::kRefused, signature_only, s);
}

Reason ReadTokenOrPadded(std::string_view token, size_t max_token_bytes, Scratch& scratch,
                         VerifiedTokenData** out) noexcept {
  JoseScratch& s = Part<JoseScratch>(scratch);
  *out = &s.token;
  return Read(token, max_token_bytes, Padding::kPermitted, false, s);
}

}  // namespace doorward
