// SPDX-License-Identifier: Apache-2.0

#include "doorward/decision.h"

#include <optional>
#include <string>
#include <vector>

#include "doorward/authorizer.h"

#include "bindings/c/src/authorizer_handle.h"
#include "bindings/c/src/policy_handle.h"

using namespace doorward::c;
using doorward::Credential;
using doorward::Decision;
using doorward::Reason;
using doorward::Request;
using doorward::VerifyOutcome;

namespace {

// What a decision or verification tells on demand, made when first asked for.
struct Told {
  std::optional<std::string> message;
  std::optional<std::vector<std::string_view>> roles;

  void Forget() noexcept {
    message.reset();
    roles.reset();
  }
};

constexpr const char* kNothingYet = "nothing was decided with the scratch, or it was used again";

// An outcome of the library, or the fault of the call that kept it from being asked.
template <class Outcome>
struct Answer {
  std::optional<Outcome> outcome;
  const char* fault = kNothingYet;
  Told* told = nullptr;  // null where no outcome can come
};

Reason ReasonOf(const auto* answer) noexcept {
  return answer == nullptr || !answer->outcome ? Reason::kInternal : answer->outcome->reason();
}

doorward_string MessageOf(const auto* answer) noexcept {
  if (answer == nullptr) return StringOf("there is no decision");
  if (!answer->outcome) return doorward_string_of(answer->fault);
  try {
    std::optional<std::string>& message = answer->told->message;
    if (!message) message = answer->outcome->Explain();
    return StringOf(*message);
  } catch (...) {
    return StringOf(doorward::ReasonText(answer->outcome->reason()));
  }
}

}  // namespace

struct doorward_decision : Answer<Decision> {};
struct doorward_verification : Answer<VerifyOutcome> {};

struct doorward_scratch {
  // Whatever was made with the scratch before is valid no more.
  void Begin() noexcept {
    decision.outcome.reset();
    verification.outcome.reset();
    decision.fault = verification.fault = kNothingYet;
    told.Forget();
  }

  doorward::Scratch scratch;
  std::vector<doorward::Header> headers;  // of the request; grows to the most there were
  Told told;
  doorward_decision decision{{.outcome = {}, .told = &told}};
  doorward_verification verification{{.outcome = {}, .told = &told}};
};

