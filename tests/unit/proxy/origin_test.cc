// SPDX-License-Identifier: Apache-2.0

#include "origin.h"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace proxy {
namespace {

using doorward::Header;

constexpr char kPeer[] = "192.0.2.7";

struct AddressCase {
  const char* name;
  unsigned hops;
  std::vector<Header> fields;
  std::optional<std::string> client;
  std::string way;  // before the peer
};

void Check(const AddressCase& c) {
  SCOPED_TRACE(c.name);
  const Origin origin = FindOrigin(kPeer, false, c.fields, c.hops);
  EXPECT_EQ(origin.client, c.client);
  EXPECT_EQ(origin.way, c.way + kPeer);
}

TEST(Origin, IsThatManyPlacesFromTheRight) {
  const std::vector<Header> one_field = {{"X-Forwarded-For", "9.9.9.9, 10.0.0.1 ,10.0.0.2"}};
  const std::vector<Header> two_fields = {
      {"x-forwarded-for", "9.9.9.9,10.0.0.1"}, {"Accept", "*/*"}, {"X-FORWARDED-FOR", "10.0.0.2"}};
  const AddressCase cases[] = {
      {"no hops: the peer, whatever the client says", 0, one_field, kPeer, ""},
      {"one hop", 1, one_field, "10.0.0.2", "10.0.0.2, "},
      {"two hops", 2, one_field, "10.0.0.1", "10.0.0.1, 10.0.0.2, "},
      {"three hops", 3, one_field, "9.9.9.9", "9.9.9.9, 10.0.0.1, 10.0.0.2, "},
      {"more hops than addresses", 4, one_field, std::nullopt, ""},
      {"one hop, two fields", 1, two_fields, "10.0.0.2", "10.0.0.2, "},
      {"two hops, two fields", 2, two_fields, "10.0.0.1", "10.0.0.1, 10.0.0.2, "},
      {"three hops, two fields", 3, two_fields, "9.9.9.9", "9.9.9.9, 10.0.0.1, 10.0.0.2, "},
      {"more hops than addresses, two fields", 4, two_fields, std::nullopt, ""},
      {"no field", 1, {{"Accept", "*/*"}}, std::nullopt, ""},
      {"an empty field", 1, {{"X-Forwarded-For", ""}}, std::nullopt, ""},
      {"another spelling is another field", 1, {{"X_Forwarded_For", "1.1.1.1"}}, std::nullopt, ""},
      {"junk that the client wrote",
       1,
       {{"X-Forwarded-For", "junk,,1.1.1.1"}},
       "1.1.1.1",
       "1.1.1.1, "},
  };
  for (const AddressCase& c : cases) Check(c);
}

TEST(Origin, HasAddressesInCanonicalForm) {
  struct Case {
    std::string_view place;
    const char* want;
  };
  const Case cases[] = {
      {"2001:db8::1", "2001:db8::1"},   {"2001:DB8:0::1", "2001:db8::1"},
      {"[2001:db8::1]", "2001:db8::1"}, {"[2001:db8::1]:443", "2001:db8::1"},
      {"::ffff:10.0.0.1", "10.0.0.1"},  {"10.0.0.1:4711", "10.0.0.1"},
      {"10.0.0.1:65535", "10.0.0.1"},
  };
  for (const Case& c : cases) {
    const std::vector<Header> fields = {{"X-Forwarded-For", c.place}};
    Check({c.place.data(), 1, fields, c.want, std::string(c.want) + ", "});
  }
}

TEST(Origin, IsJunkWhereAPlaceIsNoAddress) {
  for (const std::string_view junk :
       {"", "unknown", "10.0.0.1:", "10.0.0.1:x", "10.0.0.1:65536", "[::1]x", "[2001:db8::1",
        "fe80::1%1", "010.0.0.1", "1.2.3"}) {
    SCOPED_TRACE(junk);
    for (const std::string& list :
         {std::string(junk) + ",10.0.0.1", "10.0.0.1," + std::string(junk)}) {
      SCOPED_TRACE(list);
      const Header fields[] = {{"X-Forwarded-For", list}};
      EXPECT_EQ(FindOrigin(kPeer, false, fields, 2).client, junk);
    }
  }
}

TEST(Origin, HasSchemeAndHostThatTheProxySees) {
  const Header fields[] = {{"Host", "a:80"},
                           {"X-Forwarded-For", "10.0.0.1"},
                           {"X-Forwarded-Proto", "https"},
                           {"X-Forwarded-Host", "b"}};
  for (const unsigned hops : {0u, 2u}) {  // nobody is trusted; not all who are have written
    SCOPED_TRACE(hops);
    EXPECT_EQ(FindOrigin(kPeer, false, fields, hops).scheme, "http");
    EXPECT_EQ(FindOrigin(kPeer, true, fields, hops).scheme, "https");
    EXPECT_EQ(FindOrigin(kPeer, false, fields, hops).host, "a:80");
  }
  EXPECT_EQ(FindOrigin(kPeer, false, fields, 1).scheme, "https");
  EXPECT_EQ(FindOrigin(kPeer, false, fields, 1).host, "b");
}

// What comes of the fields `name` that a trusted proxy sends with `values`.
Origin Believed(std::string_view name, const std::vector<std::string_view>& values, bool is_tls) {
  std::vector<Header> fields = {{"Host", "own"}, {"X-Forwarded-For", "10.0.0.1"}};
  for (const std::string_view value : values) fields.push_back({name, value});
  return FindOrigin(kPeer, is_tls, fields, 1);
}

TEST(Origin, BelievesASchemeThatIsOne) {
  struct Case {
    std::vector<std::string_view> values;
    std::string_view plain;  // where the proxy sees http
    std::string_view tls;    // where it sees https
  };
  const Case cases[] = {
      {{"https"}, "https", "https"},
      {{"HTTPS"}, "https", "https"},
      {{"Http"}, "http", "http"},
      {{}, "http", "https"},
      {{""}, "http", "https"},
      {{"wss"}, "http", "https"},
      {{"https, http"}, "http", "https"},
      {{"https", "https"}, "http", "https"},
      {{"https;q=1"}, "http", "https"},
      {{"httpss"}, "http", "https"},
      {{"javascript:"}, "http", "https"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.values));
    EXPECT_EQ(Believed("X-Forwarded-Proto", c.values, false).scheme, c.plain);
    EXPECT_EQ(Believed("X-Forwarded-Proto", c.values, true).scheme, c.tls);
  }
}

TEST(Origin, BelievesAHostThatIsOne) {
  const std::string longest(253, 'a'), too_long(254, 'a');
  const std::string_view good[] = {"a",     "API.example.com:8080", "a_b-c.", "10.0.0.1:1",
                                   "[::1]", "[2001:DB8::1]:65535",  longest};
  for (const std::string_view host : good) {
    SCOPED_TRACE(host);
    EXPECT_EQ(Believed("x-forwarded-host", {host}, false).host, host);
    EXPECT_EQ(Believed("X-Forwarded-Host", {host, host}, false).host, "own");
  }
  const std::string_view bad[] = {
      "",      "a b",  "a,b",   "a/b",   "a@b",    "a:",     ":80",       "a:b",         "a:65536",
      "a:1:2", "::1",  "[::1",  "[a]",   "[::1]b", "[::1]:", "[1.2.3.4]", "[fe80::1%1]", ".a",
      "a..b",  "a%2e", "\"a\"", too_long};
  for (const std::string_view host : bad) {
    SCOPED_TRACE(host);
    EXPECT_EQ(Believed("X-Forwarded-Host", {host}, false).host, "own");
  }
}

}  // namespace
}  // namespace proxy
