// SPDX-License-Identifier: Apache-2.0

#include "server.h"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "connection.h"
#include "health.h"

namespace proxy {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// Where descriptors have run out, waiting is all that helps.
constexpr std::chrono::milliseconds kAcceptPause(100);

UpstreamContext MakeUpstream(const UpstreamConfig& config, const Gate& gate, Metrics& metrics) {
  UpstreamContext upstream{config, gate, metrics, {}};
  for (const ServerConfig& server : config.servers) {
    upstream.servers.push_back(std::make_unique<UpstreamServer>(server));
  }
  return upstream;
}

}  // namespace

Server::Server(const Config& config, const Gate& gate, AuditLog& audit, Metrics& metrics)
    : shared_{config, gate, audit, metrics, MakeUpstream(config.upstream, gate, metrics)} {
  const size_t threads =
      config.threads != 0 ? config.threads : std::max(1u, std::thread::hardware_concurrency());
  for (size_t i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>(shared_));
  for (const ListenerConfig& listener : config.listeners) {
    try {
      Listen(listener, listeners_.size() % threads);
    } catch (const boost::system::system_error& error) {
      throw boost::system::system_error(
          error.code(), listener.address.host + ":" + std::to_string(listener.address.port));
    }
  }
}

Server::~Server() { Stop(); }

void Server::Stop() {
  for (const auto& worker : workers_) worker->context.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Server::Listen(const ListenerConfig& listener, size_t worker) {
  auto acceptor = std::make_unique<tcp::acceptor>(workers_[worker]->context);
  tcp::resolver resolver(workers_[worker]->context);
  const tcp::endpoint endpoint =
      resolver.resolve(listener.address.host, std::to_string(listener.address.port))
          .begin()
          ->endpoint();
  acceptor->open(endpoint.protocol());
  acceptor->set_option(tcp::acceptor::reuse_address(true));
  acceptor->bind(endpoint);
  acceptor->listen();
  listeners_.push_back({worker, std::move(acceptor)});
}

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> addresses;
  for (const Listener& listener : listeners_) {
    std::ostringstream text;
    text << listener.acceptor->local_endpoint();
    addresses.push_back(text.str());
  }
  return addresses;
}

void Server::Start(std::function<void()> on_end) {
  on_end_ = std::move(on_end);
  for (size_t i = 0; i < listeners_.size(); ++i) {
    asio::co_spawn(workers_[listeners_[i].worker]->context, Accept(i), asio::detached);
  }
  Worker& first = *workers_.front();
  for (const auto& server : shared_.upstream.servers) {
    if (!shared_.config.upstream.health) break;
    asio::co_spawn(
        first.context,
        WatchHealth(*server, shared_.upstream, *shared_.config.upstream.health, first.deadlines),
        asio::detached);
  }
  running_ = workers_.size();
  for (const auto& worker : workers_) {
    asio::co_spawn(worker->context, worker->Watch(), asio::detached);
    threads_.emplace_back([this, &worker = *worker] { RunWorker(worker); });
  }
}

void Server::RunWorker(Worker& worker) {
  worker.context.run();
  if (--running_ == 0) on_end_();
}

asio::awaitable<void> Server::Accept(size_t listener) {
  tcp::acceptor& acceptor = *listeners_[listener].acceptor;
  asio::steady_timer pause(acceptor.get_executor());
  while (acceptor.is_open()) {
    Worker& worker = *workers_[turn_++ % workers_.size()];
    error_code error;
    tcp::endpoint peer;  // asked for now: once a client has reset its connection, nobody knows it
    tcp::socket socket = co_await acceptor.async_accept(
        worker.context, peer, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::use_awaitable);
    } else if (++shared_.connections > shared_.config.limits.connections || shared_.draining) {
      --shared_.connections;  // and with its socket the connection ends
    } else {
      asio::co_spawn(worker.context,
                     ServeConnection(worker, std::move(socket), peer.address(), listener),
                     asio::detached);
    }
  }
}

void Server::Drain() {
  shared_.draining = true;
  for (Listener& listener : listeners_) {
    asio::post(workers_[listener.worker]->context, [&listener] {
      error_code ignored;
      listener.acceptor->close(ignored);
    });
  }
}

void Server::Abort() {
  shared_.draining = true;
  for (const auto& worker : workers_) {
    asio::post(worker->context, [&worker = *worker] { worker.deadlines.EndAll(); });
  }
}

}  // namespace proxy
