// SPDX-License-Identifier: Apache-2.0
//
// What a thread of the proxy has for itself, and what all of them share. Since a connection stays
// with its worker, nothing on the path of a request takes a lock.

#ifndef PROXY_WORKER_H_
#define PROXY_WORKER_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include <boost/asio/io_context.hpp>

#include "doorward/scratch.h"

#include "audit_log.h"
#include "buffer.h"
#include "config.h"
#include "gate.h"
#include "metrics.h"
#include "stream.h"
#include "upstream.h"

namespace proxy {

struct Shared {
  const Config& config;
  const Gate& gate;
  AuditLog& audit;
  Metrics& metrics;
  UpstreamContext upstream;
  std::atomic<bool> draining{false};
  std::atomic<size_t> connections{0};
};

// Makes ids of 128 random bits, in hexadecimal.
class RequestIds {
 public:
  std::string Next();

 private:
  static constexpr size_t kIdBytes = 16;
  std::array<unsigned char, 64 * kIdBytes> random_;
  size_t used_ = random_.size();
};

// INVARIANT: the order of the members. Connections that are idle go before the context which they
// are registered with; coroutines that still wait go with the context, and unlink from `deadlines`.
struct Worker {
  explicit Worker(Shared& all)
      : shared(all),
        buffers(std::max<size_t>(64 * 1024, all.config.limits.header_bytes)),
        pool(all.upstream, deadlines) {}

  // Sees to the deadlines, until the last connection has gone while draining.
  asio::awaitable<void> Watch();

  Shared& shared;
  doorward::Scratch scratch;
  RequestIds request_ids;
  Deadlines deadlines;
  BufferPool buffers;
  asio::io_context context{1};
  UpstreamPool pool;
};

}  // namespace proxy

#endif  // PROXY_WORKER_H_
