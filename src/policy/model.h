// SPDX-License-Identifier: Apache-2.0
//
// A policy that was checked: every name resolved, every value in range, nothing compiled yet. What
// CheckDocument makes of a document and CompileProgram makes a program of.

#ifndef DOORWARD_POLICY_MODEL_H_
#define DOORWARD_POLICY_MODEL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/policy.h"

#include "src/base/source.h"
#include "src/http/http.h"

namespace doorward {

namespace cel {
class Program;
}
// Compiled when it is read; the model and the program that is made of it share it. Null: none.
using Expression = std::shared_ptr<const cel::Program>;

// A reference to a claim: a top-level name taken literally, or a JSON Pointer (it begins with "/").
struct ClaimReference {
  std::string text;
  bool is_pointer() const { return text.starts_with('/'); }
};

// An entry of roles_from or scopes_from, or the claim of a grant: how strings are read out of a
// claim.
struct ClaimSource {
  ClaimReference claim;
  bool split_spaces = false;  // asked for, or by the names `scope` and `scp`
};

// A value of `require`: see RequiredClaim in the jose floor, which policy does not know.
struct RequireEntry {
  enum class Kind : uint8_t { kAny, kString, kNumber, kBool, kNull };
  std::string name;
  Kind kind = Kind::kAny;
  std::string text;  // kString; of a YAML scalar also beside kNumber and kBool
  double number = 0;
  bool boolean = false;
  bool or_text = false;      // a YAML scalar: a string of its text matches as well
  bool is_profiles = false;  // the profile demands it, not the entry
  std::string beside;        // where it is not "": demanded of tokens alone that have this claim
};

struct IssuerProfile;

struct IssuerModel {
  Span at;
  std::vector<std::string> spellings;                  // the first is the issuer's name
  std::vector<std::string> audiences;                  // empty: any
  std::optional<std::vector<std::string>> algorithms;  // known names; unset: asymmetric
  IssuerKeys::Source key_source = IssuerKeys::Source::kDiscovery;
  std::string key_location;        // jwks_uri, jwks_file
  std::string inline_jwks;         // JSON text
  SourceRange key_location_range;  // as in IssuerKeys
  ClaimReference subject{"sub"};
  std::vector<ClaimSource> roles_from;         // default: roles
  std::vector<ClaimSource> scopes_from;        // default: scope, scp
  std::optional<std::vector<uint32_t>> roles;  // that it may confer, as role indices; unset: all
  std::vector<RequireEntry> require;
  Expression accept;
  std::optional<std::string> token_type;
  std::chrono::seconds leeway{60};
  std::optional<std::chrono::seconds> max_age;
  bool require_expiry = true;
  bool refuse_confirmation = true;
  std::vector<std::string> tenants;  // lower case

  // What only a profile sets; see TokenRules in the jose floor for what is named like there.
  const IssuerProfile* profile = nullptr;  // a row of a table that is constant
  Span profile_at;                         // of the member's value
  std::string audience_claim = "aud";
  std::vector<std::string> marks;
  bool is_load_balancer = false;
  std::vector<std::string> signers;
  bool keys_name_issuers = false;
  // Top-level claims: a token that has none of them was made without them, and they are incomplete.
  std::vector<std::string> left_out_together;
};

struct GrantModel {
  std::optional<ClaimSource> claim;
  std::vector<std::string> values;
  std::optional<uint32_t> issuer;  // index; unset: any
  Expression when;
};

struct RoleModel {
  Span at;
  std::string name;
  std::string description;
  std::vector<uint32_t> inherits;  // role indices; free of cycles
  std::vector<GrantModel> granted_to;
};

// The pattern of one segment.
struct SegmentPattern {
  enum class Kind : uint8_t {
    kLiteral,  // `text`
    kAny,      // * or {name}
    kGlob,     // `parts` with any run of octets between each two of them; the first and last may be
               // empty
    kRegex,    // {name:regex}; `text` is the regex as written, which RE2 compiles with its default
               // options; without case where the policy folds
    kTail,     // ** or {name=**}
  };
  Kind kind = Kind::kLiteral;
  std::string text;                // decoded octets; folded where the policy folds case
  std::vector<std::string> parts;  // likewise
  std::string capture;             // "" for none
};

// One endpoint, by one host and one path.
struct EndpointModel {
  Span at;  // the endpoint in the policy's text
  std::vector<std::string>
      methods;  // empty: any. GET is listed alone; that it covers HEAD is the compiler's business
  std::string host;                  // canonical; "*.example.com" for a wildcard; "" for any
  bool is_asterisk = false;          // OPTIONS *
  std::vector<SegmentPattern> path;  // at most one kTail
  std::string text;                  // as the policy spells it
};

struct RuleModel {
  Span at;
  std::string id;
  std::string description;
  bool deny = false;
  bool report_only = false;
  bool ignore_token = false;
  bool everyone = false;  // named in allow or deny
  bool authenticated = false;
  std::vector<uint32_t> roles;  // named besides, as indices
  std::vector<std::string> scopes;
  Expression when, unless;
  std::vector<EndpointModel> endpoints;
};

struct TokenPlace {
  enum class Kind : uint8_t { kHeader, kCookie };
  Kind kind = Kind::kHeader;
  std::string name;    // as the policy spells it
  std::string scheme;  // of a header; "" for none: the whole value is the token
};

enum class TokenForward : uint8_t { kAuto, kAlways, kNever };

struct ForwardHeaderModel {
  Span at;
  std::string name;
  Expression value;
  bool required = false;
};

struct PolicyModel {
  std::string revision;
  std::vector<std::string> hosts;  // canonical, wildcards too; empty: any
  std::vector<IssuerModel> issuers;
  std::vector<RoleModel> roles;  // in the order of declaration
  std::vector<RuleModel> rules;  // in the order of the file
  RequestRules request;
  bool cors_preflight_pass = false;
  std::vector<TokenPlace> token_from{{TokenPlace::Kind::kHeader, "Authorization", "Bearer"}};
  TokenForward token_forward = TokenForward::kAuto;
  std::vector<ForwardHeaderModel> forward_headers;
  std::vector<std::string> strip;  // names; one "*" at the end stands for any run
};

}  // namespace doorward

#endif  // DOORWARD_POLICY_MODEL_H_
