// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

struct TargetCase {
  const char* name;
  std::string target;
  const char* path = nullptr;  // null: kBadTarget
  std::optional<std::string> query = std::nullopt;
  std::optional<std::string> host = "app.example";
  const char* method = "GET";
};

void ExpectOutcome(const TargetCase& c) {
  SCOPED_TRACE(c.name);
  Scratch scratch;
  CanonicalRequest out;
  const Request request{.method = c.method, .host = c.host, .target = c.target};
  const Reason reason = Normalise(request, {}, scratch, &out);
  if (c.path == nullptr) {
    EXPECT_EQ(reason, Reason::kBadTarget);
    return;
  }
  ASSERT_EQ(reason, Reason::kAllowed);
  EXPECT_EQ(out.path, c.path);
  EXPECT_EQ(out.has_query, c.query.has_value());
  EXPECT_EQ(out.query, c.query.value_or(""));
  EXPECT_EQ(out.is_asterisk, out.path == "*");
}

TEST(Target, IsInOriginForm) {
  const TargetCase cases[] = {
      {"root", "/", "/"},
      {"path", "/a/b", "/a/b"},
      {"query", "/a?b=c", "/a", "b=c"},
      {"empty query", "/a?", "/a", ""},
      {"query with a question mark", "/a?b?c", "/a", "b?c"},
      {"query with what a path may not hold", "/a?../%00;\\|\"", "/a", "../%00;\\|\""},
      {"query of an encoded path", "/%61?b", "/a", "b"},
      {"empty", ""},
      {"no slash", "admin"},
      {"query alone", "?x"},
      {"dots", "../admin"},
      {"authority-form", "app.example:443"},
      {"userinfo", "@evil.example/"},
      {"fragment", "/a#b"},
      {"fragment in a query", "/a?b#c"},
      {"fragment of an encoded path", "/%61#c"},
      {"space", "/a b"},
      {"space in a query", "/a?b c"},
      {"space in the query of an encoded path", "/%61?b c"},
      {"tab", "/a\t"},
      {"NUL", std::string("/a\0", 3)},
      {"line break", "/a\r\nX: y"},
      {"DEL", "/a\x7F"},
      {"DEL in a query", "/a?\x7F"},
      {"not ASCII", "/caf\xC3\xA9"},
      {"not ASCII in a query", "/a?\xC3\xA9"},
  };
  for (const TargetCase& c : cases) ExpectOutcome(c);
}

TEST(Target, HasAtMost8192Octets) {
  for (const char* filling : {"a", "%61", "?"}) {
    std::string target = "/";
    while (target.size() + 3 <= 8191) target += filling;
    target.resize(8191, 'a');
    for (size_t size = 8191; size <= 8193; ++size, target += 'a') {
      Scratch scratch;
      CanonicalRequest out;
      ASSERT_EQ(target.size(), size);
      const Reason reason = Normalise({.method = "GET", .target = target}, {}, scratch, &out);
      EXPECT_EQ(reason, size <= 8192 ? Reason::kAllowed : Reason::kBadTarget) << filling << size;
    }
  }
}

TEST(Target, IsAnAsteriskWithOptionsAlone) {
  const TargetCase cases[] = {
      {"OPTIONS", "*", "*", std::nullopt, "app.example", "OPTIONS"},
      {"OPTIONS without a host", "*", "*", std::nullopt, std::nullopt, "OPTIONS"},
      {"OPTIONS with a query", "*?a", nullptr, std::nullopt, "app.example", "OPTIONS"},
      {"OPTIONS with two", "**", nullptr, std::nullopt, "app.example", "OPTIONS"},
      {"OPTIONS of a path", "/*", "/*", std::nullopt, "app.example", "OPTIONS"},
      {"GET", "*"},
      {"HEAD", "*", nullptr, std::nullopt, "app.example", "HEAD"},
  };
  for (const TargetCase& c : cases) ExpectOutcome(c);
}

TEST(Target, InAbsoluteFormNamesTheHost) {
  const TargetCase cases[] = {
      {"http", "http://app.example/admin", "/admin"},
      {"https", "https://app.example/admin?x", "/admin", "x"},
      {"scheme in upper case", "HTTP://app.example/admin", "/admin"},
      {"scheme in mixed case", "hTTpS://app.example/admin", "/admin"},
      {"no path", "http://app.example", "/"},
      {"no path, but a query", "http://app.example?x", "/", "x"},
      {"a slash in the query", "http://app.example?/x", "/", "/x"},
      {"OPTIONS without a path", "http://app.example", "/", std::nullopt, "app.example", "OPTIONS"},
      {"encoded path", "http://app.example/%61", "/a"},
      {"host in upper case", "http://APP.example/", "/"},
      {"trailing dot in the target", "http://app.example./", "/"},
      {"trailing dot in the host", "http://app.example/", "/", std::nullopt, "APP.example."},
      {"IPv6", "http://[0::1]/", "/", std::nullopt, "[::1]"},
      {"another host", "http://evil.example/"},
      {"without a host", "http://app.example/", nullptr, std::nullopt, std::nullopt},
      {"userinfo", "http://app.example@evil.example/"},
      {"userinfo of the host", "http://user@app.example/"},
      {"empty authority", "http:///admin"},
      {"one slash", "http:/app.example/admin"},
      {"no slash", "http:app.example"},
      {"another scheme", "ftp://app.example/"},
      {"another scheme that begins so", "httpx://app.example/"},
      {"backslash", "http://app.example\\@evil.example/"},
      {"fragment", "http://app.example#/"},
      {"relative scheme", "://app.example/"},
  };
  for (const TargetCase& c : cases) ExpectOutcome(c);
}

TEST(Target, InAbsoluteFormNamesThePort) {
  const TargetCase cases[] = {
      {"default of http in the host", "http://a/", "/", std::nullopt, "a:80"},
      {"default of http in the target", "http://a:80/", "/", std::nullopt, "a"},
      {"default of http in both", "http://a:80/", "/", std::nullopt, "a:80"},
      {"default of https in the host", "https://a/", "/", std::nullopt, "a:443"},
      {"default of https in the target", "https://a:443/", "/", std::nullopt, "a"},
      {"default of the other scheme in the host", "http://a/", nullptr, std::nullopt, "a:443"},
      {"default of the other scheme in the target", "https://a:80/", nullptr, std::nullopt, "a"},
      {"default of the other scheme in both", "http://a:443/", "/", std::nullopt, "a:443"},
      {"another in both", "http://a:8080/", "/", std::nullopt, "a:8080"},
      {"another in the host", "http://a/", nullptr, std::nullopt, "a:8080"},
      {"another in the target", "http://a:8080/", nullptr, std::nullopt, "a"},
      {"two others", "http://a:8080/", nullptr, std::nullopt, "a:8081"},
      {"empty", "http://a:/", nullptr, std::nullopt, "a"},
      {"out of range", "http://a:65536/", nullptr, std::nullopt, "a"},
  };
  for (const TargetCase& c : cases) ExpectOutcome(c);
}

}  // namespace
}  // namespace doorward
