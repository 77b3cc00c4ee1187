// SPDX-License-Identifier: Apache-2.0
//
// The listeners and the workers: everything that clients meet.

#ifndef PROXY_SERVER_H_
#define PROXY_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "worker.h"

namespace proxy {

// One acceptor for each listener hands connections to the workers in turn. Sockets that share a
// port (SO_REUSEPORT) would spread them by chance, which a few long-lived connections make uneven,
// and those waiting at a listener that closes would be lost.
//
// Thread-safety: none; the public methods belong to one thread, which is none of the workers'.
class Server {
 public:
  // Binds; nothing is accepted yet. Throws boost::system::system_error where it cannot.
  Server(const Config& config, const Gate& gate, AuditLog& audit, Metrics& metrics);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where the listeners listen, in the order of the configuration: "127.0.0.1:8443".
  std::vector<std::string> addresses() const;

  // Begins to serve. `on_end` is called once Drain() has come to its end, by some worker.
  void Start(std::function<void()> on_end);
  // Accepts no more, and lets exchanges under way end; their connections end with them.
  void Drain();
  // Fails what is still under way.
  void Abort();
  // Ends at once, whatever is under way. Nothing calls `on_end` any more.
  void Stop();

 private:
  struct Listener {
    size_t worker;  // whose thread accepts
    std::unique_ptr<asio::ip::tcp::acceptor> acceptor;
  };

  void Listen(const ListenerConfig& listener, size_t worker);
  asio::awaitable<void> Accept(size_t listener);
  void RunWorker(Worker& worker);

  Shared shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Listener> listeners_;  // gone before the contexts that they are registered with
  std::atomic<size_t> turn_{0};
  std::atomic<size_t> running_{0};
  std::function<void()> on_end_;
  std::vector<std::thread> threads_;
};

}  // namespace proxy

#endif  // PROXY_SERVER_H_
