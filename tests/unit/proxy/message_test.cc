// SPDX-License-Identifier: Apache-2.0

#include "message.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace proxy {
namespace {

struct BodyOutcome {
  std::string body;
  bool is_done = false;
  bool is_broken = false;
  std::string rest;  // what followed in the same buffer
};

// Reads a body that comes `step` octets at a time.
template <bool isRequest>
BodyOutcome ReadInSteps(Message<isRequest>& message, std::string_view octets, size_t step) {
  Buffer buffer(4096);
  BodyOutcome outcome;
  while (!octets.empty() && !message.is_done() && !message.error() && !buffer.full()) {
    const std::string_view some = octets.substr(0, step);
    octets.remove_prefix(some.size());
    const std::span<char> room = buffer.Room();
    std::copy(some.begin(), some.end(), room.begin());
    buffer.Fill(some.size());
    outcome.body += message.ParseBody(buffer);
  }
  outcome.is_done = message.is_done();
  outcome.is_broken = static_cast<bool>(message.error());
  outcome.rest = std::string(buffer.text()) + std::string(octets);
  return outcome;
}

constexpr std::string_view kChunkedHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

BodyOutcome ReadChunks(std::string_view octets, size_t step) {
  std::vector<doorward::Header> fields;
  Message<true> message(fields);
  EXPECT_TRUE(message.ParseHead(kChunkedHead));
  return ReadInSteps(message, octets, step);
}

TEST(Message, KeepsItsHeadAsViews) {
  std::vector<doorward::Header> fields = {{"left", "over"}};
  Message<true> message(fields);
  ASSERT_TRUE(message.ParseHead("GET /a?b HTTP/1.1\r\nHost: h\r\nx-A:  1 \r\nX-a:\r\n\r\n"));
  EXPECT_EQ(message.method(), "GET");
  EXPECT_EQ(message.target(), "/a?b");
  EXPECT_FALSE(message.is_http10());
  EXPECT_TRUE(message.is_done());
  ASSERT_EQ(message.fields().size(), 3u);
  EXPECT_EQ(message.fields()[1].name, "x-A");
  EXPECT_EQ(message.fields()[1].value, "1");
  EXPECT_EQ(message.fields()[2].value, "");
}

TEST(ChunkedBody, IsMovedTogetherHoweverItComes) {
  const std::string_view octets =
      "4\r\nWiki\r\n005\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nX-Trailer: 1\r\n\r\nGET ";
  for (size_t step = 1; step <= octets.size(); ++step) {
    SCOPED_TRACE(step);
    const BodyOutcome outcome = ReadChunks(octets, step);
    EXPECT_EQ(outcome.body, "Wikipedia in\r\n\r\nchunks.");
    EXPECT_TRUE(outcome.is_done);
    EXPECT_FALSE(outcome.is_broken);
    EXPECT_EQ(outcome.rest, "GET ");
  }
}

TEST(ChunkedBody, IsReadAsSoonAsItComes) {
  const BodyOutcome outcome = ReadChunks("1\r\nx", 4);
  EXPECT_EQ(outcome.body, "x");
  EXPECT_FALSE(outcome.is_done);
}

TEST(ChunkedBody, MayBeEmpty) {
  for (size_t step = 1; step <= 5; ++step) {
    SCOPED_TRACE(step);
    const BodyOutcome outcome = ReadChunks("0\r\n\r\n", step);
    EXPECT_EQ(outcome.body, "");
    EXPECT_TRUE(outcome.is_done);
  }
}

TEST(ChunkedBody, IsRefusedWhereItCanBeReadInTwoWays) {
  struct Case {
    const char* name;
    std::string octets;
  };
  const Case cases[] = {
      {"extension", "1;a=b\r\nx\r\n0\r\n\r\n"},
      {"extension of the last chunk", "0;a\r\n\r\n"},
      {"space after the size", "1 \r\nx\r\n0\r\n\r\n"},
      {"space before the size", " 1\r\nx\r\n0\r\n\r\n"},
      {"plus", "+1\r\nx\r\n0\r\n\r\n"},
      {"minus", "-1\r\nx\r\n0\r\n\r\n"},
      {"0x", "0x1\r\nx\r\n0\r\n\r\n"},
      {"no size", "\r\nx\r\n0\r\n\r\n"},
      {"no digit", "g\r\nx\r\n0\r\n\r\n"},
      {"a size beyond 64 bits", "10000000000000001\r\nx\r\n0\r\n\r\n"},
      {"bare LF after the size", "1\nx\r\n0\r\n\r\n"},
      {"bare CR after the size", "1\rx\r\n0\r\n\r\n"},
      {"bare LF after the data", "1\r\nx\n0\r\n\r\n"},
      {"more data than the size", "1\r\nxy\r\n0\r\n\r\n"},
      {"a size in the place of the data's end", "1\r\nx00\r\n"},
      {"bare LF at the end", "0\r\n\n\r\n\r\n"},
      {"a length in the trailers", "0\r\nContent-Length: 5\r\n\r\n"},
      {"a folded trailer", "0\r\nX: 1\r\n 2\r\n\r\n"},
      {"a trailer folded after nothing", "0\r\nX:\r\n 2\r\n\r\n"},
      {"a trailer folded into nothing", "0\r\nX: 1\r\n \r\n\r\n"},
      {"a trailer without a colon", "0\r\nGET /x HTTP/1.1\r\n\r\n"},
      {"bare LF in a trailer", "0\r\nX: 1\n\r\n\r\n"},
      {"a coding in the trailers", "0\r\nTransfer-Encoding: chunked\r\n\r\n"},
  };
  for (const Case& c : cases) {
    for (const size_t step : {size_t{1}, size_t{3}, c.octets.size()}) {
      SCOPED_TRACE(c.name);
      SCOPED_TRACE(step);
      EXPECT_TRUE(ReadChunks(c.octets, step).is_broken);
    }
  }
}

TEST(ChunkedBody, HasNoSizeOfAnyLengthNorTrailers) {
  EXPECT_FALSE(ReadChunks(std::string(5000, '0'), 1024).is_done);
  const BodyOutcome outcome = ReadChunks("0\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", 1024);
  EXPECT_FALSE(outcome.is_done);
}

TEST(ChunkedBody, OfAResponseMayHaveExtensions) {
  std::vector<doorward::Header> fields;
  Message<false> message(fields);
  ASSERT_TRUE(message.ParseHead("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const BodyOutcome outcome = ReadInSteps(message, "1;a=b\r\nx\r\n0;c\r\n\r\n", 100);
  EXPECT_EQ(outcome.body, "x");
  EXPECT_TRUE(outcome.is_done);
}

TEST(Body, EndsWithItsLength) {
  for (size_t step = 1; step <= 9; ++step) {
    SCOPED_TRACE(step);
    std::vector<doorward::Header> fields;
    Message<true> message(fields);
    ASSERT_TRUE(message.ParseHead("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"));
    const BodyOutcome outcome = ReadInSteps(message, "helloGET ", step);
    EXPECT_EQ(outcome.body, "hello");
    EXPECT_TRUE(outcome.is_done);
    EXPECT_EQ(outcome.rest, "GET ");
  }
}

TEST(Body, MayLookLikeALastChunk) {
  std::vector<doorward::Header> fields;
  Message<true> message(fields);
  ASSERT_TRUE(message.ParseHead("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"));
  EXPECT_EQ(ReadInSteps(message, "0\r\n", 3).body, "0\r\n");
  EXPECT_TRUE(message.is_done());
}

TEST(Body, MayLookLikeALastChunkWithinAChunk) {
  for (const std::string_view data : {"0\r\n", "00\r\n"}) {
    SCOPED_TRACE(data);
    const std::string octets = std::to_string(data.size()) + "\r\n" + std::string(data);
    EXPECT_EQ(ReadChunks(octets, 3).body, data);
    EXPECT_EQ(ReadChunks(octets, 1).body, data);
  }
}

TEST(Body, IsLimited) {
  struct Case {
    const char* name;
    std::string head;
    std::string body;
    bool is_too_large;
  };
  const std::string chunked(kChunkedHead);
  const Case cases[] = {
      {"length below", "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n", "1234", false},
      {"length at", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "12345", false},
      {"length above", "POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n", "", true},
      {"chunks at", chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", false},
      {"chunks above", chunked, "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    std::vector<doorward::Header> fields;
    Message<true> message(fields);
    message.body_limit(5);
    message.ParseHead(c.head);
    if (!message.error()) ReadInSteps(message, c.body, 100);
    EXPECT_EQ(message.error() == boost::beast::http::error::body_limit, c.is_too_large);
    EXPECT_EQ(message.is_done(), !c.is_too_large);
  }
}

TEST(Body, OfAResponseMayEndWithTheConnection) {
  std::vector<doorward::Header> fields;
  Message<false> message(fields);
  ASSERT_TRUE(message.ParseHead("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_EQ(ReadInSteps(message, "abc", 2).body, "abc");
  EXPECT_FALSE(message.is_done());
  message.ParseEnd();
  EXPECT_TRUE(message.is_done());
  EXPECT_FALSE(message.keep_alive());
}

TEST(Body, IsCutOffWhereTheConnectionEndsTooEarly) {
  for (const std::string_view head : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    SCOPED_TRACE(head);
    std::vector<doorward::Header> fields;
    Message<false> message(fields);
    ASSERT_TRUE(message.ParseHead(head));
    message.ParseEnd();
    EXPECT_FALSE(message.is_done());
    EXPECT_TRUE(message.error());
  }
}

TEST(Body, IsAbsentWhereTheStatusSaysSo) {
  for (const std::string_view head :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    SCOPED_TRACE(head);
    std::vector<doorward::Header> fields;
    Message<false> message(fields);
    ASSERT_TRUE(message.ParseHead(head));
    EXPECT_TRUE(message.is_done());
  }
}

}  // namespace
}  // namespace proxy
