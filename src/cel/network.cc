// SPDX-License-Identifier: Apache-2.0
//
// IP addresses and networks: the network extension of CEL. An IPv4 address within IPv6 in its
// hexadecimal form is that IPv4 address; with a dotted quad it is refused, as the extension says.

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "src/base/ip_address.h"
#include "src/cel/function.h"

namespace doorward::cel {
namespace {

constexpr Value kNoOverload = Value::Fail(Failure::kNoSuchOverload);
constexpr Value kConversion = Value::Fail(Failure::kConversion);

unsigned BitsOf(const Address& address) { return address.family == 4 ? 32 : 128; }

std::optional<Address> ReadIp(std::string_view text) {
  Address out;
  if (text.size() > kMaxAddressBytes) return std::nullopt;
  if (text.find(':') == text.npos) {
    if (!ParseIpv4(text, out.octets.data())) return std::nullopt;
    return out;
  }
  Ipv6Octets octets;
  if (text.find('.') != text.npos || !ParseIpv6(text, &octets)) return std::nullopt;
  if (IsMappedIpv4(octets)) {
    std::copy(octets.end() - 4, octets.end(), out.octets.begin());
  } else {
    out.octets = octets;
    out.family = 6;
  }
  return out;
}

std::optional<Address> ReadCidr(std::string_view text) {
  const size_t slash = text.substr(0, kMaxNetworkBytes).find('/');
  if (slash == text.npos) return std::nullopt;
  std::optional<Address> out = ReadIp(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  const bool plain =
      !digits.empty() && digits.size() <= 3 && (digits[0] != '0' || digits.size() == 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  // The prefix of an IPv4 address that is written as IPv6 would count other bits than are kept.
  const bool mapped = out && out->family == 4 && text.find(':') != text.npos;
  if (!out || mapped || !plain || error != std::errc() || end != digits.data() + digits.size() ||
      prefix > BitsOf(*out)) {
    return std::nullopt;
  }
  out->prefix = static_cast<uint8_t>(prefix);
  return out;
}

Value New(Kind kind, const std::optional<Address>& address, Arena& arena) {
  if (!address) return kConversion;
  Address* const out = arena.AllocateArray<Address>(1);
  if (out == nullptr) return Value::Fail(Failure::kMemory);
  *out = *address;
  return Value::OfAddress(kind, out);
}

Address Mask(const Address& address) {
  Address out = address;
  for (unsigned bit = address.prefix; bit < BitsOf(address); bit = (bit / 8 + 1) * 8) {
    const unsigned kept = bit % 8;
    out.octets[bit / 8] &= static_cast<uint8_t>(0xFF00u >> kept);
  }
  return out;
}

bool ContainsIp(const Address& network, const Address& ip) {
  Address other = ip;
  other.prefix = network.prefix;
  return ip.family == network.family && Mask(other).octets == Mask(network).octets;
}

bool ContainsCidr(const Address& network, const Address& other) {
  return other.prefix >= network.prefix && ContainsIp(network, other);
}

bool StartsWith(const Address& address, uint8_t first, uint8_t second, uint8_t second_mask) {
  return address.octets[0] == first && (address.octets[1] & second_mask) == second;
}

bool AllZeroFrom(const Address& address, size_t begin, size_t end) {
  return std::all_of(address.octets.begin() + static_cast<ptrdiff_t>(begin),
                     address.octets.begin() + static_cast<ptrdiff_t>(end),
                     [](uint8_t octet) { return octet == 0; });
}

bool IsUnspecified(const Address& a) { return AllZeroFrom(a, 0, a.family == 4 ? 4 : 16); }

bool IsLoopback(const Address& a) {
  if (a.family == 4) return a.octets[0] == 127;
  return AllZeroFrom(a, 0, 15) && a.octets[15] == 1;
}

bool IsLinkLocalUnicast(const Address& a) {
  return a.family == 4 ? StartsWith(a, 169, 254, 0xFF) : StartsWith(a, 0xFE, 0x80, 0xC0);
}

bool IsLinkLocalMulticast(const Address& a) {
  if (a.family == 4) return StartsWith(a, 224, 0, 0xFF) && a.octets[2] == 0;
  return StartsWith(a, 0xFF, 0x02, 0x0F);
}

bool IsMulticast(const Address& a) {
  return a.family == 4 ? (a.octets[0] & 0xF0) == 0xE0 : a.octets[0] == 0xFF;
}

bool IsGlobalUnicast(const Address& a) {
  const bool broadcast = a.family == 4 && a.octets[0] == 255 && a.octets[1] == 255 &&
                         a.octets[2] == 255 && a.octets[3] == 255;
  return !broadcast && !IsUnspecified(a) && !IsLoopback(a) && !IsMulticast(a) &&
         !IsLinkLocalUnicast(a);
}

Value IsCanonical(std::string_view text) {
  const std::optional<Address> address = ReadIp(text);
  if (!address) return kConversion;
  char written[kMaxNetworkBytes];
  const size_t size = WriteAddress(Value::OfAddress(Kind::kIp, &*address), written);
  return Value::Bool(text == std::string_view(written, size));
}

// The functions that are called with a text.
Value ApplyToText(const Call& call) {
  const std::string_view text = call[0].view();
  switch (call.op) {
    case Op::kToIp:
      return ParseIp(text, call.machine.arena());
    case Op::kToCidr:
      return ParseCidr(text, call.machine.arena());
    case Op::kIsIp:
      return Value::Bool(ReadIp(text).has_value());
    case Op::kIsCidr:
      return Value::Bool(ReadCidr(text).has_value());
    case Op::kIsCanonical:
      return IsCanonical(text);
    default:
      return kNoOverload;
  }
}

Value ApplyToIp(Op op, const Address& ip) {
  switch (op) {
    case Op::kFamily:
      return Value::Int(ip.family);
    case Op::kIsUnspecified:
      return Value::Bool(IsUnspecified(ip));
    case Op::kIsLoopback:
      return Value::Bool(IsLoopback(ip));
    case Op::kIsGlobalUnicast:
      return Value::Bool(IsGlobalUnicast(ip));
    case Op::kIsLinkLocalUnicast:
      return Value::Bool(IsLinkLocalUnicast(ip));
    case Op::kIsLinkLocalMulticast:
      return Value::Bool(IsLinkLocalMulticast(ip));
    default:
      return kNoOverload;
  }
}

// The second argument of containsIP and containsCIDR: an address, or its text.
Value Contains(const Call& call, const Address& network) {
  if (call.size() < 2) return kNoOverload;
  const bool of_ip = call.op == Op::kContainsIp;
  const Value& other = call[1];
  if (other.kind == (of_ip ? Kind::kIp : Kind::kCidr)) {
    return Value::Bool(of_ip ? ContainsIp(network, *other.address)
                             : ContainsCidr(network, *other.address));
  }
  if (other.kind != Kind::kString) return kNoOverload;
  const std::optional<Address> read = of_ip ? ReadIp(other.view()) : ReadCidr(other.view());
  if (!read) return kConversion;
  return Value::Bool(of_ip ? ContainsIp(network, *read) : ContainsCidr(network, *read));
}

Value ApplyToCidr(const Call& call, const Address& network) {
  Arena& arena = call.machine.arena();
  switch (call.op) {
    case Op::kContainsIp:
    case Op::kContainsCidr:
      return Contains(call, network);
    case Op::kPrefixLength:
      return Value::Int(network.prefix);
    case Op::kIsMask:
      return Value::Bool(Mask(network) == network);
    case Op::kMasked:
      return New(Kind::kCidr, Mask(network), arena);
    case Op::kNetworkIp: {
      Address ip = network;
      ip.prefix = 0;
      return New(Kind::kIp, ip, arena);
    }
    default:
      return kNoOverload;
  }
}

}  // namespace

Value ParseIp(std::string_view text, Arena& arena) noexcept {
  return New(Kind::kIp, ReadIp(text), arena);
}

Value ParseCidr(std::string_view text, Arena& arena) noexcept {
  return New(Kind::kCidr, ReadCidr(text), arena);
}

size_t WriteAddress(const Value& address, char* out) noexcept {
  const Address& a = *address.address;
  static_assert(kMaxNetworkBytes >= kMaxAddressBytes + 4);
  size_t size = a.family == 4 ? WriteIpv4(a.octets.data(), out) : WriteIpv6(a.octets, out);
  if (address.kind == Kind::kCidr) {
    out[size++] = '/';
    size = static_cast<size_t>(std::to_chars(out + size, out + size + 3, a.prefix).ptr - out);
  }
  return size;
}

Value ApplyNetwork(const Call& call) noexcept {
  switch (call[0].kind) {
    case Kind::kString:
      return ApplyToText(call);
    case Kind::kIp:
      return ApplyToIp(call.op, *call[0].address);
    case Kind::kCidr:
      return ApplyToCidr(call, *call[0].address);
    default:
      return kNoOverload;
  }
}

}  // namespace doorward::cel
