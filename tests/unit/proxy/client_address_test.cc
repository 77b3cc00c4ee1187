// SPDX-License-Identifier: Apache-2.0

#include "client_address.h"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace proxy {
namespace {

struct AddressCase {
  const char* name;
  unsigned hops;
  std::vector<doorward::Header> fields;
  std::string_view want;
};

TEST(ClientAddress, IsThatManyPlacesFromTheRight) {
  const std::vector<doorward::Header> one_field = {
      {"X-Forwarded-For", "9.9.9.9, 10.0.0.1 ,10.0.0.2"}};
  const std::vector<doorward::Header> two_fields = {
      {"x-forwarded-for", "9.9.9.9,10.0.0.1"}, {"Accept", "*/*"}, {"X-FORWARDED-FOR", "10.0.0.2"}};
  const AddressCase cases[] = {
      {"no hops: the peer, whatever the client says", 0, one_field, "192.0.2.7"},
      {"one hop", 1, one_field, "10.0.0.2"},
      {"two hops", 2, one_field, "10.0.0.1"},
      {"three hops", 3, one_field, "9.9.9.9"},
      {"more hops than addresses: the leftmost", 4, one_field, "9.9.9.9"},
      {"one hop, two fields", 1, two_fields, "10.0.0.2"},
      {"two hops, two fields", 2, two_fields, "10.0.0.1"},
      {"no field: the peer", 2, {{"Accept", "*/*"}}, "192.0.2.7"},
      {"another spelling is another field", 1, {{"X_Forwarded_For", "9.9.9.9"}}, "192.0.2.7"},
      {"IPv6", 1, {{"X-Forwarded-For", "2001:db8::1"}}, "2001:db8::1"},
      {"a port", 1, {{"X-Forwarded-For", "10.0.0.1:4711"}}, "10.0.0.1"},
      {"IPv6 in brackets", 1, {{"X-Forwarded-For", "[2001:db8::1]"}}, "2001:db8::1"},
      {"IPv6 with a port", 1, {{"X-Forwarded-For", "[2001:db8::1]:443"}}, "2001:db8::1"},
      {"canonical", 1, {{"X-Forwarded-For", "2001:DB8:0::1"}}, "2001:db8::1"},
      {"IPv4 in IPv6", 1, {{"X-Forwarded-For", "::ffff:10.0.0.1"}}, "10.0.0.1"},
      {"no port", 1, {{"X-Forwarded-For", "10.0.0.1:"}}, "10.0.0.1:"},
      {"a port that is no number", 1, {{"X-Forwarded-For", "10.0.0.1:x"}}, "10.0.0.1:x"},
      {"the last port", 1, {{"X-Forwarded-For", "10.0.0.1:65535"}}, "10.0.0.1"},
      {"a port beyond the last", 1, {{"X-Forwarded-For", "10.0.0.1:65536"}}, "10.0.0.1:65536"},
      {"more behind the bracket", 1, {{"X-Forwarded-For", "[::1]x"}}, "[::1]x"},
      {"a bracket that nothing closes", 1, {{"X-Forwarded-For", "[2001:db8::1"}}, "[2001:db8::1"},
      {"no address stands as it is", 1, {{"X-Forwarded-For", "unknown"}}, "unknown"},
      {"an empty place stands as it is", 1, {{"X-Forwarded-For", "10.0.0.1,"}}, ""},
  };
  for (const AddressCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ClientAddress("192.0.2.7", c.fields, c.hops), c.want);
  }
}

}  // namespace
}  // namespace proxy
