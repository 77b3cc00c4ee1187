// SPDX-License-Identifier: Apache-2.0

#include "head_check.h"

#include <string>

#include <gtest/gtest.h>

namespace proxy {
namespace {

using std::string_literals::operator""s;

constexpr size_t kMaxFields = 5;

struct HeadCase {
  const char* name;
  std::string head;
  int status;
  std::string_view message = "";
};

void ExpectAll(std::initializer_list<HeadCase> cases, Problem (*check)(std::string_view, size_t)) {
  for (const HeadCase& c : cases) {
    SCOPED_TRACE(c.name);
    const Problem problem = check(c.head, kMaxFields);
    EXPECT_EQ(problem.status, c.status);
    EXPECT_EQ(problem.message, c.message);
    EXPECT_EQ(problem.error.empty(), c.status == 0);
  }
}

Problem CheckRequest(std::string_view head, size_t max) { return CheckRequestHead(head, max); }
Problem CheckResponse(std::string_view head, size_t max) { return CheckResponseHead(head, max); }

// A request with these lines after its Host.
std::string With(const std::string& lines) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

TEST(RequestHead, PassesWithOneReading) {
  ExpectAll(
      {
          {"nothing but Host", With(""), 0},
          {"length", With("Content-Length: 5\r\n"), 0},
          {"length of no octets", With("Content-Length: 0\r\n"), 0},
          {"length of 18 digits", With("Content-Length: 999999999999999999\r\n"), 0},
          {"space around a length", With("Content-Length: \t5 \r\n"), 0},
          {"chunked", With("Transfer-Encoding: chunked\r\n"), 0},
          {"chunked in capitals", With("TRANSFER-ENCODING: Chunked\r\n"), 0},
          {"empty value", With("X-A:\r\n"), 0},
          {"tab and octets above 7F in a value", With("X-A: a\tb\xC3\xA9\r\n"), 0},
          {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0},
          {"absolute form", "GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n", 0},
          {"as many fields as may be", With("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n"), 0},
      },
      CheckRequest);
}

TEST(RequestHead, IsRefusedForItsFirstLine) {
  constexpr auto kForm = "the request line is not `METHOD TARGET VERSION`";
  constexpr auto kVersion = "the first line names no version of HTTP";
  const std::string rest = "\r\nHost: a\r\n\r\n";
  ExpectAll(
      {
          {"empty line first", "\r\nGET / HTTP/1.1" + rest, 400, "the method is not a token"},
          {"method with a colon", "GE:T / HTTP/1.1" + rest, 400, "the method is not a token"},
          {"space first", " GET / HTTP/1.1" + rest, 400, "the method is not a token"},
          {"two spaces before the target", "GET  / HTTP/1.1" + rest, 400, kForm},
          {"two spaces after the target", "GET /  HTTP/1.1" + rest, 400, kVersion},
          {"a tab for a space", "GET\t/ HTTP/1.1" + rest, 400, "the method is not a token"},
          {"a tab in the target", "GET /\t HTTP/1.1" + rest, 400, kForm},
          {"octets above 7F in the target", "GET /\xC3\xA9 HTTP/1.1" + rest, 400, kForm},
          {"space at the end", "GET / HTTP/1.1 " + rest, 400, kVersion},
          {"no version", "GET /" + rest, 400, kVersion},
          {"no target", "GET HTTP/1.1" + rest, 400, kVersion},
          {"version in small letters", "GET / http/1.1" + rest, 400, kVersion},
          {"version of three digits", "GET / HTTP/1.10" + rest, 400, kVersion},
          {"HTTP/2.0", "GET / HTTP/2.0" + rest, 505,
           "the versions that are understood are HTTP/1.1 and 1.0"},
          {"HTTP/1.2", "GET / HTTP/1.2" + rest, 505,
           "the versions that are understood are HTTP/1.1 and 1.0"},
          {"CONNECT", "CONNECT a:443 HTTP/1.1" + rest, 501, "this proxy opens no tunnels"},
      },
      CheckRequest);
}

TEST(RequestHead, IsRefusedForTheSyntaxOfAField) {
  ExpectAll(
      {
          {"no colon", With("X-A\r\n"), 400, "a field has no colon"},
          {"no name", With(": 1\r\n"), 400, "a field's name is not a token"},
          {"space before the colon", With("X-A : 1\r\n"), 400, "a field's name is not a token"},
          {"space in the name", With("X A: 1\r\n"), 400, "a field's name is not a token"},
          {"folded by a space", With("X-A: 1\r\n 2\r\n"), 400, "a field is folded over lines"},
          {"folded by a tab", With("X-A: 1\r\n\t2\r\n"), 400, "a field is folded over lines"},
          {"the first field begins with a space", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400,
           "a field is folded over lines"},
          {"NUL in a value", With("X-A: 1\0002\r\n"s), 400, "a control character"},
          {"NUL in a name", With("X\0A: 1\r\n"s), 400, "a control character"},
          {"vertical tab", With("Transfer-Encoding: \vchunked\r\n"), 400, "a control character"},
          {"DEL", With("X-A: \x7F\r\n"), 400, "a control character"},
          {"bare CR in a value", With("X-A: 1\rX-B: 2\r\n"), 400, "a control character"},
          {"bare CR at a value's end", With("X-A: 1\r\r\n"), 400, "a control character"},
          {"bare LF", With("X-A: 1\nX-B: 2\r\n"), 400, "a control character"},
          {"empty line within", With("\r\nX-A: 1\r\n"), 400, "an empty line among the fields"},
          {"no end", "GET / HTTP/1.1\r\nHost: a\r\n", 400, "the head has no end"},
          {"one field too many", With("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n"), 431,
           "the head has too many fields"},
      },
      CheckRequest);
}

TEST(RequestHead, IsRefusedForItsFraming) {
  constexpr auto kNumber = "Content-Length is not a number";
  constexpr auto kCoding = "the only transfer coding that is understood is `chunked`";
  constexpr auto kBoth = "both Content-Length and Transfer-Encoding";
  constexpr auto kSpelling = "a field's name may be taken for that of the message's length";
  ExpectAll(
      {
          {"no Host", "GET / HTTP/1.1\r\n\r\n", 400, "no Host"},
          {"two Hosts", With("Host: a\r\n"), 400, "more than one Host"},
          {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400,
           "more than one Host"},
          {"two lengths", With("Content-Length: 5\r\nContent-Length: 6\r\n"), 400,
           "more than one Content-Length"},
          {"the same length twice", With("Content-Length: 5\r\nContent-Length: 5\r\n"), 400,
           "more than one Content-Length"},
          {"list of lengths", With("Content-Length: 5, 5\r\n"), 400, kNumber},
          {"empty length", With("Content-Length:\r\n"), 400, kNumber},
          {"length with plus", With("Content-Length: +5\r\n"), 400, kNumber},
          {"length with minus", With("Content-Length: -5\r\n"), 400, kNumber},
          {"hexadecimal length", With("Content-Length: 0x5\r\n"), 400, kNumber},
          {"length with a space in it", With("Content-Length: 1 0\r\n"), 400, kNumber},
          {"length with a point", With("Content-Length: 5.0\r\n"), 400, kNumber},
          {"length of 19 digits", With("Content-Length: 1000000000000000000\r\n"), 400, kNumber},
          {"length and chunked", With("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400,
           kBoth},
          {"chunked and length", With("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400,
           kBoth},
          {"chunked twice", With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
           400, "more than one Transfer-Encoding"},
          {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
           "Transfer-Encoding in HTTP/1.0"},
          {"length and another coding",
           With("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n"), 400, kBoth},
          {"chunked, chunked", With("Transfer-Encoding: chunked, chunked\r\n"), 501, kCoding},
          {"gzip, chunked", With("Transfer-Encoding: gzip, chunked\r\n"), 501, kCoding},
          {"chunked, identity", With("Transfer-Encoding: chunked, identity\r\n"), 501, kCoding},
          {"identity", With("Transfer-Encoding: identity\r\n"), 501, kCoding},
          {"xchunked", With("Transfer-Encoding: xchunked\r\n"), 501, kCoding},
          {"chunked with a parameter", With("Transfer-Encoding: chunked;q=1\r\n"), 501, kCoding},
          {"no coding", With("Transfer-Encoding:\r\n"), 501, kCoding},
          {"Content_Length", With("Content_Length: 5\r\n"), 400, kSpelling},
          {"Transfer_Encoding", With("transfer_encoding: chunked\r\n"), 400, kSpelling},
          {"Transfer.Encoding", With("Transfer.Encoding: chunked\r\n"), 400, kSpelling},
      },
      CheckRequest);
}

TEST(ResponseHead, PassesOrIsRefused) {
  ExpectAll(
      {
          {"plain", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", 0},
          {"no reason phrase", "HTTP/1.1 200 \r\n\r\n", 0},
          {"HTTP/1.0", "HTTP/1.0 404 Not Found\r\n\r\n", 0},
          {"unknown status", "HTTP/1.1 799 Who Knows\r\n\r\n", 0},
          {"not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 400, "the first line names no version of HTTP"},
          {"status of two digits", "HTTP/1.1 20 OK\r\n\r\n", 400,
           "the status is not a number of three digits"},
          {"status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", 400,
           "the status is not a number of three digits"},
          {"status 0", "HTTP/1.1 000 Zero\r\n\r\n", 400,
           "the status is not a number of three digits"},
          {"length and chunked",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
           "both Content-Length and Transfer-Encoding"},
          {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400,
           "more than one Content-Length"},
          {"folded", "HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\r\n", 400,
           "a field is folded over lines"},
          {"bare CR", "HTTP/1.1 200 OK\r\nX-A: 1\r2\r\n\r\n", 400, "a control character"},
      },
      CheckResponse);
}

TEST(HeadEnd, IsFoundHoweverTheOctetsCome) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string text = head + "body";
  size_t scanned = 0;
  for (size_t size = 0; size < head.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(FindHeadEnd(text.substr(0, size), scanned), 0u);
  }
  EXPECT_EQ(FindHeadEnd(text.substr(0, head.size()), scanned), head.size());
  scanned = 0;
  EXPECT_EQ(FindHeadEnd(text, scanned), head.size());
}

TEST(HeadEnd, IsNotLookedForBehindABareLineFeed) {
  for (const std::string text : {"\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
                                 "GET / HTTP/1.1\r\nHost: a\r\n\n"}) {
    SCOPED_TRACE(text);
    size_t scanned = 0;
    EXPECT_EQ(FindHeadEnd(text, scanned), kBareLineFeed);
  }
}

TEST(HeadEnd, ComesAtOnceWithAnEmptyFirstLine) {
  size_t scanned = 0;
  EXPECT_EQ(FindHeadEnd("\r\nGET", scanned), 2u);
}

}  // namespace
}  // namespace proxy
