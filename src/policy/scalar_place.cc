// SPDX-License-Identifier: Apache-2.0
//
// Walks the source and what it was decoded to side by side. A line's end in the source is a line's
// end, a space or nothing in the text, and the indentation behind it nothing (YAML 1.1, sections
// 9.1.4 and 9.3.3).

#include "src/policy/scalar_place.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace doorward {
namespace {

// Octets of UTF-8 that a code point takes.
size_t Utf8Size(uint32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

// An escape or plain octet of a quoted text: how long it is, and what it comes to.
struct Unit {
  size_t raw, decoded;
};

// Of the escape that `raw` begins with, in JSON or YAML: both name the hexadecimal ones alike.
Unit MeasureEscape(std::string_view raw) {
  const char kind = raw.size() > 1 ? raw[1] : '\0';
  const size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  if (kind == '_' || kind == 'N') return {2, 2};  // U+00A0, U+0085
  if (kind == 'L' || kind == 'P') return {2, 3};  // U+2028, U+2029
  if (digits == 0) return {2, 1};
  const auto read = [&](std::string_view text) {
    uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
  };
  const uint32_t value = read(raw.substr(2, digits));
  const bool is_pair = value >= 0xD800 && value <= 0xDBFF;
  return {2 + digits + (is_pair ? 6u : 0u), is_pair ? 4 : Utf8Size(value)};
}

// Octets of the line's end that `raw` begins with; 0 where there is none.
size_t BreakSize(std::string_view raw) {
  if (raw.starts_with("\r\n")) return 2;
  return raw.starts_with('\n') || raw.starts_with('\r') ? 1 : 0;
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

class Walk {
 public:
  Walk(std::string_view raw, std::string_view decoded, size_t offset)
      : raw_(raw), decoded_(decoded), offset_(std::min(offset, decoded.size())) {}

  std::optional<size_t> InBlock() {
    const bool is_folded = raw_.starts_with('>');
    at_ = std::min(raw_.find_first_of("\r\n"), raw_.size());
    at_ += BreakSize(raw_.substr(at_));
    const size_t indentation = FindIndentation();
    while (at_ < raw_.size()) {
      for (size_t i = 0; i < indentation && at_ < raw_.size() && raw_[at_] == ' '; ++i) ++at_;
      while (at_ < raw_.size() && BreakSize(raw_.substr(at_, 2)) == 0) {
        if (reached_ == offset_) return at_;
        if (!Take({1, 1})) return std::nullopt;
      }
      const char next = reached_ < decoded_.size() ? decoded_[reached_] : '\n';
      const bool comes_to_text = next == '\n' || (is_folded && next == ' ');
      if (reached_ == offset_ && comes_to_text) return at_;
      at_ += BreakSize(raw_.substr(at_));
      if (comes_to_text) ++reached_;
    }
    return reached_ == offset_ ? std::optional(raw_.size()) : std::nullopt;
  }

  // `quote`: 0 for plain text.
  std::optional<size_t> InFlow(char quote) {
    while (at_ < raw_.size()) {
      const std::string_view rest = raw_.substr(at_);
      const size_t escaped = quote == '"' && rest[0] == '\\' ? BreakSize(rest.substr(1)) : 0;
      if (reached_ == offset_ && (escaped == 0 || offset_ == decoded_.size())) return at_;
      if (escaped > 0) {
        at_ += 1 + escaped;
        reached_ += PassOver(MeasureFold());
        if (reached_ > offset_) return at_;
      } else if (const Fold fold = MeasureFold(); fold.breaks > 0) {
        PassOver(fold);
        reached_ += std::max<size_t>(fold.breaks - 1, 1);
        if (reached_ > offset_) return at_;
      } else {
        Unit unit{1, 1};
        if (quote == '"' && rest[0] == '\\') unit = MeasureEscape(rest);
        if (quote == '\'' && rest[0] == quote) unit.raw = 2;
        if (reached_ + unit.decoded > offset_) return at_;
        if (!Take(unit)) return std::nullopt;
      }
    }
    return reached_ == offset_ ? std::optional(std::min(at_, raw_.size())) : std::nullopt;
  }

 private:
  // Blanks and lines' ends in a row.
  struct Fold {
    size_t size = 0;
    size_t breaks = 0;
  };

  Fold MeasureFold() const {
    Fold fold;
    for (size_t at = at_; at < raw_.size();) {
      const size_t end = BreakSize(raw_.substr(at, 2));
      if (end == 0 && !IsBlank(raw_[at])) break;
      fold.breaks += end > 0 ? 1 : 0;
      at += std::max<size_t>(end, 1);
      fold.size = at - at_;
    }
    return fold;
  }
  size_t PassOver(const Fold& fold) {
    at_ += fold.size;
    return fold.breaks;
  }

  // Steps over what is the same on both sides, where it is plain.
  bool Take(Unit unit) {
    if (reached_ + unit.decoded > decoded_.size()) return false;
    if (unit.raw == 1 && raw_[at_] != decoded_[reached_]) return false;
    at_ += unit.raw;
    reached_ += unit.decoded;
    return true;
  }

  // What the first line with text has more than came of it.
  size_t FindIndentation() const {
    size_t line = at_;
    size_t text = at_;
    for (; text < raw_.size() && (raw_[text] == ' ' || BreakSize(raw_.substr(text)) > 0); ++text) {
      if (raw_[text] != ' ') line = text + 1;
    }
    const size_t begins = std::min(decoded_.find_first_not_of('\n'), decoded_.size());
    const size_t kept = std::min(decoded_.find_first_not_of(' ', begins), decoded_.size()) - begins;
    return text - line - std::min(kept, text - line);
  }

  std::string_view raw_, decoded_;
  size_t offset_;
  size_t at_ = 0;       // in the source
  size_t reached_ = 0;  // of what it was decoded to
};

}  // namespace

std::optional<size_t> PlaceInScalar(std::string_view raw, std::string_view decoded, size_t offset) {
  if (raw.empty()) return std::nullopt;
  const char first = raw[0];
  if (first == '|' || first == '>') return Walk(raw, decoded, offset).InBlock();
  if (first != '"' && first != '\'') return Walk(raw, decoded, offset).InFlow('\0');
  if (raw.size() < 2 || raw.back() != first) return std::nullopt;
  const std::string_view inner = raw.substr(1, raw.size() - 2);
  const std::optional<size_t> found = Walk(inner, decoded, offset).InFlow(first);
  return found ? std::optional(1 + *found) : std::nullopt;
}

}  // namespace doorward
