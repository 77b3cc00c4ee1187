// SPDX-License-Identifier: Apache-2.0

#include "exchange.h"

#include <array>
#include <cstdio>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "forwarding.h"
#include "reading.h"

namespace proxy {
namespace {

using namespace asio::experimental::awaitable_operators;  // NOLINT: for `both && of them`

constexpr size_t kUsualFields = 32;
// Answers before the final one that are passed on; those beyond are dropped.
constexpr unsigned kMaxInterims = 16;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

asio::const_buffer Octets(std::string_view text) { return {text.data(), text.size()}; }

// A buffer of the worker's for as long as this lives.
class BorrowedBuffer {
 public:
  explicit BorrowedBuffer(BufferPool& pool) : pool_(pool), buffer_(pool.Take()) {}
  ~BorrowedBuffer() { pool_.Return(std::move(buffer_)); }
  BorrowedBuffer(const BorrowedBuffer&) = delete;
  BorrowedBuffer& operator=(const BorrowedBuffer&) = delete;
  Buffer& operator*() { return *buffer_; }

 private:
  BufferPool& pool_;
  std::unique_ptr<Buffer> buffer_;
};

// A head and a piece of a body as they are written: framed anew, whatever the framing was that they
// came in.
class Framed {
 public:
  Framed(std::string_view head, std::string_view body, bool chunked, bool is_last) {
    pieces_[0] = Octets(head);
    pieces_[2] = Octets(body);
    if (!chunked) return;
    if (!body.empty()) {
      const int size = std::snprintf(size_line_.data(), size_line_.size(), "%zx\r\n", body.size());
      pieces_[1] = asio::const_buffer(size_line_.data(), static_cast<size_t>(size));
      pieces_[3] = Octets(is_last ? "\r\n0\r\n\r\n" : "\r\n");
    } else if (is_last) {
      pieces_[3] = Octets("0\r\n\r\n");
    }
  }
  Framed(const Framed&) = delete;
  Framed& operator=(const Framed&) = delete;

  std::span<asio::const_buffer> pieces() { return pieces_; }

