// SPDX-License-Identifier: Apache-2.0

#include "upstream.h"

#include <algorithm>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace proxy {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

std::string NameOf(const ServerConfig& server) {
  const bool is_ipv6 = server.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
}

// A look-up that nobody may be waiting for any more when it ends.
struct Resolution {
  explicit Resolution(const asio::any_io_executor& executor)
      : resolver(executor), done(executor, Clock::time_point::max()) {}

  tcp::resolver resolver;
  asio::steady_timer done;
  std::vector<tcp::endpoint> endpoints;
};

// The addresses of a server; none where it has none, or they are not known by `limit`. The system's
// own look-up cannot be ended, only left.
asio::awaitable<std::vector<tcp::endpoint>> Resolve(const ServerConfig& server,
                                                    Clock::time_point limit) {
  error_code not_an_address;
  const asio::ip::address address = asio::ip::make_address(server.host, not_an_address);
  if (!not_an_address) co_return std::vector<tcp::endpoint>{{address, server.port}};

  auto resolution = std::make_shared<Resolution>(co_await asio::this_coro::executor);
  resolution->done.expires_at(limit);
  resolution->resolver.async_resolve(
      server.host, std::to_string(server.port),
      [resolution](const error_code& error, const tcp::resolver::results_type& results) {
        if (!error) resolution->endpoints.assign(results.begin(), results.end());
        resolution->done.expires_at(Clock::time_point::min());
      });
  error_code ignored;
  co_await resolution->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  co_return std::exchange(resolution->endpoints, {});
}

}  // namespace

UpstreamServer::UpstreamServer(const ServerConfig& server) : config(server), name(NameOf(server)) {}

asio::awaitable<std::unique_ptr<Stream>> ConnectTo(const UpstreamServer& server,
                                                   const UpstreamContext& context,
                                                   Deadlines& deadlines, Clock::time_point limit,
                                                   Problem* problem) {
  const std::string& given_name = context.config.server_name;
  const std::string& name = given_name.empty() ? server.config.host : given_name;
  std::string_view error = "connect";
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const std::vector<tcp::endpoint> endpoints = co_await Resolve(server.config, limit);
  for (const tcp::endpoint& endpoint : endpoints) {
    auto stream = std::make_unique<Stream>(tcp::socket(executor), deadlines);
    stream->set_limit(limit);
    bool is_ready = co_await stream->Connect(endpoint);
    if (is_ready && server.config.tls) {
      error = "tls";
      is_ready = co_await stream->ConnectTls(context.gate.upstream_tls(), name);
    }
    if (is_ready) co_return stream;
    if (stream->fault() == Stream::Fault::kTimeout) break;
  }
  const bool is_late = Clock::now() >= limit;
  *problem = is_late ? kUpstreamTimeout : kUpstreamUnreachable;
  context.metrics.OnUpstreamError(server.name, is_late ? "timeout" : error);
  co_return nullptr;
}

asio::awaitable<UpstreamConnection> UpstreamPool::Acquire(bool fresh, Clock::time_point limit,
                                                          Problem* problem) {
  *problem = kNoHealthyUpstream;
  const size_t first = turn_++;
  for (size_t i = 0; i < context_.servers.size(); ++i) {
    const size_t place = (first + i) % context_.servers.size();
    UpstreamServer& server = *context_.servers[place];
    if (!server.healthy.load(std::memory_order_relaxed)) continue;
    if (!fresh) {
      if (auto idle = TakeIdle(place)) co_return UpstreamConnection{std::move(idle), &server, true};
    }
    const Clock::time_point by = std::min(limit, Clock::now() + context_.config.connect_timeout);
    auto made = co_await ConnectTo(server, context_, deadlines_, by, problem);
    if (made) co_return UpstreamConnection{std::move(made), &server, false};
  }
  co_return UpstreamConnection{};
}

bool UpstreamPool::IsTrusted(const Stream& stream) const {
  return !stream.is_tls() || context_.gate.is_upstream_tls(stream.tls_context());
}

std::unique_ptr<Stream> UpstreamPool::TakeIdle(size_t server) {
  std::vector<Idle>& idle = idle_[server];
  while (!idle.empty()) {
    std::unique_ptr<Stream> stream = std::move(idle.back().stream);
    idle.pop_back();
    if (IsTrusted(*stream) && stream->IsQuiet()) return stream;
  }
  return nullptr;
}

void UpstreamPool::Return(UpstreamConnection connection) {
  if (!IsTrusted(*connection.stream)) return;
  for (size_t place = 0; place < idle_.size(); ++place) {
    if (context_.servers[place].get() != connection.server) continue;
    if (idle_[place].size() >= context_.config.idle_connections) return;
    connection.stream->set_limit(Clock::time_point::max());
    idle_[place].push_back({std::move(connection.stream), Clock::now()});
    return;
  }
}

void UpstreamPool::CloseStale(Clock::time_point now) {
  for (std::vector<Idle>& idle : idle_) {
    const auto fresh = std::find_if(idle.begin(), idle.end(), [&](const Idle& one) {
      return now - one.since < context_.config.idle_timeout;
    });
    idle.erase(idle.begin(), fresh);
  }
}

}  // namespace proxy
