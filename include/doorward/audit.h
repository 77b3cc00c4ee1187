// SPDX-License-Identifier: Apache-2.0
//
// A record of each decision, handed to a sink that the host supplies.

#ifndef DOORWARD_AUDIT_H_
#define DOORWARD_AUDIT_H_

#include <optional>
#include <span>
#include <string_view>

#include "doorward/export.h"
#include "doorward/reason.h"
#include "doorward/timestamp.h"

namespace doorward {

// Lifetime: all views are valid during the call that hands the event over, and no longer. An event
// never holds a token or a secret; text that the client chose (method, host, path) is as received
// where it was refused before it could be normalised, so that a sink must escape it.
struct AuditEvent {
  Timestamp time;
  std::string_view policy_revision;
  bool allowed = false;
  Reason reason = Reason::kInternal;
  int http_status = 500;
  std::string_view rule_id;  // "" for none
  std::span<const std::string_view>
      report;               // rules with `mode: report` that would have decided otherwise
  std::string_view issuer;  // "" without a verified token
  std::string_view subject;
  std::string_view method;
  std::optional<std::string_view> host;
  std::string_view path;  // canonical; "" where refused before
  std::optional<std::string_view> source_ip;
};

// Receives an event for each decision, on the thread that decided and before Authorize returns:
// what it costs, a request pays. Called from many threads at once.
class DOORWARD_EXPORT AuditSink {
 public:
  virtual ~AuditSink();
  virtual void OnDecision(const AuditEvent& event) noexcept = 0;
};

}  // namespace doorward

#endif  // DOORWARD_AUDIT_H_
