// SPDX-License-Identifier: Apache-2.0
//
// Reads messages off a stream: a head in one piece, then its body piece by piece.

#ifndef PROXY_READING_H_
#define PROXY_READING_H_

#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "buffer.h"
#include "head_check.h"
#include "message.h"
#include "stream.h"

namespace proxy {

// Reads until `buffer` begins with a whole head, and returns its size; 0 where none came:
// `*problem` says what is wrong with it, or nothing where the stream failed before (its fault()).
asio::awaitable<size_t> ReadHead(Stream& from, Buffer& buffer, size_t max_bytes, Problem* problem);

// Reads the next piece of a message's body. "" at its end (is_done()), and where it failed: then
// error() says how the message is broken, or the stream's fault() why nothing more came.
template <bool isRequest>
asio::awaitable<std::string_view> ReadBody(Message<isRequest>& message, Buffer& buffer,
                                           Stream& from) {
  for (;;) {
    const std::string_view piece = message.ParseBody(buffer);
    if (!piece.empty() || message.is_done() || message.error() || buffer.full()) co_return piece;
    const size_t octets = co_await from.Read(buffer.Room());
    if (octets == 0) {
      if (from.fault() == Stream::Fault::kEnd) message.ParseEnd();
      co_return std::string_view();
    }
    buffer.Fill(octets);
  }
}

}  // namespace proxy

#endif  // PROXY_READING_H_
