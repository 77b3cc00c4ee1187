// SPDX-License-Identifier: Apache-2.0

#include "stream.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace proxy {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t kTlsRecordBytes = 16 * 1024;
constexpr unsigned kReadsInARow = 16;
constexpr std::chrono::seconds kLingerTime(2);
constexpr unsigned char kAlpn[] = "\x08http/1.1";

std::span<asio::const_buffer> WithoutEmpty(std::span<asio::const_buffer> pieces) {
  while (!pieces.empty() && pieces.front().size() == 0) pieces = pieces.subspan(1);
  return pieces;
}

void Consume(std::span<asio::const_buffer> pieces, size_t octets) {
  for (asio::const_buffer& piece : pieces) {
    const size_t taken = std::min(octets, piece.size());
    piece += taken;
    octets -= taken;
  }
}

// Several pieces become one record instead of one each. Returns what is left to write.
std::span<asio::const_buffer> Gather(std::span<asio::const_buffer> pieces, std::string& record) {
  pieces = WithoutEmpty(pieces);
  if (pieces.size() < 2 || pieces.front().size() >= kTlsRecordBytes) return pieces;
  for (const asio::const_buffer& piece : pieces) {
    const size_t room = kTlsRecordBytes - record.size();
    record.append(static_cast<const char*>(piece.data()), std::min(room, piece.size()));
  }
  Consume(pieces, record.size());
  // At least the first piece is empty now: the last empty one's place is the record's.
  size_t place = 0;
  while (place + 1 < pieces.size() && pieces[place + 1].size() == 0) ++place;
  pieces[place] = asio::buffer(record);
  return pieces.subspan(place);
}

}  // namespace

void Deadlines::Sweep(Clock::time_point now) {
  for (Stream* stream : streams_) {
    if (stream->due_ <= now) stream->Interrupt(Stream::Fault::kTimeout);
  }
}

void Deadlines::EndIdleWaits() {
  for (Stream* stream : streams_) {
    if (stream->is_idle_) stream->Cancel();
  }
}

void Deadlines::EndAll() {
  ended_ = true;
  for (Stream* stream : streams_) stream->Cancel();
}

Stream::Stream(tcp::socket socket, Deadlines& deadlines)
    : socket_(std::move(socket)), deadlines_(deadlines), place_(deadlines.streams_.size()) {
  deadlines_.streams_.push_back(this);
  error_code ignored;
  if (socket_.is_open()) {
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
  }
}

Stream::~Stream() {
  std::swap(deadlines_.streams_[place_], deadlines_.streams_.back());
  deadlines_.streams_[place_]->place_ = place_;
  deadlines_.streams_.pop_back();
  if (ssl_ && socket_.is_open() && fault_ != Fault::kBroken) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void Stream::set_idle_timeout(std::chrono::milliseconds idle) {
  idle_ = idle;
  Touch();
}

void Stream::set_limit(Clock::time_point limit) {
  limit_ = limit;
  Touch();
}

void Stream::Touch() {
  due_ = waits_ == 0 ? Clock::time_point::max() : std::min(limit_, Clock::now() + idle_);
}

void Stream::Interrupt(Fault fault) {
  interrupted_ = fault;
  error_code ignored;
  socket_.cancel(ignored);
}

asio::awaitable<bool> Stream::Wait(tcp::socket::wait_type what) {
  if (deadlines_.ended_) interrupted_ = Fault::kCancelled;
  error_code error;
  if (interrupted_ == Fault::kNone) {
    ++waits_;
    Touch();
    co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
    --waits_;
    Touch();
  }
  if (interrupted_ != Fault::kNone) {
    fault_ = interrupted_;
  } else if (error) {
    fault_ = Fault::kBroken;
  } else {
    co_return true;
  }
  co_return false;
}

asio::awaitable<bool> Stream::Connect(const tcp::endpoint& to) {
  error_code error;
  if (deadlines_.ended_) error = asio::error::operation_aborted;
  if (!error) socket_.open(to.protocol(), error);
  if (!error) socket_.non_blocking(true, error);
  if (!error) socket_.set_option(tcp::no_delay(true), error);
  if (!error) {
    ++waits_;
    Touch();
    co_await socket_.async_connect(to, asio::redirect_error(asio::use_awaitable, error));
    --waits_;
    Touch();
  }
  if (error) fault_ = interrupted_ == Fault::kNone ? Fault::kBroken : interrupted_;
  co_return !error;
}

bool Stream::BeginTls(TlsContext context) {
  context_ = std::move(context);
  ssl_.reset(SSL_new(context_->native_handle()));
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) return false;
  SSL_set_read_ahead(ssl_.get(), 1);  // a record by one call of the system instead of two
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  return true;
}

asio::awaitable<bool> Stream::AcceptTls(TlsContext context) {
  if (!BeginTls(std::move(context))) co_return false;
  SSL_set_accept_state(ssl_.get());
  co_return co_await Handshake();
}

asio::awaitable<bool> Stream::ConnectTls(TlsContext context, const std::string& name) {
  if (!BeginTls(std::move(context))) co_return false;
  SSL* const ssl = ssl_.get();
  SSL_set_connect_state(ssl);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  SSL_set_alpn_protos(ssl, kAlpn, sizeof kAlpn - 1);
  error_code not_an_address;
  asio::ip::make_address(name, not_an_address);
  const bool is_set =
      not_an_address ? SSL_set1_host(ssl, name.c_str()) == 1 &&
                           SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                    const_cast<char*>(name.c_str())) == 1
                     : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  if (!is_set) co_return false;
  co_return co_await Handshake();
}

