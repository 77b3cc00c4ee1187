// SPDX-License-Identifier: Apache-2.0
//
// The second third of loading: what a document says becomes a model, or is reported. Each section
// of a policy has its function; names that other sections refer to are declared before those are
// read.

#ifndef DOORWARD_POLICY_CHECK_H_
#define DOORWARD_POLICY_CHECK_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "src/policy/document.h"
#include "src/policy/fields.h"
#include "src/policy/model.h"

namespace doorward {

using NameIndex =
    absl::flat_hash_map<std::string_view, uint32_t, std::hash<std::string_view>, std::equal_to<>>;

// Names that were declared, by their place in the model.
struct DeclaredNames {
  NameIndex index;
  std::vector<std::string_view> names;  // for suggestions
  std::vector<Span> spans;              // of issuers: where each of `names` stands
  bool complete = true;  // false where a broken section hides some: then unknown ones are no news
};

// What the sections share while one document is checked. Names are views into the document.
struct PolicyCheck {
  Fields& fields;
  PolicyModel& model;
  DeclaredNames roles = {};
  DeclaredNames issuers = {};  // by every spelling
};

inline constexpr std::string_view kEveryone = "everyone";
inline constexpr std::string_view kAuthenticated = "authenticated";

// Check a whole document.
void CheckDocument(const Document& document, DiagnosticList& diagnostics, PolicyModel& model);

// The sections, in the order in which they must be read.
void CheckRequest(PolicyCheck& check, const DocumentValue& section);
void CheckHosts(PolicyCheck& check, const DocumentValue& section);
void DeclareRoles(PolicyCheck& check, const DocumentValue& section);
void CheckIssuers(PolicyCheck& check, const DocumentValue& section);
void CheckRoles(PolicyCheck& check, const DocumentValue& section);
void CheckRules(PolicyCheck& check, const DocumentValue& section);
void CheckToken(PolicyCheck& check, const DocumentValue& section);
void CheckForward(PolicyCheck& check, const DocumentValue& section);
// Warns of what is right in itself and yet says nothing. `rules`: where the section stands.
void CheckUsage(PolicyCheck& check, Span rules);
// Warns of issuers that vouch for anyone, where nothing in the policy narrows whom it lets in.
void CheckOpenIssuers(PolicyCheck& check);
// Warns of issuers whose tokens come in a header that the policy does not look at.
void CheckTokenHeaders(PolicyCheck& check);

// `keys` of an issuer; `name_at`: where that word stands. Sets key_source, key_location,
// inline_jwks.
void CheckIssuerKeys(PolicyCheck& check, Span name_at, const DocumentValue& value,
                     IssuerModel& issuer);

// Reports an issuer that no token of its provider has, and tells the one that was meant. False
// then.
bool CheckIssuerForm(Fields& fields, const DocumentValue& spelling, const IssuerProfile& profile);

// Finds the role that `value` names; `what`: "`inherits` of a role". Reserved names are errors
// here.
std::optional<uint32_t> FindRole(PolicyCheck& check, const DocumentValue& value,
                                 std::string_view what);
// Whether `everyone` and `authenticated` may have been meant by a name.
enum class ReservedNames : uint8_t { kFit, kDoNotFit };
// Looks up a declared role, and reports an unknown one.
std::optional<uint32_t> FindDeclaredRole(PolicyCheck& check, const DocumentValue& value,
                                         ReservedNames reserved);

// A claim by its name or JSON Pointer.
std::optional<ClaimReference> ReadClaimReference(Fields& fields, const DocumentValue& value,
                                                 std::string_view what);
// True where `claim` is split at spaces without being asked to be.
bool IsSplitByName(const ClaimReference& claim);

}  // namespace doorward

#endif  // DOORWARD_POLICY_CHECK_H_
