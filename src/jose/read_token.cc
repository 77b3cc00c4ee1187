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

// Names of three octets, as all that are looked for have, compare as numbers.
constexpr uint32_t Pack(std::string_view name) noexcept {
  return static_cast<uint32_t>(static_cast<unsigned char>(name[0])) << 16 |
         static_cast<uint32_t>(static_cast<unsigned char>(name[1])) << 8 |
         static_cast<uint32_t>(static_cast<unsigned char>(name[2]));
}

// Where the member of a packed name goes; null where it is of no interest.
JsonView* PlaceOf(uint32_t name, RegisteredClaims& claims) noexcept {
  switch (name) {
    case Pack("iss"):
      return &claims.iss;
    case Pack("sub"):
      return &claims.sub;
    case Pack("aud"):
      return &claims.aud;
    case Pack("exp"):
      return &claims.exp;
    case Pack("nbf"):
      return &claims.nbf;
    case Pack("iat"):
      return &claims.iat;
    case Pack("jti"):
      return &claims.jti;
    case Pack("cnf"):
      return &claims.cnf;
    case Pack("tid"):
      return &claims.tid;
    default:
      return nullptr;
  }
}

JsonView* PlaceOf(uint32_t name, HeaderMembers& members) noexcept {
  switch (name) {
    case Pack("alg"):
      return &members.alg;
    case Pack("kid"):
      return &members.kid;
    case Pack("typ"):
      return &members.typ;
    case Pack("cty"):
      return &members.cty;
    default:
      return nullptr;
  }
}

// Finds the members of `object` that verification reads; `out` has none yet. They are set in place:
// a copy right after them would wait until they are written.
template <class Members>
void FindMembers(JsonView object, Members& out) noexcept {
  const JsonNode* const end = AfterNode(object.node());
  for (const JsonNode* member = object.node() + 1; member != end; member = AfterNode(member)) {
    if (member->name_size != 3) continue;
    JsonView* const place = PlaceOf(Pack({member->name, 3}), out);
    if (place != nullptr) *place = JsonView(member);
  }
}

// Finds a member that demands what is not supported: `crit` (RFC 7515 section 4.1.11) names
// extensions, and `b64` (RFC 7797) is one.
JsonView FindCritical(JsonView header) noexcept {
  const JsonView crit = header.Find("crit");
  return crit.exists() ? crit : header.Find("b64");
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
  FindMembers(token.header, token.header_members);
  const JsonView critical = FindCritical(token.header);
  if (!critical.exists()) return Reason::kAllowed;
  return Refuse(token, Reason::kTokenCriticalHeader,
                {.subject = critical.name(), .found = critical});
}

Reason ReadPayload(JoseScratch& s) noexcept {
  VerifiedTokenData& token = s.token;
  const Reason reason = ReadObject(token.payload, "payload", s.payload_parser, token, token.claims);
  if (reason != Reason::kAllowed) return reason;
  FindMembers(token.claims, token.registered);
  token.issuer = token.registered.iss.string_or("");
  token.subject = token.registered.sub.string_or("");
  return Reason::kAllowed;
}

// Forgets the token before. Cost: member by member these are a few stores; an assignment of the
// whole becomes string instructions, which take longer to begin than these to end.
void Clear(VerifiedTokenData& token) noexcept {
  auto& [payload, header, claims, algorithm, issuer, subject, members, registered, padded,
         refusal] = token;
  payload = issuer = subject = padded = {};
  header = claims = {};
  algorithm = {};
  members = {};
  registered = {};
  refusal = {};
}

Reason Read(std::string_view token, size_t max_token_bytes, Padding padding, bool signature_only,
            JoseScratch& s) noexcept {
  Clear(s.token);
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
