// SPDX-License-Identifier: Apache-2.0
//
// What it costs, once for each token, to find the roles of a caller whose claims were verified and
// parsed: 21 claims, among them eight groups. Subject and scopes are found besides.
//
//   BM_ResolveRoles_ByName/N     groups are names of roles; the policy declares N, half of them in
//                                chains of four that inherit
//   BM_ResolveRoles_ByGrant/N    groups are what `granted_to` names
//   BM_ResolveRoles_Strangers/N  of the eight groups the policy knows two
//   BM_CallerWithClaims/N        the same as a host does it with claims of its own: JSON is parsed
//                                and a caller is made, besides
//
// Each first finds just the right roles. The library's own parts are measured, since a host meets
// them only behind a token.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "doorward/policy.h"

#include "src/claims/json.h"
#include "src/policy/caller.h"
#include "src/policy/program.h"
#include "tests/support/allocation_counter.h"

namespace doorward::benchmarks {
namespace {

constexpr int kGroups = 8;
enum class Groups { kByName, kByGrant, kStrangers };

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

// The roles that the groups name: every fifth, the first at the head of a chain.
int RoleOfGroup(int group) { return group * 5; }
bool IsKnown(Groups kind, int group) { return kind != Groups::kStrangers || group < 2; }

std::string PolicyText(Groups kind, int64_t roles) {
  std::string out = R"({"doorward":1,"issuers":[{"issuer":"https://login.example.com/",)"
                    R"("audiences":["https://api.example.com"],"keys":{"discovery":true},)"
                    R"("roles_from":["groups"]}],"roles":{)";
  for (int i = 0; i < roles; ++i) {
    std::string members;
    if (i < roles / 2 && i % 4 != 3) {
      members = R"("inherits":[)" + Quoted("role-" + std::to_string(i + 1)) + "]";
    }
    if (kind == Groups::kByGrant) {
      members += std::string(members.empty() ? "" : ",") +
                 R"("granted_to":[{"claim":"groups","values":[)" +
                 Quoted("group-" + std::to_string(i)) + "]}]";
    }
    out += (i == 0 ? "" : ",") + Quoted("role-" + std::to_string(i)) + ":{" + members + "}";
  }
  return out + R"(},"rules":[{"id":"all","allow":["role-0"],"endpoints":["/**"]}]})";
}

std::string ClaimsText(Groups kind) {
  std::string groups;
  for (int i = 0; i < kGroups; ++i) {
    const std::string number = std::to_string(RoleOfGroup(i));
    groups += (i == 0 ? "" : ",") + Quoted(!IsKnown(kind, i)          ? "department-" + number
                                           : kind == Groups::kByGrant ? "group-" + number
                                                                      : "role-" + number);
  }
  return R"({"iss":"https://login.example.com/","sub":"auth0|5f7c8ec7c33c6c004bbafe82",)"
         R"("aud":["https://api.example.com","https://login.example.com/userinfo"],)"
         R"("azp":"my_client_id","exp":4102444800,"iat":1749999900,"nbf":1749999900,)"
         R"("jti":"8f14e45f-ceea-467f-a1d8-91d3f1d7b2c4",)"
         R"("sid":"08a5019c-17e1-4977-8f42-65a12843ea02",)"
         R"("scope":"openid profile email orders.read orders.write","client_id":"my_client_id",)"
         R"("email":"ann@example.com","email_verified":true,"name":"Ann Example",)"
         R"("given_name":"Ann","family_name":"Example","locale":"en-GB","acr":"1",)"
         R"("auth_time":1749999000,"tenant":"t-17","groups":[)" +
         groups + "]}";
}

// Whether the caller holds what the groups give, with what that inherits, and nothing else.
bool IsRight(Groups kind, int64_t roles, const Holdings& holdings) {
  RoleSet want;
  want.Reset(holdings.held.word_count());
  want.Add(kEveryoneBit);
  want.Add(kAuthenticatedBit);
  for (int group = 0; group < kGroups; ++group) {
    for (int role = RoleOfGroup(group); IsKnown(kind, group); ++role) {
      want.Add(static_cast<uint32_t>(role) + kFirstRoleBit);
      if (role >= roles / 2 || role % 4 == 3) break;
    }
  }
  for (size_t i = 0; i < want.word_count(); ++i) {
    if (want.word(i) != holdings.held.word(i)) return false;
  }
  return !holdings.roles_in_doubt && holdings.scopes.size() == 5;
}

void Resolve(benchmark::State& state, Groups kind) {
  const LoadOutcome loaded = Policy::Load(PolicyText(kind, state.range(0)), "policy.json");
  const PolicyProgram& program = loaded.policy->program();
  const auto document = JsonDocument::Parse(ClaimsText(kind), 16, nullptr);
  CallerData caller;
  caller.claims = document->root();
  caller.issuer = caller.claims.Find("iss").string_or("");
  cel::Machine machine;
  program.Resolve(0, caller, machine);
  if (!IsRight(kind, state.range(0), caller.holdings)) return state.SkipWithError("wrong roles");
  const uint64_t before = AllocationsOnThisThread();
  program.Resolve(0, caller, machine);
  state.counters["allocs/op"] = static_cast<double>(AllocationsOnThisThread() - before);
  for (auto _ : state) {
    program.Resolve(0, caller, machine);
    benchmark::DoNotOptimize(caller.holdings.held.words());
    benchmark::ClobberMemory();
  }
}

void BM_ResolveRoles_ByName(benchmark::State& state) { Resolve(state, Groups::kByName); }
void BM_ResolveRoles_ByGrant(benchmark::State& state) { Resolve(state, Groups::kByGrant); }
void BM_ResolveRoles_Strangers(benchmark::State& state) { Resolve(state, Groups::kStrangers); }

void BM_CallerWithClaims(benchmark::State& state) {
  const LoadOutcome loaded =
      Policy::Load(PolicyText(Groups::kByName, state.range(0)), "policy.json");
  const std::string claims = ClaimsText(Groups::kByName);
  for (auto _ : state) {
    const std::optional<Caller> caller =
        loaded.policy->CallerWithClaims(claims, std::nullopt, nullptr);
    if (!caller) return state.SkipWithError("the claims are refused");
    benchmark::DoNotOptimize(&caller->data());
  }
}

BENCHMARK(BM_ResolveRoles_ByName)->Arg(50)->Arg(5'000);
BENCHMARK(BM_ResolveRoles_ByGrant)->Arg(50)->Arg(5'000);
BENCHMARK(BM_ResolveRoles_Strangers)->Arg(50)->Arg(5'000);
BENCHMARK(BM_CallerWithClaims)->Arg(50)->Arg(5'000);

}  // namespace
}  // namespace doorward::benchmarks

BENCHMARK_MAIN();
