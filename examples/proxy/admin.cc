// SPDX-License-Identifier: Apache-2.0

#include "admin.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace proxy {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds kTimeout{10};  // for a request, and for its answer
constexpr int kMaxConnections = 64;
constexpr unsigned kMaxHeadBytes = 8 * 1024;

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

}  // namespace

struct Admin::State {
  State(const Endpoint& address, const Gate& decides, const AuditLog& records, const Metrics& shown)
      : gate(decides), audit(records), metrics(shown), acceptor(io, Resolve(address)) {}

  tcp::endpoint Resolve(const Endpoint& address) {
    return *tcp::resolver(io)
                .resolve(address.host, std::to_string(address.port), tcp::resolver::passive)
                .begin();
  }

  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(beast::tcp_stream stream);
  Response Answer(const Request& request) const;
  void FillIn(std::string_view target, Response& response) const;

  std::string UnreadyCause() const;

  const Gate& gate;
  const AuditLog& audit;
  const Metrics& metrics;
  std::atomic<bool> draining{false};
  int connections = 0;  // of the thread's own
  asio::io_context io{1};
  tcp::acceptor acceptor;
  std::thread thread;
};

asio::awaitable<void> Admin::State::Accept() {
  asio::steady_timer pause(io);
  while (true) {
    boost::system::error_code error;
    tcp::socket socket =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error && connections < kMaxConnections) {
      ++connections;
      asio::co_spawn(io, Serve(beast::tcp_stream(std::move(socket))),
                     [this](std::exception_ptr) { --connections; });
    } else if (error) {  // no descriptor is left, for one
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }
}

// Ends by an exception where the client goes away, is too slow or makes no sense.
asio::awaitable<void> Admin::State::Serve(beast::tcp_stream stream) {
  beast::flat_buffer buffer(2 * kMaxHeadBytes);
  bool keep_alive = true;
  while (keep_alive) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kMaxHeadBytes);
    stream.expires_after(kTimeout);
    co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
    const Response response = Answer(parser.get());
    keep_alive = response.keep_alive();
    stream.expires_after(kTimeout);
    co_await http::async_write(stream, response, asio::use_awaitable);
  }
}

Response Admin::State::Answer(const Request& request) const {
  Response response(http::status::ok, request.version());
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(request.keep_alive());
  const bool head = request.method() == http::verb::head;
  if (head || request.method() == http::verb::get) {
    FillIn(request.target(), response);
  } else {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    response.keep_alive(false);
  }
  response.content_length(response.body().size());
  if (head) response.body().clear();
  return response;
}

void Admin::State::FillIn(std::string_view target, Response& response) const {
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "/healthz") {
    response.body() = "ok\n";
  } else if (path == "/readyz") {
    const std::string cause = UnreadyCause();
    if (!cause.empty()) response.result(http::status::service_unavailable);
    response.body() = (cause.empty() ? "ready" : cause) + "\n";
  } else if (path == "/metrics") {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = metrics.Text();
  } else {
    response.result(http::status::not_found);
    response.body() = "there are /healthz, /readyz and /metrics\n";
  }
}

std::string Admin::State::UnreadyCause() const {
  if (draining) return "draining";
  const std::string cause = gate.unready_cause();
  return cause.empty() ? audit.stuck_cause() : cause;
}

Admin::Admin(const Endpoint& address, const Gate& gate, const AuditLog& audit,
             const Metrics& metrics)
    : state_(std::make_unique<State>(address, gate, audit, metrics)) {
  asio::co_spawn(state_->io, state_->Accept(), asio::detached);
  state_->thread = std::thread([state = state_.get()] { state->io.run(); });
}

Admin::~Admin() {
  state_->io.stop();
  state_->thread.join();
}

uint16_t Admin::port() const { return state_->acceptor.local_endpoint().port(); }

void Admin::SetDraining() { state_->draining = true; }

}  // namespace proxy
