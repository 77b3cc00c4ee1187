// SPDX-License-Identifier: Apache-2.0
//
// A policy, callers and requests as their author means them: what generators make, what the
// reference decides on, and what is written as text for the library. Nothing of the library is
// used.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_WORLD_H_
#define DOORWARD_TESTS_DIFFERENTIAL_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/differential/condition.h"
#include "tests/differential/json_value.h"

namespace doorward::reference {

struct Segment {
  enum class Kind : uint8_t { kLiteral, kAny, kGlob, kRegex, kTail };
  Kind kind = Kind::kLiteral;
  std::string text = {};     // the literal's octets, the glob, the regular expression
  std::string capture = {};  // "" for none
  bool escaped = false;      // a literal's first octet, and those beyond ASCII, are written as %XX
};
using Pattern = std::vector<Segment>;

// All combinations of methods, hosts and paths.
struct Endpoint {
  std::vector<std::string> methods = {};  // empty: any
  std::vector<std::string> hosts = {};    // empty: any
  std::vector<Pattern> paths = {};
  bool asterisk = false;  // OPTIONS *, and nothing of the above
};

struct Rule {
  std::string id = {};
  bool deny = false;
  bool report_only = false;
  bool ignores_token = false;
  std::vector<std::string> roles = {};  // reserved names too
  std::vector<std::string> scopes = {};
  std::optional<Condition> when = {}, unless = {};
  std::vector<Endpoint> endpoints = {};
};

struct ClaimSource {
  std::string claim = {};  // a name, or a JSON Pointer
  bool split = false;
};

struct Grant {
  std::string issuer = {};               // "": any
  std::string claim = {};                // "": none is asked for
  std::vector<std::string> values = {};  // of the claim
  std::optional<Condition> when = {};
};

struct Role {
  std::string name = {};
  std::vector<std::string> inherits = {};
  std::vector<Grant> granted_to = {};
};

struct Issuer {
  std::string name = {};
  std::vector<ClaimSource> roles_from = {}, scopes_from = {};
  std::string subject = "sub";
  std::optional<std::vector<std::string>> confers = {};  // none: all roles
};

struct ForwardHeader {
  std::string name = {};
  std::string variable = {};  // the value
  bool required = false;
};

struct World {
  bool folds_case = false;
  bool preflight_passes = false;
  std::vector<std::string> hosts = {};  // empty: any
  std::vector<Issuer> issuers = {};
  std::vector<Role> roles = {};  // in the order of declaration
  std::vector<Rule> rules = {};
  std::vector<ForwardHeader> forward = {};
};

struct Caller {
  enum class Kind : uint8_t {
    kAnonymous,
    kRoles,
    kClaims,
    kMalformedToken,
    kTokenWithoutKeys,  // of the first issuer, none of whose keys was ever handed in
    kTwoTokens,
  };
  Kind kind = Kind::kAnonymous;
  std::vector<std::string> roles = {};
  size_t issuer = 0;
  Json claims = {};
};

struct Request {
  std::string method = "GET";
  std::optional<std::string> host = {};
  std::vector<std::string> path = {};  // decoded segments
  bool asterisk = false;               // the target "*"
  bool trailing_slash = false;
  bool escaped = false;                  // each segment's first octet is sent as %XX
  bool odd_host = false;                 // sent in upper case, with a point and a port
  std::vector<std::string> query = {};   // values of "q"
  std::optional<std::string> flag = {};  // the field X-Flag
  std::optional<std::string> source_ip = {};
  std::optional<std::string> asks_for = {};  // Access-Control-Request-Method, with an Origin
  bool spoofs = false;  // comes with X_User and X-Rewrite-URL, as if it were the proxy
  int64_t time = kTurningPoint;
};

// The policy's text.
std::string ToJson(const World& world);
// One endpoint as a string; REQUIRES: at most one host, and one path.
std::string ToText(const Endpoint& endpoint);

// A segment as it stands in a canonical path.
std::string Encoded(const std::string& segment);
// The request's target as a client sends it, and its canonical path.
std::string TargetOf(const Request& request);
std::string PathOf(const Request& request);

// For messages.
std::string Describe(const Caller& caller);
std::string Describe(const Request& request);

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_WORLD_H_
