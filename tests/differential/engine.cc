// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/engine.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/policy.h"

namespace doorward::reference {
namespace {

// {"alg":"RS256"} . {"iss":"https://one.example/"} . three octets
constexpr std::string_view kUnverifiable =
    "Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL29uZS5leGFtcGxlLyJ9.AAAA";

std::string SentHost(const Request& request) {
  std::string host = request.host.value_or("");
  if (!request.odd_host || host.starts_with('[')) return host;
  for (char& c : host) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  return host + ".:8080";
}

// Without an octet to spare, so that a sanitizer sees what is read behind the end.
std::vector<char> ExactlyOf(const std::string& text) { return {text.begin(), text.end()}; }

template <class Texts>
std::string List(const Texts& texts) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : " ").append(text);
  return "[" + out + "]";
}

// Gathers what differs.
class Differences {
 public:
  void Compare(std::string_view what, std::string_view want, std::string_view got) {
    if (want == got) return;
    out_.append(what).append(": want ").append(want).append(", got ").append(got).append("\n");
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string_view NameOf(RuleOutcome outcome) {
  switch (outcome) {
    case RuleOutcome::kDoesNotApply:
      return "does not apply";
    case RuleOutcome::kApplies:
      return "applies";
    case RuleOutcome::kAppliesByDoubt:
      return "applies by doubt";
    case RuleOutcome::kFails:
      return "fails";
  }
  return "?";
}

RuleOutcome OutcomeOf(const Rule& rule, const Finding& finding) {
  const Truth all = And(And(finding.role, finding.scopes), finding.condition);
  if (all == Truth::kYes) return RuleOutcome::kApplies;
  if (rule.deny) {
    return all == Truth::kUnknown ? RuleOutcome::kAppliesByDoubt : RuleOutcome::kDoesNotApply;
  }
  return finding.condition == Truth::kUnknown ? RuleOutcome::kFails : RuleOutcome::kDoesNotApply;
}

}  // namespace

// A request in the library's form, and what its views point into.
class Engine::Message {
 public:
  Message(const Request& request, Caller::Kind caller)
      : target_(ExactlyOf(TargetOf(request))), host_(ExactlyOf(SentHost(request))) {
    if (request.flag) headers_.push_back({"X-Flag", *request.flag});
    if (request.asks_for) {
      headers_.push_back({"Origin", "https://elsewhere.example"});
      headers_.push_back({"Access-Control-Request-Method", *request.asks_for});
    }
    if (request.spoofs) {
      headers_.push_back({"X_User", "root"});
      headers_.push_back({"X-Rewrite-URL", "/elsewhere"});
    }
    if (caller == Caller::Kind::kMalformedToken) headers_.push_back({"Authorization", "Bearer x"});
    if (caller == Caller::Kind::kTokenWithoutKeys) {
      headers_.push_back({"authorization", kUnverifiable});
    }
    if (caller == Caller::Kind::kTwoTokens) {
      headers_.push_back({"X-Token", "x"});
      headers_.push_back({"x-token", "y"});
    }
    request_.method = request.method;
    if (request.host) request_.host = {host_.data(), host_.size()};
    request_.target = {target_.data(), target_.size()};
    request_.headers = headers_;
    if (request.source_ip) request_.source_ip = *request.source_ip;
  }

  const doorward::Request& request() const { return request_; }

 private:
  std::vector<char> target_, host_;
  std::vector<Header> headers_;
  doorward::Request request_;
};

Engine::Engine(const World& world)
    : world_(world),
      policy_(LoadPolicy(ToJson(world), "policy.json")),
      authorizer_(policy_, {.token_cache = {.max_entries = 0}}) {}

void Engine::Become(const Caller& caller) {
  kind_ = caller.kind;
  known_.reset();
  if (kind_ == Caller::Kind::kRoles) {
    const std::vector<std::string_view> roles(caller.roles.begin(), caller.roles.end());
    known_ = policy_->CallerWithRoles(roles);
  } else if (kind_ == Caller::Kind::kClaims) {
    std::string error;
    known_ = policy_->CallerWithClaims(caller.claims.ToText(), world_.issuers[caller.issuer].name,
                                       &error);
    if (!known_) throw std::invalid_argument(error);
  }
}

Decision Engine::Decide(const Request& request) {
  // What the decision has from the request is no longer looked at, but for its path.
  static thread_local std::optional<Message> message;
  message.emplace(request, kind_);
  const Timestamp now = Timestamp::FromUnixSeconds(request.time);
  return known_ ? policy_->Decide(*known_, message->request(), now, scratch_)
                : authorizer_.Authorize(message->request(), now, scratch_);
}

Explanation Engine::Explain(const Request& request) {
  const Message message(request, kind_);
  const Timestamp now = Timestamp::FromUnixSeconds(request.time);
  return known_ ? policy_->Explain(*known_, message.request(), now, scratch_)
                : authorizer_.Explain(message.request(), Credential::FromHeaders(), now, scratch_);
}

std::string DifferenceOf(const Answer& want, const Request& request, const Decision& got) {
  Differences out;
  out.Compare("reason", ReasonName(want.reason), ReasonName(got.reason()));
  out.Compare("rule", want.rule, got.rule_id());
  if (want.report) out.Compare("report", List(*want.report), List(got.report()));
  out.Compare("path", PathOf(request), got.path());
  out.Compare("subject", want.subject, got.subject());
  out.Compare("issuer", want.issuer, got.issuer());
  out.Compare("roles", List(want.roles), List(got.roles()));
  std::vector<std::string> want_headers, got_headers;
  for (const auto& [name, value] : want.headers) want_headers.push_back(name + "=" + value);
  for (const Header& header : got.headers_to_set()) {
    got_headers.push_back(std::string(header.name) + "=" + std::string(header.value));
  }
  out.Compare("headers", List(want_headers), List(got_headers));
  if (!got.allowed()) return out.Take();
  std::vector<std::string_view> removed(got.headers_to_remove().begin(),
                                        got.headers_to_remove().end());
  std::sort(removed.begin(), removed.end());
  out.Compare("removed headers", List(want.removed_headers), List(removed));
  return out.Take();
}

std::string DifferenceOf(const World& world, const Answer& want, const Explanation& got) {
  Differences out;
  out.Compare("explained reason", ReasonName(want.reason), ReasonName(got.reason));
  out.Compare("explained rule", want.rule, got.rule_id);
  if (want.report) out.Compare("explained report", List(*want.report), List(got.report));
  out.Compare("explained roles", List(want.roles), List(got.roles));
  out.Compare("explained unknown roles", List(want.unknown_roles), List(got.unknown_roles));
  std::vector<std::string> want_rules, got_rules;
  for (const Finding& finding : want.findings) {
    const Rule& rule = world.rules[finding.rule];
    want_rules.push_back(rule.id + " " + std::string(NameOf(OutcomeOf(rule, finding))) + ";");
  }
  for (const RuleExplanation& rule : got.rules) {
    got_rules.push_back(rule.rule_id + " " + std::string(NameOf(rule.outcome)) + ";");
  }
  out.Compare("explained rules", List(want_rules), List(got_rules));
  std::string first_decided;
  for (const RuleExplanation& rule : got.rules) {
    if (first_decided.empty() && rule.decided) first_decided = rule.rule_id;
  }
  out.Compare("first rule told to have decided", want.rule, first_decided);
  return out.Take();
}

}  // namespace doorward::reference
