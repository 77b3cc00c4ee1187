// SPDX-License-Identifier: Apache-2.0
//
// The admin listener, for probes and Prometheus: /healthz (200 while the process runs), /readyz
// (200 where requests can be decided, else 503 with the cause) and /metrics. Plain HTTP, on a
// thread of its own; it tells no secrets, but belongs on an address that clients cannot reach.

#ifndef PROXY_ADMIN_H_
#define PROXY_ADMIN_H_

#include <cstdint>
#include <memory>

#include "audit_log.h"
#include "config.h"
#include "gate.h"
#include "metrics.h"

namespace proxy {

// Thread-safety: all methods from any thread.
class Admin {
 public:
  // Listens and begins to answer. Throws boost::system::system_error where it cannot listen.
  Admin(const Endpoint& address, const Gate& gate, const AuditLog& audit, const Metrics& metrics);
  // Stops at once.
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  // The port that is listened at, where the configuration left it to the system too.
  uint16_t port() const;

  // From now on /readyz answers 503: the proxy is about to end.
  void SetDraining();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace proxy

#endif  // PROXY_ADMIN_H_
