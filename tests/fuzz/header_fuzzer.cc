// SPDX-License-Identifier: Apache-2.0
//
// Everything of a request but its path. The input is a list of texts, each ended by the octet FF,
// which stands in none of them: method, host, source address, target, then names and values of
// headers. An empty source address stands for none.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "src/http/http.h"

namespace doorward {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::vector<std::string> SplitTexts(std::string_view input) {
  std::vector<std::string> texts;
  while (!input.empty()) {
    const size_t end = std::min(input.find('\xFF'), input.size());
    texts.emplace_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  texts.resize(std::max<size_t>(texts.size(), 4));
  return texts;
}

bool IsToken(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz") == name.npos;
}

// What must be true of the headers of a request that was accepted, by the plain rules.
void CheckHeaders(std::span<const Header> headers, const RequestRules& rules) {
  size_t authorizations = 0;
  for (const Header& header : headers) {
    Require(IsToken(header.name), "a name is not a token");
    for (const char c : header.value) {
      Require(c != '\r' && c != '\n' && c != '\0', "a value holds a CR, LF or NUL");
    }
    if (IsSpellingOf(header.name, "authorization")) ++authorizations;
    Require(rules.override_headers == RequestRules::OverrideHeaders::kStrip ||
                !IsOverrideHeader(header.name),
            "an override header was accepted");
  }
  Require(authorizations <= 1, "two Authorization headers");
}

void CheckAccepted(const Request& request, const CanonicalRequest& out, const RequestRules& rules) {
  CheckHeaders(request.headers, rules);
  Require(IsMethodSyntax(out.method) && !IsRefusedMethod(out.method), "a bad method");
  Require(CanonicalHostName(out.host) == std::string(out.host), "the host is no fixed point");
  Require(request.source_ip.has_value() == out.source.has_value(), "the source was lost");
  if (!out.source) return;
  const std::optional<IpAddress> again = ParseIpAddress(FormatIpAddress(*out.source));
  Require(again && again->octets == out.source->octets && again->size == out.source->size,
          "the source is no fixed point");
}

void CheckRequest(const std::vector<std::string>& texts, const RequestRules& rules) {
  static Scratch scratch;
  std::vector<Header> headers;
  for (size_t i = 4; i + 1 < texts.size(); i += 2) headers.push_back({texts[i], texts[i + 1]});
  Request request{.method = texts[0], .host = texts[1], .target = texts[3], .headers = headers};
  if (!texts[2].empty()) request.source_ip = texts[2];
  CanonicalRequest out;
  const Reason reason = Normalise(request, rules, scratch, &out);
  if (reason == Reason::kAllowed) {
    CheckAccepted(request, out, rules);
  } else {
    Require(!ExplainRefusal(request, rules, reason).empty(), "a refusal without a text");
  }
}

}  // namespace
}  // namespace doorward

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<std::string> texts = doorward::SplitTexts(std::string(data, data + size));
  doorward::CheckRequest(texts, {});
  doorward::CheckRequest(texts,
                         {.override_headers = doorward::RequestRules::OverrideHeaders::kReject});
  return 0;
}
