// SPDX-License-Identifier: Apache-2.0
//
// A connection, plain or over TLS, as coroutines read and write it, with a deadline on each wait.
//
// One class for both kinds, so that all that is built on it is compiled once: OpenSSL works on the
// socket itself, and Asio is asked for one thing alone, to wait until the socket is ready.
//
// No `if (co_await ...)` anywhere: g++ 12 lays out the coroutine's frame wrongly for a co_await in
// a condition. Its result is named first.

#ifndef PROXY_STREAM_H_
#define PROXY_STREAM_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace proxy {

namespace asio = boost::asio;

using Clock = std::chrono::steady_clock;
using TlsContext = std::shared_ptr<asio::ssl::context>;

class Stream;

// The streams of a worker. A stream that waits too long is told so at the next Sweep(), which costs
// less than a timer for each of them.
class Deadlines {
 public:
  // Ends the waits that are due.
  void Sweep(Clock::time_point now);
  // Ends the waits of streams that wait for something that need not come.
  void EndIdleWaits();
  // Ends every wait, now and from now on.
  void EndAll();

 private:
  friend class Stream;
  std::vector<Stream*> streams_;
  bool ended_ = false;
};

// Thread-safety: none; one coroutine may read while another one writes.
class Stream {
 public:
  // How the last operation failed.
  enum class Fault : uint8_t { kNone, kEnd, kTimeout, kCancelled, kBroken };

  Stream(asio::ip::tcp::socket socket, Deadlines& deadlines);
  // Says good-bye where TLS has one, and closes.
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // A wait may take `idle`, counted anew whenever an octet comes or goes in either direction, ...
  void set_idle_timeout(std::chrono::milliseconds idle);
  // ... and none goes beyond `limit`.
  void set_limit(Clock::time_point limit);

  // All of these: false or 0 where it failed, and fault() says how.
  asio::awaitable<bool> Connect(const asio::ip::tcp::endpoint& to);
  asio::awaitable<bool> AcceptTls(TlsContext context);
  // Verifies the server to be `name`, a host's name or an address.
  asio::awaitable<bool> ConnectTls(TlsContext context, const std::string& name);
  // Waits for something that need not come: the first octet of a request. See EndIdleWaits.
  asio::awaitable<bool> AwaitData();
  // Reads what is there, waiting for the first octet.
  asio::awaitable<size_t> Read(std::span<char> into);
  // Writes all of the pieces, whose array it uses up.
  asio::awaitable<bool> Write(std::span<asio::const_buffer> pieces);

  // Tells the other side that nothing more comes, and reads on for a moment what is still on its
  // way: closing over unread octets would reset the connection, and the last answer with it.
  asio::awaitable<void> Linger();
  // Closes in such a way that the other side sees an error, never an end.
  void Reset();

  // Fails the operations under way, and those to come.
  void Cancel() { Interrupt(Fault::kCancelled); }
  // Lets it be used again after a time-out or Cancel().
  void Revive() { interrupted_ = Fault::kNone; }

  Fault fault() const { return fault_; }
  bool is_tls() const { return ssl_ != nullptr; }
  // What its TLS was begun with, and lives as long as the stream; null where it is plain.
  const asio::ssl::context* tls_context() const { return context_.get(); }
  // True where nothing came that was not asked for, not even the end.
  bool IsQuiet();

 private:
  friend class Deadlines;
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  asio::awaitable<bool> Wait(asio::ip::tcp::socket::wait_type what);
  asio::awaitable<bool> Handshake();
  bool BeginTls(TlsContext context);
  size_t TryRead(std::span<char> into, asio::ip::tcp::socket::wait_type& wait);
  size_t TryWrite(std::span<asio::const_buffer> pieces, asio::ip::tcp::socket::wait_type& wait);
  // What a call into OpenSSL came to: true where it may be tried again after waiting for `wait`.
  bool MayRetryTls(int outcome, asio::ip::tcp::socket::wait_type& wait);
  void Interrupt(Fault fault);
  void Close();
  void Touch();

  asio::ip::tcp::socket socket_;
  Deadlines& deadlines_;
  size_t place_;  // in deadlines_.streams_
  TlsContext context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::chrono::milliseconds idle_ = std::chrono::hours(1);
  Clock::time_point limit_ = Clock::time_point::max();
  Clock::time_point due_ = Clock::time_point::max();
  unsigned waits_ = 0;    // under way
  unsigned streak_ = 0;   // reads since others last had their turn
  bool is_idle_ = false;  // what it waits for need not come
  Fault fault_ = Fault::kNone;
  Fault interrupted_ = Fault::kNone;
};

}  // namespace proxy

#endif  // PROXY_STREAM_H_
