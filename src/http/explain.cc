// SPDX-License-Identifier: Apache-2.0
//
// Words what Normalise refused, by running the step again. A header's value and a query are never
// shown: they may hold secrets.

#include <algorithm>
#include <memory>
#include <string>

#include "src/base/source.h"
#include "src/http/decoded_path.h"
#include "src/http/fields.h"
#include "src/http/host.h"
#include "src/http/http.h"
#include "src/http/octet.h"
#include "src/http/scratch_part.h"
#include "src/http/segments.h"
#include "src/http/target.h"

namespace doorward {
namespace {

using http::Fault;

std::string Numbered(std::string_view noun, size_t index) {
  return std::string(noun) + " " + std::to_string(index + 1);
}

// "a port is a number from 1 to 65535: `:0`, octet 4 of the host"
std::string Word(const Fault& fault, std::string_view text, std::string_view noun) {
  std::string out = fault.what;
  if (fault.length == 0) return out;
  return out + ": " + Quote(text.substr(fault.at, fault.length)) + ", " +
         Numbered("octet", fault.at) + " of the " + std::string(noun);
}

std::string ExplainMethod(std::string_view method) {
  if (method.empty()) return "a request has a method";
  if (IsRefusedMethod(method)) return "the method " + Quote(method) + " is never allowed";
  if (IsMethodSyntax(method)) return "";
  const bool has_lower = std::any_of(method.begin(), method.end(), http::IsLower);
  const std::string rule = !IsFieldName(method) ? " is not a token"
                           : has_lower          ? " holds a lower-case letter"
                                                : " is longer than 32 characters";
  return "the method " + Quote(method) + rule;
}

bool IsAuthorization(const Header& field) { return http::EqualsLower(field.name, "authorization"); }

std::string ExplainHeaders(std::span<const Header> fields, const RequestRules& rules) {
  for (size_t i = 0; i < fields.size(); ++i) {
    const Header& field = fields[i];
    const std::string which = Numbered("header", i) + ", " + Quote(field.name) + ",";
    if (!IsFieldName(field.name)) return "the name of " + which + " is not a token";
    if (http::HoldsLineBreakOrNul(field.value)) {
      return "the value of " + which + " holds a CR, LF or NUL";
    }
    if (IsAuthorization(field) &&
        std::any_of(fields.begin(), fields.begin() + static_cast<ptrdiff_t>(i), IsAuthorization)) {
      return which + " is a second Authorization header";
    }
    if (rules.override_headers == RequestRules::OverrideHeaders::kReject &&
        IsOverrideHeader(field.name)) {
      return which + " would have a server use another path or method than was decided on";
    }
  }
  return "";
}

std::string ExplainHost(const Request& request) {
  const http::FieldScan fields = http::ScanFields(request.headers, {});
  http::HostBuffer buffer;
  http::Host host;
  const Fault fault = http::FindHostFault(request, fields, buffer, &host);
  if (!fault) return "";
  return Word(fault, request.host.value_or(""), "host");
}

Fault ReadTarget(const Request& request, http::Target* target) {
  http::HostBuffer buffer;
  http::Host host;
  const bool named = request.host && !http::ParseHost(*request.host, buffer, &host);
  return http::ParseTarget(request.target, request.method, named ? &host : nullptr, target);
}

std::string ExplainTarget(const Request& request) {
  http::Target target;
  const Fault fault = ReadTarget(request, &target);
  return fault ? Word(fault, request.target, "target") : "";
}

std::string ExplainPath(const Request& request, const RequestRules& rules, Reason reason) {
  http::Target target;
  if (ReadTarget(request, &target)) return "";
  const std::string_view path = target.path;
  const auto part = std::make_unique<http::HttpPart>();
  http::DecodedPath paths;
  const Fault in_path = http::DecodePath(path, rules, part->encoded, part->decoded, &paths);
  if (in_path) return reason == Reason::kBadPath ? Word(in_path, path, "path") : "";
  http::Segments segments;
  if (!http::SplitSegments(paths.decoded, part->decoded_segments, &segments)) {
    return "a path has at most " + std::to_string(kMaxSegments) + " segments";
  }
  const Fault fault = http::CheckSegments(segments, rules);
  if (!fault) return "";
  return std::string(fault.what) + ": " + Quote(segments[fault.at]) + ", " +
         Numbered("segment", fault.at);
}

std::string ExplainSource(const Request& request) {
  if (!request.source_ip || ParseIpAddress(*request.source_ip)) return "";
  return "the source address is an IPv4 or IPv6 address without zone and port: " +
         Quote(*request.source_ip);
}

std::string ExplainStep(const Request& request, const RequestRules& rules, Reason reason) {
  switch (reason) {
    case Reason::kBadMethod:
      return ExplainMethod(request.method);
    case Reason::kBadHeader:
      return ExplainHeaders(request.headers, rules);
    case Reason::kBadHost:
      return ExplainHost(request);
    case Reason::kBadTarget:
      return ExplainTarget(request);
    case Reason::kBadPath:
    case Reason::kBadSegment:
      return ExplainPath(request, rules, reason);
    case Reason::kBadSource:
      return ExplainSource(request);
    default:
      return "";
  }
}

}  // namespace

std::string ExplainRefusal(const Request& request, const RequestRules& rules, Reason reason) {
  const std::string found = ExplainStep(request, rules, reason);
  return found.empty() ? std::string(ReasonText(reason)) : found;
}

}  // namespace doorward
