// SPDX-License-Identifier: Apache-2.0
//
// The authorizer together with the files that it lives on: policy, keys, certificates. Each is read
// at the start and again when it changes; one that is broken is reported, and what was read before
// stays in force.

#ifndef PROXY_GATE_H_
#define PROXY_GATE_H_

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ssl/context.hpp>

#include "doorward/authorizer.h"

#include "config.h"
#include "metrics.h"

namespace proxy {

// Thread-safety: all methods from any thread; Reload by one thread at a time.
class Gate {
 public:
  // Reads everything. What is wrong is appended to `errors`, in lines for people; with any the gate
  // must not be used.
  Gate(const Config& config, Metrics& metrics, std::vector<std::string>& errors);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // What there is to say of the start besides errors, in lines for people: warnings, and what was
  // put in force.
  const std::vector<std::string>& messages() const noexcept;

  const doorward::Authorizer& authorizer() const noexcept;

  // The TLS context of a listener (its place in the configuration) for connections that begin now;
  // null for a plain one. A connection holds on to what it began with.
  std::shared_ptr<boost::asio::ssl::context> tls(size_t listener) const;
  // Likewise towards the upstream: its certificate authorities; peers are verified, host names by
  // who connects. Null where no server is reached over TLS.
  std::shared_ptr<boost::asio::ssl::context> upstream_tls() const;
  // True for what upstream_tls() returns now. Takes no lock.
  bool is_upstream_tls(const boost::asio::ssl::context* context) const noexcept;

  // Reads again what has changed since it was last read (by content), or all of it where `all`.
  // Returns what there is to say, in lines for people: diagnostics, and what was put in force.
  std::vector<std::string> Reload(bool all);

  // True once a policy is in force and each of its issuers has keys: what /readyz asks.
  bool ready() const { return unready_cause().empty(); }
  // Why not, in a line for people; "" where it is ready.
  std::string unready_cause() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace proxy

#endif  // PROXY_GATE_H_
