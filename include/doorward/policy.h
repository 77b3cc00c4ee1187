// SPDX-License-Identifier: Apache-2.0
//
// A policy: who may call what, compiled from a YAML or JSON text into a matcher.
//
//   doorward::LoadOutcome loaded = doorward::Policy::Load(text, "policy.yaml");
//   for (const doorward::Diagnostic& d : loaded.diagnostics) std::cerr << d << "\n";
//   if (!loaded.policy) return 2;

#ifndef DOORWARD_POLICY_H_
#define DOORWARD_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/decision.h"
#include "doorward/diagnostic.h"
#include "doorward/explanation.h"
#include "doorward/export.h"
#include "doorward/request.h"
#include "doorward/scratch.h"
#include "doorward/timestamp.h"

namespace doorward {

// How the text of a policy is read.
enum class PolicyFormat : uint8_t {
  kByName,  // JSON where the name ends in ".json" (any case), else YAML
  kYaml,
  kJson,
};

// Where the keys of an issuer come from, for a host that fetches them and calls
// Authorizer::SetKeys.
struct IssuerKeys {
  enum class Source : uint8_t { kDiscovery, kJwksUri, kJwksFile, kInline };
  std::string_view issuer;                      // the first spelling; what SetKeys is called with
  std::span<const std::string_view> spellings;  // all of them
  Source source = Source::kDiscovery;
  // The URL or path as the policy has it; for inline keys the key set itself, as JSON; "" for
  // discovery.
  std::string_view location;
  // Where `location` stands in the policy's text, or the name of the member for inline keys and
  // discovery, or the `profile` that fills them in: what a tool points at that cannot read a file,
  // say.
  SourceRange location_range = {};
  // The algorithms that the policy lists. Empty: it lists none, and the asymmetric ones serve.
  std::span<const std::string> algorithms = {};
};

class Caller;
struct LoadOutcome;
struct PolicyProgram;  // internal

// Thread-safety: immutable; share freely, from one Authorizer to the next too.
class DOORWARD_EXPORT Policy {
 public:
  // Reads, checks and compiles `text`. `name` is the file name of the diagnostics. Nothing is
  // fetched and no file is read: keys by file or URL are the host's to hand in. The text is not
  // kept. Errors: every mistake of the text is reported in one call, in the order of the text.
  static LoadOutcome Load(std::string_view text, std::string_view name,
                          PolicyFormat format = PolicyFormat::kByName);

  ~Policy();
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  // A hash of the text (SHA-256, the first 16 hexadecimal digits): equal texts, equal revisions.
  std::string_view revision() const noexcept;
  size_t rule_count() const noexcept;
  size_t endpoint_count() const noexcept;
  size_t role_count() const noexcept;

  size_t issuer_count() const noexcept;
  // Views are valid as long as the policy is.
  IssuerKeys issuer_keys(size_t index) const noexcept;

  // Makes a caller who is known by other means than a token, ready to be decided for.
  // `CallerWithRoles` is an authenticated caller who holds just these roles directly, and what they
  // inherit; undeclared names are ignored. `CallerWithClaims` reads `claims` (a JSON object) by the
  // mapping of `issuer`, or of the first issuer, as if they had been verified. Null, with `error`
  // set to what is wrong, where the claims are no strict JSON object or the policy lacks that
  // issuer.
  Caller AnonymousCaller() const;
  Caller CallerWithRoles(std::span<const std::string_view> roles) const;
  std::optional<Caller> CallerWithClaims(std::string_view claims_json,
                                         std::optional<std::string_view> issuer,
                                         std::string* error) const;

  // Decides whether `request` may pass. Tokens in the headers are not looked at, but for removing
  // them. `caller` must have been made by this policy; one of another policy is denied (kInternal).
  // Cost: linear in the path, independent of the number of rules; no allocation once the scratch is
  // warm.
  Decision Decide(const Caller& caller DOORWARD_LIFETIME_BOUND, const Request& request,
                  Timestamp now, Scratch& scratch DOORWARD_LIFETIME_BOUND) const noexcept;

  // Decides, and tells why. Slow; for people.
  Explanation Explain(const Caller& caller, const Request& request, Timestamp now,
                      Scratch& scratch) const;

  // For the library's own use.
  const PolicyProgram& program() const noexcept { return *program_; }
  explicit Policy(std::unique_ptr<const PolicyProgram> program);

 private:
  std::unique_ptr<const PolicyProgram> program_;
};

struct [[nodiscard]] LoadOutcome {
  std::shared_ptr<const Policy>
      policy;  // null if and only if there is an error among the diagnostics
  std::vector<Diagnostic> diagnostics;  // errors and warnings, in the order of the text
};

struct CallerData;  // internal

// Who calls, with roles and scopes resolved against one policy.
// Thread-safety: immutable; may be decided for from many threads, each with its own scratch.
class DOORWARD_EXPORT Caller {
 public:
  ~Caller();
  Caller(Caller&&) noexcept;
  Caller& operator=(Caller&&) noexcept;

  // For the library's own use.
  const CallerData& data() const noexcept { return *data_; }
  explicit Caller(std::unique_ptr<const CallerData> data);

 private:
  std::unique_ptr<const CallerData> data_;
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_H_
