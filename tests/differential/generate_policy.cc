// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/differential/generate.h"
#include "tests/differential/words.h"

namespace doorward::reference {
namespace {

// --- Patterns ---

std::string Glob(Choices& choices) {
  static const Names pieces{"a", "b", "ab", "c", "l", "ll"};
  std::string glob = choices.OneIn(2) ? choices.Of(pieces) : "";
  for (size_t n = 1 + choices.Below(2); n > 0; --n) glob += "*" + choices.Of(pieces);
  return choices.OneIn(2) ? glob + "*" : glob;
}

Segment MakeSegment(Choices& choices, const std::string& capture) {
  using Kind = Segment::Kind;
  switch (choices.Below(10)) {
    case 0:
      return {.kind = Kind::kAny};
    case 1:
      return {.kind = Kind::kAny, .capture = capture};
    case 2:
      return {.kind = Kind::kGlob, .text = Glob(choices)};
    case 3:
      return {.kind = Kind::kRegex, .text = choices.Of(Regexes()).regex, .capture = capture};
    default:
      return {.text = Word(choices), .escaped = choices.OneIn(8)};
  }
}

Pattern MakePattern(Choices& choices) {
  Pattern out;
  for (size_t n = choices.Below(5), i = 0; i < n; ++i) {
    out.push_back(MakeSegment(choices, "p" + std::to_string(i)));
  }
  if (choices.OneIn(3)) {
    const Segment tail{.kind = Segment::Kind::kTail, .capture = choices.OneIn(2) ? "rest" : ""};
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(choices.Below(out.size() + 1)), tail);
  }
  return out;
}

Endpoint MakeEndpoint(Choices& choices) {
  Endpoint out;
  if (choices.OneIn(40)) {
    out.asterisk = true;
    return out;
  }
  if (choices.OneIn(2)) out.methods = choices.SomeOf(Methods(), 3);
  if (choices.OneIn(24)) out.methods = choices.SomeOf(ManyMethods(), 4);
  const bool combines = choices.OneIn(8);
  if (choices.OneIn(3)) out.hosts = choices.SomeOf(HostPatterns(), combines ? 4 : 1);
  for (size_t n = combines ? 1 + choices.Below(3) : 1; n > 0; --n) {
    out.paths.push_back(MakePattern(choices));
  }
  return out;
}

Names CapturesOf(const std::vector<Endpoint>& endpoints) {
  Names out;
  for (const Endpoint& endpoint : endpoints) {
    for (const Pattern& path : endpoint.paths) {
      for (const Segment& segment : path) {
        if (!segment.capture.empty()) out.push_back(segment.capture);
      }
    }
  }
  return out;
}

// --- Conditions ---

// What a condition may ask about, where it stands.
struct Scope {
  bool request = false;
  bool token = false;     // claims, issuer
  bool holdings = false;  // roles, scopes, subject
  Names captures = {};
};

Condition RequestAtom(Choices& choices, const Scope& scope) {
  using Kind = Condition::Kind;
  switch (choices.Below(8)) {
    case 0:
      return {.kind = Kind::kIs, .variable = "request.method", .text = choices.Of(Methods())};
    case 1:
      return {.kind = Kind::kIs, .variable = "request.host", .text = "a.example"};
    case 2:
      return {.kind = Kind::kIs, .variable = "request.path", .text = "/" + choices.Of(Words())};
    case 3:
      return {.kind = Kind::kBefore, .variable = "request.time"};
    case 4:
      return {.kind = Kind::kIs, .variable = "request.query.q", .text = "1"};
    case 5:
      return {.kind = Kind::kIs, .variable = "request.headers[\"x-flag\"]", .text = "on"};
    case 6:
      return {.kind = Kind::kFromNetwork, .variable = "source.ip"};
    default:
      if (scope.captures.empty()) return {.number = 1};
      return {.kind = Kind::kIs,
              .variable = "params." + choices.Of(scope.captures),
              .text = choices.Of(Words()) + (choices.OneIn(6) ? "/a%20b" : "")};
  }
}

Condition TokenAtom(Choices& choices) {
  using Kind = Condition::Kind;
  switch (choices.Below(6)) {
    case 0:
      return {.kind = Kind::kBelow, .variable = "claims.n0", .number = 3};
    case 1:
      return {.kind = Kind::kQuotient, .variable = "claims.n0", .number = 6};
    case 2:
      return {.kind = Kind::kIs, .variable = "claims.s0", .text = "ann"};
    case 3:
      return {.kind = Kind::kHas, .variable = choices.Of(Names{"claims.b0", "claims.s0"})};
    case 4:
      return {.kind = Kind::kIs, .variable = "issuer", .text = "https://one.example/"};
    default:
      return {.kind = Kind::kIsTrue, .variable = choices.Of(Names{"claims.b0", "claims.b1"})};
  }
}

Condition HoldingsAtom(Choices& choices) {
  using Kind = Condition::Kind;
  switch (choices.Below(3)) {
    case 0:
      return {.kind = Kind::kHolds,
              .variable = "roles",
              .text = "r" + std::to_string(choices.Below(4))};
    case 1:
      return {.kind = Kind::kHolds, .variable = "scopes", .text = choices.Of(Names{"s0", "s1"})};
    default:
      return {.kind = Kind::kIs, .variable = "subject", .text = "ann"};
  }
}

Condition Atom(Choices& choices, const Scope& scope) {
  const size_t which = choices.Below(6);
  if (scope.token && which < 3) return TokenAtom(choices);
  if (scope.holdings && which == 3) return HoldingsAtom(choices);
  if (scope.request && which < 6) return RequestAtom(choices, scope);
  return {.number = static_cast<int64_t>(choices.Below(2))};
}

Condition MakeCondition(Choices& choices, const Scope& scope, int depth) {
  using Kind = Condition::Kind;
  const size_t which = depth == 0 ? 0 : choices.Below(8);
  if (which < 4) return Atom(choices, scope);
  const auto part = [&] { return MakeCondition(choices, scope, depth - 1); };
  Condition out{.kind = which == 4   ? Kind::kNot
                        : which == 5 ? Kind::kAnd
                        : which == 6 ? Kind::kOr
                                     : Kind::kChoose};
  for (size_t n = which == 4 ? 1 : which == 7 ? 3 : 2; n > 0; --n) out.parts.push_back(part());
  return out;
}

// Moves the rules to two places, so that very many are for one.
void Crowd(Choices& choices, World& world) {
  const std::vector<Endpoint> places{MakeEndpoint(choices), MakeEndpoint(choices)};
  const auto asks_for_params = [](const std::optional<Condition>& condition) {
    return condition && Asks(*condition, "params.");
  };
  for (Rule& rule : world.rules) {
    if (asks_for_params(rule.when) || asks_for_params(rule.unless)) continue;
    for (Endpoint& endpoint : rule.endpoints) {
      const Endpoint& place = choices.Of(places);
      if (endpoint.asterisk || place.asterisk) continue;
      endpoint.hosts = place.hosts;
      endpoint.paths = place.paths;
    }
  }
}

// --- Issuers and roles ---

const std::vector<ClaimSource>& RoleSources() {
  static const std::vector<ClaimSource> sources{{"roles"},       {"groups"},    {"/realm/roles"},
                                                {"perms", true}, {"/groups/0"}, {"scope"}};
  return sources;
}

Issuer MakeIssuer(Choices& choices, const std::string& name, const Names& roles, bool limited) {
  Issuer out{.name = name};
  out.roles_from = choices.SomeOf(RoleSources(), 3);
  out.scopes_from =
      choices.SomeOf(std::vector<ClaimSource>{{"scope"}, {"scp"}, {"perms", true}}, 2);
  if (choices.OneIn(4)) out.subject = choices.Of(Names{"s0", "/realm/sub"});
  if (limited) out.confers = choices.SomeOf(roles, 4);
  return out;
}

Grant MakeGrant(Choices& choices, const World& world, const std::string& role) {
  Grant out;
  const size_t which = choices.Below(6);
  if (which < 4) {
    out.claim = choices.Of(Names{"groups", "roles", "/realm/roles", "scope"});
    out.values = choices.SomeOf(Names{"g0", "g1", role, "s0"}, 2);
  }
  if (which > 2) out.when = MakeCondition(choices, {.token = true}, 2);
  if (choices.OneIn(3)) out.issuer = choices.Of(world.issuers).name;
  return out;
}

void MakeRoles(Choices& choices, World& world) {
  const size_t count = choices.Below(7);
  const size_t between = choices.OneIn(8) ? 40 : 0;
  for (size_t i = 0; i < count; ++i) {
    Role& role = world.roles.emplace_back();
    role.name = "r" + std::to_string(i);
    for (size_t k = 0; k < i; ++k) {
      if (choices.OneIn(4)) role.inherits.push_back("r" + std::to_string(k));
    }
  }
  choices.Shuffle(world.roles);
  for (size_t i = count * between; i > 0; --i) {
    Role unused;
    unused.name = "unused" + std::to_string(i);
    world.roles.insert(world.roles.begin() + static_cast<std::ptrdiff_t>((i - 1) / between),
                       unused);
  }
}

void MakeIssuers(Choices& choices, World& world) {
  const Names roles = RolesInUse(world);
  const bool both = !roles.empty() && choices.OneIn(3);
  const bool limited = both || (!roles.empty() && choices.OneIn(3));
  world.issuers.push_back(MakeIssuer(choices, "https://one.example/", roles, limited));
  if (both) world.issuers.push_back(MakeIssuer(choices, "https://two.example/", roles, true));
  for (Role& role : world.roles) {
    if (!IsInUse(role) || !choices.OneIn(3)) continue;
    for (size_t n = 1 + choices.Below(3); n > 0; --n) {
      role.granted_to.push_back(MakeGrant(choices, world, role.name));
    }
  }
}

Rule MakeManyMethodsRule(Choices& choices) {
  Rule out{.id = "many-methods"};
  out.roles = {"everyone"};
  Endpoint endpoint{.methods = ManyMethods()};
  endpoint.paths.push_back(MakePattern(choices));
  out.endpoints.push_back(endpoint);
  return out;
}

// About as many hosts as share a trie: those of later rules share it too, or some, or none.
Rule MakeManyHostsRule(Choices& choices) {
  Rule out{.id = "many-hosts"};
  out.deny = choices.OneIn(3);
  out.roles = {"everyone"};
  Endpoint endpoint;
  for (size_t i = 24 + choices.Below(12); i > 0; --i) {
    endpoint.hosts.push_back("h" + std::to_string(i) + ".example");
  }
  endpoint.paths.push_back(MakePattern(choices));
  out.endpoints.push_back(endpoint);
  return out;
}

}  // namespace

