// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/world.h"

#include <string_view>

namespace doorward::reference {
namespace {

std::string Percent(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto octet = static_cast<uint8_t>(c);
  return {'%', kDigits[octet >> 4], kDigits[octet & 15]};
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Octets of 0x80 and above may stand in a pattern as they are, in a path they may not.
std::string EncodedLiteral(const Segment& segment) {
  std::string out;
  for (const char c : segment.text) {
    const bool is_syntax = std::string_view(" %{}*").find(c) != std::string_view::npos;
    const bool is_ascii = static_cast<uint8_t>(c) < 0x80;
    const bool escape = is_syntax || (segment.escaped && (out.empty() || !is_ascii));
    out += escape ? Percent(c) : std::string(1, c);
  }
  return out;
}

std::string ToText(const Segment& segment) {
  switch (segment.kind) {
    case Segment::Kind::kLiteral:
      return EncodedLiteral(segment);
    case Segment::Kind::kAny:
      return segment.capture.empty() ? "*" : "{" + segment.capture + "}";
    case Segment::Kind::kGlob:
      return segment.text;
    case Segment::Kind::kRegex:
      return "{" + segment.capture + ":" + segment.text + "}";
    case Segment::Kind::kTail:
      return segment.capture.empty() ? "**" : "{" + segment.capture + "=**}";
  }
  return "";
}

std::string ToText(const Pattern& pattern) {
  if (pattern.empty()) return "/";
  std::string out;
  for (const Segment& segment : pattern) out += "/" + ToText(segment);
  return out;
}

Json ToJson(const Endpoint& endpoint) {
  if (endpoint.hosts.size() <= 1 && endpoint.paths.size() <= 1) {
    return Json::String(ToText(endpoint));
  }
  Json out = Json::Object();
  if (!endpoint.methods.empty()) out.Set("methods", Json::Strings(endpoint.methods));
  if (!endpoint.hosts.empty()) out.Set("hosts", Json::Strings(endpoint.hosts));
  Json paths = Json::Array();
  for (const Pattern& path : endpoint.paths) paths.items.push_back(Json::String(ToText(path)));
  return out.Set("paths", paths);
}

Json ToJson(const Rule& rule) {
  Json out = Json::Object();
  out.Set("id", Json::String(rule.id));
  out.Set(rule.deny ? "deny" : "allow", Json::Strings(rule.roles));
  if (!rule.scopes.empty()) out.Set("scopes", Json::Strings(rule.scopes));
  if (rule.report_only) out.Set("mode", Json::String("report"));
  if (rule.ignores_token) out.Set("token", Json::String("ignore"));
  if (rule.when) out.Set("when", Json::String(TextOf(*rule.when)));
  if (rule.unless) out.Set("unless", Json::String(TextOf(*rule.unless)));
  Json endpoints = Json::Array();
  for (const Endpoint& endpoint : rule.endpoints) endpoints.items.push_back(ToJson(endpoint));
  return out.Set("endpoints", endpoints);
}

Json ToJson(const Role& role) {
  Json out = Json::Object();
  if (!role.inherits.empty()) out.Set("inherits", Json::Strings(role.inherits));
  if (role.granted_to.empty()) return out;
  Json grants = Json::Array();
  for (const Grant& grant : role.granted_to) {
    Json one = Json::Object();
    if (!grant.issuer.empty()) one.Set("issuer", Json::String(grant.issuer));
    if (!grant.claim.empty()) {
      one.Set("claim", Json::String(grant.claim)).Set("values", Json::Strings(grant.values));
    }
    if (grant.when) one.Set("when", Json::String(TextOf(*grant.when)));
    grants.items.push_back(one);
  }
  return out.Set("granted_to", grants);
}

Json ToJson(const std::vector<ClaimSource>& sources) {
  Json out = Json::Array();
  for (const ClaimSource& source : sources) {
    Json one = Json::String(source.claim);
    if (source.split) {
      one = Json::Object().Set("claim", one).Set("split", Json::String("spaces"));
    }
    out.items.push_back(one);
  }
  return out;
}

Json ToJson(const Issuer& issuer) {
  Json out = Json::Object();
  out.Set("issuer", Json::String(issuer.name)).Set("audiences", Json::String("here"));
  out.Set("keys", Json::Object().Set("discovery", Json::Bool(true)));
  out.Set("roles_from", ToJson(issuer.roles_from)).Set("scopes_from", ToJson(issuer.scopes_from));
  out.Set("subject", Json::String(issuer.subject));
  if (issuer.confers) out.Set("roles", Json::Strings(*issuer.confers));
  return out;
}

// Where tokens are looked for: two places, one of which may come twice in a request.
Json TokenPlaces() {
  const Json authorization = Json::Object()
                                 .Set("header", Json::String("Authorization"))
                                 .Set("scheme", Json::String("Bearer"));
  const Json other = Json::Object().Set("header", Json::String("X-Token"));
  return Json::Object().Set("from", Json::Array({authorization, other}));
}

template <class Part>
Json ToArray(const std::vector<Part>& parts) {
  Json out = Json::Array();
  for (const Part& part : parts) out.items.push_back(ToJson(part));
  return out;
}

Json ForwardJson(const std::vector<ForwardHeader>& headers) {
  Json members = Json::Object();
  for (const ForwardHeader& header : headers) {
    members.Set(header.name, Json::Object()
                                 .Set("value", Json::String(header.variable))
                                 .Set("required", Json::Bool(header.required)));
  }
  return Json::Object().Set("headers", members);
}

std::string Path(const Request& request, bool escaped) {
  if (request.asterisk) return "*";
  std::string out;
  for (const std::string& segment : request.path) {
    out += '/';
    out += escaped ? Percent(segment[0]) + Encoded(segment.substr(1)) : Encoded(segment);
  }
  return out.empty() || request.trailing_slash ? out + "/" : out;
}

}  // namespace

std::string ToText(const Endpoint& endpoint) {
  if (endpoint.asterisk) return "OPTIONS *";
  std::string out;
  for (const std::string& method : endpoint.methods) out += (out.empty() ? "" : ",") + method;
  if (!out.empty()) out += ' ';
  if (!endpoint.hosts.empty()) out += endpoint.hosts[0];
  return out + ToText(endpoint.paths[0]);
}

std::string ToJson(const World& world) {
  Json out = Json::Object().Set("doorward", Json::Int(1)).Set("token", TokenPlaces());
  if (!world.hosts.empty()) out.Set("hosts", Json::Strings(world.hosts));
  if (!world.issuers.empty()) out.Set("issuers", ToArray(world.issuers));
  Json roles = Json::Object();
  for (const Role& role : world.roles) roles.Set(role.name, ToJson(role));
  out.Set("roles", roles).Set("rules", ToArray(world.rules));
  Json request = Json::Object();
  if (world.folds_case) request.Set("path_case", Json::String("fold"));
  if (world.preflight_passes) request.Set("cors_preflight", Json::String("pass"));
  out.Set("request", request);
  if (!world.forward.empty()) out.Set("forward", ForwardJson(world.forward));
  return out.ToText();
}

std::string Encoded(const std::string& segment) {
  std::string out;
  for (const char c : segment) {
    const bool stays =
        IsAlphanumeric(c) || std::string_view("-._~!$&'()*+,=:@").find(c) != std::string_view::npos;
    out += stays ? std::string(1, c) : Percent(c);
  }
  return out;
}

std::string PathOf(const Request& request) { return Path(request, false); }

std::string TargetOf(const Request& request) {
  std::string out = Path(request, request.escaped);
  for (size_t i = 0; i < request.query.size(); ++i)
    out += (i == 0 ? "?q=" : "&q=") + request.query[i];
  return out;
}

std::string Describe(const Caller& caller) {
  switch (caller.kind) {
    case Caller::Kind::kAnonymous:
      return "anonymous";
    case Caller::Kind::kRoles:
      return "roles " + Json::Strings(caller.roles).ToText();
    case Caller::Kind::kClaims:
      return "claims of issuer " + std::to_string(caller.issuer) + " " + caller.claims.ToText();
    case Caller::Kind::kMalformedToken:
      return "a malformed token";
    case Caller::Kind::kTokenWithoutKeys:
      return "a token for which there are no keys";
    case Caller::Kind::kTwoTokens:
      return "two tokens";
  }
  return "";
}

std::string Describe(const Request& request) {
  std::string out = request.method + " " + request.host.value_or("(no host)") + " " +
                    TargetOf(request) + " at " + std::to_string(request.time);
  if (request.flag) out += ", X-Flag: " + *request.flag;
  if (request.source_ip) out += ", from " + *request.source_ip;
  if (request.spoofs) out += ", with X_User and X-Rewrite-URL";
  if (request.asks_for) out += ", preflight for " + *request.asks_for;
  return out;
}

}  // namespace doorward::reference
