// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/reference_decision.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "tests/differential/reference_caller.h"
#include "tests/differential/reference_matcher.h"

namespace doorward::reference {
namespace {

// --- What is known when a condition is asked ---

std::optional<Json> ReadQuery(const Request& request) {
  if (request.query.size() != 1) return std::nullopt;
  return Json::String(request.query[0]);
}

std::optional<Json> Optional(const std::optional<std::string>& text) {
  return text ? std::optional(Json::String(*text)) : std::nullopt;
}

Facts FactsOf(const World& world, const Holdings& holdings, const Request& request,
              const Captures& captures) {
  return [&](const std::string& name) -> std::optional<Json> {
    if (name.starts_with("claims.")) {
      const Json* const claim = holdings.claims.Find(name.substr(name.find('.') + 1));
      return claim == nullptr ? std::nullopt : std::optional(*claim);
    }
    if (name.starts_with("params.")) {
      const auto found = captures.find(name.substr(name.find('.') + 1));
      return found == captures.end() ? std::nullopt : std::optional(Json::String(found->second));
    }
    if (name == "roles") return Json::Strings(holdings.RolesHeld(Truth::kYes, world));
    if (name == "scopes") return Json::Strings(holdings.scopes);
    if (name == "subject") return Json::String(holdings.subject);
    if (name == "issuer") return Json::String(holdings.issuer);
    if (name == "request.method") return Json::String(request.method);
    if (name == "request.host") return Json::String(request.host.value_or(""));
    if (name == "request.path") return Json::String(PathOf(request));
    if (name == "request.time") return Json::Int(request.time);
    if (name == "request.query.q") return ReadQuery(request);
    if (name == "request.headers[\"x-flag\"]") return Optional(request.flag);
    return Optional(request.source_ip);
  };
}

// --- Which rules match, and whether what they ask for is so ---

Truth HoldsOneRole(const Rule& rule, const Holdings& holdings) {
  Truth out = Truth::kNo;
  for (const std::string& role : rule.roles) out = Or(out, holdings.HoldsRole(role));
  return out;
}

Truth HoldsAllScopes(const Rule& rule, const Holdings& holdings) {
  Truth out = Truth::kYes;
  for (const std::string& scope : rule.scopes) out = And(out, holdings.HoldsScope(scope));
  return out;
}

std::vector<Finding> FindingsFor(const World& world, const Holdings& holdings,
                                 const Request& request) {
  std::vector<Finding> out;
  for (size_t i = 0; i < world.rules.size(); ++i) {
    const Rule& rule = world.rules[i];
    for (const Endpoint& endpoint : rule.endpoints) {
      for (const Captures& captures :
           MatchesOf(endpoint, request, request.method, world.folds_case)) {
        const Facts facts = FactsOf(world, holdings, request, captures);
        Truth condition = Truth::kYes;
        if (rule.when) condition = Evaluate(*rule.when, facts);
        if (rule.unless) condition = And(condition, Not(Evaluate(*rule.unless, facts)));
        out.push_back({i, HoldsOneRole(rule, holdings), HoldsAllScopes(rule, holdings), condition});
      }
    }
  }
  return out;
}

bool IsInDoubt(const Finding& finding) {
  return finding.role == Truth::kUnknown || finding.scopes == Truth::kUnknown;
}

bool Applies(const Rule& rule, const Finding& finding) {
  const Truth all = And(And(finding.role, finding.scopes), finding.condition);
  return rule.deny ? all != Truth::kNo : all == Truth::kYes;
}

// --- What they come to ---

struct Verdict {
  Reason reason = Reason::kInternal;
  std::optional<size_t> rule = std::nullopt;
  bool is_for_nobody = false;  // the decision is as for a caller without a token
  bool is_preflight = false;
};

class Decider {
 public:
  Decider(const World& world, const Caller& caller, const Request& request)
      : world_(world),
        caller_(caller),
        request_(request),
        own_(Resolve(world, caller)),
        nobody_(Resolve(world, {})),
        own_findings_(FindingsFor(world, own_, request)),
        nobody_findings_(FindingsFor(world, nobody_, request)) {}

  Answer Decide();

 private:
  using InForce = std::function<bool(size_t rule)>;
  using Findings = std::vector<Finding>;
  using Wanted = std::function<bool(const Rule&, const Finding&)>;

  Verdict Judge(const InForce& in_force) const;
  std::optional<size_t> RuleForPreflight(const InForce& in_force) const;
  Findings FindingsForPreflight() const;
  Verdict JudgeByRules(const InForce& in_force) const;
  Reason ReasonOfDenial(const Findings& denying) const;
  Reason ReasonOfDefault(const InForce& in_force) const;
  Findings Select(const Findings& from, const InForce& in_force, const Wanted& wanted) const;
  std::vector<std::string> Reports(const Verdict& verdict) const;