 private:
  std::array<char, 20> size_line_;
  std::array<asio::const_buffer, 4> pieces_;
};

std::string_view ErrorWord(Stream::Fault fault) {
  switch (fault) {
    case Stream::Fault::kTimeout:
      return "timeout";
    case Stream::Fault::kNone:
      return "protocol";
    default:
      return "closed";
  }
}

Problem UpstreamProblem(const Stream& upstream) {
  return upstream.fault() == Stream::Fault::kTimeout ? kUpstreamTimeout : kUpstreamProtocol;
}

// True for an answer that another one follows on the same connection.
bool IsInterim(int status) { return status / 100 == 1 && status != 101; }

// Where the body ends, for the client: as the upstream said it, unless that was by chunks or by the
// connection's end.
BodyFraming FramingOf(const Message<false>& response, bool is_chunked) {
  const auto length = response.content_length();
  if (!length || response.status() == 204) return {.chunked = is_chunked};
  return {.length = *length};
}

}  // namespace

Exchange::Exchange(Worker& worker, Stream& client, Buffer& client_buffer)
    : worker_(worker),
      client_(client),
      client_buffer_(client_buffer),
      limit_(begun_ + worker.shared.config.limits.total_timeout) {
  record_.time = std::chrono::system_clock::now();
  request_fields.reserve(kUsualFields);
  response_fields_.reserve(kUsualFields);
}

Exchange::~Exchange() {
  record_.request_id = request_id;
  record_.total_time = Clock::now() - begun_;
  worker_.shared.audit.Write(record_);
  worker_.shared.metrics.OnExchange(record_.status, record_.total_time);
}

asio::awaitable<void> Exchange::Answer(Problem problem, std::string www_authenticate) {
  if (record_.error.empty()) record_.error = problem.error;
  keeps_alive = keeps_alive && !has_begun_ && request.is_header_done() && request.is_done() &&
                !worker_.shared.draining;
  if (has_begun_ || problem.error == kClientGone.error) co_return;
  client_.Revive();
  client_.set_limit(Clock::now() + worker_.shared.config.limits.header_timeout);
  const std::string answer = MakeAnswer({.problem = problem,
                                         .request_id = request_id,
                                         .www_authenticate = www_authenticate,
                                         .closes = !keeps_alive,
                                         .without_body = is_head_request});
  has_begun_ = true;
  std::array pieces = {Octets(answer)};
  const bool is_sent = co_await client_.Write(pieces);
  if (is_sent) record_.status = problem.status;
}

asio::awaitable<void> Exchange::Forward() {
  client_.set_limit(limit_);
  Problem problem;
  bool fresh = false;
  do {
    UpstreamConnection to = co_await worker_.pool.Acquire(fresh, limit_, &problem);
    if (to.stream) {
      record_.upstream = to.server->name;
      is_stale_ = false;
      problem = co_await Over(to);
      if (problem.status >= 500 && !is_stale_) {
        worker_.shared.metrics.OnUpstreamError(to.server->name, ErrorWord(to.stream->fault()));
      }
    }
    fresh = true;
  } while (std::exchange(is_stale_, false));
  if (problem) co_await Answer(problem);
}

asio::awaitable<Problem> Exchange::Over(UpstreamConnection& to) {
  Stream& upstream = *to.stream;
  const Config& config = worker_.shared.config;
  upstream.set_limit(limit_);
  upstream.set_idle_timeout(config.upstream.idle_timeout);
  const std::string_view body = request.ParseBody(client_buffer_);
  if (request.error()) co_return ClientProblem();
  sent_ = Clock::now();
  Framed first(head, body, request.chunked(), request.is_done());
  // Where this fails, the answer tells why, if there is one.
  co_await upstream.Write(first.pieces());
  record_.bytes_received += body.size();
  is_uploaded_ = request.is_done();
  if (is_uploaded_) co_return co_await Download(to);

  // While the client still sends, it may be the one that takes its time.
  upstream.set_idle_timeout(std::max(config.upstream.idle_timeout, config.limits.idle_timeout));
  if (awaits_continue) {
    std::array pieces = {Octets(kContinue)};
    const bool is_sent = co_await client_.Write(pieces);
    if (!is_sent) co_return kClientGone;
  }
  const Problem problem = co_await (Upload(upstream) && Download(to));
  co_return upload_problem_ ? upload_problem_ : problem;
}

asio::awaitable<void> Exchange::Upload(Stream& upstream) {
  while (!request.is_done()) {
    const std::string_view body = co_await ReadBody(request, client_buffer_, client_);
    if (body.empty() && !request.is_done()) {
      if (client_.fault() != Stream::Fault::kCancelled) upload_problem_ = ClientProblem();
      upstream.Cancel();
      co_return;
    }
    record_.bytes_received += body.size();
    Framed framed({}, body, request.chunked(), request.is_done());
    const bool is_sent = co_await upstream.Write(framed.pieces());
    if (!is_sent) co_return;
  }
  is_uploaded_ = true;
  upstream.set_idle_timeout(worker_.shared.config.upstream.idle_timeout);
}

asio::awaitable<Problem> Exchange::Download(UpstreamConnection& to) {
  Stream& upstream = *to.stream;
  BorrowedBuffer buffer(worker_.buffers);
  Problem problem = co_await ReadResponseHead(to, *buffer);
  if (!problem && response_->status() == 101) {
    problem = co_await Tunnel(upstream, *buffer);
  } else if (!problem) {
    problem = co_await Relay(to, *buffer);
  }
  if (!is_uploaded_) {  // an answer that did not wait for the request's end, or none at all
    keeps_alive = false;
    client_.Cancel();
    upstream.Cancel();
  } else if (!problem && response_->status() != 101 && response_->keep_alive() &&
             !is_head_request && (*buffer).empty()) {
    // Behind an answer to HEAD some servers send a body all the same, and perhaps later.
    worker_.pool.Return(std::move(to));
  }
  co_return problem;
}

// Reads heads until one that is final, or that changes protocol; passes on those before.
asio::awaitable<Problem> Exchange::ReadResponseHead(UpstreamConnection& to, Buffer& buffer) {
  const LimitsConfig& limits = worker_.shared.config.limits;
  do {
    Problem problem;
    const size_t size = co_await ReadHead(*to.stream, buffer, limits.header_bytes, &problem);
    if (size == 0) {
      is_stale_ = to.reused && is_repeatable && buffer.empty() && !response_ &&
                  to.stream->fault() != Stream::Fault::kTimeout;
      co_return problem ? kUpstreamProtocol : UpstreamProblem(*to.stream);
    }
    const std::string_view text = buffer.text().substr(0, size);
    response_.emplace(response_fields_);
    response_->skip(is_head_request);
    if (CheckResponseHead(text, limits.header_count) || !response_->ParseHead(text) ||
        !NamesFew(response_->fields())) {
      co_return kUpstreamProtocol;
    }
    if (IsInterim(response_->status())) problem = co_await RelayInterim();
    if (problem) co_return problem;
    buffer.Consume(size);
  } while (IsInterim(response_->status()));
  record_.upstream_status = response_->status();
  worker_.shared.metrics.OnUpstream(to.server->name, response_->status(), Clock::now() - sent_);
  co_return Problem{};
}

// RFC 9110 section 15.2. 100 is between each two neighbours alone: the proxy has sent its own.
asio::awaitable<Problem> Exchange::RelayInterim() {
  if (response_->status() == 100 || request.is_http10()) co_return Problem{};
  if (++interims_ > kMaxInterims) co_return Problem{};
  std::string interim_head;
  if (!WriteHead(ForwardedResponse{.status = response_->status(),
                                   .fields = response_->fields(),
                                   .request_id = request_id},
                 interim_head)) {
    co_return kUpstreamProtocol;
  }
  std::array pieces = {Octets(interim_head)};
  const bool is_sent = co_await client_.Write(pieces);
  co_return is_sent ? Problem{} : kClientGone;
}

asio::awaitable<Problem> Exchange::Relay(UpstreamConnection& to, Buffer& buffer) {
  const bool has_body = !response_->is_done();
  const auto length = response_->content_length();
  const bool is_chunked = has_body && !length && !request.is_http10();
  const bool is_until_close = has_body && !length && request.is_http10();
  // An answer that does not wait for the request's end may have no use for the rest of it.
  keeps_alive = keeps_alive && is_uploaded_ && !is_until_close && !worker_.shared.draining;
  std::string response_head;
  const bool may_be_sent = WriteHead(ForwardedResponse{.status = response_->status(),
                                                       .fields = response_->fields(),
                                                       .request_id = request_id,
                                                       .closes = !keeps_alive,
                                                       .says_keep_alive = request.is_http10(),
                                                       .body = FramingOf(*response_, is_chunked)},
                                     response_head);
  std::string_view body = response_->ParseBody(buffer);
  if (!may_be_sent || response_->error()) co_return kUpstreamProtocol;

  has_begun_ = true;
  record_.status = response_->status();
  Framed first(response_head, body, is_chunked, response_->is_done());
  bool is_sent = co_await client_.Write(first.pieces());
  while (is_sent) {
    record_.bytes_sent += body.size();
    if (response_->is_done()) co_return Problem{};
    body = co_await ReadBody(*response_, buffer, *to.stream);
    if (body.empty() && !response_->is_done()) break;
    Framed framed({}, body, is_chunked, response_->is_done());
    is_sent = co_await client_.Write(framed.pieces());
  }
  keeps_alive = false;
  // Without a length and chunks, an end would look like the body's.
  if (is_until_close) client_.Reset();
  if (!is_sent) co_return kClientGone;
  co_return UpstreamProblem(*to.stream);
}

asio::awaitable<Problem> Exchange::Tunnel(Stream& upstream, Buffer& buffer) {
  if (!is_upgrade || !AsksForWebSocket(response_->fields())) co_return kUpstreamProtocol;
  std::string response_head;
  if (!WriteHead(ForwardedResponse{.status = 101,
                                   .fields = response_->fields(),
                                   .request_id = request_id,
                                   .upgrades_to_websocket = true},
                 response_head)) {
    co_return kUpstreamProtocol;
  }
  keeps_alive = false;
  has_begun_ = true;
  record_.status = 101;
  std::array pieces = {Octets(response_head)};
  const bool is_sent = co_await client_.Write(pieces);
  if (!is_sent) co_return kClientGone;
  for (Stream* stream : {&client_, &upstream}) {
    stream->set_limit(Clock::time_point::max());
    stream->set_idle_timeout(worker_.shared.config.limits.idle_timeout);
  }
  co_await (Pump(client_, client_buffer_, upstream, record_.bytes_received) &&
            Pump(upstream, buffer, client_, record_.bytes_sent));
  co_return Problem{};
}

// Octets as they are, until either side ends.
asio::awaitable<void> Exchange::Pump(Stream& from, Buffer& buffer, Stream& to, uint64_t& octets) {
  for (;;) {
    if (!buffer.empty()) {
      std::array pieces = {Octets(buffer.text())};
      const bool is_sent = co_await to.Write(pieces);
      if (!is_sent) break;
      octets += buffer.text().size();
      buffer.Consume(buffer.text().size());
    }
    const size_t came = co_await from.Read(buffer.Room());
    if (came == 0) break;
    buffer.Fill(came);
  }
  from.Cancel();
  to.Cancel();
}

// Why the request's body did not come to its end.
Problem Exchange::ClientProblem() const {
  namespace http = boost::beast::http;
  if (request.error() == http::error::body_limit) return kBodyTooLarge;
  if (request.error() && request.error() != http::error::partial_message) return kBrokenBody;
  switch (client_.fault()) {
    case Stream::Fault::kNone:
      return kBrokenBody;
    case Stream::Fault::kTimeout:
      return kRequestTimeout;
    default:
      return kClientGone;
  }
}

}  // namespace proxy
