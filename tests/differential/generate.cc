// SPDX-License-Identifier: Apache-2.0

#include "tests/differential/generate.h"

#include <algorithm>
#include <string>
#include <vector>

namespace doorward::reference {
namespace {

using Names = std::vector<std::string>;

// Only roles of this name are asked for; others stand between them, to spread them over many words
// of role bits.
bool IsInUse(const Role& role) { return role.name.starts_with('r'); }

Names RolesInUse(const World& world) {
  Names out;
  for (const Role& role : world.roles) {
    if (IsInUse(role)) out.push_back(role.name);
  }
  return out;
}

const Names& Words() {
  static const Names words{"a", "b", "ab", "aba", "abab", "c1",       "c22",
                           "x", "A", "Ab", "a*b", "{a}",  "\xC3\xA9", "a b"};
  return words;
}

// Lengths about the widths that a matcher may read at once, and texts that differ in one octet.
std::string LongWord(Choices& choices) {
  static const std::vector<size_t> sizes{7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 64, 65};
  std::string word(choices.Of(sizes), 'l');
  if (choices.OneIn(2))
    word[choices.Of(std::vector<size_t>{0, word.size() / 2, word.size() - 1})] = 'm';
  return word;
}

std::string AnyWord(Choices& choices) {
  static const std::string letters = "abclxAZ09-_~=:@!$&'()+,";
  std::string word;
  for (size_t n = 1 + choices.Below(36); n > 0; --n) word += letters[choices.Below(letters.size())];
  return word;
}

std::string Word(Choices& choices) {
  const size_t which = choices.Below(16);
  return which == 15 ? AnyWord(choices) : which > 12 ? LongWord(choices) : choices.Of(Words());
}

struct RegexWord {
  std::string regex;
  Names fits;
};

const std::vector<RegexWord>& Regexes() {
  static const std::vector<RegexWord> regexes{
      {"[a-b]+", {"a", "abab"}}, {"c[0-9]{2}", {"c22"}},  {".", {"a", "x", "\xC3\xA9"}},
      {"(ab)+", {"ab", "abab"}}, {"a|b", {"a", "b"}},     {"(?i)AB?", {"a", "Ab"}},
      {"[^a].*", {"b", "c1"}},   {"a.*b", {"ab", "a b"}}, {".*", {"x", "a*b"}},
      {"l{8,24}", {"llllllll"}}, {"\\\\w", {"a"}},        {"[A-Z]\\w?", {"A", "Ab"}},
  };
  return regexes;
}

const Names& Methods() {
  static const Names methods{"GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "PURGE"};
  return methods;
}

// Of a policy that names more methods than there are bits for.
const Names& ManyMethods() {
  static const Names methods = [] {
    Names out;
    for (int i = 0; i < 40; ++i) out.push_back("M" + std::to_string(i));
    return out;
  }();
  return methods;
}

const Names& HostPatterns() {
  static const Names hosts{"a.example", "x.a.example", "b.example", "*.example", "*.a.example"};
  return hosts;
}

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
  if (choices.OneIn(3)) out.hosts = choices.SomeOf(HostPatterns(), combines ? 3 : 1);
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
              .text = choices.Of(Words())};
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

// --- Claims ---

Json ValueOfRoles(Choices& choices, const Names& values) {
  switch (choices.Below(8)) {
    case 0:
      return Json::String(choices.Of(values));
    case 1:
      return Json::String(choices.Of(values) + " " + choices.Of(values));
    case 2: {
      Json out = Json::Strings(choices.SomeOf(values, 2));
      out.items.push_back(Json::Int(7));
      return out;
    }
    case 3:
      return choices.OneIn(2) ? Json::Int(1) : Json::Object();
    case 4:
      return Json::Array();
    default:
      return Json::Strings(choices.SomeOf(values, 3));
  }
}

// --- Requests ---

std::string Fit(Choices& choices, const Segment& segment) {
  switch (segment.kind) {
    case Segment::Kind::kLiteral:
      return segment.text;
    case Segment::Kind::kGlob: {
      std::string out;
      for (const char c : segment.text) {
        if (c != '*') out += c;
        if (c == '*' && choices.OneIn(2)) out += choices.Of(Names{"a", "b", "xa", "l"});
      }
      return out.empty() ? "a" : out;
    }
    case Segment::Kind::kRegex:
      for (const RegexWord& one : Regexes()) {
        if (one.regex == segment.text) return choices.Of(one.fits);
      }
      return "a";
    default:
      return Word(choices);
  }
}

void Follow(Choices& choices, const Pattern& pattern, Request& request) {
  for (const Segment& segment : pattern) {
    const bool is_tail = segment.kind == Segment::Kind::kTail;
    for (size_t n = is_tail ? choices.Below(4) : 1; n > 0; --n) {
      request.path.push_back(Fit(choices, segment));
    }
  }
  // Strays from it now and then.
  if (choices.OneIn(4) && !request.path.empty()) {
    request.path[choices.Below(request.path.size())] = Word(choices);
  }
  if (choices.OneIn(8)) request.path.push_back(Word(choices));
  if (choices.OneIn(8) && !request.path.empty()) request.path.pop_back();
}

void FollowRule(Choices& choices, const World& world, Request& request) {
  const Endpoint& endpoint = choices.Of(choices.Of(world.rules).endpoints);
  if (endpoint.asterisk) {
    request.asterisk = true;
    request.method = "OPTIONS";
    return;
  }
  if (!endpoint.methods.empty() && choices.OneIn(2)) request.method = choices.Of(endpoint.methods);
  Follow(choices, choices.Of(endpoint.paths), request);
}

void MakePreflight(Choices& choices, Request& request) {
  request.asks_for = request.method;
  request.method = choices.OneIn(8) ? "GET" : "OPTIONS";
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
  const size_t few = std::min<size_t>(max_rules, 8);
  const size_t rules = 1 + choices.Below(choices.OneIn(3) ? max_rules : few);
  for (size_t i = 0; i < rules; ++i) {
    world.rules.push_back(MakeRule(choices, world, "rule-" + std::to_string(i)));
  }
  choices.Shuffle(world.rules);
  if (choices.OneIn(4)) {
    world.forward.push_back(
        {"X-User", choices.Of(Names{"subject", "claims.s0"}), choices.OneIn(2)});
    world.forward.push_back({"X-Sent", "request.headers[\"x-flag\"]", choices.OneIn(4)});
  }
  return world;
}

Json MakeClaims(Choices& choices, const World& world) {
  Json out = Json::Object();
  Names values{"g0", "g1", "s0", "s1", "unheard-of"};
  for (const std::string& role : RolesInUse(world)) values.push_back(role);
  for (const char* name : {"roles", "groups", "perms"}) {
    if (!choices.OneIn(3)) out.Set(name, ValueOfRoles(choices, values));
  }
  for (const char* name : {"scope", "scp"}) {
    if (choices.OneIn(2)) out.Set(name, ValueOfRoles(choices, {"s0", "s1", "s2"}));
  }
  if (choices.OneIn(2)) {
    Json realm = Json::Object().Set("roles", ValueOfRoles(choices, values));
    out.Set("realm", choices.OneIn(8) ? Json::String("r0") : realm.Set("sub", Json::String("bob")));
  }
  if (choices.OneIn(12)) {
    const std::string left_out = choices.Of(Names{"groups", "realm", "scope"});
    out.Set("_claim_names", Json::Object().Set(left_out, Json::String("src1")));
  }
  if (choices.OneIn(12)) out.Set("hasgroups", Json::Bool(choices.OneIn(2)));
  for (const char* name : {"b0", "b1"}) {
    if (choices.OneIn(8)) out.Set(name, Json::String("true"));
    if (choices.OneIn(2)) out.Set(name, Json::Bool(choices.OneIn(2)));
  }
  if (choices.OneIn(2)) out.Set("n0", Json::Int(static_cast<int64_t>(choices.Below(5))));
  if (choices.OneIn(12)) out.Set("n0", Json::String("2"));
  if (choices.OneIn(2)) out.Set("s0", Json::String(choices.Of(Names{"ann", "bob", "", " x"})));
  if (choices.OneIn(8)) out.Set("s0", Json::Int(1));
  if (!choices.OneIn(4)) out.Set("sub", Json::String(choices.Of(Names{"ann", "bob", "\xC3\xA9"})));
  return out;
}

Caller MakeCaller(Choices& choices, const World& world) {
  Caller out;
  const size_t which = choices.Below(16);
  if (which < 2) return out;
  const auto kind_of = [&] {
    if (which == 2) return Caller::Kind::kMalformedToken;
    if (which == 3) return Caller::Kind::kTokenWithoutKeys;
    if (which == 4) return Caller::Kind::kTwoTokens;
    return which < 9 || world.issuers.empty() ? Caller::Kind::kRoles : Caller::Kind::kClaims;
  };
  out.kind = kind_of();
  if (out.kind == Caller::Kind::kRoles && !world.roles.empty()) {
    const Names roles = RolesInUse(world);
    if (!choices.OneIn(6)) out.roles = choices.SomeOf(roles, 3);
    if (choices.OneIn(6)) out.roles.push_back("unheard-of");
  }
  if (out.kind == Caller::Kind::kClaims) {
    out.issuer = choices.Below(world.issuers.size());
    out.claims = MakeClaims(choices, world);
  }
  return out;
}

Request MakeRequest(Choices& choices, const World& world) {
  Request out;
  out.method = choices.Of(Methods());
  if (choices.OneIn(8)) out.method = choices.Of(ManyMethods());
  if (choices.OneIn(3)) {
    for (size_t n = choices.Below(6); n > 0; --n) out.path.push_back(Word(choices));
  } else {
    FollowRule(choices, world, out);
  }
  static const Names hosts{"a.example", "x.a.example", "y.x.a.example",
                           "b.example", "example",     "[::1]"};
  if (!choices.OneIn(5)) out.host = choices.Of(hosts);
  out.odd_host = choices.OneIn(8);
  out.trailing_slash = choices.OneIn(6);
  out.escaped = choices.OneIn(6);
  const size_t most_queries = out.asterisk ? 1 : 3;
  for (size_t n = choices.Below(most_queries); n > 0; --n)
    out.query.push_back(choices.Of(Names{"1", "2"}));
  if (choices.OneIn(2)) out.flag = choices.Of(Names{"on", "off"});
  if (choices.OneIn(2)) out.source_ip = choices.Of(Names{"10.1.2.3", "192.0.2.1"});
  out.time = kTurningPoint - 1 + static_cast<int64_t>(choices.Below(3));
  if (!out.asterisk && choices.OneIn(8)) MakePreflight(choices, out);
  return out;
}

}  // namespace doorward::reference