Rule MakeRule(Choices& choices, const World& world, const std::string& id) {
  Rule out{.id = id};
  out.deny = choices.OneIn(4);
  out.report_only = choices.OneIn(10);
  out.ignores_token = !out.deny && choices.OneIn(8);
  const Names roles = RolesInUse(world);
  const size_t which = roles.empty() ? choices.Below(2) : choices.Below(8);
  if (out.ignores_token || which == 0) {
    out.roles = {"everyone"};
  } else if (which == 1) {
    out.roles = {"authenticated"};
  } else {
    out.roles = choices.SomeOf(roles, 3);
  }
  if (!out.ignores_token && choices.OneIn(5)) out.scopes = choices.SomeOf(Names{"s0", "s1"}, 2);
  for (size_t n = choices.OneIn(3) ? 1 + choices.Below(4) : 1; n > 0; --n) {
    out.endpoints.push_back(MakeEndpoint(choices));
  }
  const Scope scope{.request = true,
                    .token = !out.ignores_token,
                    .holdings = !out.ignores_token,
                    .captures = CapturesOf(out.endpoints)};
  if (choices.OneIn(4)) out.when = MakeCondition(choices, scope, 3);
  if (choices.OneIn(6)) out.unless = MakeCondition(choices, scope, 2);
  return out;
}

