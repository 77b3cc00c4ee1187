// SPDX-License-Identifier: Apache-2.0
//
// Asks the servers of the upstream, again and again, whether they are well.

#ifndef PROXY_HEALTH_H_
#define PROXY_HEALTH_H_

#include "upstream.h"

namespace proxy {

// Watches one server for ever. Ends with the executor that it runs on.
asio::awaitable<void> WatchHealth(UpstreamServer& server, const UpstreamContext& context,
                                  const HealthConfig& health, Deadlines& deadlines);

}  // namespace proxy

#endif  // PROXY_HEALTH_H_
