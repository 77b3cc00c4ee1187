// SPDX-License-Identifier: Apache-2.0
//
// `hosts` and `request`: which requests are taken, and how they are read.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/policy/check.h"
#include "src/policy/endpoint.h"

namespace doorward {
namespace {

constexpr std::string_view kRequestMembers[] = {"path_case",      "backend",   "encoded_slash",
                                                "empty_segments", "semicolon", "override_headers",
                                                "cors_preflight"};
constexpr Word<RequestRules::PathCase> kPathCases[] = {
    {"sensitive", RequestRules::PathCase::kSensitive}, {"fold", RequestRules::PathCase::kFold}};
constexpr Word<RequestRules::Backend> kBackends[] = {{"generic", RequestRules::Backend::kGeneric},
                                                     {"windows", RequestRules::Backend::kWindows}};
constexpr Word<RequestRules::EncodedSlash> kEncodedSlashes[] = {
    {"reject", RequestRules::EncodedSlash::kReject}, {"keep", RequestRules::EncodedSlash::kKeep}};
constexpr Word<RequestRules::EmptySegments> kEmptySegments[] = {
    {"reject", RequestRules::EmptySegments::kReject},
    {"merge", RequestRules::EmptySegments::kMerge}};
constexpr Word<RequestRules::Semicolon> kSemicolons[] = {
    {"reject", RequestRules::Semicolon::kReject}, {"literal", RequestRules::Semicolon::kLiteral}};
constexpr Word<RequestRules::OverrideHeaders> kOverrideHeaders[] = {
    {"strip", RequestRules::OverrideHeaders::kStrip},
    {"reject", RequestRules::OverrideHeaders::kReject}};
constexpr Word<bool> kPreflights[] = {{"by_rules", false}, {"pass", true}};

// The hole that each loosening value opens.
struct Hole {
  std::string_view member, value, text;
};
constexpr Hole kHoles[] = {
    {"path_case", "fold",
     "a backend that tells case apart serves `/Admin` by what rules say of `/admin`"},
    {"encoded_slash", "keep",
     "a backend that decodes `%2F` serves another path than was decided on"},
    {"empty_segments", "merge",
     "a backend that is sent the path as received may read `//` as another path than was decided "
     "on"},
    {"semicolon", "literal",
     "a backend that cuts `;` and what follows off a segment serves another path than was decided "
     "on"},
    {"cors_preflight", "pass",
     "OPTIONS requests pass without a token, by two headers that any client can send"},
};

class RequestCheck {
 public:
  RequestCheck(Fields& fields, const DocumentValue& section)
      : fields_(fields), members_(fields, section, "`request`", kRequestMembers) {}

  template <class Meaning, size_t kSize>
  void Read(std::string_view member, const Word<Meaning> (&words)[kSize], Meaning& out) {
    const DocumentValue* const value = members_.Find(member);
    if (value == nullptr) return;
    out = fields_.OneOf(*value, Quote(member), words).value_or(out);
    for (const Hole& hole : kHoles) {
      if (hole.member != member || hole.value != value->text()) continue;
      fields_.Warning(members_.WholeSpan(member), "loosened_request", std::string(hole.text),
                      {Quote(std::string(member) + ": " + std::string(words[0].name)), ""});
    }
  }

 private:
  Fields& fields_;
  ObjectFields members_;
};

}  // namespace

void CheckRequest(PolicyCheck& check, const DocumentValue& section) {
  RequestCheck request(check.fields, section);
  RequestRules& rules = check.model.request;
  request.Read("path_case", kPathCases, rules.path_case);
  request.Read("backend", kBackends, rules.backend);
  request.Read("encoded_slash", kEncodedSlashes, rules.encoded_slash);
  request.Read("empty_segments", kEmptySegments, rules.empty_segments);
  request.Read("semicolon", kSemicolons, rules.semicolon);
  request.Read("override_headers", kOverrideHeaders, rules.override_headers);
  request.Read("cors_preflight", kPreflights, check.model.cors_preflight_pass);
}

void CheckHosts(PolicyCheck& check, const DocumentValue& section) {
  constexpr std::string_view kWhat = "`hosts`";
  EndpointReader reader(check.model.request);
  const std::vector<DocumentValue> list =
      check.fields.List(section, kWhat, ListSize::kNotEmpty, kMaxHosts);
  for (const DocumentValue& entry : list) {
    const std::optional<std::string_view> text = check.fields.Text(entry, kWhat);
    if (!text) continue;
    std::string host;
    if (reader.ReadHost(*text, &host)) {
      check.model.hosts.push_back(std::move(host));
      continue;
    }
    for (const EndpointFault& fault : reader.faults()) {
      check.fields.Error(entry.Part(fault.offset, fault.length), fault.code, fault.message,
                         {fault.expected, fault.suggestion});
    }
  }
  check.fields.WarnRepeated(list);
}

}  // namespace doorward
