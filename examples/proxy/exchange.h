// SPDX-License-Identifier: Apache-2.0
//
// One request and its answer: sent on to the upstream and relayed back, body by body, in bounded
// memory, both ways at once.

#ifndef PROXY_EXCHANGE_H_
#define PROXY_EXCHANGE_H_

#include <string>
#include <string_view>
#include <vector>

#include "audit_log.h"
#include "buffer.h"
#include "message.h"
#include "stream.h"
#include "worker.h"

namespace proxy {

inline constexpr Problem kRequestTimeout{408, "request_timeout", "the request took too long"};
inline constexpr Problem kBodyTooLarge{413, "body_too_large", "the body is too large"};
inline constexpr Problem kBrokenBody{400, "bad_request", "the body is not framed as it should be"};
// Never sent: nobody is there to read it.
inline constexpr Problem kClientGone{499, "client_closed", ""};

class Exchange {
 public:
  Exchange(Worker& worker, Stream& client, Buffer& client_buffer);
  // Writes the line that ends the exchange in the audit log, however it ended.
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Sends `head` and the request's body to the upstream, and relays what it answers.
  asio::awaitable<void> Forward();
  // Answers in the proxy's own words, unless an answer was begun already.
  asio::awaitable<void> Answer(Problem problem, std::string www_authenticate = {});

  // Set by the connection once the request's head has been read.
  std::vector<doorward::Header> request_fields;
  Message<true> request{request_fields};
  std::string request_id;
  std::string head;              // of the request, as the upstream is to have it
  bool is_head_request = false;  // its answer has no body, whatever it says
  bool is_upgrade = false;       // to WebSocket
  bool is_repeatable = false;    // doing it twice is as good as once, and it has no body
  bool awaits_continue = false;  // the client waits for 100 before it sends the body
  bool keeps_alive = false;      // another request may come on the connection

 private:
  asio::awaitable<Problem> Over(UpstreamConnection& to);
  asio::awaitable<void> Upload(Stream& upstream);
  asio::awaitable<Problem> Download(UpstreamConnection& to);
  asio::awaitable<Problem> ReadResponseHead(UpstreamConnection& to, Buffer& buffer);
  asio::awaitable<Problem> RelayInterim();
  asio::awaitable<Problem> Relay(UpstreamConnection& to, Buffer& buffer);
  asio::awaitable<Problem> Tunnel(Stream& upstream, Buffer& buffer);
  asio::awaitable<void> Pump(Stream& from, Buffer& buffer, Stream& to, uint64_t& octets);
  Problem ClientProblem() const;

  Worker& worker_;
  Stream& client_;
  Buffer& client_buffer_;
  std::vector<doorward::Header> response_fields_;
  std::optional<Message<false>> response_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point limit_;
  Clock::time_point sent_;    // when the upstream was first written to
  bool is_uploaded_ = false;  // the whole request went to the upstream
  bool is_stale_ = false;     // a connection that was kept for reuse was gone already
  bool has_begun_ = false;    // the head of a final answer went to the client
  unsigned interims_ = 0;     // answers before it, which went to the client
  Problem upload_problem_;
  ExchangeRecord record_;
};

}  // namespace proxy

#endif  // PROXY_EXCHANGE_H_