World MakeWorld(Choices& choices, size_t max_rules) {
  World world;
  world.folds_case = choices.OneIn(4);
  world.preflight_passes = choices.OneIn(3);
  if (choices.OneIn(6)) world.hosts = choices.SomeOf(HostPatterns(), 3);
  MakeRoles(choices, world);
  if (!choices.OneIn(8)) MakeIssuers(choices, world);
  if (choices.OneIn(16)) world.rules.push_back(MakeManyMethodsRule(choices));
  const bool crowded = choices.OneIn(8);
  const size_t few = std::min<size_t>(max_rules, 8);
  const size_t rules = 1 + choices.Below(crowded || choices.OneIn(3) ? max_rules : few);
  for (size_t i = 0; i < rules; ++i) {
    world.rules.push_back(MakeRule(choices, world, "rule-" + std::to_string(i)));
  }
  if (crowded) Crowd(choices, world);
  choices.Shuffle(world.rules);
  if (world.hosts.empty() && choices.OneIn(8)) {
    world.rules.insert(world.rules.begin(), MakeManyHostsRule(choices));
  }
  if (choices.OneIn(4)) {
    world.forward.push_back(
        {"X-User", choices.Of(Names{"subject", "claims.s0"}), choices.OneIn(2)});
    world.forward.push_back({"X-Sent", "request.headers[\"x-flag\"]", choices.OneIn(4)});
  }
  return world;
}

}  // namespace doorward::reference
