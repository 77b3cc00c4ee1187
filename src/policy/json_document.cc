// SPDX-License-Identifier: Apache-2.0
//
// Strict JSON (RFC 8259) with the place of every value and of the first mistake, which the simdjson
// front ends do not give: they name a structural index near it, or nothing. One pass, no recursion.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/ascii.h"
#include "src/base/utf8.h"
#include "src/policy/document.h"

namespace doorward {
namespace {

using Kind = DocumentNode::Kind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

class JsonReader {
 public:
  JsonReader(const SourceText& source, Document& document, DiagnosticList& diagnostics)
      : text_(source.text()), builder_(document, diagnostics), diagnostics_(diagnostics) {}

  bool Read();

 private:
  // The functions below return false after a mistake, which they have reported.
  bool ReadValue();
  bool ReadName();
  // Goes on after a value: to the next one, out of containers that end, or to the end of the text.
  bool GoOn();
  bool Open(Kind kind);
  void Close();
  bool ReadString();
  bool ReadEscapes(size_t begin);
  bool ReadEscape(std::string& out);
  bool ReadUnicodeEscape(std::string& out);
  std::optional<uint32_t> ReadFourDigits();
  bool ReadNumber();
  bool PassDigits();
  bool ReadWord();

  bool Fail(std::string_view message, std::string_view suggestion = "", size_t length = 1);
  bool FailAt(size_t offset, size_t length, std::string_view message, std::string_view suggestion);

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool AtEnd() const { return at_ >= text_.size(); }
  void PassSpace() {
    while (!AtEnd() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  Span From(size_t begin) const {
    return {static_cast<uint32_t>(begin), static_cast<uint32_t>(at_ - begin)};
  }

  std::string_view text_;
  DocumentBuilder builder_;
  DiagnosticList& diagnostics_;
  size_t at_ = 0;
  std::vector<Kind> open_;
  bool done_ = false;
};

bool JsonReader::FailAt(size_t offset, size_t length, std::string_view message,
                        std::string_view suggestion) {
  const size_t rest = text_.size() - std::min(offset, text_.size());
  diagnostics_.Error({static_cast<uint32_t>(offset), static_cast<uint32_t>(std::min(length, rest))},
                     "json_syntax", std::string(message), {"", std::string(suggestion)});
  return false;
}

bool JsonReader::Fail(std::string_view message, std::string_view suggestion, size_t length) {
  if (AtEnd()) return FailAt(at_, 0, "the text ends before the policy does", "");
  if (Peek() == '/' || Peek() == '#') {
    return FailAt(at_, length, "JSON has no comments", "remove it, or write the policy in YAML");
  }
  return FailAt(at_, length, message, suggestion);
}

bool JsonReader::Read() {
  if (text_.starts_with("\xEF\xBB\xBF")) {
    diagnostics_.Error({0, 3}, "json_byte_order_mark", "JSON must not begin with a byte-order mark",
                       {"", "save the file as UTF-8 without one"});
    return false;
  }
  PassSpace();
  if (AtEnd()) {
    diagnostics_.WholeTextError("empty_policy", "the policy is empty",
                                {"at least `{\"doorward\": 1}`", ""});
    return false;
  }
  while (!done_) {
    if (!ReadValue() || !GoOn()) return false;
  }
  PassSpace();
  return AtEnd() || Fail("the text goes on after the end of the policy", "", text_.size());
}

// Reads a scalar, or enters a container up to its first value.
bool JsonReader::ReadValue() {
  PassSpace();
  const char c = Peek();
  if (c == '{') return Open(Kind::kObject);
  if (c == '[') return Open(Kind::kList);
  if (c == '"') return ReadString();
  if (c == '-' || IsDigit(c)) return ReadNumber();
  if (c == '\'') return Fail("text in JSON stands in double quotes", "write `\"`");
  if (IsLetter(c)) return ReadWord();
  if (c == ']') return Fail("a value is missing here", "remove the comma before");
  return Fail("a value is missing here");
}

bool JsonReader::Open(Kind kind) {
  if (!builder_.Begin(kind, {static_cast<uint32_t>(at_), 1})) return false;
  open_.push_back(kind);
  ++at_;
  PassSpace();
  const bool is_object = kind == Kind::kObject;
  if (Peek() == (is_object ? '}' : ']')) return true;
  return is_object ? ReadName() && ReadValue() : ReadValue();
}

bool JsonReader::ReadName() {
  PassSpace();
  if (Peek() == '}') return Fail("a comma cannot end an object in JSON", "remove the comma before");
  if (Peek() != '"') {
    return Fail("the name of a member must be text in double quotes", "write `\"name\": value`");
  }
  if (!ReadString()) return false;
  PassSpace();
  if (Peek() != ':') return Fail("a colon is missing after the name of a member", "write `:`");
  ++at_;
  return true;
}

bool JsonReader::GoOn() {
  while (!open_.empty()) {
    PassSpace();
    const bool is_object = open_.back() == Kind::kObject;
    if (Peek() == (is_object ? '}' : ']')) {
      Close();
      continue;
    }
    if (Peek() != ',') {
      return is_object ? Fail("a comma or `}` is missing before this", "write `,` between members")
                       : Fail("a comma or `]` is missing before this", "write `,` between values");
    }
    ++at_;
    return is_object ? ReadName() : true;
  }
  done_ = true;
  return true;
}

void JsonReader::Close() {
  ++at_;
  open_.pop_back();
  builder_.End(at_);
}

bool JsonReader::ReadString() {
  const size_t begin = at_++;
  while (!AtEnd() && text_[at_] != '"' && text_[at_] != '\\' &&
         static_cast<unsigned char>(text_[at_]) >= 0x20) {
    ++at_;
  }
  if (Peek() != '"' || AtEnd()) return ReadEscapes(begin);
  ++at_;
  return builder_.AddScalar(Kind::kString, From(begin), true);
}

// Reads the rest of a string that is not what it spells.
bool JsonReader::ReadEscapes(size_t begin) {
  std::string out(text_.substr(begin + 1, at_ - begin - 1));
  while (!AtEnd() && text_[at_] != '"') {
    const char c = text_[at_];
    if (static_cast<unsigned char>(c) < 0x20) {
      const bool ends_line = c == '\n' || c == '\r';
      return ends_line ? FailAt(begin, at_ - begin, "the quote that opens here is never closed",
                                "close it in the same line")
                       : Fail("a control character cannot stand in JSON", "write it as an escape");
    }
    if (c == '\\') {
      if (!ReadEscape(out)) return false;
    } else {
      out.push_back(c);
      ++at_;
    }
  }
  if (AtEnd()) {
    return FailAt(begin, at_ - begin, "the quote that opens here is never closed", "close it");
  }
  ++at_;
  return builder_.AddDecoded(From(begin), std::move(out));
}

bool JsonReader::ReadEscape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (c == 'u') return ReadUnicodeEscape(out);
  const size_t which = kNames.find(c);
  if (which == std::string_view::npos) {
    return Fail("this escape is not known in JSON", "write `\\\\` for a backslash", 2);
  }
  out.push_back(kMeanings[which]);
  at_ += 2;
  return true;
}

std::optional<uint32_t> JsonReader::ReadFourDigits() {
  constexpr size_t kLength = 6;  // \uXXXX
  if (!text_.substr(at_).starts_with("\\u") || text_.size() - at_ < kLength) return std::nullopt;
  uint32_t value = 0;
  for (const char c : text_.substr(at_ + 2, 4)) {
    const int digit = HexValue(c);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<uint32_t>(digit);
  }
  at_ += kLength;
  return value;
}

bool JsonReader::ReadUnicodeEscape(std::string& out) {
  const size_t begin = at_;
  std::optional<uint32_t> unit = ReadFourDigits();
  if (!unit) return Fail("four hexadecimal digits must follow `\\u`", "", 6);
  if (*unit >= 0xD800 && *unit <= 0xDBFF) {
    const std::optional<uint32_t> low = ReadFourDigits();
    const bool pairs = low && *low >= 0xDC00 && *low <= 0xDFFF;
    unit = pairs ? 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00) : 0xDC00;
  }
  if (*unit >= 0xD800 && *unit <= 0xDFFF) {
    return FailAt(begin, 6, "half of a surrogate pair is no character", "");
  }
  AppendUtf8(*unit, out);
  return true;
}

bool JsonReader::PassDigits() {
  const size_t begin = at_;
  while (IsDigit(Peek())) ++at_;
  return at_ > begin;
}

bool JsonReader::ReadNumber() {
  const size_t begin = at_;
  if (Peek() == '-') ++at_;
  const bool leading_zero = Peek() == '0';
  const size_t digits = at_;
  bool ok = PassDigits() && (!leading_zero || at_ == digits + 1);
  if (ok && Peek() == '.') {
    ++at_;
    ok = PassDigits();
  }
  if (ok && (Peek() == 'e' || Peek() == 'E')) {
    ++at_;
    if (Peek() == '+' || Peek() == '-') ++at_;
    ok = PassDigits();
  }
  if (!ok) return FailAt(begin, at_ - begin, "this is no number in JSON", "");
  return builder_.AddScalar(Kind::kNumber, From(begin), false);
}

bool JsonReader::ReadWord() {
  const size_t begin = at_;
  while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
  const std::string_view word = text_.substr(begin, at_ - begin);
  if (word == "null") return builder_.AddScalar(Kind::kNull, From(begin), false);
  if (word == "true" || word == "false") return builder_.AddScalar(Kind::kBool, From(begin), false);
  return FailAt(begin, word.size(), "text in JSON stands in double quotes", "write `\"` around it");
}

}  // namespace

bool ParseJson(const SourceText& source, Document& document, DiagnosticList& diagnostics) {
  return JsonReader(source, document, diagnostics).Read();
}

}  // namespace doorward
