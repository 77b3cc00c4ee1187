// SPDX-License-Identifier: Apache-2.0

#include "reading.h"

namespace proxy {

asio::awaitable<size_t> ReadHead(Stream& from, Buffer& buffer, size_t max_bytes, Problem* problem) {
  size_t scanned = 0;
  for (;;) {
    const size_t size = FindHeadEnd(buffer.text(), scanned);
    if (size == kBareLineFeed) {
      *problem = {400, "bad_request", "a line ends without CR"};
    } else if (size > max_bytes || (size == 0 && buffer.octets().size() >= max_bytes)) {
      *problem = {431, "head_too_large", "the head is too large"};
    } else if (size != 0) {
      co_return size;
    }
    if (*problem) co_return 0;
    const size_t octets = co_await from.Read(buffer.Room());
    if (octets == 0) co_return 0;
    buffer.Fill(octets);
  }
}

}  // namespace proxy
