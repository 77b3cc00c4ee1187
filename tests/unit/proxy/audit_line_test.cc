// SPDX-License-Identifier: Apache-2.0

#include "examples/proxy/audit_line.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "doorward/policy.h"

namespace proxy {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

struct TextCase {
  const char* name;
  std::string text;
  std::string want;  // without the quotation marks
};

using namespace std::string_literals;

const TextCase kTextCases[] = {
    {"empty", "", ""},
    {"plain", "GET", "GET"},
    {"quotation mark and backslash", R"(a"b\c)", R"(a\"b\\c)"},
    {"line break", "a\r\nb", R"(a\u000d\u000ab)"},
    {"NUL", "a\0b"s, R"(a\u0000b)"},
    {"last control", "\x1f", R"(\u001f)"},
    {"space", " ", " "},
    {"DEL", "\x7f", R"(\u007f)"},
    {"first C1 control", "\xc2\x80", R"(\u0080)"},
    {"last C1 control", "\xc2\x9f", R"(\u009f)"},
    {"no-break space", "\xc2\xa0", "\xc2\xa0"},
    {"two octets", "\xc3\xa9", "\xc3\xa9"},
    {"three octets", "\xe2\x82\xac", "\xe2\x82\xac"},
    {"four octets", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    {"the last code point", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
    {"beyond the last code point", "\xf4\x90\x80\x80", R"(\ufffd\ufffd\ufffd\ufffd)"},
    {"lone continuation", "a\x80z", R"(a\ufffdz)"},
    {"cut at the end", "a\xe2\x82", R"(a\ufffd\ufffd)"},
    {"cut before ASCII", "\xe2\x82z", R"(\ufffd\ufffdz)"},
    {"cut before another", "\xc3\xc3\xa9", "\\ufffd\xc3\xa9"},
    {"overlong of two", "\xc0\xaf", R"(\ufffd\ufffd)"},
    {"overlong of three", "\xe0\x9f\xbf", R"(\ufffd\ufffd\ufffd)"},
    {"overlong of four", "\xf0\x8f\xbf\xbf", R"(\ufffd\ufffd\ufffd\ufffd)"},
    {"surrogate", "\xed\xa0\x80", R"(\ufffd\ufffd\ufffd)"},
    {"last before the surrogates", "\xed\x9f\xbf", "\xed\x9f\xbf"},
    {"never in UTF-8", "\xff\xfe", R"(\ufffd\ufffd)"},
};

TEST(AuditLine, EscapesTextAndShowsWhatIsNoUtf8) {
  for (const TextCase& row : kTextCases) {
    SCOPED_TRACE(row.name);
    std::string out = "x";
    AppendJson(row.text, out);
    EXPECT_EQ(out, "x\"" + row.want + "\"");
  }
}

constexpr system_clock::time_point kTime{seconds(1'700'000'000) + microseconds(42)};

TEST(AuditLine, HasAllOfAnExchange) {
  std::string out;
  AppendLine({.time = kTime,
              .request_id = "r-1",
              .upstream = "10.0.0.2:80",
              .upstream_status = 200,
              .status = 502,
              .error = "upstream_protocol",
              .bytes_received = 18'446'744'073'709'551'615u,
              .bytes_sent = 7,
              .total_time = microseconds(1234)},
             out);
  EXPECT_EQ(
      out,
      "{\"time\":\"2023-11-14T22:13:20.000042Z\",\"event\":\"exchange\",\"request_id\":\"r-1\","
      "\"upstream\":\"10.0.0.2:80\",\"upstream_status\":200,\"status\":502,"
      "\"error\":\"upstream_protocol\",\"bytes_received\":18446744073709551615,"
      "\"bytes_sent\":7,\"total_us\":1234}\n");
}

TEST(AuditLine, HasNullForWhatDidNotHappen) {
  std::string out;
  AppendLine({.time = system_clock::time_point(), .request_id = "r"}, out);
  EXPECT_EQ(out,
            "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"event\":\"exchange\",\"request_id\":\"r\","
            "\"upstream\":null,\"upstream_status\":null,\"status\":null,\"bytes_received\":0,"
            "\"bytes_sent\":0,\"total_us\":0}\n");
}

class DecisionLine : public testing::Test {
 protected:
  std::string Line(const char* target, std::string_view host) {
    const doorward::Request request{.method = "GET", .host = host, .target = target};
    std::string out;
    AppendLine({.time = kTime,
                .request_id = "r-1",
                .method = "GET",
                .host = host,
                .source_ip = "192.0.2.1",
                .decision_time = nanoseconds(640)},
               policy_->Decide(policy_->AnonymousCaller(), request, kTime, scratch_), out);
    return out;
  }

  std::shared_ptr<const doorward::Policy> policy_ =
      doorward::Policy::Load(
          "doorward: 1\n"
          "rules:\n"
          "  - {id: open, allow: [everyone], endpoints: [/open/**]}\n"
          "  - {id: tried, deny: [everyone], endpoints: [/open/**], mode: report}\n",
          "p.yaml")
          .policy;
  doorward::Scratch scratch_;
};

TEST_F(DecisionLine, HasAllOfADecisionButTheQuery) {
  EXPECT_EQ(
      Line("/open/%61?token=secret", "api.example.com:443"),
      "{\"time\":\"2023-11-14T22:13:20.000042Z\",\"event\":\"decision\",\"request_id\":\"r-1\","
      "\"policy\":\"" +
          std::string(policy_->revision()) +
          "\",\"outcome\":\"allow\",\"status\":200,\"rule\":\"open\",\"reason\":\"allowed\","
          "\"report\":[\"tried\"],\"issuer\":null,\"subject\":null,\"method\":\"GET\","
          "\"host\":\"api.example.com:443\",\"path\":\"/open/a\",\"source_ip\":\"192.0.2.1\","
          "\"decision_ns\":640}\n");
}

TEST_F(DecisionLine, HasNullForAPathThatWasRefused) {
  const std::string line = Line("/open/%2e%2e/x", "a\"\n");
  EXPECT_NE(line.find("\"outcome\":\"deny\",\"status\":400,\"rule\":null,"), std::string::npos)
      << line;
  EXPECT_NE(line.find("\"host\":\"a\\\"\\u000a\",\"path\":null,"), std::string::npos) << line;
}

}  // namespace
}  // namespace proxy
