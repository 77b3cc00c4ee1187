// SPDX-License-Identifier: Apache-2.0
//
// What evaluations take from the heap: nothing, once the machine is warm.

#include <gtest/gtest.h>

#include "tests/support/allocation_counter.h"
#include "tests/unit/cel/evaluation.h"

namespace doorward::cel {
namespace {

constexpr std::string_view kClaims =
    R"({"level": 4, "email": "ada@example.com", "groups": ["dev", "ops", "team-red"],
        "org": {"id": 7, "limits": {"orders": 20}}, "share": 0.5})";

struct AllocationCase {
  const char* name;
  std::string_view expression;
};

void ExpectNoAllocation(std::span<const AllocationCase> cases) {
  TestedRequest request(kClaims);
  Machine machine;
  for (const AllocationCase& c : cases) {
    SCOPED_TRACE(c.name);
    const auto program = MustCompile(c.expression);
    machine.Begin(request);
    const Value first = program->Evaluate(machine);
    const std::string want = ToText(first, 100);
    const uint64_t before = AllocationsOnThisThread();
    for (int i = 0; i < 100; ++i) {
      machine.Begin(request);
      (void)program->Evaluate(machine);
    }
    EXPECT_EQ(AllocationsOnThisThread() - before, 0u);
    machine.Begin(request);
    EXPECT_EQ(ToText(program->Evaluate(machine), 100), want);
  }
}

TEST(Evaluation, TakesNothingFromTheHeap) {
  constexpr AllocationCase kCases[] = {
      {"claims", "claims.level >= 3 && claims.org.id == 7 && claims.share < 1.0"},
      {"missing claim", "claims.nothing == 1"},
      {"strings", "claims.email.endsWith(\"@example.com\") && request.path.startsWith(\"/\")"},
      {"in claims", "\"ops\" in claims.groups && \"level\" in claims"},
      {"in roles", "\"editor\" in roles && !(\"admin\" in roles)"},
      {"in a literal", "request.path in [\"/a\", \"/b\", \"/orders/17\"]"},
      {"exists", "claims.groups.exists(g, g == \"ops\" || g.startsWith(\"team-\"))"},
      {"nested exists", "claims.groups.all(g, claims.groups.exists(h, h == g))"},
      {"two variables", "claims.org.limits.all(k, v, v > 10)"},
      {"equal", "claims.groups == [\"dev\", \"ops\", \"team-red\"]"},
      {"has and conditional", "has(claims.org.id) ? claims.org.id == 7 : false"},
      {"maps of the host", "request.query.page == \"2\" && params.user == subject"},
      {"constant pattern", "request.path.matches(\"^/orders/[0-9]+$\")"},
      {"time", "request.time.getHours(\"Europe/Berlin\") < 18 && request.time > timestamp(0)"},
      {"network", "cidr(\"192.0.2.0/24\").containsIP(source.ip) && source.ip.family() == 4"},
      {"size", "size(claims.email) > 3 && size(claims.groups) == 3"},
      {"failure", "1 / (level - 3) == 1"},
  };
  ExpectNoAllocation(kCases);
}

TEST(Evaluation, BuildsInTheMemoryOfTheMachine) {
  constexpr AllocationCase kCases[] = {
      {"joined text", "subject + \"@\" + request.path == \"ada@/orders/17\""},
      {"lower case", "claims.email.lowerAscii() == claims.email"},
      {"split", "request.path.split(\"/\").size() == 3"},
      {"map", "claims.groups.map(g, g + \"!\").join(\",\")"},
      {"filter", "claims.groups.filter(g, g != \"dev\")"},
      {"transform", "claims.org.limits.transformMap(k, v, v + 1)"},
      {"list", "[level, level + 1, claims.level]"},
      {"map literal", "{\"a\": level, subject: 1}"},
      {"format", "\"%s is %d: %s\".format([subject, level, claims.groups])"},
      {"convert", "string(level) + string(claims.share) + string(request.time)"},
      {"parse",
       "timestamp(\"2026-11-\" + \"23T00:00:00Z\") < request.time && int(\"4\") == claims.level"},
      {"address", "ip(\"192.0.2.\" + string(level + 4)) == source.ip"},
      {"replace", "request.path.replace(\"/\", \"::\").reverse()"},
      {"all the memory",
       "[1,2,3,4,5,6,7,8].map(x, claims.email + request.path + string(x)).join(\" \")"},
  };
  ExpectNoAllocation(kCases);
}

TEST(Evaluation, OfLongTextsKeepsLittle) {
  // Each request brings a longer text than the one before: what is kept does not add up.
  const auto program = MustCompile("claims.text.upperAscii().size()");
  Machine machine;
  for (const int size : {1000, 65536}) {
    TestedRequest request("{\"text\": \"" + std::string(static_cast<size_t>(size), 'x') + "\"}");
    machine.Begin(request);
    EXPECT_EQ(Evaluate(*program, machine), std::to_string(size));
  }
  uint64_t allocations = 0;
  for (size_t size = 1000; size <= 65536; size += 512) {
    TestedRequest request("{\"text\": \"" + std::string(size, 'x') + "\"}");
    const uint64_t before = AllocationsOnThisThread();
    machine.Begin(request);
    EXPECT_FALSE(program->Evaluate(machine).failed());
    allocations += AllocationsOnThisThread() - before;
  }
  EXPECT_EQ(allocations, 0u);
}

}  // namespace
}  // namespace doorward::cel
