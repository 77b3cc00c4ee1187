// SPDX-License-Identifier: Apache-2.0

#include "doorward/authorizer.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "src/authorizer/issuer_rules.h"
#include "src/authorizer/revocation_list.h"
#include "src/authorizer/snapshot.h"
#include "src/authorizer/token_cache.h"
#include "src/base/ascii.h"
#include "src/base/source.h"
#include "src/base/string_map.h"
#include "src/jose/key_preparation.h"
#include "src/jose/token.h"
#include "src/policy/decide.h"
#include "src/policy/explain.h"
#include "src/policy/program.h"
#include "src/policy/token_place.h"

namespace doorward {
namespace {

// What the authorizer keeps in a scratch.
struct AuthorizerScratch final : ScratchPart {
  static constexpr ScratchSlot kSlot = ScratchSlot::kAuthorizer;

  std::shared_ptr<const Snapshot> snapshot;
  CallerData caller;  // made from the token last verified
  std::string revocation_key;
  TokenCache::Pin pin;  // of the token last found in the cache
};

std::string ExplainRefusedToken(Reason reason, const void* token) {
  return ExplainToken(reason, static_cast<const VerifiedTokenData*>(token));
}

std::string ExplainAmbiguousToken(Reason, const void*) {
  return "the field or cookie that holds the token came twice, so that backends may read another "
         "one";
}

// A token that was verified under one of the issuers, or why it was not.
struct TokenVerdict {
  Reason reason = Reason::kInternal;
  const VerifiedTokenData* token = nullptr;  // may be null where refused
  size_t issuer = 0;                         // where verified
};

// A misspelt issuer would leave its tokens waiting for keys, unseen.
void WarnUnknownIssuer(const PolicyProgram& program, std::string_view issuer,
                       std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string_view> known;
  for (const IssuerModel& model : program.issuers) {
    known.insert(known.end(), model.spellings.begin(), model.spellings.end());
  }
  if (std::find(known.begin(), known.end(), issuer) != known.end()) return;
  diagnostics.push_back({.severity = Severity::kWarning,
                         .code = "issuer_not_in_policy",
                         .file = std::string(issuer),
                         .range = {},
                         .message = "the policy in force has no issuer " + Quote(issuer),
                         .expected = "",
                         .suggestion = DidYouMean(issuer, known),
                         .excerpt = ""});
}

PresentedToken FindCredential(const PolicyProgram& program, const Request& request,
                              const Credential& credential) {
  if (credential.kind() == Credential::Kind::kFromHeaders) {
    return FindToken(program.token_from, request.headers);
  }
  return {PresentedToken::State::kOne, credential.token()};
}

std::string ExplainForeignCaller(Reason, const void*) {
  return "the caller was made by another policy than the one in force; make it anew and decide "
         "again";
}

std::shared_ptr<Snapshot> MakeSnapshot(std::shared_ptr<const Policy> policy,
                                       const StringMap<std::shared_ptr<const KeySet>>& keys) {
  auto snapshot = std::make_shared<Snapshot>();
  if (policy != nullptr) {
    for (const IssuerModel& issuer : policy->program().issuers) {
      Snapshot::Issuer& made = snapshot->issuers.emplace_back();
      made.rules = RulesOf(issuer);
      snapshot->reads_padding = snapshot->reads_padding || made.rules.load_balancer;
      snapshot->spellings.insert(snapshot->spellings.end(), issuer.spellings.begin(),
                                 issuer.spellings.end());
      if (issuer.key_source == IssuerKeys::Source::kInline) {
        made.keys = KeySet::Parse(issuer.inline_jwks, {.origin = KeyOrigin::kLocal}).keys;
        continue;
      }
      for (const std::string& spelling : issuer.spellings) {
        if (const auto found = keys.find(spelling); found != keys.end()) made.keys = found->second;
      }
    }
  }
  snapshot->policy = std::move(policy);
  return snapshot;
}

// Tells what the `accept` of the token's issuer came to, where it was asked.
void ExplainAccept(const Snapshot& current, const TokenStatus& status, const CallerData& caller,
                   Scratch& scratch, Explanation& out) {
  const PolicyProgram& program = current.policy->program();
  if (status.kind == TokenStatus::Kind::kVerified) {
    const std::optional<size_t> issuer = program.FindIssuer(caller.issuer);
    if (issuer) ExplainAcceptance(program, *issuer, caller.claims, caller.issuer, scratch, out);
  } else if (status.reason == Reason::kTokenNotAccepted) {
    const auto& token = *static_cast<const VerifiedTokenData*>(status.subject);
    ExplainAcceptance(program, current.FindIssuer(token), token.claims, token.issuer, scratch, out);
  }
}

}  // namespace

// A load balancer, which signs what it says in the header, comes before an issuer that the token's
// `iss` names literally, that one before one whose template it fits, and a template that has the
// tenant before one that lacks it: where an entry stands in the policy means nothing.
size_t Snapshot::FindIssuer(const VerifiedTokenData& token) const {
  size_t best = issuers.size();
  int best_rank = 0;
  for (size_t i = 0; i < issuers.size(); ++i) {
    const TokenRules& rules = issuers[i].rules;
    if (!IsIssuedUnder(token, rules)) continue;
    const std::string_view tid = token.registered.tid.string_or("");
    const bool tenant = std::any_of(rules.tenants.begin(), rules.tenants.end(),
                                    [&](auto& one) { return EqualIgnoringCase(one, tid); });
    const bool literal =
        std::find(rules.issuers.begin(), rules.issuers.end(), token.issuer) != rules.issuers.end();
    const int rank = rules.load_balancer ? 4 : literal ? 3 : tenant ? 2 : 1;
    if (rank > best_rank) {
      best = i;
      best_rank = rank;
    }
  }
  return best;
}

KeySets Snapshot::KeySetsInForce() const {
  KeySets sets;
  for (const Issuer& issuer : issuers) {
    if (issuer.keys != nullptr) sets.push_back(issuer.keys.get());
  }
  return sets;
}

struct AuthorizerState {
  explicit AuthorizerState(AuthorizerOptions with)
      : options(std::move(with)),
        snapshot(std::make_shared<Snapshot>()),
        revocations(options.max_revocations),
        token_cache(TokenCache::Make(options.token_cache)) {}

