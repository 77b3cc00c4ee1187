// SPDX-License-Identifier: Apache-2.0

#include "src/policy/possible_callers.h"

#include <optional>
#include <string_view>

namespace doorward {
namespace {

using Bits = std::vector<uint32_t>;

constexpr size_t kMaxWays = 16;

// The ways to a role. An issuer is given by its place in the policy; there may be none.
std::vector<Bits> WaysTo(const PolicyProgram& program, uint32_t role,
                         std::optional<size_t> issuer) {
  if (role < kFirstRoleBit) return {{}};
  if (issuer) return program.mappings[*issuer].WaysToGive(role, kMaxWays);
  const std::span<const uint32_t> closure = program.roles.Closure(role);
  return {Bits(closure.begin(), closure.end())};
}

// `caller` with what it lacks. What it was is kept in `caller`, for another way.
CallerData WithMore(const PolicyProgram& program, const CallerData& caller, const Bits& bits,
                    const std::vector<std::string>& scopes, cel::Machine& machine) {
  CallerData more;
  more.policy = caller.policy;
  more.authenticated = true;
  more.holdings = caller.holdings;
  more.issuer = caller.issuer;
  more.claims = caller.claims;
  Holdings& holdings = more.holdings;
  holdings.held.Add(kAuthenticatedBit);
  holdings.held.AddAll(bits);
  holdings.unknown.RemoveAll(holdings.held);
  holdings.roles_in_doubt = !holdings.unknown.empty();
  holdings.scopes.insert(holdings.scopes.end(), scopes.begin(), scopes.end());
  program.ResolveForwarding(more, machine);
  return more;
}

// What any token of the issuer makes of a caller, at least.
CallerData WithBareToken(const PolicyProgram& program, size_t issuer, cel::Machine& machine) {
  CallerData bare;
  bare.policy = program.identity;
  bare.issuer = program.issuers[issuer].spellings.front();
  program.mappings[issuer].Resolve(bare.claims, bare.issuer, machine, bare.holdings);
  return bare;
}

}  // namespace

bool TryWithRole(const PolicyProgram& program, const CallerData& caller, uint32_t role,
                 const std::vector<std::string>& scopes, cel::Machine& machine,
                 const std::function<bool(const CallerData&)>& does) {
  size_t tried = 0;
  bool done = false;
  const auto try_ways = [&](const CallerData& from, std::optional<size_t> issuer) {
    for (const Bits& bits : WaysTo(program, role, issuer)) {
      if (done || tried == kMaxWays) return;
      ++tried;
      done = does(WithMore(program, from, bits, scopes, machine));
    }
  };
  if (caller.authenticated || program.issuers.empty()) {
    try_ways(caller, caller.authenticated ? program.FindIssuer(caller.issuer) : std::nullopt);
    return tried > 0;
  }
  for (size_t i = 0; i < program.issuers.size() && !done; ++i) {
    try_ways(WithBareToken(program, i, machine), i);
  }
  return tried > 0;
}

}  // namespace doorward