asio::awaitable<bool> Stream::Handshake() {
  for (;;) {
    ERR_clear_error();
    const int outcome = SSL_do_handshake(ssl_.get());
    if (outcome == 1) co_return true;
    tcp::socket::wait_type wait{};
    if (!MayRetryTls(outcome, wait)) co_return false;
    const bool may_retry = co_await Wait(wait);
    if (!may_retry) co_return false;
  }
}

bool Stream::MayRetryTls(int outcome, tcp::socket::wait_type& wait) {
  switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      wait = tcp::socket::wait_read;
      return true;
    case SSL_ERROR_WANT_WRITE:
      wait = tcp::socket::wait_write;
      return true;
    case SSL_ERROR_ZERO_RETURN:
      fault_ = Fault::kEnd;
      return false;
    default:  // a connection that ends without saying so was cut off
      fault_ = Fault::kBroken;
      return false;
  }
}

asio::awaitable<bool> Stream::AwaitData() {
  if (ssl_ && SSL_has_pending(ssl_.get()) == 1) co_return true;
  is_idle_ = true;
  const bool came = co_await Wait(tcp::socket::wait_read);
  is_idle_ = false;
  co_return came;
}

asio::awaitable<size_t> Stream::Read(std::span<char> into) {
  // A stream that always has more must not keep the worker to itself.
  if (++streak_ % kReadsInARow == 0) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
  for (;;) {
    fault_ = Fault::kNone;
    tcp::socket::wait_type wait{};
    const size_t octets = TryRead(into, wait);
    if (octets != 0) Touch();
    if (octets != 0 || fault_ != Fault::kNone) co_return octets;
    const bool may_retry = co_await Wait(wait);
    if (!may_retry) co_return 0;
  }
}

// 0 without a fault: wait, and try again.
size_t Stream::TryRead(std::span<char> into, tcp::socket::wait_type& wait) {
  if (!ssl_) {
    error_code error;
    const size_t octets = socket_.read_some(asio::buffer(into.data(), into.size()), error);
    wait = tcp::socket::wait_read;
    if (error == asio::error::eof) {
      fault_ = Fault::kEnd;
    } else if (error && error != asio::error::would_block && error != asio::error::interrupted) {
      fault_ = Fault::kBroken;
    }
    return octets;
  }
  size_t filled = 0;
  while (filled < into.size()) {  // record by record
    ERR_clear_error();
    size_t octets = 0;
    const int outcome =
        SSL_read_ex(ssl_.get(), into.data() + filled, into.size() - filled, &octets);
    filled += octets;
    if (outcome != 1 && filled == 0) MayRetryTls(outcome, wait);
    if (outcome != 1 || SSL_has_pending(ssl_.get()) == 0) break;
  }
  return filled;
}

asio::awaitable<bool> Stream::Write(std::span<asio::const_buffer> pieces) {
  std::string record;
  if (ssl_) pieces = Gather(pieces, record);
  for (;;) {
    pieces = WithoutEmpty(pieces);
    if (pieces.empty()) co_return true;
    fault_ = Fault::kNone;
    tcp::socket::wait_type wait{};
    const size_t octets = TryWrite(pieces, wait);
    if (fault_ != Fault::kNone) co_return false;
    Consume(pieces, octets);
    if (octets != 0) {
      Touch();
      continue;
    }
    const bool may_retry = co_await Wait(wait);
    if (!may_retry) co_return false;
  }
}

size_t Stream::TryWrite(std::span<asio::const_buffer> pieces, tcp::socket::wait_type& wait) {
  size_t octets = 0;
  if (ssl_) {
    ERR_clear_error();
    const int outcome =
        SSL_write_ex(ssl_.get(), pieces.front().data(), pieces.front().size(), &octets);
    if (outcome != 1) MayRetryTls(outcome, wait);
    return octets;
  }
  error_code error;
  octets = socket_.write_some(pieces, error);
  wait = tcp::socket::wait_write;
  if (error && error != asio::error::would_block && error != asio::error::interrupted) {
    fault_ = Fault::kBroken;
  }
  return octets;
}

asio::awaitable<void> Stream::Linger() {
  if (!socket_.is_open()) co_return;
  Revive();
  const Clock::time_point end = Clock::now() + kLingerTime;
  set_limit(end);
  if (ssl_) SSL_shutdown(ssl_.get());
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  char sink[4096];
  while (Clock::now() < end) {
    socket_.read_some(asio::buffer(sink), ignored);
    if (ignored && ignored != asio::error::would_block) break;
    const bool may_retry = co_await Wait(tcp::socket::wait_read);
    if (!may_retry) break;
  }
  Close();
}

void Stream::Reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  Close();
}

// TLS goes first: it writes to the descriptor, which may soon be another connection's.
void Stream::Close() {
  ssl_.reset();
  error_code ignored;
  socket_.close(ignored);
}

bool Stream::IsQuiet() {
  char octet = 0;
  return (!ssl_ || SSL_has_pending(ssl_.get()) == 0) &&
         ::recv(socket_.native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace proxy
