// SPDX-License-Identifier: Apache-2.0

#include "doorward/policy.h"

#include <utility>

#include "src/policy/decide.h"
#include "src/policy/explain.h"
#include "src/policy/load.h"
#include "src/policy/program.h"

namespace doorward {
namespace {

// As deep as a token's claims may be.
constexpr size_t kMaxClaimsDepth = 32;
// To tell those that are too deep from what is no JSON.
constexpr size_t kDeeperClaims = 1024;

}  // namespace

LoadOutcome Policy::Load(std::string_view text, std::string_view name, PolicyFormat format) {
  const SourceText source(name, text);
  DiagnosticList diagnostics(source);
  std::optional<PolicyModel> model = LoadModel(source, format, diagnostics);
  LoadOutcome outcome;
  if (model) {
    outcome.policy = std::make_shared<const Policy>(
        std::make_unique<const PolicyProgram>(std::move(*model), source));
  }
  outcome.diagnostics = diagnostics.Take();
  return outcome;
}

Policy::Policy(std::unique_ptr<const PolicyProgram> program) : program_(std::move(program)) {}
Policy::~Policy() = default;

std::string_view Policy::revision() const noexcept { return program_->revision; }
size_t Policy::rule_count() const noexcept { return program_->rules.size(); }
size_t Policy::endpoint_count() const noexcept { return program_->endpoint_count; }
size_t Policy::role_count() const noexcept { return program_->roles.size(); }
size_t Policy::issuer_count() const noexcept { return program_->issuers.size(); }

IssuerKeys Policy::issuer_keys(size_t index) const noexcept {
  const IssuerModel& issuer = program_->issuers[index];
  return {
      issuer.spellings.front(),
      program_->issuer_spellings[index],
      issuer.key_source,
      issuer.key_source == IssuerKeys::Source::kInline ? issuer.inline_jwks : issuer.key_location,
      issuer.key_location_range,
      issuer.algorithms ? *issuer.algorithms : std::span<const std::string>()};
}

Caller Policy::AnonymousCaller() const {
  auto data = std::make_unique<CallerData>();
  data->policy = program_->identity;
  data->holdings = program_->anonymous.holdings;
  cel::Machine machine;
  program_->ResolveForwarding(*data, machine);
  return Caller(std::move(data));
}

Caller Policy::CallerWithRoles(std::span<const std::string_view> roles) const {
  auto data = std::make_unique<CallerData>();
  data->policy = program_->identity;
  data->authenticated = true;
  data->holdings = program_->anonymous.holdings;
  data->holdings.held.Add(kAuthenticatedBit);
  for (std::string_view role : roles) {
    const uint32_t bit = program_->roles.Find(role);
    if (bit != kEveryoneBit) data->holdings.held.AddAll(program_->roles.Closure(bit));
  }
  cel::Machine machine;
  program_->ResolveForwarding(*data, machine);
  return Caller(std::move(data));
}

std::optional<Caller> Policy::CallerWithClaims(std::string_view claims_json,
                                               std::optional<std::string_view> issuer,
                                               std::string* error) const {
  const auto fail = [&](std::string message) -> std::optional<Caller> {
    if (error != nullptr) *error = std::move(message);
    return std::nullopt;
  };
  if (program_->issuers.empty())
    return fail("the policy has no issuers, so that claims mean nothing");
  size_t mapping = 0;
  if (issuer) {
    const std::optional<size_t> found = program_->FindIssuer(*issuer);
    if (!found) return fail("the policy has no issuer " + Quote(*issuer));
    mapping = *found;
  }
  auto data = std::make_unique<CallerData>();
  data->document = JsonDocument::Parse(claims_json, kMaxClaimsDepth, nullptr);
  if (data->document == nullptr && JsonDocument::Parse(claims_json, kDeeperClaims, nullptr)) {
    return fail("the claims are more than " + std::to_string(kMaxClaimsDepth) +
                " deep, which a token's may not be");
  }
  if (data->document == nullptr || !data->document->root().is_object()) {
    return fail("the claims are not a strict JSON object");
  }
  data->policy = program_->identity;
  data->claims = data->document->root();
  // The issuer is what the token says, where that is the one meant.
  const JsonView iss = data->claims.Find("iss");
  if (iss.is_string() && program_->FindIssuer(iss.string_or("")) == mapping) {
    data->issuer = iss.string_or("");
  } else {
    data->issuer_text = issuer ? *issuer : program_->issuers[0].spellings[0];
    data->issuer = data->issuer_text;
  }
  cel::Machine machine;
  program_->Resolve(mapping, *data, machine);
  return Caller(std::move(data));
}

Decision Policy::Decide(const Caller& caller, const Request& request, Timestamp now,
                        Scratch& scratch) const noexcept {
  const CallerData& data = caller.data();
  // What is needed first, and may be far, comes while the rest is looked at: the target, which may
  // lie in two cache lines, and the roles.
  __builtin_prefetch(request.target.data());
  __builtin_prefetch(request.target.data() + request.target.size());
  __builtin_prefetch(data.holdings.held.words());
  if (data.policy != program_->identity) {
    return RefuseOutright(Reason::kInternal, program_.get(), scratch);
  }
  if (const auto begun = BeginDecision(*program_, request, now, scratch)) return *begun;
  return EndDecision(
      *program_, request, data,
      {.kind = data.authenticated ? TokenStatus::Kind::kVerified : TokenStatus::Kind::kAbsent}, now,
      scratch);
}

Explanation Policy::Explain(const Caller& caller, const Request& request, Timestamp now,
                            Scratch& scratch) const {
  const Decision decision = Decide(caller, request, now, scratch);
  const bool known = caller.data().policy == program_->identity;
  return ExplainDecision(*program_, decision, known ? caller.data() : program_->anonymous, request,
                         now, scratch);
}

Caller::Caller(std::unique_ptr<const CallerData> data) : data_(std::move(data)) {}
Caller::~Caller() = default;
Caller::Caller(Caller&&) noexcept = default;
Caller& Caller::operator=(Caller&&) noexcept = default;

}  // namespace doorward