  // The value of a header; "" for none.
  std::string ForwardValue(const ForwardHeader& header, bool is_for_nobody) const;
  bool LacksRequiredHeader(bool is_for_nobody) const;
  std::vector<std::string> RemovedHeaders() const;

  // The reason of a token that did not verify.
  std::optional<Reason> Refusal() const;
  bool IsServed() const;

  const World& world_;
  const Caller& caller_;
  const Request& request_;
  const Holdings own_, nobody_;
  const Findings own_findings_, nobody_findings_;
};

Decider::Findings Decider::Select(const Findings& from, const InForce& in_force,
                                  const Wanted& wanted) const {
  Findings out;
  for (const Finding& finding : from) {
    if (in_force(finding.rule) && wanted(world_.rules[finding.rule], finding)) {
      out.push_back(finding);
    }
  }
  return out;
}

std::optional<Reason> Decider::Refusal() const {
  switch (caller_.kind) {
    case Caller::Kind::kMalformedToken:
      return Reason::kTokenMalformed;
    case Caller::Kind::kTokenWithoutKeys:
      return world_.issuers.empty() ? Reason::kTokenIssuerUnknown : Reason::kKeysUnavailable;
    case Caller::Kind::kTwoTokens:
      return Reason::kBadHeader;
    default:
      return std::nullopt;
  }
}

bool Decider::IsServed() const {
  return world_.hosts.empty() ||
         (request_.host &&
          std::any_of(world_.hosts.begin(), world_.hosts.end(),
                      [&](const std::string& host) { return HostMatches(host, request_.host); }));
}

std::optional<size_t> Decider::RuleForPreflight(const InForce& in_force) const {
  if (!world_.preflight_passes || !request_.asks_for || request_.method != "OPTIONS") {
    return std::nullopt;
  }
  std::optional<size_t> first;
  for (size_t i = 0; i < world_.rules.size(); ++i) {
    const Rule& rule = world_.rules[i];
    const bool matches =
        in_force(i) && std::any_of(rule.endpoints.begin(), rule.endpoints.end(), [&](auto& one) {
          return !MatchesOf(one, request_, *request_.asks_for, world_.folds_case).empty();
        });
    if (!matches) continue;
    const auto& roles = rule.roles;
    if (rule.deny && std::find(roles.begin(), roles.end(), "everyone") != roles.end()) {
      return std::nullopt;
    }
    if (!rule.deny && !first) first = i;
  }
  return first;
}

// Whoever calls: rules that allow what is asked for apply, and no rule denies it.
Decider::Findings Decider::FindingsForPreflight() const {
  Findings out;
  for (size_t i = 0; i < world_.rules.size(); ++i) {
    const Truth applies = world_.rules[i].deny ? Truth::kNo : Truth::kYes;
    for (const Endpoint& endpoint : world_.rules[i].endpoints) {
      const size_t matches =
          MatchesOf(endpoint, request_, *request_.asks_for, world_.folds_case).size();
      out.insert(out.end(), matches, {i, applies, applies, applies});
    }
  }
  return out;
}

// No token: 401 where failed conditions alone deny. Else what was not known is the reason where all
// of them rest on it.
Reason Decider::ReasonOfDenial(const Findings& denying) const {
  const auto each = [&](auto holds) { return std::all_of(denying.begin(), denying.end(), holds); };
  const auto failed = [](const Finding& one) { return one.condition == Truth::kUnknown; };
  if (caller_.kind == Caller::Kind::kAnonymous && each(failed)) return Reason::kNoToken;
  const bool any_failed = std::any_of(denying.begin(), denying.end(), failed);
  return each(IsInDoubt) && !any_failed ? Reason::kRolesIncomplete : Reason::kDeniedByRule;
}

Reason Decider::ReasonOfDefault(const InForce& in_force) const {
  if (caller_.kind == Caller::Kind::kAnonymous) return Reason::kNoToken;
  const auto lacks_scopes_alone = [](const Rule& rule, const Finding& one) {
    return !rule.deny && one.role == Truth::kYes && one.scopes == Truth::kNo &&
           one.condition == Truth::kYes;
  };
  if (!Select(own_findings_, in_force, lacks_scopes_alone).empty()) {
    return Reason::kInsufficientScope;
  }
  const auto lacks_unknowns_alone = [](const Rule& rule, const Finding& one) {
    return !rule.deny && one.role != Truth::kNo && one.scopes != Truth::kNo && IsInDoubt(one) &&
           one.condition == Truth::kYes;
  };
  return Select(own_findings_, in_force, lacks_unknowns_alone).empty() ? Reason::kDefaultDeny
                                                                       : Reason::kRolesIncomplete;
}

Verdict Decider::JudgeByRules(const InForce& in_force) const {
  const auto denies = [](const Rule& rule, const Finding& one) {
    return rule.deny && Applies(rule, one);
  };
  const auto allows = [](const Rule& rule, const Finding& one) {
    return !rule.deny && !rule.ignores_token && Applies(rule, one);
  };
  const auto ignores = [](const Rule& rule, const Finding& one) {
    return rule.ignores_token && Applies(rule, one);
  };
  const Findings denying = Select(own_findings_, in_force, denies);
  const bool nobody_is_denied = !Select(nobody_findings_, in_force, denies).empty();
  const Findings allowing = Select(own_findings_, in_force, allows);
  Findings ignoring = Select(own_findings_, in_force, ignores);
  if (!denying.empty() || nobody_is_denied) ignoring.clear();

  if (const std::optional<Reason> refusal = Refusal()) {
    if (ignoring.empty()) return {*refusal, std::nullopt, true};
    return {Reason::kAllowed, ignoring[0].rule, true};
  }
  if (!denying.empty()) return {ReasonOfDenial(denying), denying[0].rule};
  if (allowing.empty() && ignoring.empty()) return {ReasonOfDefault(in_force)};
  if (allowing.empty()) return {Reason::kAllowed, ignoring[0].rule, true};
  size_t first = allowing[0].rule;
  if (!ignoring.empty()) first = std::min(first, ignoring[0].rule);
  return {Reason::kAllowed, first};
}

Verdict Decider::Judge(const InForce& in_force) const {
  Verdict verdict;
  if (const std::optional<size_t> rule = RuleForPreflight(in_force)) {
    verdict = {Reason::kAllowed, *rule, true, true};
  } else if (caller_.kind == Caller::Kind::kTwoTokens) {
    return {Reason::kBadHeader, std::nullopt, true};
  } else {
    verdict = JudgeByRules(in_force);
  }
  if (verdict.reason == Reason::kAllowed && LacksRequiredHeader(verdict.is_for_nobody)) {
    verdict.reason = Reason::kForwardValue;
  }
  return verdict;
}

std::string Decider::ForwardValue(const ForwardHeader& header, bool is_for_nobody) const {
  const Captures none;
  const Facts facts = FactsOf(world_, is_for_nobody ? nobody_ : own_, request_, none);
  const std::optional<Json> value = facts(header.variable);
  if (!value || !value->is(Json::Kind::kString) || value->text.empty()) return "";
  const std::string& text = value->text;
  const bool is_fit =
      text.front() != ' ' && text.back() != ' ' &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
  return is_fit ? text : "";
}

bool Decider::LacksRequiredHeader(bool is_for_nobody) const {
  return std::any_of(world_.forward.begin(), world_.forward.end(), [&](const ForwardHeader& one) {
    return one.required && ForwardValue(one, is_for_nobody).empty();
  });
}

// What would speak for the proxy, and tokens where they stand in a header of their own.
std::vector<std::string> Decider::RemovedHeaders() const {
  std::vector<std::string> out;
  if (request_.spoofs) out.push_back("X-Rewrite-URL");
  if (caller_.kind == Caller::Kind::kTwoTokens) out.push_back("X-Token");
  if (request_.spoofs && !world_.forward.empty()) out.push_back("X_User");
  if (caller_.kind == Caller::Kind::kTwoTokens) out.push_back("x-token");
  return out;
}

// Report rules that would turn the verdict round, each were it in force alone of them.
std::vector<std::string> Decider::Reports(const Verdict& verdict) const {
  std::vector<std::string> out;
  for (size_t tried = 0; tried < world_.rules.size(); ++tried) {
    if (!world_.rules[tried].report_only) continue;
    const Verdict other =
        Judge([&](size_t i) { return i == tried || !world_.rules[i].report_only; });
    if ((other.reason == Reason::kAllowed) != (verdict.reason == Reason::kAllowed)) {
      out.push_back(world_.rules[tried].id);
    }
  }
  return out;
}

Answer Decider::Decide() {
  Answer out;
  out.unknown_roles = own_.RolesHeld(Truth::kUnknown, world_);
  if (!IsServed()) {
    out.reason = Reason::kMisdirected;
    out.report.emplace();
    return out;
  }
  const Verdict verdict = Judge([&](size_t i) { return !world_.rules[i].report_only; });
  out.reason = verdict.reason;
  if (verdict.rule) out.rule = world_.rules[*verdict.rule].id;
  if (caller_.kind != Caller::Kind::kTwoTokens) out.report = Reports(verdict);
  const Holdings& who = verdict.is_for_nobody ? nobody_ : own_;
  out.subject = who.subject;
  out.issuer = who.issuer;
  out.roles = who.RolesHeld(Truth::kYes, world_);
  out.findings = verdict.is_preflight ? FindingsForPreflight() : own_findings_;
  if (verdict.reason != Reason::kAllowed) return out;
  out.removed_headers = RemovedHeaders();
  for (const ForwardHeader& header : world_.forward) {
    const std::string value = ForwardValue(header, verdict.is_for_nobody);
    if (!value.empty()) out.headers.emplace_back(header.name, value);
  }
  return out;
}

}  // namespace

Answer Decide(const World& world, const Caller& caller, const Request& request) {
  return Decider(world, caller, request).Decide();
}

}  // namespace doorward::reference
