// SPDX-License-Identifier: Apache-2.0

#include "health.h"

#include <array>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "message.h"
#include "reading.h"

namespace proxy {
namespace {

constexpr size_t kMaxHeadBytes = 16 * 1024;
constexpr size_t kMaxFields = 100;

// True where the server answers the question with a status of 2xx by `limit`.
asio::awaitable<bool> IsWell(const UpstreamServer& server, const UpstreamContext& context,
                             const std::string& question, Deadlines& deadlines,
                             Clock::time_point limit) {
  Problem problem;
  const auto stream = co_await ConnectTo(server, context, deadlines, limit, &problem);
  if (!stream) co_return false;
  std::array pieces = {asio::const_buffer(question.data(), question.size())};
  const bool is_sent = co_await stream->Write(pieces);
  if (!is_sent) co_return false;

  Buffer buffer(kMaxHeadBytes);
  const size_t size = co_await ReadHead(*stream, buffer, kMaxHeadBytes, &problem);
  const std::string_view head = buffer.text().substr(0, size);
  if (size == 0 || CheckResponseHead(head, kMaxFields)) co_return false;
  std::vector<doorward::Header> fields;
  Message<false> answer(fields);
  co_return answer.ParseHead(head) && answer.status() / 100 == 2;
}

}  // namespace

asio::awaitable<void> WatchHealth(UpstreamServer& server, const UpstreamContext& context,
                                  const HealthConfig& health, Deadlines& deadlines) {
  const std::string question = "GET " + health.path + " HTTP/1.1\r\nHost: " + server.name +
                               "\r\nUser-Agent: doorward-proxy\r\nConnection: close\r\n\r\n";
  asio::steady_timer pause(co_await asio::this_coro::executor);
  unsigned row = 0;  // answers in a row that speak against what is held true
  context.metrics.OnServerHealth(server.name, true);
  for (;;) {
    const bool is_well =
        co_await IsWell(server, context, question, deadlines, Clock::now() + health.timeout);
    const bool held = server.healthy.load(std::memory_order_relaxed);
    row = is_well == held ? 0 : row + 1;
    if (row >= (held ? health.unhealthy_after : health.healthy_after)) {
      row = 0;
      server.healthy.store(is_well, std::memory_order_relaxed);
      context.metrics.OnServerHealth(server.name, is_well);
    }
    pause.expires_after(health.interval);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

}  // namespace proxy
