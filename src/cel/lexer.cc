// SPDX-License-Identifier: Apache-2.0

#include "src/cel/lexer.h"

#include <algorithm>
#include <iterator>

#include "src/base/ascii.h"
#include "src/base/utf8.h"

namespace doorward::cel {
namespace {

constexpr size_t npos = std::string_view::npos;

constexpr std::string_view kReserved[] = {
    "as",       "break",   "const",  "continue", "else", "false", "for",
    "function", "if",      "import", "in",       "let",  "loop",  "namespace",
    "null",     "package", "return", "true",     "var",  "void",  "while"};

// Longer signs before those that they begin with.
constexpr std::string_view kSigns[] = {"&&", "||", "==", "!=", "<=", ">=", "<", ">",
                                       "+",  "-",  "*",  "/",  "%",  "!",  "?", ":",
                                       ".",  ",",  "(",  ")",  "[",  "]",  "{", "}"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsHexDigit(char c) { return HexValue(c) >= 0; }

// Letters that may stand before a quote: r for raw, b for bytes, or both.
bool IsTextPrefix(std::string_view letters) {
  if (letters.empty()) return true;
  if (letters.size() > 2) return false;
  const char first = static_cast<char>(letters[0] | 0x20);
  if (letters.size() == 1) return first == 'r' || first == 'b';
  const char second = static_cast<char>(letters[1] | 0x20);
  return (first == 'r' && second == 'b') || (first == 'b' && second == 'r');
}

}  // namespace

bool IsReserved(std::string_view word) {
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

void Lexer::SkipSpace() {
  while (at_ < source_.size()) {
    if (std::string_view(" \t\r\n\f").find(source_[at_]) != npos) {
      ++at_;
    } else if (source_.substr(at_, 2) == "//") {
      at_ = std::min(source_.find('\n', at_), source_.size());
    } else {
      return;
    }
  }
}

// REQUIRES: a digit stands here, or a point and a digit.
size_t Lexer::NumberEnd(TokenKind& kind) const {
  const auto at = [&](size_t i) { return i < source_.size() ? source_[i] : '\0'; };
  size_t end = at_;
  kind = TokenKind::kInt;
  if (at(end) == '0' && (at(end + 1) | 0x20) == 'x' && IsHexDigit(at(end + 2))) {
    end += 2;
    while (IsHexDigit(at(end))) ++end;
  } else {
    while (IsDigit(at(end))) ++end;
    if (at(end) == '.' && IsDigit(at(end + 1))) {
      kind = TokenKind::kFloat;
      ++end;
      while (IsDigit(at(end))) ++end;
    }
    const size_t sign = at(end + 1) == '+' || at(end + 1) == '-' ? 1 : 0;
    if ((at(end) | 0x20) == 'e' && IsDigit(at(end + 1 + sign))) {
      kind = TokenKind::kFloat;
      end += 1 + sign;
      while (IsDigit(at(end))) ++end;
    }
  }
  if (kind == TokenKind::kInt && (at(end) | 0x20) == 'u') {
    kind = TokenKind::kUint;
    ++end;
  }
  return end;
}

// `quote`: where the quote stands, after the prefix.
size_t Lexer::TextEnd(size_t quote) const {
  const bool raw = source_.substr(at_, quote - at_).find_first_of("rR") != npos;
  const std::string_view triple = source_.substr(quote, 3);
  const bool is_long = triple == "\"\"\"" || triple == "'''";
  const std::string_view delimiter = is_long ? triple : triple.substr(0, 1);
  for (size_t i = quote + delimiter.size(); i < source_.size(); ++i) {
    if (source_.substr(i, delimiter.size()) == delimiter) return i + delimiter.size();
    if (!is_long && (source_[i] == '\n' || source_[i] == '\r')) return npos;
    if (!raw && source_[i] == '\\') ++i;
  }
  return npos;
}

size_t Lexer::PunctuationEnd() const {
  for (const std::string_view sign : kSigns) {
    if (source_.substr(at_).starts_with(sign)) return at_ + sign.size();
  }
  return at_;
}

Token Lexer::Next() {
  SkipSpace();
  const size_t begin = at_;
  const auto take = [&](TokenKind kind, size_t end) {
    at_ = end;
    return Token{kind,
                 source_.substr(begin, end - begin),
                 {static_cast<uint32_t>(begin), static_cast<uint32_t>(end - begin)}};
  };
  if (at_ == source_.size()) return take(TokenKind::kEnd, at_);
  size_t word_end = at_;
  while (word_end < source_.size() && (IsLetter(source_[word_end]) || IsDigit(source_[word_end]))) {
    ++word_end;
  }
  const std::string_view word = source_.substr(at_, word_end - at_);
  const char after = word_end < source_.size() ? source_[word_end] : '\0';
  if ((after == '"' || after == '\'') && IsTextPrefix(word)) {
    const size_t end = TextEnd(word_end);
    if (end == npos) {
      return take(TokenKind::kUnknown, std::min(source_.find('\n', at_), source_.size()));
    }
    const bool bytes = word.find_first_of("bB") != npos;
    return take(bytes ? TokenKind::kBytes : TokenKind::kString, end);
  }
  const char c = source_[at_];
  if (IsDigit(c) || (c == '.' && at_ + 1 < source_.size() && IsDigit(source_[at_ + 1]))) {
    TokenKind kind = TokenKind::kInt;
    const size_t end = NumberEnd(kind);
    return take(kind, end);
  }
  if (!word.empty()) return take(TokenKind::kIdentifier, word_end);
  if (c == '`') {
    const size_t end = source_.find_first_of("`\r\n", at_ + 1);
    if (end != npos && source_[end] == '`') return take(TokenKind::kQuoted, end + 1);
    return take(TokenKind::kUnknown, std::min(end, source_.size()));
  }
  if (const size_t end = PunctuationEnd(); end > at_) return take(TokenKind::kPunctuation, end);
  const size_t length = DecodeUtf8(source_.substr(at_)).length;
  return take(TokenKind::kUnknown, at_ + std::max<size_t>(length, 1));
}

}  // namespace doorward::cel