namespace {

constexpr char kNoScratch[] = "scratch: there is none";
constexpr doorward_decision kDecisionWithoutScratch{{.outcome = {}, .fault = kNoScratch}};
constexpr doorward_verification kVerificationWithoutScratch{{.outcome = {}, .fault = kNoScratch}};

// Each of these returns null, or what is wrong.

const char* FaultOf(const doorward_request* request) noexcept {
  if (!IsReadable(request)) return "request: none, or its struct_size";
  if ((request->flags & ~uint32_t{DOORWARD_REQUEST_WITHOUT_HOSTS}) != 0 || request->reserved != 0) {
    return "request: a flag that does not exist, or reserved bits that are set";
  }
  if (!IsSound(request->method) || !IsSound(request->host) || !IsSound(request->target) ||
      !IsSound(request->source_ip)) {
    return "request: a string with a null pointer beside a length, or an absurd length";
  }
  if (request->header_count > DOORWARD_MAX_HEADERS ||
      (request->header_count != 0 && request->headers == nullptr)) {
    return "request: headers null beside a count, or more than DOORWARD_MAX_HEADERS";
  }
  return nullptr;
}

const char* FaultOf(const doorward_credential* credential) noexcept {
  if (credential == nullptr) return nullptr;
  if (!IsReadable(credential) || credential->reserved != 0) {
    return "credential: struct_size or reserved bits";
  }
  switch (credential->kind) {
    case DOORWARD_CREDENTIAL_FROM_HEADERS:
      return nullptr;
    case DOORWARD_CREDENTIAL_TOKEN:
      return IsSound(credential->token) ? nullptr
                                        : "credential: a null pointer or an absurd length";
    case DOORWARD_CREDENTIAL_CALLER:
      return credential->caller != nullptr ? nullptr : "credential: there is no caller";
    default:
      return "credential: no such kind";
  }
}

// Looks at the fields while it copies them into `headers`, which grows to the most there were: a
// pass of its own for that could be measured.
const char* CopyHeaders(const doorward_request& request, std::vector<doorward::Header>& headers) {
  const size_t count = request.header_count;
  if (headers.size() < count) headers.resize(count);
  doorward::Header* to = headers.data();
  for (const doorward_header& from : std::span(request.headers, count)) {
    if (!IsSound(from.name) || !IsSound(from.value)) {
      return "request: a header field with a null pointer or an absurd length";
    }
    *to++ = {ViewOf(from.name), ViewOf(from.value)};
  }
  return nullptr;
}

// Checks all that a decision is made from, and copies the header fields.
const char* Read(const doorward_authorizer* authorizer, const doorward_request* request,
                 const doorward_credential* credential, doorward_time now,
                 std::vector<doorward::Header>& headers) {
  if (authorizer == nullptr) return "authorizer: there is none";
  if (!IsSound(now)) return "now: nanos are from 0 to 999999999";
  if (const char* fault = FaultOf(credential)) return fault;
  if (const char* fault = FaultOf(request)) return fault;
  return CopyHeaders(*request, headers);
}

// What was found to be without fault in the library's own shapes. Made in one go: a Request that is
// zeroed first costs as much as all else here.

Request RequestOf(const doorward_request& from, const std::vector<doorward::Header>& headers) {
  using Optional = std::optional<std::string_view>;
  const bool has_hosts = (from.flags & DOORWARD_REQUEST_WITHOUT_HOSTS) == 0;
  return {.method = ViewOf(from.method),
          .host = has_hosts ? Optional(ViewOf(from.host)) : std::nullopt,
          .target = ViewOf(from.target),
          .headers = {headers.data(), from.header_count},
          .source_ip =
              from.source_ip.data != nullptr ? Optional(ViewOf(from.source_ip)) : std::nullopt};
}

Credential CredentialOf(const doorward_credential* from) noexcept {
  if (from == nullptr || from->kind == DOORWARD_CREDENTIAL_FROM_HEADERS) {
    return Credential::FromHeaders();
  }
  return from->kind == DOORWARD_CREDENTIAL_TOKEN ? Credential::Token(ViewOf(from->token))
                                                 : Credential::KnownCaller(from->caller->caller);
}

// Reads a string of a decision, "" where there is no outcome.
template <class Get>
doorward_string ReadString(const doorward_decision* decision, Get get) noexcept {
  return StringOf(decision == nullptr || !decision->outcome ? std::string_view()
                                                            : get(*decision->outcome));
}

}  // namespace

doorward_scratch* doorward_scratch_new(doorward_error* error) noexcept {
  return AttemptNew(error, [] { return std::make_unique<doorward_scratch>(); });
}

void doorward_scratch_free(doorward_scratch* scratch) noexcept { delete scratch; }

const doorward_decision* doorward_authorize(const doorward_authorizer* authorizer,
                                            const doorward_request* request,
                                            const doorward_credential* credential,
                                            doorward_time now, doorward_scratch* scratch) noexcept {
  if (scratch == nullptr) return &kDecisionWithoutScratch;
  scratch->Begin();
  doorward_decision& decision = scratch->decision;
  try {
    decision.fault = Read(authorizer, request, credential, now, scratch->headers);
    if (decision.fault != nullptr) return &decision;
    decision.outcome = authorizer->authorizer.Authorize(RequestOf(*request, scratch->headers),
                                                        CredentialOf(credential), TimestampOf(now),
                                                        scratch->scratch);
  } catch (...) {
    decision.fault = "out of memory";
  }
  return &decision;
}

bool doorward_decision_allowed(const doorward_decision* decision) noexcept {
  return ReasonOf(decision) == Reason::kAllowed;
}

doorward_reason doorward_decision_reason(const doorward_decision* decision) noexcept {
  return static_cast<doorward_reason>(ReasonOf(decision));
}

int32_t doorward_decision_http_status(const doorward_decision* decision) noexcept {
  return doorward::ReasonHttpStatus(ReasonOf(decision));
}

doorward_string doorward_decision_www_authenticate(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.www_authenticate(); });
}

doorward_strings doorward_decision_headers_to_remove(const doorward_decision* decision) noexcept {
  if (decision == nullptr || !decision->outcome) return {nullptr, 0};
  return StringsOf(decision->outcome->headers_to_remove());
}

