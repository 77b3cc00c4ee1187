// SPDX-License-Identifier: Apache-2.0

#include "src/cel/literal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>

#include <absl/strings/charconv.h>

#include "src/base/ascii.h"
#include "src/base/utf8.h"

namespace doorward::cel {
namespace {

// The magnitude of an integer literal, or nothing where it does not fit 64 bits.
std::optional<uint64_t> ReadMagnitude(std::string_view digits) {
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    base = 16;
    digits.remove_prefix(2);
  }
  uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// The escapes that stand for one octet.
std::optional<char> SimpleEscape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '?':
    case '"':
    case '\'':
    case '`':
      return c;
    default:
      return std::nullopt;
  }
}

// Decodes what stands between the quotes.
class TextReader {
 public:
  TextReader(std::string_view body, uint32_t offset, bool bytes, std::string& out)
      : body_(body), offset_(offset), bytes_(bytes), out_(out) {}

  LiteralFault Run() {
    while (at_ < body_.size()) {
      if (body_[at_] != '\\') {
        out_ += body_[at_++];
      } else if (LiteralFault fault = Escape(); !fault.message.empty()) {
        return fault;
      }
    }
    return {};
  }

 private:
  LiteralFault Fault(size_t length, std::string message, std::string expected) const {
    const size_t end = std::min(at_ + length, body_.size());
    return {{offset_ + static_cast<uint32_t>(at_), static_cast<uint32_t>(end - at_)},
            std::move(message),
            std::move(expected)};
  }

  // At a backslash; the lexer saw to it that something follows.
  LiteralFault Escape() {
    const char c = body_[at_ + 1];
    if (const std::optional<char> simple = SimpleEscape(c)) {
      out_ += *simple;
      at_ += 2;
      return {};
    }
    switch (c) {
      case 'x':
      case 'X':
        return Number(2, 2, 16);
      case 'u':
        return Number(2, 4, 16);
      case 'U':
        return Number(2, 8, 16);
      default:
        if (c >= '0' && c <= '3') return Number(1, 3, 8);
        return Fault(1 + std::max<size_t>(DecodeUtf8(body_.substr(at_ + 1)).length, 1),
                     "an escape that is none",
                     R"(\\ \? \" \' \` \a \b \f \n \r \t \v \xHH \OOO \uHHHH or \UHHHHHHHH)");
    }
  }

  // `count` digits after `skip` characters name an octet or a code point.
  LiteralFault Number(size_t skip, size_t count, int base) {
    const char letter = body_[at_ + 1];
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) {
      const size_t at = at_ + skip + i;
      const int digit = at < body_.size() ? HexValue(body_[at]) : -1;
      if (digit < 0 || digit >= base) {
        return Fault(skip + i + 1, "an escape that is cut short",
                     std::to_string(count) + (base == 8 ? " octal digits" : " hexadecimal digits"));
      }
      value = value * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit);
    }
    const bool names_code_point = letter == 'u' || letter == 'U';
    if (bytes_ && names_code_point) {
      return Fault(skip + count, "a code point among bytes", R"(octets, as in \xHH or \OOO)");
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
      return Fault(skip + count, "an escape that names no character",
                   "a code point up to 10FFFF that is no surrogate");
    }
    if (bytes_) {
      out_ += static_cast<char>(value);
    } else {
      AppendUtf8(value, out_);
    }
    at_ += skip + count;
    return {};
  }

  std::string_view body_;
  uint32_t offset_;
  bool bytes_;
  std::string& out_;
  size_t at_ = 0;
};

}  // namespace

LiteralFault ReadNumber(const Token& token, bool negative, Value& value) {
  if (token.kind == TokenKind::kFloat) {
    double number = 0;
    if (!ReadDouble(token.text, number)) {
      return {token.at, "a number that no double can hold", "at most about 1.8e308"};
    }
    value = Value::Double(negative ? -number : number);
    return {};
  }
  const bool is_unsigned = token.kind == TokenKind::kUint;
  const std::optional<uint64_t> magnitude =
      ReadMagnitude(token.text.substr(0, token.text.size() - (is_unsigned ? 1 : 0)));
  if (is_unsigned) {
    if (negative) return {token.at, "an unsigned number with a minus", "an int, without `u`"};
    if (!magnitude) return {token.at, "a number that no uint can hold", "at most 2^64 - 1"};
    value = Value::Uint(*magnitude);
    return {};
  }
  const uint64_t limit = uint64_t{1} << 63;
  if (!magnitude || *magnitude > limit || (*magnitude == limit && !negative)) {
    return {token.at, "a number that no int can hold", "from -2^63 to 2^63 - 1"};
  }
  value = Value::Int(static_cast<int64_t>(negative ? 0 - *magnitude : *magnitude));
  return {};
}

bool ReadDouble(std::string_view text, double& value) {
  const auto [end, error] = absl::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return false;
  if (error == std::errc::result_out_of_range) return std::fabs(value) < 1;
  return error == std::errc();
}

LiteralFault ReadText(const Token& token, std::string& octets) {
  const size_t quote = token.text.find_first_of("\"'");
  const std::string_view prefix = token.text.substr(0, quote);
  const std::string_view triple = token.text.substr(quote, 3);
  const size_t width = triple == "\"\"\"" || triple == "'''" ? 3 : 1;
  const std::string_view body =
      token.text.substr(quote + width, token.text.size() - quote - 2 * width);
  if (prefix.find_first_of("rR") != prefix.npos) {
    octets.assign(body);
    return {};
  }
  const uint32_t offset = token.at.offset + static_cast<uint32_t>(quote + width);
  return TextReader(body, offset, token.kind == TokenKind::kBytes, octets).Run();
}

}  // namespace doorward::cel
