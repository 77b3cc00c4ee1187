// SPDX-License-Identifier: Apache-2.0
//
// The steps, in their order.

#include "src/http/decoded_path.h"
#include "src/http/fields.h"
#include "src/http/host.h"
#include "src/http/http.h"
#include "src/http/plain_path.h"
#include "src/http/scratch_part.h"
#include "src/http/segments.h"
#include "src/http/target.h"

namespace doorward {
namespace http {
namespace {

Reason NormalisePath(std::string_view path, const RequestRules& rules, HttpPart& part,
                     CanonicalRequest* out) {
  DecodedPath paths;
  if (DecodePath(path, rules, part.encoded, part.decoded, &paths)) return Reason::kBadPath;
  Segments decoded, encoded;
  if (!SplitSegments(paths.decoded, part.decoded_segments, &decoded) ||
      CheckSegments(decoded, rules)) {
    return Reason::kBadSegment;
  }
  const bool same = paths.encoded.size() == paths.decoded.size();
  if (!same) SplitSegments(paths.encoded, part.encoded_segments, &encoded);
  out->path = paths.encoded;
  out->encoded = SegmentTexts(same ? decoded : encoded);
  out->decoded = SegmentTexts(decoded);
  SetKeys(paths.decoded, decoded, rules, part, out);
  return Reason::kAllowed;
}

Reason NormaliseTarget(const Request& request, const Host* host, const RequestRules& rules,
                       HttpPart& part, CanonicalRequest* out) {
  if (const auto verdict = NormalisePlainTarget(request.target, rules, part, out)) return *verdict;
  Target target;
  if (ParseTarget(request.target, request.method, host, &target)) return Reason::kBadTarget;
  out->query = target.query;
  out->has_query = target.has_query;
  out->is_asterisk = target.is_asterisk;
  if (!target.is_asterisk) return NormalisePath(target.path, rules, part, out);
  out->path = target.path;
  out->keys = {};
  out->decoded = out->encoded = {};
  return Reason::kAllowed;
}

}  // namespace
}  // namespace http

Reason Normalise(const Request& request, const RequestRules& rules, Scratch& scratch,
                 CanonicalRequest* out) noexcept {
  out->usual_method = FindUsualMethod(request.method);
  if (out->usual_method == UsualMethod::kNone &&
      (!IsMethodSyntax(request.method) || IsRefusedMethod(request.method))) {
    return Reason::kBadMethod;
  }
  http::FieldScan fields;
  if (!request.headers.empty()) {
    fields = http::ScanFields(request.headers, rules);
    if (!fields.acceptable) return Reason::kBadHeader;
  }
  auto& part = Part<http::HttpPart>(scratch);
  out->method = request.method;
  out->has_host = request.host.has_value();
  out->host = {};
  http::Host host;
  if (out->has_host || fields.host_count != 0) {
    if (http::FindHostFault(request, fields, part.host, &host)) return Reason::kBadHost;
    out->host = host.name;
  }
  const http::Host* const named = out->has_host ? &host : nullptr;
  const Reason verdict = http::NormaliseTarget(request, named, rules, part, out);
  if (verdict != Reason::kAllowed) return verdict;
  out->source.reset();
  if (!request.source_ip) return Reason::kAllowed;
  out->source = ParseIpAddress(*request.source_ip);
  return out->source ? Reason::kAllowed : Reason::kBadSource;
}

}  // namespace doorward
