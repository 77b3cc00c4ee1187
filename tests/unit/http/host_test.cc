// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

// 249 octets: four labels, of 63, 63, 63 and 57.
std::string LongHost() {
  const std::string label(63, 'a');
  return label + "." + label + "." + label + "." + std::string(57, 'a');
}

struct HostCase {
  const char* name;
  std::string host;
  std::optional<std::string> want = std::nullopt;  // nothing: kBadHost
  bool has_port = false;
};

const HostCase kHostCases[] = {
    {"a name", "app.example", "app.example"},
    {"one label", "localhost", "localhost"},
    {"upper case", "App.EXAMPLE", "app.example"},
    {"digits, dash and underscore", "a_1.-b-.9", "a_1.-b-.9"},
    {"a dotted quad", "127.0.0.1", "127.0.0.1"},
    {"trailing dot", "app.example.", "app.example"},
    {"trailing dot and port", "app.example.:80", "app.example", true},
    {"port", "app.example:8080", "app.example", true},
    {"port 0", "a:0"},
    {"port 1", "a:1", "a", true},
    {"port 65535", "a:65535", "a", true},
    {"port 65536", "a:65536"},
    {"port 99999", "A:99999"},
    {"port of six digits", "a:000080"},
    {"empty port", "a:"},
    {"empty port after upper case", "A:"},
    {"two ports", "a:80:90"},
    {"signed port", "a:+80"},
    {"port with space", "a:8 "},
    {"empty", ""},
    {"port alone", ":80"},
    {"dot alone", "."},
    {"leading dot", ".a"},
    {"two trailing dots", "a.."},
    {"empty label", "a..b"},
    {"empty label and port", "a..:80"},
    {"label of 62", std::string(62, 'a') + ".b", std::string(62, 'a') + ".b"},
    {"label of 63", std::string(63, 'a') + ".b", std::string(63, 'a') + ".b"},
    {"label of 64", std::string(64, 'a') + ".b"},
    {"last label of 63", "B." + std::string(63, 'a'), "b." + std::string(63, 'a')},
    {"last label of 64", "b." + std::string(64, 'a')},
    {"only label of 63", std::string(63, 'a'), std::string(63, 'a')},
    {"only label of 64", std::string(64, 'a')},
    {"252 octets", LongHost() + ".bc", LongHost() + ".bc"},
    {"253 octets", LongHost() + ".bcd", LongHost() + ".bcd"},
    {"254 octets", LongHost() + ".bcde"},
    {"253 octets with a port", LongHost() + ":123", LongHost(), true},
    {"254 octets with a port", LongHost() + ":1234"},
    {"126 labels", Repeat("a.", 125) + "a", Repeat("a.", 125) + "a"},
    {"userinfo", "user@app.example"},
    {"comma", "a,b"},
    {"slash", "a/b"},
    {"backslash", "a\\b"},
    {"fragment", "a#x"},
    {"percent", "a%00"},
    {"space", "a b"},
    {"trailing tab", "a\t"},
    {"NUL", std::string("a\0.b", 4)},
    {"not ASCII", "\xD0\xB0pp.example"},
    {"asterisk", "*.example"},
    {"IPv6", "[::1]", "[::1]"},
    {"IPv6 made canonical", "[0:0:0:0:0:0:0:1]:8080", "[::1]", true},
    {"IPv6 in upper case", "[2001:DB8::A]", "[2001:db8::a]"},
    {"IPv4-mapped IPv6", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]"},
    {"IPv6 not closed", "[::1"},
    {"IPv6 not opened", "::1]"},
    {"bare IPv6", "::1"},
    {"IPv6 with a zone", "[fe80::1%25eth0]"},
    {"IPv6 with a trailing dot", "[::1]."},
    {"IPv6 with text behind", "[::1]x"},
    {"IPv4 in brackets", "[127.0.0.1]"},
    {"empty brackets", "[]"},
    {"IPvFuture", "[v1.a]"},
};

TEST(Host, IsAcceptedInCanonicalFormOrRefused) {
  for (const HostCase& c : kHostCases) {
    SCOPED_TRACE(c.name);
    Scratch scratch;
    CanonicalRequest out;
    const Reason reason =
        Normalise({.method = "GET", .host = c.host, .target = "/"}, {}, scratch, &out);
    EXPECT_EQ(reason, c.want ? Reason::kAllowed : Reason::kBadHost);
    if (c.want && reason == Reason::kAllowed) {
      EXPECT_TRUE(out.has_host);
      EXPECT_EQ(out.host, *c.want);
    }
  }
}

TEST(Host, OfAPatternHasNoPort) {
  for (const HostCase& c : kHostCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(CanonicalHostName(c.host), c.has_port ? std::nullopt : c.want);
  }
}

TEST(Host, InCanonicalFormIsAFixedPoint) {
  for (const HostCase& c : kHostCases) {
    if (!c.want) continue;
    SCOPED_TRACE(c.name);
    EXPECT_EQ(CanonicalHostName(*c.want), c.want);
  }
}

// The reading that takes 16 octets at once, against the definition of a label's octets.
TEST(Host, KnowsEveryOctetAtEveryPlace) {
  const std::string allowed = "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (const size_t size :
       std::initializer_list<size_t>{1, 2, 3, 5, 8, 9, 15, 16, 17, 33, 62, 63}) {
    for (size_t at = 0; at < size; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        const char c = static_cast<char>(octet);
        if (c == '.' || c == ':') continue;  // what they do depends on their place
        std::string host(size, 'x');
        host[at] = c;
        const bool want = allowed.find(c) != std::string::npos;
        ASSERT_EQ(CanonicalHostName(host).has_value(), want)
            << "octet " << octet << " at " << at << " of " << size;
      }
    }
  }
}

TEST(Host, MayBeAbsent) {
  Scratch scratch;
  CanonicalRequest out;
  ASSERT_EQ(Normalise({.method = "GET", .target = "/"}, {}, scratch, &out), Reason::kAllowed);
  EXPECT_FALSE(out.has_host);
  EXPECT_EQ(out.host, "");
}

TEST(Host, OfOneRequestIsForgottenByTheNext) {
  Scratch scratch;
  CanonicalRequest out;
  ASSERT_EQ(Normalise({.method = "GET", .host = "A.b", .target = "/"}, {}, scratch, &out),
            Reason::kAllowed);
  ASSERT_EQ(Normalise({.method = "GET", .target = "/"}, {}, scratch, &out), Reason::kAllowed);
  EXPECT_FALSE(out.has_host);
  EXPECT_EQ(out.host, "");
}

}  // namespace
}  // namespace doorward
