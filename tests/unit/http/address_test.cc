// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "src/http/http.h"
#include "tests/support/print_reason.h"

namespace doorward {
namespace {

struct AddressCase {
  const char* name;
  std::string text;
  std::optional<std::string> want = std::nullopt;
};

const AddressCase kAddressCases[] = {
    {"IPv4", "192.0.2.1", "192.0.2.1"},
    {"IPv4 at its limits", "0.0.0.0", "0.0.0.0"},
    {"IPv4 octet of 254", "254.0.0.1", "254.0.0.1"},
    {"IPv4 octet of 255", "255.255.255.255", "255.255.255.255"},
    {"IPv4 octet of 256", "256.0.0.1"},
    {"IPv4 last octet of 256", "1.0.0.256"},
    {"IPv4 octet of four digits", "1.0.0.0001"},
    {"IPv4 with a leading zero", "1.02.3.4"},
    {"IPv4 with two zeros", "1.00.3.4"},
    {"IPv4 of three octets", "1.2.3"},
    {"IPv4 of five octets", "1.2.3.4.5"},
    {"IPv4 with an empty octet", "1..3.4"},
    {"IPv4 with a trailing dot", "1.2.3.4."},
    {"IPv4 in hexadecimal", "0x7f.0.0.1"},
    {"IPv4 as a number", "2130706433"},
    {"IPv4 with a port", "1.2.3.4:80"},
    {"IPv4 with a space", "1.2.3.4 "},
    {"IPv4 with a sign", "+1.2.3.4"},
    {"IPv4 with NUL", std::string("1.2.3.4\0", 8)},
    {"empty", ""},
    {"a name", "localhost"},
    {"a list", "1.2.3.4, 5.6.7.8"},
    {"IPv6 in full", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"},
    {"IPv6 upper case and zeros", "2001:0DB8:0000:0000:0008:0800:200C:417A",
     "2001:db8::8:800:200c:417a"},
    {"IPv6 unspecified", "::", "::"},
    {"IPv6 loopback", "0:0:0:0:0:0:0:1", "::1"},
    {"IPv6 gap at the end", "fe80::", "fe80::"},
    {"IPv6 gap of one group is written out", "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
    {"IPv6 first of two equal gaps", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
    {"IPv6 longer of two gaps", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
    {"IPv6 gap of seven", "::1", "::1"},
    {"IPv6 gap for one group at the end", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    {"IPv6 gap for one group at the beginning", "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
    {"IPv6 gap for no group", "1:2:3:4::5:6:7:8"},
    {"IPv6 of seven groups", "1:2:3:4:5:6:7"},
    {"IPv6 of nine groups", "1:2:3:4:5:6:7:8:9"},
    {"IPv6 with two gaps", "1::2::3"},
    {"IPv6 with three colons", "1:::2"},
    {"IPv6 with a leading colon", ":1:2:3:4:5:6:7"},
    {"IPv6 with a trailing colon", "1:2:3:4:5:6:7:"},
    {"IPv6 with a leading colon before a gap", ":1::2"},
    {"IPv6 with a trailing colon after a gap", "1::2:"},
    {"IPv6 one colon", ":"},
    {"IPv6 three colons", ":::"},
    {"IPv6 group of five digits", "12345::"},
    {"IPv6 not hexadecimal", "g::"},
    {"IPv6 with a zone", "fe80::1%eth0"},
    {"IPv6 in brackets", "[::1]"},
    {"IPv6 with a prefix length", "::1/128"},
    {"IPv6 ending in a quad", "64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
    {"IPv6 ending in a quad, in full", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
    {"IPv6 with a quad too many", "1:2:3:4:5:6:7:1.2.3.4"},
    {"IPv6 with a quad in the middle", "1:2:1.2.3.4::"},
    {"IPv6 with a quad before the gap", "1.2.3.4::1"},
    {"IPv6 ending in a broken quad", "::1.2.3"},
    {"IPv4-compatible IPv6", "::1.2.3.4", "::102:304"},
    {"IPv4-mapped IPv6", "::ffff:192.0.2.1", "192.0.2.1"},
    {"IPv4-mapped IPv6 in hexadecimal", "0:0:0:0:0:FFFF:c000:0201", "192.0.2.1"},
    {"not quite IPv4-mapped", "::fffe:192.0.2.1", "::fffe:c000:201"},
};

TEST(IpAddress, IsReadStrictlyAndWrittenCanonically) {
  for (const AddressCase& c : kAddressCases) {
    SCOPED_TRACE(c.name);
    const std::optional<IpAddress> address = ParseIpAddress(c.text);
    ASSERT_EQ(address.has_value(), c.want.has_value());
    if (!address) continue;
    EXPECT_EQ(FormatIpAddress(*address), *c.want);
    EXPECT_EQ(address->size, c.want->find(':') == std::string::npos ? 4 : 16);
  }
}

TEST(IpAddress, OctetsAreInNetworkOrder) {
  const std::optional<IpAddress> v4 = ParseIpAddress("192.0.2.1");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->octets, (std::array<uint8_t, 16>{192, 0, 2, 1}));
  const std::optional<IpAddress> v6 = ParseIpAddress("2001:db8::1");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->octets,
            (std::array<uint8_t, 16>{0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(SourceAddress, IsReadWhereGiven) {
  Scratch scratch;
  CanonicalRequest out;
  for (const AddressCase& c : kAddressCases) {
    SCOPED_TRACE(c.name);
    const Reason reason =
        Normalise({.method = "GET", .target = "/", .source_ip = c.text}, {}, scratch, &out);
    EXPECT_EQ(reason, c.want ? Reason::kAllowed : Reason::kBadSource);
    if (c.want && reason == Reason::kAllowed) {
      ASSERT_TRUE(out.source);
      EXPECT_EQ(FormatIpAddress(*out.source), *c.want);
    }
  }
  ASSERT_EQ(Normalise({.method = "GET", .target = "/"}, {}, scratch, &out), Reason::kAllowed);
  EXPECT_FALSE(out.source);
}

}  // namespace
}  // namespace doorward
