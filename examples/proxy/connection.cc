// SPDX-License-Identifier: Apache-2.0

#include "connection.h"

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include "exchange.h"
#include "field_names.h"
#include "forwarding.h"
#include "origin.h"
#include "reading.h"

namespace proxy {
namespace {

using asio::ip::tcp;

// What is left of a refused request's body is read, so that the connection can go on, up to this.
constexpr uint64_t kMaxDrainedBytes = 64 * 1024;

// Methods that may be repeated where it is not known whether the first time had effect (RFC 9110
// section 9.2.2).
bool IsIdempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" ||
         method == "DELETE";
}

class Connection {
 public:
  Connection(Worker& worker, tcp::socket socket, const asio::ip::address& peer, size_t listener)
      : worker_(worker),
        config_(worker.shared.config),
        tls_(worker.shared.gate.tls(listener)),
        peer_(CanonicalAddress(peer)),
        client_(std::move(socket), worker.deadlines) {
    worker_.shared.metrics.OnConnections(+1);
  }
  ~Connection() {
    worker_.buffers.Return(std::move(buffer_));
    --worker_.shared.connections;
    worker_.shared.metrics.OnConnections(-1);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<void> Run();

 private:
  asio::awaitable<bool> AwaitRequest();
  asio::awaitable<bool> ServeRequest();
  Problem Parse(std::string_view head, Exchange& exchange);
  doorward::Decision Decide(const Exchange& exchange, const Origin& origin);
  bool Prepare(const doorward::Decision& decision, const Origin& origin, Exchange& exchange);
  asio::awaitable<void> Refuse(Problem problem, std::string www_authenticate, Exchange& exchange);

  Worker& worker_;
  const Config& config_;
  TlsContext tls_;
  std::string peer_;
  Stream client_;
  std::unique_ptr<Buffer> buffer_;  // null while idle
};

asio::awaitable<void> Connection::Run() {
  client_.set_idle_timeout(config_.limits.idle_timeout);
  if (tls_) {
    client_.set_limit(Clock::now() + config_.limits.header_timeout);
    const bool is_secure = co_await client_.AcceptTls(std::exchange(tls_, nullptr));
    if (!is_secure) co_return;
  }
  while (co_await AwaitRequest()) {
    const bool goes_on = co_await ServeRequest();
    if (goes_on) continue;
    co_await client_.Linger();
    co_return;
  }
}

// An idle connection holds no buffer.
asio::awaitable<bool> Connection::AwaitRequest() {
  client_.set_limit(Clock::time_point::max());
  if (!buffer_ || buffer_->empty()) {
    worker_.buffers.Return(std::move(buffer_));
    const bool came = co_await client_.AwaitData();
    if (!came) co_return false;
    buffer_ = worker_.buffers.Take();
  }
  client_.set_limit(Clock::now() + config_.limits.header_timeout);
  co_return true;
}

// True where another request may come.
asio::awaitable<bool> Connection::ServeRequest() {
  Problem problem;
  const size_t size = co_await ReadHead(client_, *buffer_, config_.limits.header_bytes, &problem);
  if (size == 0 && !problem) {
    if (client_.fault() != Stream::Fault::kTimeout) co_return false;
    problem = kRequestTimeout;
  }
  Exchange exchange(worker_, client_, *buffer_);
  if (!problem) problem = Parse(buffer_->text().substr(0, size), exchange);
  if (problem) {
    exchange.request_id = worker_.request_ids.Next();
    co_await exchange.Answer(problem);
    co_return false;
  }
  buffer_->Consume(size);  // the views into it hold until more is read

  // From here to the first suspension nothing else runs on this worker, so that the decision holds,
  // which any other request would replace.
  const Origin origin =
      FindOrigin(peer_, client_.is_tls(), exchange.request.fields(), config_.trusted_hops);
  const doorward::Decision decision = Decide(exchange, origin);
  if (decision.allowed() && Prepare(decision, origin, exchange)) {
    co_await exchange.Forward();
  } else {
    const doorward::Reason reason =
        decision.allowed() ? doorward::Reason::kInternal : decision.reason();
    const Problem refusal{doorward::ReasonHttpStatus(reason), doorward::ReasonName(reason),
                          doorward::ReasonText(reason)};
    co_await Refuse(refusal, std::string(decision.www_authenticate()), exchange);
  }
  co_return exchange.keeps_alive;
}

Problem Connection::Parse(std::string_view head, Exchange& exchange) {
  namespace http = boost::beast::http;
  if (const Problem problem = CheckRequestHead(head, config_.limits.header_count)) return problem;
  Message<true>& request = exchange.request;
  if (config_.limits.body_bytes) request.body_limit(*config_.limits.body_bytes);
  if (!request.ParseHead(head)) {
    if (request.error() == http::error::body_limit) return kBodyTooLarge;
    return {400, "bad_request", "the head cannot be parsed"};
  }
  if (!NamesFew(request.fields())) return {400, "bad_request", "Connection names too many fields"};
  const std::string_view expected = SingleValue(request.fields(), "Expect");
  const bool is_expected = !expected.empty() && SameName(expected, "100-continue");
  if (!is_expected && HasField(request.fields(), "Expect")) {
    return {417, "expectation_failed", "what the request expects is not understood"};
  }
  const std::string_view id = SingleValue(request.fields(), "X-Request-ID");
  exchange.request_id = IsRequestId(id) ? std::string(id) : worker_.request_ids.Next();
  exchange.is_head_request = request.method() == "HEAD";
  exchange.is_upgrade = request.method() == "GET" && request.is_done() && !request.is_http10() &&
                        AsksForWebSocket(request.fields());
  exchange.is_repeatable = request.is_done() && IsIdempotent(request.method());
  exchange.awaits_continue = !expected.empty() && !request.is_http10();
  exchange.keeps_alive = request.keep_alive() && !worker_.shared.draining;
  return {};
}

doorward::Decision Connection::Decide(const Exchange& exchange, const Origin& origin) {
  const Message<true>& request = exchange.request;
  const std::string_view host = SingleValue(request.fields(), "Host");  // "" is refused
  const auto now = std::chrono::system_clock::now();
  const Clock::time_point begun = Clock::now();
  const doorward::Decision decision =
      worker_.shared.gate.authorizer().Authorize({.method = request.method(),
                                                  .host = host,
                                                  .target = request.target(),
                                                  .headers = request.fields(),
                                                  .source_ip = origin.client},
                                                 now, worker_.scratch);
  const Clock::duration time = Clock::now() - begun;
  worker_.shared.metrics.OnDecision(decision.reason(), time);
  worker_.shared.audit.Write({.time = now,
                              .request_id = exchange.request_id,
                              .method = request.method(),
                              .host = host,
                              .source_ip = origin.client ? *origin.client : std::string_view(),
                              .decision_time = time},
                             decision);
  return decision;
}

// Writes the head that the upstream is to have. False where it cannot be sent.
bool Connection::Prepare(const doorward::Decision& decision, const Origin& origin,
                         Exchange& exchange) {
  const Message<true>& request = exchange.request;
  const size_t query = std::min(request.target().find('?'), request.target().size());
  BodyFraming body{.chunked = request.chunked()};
  if (request.content_length()) body.length = *request.content_length();
  return WriteHead(ForwardedRequest{.method = decision.method(),
                                    .path = decision.path(),
                                    .query = request.target().substr(query),
                                    .fields = request.fields(),
                                    .removed = decision.headers_to_remove(),
                                    .set = decision.headers_to_set(),
                                    .request_id = exchange.request_id,
                                    .way = origin.way,
                                    .scheme = origin.scheme,
                                    .host = origin.host,
                                    .upgrades_to_websocket = exchange.is_upgrade,
                                    .body = body},
                   exchange.head);
}

// The connection goes on where the request's body is short, or there is none; and not behind a
// request that others might have read in another way.
asio::awaitable<void> Connection::Refuse(Problem problem, std::string www_authenticate,
                                         Exchange& exchange) {
  Message<true>& request = exchange.request;
  const auto length = request.content_length();
  if (problem.status == 400) exchange.keeps_alive = false;
  bool is_short =
      exchange.keeps_alive && !exchange.awaits_continue && length && *length <= kMaxDrainedBytes;
  while (is_short && !request.is_done()) {
    const std::string_view piece = co_await ReadBody(request, *buffer_, client_);
    is_short = !piece.empty();
  }
  co_await exchange.Answer(problem, std::move(www_authenticate));
}

}  // namespace

asio::awaitable<void> ServeConnection(Worker& worker, tcp::socket socket, asio::ip::address peer,
                                      size_t listener) {
  Connection connection(worker, std::move(socket), peer, listener);
  co_await connection.Run();
}

}  // namespace proxy