  TokenVerdict VerifyToken(const Snapshot& current, std::string_view token, Timestamp now,
                           Scratch& scratch) const noexcept;
  static bool IsAccepted(const Snapshot& current, size_t issuer, const VerifiedTokenData& token,
                         Scratch& scratch) noexcept;
  bool IsRevoked(const Snapshot& current, size_t issuer, std::string_view iss, JsonView claims,
                 Timestamp now, AuthorizerScratch& scratch) const noexcept;
  const CallerData* FindCaller(const Snapshot& current, std::string_view token, Timestamp now,
                               Scratch& scratch) const noexcept;
  bool IsFreeOfRevocations(const Snapshot& current, const CachedToken& token,
                           AuthorizerScratch& scratch) const noexcept;
  const CallerData& MakeCaller(const Snapshot& current, std::string_view text,
                               const TokenVerdict& verified, Scratch& scratch) const noexcept;
  Decision Decide(const Snapshot& current, const Request& request, const Credential& credential,
                  Timestamp now, Scratch& scratch, const CallerData** caller) const noexcept;
  void Audit(const Request& request, const Decision& decision, Timestamp now) const noexcept;

  const AuthorizerOptions options;
  std::mutex change_mutex;                        // one change at a time
  StringMap<std::shared_ptr<const KeySet>> keys;  // guarded by change_mutex
  std::mutex preparation_mutex;                   // one preparation at a time
  CurrentSnapshot snapshot;
  RevocationList revocations;
  const std::shared_ptr<TokenCache> token_cache;  // null where it is turned off
};

TokenVerdict AuthorizerState::VerifyToken(const Snapshot& current, std::string_view text,
                                          Timestamp now, Scratch& scratch) const noexcept {
  VerifiedTokenData* token = nullptr;
  Reason reason = current.reads_padding
                      ? ReadTokenOrPadded(text, options.max_token_bytes, scratch, &token)
                      : ReadToken(text, options.max_token_bytes, false, scratch, &token);
  if (reason != Reason::kAllowed) return {reason, token};
  const size_t index = current.FindIssuer(*token);
  if (index == current.issuers.size()) {
    return {RefuseIssuer(current.spellings, scratch), token};
  }
  const Snapshot::Issuer& issuer = current.issuers[index];
  reason = PlaceClaims(issuer.rules, scratch);
  if (reason != Reason::kAllowed) return {reason, token};
  if (issuer.keys == nullptr) return {Reason::kKeysUnavailable, token};

  reason = VerifySignature(issuer.rules, *issuer.keys, scratch);
  if (reason == Reason::kAllowed) reason = CheckClaims(issuer.rules, now, scratch);
  if (reason == Reason::kAllowed && !IsAccepted(current, index, *token, scratch)) {
    reason = Reason::kTokenNotAccepted;
  }
  if (reason == Reason::kAllowed) reason = CheckConfirmation(issuer.rules, scratch);
  TokenVerdict verdict{reason, token, index};
  if (reason == Reason::kAllowed && !revocations.empty() &&
      IsRevoked(current, index, token->issuer, token->claims, now,
                Part<AuthorizerScratch>(scratch))) {
    verdict.reason = Reason::kTokenRevoked;
  }
  return verdict;
}

// Whether the issuer's `accept` holds: what fails does not.
bool AuthorizerState::IsAccepted(const Snapshot& current, size_t issuer,
                                 const VerifiedTokenData& token, Scratch& scratch) noexcept {
  const Expression& accept = current.policy->program().issuers[issuer].accept;
  if (accept == nullptr) return true;
  ClaimsActivation activation(token.claims, token.issuer);
  cel::Machine& machine = Part<PolicyScratch>(scratch).machine;
  machine.Begin(activation);
  return accept->Evaluate(machine).is_true();
}

// An entry counts whichever spelling of the issuer it was made with.
bool AuthorizerState::IsRevoked(const Snapshot& current, size_t issuer, std::string_view iss,
                                JsonView claims, Timestamp now,
                                AuthorizerScratch& scratch) const noexcept {
  using Kind = RevocationList::Kind;
  const std::optional<Timestamp> issued = DateClaim(claims, "iat");
  const std::pair<Kind, std::string_view> names[] = {
      {Kind::kTokenId, claims.Find("jti").string_or("")},
      {Kind::kSession, claims.Find("sid").string_or("")},
      {Kind::kSubject, current.policy->program().mappings[issuer].Subject(claims)}};
  const auto revoked_as = [&](std::string_view spelling) {
    return std::any_of(std::begin(names), std::end(names), [&](const auto& name) {
      return !name.second.empty() && revocations.Contains(name.first, spelling, name.second, issued,
                                                          now, scratch.revocation_key);
    });
  };
  if (revoked_as(iss)) return true;
  for (const std::string& spelling : current.issuers[issuer].rules.issuers) {
    if (spelling != iss && revoked_as(spelling)) return true;
  }
  return false;
}

// The caller of a token that was verified before and would be again; null where that must be seen.
const CallerData* AuthorizerState::FindCaller(const Snapshot& current, std::string_view text,
                                              Timestamp now, Scratch& scratch) const noexcept {
  if (token_cache == nullptr) return nullptr;
  AuthorizerScratch& part = Part<AuthorizerScratch>(scratch);
  part.pin.Bind(token_cache);
  const CachedToken* const token = token_cache->Find(text, current.serial, part.pin);
  if (token == nullptr || !token->validity().Includes(now) ||
      !IsFreeOfRevocations(current, *token, part)) {
    part.pin.CountMiss();
    return nullptr;
  }
  part.pin.CountHit();
  return &token->caller();
}

// True where no revocation names the token, whenever it counts: an answer that holds until another
// revocation comes, for any time that the host may hand in.
bool AuthorizerState::IsFreeOfRevocations(const Snapshot& current, const CachedToken& token,
                                          AuthorizerScratch& scratch) const noexcept {
  const uint64_t generation = revocations.generation();
  if (token.unrevoked_in() == generation) return true;
  constexpr Timestamp kAnyTime = Timestamp::FromUnixSeconds(INT64_MIN);
  const CallerData& caller = token.caller();
  if (IsRevoked(current, token.issuer(), caller.issuer, caller.claims, kAnyTime, scratch)) {
    return false;
  }
  token.SetUnrevokedIn(generation);
  return true;
}

// The caller of a token that was just verified: in the cache, or else in the scratch.
const CallerData& AuthorizerState::MakeCaller(const Snapshot& current, std::string_view text,
                                              const TokenVerdict& verified,
                                              Scratch& scratch) const noexcept {
  AuthorizerScratch& part = Part<AuthorizerScratch>(scratch);
  if (token_cache != nullptr) {
    const CachedToken* const kept = token_cache->Keep(
        {text, *verified.token, current, verified.issuer, Part<PolicyScratch>(scratch).machine},
        part.pin);
    if (kept != nullptr) return kept->caller();
  }
  CallerData& made = part.caller;
  made.claims = verified.token->claims;
  made.issuer = verified.token->issuer;
  current.policy->program().Resolve(verified.issuer, made, Part<PolicyScratch>(scratch).machine);
  return made;
}

Decision AuthorizerState::Decide(const Snapshot& current, const Request& request,
                                 const Credential& credential, Timestamp now, Scratch& scratch,
                                 const CallerData** caller) const noexcept {
  if (current.policy == nullptr) return RefuseOutright(Reason::kNoPolicy, nullptr, scratch);
  const PolicyProgram& program = current.policy->program();
  *caller = &program.anonymous;
  // Looked for first, so that what the cache has of it comes while the request is normalised.
  const PresentedToken presented = FindCredential(program, request, credential);
  if (token_cache != nullptr) token_cache->Prefetch(presented.token);
  if (const auto begun = BeginDecision(program, request, now, scratch)) return *begun;

  if (credential.kind() == Credential::Kind::kCaller) {
    const CallerData& known = credential.caller()->data();
    if (known.policy != program.identity) {
      return RefuseCredential(program, request,
                              {.kind = TokenStatus::Kind::kRefused,
                               .reason = Reason::kInternal,
                               .explain = &ExplainForeignCaller},
                              now, scratch);
    }
    *caller = &known;
    const auto kind =
        known.authenticated ? TokenStatus::Kind::kVerified : TokenStatus::Kind::kAbsent;
    return EndDecision(program, request, known, {.kind = kind}, now, scratch);
  }

  if (presented.state == PresentedToken::State::kNone) {
    return EndDecision(program, request, program.anonymous, {}, now, scratch);
  }
  if (presented.state == PresentedToken::State::kAmbiguous) {
    return RefuseCredential(program, request,
                            {.kind = TokenStatus::Kind::kRefused,
                             .reason = Reason::kBadHeader,
                             .explain = &ExplainAmbiguousToken},
                            now, scratch);
  }

  *caller = FindCaller(current, presented.token, now, scratch);
  if (*caller == nullptr) {
    const TokenVerdict verdict = VerifyToken(current, presented.token, now, scratch);
    if (verdict.reason != Reason::kAllowed) {
      *caller = &program.anonymous;
      return EndDecision(program, request, program.anonymous,
                         {.kind = TokenStatus::Kind::kRefused,
                          .reason = verdict.reason,
                          .explain = &ExplainRefusedToken,
                          .subject = verdict.token},
                         now, scratch);
    }
    *caller = &MakeCaller(current, presented.token, verdict, scratch);
  }
  return EndDecision(program, request, **caller, {.kind = TokenStatus::Kind::kVerified}, now,
                     scratch);
}

void AuthorizerState::Audit(const Request& request, const Decision& decision,
                            Timestamp now) const noexcept {
  const bool normalised = decision.has_path();
  options.audit_sink->OnDecision(
      {.time = now,
       .policy_revision = decision.policy_revision(),
       .allowed = decision.allowed(),
       .reason = decision.reason(),
       .http_status = decision.http_status(),
       .rule_id = decision.rule_id(),
       .report = decision.report(),
       .issuer = decision.issuer(),
       .subject = decision.subject(),
       .method = request.method,
       .host = normalised && request.host ? std::optional(decision.host()) : request.host,
       .path = decision.path(),
       .source_ip = request.source_ip});
}

Credential Credential::FromHeaders() noexcept { return {}; }

Credential Credential::Token(std::string_view token) noexcept {
  Credential credential;
  credential.kind_ = Kind::kToken;
  credential.token_ = token;
  return credential;
}

Credential Credential::KnownCaller(const Caller& caller) noexcept {
  Credential credential;
  credential.kind_ = Kind::kCaller;
  credential.caller_ = &caller;
  return credential;
}

AuditSink::~AuditSink() = default;

Authorizer::Authorizer(std::shared_ptr<const Policy> policy, AuthorizerOptions options)
    : state_(std::make_unique<AuthorizerState>(std::move(options))) {
  SetPolicy(std::move(policy));
}

Authorizer::~Authorizer() = default;

void Authorizer::SetPolicy(std::shared_ptr<const Policy> policy) {
  const std::lock_guard lock(state_->change_mutex);
  std::shared_ptr<Snapshot> next = MakeSnapshot(std::move(policy), state_->keys);
  KeepPreparation(state_->snapshot.Get()->KeySetsInForce(), next->KeySetsInForce());
  state_->snapshot.Set(std::move(next));
}

std::shared_ptr<const Policy> Authorizer::policy() const { return state_->snapshot.Get()->policy; }

std::vector<Diagnostic> Authorizer::SetKeys(std::string_view issuer, std::string_view jwks_json,
                                            KeyOrigin origin) {
  KeySetOutcome parsed = KeySet::Parse(jwks_json, {.origin = origin, .name = std::string(issuer)});
  if (parsed.keys != nullptr) SetKeys(issuer, std::move(parsed.keys));
  if (const std::shared_ptr<const Policy> policy = this->policy()) {
    WarnUnknownIssuer(policy->program(), issuer, parsed.diagnostics);
  }
  return std::move(parsed.diagnostics);
}

void Authorizer::SetKeys(std::string_view issuer, std::shared_ptr<const KeySet> keys) {
  const std::lock_guard lock(state_->change_mutex);
  // An issuer's keys stand under all of its spellings, so that the latest count whichever of them
  // was named.
  state_->keys.insert_or_assign(std::string(issuer), keys);
  const std::shared_ptr<const Snapshot> current = state_->snapshot.Get();
  if (current->policy == nullptr) return;
  auto next = std::make_shared<Snapshot>(*current);
  const std::vector<IssuerModel>& issuers = current->policy->program().issuers;
  for (size_t i = 0; i < issuers.size(); ++i) {
    const std::vector<std::string>& spellings = issuers[i].spellings;
    if (std::find(spellings.begin(), spellings.end(), issuer) == spellings.end()) continue;
    for (const std::string& spelling : spellings) state_->keys.insert_or_assign(spelling, keys);
    if (issuers[i].key_source != IssuerKeys::Source::kInline) next->issuers[i].keys = keys;
  }
  KeepPreparation(current->KeySetsInForce(), next->KeySetsInForce());
  state_->snapshot.Set(std::move(next));
}

KeyPreparation Authorizer::PrepareKeys() {
  const std::lock_guard lock(state_->preparation_mutex);
  const std::shared_ptr<const Snapshot> current = state_->snapshot.Get();
  return PrepareKeySets(current->KeySetsInForce(), state_->options.acceleration);
}

Decision Authorizer::Authorize(const Request& request, Timestamp now,
                               Scratch& scratch) const noexcept {
  return Authorize(request, Credential::FromHeaders(), now, scratch);
}

Decision Authorizer::Authorize(const Request& request, const Credential& credential, Timestamp now,
                               Scratch& scratch) const noexcept {
  const Snapshot& current = state_->snapshot.Refresh(Part<AuthorizerScratch>(scratch).snapshot);
  const CallerData* caller = nullptr;
  const Decision decision = state_->Decide(current, request, credential, now, scratch, &caller);
  if (state_->options.audit_sink != nullptr) state_->Audit(request, decision, now);
  return decision;
}

Explanation Authorizer::Explain(const Request& request, const Credential& credential, Timestamp now,
                                Scratch& scratch) const {
  const Snapshot& current = state_->snapshot.Refresh(Part<AuthorizerScratch>(scratch).snapshot);
  const CallerData* caller = nullptr;
  const Decision decision = state_->Decide(current, request, credential, now, scratch, &caller);
  if (current.policy != nullptr) {
    const bool has_token = credential.kind() != Credential::Kind::kCaller;
    const TokenStatus token = Part<PolicyScratch>(scratch).decision.token;
    Explanation told =
        ExplainDecision(current.policy->program(), decision, *caller, request, now, scratch);
    if (has_token) ExplainAccept(current, token, *caller, scratch, told);
    return told;
  }
  Explanation explanation;
  explanation.reason = decision.reason();
  explanation.http_status = decision.http_status();
  explanation.message = decision.Explain();
  return explanation;
}

VerifyOutcome Authorizer::Verify(std::string_view token, Timestamp now,
                                 Scratch& scratch) const noexcept {
  const Snapshot& current = state_->snapshot.Refresh(Part<AuthorizerScratch>(scratch).snapshot);
  if (current.policy == nullptr) return VerifyOutcome(Reason::kNoPolicy, nullptr);
  const TokenVerdict verdict = state_->VerifyToken(current, token, now, scratch);
  return VerifyOutcome(verdict.reason, verdict.token);
}

bool Authorizer::RevokeTokenId(std::string_view issuer, std::string_view jti, Timestamp until,
                               Timestamp now) {
  return state_->revocations.Add(RevocationList::Kind::kTokenId, issuer, jti, {}, until, now);
}

bool Authorizer::RevokeSession(std::string_view issuer, std::string_view sid, Timestamp until,
                               Timestamp now) {
  return state_->revocations.Add(RevocationList::Kind::kSession, issuer, sid, {}, until, now);
}

bool Authorizer::RevokeSubject(std::string_view issuer, std::string_view subject,
                               Timestamp issued_until, Timestamp until, Timestamp now) {
  return state_->revocations.Add(RevocationList::Kind::kSubject, issuer, subject, issued_until,
                                 until, now);
}

size_t Authorizer::revocation_count() const { return state_->revocations.size(); }

TokenCacheStats Authorizer::token_cache_stats() const {
  return state_->token_cache == nullptr ? TokenCacheStats() : state_->token_cache->stats();
}

}  // namespace doorward
