// SPDX-License-Identifier: Apache-2.0
//
// What /metrics tells (Prometheus text format), counted where it happens.

#ifndef PROXY_METRICS_H_
#define PROXY_METRICS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "doorward/reason.h"

namespace proxy {

// Thread-safety: all methods from any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void OnDecision(bool allowed, doorward::Reason reason, std::chrono::nanoseconds time);
  // `status`: what the client was answered; 0: nothing.
  void OnExchange(int status, std::chrono::nanoseconds total_time);
  // From the first byte sent to the upstream to the head of its answer.
  void OnUpstream(std::string_view server, int status, std::chrono::nanoseconds time);
  // `what`: "connect", "timeout", "closed", "protocol", "tls".
  void OnUpstreamError(std::string_view server, std::string_view what);
  void OnServerHealth(std::string_view server, bool healthy);
  void OnConnections(int64_t change);  // +1 where a client came, -1 where it went
  // `what`: "policy", "keys", "certificates".
  void OnReload(std::string_view what, bool succeeded);

  // Adds figures that are asked for when the page is made; must outlive no call to Text().
  // (policy revision, age of keys, audit lines dropped, token cache)

  // The page of /metrics.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace proxy

#endif  // PROXY_METRICS_H_
