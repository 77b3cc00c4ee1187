// SPDX-License-Identifier: Apache-2.0

#include "src/policy/program.h"

#include <algorithm>
#include <map>
#include <utility>

#include "src/base/ascii.h"
#include "src/policy/activation.h"
#include "src/policy/expression.h"
#include "src/policy/forwarding.h"
#include "src/policy/match_trie_builder.h"

namespace doorward {
namespace {

std::vector<std::string> NamesToSet(const PolicyModel& model) {
  std::vector<std::string> names;
  for (const ForwardHeaderModel& header : model.forward_headers) names.push_back(header.name);
  return names;
}

// The scheme that a caller without a token is asked for (RFC 9110 section 11.6.1).
std::string ChallengeScheme(const std::vector<TokenPlace>& places) {
  for (const TokenPlace& place : places) {
    if (!place.scheme.empty()) return place.scheme;
  }
  return "Bearer";
}

bool GoesOn(const TokenPlace& place, TokenForward forward) {
  if (forward == TokenForward::kAuto) {
    return place.kind == TokenPlace::Kind::kHeader &&
           EqualIgnoringCase(place.name, "authorization");
  }
  return forward == TokenForward::kAlways;
}

// The places whose tokens the upstream does not see.
std::vector<TokenPlace> PlacesThatEnd(std::vector<TokenPlace> places, TokenForward forward) {
  std::erase_if(places, [&](const TokenPlace& place) { return GoesOn(place, forward); });
  return places;
}

// True where `issuer` is `pattern` with some text in the place of {tenantid}. Which tenants are
// permitted is the verifier's business.
bool IsInstanceOf(std::string_view pattern, std::string_view issuer) {
  constexpr std::string_view kHole = "{tenantid}";
  const size_t hole = pattern.find(kHole);
  if (hole == std::string_view::npos) return false;
  const std::string_view after = pattern.substr(hole + kHole.size());
  return issuer.size() > hole + after.size() && issuer.starts_with(pattern.substr(0, hole)) &&
         issuer.ends_with(after);
}

}  // namespace

PolicyProgram::PolicyProgram(PolicyModel checked, const SourceText& source)
    : revision(std::move(checked.revision)),
      issuers(std::move(checked.issuers)),
      roles(checked.roles),
      rules(checked.rules, source, methods),
      has_conditions(rules.has_conditions()),
      endpoint_count(rules.endpoint_count()),
      matcher(Compile(checked)),
      request(checked.request),
      cors_preflight_pass(checked.cors_preflight_pass),
      token_from(std::move(checked.token_from)),
      token_removed_from(PlacesThatEnd(token_from, checked.token_forward)),
      header_filter(NamesToSet(checked), checked.strip),
      challenge_scheme(ChallengeScheme(token_from)) {
  for (const std::string& host : checked.hosts) hosts[host] = true;
  for (size_t i = 0; i < issuers.size(); ++i) {
    mappings.emplace_back(checked.roles, roles, issuers[i], static_cast<uint32_t>(i));
    issuer_spellings.emplace_back(issuers[i].spellings.begin(), issuers[i].spellings.end());
  }
  anonymous.policy = identity;
  anonymous.holdings.held.Reset(roles.word_count());
  anonymous.holdings.unknown.Reset(roles.word_count());
  anonymous.holdings.held.Add(kEveryoneBit);
  for (ForwardHeaderModel& header : checked.forward_headers) {
    const bool depends_on_request = !DependsOnCallerAlone(*header.value);
    forwards_requests = forwards_requests || depends_on_request;
    forward_headers.push_back(
        {std::move(header.name), std::move(header.value), header.required, depends_on_request});
  }
  cel::Machine machine;
  ResolveForwarding(anonymous, machine);
}

std::optional<size_t> PolicyProgram::FindIssuer(std::string_view spelling) const {
  for (size_t i = 0; i < issuers.size(); ++i) {
    for (const std::string& known : issuers[i].spellings) {
      if (known == spelling || IsInstanceOf(known, spelling)) return i;
    }
  }
  return std::nullopt;
}

void PolicyProgram::Resolve(size_t issuer, CallerData& caller, cel::Machine& machine) const {
  caller.authenticated = true;
  mappings[issuer].Resolve(caller.claims, caller.issuer, machine, caller.holdings);
  ResolveForwarding(caller, machine);
}

// The values are gathered in one text first: views into it are made once it no longer grows.
void PolicyProgram::ResolveForwarding(CallerData& caller, cel::Machine& machine) const {
  caller.forward_values.clear();
  caller.forward_text.clear();
  if (forward_headers.empty()) return;
  CallerActivation activation;
  activation.SetCaller(roles, caller);
  machine.Begin(activation);
  for (const ForwardHeader& header : forward_headers) {
    const std::string_view value =
        header.depends_on_request ? std::string_view() : ForwardValue(header, machine);
    caller.forward_values.push_back(value);
    caller.forward_text += value;
  }
  size_t at = 0;
  for (std::string_view& value : caller.forward_values) {
    value = std::string_view(caller.forward_text).substr(at, value.size());
    at += value.size();
  }
}

Matcher PolicyProgram::Compile(const PolicyModel& model) const {
  MatchTrieBuilder builder;
  MatchEntry entry;
  for (entry.rule = 0; entry.rule < rules.size(); ++entry.rule) {
    const CompiledRule& rule = rules[entry.rule];
    std::map<uint32_t, uint64_t> words;
    for (uint32_t bit : rule.roles) words[bit >> 6] |= uint64_t{1} << (bit & 63);
    for (entry.endpoint = 0; entry.endpoint < rule.endpoints.size(); ++entry.endpoint) {
      const EndpointModel& pattern = model.rules[entry.rule].endpoints[entry.endpoint];
      const CompiledEndpoint& endpoint = rule.endpoints[entry.endpoint];
      entry.methods = endpoint.methods | (rule.deny ? MatchEntry::kDeny : 0);
      if (rule.special() || endpoint.method_names != nullptr) {
        entry.methods |= MatchEntry::kSpecial;
        entry.roles = 0;
        entry.role_word = 0;
        builder.Add(pattern, entry);
        continue;
      }
      for (const auto& [word, roles_in_word] : words) {
        entry.role_word = word;
        entry.roles = roles_in_word;
        builder.Add(pattern, entry);
      }
    }
  }
  return Matcher(std::move(builder).Build(model.request.folds_case()));
}

}  // namespace doorward
