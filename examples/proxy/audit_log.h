// SPDX-License-Identifier: Apache-2.0
//
// The audit log: JSON lines, one for each decision and one at the end of each exchange, written by
// a thread of its own, so that a full disk or a slow reader holds up nothing unless the
// configuration asks for that.

#ifndef PROXY_AUDIT_LOG_H_
#define PROXY_AUDIT_LOG_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "doorward/decision.h"

#include "config.h"
#include "metrics.h"

namespace proxy {

// What a decision's line says besides the decision. Views are read during the call only.
struct DecisionContext {
  std::chrono::system_clock::time_point time = {};
  std::string_view request_id = {};
  std::string_view method = {};  // as received
  std::string_view host = {};    // as received
  std::string_view source_ip = {};
  std::chrono::nanoseconds decision_time{0};
};

// What the line at the end of an exchange says.
struct ExchangeRecord {
  std::chrono::system_clock::time_point time = {};
  std::string_view request_id = {};
  std::string_view upstream = {};  // "host:port"; "" where none was reached
  int upstream_status = 0;         // 0: none came
  int status = 0;                  // what the client was answered; 0: nothing
  std::string_view error = {};     // "" or what went wrong, in a word: "upstream_timeout"
  uint64_t bytes_received = 0;     // of the request's body
  uint64_t bytes_sent = 0;         // of the response's body
  std::chrono::nanoseconds total_time{0};
};

// Thread-safety: all methods from any thread.
class AuditLog {
 public:
  // Opens the file, and adds the log's figures to `metrics`. Throws std::system_error where the
  // file cannot be opened.
  AuditLog(const AuditConfig& config, Metrics& metrics);
  // Writes what is queued, and stops. A file or reader that takes nothing any more is given up
  // after two seconds, with what is queued for it.
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // Queues a line. Where the queue is full: drops and counts it, or waits (AuditConfig::when_full).
  void Write(const DecisionContext& context, const doorward::Decision& decision);
  void Write(const ExchangeRecord& record);

  // Opens the file anew, as after a rotation. Returns why it could not: the former stays in use.
  std::error_code Reopen();

  // From now on no line waits for room, nor does one that waits already: for the end of the
  // program.
  void StopWaiting();

  // Why no request can be decided: requests wait for the log, and it takes no lines. "" where it
  // holds up nothing.
  std::string stuck_cause() const;

  uint64_t lines_dropped() const noexcept;
  uint64_t write_errors() const noexcept;

 private:
  void Queue(std::string_view line);

  struct State;  // shared with the writer's thread, which may outlive the log where it hangs
  std::shared_ptr<State> state_;
};

}  // namespace proxy

#endif  // PROXY_AUDIT_LOG_H_
