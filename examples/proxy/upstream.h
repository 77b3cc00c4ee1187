// SPDX-License-Identifier: Apache-2.0
//
// Connections to the servers of the upstream: made, verified, kept for reuse, taken in turn.

#ifndef PROXY_UPSTREAM_H_
#define PROXY_UPSTREAM_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config.h"
#include "gate.h"
#include "head_check.h"
#include "metrics.h"
#include "stream.h"

namespace proxy {

inline constexpr Problem kNoHealthyUpstream{503, "no_healthy_upstream",
                                            "no server of the service is healthy"};
inline constexpr Problem kUpstreamUnreachable{502, "upstream_unreachable",
                                              "the service could not be reached"};
inline constexpr Problem kUpstreamProtocol{502, "upstream_protocol",
                                           "the service gave no answer that can be passed on"};
inline constexpr Problem kUpstreamTimeout{504, "upstream_timeout",
                                          "the service did not answer in time"};

// A server of the upstream, as all workers share it.
struct UpstreamServer {
  explicit UpstreamServer(const ServerConfig& server);

  ServerConfig config;
  std::string name;  // "host:port"
  std::atomic<bool> healthy{true};
};

// What it takes to reach a server.
struct UpstreamContext {
  const UpstreamConfig& config;
  const Gate& gate;
  Metrics& metrics;
  std::vector<std::unique_ptr<UpstreamServer>> servers;
};

// Connects to a server by `limit`, and verifies it where it speaks TLS. Null where it failed:
// `*problem` says how, and it is counted.
asio::awaitable<std::unique_ptr<Stream>> ConnectTo(const UpstreamServer& server,
                                                   const UpstreamContext& context,
                                                   Deadlines& deadlines, Clock::time_point limit,
                                                   Problem* problem);

// A connection for one exchange.
struct UpstreamConnection {
  std::unique_ptr<Stream> stream;
  UpstreamServer* server = nullptr;
  bool reused = false;
};

// The idle connections of one worker.
class UpstreamPool {
 public:
  UpstreamPool(const UpstreamContext& context, Deadlines& deadlines)
      : context_(context), deadlines_(deadlines), idle_(context.servers.size()) {}

  // Takes an idle connection, unless it must be `fresh`, or makes one, to the next server that is
  // healthy and can be reached. Without a stream where there is none: see `*problem`.
  asio::awaitable<UpstreamConnection> Acquire(bool fresh, Clock::time_point limit,
                                              Problem* problem);
  // Keeps it for reuse, unless it was verified by former authorities. Everything that was asked for
  // on it has come, and nothing else.
  void Return(UpstreamConnection connection);
  // Closes what has been idle for too long.
  void CloseStale(Clock::time_point now);
  void Clear() { idle_.clear(); }

 private:
  struct Idle {
    std::unique_ptr<Stream> stream;
    Clock::time_point since;
  };

  // False for one that was verified by authorities that are not in force any more.
  bool IsTrusted(const Stream& stream) const;
  std::unique_ptr<Stream> TakeIdle(size_t server);

  const UpstreamContext& context_;
  Deadlines& deadlines_;
  std::vector<std::vector<Idle>> idle_;  // by server; the last was used last
  size_t turn_ = 0;
};

}  // namespace proxy

#endif  // PROXY_UPSTREAM_H_
