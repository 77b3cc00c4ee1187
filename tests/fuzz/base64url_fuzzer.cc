// SPDX-License-Identifier: Apache-2.0
//
// Any octets as base64url, decoded the fastest way that this processor has and the portable way:
// the answers must be the same, no octet may be written beyond the room that was promised, and what
// is accepted must be the one spelling of what it decodes to. So that long good texts come up
// often, the input is also taken as octets that are encoded, with one character then put in a
// place.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "src/jose/base64url.h"
#include "tools/signing/signing.h"

namespace {

using namespace doorward;

void Require(bool condition) {
  if (!condition) std::abort();
}

void Check(std::string_view text) {
  std::vector<char> fast(DecodedCapacity(text.size()));
  std::vector<char> portable(DecodedCapacity(text.size()));
  const auto size = DecodeBase64Url(text, fast.data());
  Require(size == DecodeBase64UrlPortably(text, portable.data()));
  if (!size) return;
  const std::string_view octets(fast.data(), *size);
  Require(octets == std::string_view(portable.data(), *size));
  Require(EncodeBase64Url(octets) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  Check(input);
  if (size < 3) return 0;
  std::string text = EncodeBase64Url(std::string_view(input).substr(2));
  Check(text);
  text[data[0] % text.size()] = input[1];
  Check(text);
  return 0;
}
