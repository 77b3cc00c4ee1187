// SPDX-License-Identifier: Apache-2.0

#include "forwarding.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "doorward/reason.h"

namespace proxy {
namespace {

using doorward::Header;
using std::string_view_literals::operator""sv;

ForwardedRequest MakeRequest(std::span<const Header> fields) {
  return {.method = "GET",
          .path = "/a",
          .query = "?q=1",
          .fields = fields,
          .request_id = "id-1",
          .way = "192.0.2.1, 192.0.2.7",
          .scheme = "https",
          .host = "b:8443"};
}

std::string Written(const ForwardedRequest& request) {
  std::string head = "left from before";
  EXPECT_TRUE(WriteHead(request, head));
  return head;
}

// What the proxy says of every request.
std::string OwnFields() {
  return "X-Forwarded-For: 192.0.2.1, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
         "X-Forwarded-Host: b:8443\r\nX-Request-ID: id-1\r\n";
}

struct FieldCase {
  const char* name;
  std::vector<Header> fields;  // besides Host
  std::string want;            // of these
};

TEST(RequestForwarding, LeavesOutWhatBelongsToTheConnection) {
  const FieldCase cases[] = {
      {"others, in their order", {{"B", "1"}, {"a", "2"}, {"B", "3"}}, "B: 1\r\na: 2\r\nB: 3\r\n"},
      {"Connection", {{"connection", "close"}}, ""},
      {"named in Connection", {{"Connection", "X-A , x-b"}, {"x-a", "1"}, {"X-B", "2"}}, ""},
      {"named before and after, in two fields",
       {{"X-A", "1"}, {"Connection", "keep-alive"}, {"Connection", "x-a,X-B"}, {"X-B", "2"}},
       ""},
      {"Host stays though it is named", {{"Connection", "Host"}}, ""},
      {"each that concerns one hop",
       {{"Keep-Alive", "5"},
        {"Proxy-Connection", "x"},
        {"TE", "trailers"},
        {"Trailer", "X"},
        {"Upgrade", "h2c"},
        {"HTTP2-Settings", "x"},
        {"Proxy-Authorization", "x"},
        {"Expect", "100-continue"},
        {"Transfer-Encoding", "chunked"},
        {"Content-Length", "7"}},
       ""},
      {"the proxy's own, in any spelling",
       {{"X-Forwarded-For", "1.1.1.1"},
        {"x_forwarded_for", "1.1.1.1"},
        {"X-Forwarded-Proto", "http"},
        {"X-Forwarded-Host", "evil"},
        {"x.request.id", "x"}},
       ""},
  };
  for (const FieldCase& c : cases) {
    SCOPED_TRACE(c.name);
    std::vector<Header> fields = {{"Host", "a"}};
    fields.insert(fields.end(), c.fields.begin(), c.fields.end());
    EXPECT_EQ(Written(MakeRequest(fields)),
              "GET /a?q=1 HTTP/1.1\r\nHost: a\r\n" + c.want + OwnFields() + "\r\n");
  }
}

TEST(RequestForwarding, LeavesOutWhatElseIsSaidOfTheWay) {
  const std::string_view names[] = {
      "Forwarded",          "X-Forwarded-Port", "X-Forwarded-Protocol",     "X-Forwarded-Scheme",
      "X-Forwarded-Server", "X-Forwarded-Ssl",  "X-Original-Forwarded-For", "X-Real-IP",
      "X-Client-IP",        "True-Client-IP",   "X-Cluster-Client-IP",      "X-Url-Scheme",
      "Front-End-Https",    "x_real_ip",        "X.FORWARDED_port"};
  for (const std::string_view name : names) {
    SCOPED_TRACE(name);
    const Header fields[] = {{"Host", "a"}, {name, "1.1.1.1"}, {"X-End", "1"}};
    EXPECT_EQ(Written(MakeRequest(fields)),
              "GET /a?q=1 HTTP/1.1\r\nHost: a\r\nX-End: 1\r\n" + OwnFields() + "\r\n");
  }
}

TEST(RequestForwarding, SetsIdentityAfterRemovingWhatTheClientSent) {
  const Header fields[] = {{"Host", "a"},         {"X-User-ID", "root"},
                           {"x_user_id", "root"}, {"Connection", "X-User-ID"},
                           {"X-USER-id", "root"}, {"Authorization", "Bearer x"}};
  const std::string_view removed[] = {"X-User-ID", "x_user_id", "X-USER-id", "Authorization"};
  const Header set[] = {{"X-User-ID", "alice"}};
  ForwardedRequest request = MakeRequest(fields);
  request.removed = removed;
  request.set = set;
  EXPECT_EQ(Written(request),
            "GET /a?q=1 HTTP/1.1\r\nHost: a\r\nX-User-ID: alice\r\n" + OwnFields() + "\r\n");
  request.removed = std::span(removed).subspan(1, 1);  // set replaces, removed or not
  EXPECT_EQ(Written(request),
            "GET /a?q=1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nX-User-ID: alice\r\n" +
                OwnFields() + "\r\n");
}

TEST(RequestForwarding, FramesTheBodyItself) {
  const Header fields[] = {{"Host", "a"}, {"content-length", "007"}};
  ForwardedRequest request = MakeRequest(fields);
  request.body.length = 7;
  EXPECT_EQ(Written(request),
            "GET /a?q=1 HTTP/1.1\r\nHost: a\r\n" + OwnFields() + "Content-Length: 7\r\n\r\n");
  request.body = {.chunked = true};
  EXPECT_EQ(Written(request), "GET /a?q=1 HTTP/1.1\r\nHost: a\r\n" + OwnFields() +
                                  "Transfer-Encoding: chunked\r\n\r\n");
}

TEST(RequestForwarding, PassesOnAnUpgradeToWebSocketAlone) {
  const Header fields[] = {{"Host", "a"},
                           {"Connection", "Upgrade"},
                           {"Upgrade", "websocket"},
                           {"Sec-WebSocket-Key", "k"}};
  ForwardedRequest request = MakeRequest(fields);
  EXPECT_EQ(Written(request),
            "GET /a?q=1 HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: k\r\n" + OwnFields() + "\r\n");
  request.upgrades_to_websocket = true;
  EXPECT_EQ(Written(request), "GET /a?q=1 HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: k\r\n" +
                                  OwnFields() +
                                  "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST(RequestForwarding, WritesNothingThatWouldEndALine) {
  const Header fields[] = {{"Host", "a"}};
  for (const std::string_view value : {"a\rb"sv, "a\nb"sv, "a\0b"sv, "a\x7F"sv, "\r\nX: y"sv}) {
    SCOPED_TRACE(value);
    const Header set[] = {{"X-User-ID", value}};
    ForwardedRequest request = MakeRequest(fields);
    request.set = set;
    std::string head;
    EXPECT_FALSE(WriteHead(request, head));
  }
}

TEST(ResponseForwarding, LeavesOutWhatBelongsToTheConnection) {
  const Header fields[] = {
      {"Content-Type", "text/plain"},   {"Connection", "close, X-Hop"}, {"X-Hop", "1"},
      {"Transfer-Encoding", "chunked"}, {"Set-Cookie", "a=1"},          {"Set-Cookie", "b=2"},
      {"x-request-id", "theirs"},       {"Keep-Alive", "timeout=5"}};
  ForwardedResponse response{.status = 200, .fields = fields, .request_id = "id-1"};
  const std::string begin =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
      "X-Request-ID: id-1\r\n";
  std::string head;
  ASSERT_TRUE(WriteHead(response, head));
  EXPECT_EQ(head, begin + "\r\n");
  response.body.length = 3;
  response.says_keep_alive = true;
  ASSERT_TRUE(WriteHead(response, head));
  EXPECT_EQ(head, begin + "Connection: keep-alive\r\nContent-Length: 3\r\n\r\n");
  response.closes = true;
  response.body = {.chunked = true};
  ASSERT_TRUE(WriteHead(response, head));
  EXPECT_EQ(head, begin + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST(ResponseForwarding, NamesNoReasonForAStatusThatIsNotKnown) {
  std::string head;
  ASSERT_TRUE(WriteHead(ForwardedResponse{.status = 799, .request_id = "i"}, head));
  EXPECT_EQ(head, "HTTP/1.1 799 \r\nX-Request-ID: i\r\n\r\n");
}

TEST(OwnAnswer, SaysWhatItIs) {
  const std::string body = R"({"error":"no_token","message":"no token","request_id":"id-1"})"
                           "\n";
  const std::string head =
      "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
      "WWW-Authenticate: Bearer\r\nX-Request-ID: id-1\r\nConnection: close\r\n"
      "Content-Length: 62\r\n\r\n";
  OwnAnswer answer{.problem = {401, "no_token", "no token"},
                   .request_id = "id-1",
                   .www_authenticate = "Bearer",
                   .closes = true};
  EXPECT_EQ(body.size(), 62u);
  EXPECT_EQ(MakeAnswer(answer), head + body);
  answer.without_body = true;
  EXPECT_EQ(MakeAnswer(answer), head);
}

TEST(OwnAnswer, SaysWhenToComeAgain) {
  const std::string answer = MakeAnswer({.problem = {503, "a", "b"}, .request_id = "i"});
  EXPECT_NE(answer.find("\r\nRetry-After: 1\r\n"), std::string::npos);
}

TEST(OwnAnswer, NeedsNoEscapesForAnyReason) {
  for (int i = 0; i < 256; ++i) {
    const auto reason = static_cast<doorward::Reason>(i);
    SCOPED_TRACE(doorward::ReasonName(reason));
    EXPECT_EQ(doorward::ReasonText(reason).find_first_of("\"\\\n"), std::string_view::npos);
  }
}

TEST(WebSocket, IsAskedForByBothFields) {
  struct Case {
    const char* name;
    std::vector<Header> fields;
    bool want;
  };
  const Case cases[] = {
      {"as browsers do", {{"Connection", "keep-alive, Upgrade"}, {"Upgrade", "websocket"}}, true},
      {"without case", {{"CONNECTION", "upgrade"}, {"UPGRADE", "WebSocket"}}, true},
      {"not named in Connection", {{"Connection", "close"}, {"Upgrade", "websocket"}}, false},
      {"no Upgrade", {{"Connection", "Upgrade"}}, false},
      {"h2c", {{"Connection", "Upgrade"}, {"Upgrade", "h2c"}}, false},
      {"a choice", {{"Connection", "Upgrade"}, {"Upgrade", "websocket, h2c"}}, false},
      {"twice", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Upgrade", "h2c"}}, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(AsksForWebSocket(c.fields), c.want);
  }
}

TEST(RequestId, IsCarriedWhereItIsSafeInLogs) {
  EXPECT_TRUE(IsRequestId("a"));
  EXPECT_TRUE(IsRequestId("0af7651916cd43dd8448eb211c80319c"));
  EXPECT_TRUE(IsRequestId("Root=1-67891233-abcdef012345678912345678"));
  EXPECT_TRUE(IsRequestId(std::string(128, 'a')));
  EXPECT_FALSE(IsRequestId(std::string(129, 'a')));
  for (const std::string_view id : {""sv, "a b"sv, "a\"b"sv, "a\\b"sv, "a\nb"sv, "caf\xC3\xA9"sv}) {
    SCOPED_TRACE(id);
    EXPECT_FALSE(IsRequestId(id));
  }
}

}  // namespace
}  // namespace proxy
