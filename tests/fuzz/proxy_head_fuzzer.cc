// SPDX-License-Identifier: Apache-2.0
//
// What a client may send the reference proxy: a head and a body. A head that passes the check must
// be one that Beast reads as the check did, and what the proxy would send on must pass it again; a
// body reads the same whether it comes at once or an octet at a time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "forwarding.h"
#include "head_check.h"
#include "message.h"
#include "origin.h"

namespace proxy {
namespace {

constexpr size_t kMaxFields = 100;

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// The body's octets, and an octet for how it ended.
std::string ReadBody(std::string_view head, std::string_view octets, size_t step) {
  std::vector<doorward::Header> fields;
  Message<true> message(fields);
  message.ParseHead(head);
  Buffer buffer(octets.size() + 16);
  std::string body;
  while (!octets.empty() && !message.is_done() && !message.error()) {
    const std::string_view some = octets.substr(0, step);
    octets.remove_prefix(some.size());
    const std::span<char> room = buffer.Room();
    std::copy(some.begin(), some.end(), room.begin());
    buffer.Fill(some.size());
    body += message.ParseBody(buffer);
  }
  return body + (message.is_done() ? 'd' : message.error() ? 'e' : 'm');
}

void CheckForwarded(const Message<true>& message, std::string_view target) {
  const auto trusted_hops = static_cast<unsigned>(target.size() % 3);
  const Origin origin = FindOrigin("192.0.2.1", false, message.fields(), trusted_hops);
  std::string head;
  const bool may_be_sent = WriteHead(ForwardedRequest{.method = message.method(),
                                                      .path = target,
                                                      .fields = message.fields(),
                                                      .request_id = "id",
                                                      .way = origin.way,
                                                      .scheme = origin.scheme,
                                                      .host = origin.host,
                                                      .body = {.chunked = message.chunked()}},
                                     head);
  Require(may_be_sent, "a head that passed the check cannot be sent on");
  const Problem problem = CheckRequestHead(head, kMaxFields + 10);
  Require(!problem || problem.message == "no Host", "what is sent on would be refused");
  size_t scanned = 0;
  Require(FindHeadEnd(head, scanned) == head.size(), "what is sent on is more than a head");
}

void Run(std::string_view text) {
  size_t scanned = 0;
  const size_t size = FindHeadEnd(text, scanned);
  if (size == 0 || size == kBareLineFeed) return;
  const std::string_view head = text.substr(0, size);
  CheckResponseHead(head, kMaxFields);
  if (CheckRequestHead(head, kMaxFields)) return;

  std::vector<doorward::Header> fields;
  Message<true> message(fields);
  if (!message.ParseHead(head)) return;
  const auto lines = static_cast<size_t>(std::count(head.begin(), head.end(), '\n'));
  Require(fields.size() + 2 == lines, "Beast sees other fields than there are lines");
  for (const doorward::Header& field : fields) {
    Require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == field.value.npos,
            "a value goes over its line");
  }
  Require(!(message.chunked() && message.content_length()), "two lengths");
  CheckForwarded(message, message.target());
  const std::string_view rest = text.substr(size);
  Require(ReadBody(head, rest, 1) == ReadBody(head, rest, std::max<size_t>(rest.size(), 1)),
          "a body depends on how it comes");
}

}  // namespace
}  // namespace proxy

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  proxy::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
