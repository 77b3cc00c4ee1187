// SPDX-License-Identifier: Apache-2.0

#include "worker.h"

#include <new>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/rand.h>

namespace proxy {
namespace {

// How often to look: an eighth of the shortest time that is configured.
std::chrono::milliseconds SweepInterval(const Config& config) {
  const std::chrono::milliseconds shortest = std::min(
      {config.limits.header_timeout, config.limits.idle_timeout, config.limits.total_timeout,
       config.upstream.connect_timeout, config.upstream.idle_timeout,
       config.upstream.health ? config.upstream.health->timeout : config.upstream.idle_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(200));
}

}  // namespace

std::string RequestIds::Next() {
  if (used_ == random_.size()) {
    if (RAND_bytes(random_.data(), static_cast<int>(random_.size())) != 1) throw std::bad_alloc();
    used_ = 0;
  }
  std::string id;
  id.reserve(2 * kIdBytes);
  for (size_t i = 0; i < kIdBytes; ++i) {
    const unsigned char octet = random_[used_++];
    id += "0123456789abcdef"[octet >> 4];
    id += "0123456789abcdef"[octet & 15];
  }
  return id;
}

asio::awaitable<void> Worker::Watch() {
  const std::chrono::milliseconds interval = SweepInterval(shared.config);
  asio::steady_timer timer(context);
  while (!shared.draining || shared.connections != 0) {
    timer.expires_after(interval);
    co_await timer.async_wait(asio::use_awaitable);
    deadlines.Sweep(Clock::now());
    pool.CloseStale(Clock::now());
    if (shared.draining) deadlines.EndIdleWaits();
  }
  context.stop();
}

}  // namespace proxy
