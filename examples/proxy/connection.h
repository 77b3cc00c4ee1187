// SPDX-License-Identifier: Apache-2.0
//
// A client's connection: its requests one after the other, each checked, decided, and then refused
// or sent on.

#ifndef PROXY_CONNECTION_H_
#define PROXY_CONNECTION_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "worker.h"

namespace proxy {

// Serves a connection that was accepted by a listener (its place in the configuration), to its end.
// `peer`: the client's address, as it was when the connection was accepted.
asio::awaitable<void> ServeConnection(Worker& worker, asio::ip::tcp::socket socket,
                                      asio::ip::address peer, size_t listener);

}  // namespace proxy

#endif  // PROXY_CONNECTION_H_
