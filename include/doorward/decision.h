// SPDX-License-Identifier: Apache-2.0
//
// The answer to one request: may it pass, as whom, by which rule, and what the upstream is told.
//
//   if (!d.allowed()) return Respond(d.http_status(), d.www_authenticate());
//   Forward(d.path(), d.headers_to_remove(), d.headers_to_set());     // remove first, then set

#ifndef DOORWARD_DECISION_H_
#define DOORWARD_DECISION_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/claims.h"
#include "doorward/export.h"
#include "doorward/reason.h"
#include "doorward/request.h"

namespace doorward {

struct DecisionData;  // internal

// Trivially copyable. There is no conversion to bool: ask `allowed()`.
//
// Lifetime: every view, of the decision too, is valid until the scratch is used again; some point
// into the request.
class [[nodiscard]] DOORWARD_EXPORT Decision {
 public:
  bool allowed() const noexcept { return reason_ == Reason::kAllowed; }
  Reason reason() const noexcept { return reason_; }
  // 200 where allowed; else what to answer: 400, 401, 403, 421, 500 or 503.
  int http_status() const noexcept { return ReasonHttpStatus(reason_); }

  // The id of the rule that decided: the first in the file among those that did. "" for none.
  std::string_view rule_id() const noexcept;
  // Ids of the rules with `mode: report` that would have turned this decision round.
  std::span<const std::string_view> report() const noexcept;

  // The request as it was decided: canonical, and to be forwarded so. "" where the request was
  // refused before.
  std::string_view method() const noexcept;
  std::string_view host() const noexcept;
  std::string_view path() const noexcept;
  bool has_path() const noexcept;

  // Who called. "" and empty without a verified token.
  std::string_view subject() const noexcept;
  std::string_view issuer() const noexcept;
  JsonView claims() const noexcept;
  // Roles held, inherited ones included, in the order of their declaration. Allocates.
  std::vector<std::string_view> roles() const;

  // Fields of the client's request that must not reach the upstream, each as the client spelled it.
  // Remove them before setting `headers_to_set()`, which may hold the same names.
  std::span<const std::string_view> headers_to_remove() const noexcept;
  std::span<const Header> headers_to_set() const noexcept;

  // The value of the WWW-Authenticate field that belongs to the status (RFC 6750 section 3). "" for
  // none.
  std::string_view www_authenticate() const noexcept;

  // The revision of the policy that decided: a hash of its text, in hexadecimal. "" without a
  // policy.
  std::string_view policy_revision() const noexcept;

  // One sentence for people: why. Never holds a token. Allocates.
  std::string Explain() const;

  // For the library's own use.
  Decision(Reason reason, const DecisionData* data) noexcept : reason_(reason), data_(data) {}

 private:
  Reason reason_;
  const DecisionData* data_;
};

}  // namespace doorward

#endif  // DOORWARD_DECISION_H_
