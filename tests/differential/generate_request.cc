// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include "tests/differential/generate.h"
#include "tests/differential/words.h"

namespace doorward::reference {
namespace {

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

// A segment that differs in one octet, where that is surely one that a path may hold.
std::string NextTo(Choices& choices, std::string segment) {
  constexpr std::string_view kPlain = "abclmxAZ019";
  if (segment.find_first_not_of(kPlain) != std::string::npos) return Word(choices);
  const size_t place = choices.Below(segment.size());
  switch (choices.Below(3)) {
    case 0:
      segment[place] = 'm';
      return segment;
    case 1:
      return segment + segment[place];
    default:
      segment.erase(place, 1);
      return segment.empty() ? "m" : segment;
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
    std::string& segment = request.path[choices.Below(request.path.size())];
    segment = choices.OneIn(2) ? Word(choices) : NextTo(choices, segment);
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
  static const Names hosts{"a.example", "x.a.example", "y.x.a.example", "b.example",
                           "example",   "[::1]",       "h1.example",    "h30.example"};
  if (!choices.OneIn(5)) out.host = choices.Of(hosts);
  out.odd_host = choices.OneIn(8);
  out.trailing_slash = choices.OneIn(6);
  out.escaped = choices.OneIn(6);
  const size_t most_queries = out.asterisk ? 1 : 3;
  for (size_t n = choices.Below(most_queries); n > 0; --n)
    out.query.push_back(choices.Of(Names{"1", "2"}));
  if (choices.OneIn(2)) out.flag = choices.Of(Names{"on", "off"});
  if (choices.OneIn(2)) out.source_ip = choices.Of(Names{"10.1.2.3", "192.0.2.1"});
  out.spoofs = choices.OneIn(8);
  out.time = kTurningPoint - 1 + static_cast<int64_t>(choices.Below(3));
  if (!out.asterisk && choices.OneIn(8)) MakePreflight(choices, out);
  return out;
}

}  // namespace doorward::reference
