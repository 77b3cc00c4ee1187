// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/policy/model_text.h"

#include <functional>
#include <sstream>
#include <vector>

#include "src/cel/cel.h"

namespace doorward {
namespace {

std::string Join(const std::vector<std::string>& texts) {
  std::string out = "[";
  const char* separator = "";
  for (const std::string& text : texts) {
    out += separator + text;
    separator = "|";
  }
  return out + "]";
}

std::string Join(const std::vector<uint32_t>& indices) {
  std::vector<std::string> texts;
  for (const uint32_t index : indices) texts.push_back(std::to_string(index));
  return Join(texts);
}

std::string Join(const std::vector<ClaimSource>& sources) {
  std::vector<std::string> texts;
  for (const ClaimSource& source : sources) {
    texts.push_back(source.claim.text + (source.split_spaces ? "/split" : ""));
  }
  return Join(texts);
}

std::string SegmentText(const SegmentPattern& segment) {
  const std::string capture = segment.capture.empty() ? "" : segment.capture + ":";
  switch (segment.kind) {
    case SegmentPattern::Kind::kLiteral:
      return segment.text;
    case SegmentPattern::Kind::kAny:
      return "{" + capture + "*}";
    case SegmentPattern::Kind::kGlob:
      return "glob" + Join(segment.parts);
    case SegmentPattern::Kind::kRegex:
      return "{" + capture + "re " + segment.text + "}";
    case SegmentPattern::Kind::kTail:
      return "{" + capture + "**}";
  }
  return "";
}

std::string RequireText(const RequireEntry& entry) {
  std::ostringstream out;
  out << entry.name << "=" << static_cast<int>(entry.kind) << "," << entry.text << ","
      << entry.number << "," << entry.boolean << "," << entry.or_text;
  return out.str();
}

// " when claims.a", nothing where there is no expression.
std::string Text(std::string_view member, const Expression& expression) {
  if (expression == nullptr) return "";
  return " " + std::string(member) + " " + std::string(expression->text());
}

void Write(const IssuerModel& issuer, std::ostream& out) {
  out << "issuer " << Join(issuer.spellings) << " aud " << Join(issuer.audiences) << " alg "
      << (issuer.algorithms ? Join(*issuer.algorithms) : "-") << " keys "
      << static_cast<int>(issuer.key_source) << " " << issuer.key_location << issuer.inline_jwks
      << " sub " << issuer.subject.text << " roles_from " << Join(issuer.roles_from)
      << " scopes_from " << Join(issuer.scopes_from) << " roles "
      << (issuer.roles ? Join(*issuer.roles) : "-") << " typ " << issuer.token_type.value_or("-")
      << " leeway " << issuer.leeway.count() << " max_age "
      << (issuer.max_age ? issuer.max_age->count() : -1) << " exp " << issuer.require_expiry
      << " cnf " << issuer.refuse_confirmation << " tenants " << Join(issuer.tenants)
      << Text("accept", issuer.accept) << "\n";
  for (const RequireEntry& entry : issuer.require)
    out << "  require " << RequireText(entry) << "\n";
}

void Write(const RoleModel& role, std::ostream& out) {
  out << "role " << role.name << " (" << role.description << ") inherits " << Join(role.inherits)
      << "\n";
  for (const GrantModel& grant : role.granted_to) {
    out << "  granted_to " << (grant.claim ? Join({*grant.claim}) : "-") << " "
        << Join(grant.values) << " issuer "
        << (grant.issuer ? std::to_string(*grant.issuer) : "any") << Text("when", grant.when)
        << "\n";
  }
}

void Write(const RuleModel& rule, std::ostream& out) {
  out << "rule " << rule.id << " (" << rule.description << ")" << (rule.deny ? " deny" : " allow")
      << (rule.everyone ? " everyone" : "") << (rule.authenticated ? " authenticated" : "") << " "
      << Join(rule.roles) << " scopes " << Join(rule.scopes) << (rule.report_only ? " report" : "")
      << (rule.ignore_token ? " ignore_token" : "") << Text("when", rule.when)
      << Text("unless", rule.unless) << "\n";
  for (const EndpointModel& endpoint : rule.endpoints) {
    out << "  " << EndpointText(endpoint) << "\n";
  }
}

}  // namespace

std::string EndpointText(const EndpointModel& endpoint) {
  std::string out;
  for (const std::string& method : endpoint.methods) out += (out.empty() ? "" : ",") + method;
  out += (out.empty() ? "* " : " ") + (endpoint.host.empty() ? "" : endpoint.host + " ");
  if (endpoint.is_asterisk) return out + "asterisk";
  for (const SegmentPattern& segment : endpoint.path) out += "/" + SegmentText(segment);
  return endpoint.path.empty() ? out + "/" : out;
}

std::string ModelText(const PolicyModel& model) {
  std::ostringstream out;
  const RequestRules& r = model.request;
  out << "hosts " << Join(model.hosts) << "\nrequest " << static_cast<int>(r.path_case)
      << static_cast<int>(r.backend) << static_cast<int>(r.encoded_slash)
      << static_cast<int>(r.empty_segments) << static_cast<int>(r.semicolon)
      << static_cast<int>(r.override_headers) << model.cors_preflight_pass << "\n";
  for (const IssuerModel& issuer : model.issuers) Write(issuer, out);
  for (const RoleModel& role : model.roles) Write(role, out);
  for (const RuleModel& rule : model.rules) Write(rule, out);
  for (const TokenPlace& place : model.token_from) {
    out << "token " << (place.kind == TokenPlace::Kind::kCookie ? "cookie " : "header ")
        << place.name << " " << place.scheme << "\n";
  }
  out << "token_forward " << static_cast<int>(model.token_forward) << "\n";
  for (const ForwardHeaderModel& header : model.forward_headers) {
    out << "header " << header.name << Text("=", header.value)
        << (header.required ? " required" : "") << "\n";
  }
  out << "strip " << Join(model.strip) << "\n";
  return out.str();
}

}  // namespace doorward