doorward_headers doorward_decision_headers_to_set(const doorward_decision* decision) noexcept {
  if (decision == nullptr || !decision->outcome) return {nullptr, 0};
  return HeadersOf(decision->outcome->headers_to_set());
}

bool doorward_decision_has_path(const doorward_decision* decision) noexcept {
  return decision != nullptr && decision->outcome && decision->outcome->has_path();
}

doorward_string doorward_decision_path(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.path(); });
}

doorward_string doorward_decision_method(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.method(); });
}

doorward_string doorward_decision_host(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.host(); });
}

doorward_string doorward_decision_rule_id(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.rule_id(); });
}

doorward_strings doorward_decision_report(const doorward_decision* decision) noexcept {
  if (decision == nullptr || !decision->outcome) return {nullptr, 0};
  return StringsOf(decision->outcome->report());
}

doorward_string doorward_decision_subject(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.subject(); });
}

doorward_string doorward_decision_issuer(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.issuer(); });
}

const doorward_json* doorward_decision_claims(const doorward_decision* decision) noexcept {
  return decision == nullptr || !decision->outcome ? nullptr : JsonOf(decision->outcome->claims());
}

doorward_strings doorward_decision_roles(const doorward_decision* decision) noexcept {
  if (decision == nullptr || !decision->outcome) return {nullptr, 0};
  try {
    std::optional<std::vector<std::string_view>>& roles = decision->told->roles;
    if (!roles) roles = decision->outcome->roles();
    return StringsOf(*roles);
  } catch (...) {
    return {nullptr, 0};
  }
}

doorward_string doorward_decision_policy_revision(const doorward_decision* decision) noexcept {
  return ReadString(decision, [](const Decision& d) { return d.policy_revision(); });
}

doorward_string doorward_decision_message(const doorward_decision* decision) noexcept {
  return MessageOf(decision);
}

doorward_text* doorward_explain(const doorward_authorizer* authorizer,
                                const doorward_request* request,
                                const doorward_credential* credential, doorward_time now,
                                doorward_scratch* scratch, int32_t format,
                                doorward_error* error) noexcept {
  return AttemptNew(error, [&] {
    Require(scratch != nullptr, kNoScratch);
    Require(format == DOORWARD_FORMAT_TEXT || format == DOORWARD_FORMAT_JSON,
            "format: no such number");
    scratch->Begin();
    const char* const fault = Read(authorizer, request, credential, now, scratch->headers);
    Require(fault == nullptr, fault);
    const doorward::Explanation explanation = authorizer->authorizer.Explain(
        RequestOf(*request, scratch->headers), CredentialOf(credential), TimestampOf(now),
        scratch->scratch);
    return NewText(format == DOORWARD_FORMAT_JSON ? explanation.ToJson() : explanation.ToText());
  });
}

const doorward_verification* doorward_verify(const doorward_authorizer* authorizer,
                                             doorward_string token, doorward_time now,
                                             doorward_scratch* scratch) noexcept {
  if (scratch == nullptr) return &kVerificationWithoutScratch;
  scratch->Begin();
  doorward_verification& verification = scratch->verification;
  if (authorizer == nullptr || !IsSound(token) || !IsSound(now)) {
    verification.fault = "authorizer, token or now: none, or not sound";
    return &verification;
  }
  verification.outcome =
      authorizer->authorizer.Verify(ViewOf(token), TimestampOf(now), scratch->scratch);
  return &verification;
}

doorward_reason doorward_verification_reason(const doorward_verification* verification) noexcept {
  return static_cast<doorward_reason>(ReasonOf(verification));
}

const doorward_json* doorward_verification_header(
    const doorward_verification* verification) noexcept {
  return ReasonOf(verification) == Reason::kAllowed
             ? JsonOf(verification->outcome->token().header())
             : nullptr;
}

const doorward_json* doorward_verification_claims(
    const doorward_verification* verification) noexcept {
  return ReasonOf(verification) == Reason::kAllowed
             ? JsonOf(verification->outcome->token().claims())
             : nullptr;
}

doorward_string doorward_verification_message(const doorward_verification* verification) noexcept {
  return MessageOf(verification);
}
