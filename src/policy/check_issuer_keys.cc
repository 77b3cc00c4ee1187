// SPDX-License-Identifier: Apache-2.0
//
// `keys` of an issuer: one source. Keys that stand in the policy are handed on as JSON text, which
// the floor of tokens reads; here only their shape is looked at.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/policy/check.h"

namespace doorward {
namespace {

using Kind = DocumentValue::Kind;
using Source = IssuerKeys::Source;

constexpr std::string_view kKeysMembers[] = {"discovery", "jwks_uri", "jwks_file", "jwks"};

void WriteString(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (octet < 0x20) {
      out += {'\\', 'u', '0', '0', kHex[octet >> 4], kHex[octet & 15]};
    } else {
      out += c;
    }
  }
  out += '"';
}

// Recursion is bounded by the depth of a document.
void WriteJson(const DocumentValue& value, std::string& out) {
  const char* separator = "";
  switch (value.kind()) {
    case Kind::kObject:
      out += '{';
      for (const auto& [name, member] : value.members()) {
        out += separator;
        WriteString(name.text(), out);
        out += ':';
        WriteJson(member, out);
        separator = ",";
      }
      out += '}';
      break;
    case Kind::kList:
      out += '[';
      for (const DocumentValue& element : value.elements()) {
        out += separator;
        WriteJson(element, out);
        separator = ",";
      }
      out += ']';
      break;
    case Kind::kString:
      WriteString(value.text(), out);
      break;
    case Kind::kNull:
      out += "null";
      break;
    default:
      out += value.text();
  }
}

std::optional<DocumentValue::Member> FindMember(const DocumentValue& object,
                                                std::string_view name) {
  for (const DocumentValue::Member& member : object.members()) {
    if (member.key.text() == name) return member;
  }
  return std::nullopt;
}

void CheckUrl(Fields& fields, const DocumentValue& value, IssuerModel& issuer) {
  const std::optional<std::string_view> url = fields.Name(value, "`jwks_uri`");
  if (!url) return;
  issuer.key_location = std::string(*url);
  constexpr std::string_view kPlain = "http://";
  if (url->starts_with("https://")) return;
  if (!url->starts_with(kPlain)) {
    fields.Error(value.at(), "bad_url", Quote(*url) + " is no URL of a key set",
                 {"a URL that begins with `https://`", ""});
    return;
  }
  const std::string_view rest = url->substr(kPlain.size());
  const std::string_view host = rest.substr(0, rest.find_first_of(":/"));
  if (host == "localhost" || host.starts_with("127.") || rest.starts_with("[::1]")) return;
  fields.Warning(value.at(), "keys_in_the_clear",
                 "whoever stands between can replace keys that are fetched without TLS",
                 {"a URL that begins with `https://`", ""});
}

void WarnAboutKey(Fields& fields, const DocumentValue& key, const IssuerModel& issuer) {
  const std::optional<DocumentValue::Member> type = FindMember(key, "kty");
  if (!type) return;
  const bool is_secret = type->value.text() == "oct";
  const bool lists_hmac = issuer.algorithms &&
                          std::any_of(issuer.algorithms->begin(), issuer.algorithms->end(),
                                      [](std::string_view name) { return name.starts_with("HS"); });
  if (is_secret && !lists_hmac) {
    fields.Warning(type->key.at(), "unlisted_hmac",
                   "this `oct` key never serves, as `algorithms` lists no HS256, HS384 or HS512",
                   {"", "list the algorithm that it is for"});
  }
  const std::optional<DocumentValue::Member> secret = FindMember(key, "d");
  if (!is_secret && secret) {
    fields.Warning(secret->key.at(), "private_key", "a private key stands in this policy",
                   {"public keys alone", "remove it here, and replace the key"});
  }
}

// `name`: of the member whose value it is.
void CheckInlineKeys(Fields& fields, Span name, const DocumentValue& value, IssuerModel& issuer) {
  const std::optional<DocumentValue::Member> keys = FindMember(value, "keys");
  if (!keys || keys->value.kind() != Kind::kList) {
    fields.Error(keys ? keys->key.at() : name, "bad_key_set", "`jwks` is no key set",
                 {"an object with a list `keys`, as in RFC 7517", ""});
    return;
  }
  for (const DocumentValue& key : keys->value.elements()) WarnAboutKey(fields, key, issuer);
  WriteJson(value, issuer.inline_jwks);
}

void CheckDiscovery(Fields& fields, const DocumentValue& value) {
  const std::optional<bool> wanted = fields.Bool(value, "`discovery`");
  if (wanted.value_or(true)) return;
  fields.Error(value.at(), "unknown_value", "`discovery` can only be `true`",
               {"`discovery: true`, or another source of keys", ""});
}

}  // namespace

// Diagnostics point at names: an excerpt of a value could hold a secret.
void CheckIssuerKeys(PolicyCheck& check, Span name_at, const DocumentValue& value,
                     IssuerModel& issuer) {
  Fields& fields = check.fields;
  const ObjectFields keys(fields, value, "`keys` of an issuer", kKeysMembers);
  if (!keys.is_object()) return;
  const auto count = std::count_if(std::begin(kKeysMembers), std::end(kKeysMembers),
                                   [&](std::string_view name) { return keys.Has(name); });
  const bool has_only_unknown = count == 0 && (!value.members().empty() || value.is_partial());
  if (count != 1 && !has_only_unknown) {
    fields.Error(name_at, "key_source",
                 count == 0 ? "`keys` names no source of keys" : "`keys` names several sources",
                 {"one of " + Enumerate(kKeysMembers), ""});
  }
  if (const DocumentValue* const discovery = keys.Find("discovery")) {
    issuer.key_location_range = fields.Range(keys.NameSpan("discovery"));
    CheckDiscovery(fields, *discovery);
  }
  if (const DocumentValue* const url = keys.Find("jwks_uri")) {
    issuer.key_source = Source::kJwksUri;
    issuer.key_location_range = fields.Range(url->at());
    CheckUrl(fields, *url, issuer);
  }
  if (const DocumentValue* const file = keys.Find("jwks_file")) {
    issuer.key_source = Source::kJwksFile;
    issuer.key_location_range = fields.Range(file->at());
    issuer.key_location = std::string(fields.Name(*file, "`jwks_file`").value_or(""));
  }
  if (const DocumentValue* const jwks = keys.Find("jwks")) {
    issuer.key_source = Source::kInline;
    issuer.key_location_range = fields.Range(keys.NameSpan("jwks"));
    CheckInlineKeys(fields, keys.NameSpan("jwks"), *jwks, issuer);
  }
}

}  // namespace doorward
