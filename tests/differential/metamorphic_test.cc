// SPDX-License-Identifier: Apache-2.0
//
// What must hold of any policy, without knowing the right answer: a policy is changed so that the
// decisions may change in one way only, or not at all, and both are asked the same.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/differential/effort.h"
#include "tests/differential/engine.h"
#include "tests/differential/generate.h"

namespace doorward::reference {
namespace {

constexpr uint32_t kWorlds = 600;
constexpr int kCallers = 4;
constexpr int kRequests = 12;
constexpr size_t kMaxRules = 60;

// A decision, kept beyond the next one.
struct Kept {
  bool allowed = false;
  Reason reason = Reason::kInternal;
  std::string rule;
  std::set<std::string> report;
  std::vector<std::string> roles;
  std::vector<std::pair<std::string, std::string>> headers;
};

Kept Keep(const Decision& decision) {
  Kept out;
  out.allowed = decision.allowed();
  out.reason = decision.reason();
  out.rule = decision.rule_id();
  out.report.insert(decision.report().begin(), decision.report().end());
  for (const std::string_view role : decision.roles()) out.roles.emplace_back(role);
  for (const Header& header : decision.headers_to_set()) {
    out.headers.emplace_back(header.name, header.value);
  }
  return out;
}

using Change = std::function<void(Choices&, World&)>;
// Who asks the changed policy; the same caller where it is not changed.
using CallerChange = std::function<Caller(Choices&, const World&, Caller)>;
// What is wrong with the second decision beside the first; "" for nothing.
using Relation = std::function<std::string(const Kept& before, const Kept& after)>;

struct Property {
  Change prepare = [](Choices&, World&) {};  // what the property needs of any policy
  Change change = [](Choices&, World&) {};
  CallerChange change_caller = [](Choices&, const World&, Caller caller) { return caller; };
  Relation relation = nullptr;
};

void Check(uint32_t seed, const Property& property, size_t& allowed) {
  Choices choices(seed);
  World world = MakeWorld(choices, kMaxRules);
  property.prepare(choices, world);
  World changed = world;
  property.change(choices, changed);
  Engine before(world), after(changed);
  for (int c = 0; c < kCallers; ++c) {
    const Caller caller = MakeCaller(choices, world);
    const Caller other = property.change_caller(choices, world, caller);
    before.Become(caller);
    after.Become(other);
    for (int r = 0; r < kRequests; ++r) {
      const Request request = MakeRequest(choices, world);
      const Kept first = Keep(before.Decide(request));
      const Kept second = Keep(after.Decide(request));
      allowed += first.allowed;
      ASSERT_EQ(property.relation(first, second), "")
          << "seed " << seed << "\ncaller: " << Describe(caller) << "\nthen: " << Describe(other)
          << "\nrequest: " << Describe(request) << "\npolicy: " << ToJson(world)
          << "\nchanged: " << ToJson(changed);
    }
  }
}

void CheckAll(const Property& property) {
  const uint32_t worlds = WorldsToTry(kWorlds);
  size_t allowed = 0;
  for (uint32_t seed = 1; seed <= worlds && !testing::Test::HasFatalFailure(); ++seed) {
    Check(seed, property, allowed);
  }
  // Where nothing is allowed, nothing could be lost.
  EXPECT_GT(allowed, worlds / 2);
}

std::string Difference(std::string_view what, bool is_same) {
  return is_same ? "" : std::string(what) + " differs; ";
}

std::string SameOutcome(const Kept& before, const Kept& after) {
  return Difference("the reason", before.reason == after.reason) +
         Difference("the report", before.report == after.report) +
         Difference("the roles", before.roles == after.roles) +
         Difference("the headers", before.headers == after.headers);
}

std::string SameDecision(const Kept& before, const Kept& after) {
  return SameOutcome(before, after) + Difference("the rule", before.rule == after.rule);
}

std::string AllowsNoMore(const Kept& before, const Kept& after) {
  return after.allowed && !before.allowed ? "allows what was denied" : "";
}

std::string AllowsNoLess(const Kept& before, const Kept& after) {
  return before.allowed && !after.allowed ? "denies what was allowed" : "";
}

// --- Changes ---

void InsertAnywhere(Choices& choices, World& world, Rule rule) {
  const auto place = static_cast<std::ptrdiff_t>(choices.Below(world.rules.size() + 1));
  world.rules.insert(world.rules.begin() + place, std::move(rule));
}

void AddRule(Choices& choices, World& world, bool deny) {
  Rule rule = MakeRule(choices, world, "added");
  rule.deny = deny;
  rule.report_only = false;
  if (deny) rule.ignores_token = false;
  InsertAnywhere(choices, world, rule);
}

bool AsksForParams(const Rule& rule) {
  return (rule.when && Asks(*rule.when, "params.")) ||
         (rule.unless && Asks(*rule.unless, "params."));
}

bool AsksForHoldings(const Rule& rule) {
  const auto asks = [](const Condition& condition) {
    return Asks(condition, "roles") || Asks(condition, "scopes") || Asks(condition, "subject");
  };
  return (rule.when && asks(*rule.when)) || (rule.unless && asks(*rule.unless));
}

// One rule for each way in which `parts` takes a rule apart.
template <class Parts>
void Split(World& world, Parts parts) {
  std::vector<Rule> out;
  for (const Rule& rule : world.rules) {
    size_t count = 0;
    for (Rule part : parts(rule)) {
      part.id = rule.id + "." + std::to_string(count++);
      out.push_back(std::move(part));
    }
  }
  world.rules = std::move(out);
}

std::vector<Rule> OneForEachRole(const Rule& rule) {
  std::vector<Rule> out;
  for (const std::string& role : rule.roles) {
    out.push_back(rule);
    out.back().roles = {role};
  }
  return out;
}

// A condition that names a capture is an error where no endpoint has it.
std::vector<Rule> OneForEachEndpoint(const Rule& rule) {
  if (AsksForParams(rule)) return {rule};
  std::vector<Rule> out;
  for (const Endpoint& endpoint : rule.endpoints) {
    out.push_back(rule);
    out.back().endpoints = {endpoint};
  }
  return out;
}

// Writes each combination of method, host and path as an endpoint of its own.
void Expand(Endpoint endpoint, std::vector<Endpoint>& out) {
  const std::vector<std::string> any{""};
  const auto methods = endpoint.methods.empty() ? any : endpoint.methods;
  const auto hosts = endpoint.hosts.empty() ? any : endpoint.hosts;
  if (endpoint.asterisk) return out.push_back(endpoint);
  for (const std::string& method : methods) {
    for (const std::string& host : hosts) {
      for (const Pattern& path : endpoint.paths) {
        Endpoint one;
        if (!method.empty()) one.methods = {method};
        if (!host.empty()) one.hosts = {host};
        one.paths = {path};
        out.push_back(one);
      }
    }
  }
}

// A rule was split: its parts report as it did.
std::string WithoutPart(const std::string& id) { return id.substr(0, id.rfind('.')); }

std::string SameOutcomeOfParts(const Kept& before, const Kept& after) {
  Kept whole = after;
  whole.report.clear();
  for (const std::string& id : after.report) whole.report.insert(WithoutPart(id));
  whole.rule = WithoutPart(after.rule);
  return SameDecision(before, whole);
}

void RenameCaptures(World& world) {
  for (Rule& rule : world.rules) {
    for (Endpoint& endpoint : rule.endpoints) {
      for (Pattern& path : endpoint.paths) {
        for (Segment& segment : path) {
          if (!segment.capture.empty()) segment.capture = "_other_" + segment.capture;
        }
      }
    }
    for (std::optional<Condition>* condition : {&rule.when, &rule.unless}) {
      if (!*condition) continue;
      ForEachPart(**condition, [](Condition& part) {
        if (part.variable.starts_with("params.")) part.variable.insert(7, "_other_");
      });
    }
  }
}

// Rules that match nothing that is ever asked for.
void AddUnrelated(Choices& choices, World& world) {
  for (const int kind : {0, 1, 2}) {
    Rule rule = MakeRule(choices, world, "unrelated-" + std::to_string(kind));
    for (Endpoint& endpoint : rule.endpoints) {
      if (endpoint.asterisk) endpoint = {.paths = {Pattern{}}};
      if (kind == 0) endpoint.methods = {"UNHEARD"};
      if (kind == 1) endpoint.hosts = {"unheard.of"};
      if (kind == 2) {
        for (Pattern& path : endpoint.paths) path.insert(path.begin(), {.text = "unheard-of"});
      }
    }
    InsertAnywhere(choices, world, std::move(rule));
  }
}

// --- Callers ---

void EraseRules(World& world, const std::function<bool(const Rule&)>& which) {
  std::erase_if(world.rules, which);
  if (world.rules.empty()) {
    world.rules.push_back(
        {.id = "only", .roles = {"authenticated"}, .endpoints = {{.paths = {{}}}}});
  }
}

// Replaces each role that is held directly by one that inherits it, where there is one.
Caller Promote(Choices& choices, const World& world, Caller caller) {
  for (std::string& held : caller.roles) {
    std::vector<std::string> seniors;
    for (const Role& role : world.roles) {
      if (std::find(role.inherits.begin(), role.inherits.end(), held) != role.inherits.end()) {
        seniors.push_back(role.name);
      }
    }
    if (!seniors.empty()) held = choices.Of(seniors);
  }
  return caller;
}

bool HasAtom(const Condition& condition, Condition::Kind kind) {
  return condition.kind == kind ||
         std::any_of(condition.parts.begin(), condition.parts.end(),
                     [&](const Condition& part) { return HasAtom(part, kind); });
}

// Whether a claim is there can always be told: a condition that asks for it knows too much.
bool AsksWhetherThere(const std::optional<Condition>& condition) {
  return condition && HasAtom(*condition, Condition::Kind::kHas);
}

void ForgetWhatIsThere(World& world) {
  EraseRules(world, [](const Rule& rule) {
    return AsksForHoldings(rule) || AsksWhetherThere(rule.when) || AsksWhetherThere(rule.unless);
  });
  for (Role& role : world.roles) {
    std::erase_if(role.granted_to, [](const Grant& grant) { return AsksWhetherThere(grant.when); });
  }
}

// Makes one claim one that cannot be known: of roles or scopes incomplete, of others absent.
Caller Blur(Choices& choices, const World&, Caller caller) {
  if (caller.kind != Caller::Kind::kClaims) return caller;
  const std::vector<std::string> listed{"roles", "groups", "perms", "scope", "scp"};
  const std::vector<std::string> others{"b0", "b1", "n0", "s0"};
  if (choices.OneIn(2)) {
    caller.claims.Remove(choices.Of(others));
  } else if (choices.OneIn(2)) {
    caller.claims.Set(choices.Of(listed), Json::Int(1));
  } else {
    const Json* const named = caller.claims.Find("_claim_names");
    Json names = named == nullptr ? Json::Object() : *named;
    caller.claims.Set("_claim_names", names.Set(choices.Of(listed), Json::String("src1")));
  }
  return caller;
}

// --- What must hold ---

TEST(AnyPolicy, AllowsNoMoreWithAnotherDenial) {
  CheckAll({.change = [](Choices& c, World& world) { AddRule(c, world, true); },
            .relation = AllowsNoMore});
}

TEST(AnyPolicy, AllowsNoLessWithAnotherAllowance) {
  CheckAll({.prepare = [](Choices&, World& world) { world.forward.clear(); },
            .change = [](Choices& c, World& world) { AddRule(c, world, false); },
            .relation = AllowsNoLess});
}

TEST(AnyPolicy, DecidesTheSameInAnyOrderOfItsRules) {
  CheckAll({.change = [](Choices& c, World& world) { c.Shuffle(world.rules); },
            .relation = SameOutcome});
}

TEST(AnyPolicy, DecidesTheSameInAnyOrderOfItsRoles) {
  const auto with_roles_in_order = [](const Kept& before, const Kept& after) {
    Kept a = before, b = after;
    std::sort(a.roles.begin(), a.roles.end());
    std::sort(b.roles.begin(), b.roles.end());
    return SameDecision(a, b);
  };
  CheckAll({.change = [](Choices& c, World& world) { c.Shuffle(world.roles); },
            .relation = with_roles_in_order});
}

TEST(AnyPolicy, DecidesTheSameWithARuleForEachRole) {
  CheckAll({.change = [](Choices&, World& world) { Split(world, OneForEachRole); },
            .relation = SameOutcomeOfParts});
}

TEST(AnyPolicy, DecidesTheSameWithARuleForEachEndpoint) {
  CheckAll({.change = [](Choices&, World& world) { Split(world, OneForEachEndpoint); },
            .relation = SameOutcomeOfParts});
}

TEST(AnyPolicy, DecidesTheSameWithCombinationsWrittenOut) {
  CheckAll({.change =
                [](Choices&, World& world) {
                  for (Rule& rule : world.rules) {
                    std::vector<Endpoint> out;
                    for (const Endpoint& endpoint : rule.endpoints) Expand(endpoint, out);
                    rule.endpoints = out;
                  }
                },
            .relation = SameDecision});
}

TEST(AnyPolicy, DecidesTheSameWithOtherNamesOfCaptures) {
  CheckAll(
      {.change = [](Choices&, World& world) { RenameCaptures(world); }, .relation = SameDecision});
}

TEST(AnyPolicy, DecidesTheSameBesideUnrelatedRules) {
  CheckAll({.change = AddUnrelated, .relation = SameDecision});
}

// Without denials and conditions on roles.
TEST(AnyPolicy, LetsASeniorDoAllThatItsJuniorsCan) {
  CheckAll({.prepare =
                [](Choices&, World& world) {
                  EraseRules(world,
                             [](const Rule& rule) { return rule.deny || AsksForHoldings(rule); });
                },
            .change_caller = Promote,
            .relation = AllowsNoLess});
}

// Without conditions on roles, and on whether a claim is there.
TEST(AnyPolicy, AllowsNoMoreWhereLessIsKnown) {
  CheckAll({.prepare = [](Choices&, World& world) { ForgetWhatIsThere(world); },
            .change_caller = Blur,
            .relation = AllowsNoMore});
}

}  // namespace
}  // namespace doorward::reference
