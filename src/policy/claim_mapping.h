// SPDX-License-Identifier: Apache-2.0
//
// From the claims of a token to what its caller holds: roles in three values (held, unknown, not
// held), scopes, subject. One mapping for each issuer of a policy.
//
// Each claim that may give roles, by name or by grant, is read once: a table per claim leads from a
// value to all that it gives. A claim that is incomplete gives no value, and all that it could have
// given is unknown.

#ifndef DOORWARD_POLICY_CLAIM_MAPPING_H_
#define DOORWARD_POLICY_CLAIM_MAPPING_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/claims.h"

#include "src/base/string_map.h"
#include "src/cel/cel.h"
#include "src/policy/model.h"
#include "src/policy/role_set.h"

namespace doorward {

// Whether something is so: in doubt where the token does not tell.
enum class Truth : uint8_t { kNo, kUnknown, kYes };
Truth TruthOf(const cel::Value& condition);  // in doubt where it failed, or is no truth value

// What a caller holds, resolved once per token. Views point into the claims.
struct Holdings {
  RoleSet held;                          // closed under inheritance, reserved names included
  RoleSet unknown;                       // none of them held
  bool roles_in_doubt = false;           // `unknown` is not empty
  bool scopes_in_doubt = false;          // scopes beside those in `scopes` may be held
  std::vector<std::string_view> scopes;  // in the order of the token
  std::string_view subject;

  bool HoldsScope(std::string_view scope) const;
};

// The claims of a token, and those by which it says that it left others out or cut them short:
// each is looked up once.
struct TokenClaims {
  explicit TokenClaims(JsonView claims)
      : all(claims),
        distributed(claims.Find("_claim_names")),
        has_more_groups(claims.Find("hasgroups").bool_or(false)) {}

  JsonView all;
  JsonView distributed;  // OpenID Connect Core 5.6.2; Entra ID, where groups are many
  bool has_more_groups;  // Entra ID, in implicit flows
};

class ClaimMapping {
 public:
  // `issuer_index` is the issuer's place in the policy. REQUIRES: `table` outlives the mapping.
  ClaimMapping(const std::vector<RoleModel>& roles, const RoleTable& table,
               const IssuerModel& issuer, uint32_t issuer_index);

  // Resolves what the caller with these claims holds; `iss` is the issuer as the token spells it.
  // The machine begins anew. Cost: linear in the values of the claims that are referred to, and in
  // the grants with conditions; no allocation once `out` is warm.
  void Resolve(JsonView claims, std::string_view iss, cel::Machine& machine, Holdings& out) const;

  // The issuer's subject claim; "" where it is absent or no string.
  std::string_view Subject(JsonView claims) const;

  // A claim of these that is incomplete, and what it could have given.
  struct Gap {
    ClaimSource source;
    std::string why;
    RoleSet possible;
    bool could_give_scopes = false;
  };
  // For people. Allocates.
  std::vector<Gap> FindGaps(JsonView claims) const;

  // A grant with a condition, and what it came to.
  struct TriedGrant {
    uint32_t role;  // its bit
    const std::optional<ClaimSource>& claim;
    const std::vector<std::string>& values;
    const Expression& when;
    Truth holds_a_value;  // the claim does, or there is none
    Truth gives;
  };
  // Tries them as Resolve does, and all of them. For people. Allocates.
  std::vector<TriedGrant> TryGrants(JsonView claims, std::string_view iss,
                                    cel::Machine& machine) const;

  // The sets of bits with `bit` in them that come together, by a value of a claim or by a grant
  // with a condition: the smallest first, at most `limit`, and none that holds all of another. Of
  // what any token gives just the empty set; nothing where no token gives `bit`. For people.
  // Allocates.
  std::vector<std::vector<uint32_t>> WaysToGive(uint32_t bit, size_t limit) const;

 private:
  // A claim that may give roles.
  struct RoleClaim {
    ClaimSource source;
    // Bits that a value gives, inherited ones included: a slice of gives_.
    StringMap<std::pair<uint32_t, uint32_t>> values;
    RoleSet possible;  // all that some value could give
  };

  // A grant with a condition.
  struct ConditionalGrant {
    std::optional<ClaimSource> claim;
    std::vector<std::string> values;
    Expression when;
    std::vector<uint32_t> gives;  // bits, its own first, then those inherited
  };

  // The strings that `source` reads out of `claims`, into `values`. False where the claim is
  // incomplete.
  static bool Read(const TokenClaims& claims, const ClaimSource& source,
                   std::vector<std::string_view>& values);
  // Whether the claim of a grant holds one of its values; yes where it names none. `values` is for
  // use within.
  Truth HoldsValue(const TokenClaims& claims, const ConditionalGrant& grant,
                   std::vector<std::string_view>& values) const;
  // Adds what grants with conditions give.
  void ResolveConditions(const TokenClaims& claims, std::string_view iss, cel::Machine& machine,
                         Holdings& out) const;
  RoleClaim& ClaimFor(const ClaimSource& source);
  // True where the token was made without the claims that `source` reads.
  bool IsLeftOut(const TokenClaims& claims, const ClaimSource& source) const;

  const RoleTable& table_;
  ClaimReference subject_;
  std::vector<ClaimSource> scopes_from_;
  std::vector<std::string> left_out_together_;
  std::vector<RoleClaim> role_claims_;
  std::vector<uint32_t> gives_;
  std::vector<ConditionalGrant> conditional_;
  std::vector<uint32_t> always_;  // bits that any token of the issuer gives: grants by issuer alone
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_CLAIM_MAPPING_H_
