// SPDX-License-Identifier: Apache-2.0
//
// What /metrics tells (Prometheus text format), counted where it happens.

#ifndef PROXY_METRICS_H_
#define PROXY_METRICS_H_

#include <chrono>
#include <cstdint>
#include <functional>
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

  void OnDecision(doorward::Reason reason, std::chrono::nanoseconds time);
  // `status`: what the client was answered; 0: nothing.
  void OnExchange(int status, std::chrono::nanoseconds total_time);
  // `time`: from the first byte sent to the upstream to the head of its answer.
  void OnUpstream(std::string_view server, int status, std::chrono::nanoseconds time);
  // `what`: "connect", "timeout", "closed", "protocol", "tls".
  void OnUpstreamError(std::string_view server, std::string_view what);
  void OnServerHealth(std::string_view server, bool healthy);
  void OnConnections(int64_t change);  // +1 where a client came, -1 where it went
  // `what`: "policy", "keys", "certificates".
  void OnReload(std::string_view what, bool succeeded);
  // Whether all files of the kind are in force as they are now.
  void OnOrder(std::string_view what, bool in_order);
  void OnPolicy(std::string_view revision, size_t rules);
  // The keys of an issuer were put in force just now; it is not the policy's any more.
  void OnKeys(std::string_view issuer);
  void OnKeysGone(std::string_view issuer);

  // Adds a figure that is asked for when the page is made; `read` must be fit to be called until
  // the last call of Text().
  enum class Kind : uint8_t { kCounter, kGauge };
  void AddFigure(Kind kind, std::string name, std::string help, std::function<double()> read);

  // The page of /metrics.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace proxy

#endif  // PROXY_METRICS_H_
