// SPDX-License-Identifier: Apache-2.0

#include "src/base/source.h"

#include <algorithm>
#include <ostream>
#include <tuple>

#include "src/base/utf8.h"

namespace doorward {
namespace {

// Stands after every place of a text, so that what is about the whole comes last.
constexpr Span kWholeText{UINT32_MAX, 0};

// Controls, and what changes the direction of writing (Unicode's explicit directional formatting).
bool IsInvisible(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

// Optimal string alignment distance, given up (as `limit` + 1) where it would exceed `limit`.
size_t EditDistance(std::string_view a, std::string_view b, size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::vector<size_t> before_last, last(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before_last[j - 2] + 1);
      }
    }
    before_last = last;
    last = current;
  }
  return last[b.size()];
}

// ASCII's case alone.
bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

void SourceText::IndexLines() const {
  if (!line_starts_.empty()) return;
  line_starts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    const bool ends =
        text_[i] == '\n' || (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'));
    if (ends) line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

uint32_t SourceText::Line(size_t offset) const {
  IndexLines();
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<uint32_t>(after - line_starts_.begin());
}

SourceRange SourceText::Range(Span span) const {
  const size_t offset = std::min<size_t>(span.offset, text_.size());
  const uint32_t line = Line(offset);
  const size_t start = line_starts_[line - 1];
  const bool continues = counted_.line == line && counted_offset_ <= offset;
  size_t from = continues ? counted_offset_ : start;
  uint32_t column = continues ? counted_.column : 1;
  if (from == 0 && offset >= 3 && text_.starts_with("\xEF\xBB\xBF")) from = 3;
  column += static_cast<uint32_t>(CountCodePoints(text_.substr(from, offset - from)));
  counted_ = {line, column, offset, std::min<size_t>(span.length, text_.size() - offset)};
  counted_offset_ = offset;
  return counted_;
}

std::string SourceText::Excerpt(Span span, std::span<const Span> secrets) const {
  size_t offset = std::min<size_t>(span.offset, text_.size());
  std::string_view rest = text_.substr(offset, span.length);
  rest = rest.substr(0, rest.find_first_of("\r\n"));
  const auto ends_before = [](size_t at, Span secret) {
    return at < secret.offset + secret.length;
  };
  auto secret = std::upper_bound(secrets.begin(), secrets.end(), offset, ends_before);
  std::string out;
  for (size_t count = 0; !rest.empty(); ++count) {
    if (count == 80) return out + "…";
    const CodePoint next = DecodeUtf8(rest);
    const size_t length = std::max<size_t>(next.length, 1);
    while (secret != secrets.end() && !ends_before(offset, *secret)) ++secret;
    if (secret != secrets.end() && secret->offset < offset + length) {
      out += '*';
    } else if (next.length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (next.value < 0x20 || (next.value >= 0x7F && next.value <= 0x9F)) {
      out += ' ';
    } else {
      out.append(rest.substr(0, next.length));
    }
    rest.remove_prefix(length);
    offset += length;
  }
  return out;
}

void DiagnosticList::Add(Severity severity, Span at, std::string_view code, std::string message,
                         DiagnosticHelp help) {
  has_errors_ |= severity == Severity::kError;
  if (full(severity)) {
    ++dropped_;
    return;
  }
  ++kept_[static_cast<size_t>(severity)];
  found_.push_back({at,
                    {severity,
                     std::string(code),
                     std::string(source_.name()),
                     {},
                     std::move(message),
                     std::move(help.expected),
                     std::move(help.suggestion),
                     ""}});
}

void DiagnosticList::WholeTextError(std::string_view code, std::string message,
                                    DiagnosticHelp help) {
  has_errors_ = true;
  found_.push_back({kWholeText,
                    {Severity::kError,
                     std::string(code),
                     std::string(source_.name()),
                     {},
                     std::move(message),
                     std::move(help.expected),
                     std::move(help.suggestion),
                     ""}});
}

// Brings secrets into the order of the text, each place once.
void DiagnosticList::SortSecrets() {
  std::sort(secrets_.begin(), secrets_.end(), [](Span a, Span b) {
    return std::tie(a.offset, b.length) < std::tie(b.offset, a.length);
  });
  size_t kept = 0, end = 0;
  for (const Span secret : secrets_) {
    const size_t begin = std::max<size_t>(secret.offset, end);
    const size_t secret_end = size_t{secret.offset} + secret.length;
    if (begin >= secret_end) continue;
    secrets_[kept++] = {static_cast<uint32_t>(begin), static_cast<uint32_t>(secret_end - begin)};
    end = secret_end;
  }
  secrets_.resize(kept);
}

std::vector<Diagnostic> DiagnosticList::Take() {
  SortSecrets();
  std::stable_sort(found_.begin(), found_.end(),
                   [](const Found& a, const Found& b) { return a.at.offset < b.at.offset; });
  std::vector<Diagnostic> out;
  for (Found& found : found_) {
    if (found.at.offset != kWholeText.offset) {
      found.diagnostic.range = source_.Range(found.at);
      found.diagnostic.excerpt = source_.Excerpt(found.at, secrets_);
    }
    out.push_back(std::move(found.diagnostic));
  }
  if (dropped_ > 0) {
    out.push_back({has_errors_ ? Severity::kError : Severity::kWarning,
                   "too_many_diagnostics",
                   std::string(source_.name()),
                   {},
                   std::to_string(dropped_) + " more are not shown",
                   "",
                   "",
                   ""});
  }
  found_.clear();
  kept_ = {};
  dropped_ = 0;
  return out;
}

bool HasErrors(const std::vector<Diagnostic>& diagnostics) noexcept {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::ostream& operator<<(std::ostream& out, const Diagnostic& d) {
  out << d.file;
  if (d.range.line > 0) out << ':' << d.range.line << ':' << d.range.column;
  out << (d.severity == Severity::kError ? ": error: " : ": warning: ") << d.message << " ["
      << d.code << ']';
  if (!d.expected.empty()) out << "\n  expected: " << d.expected;
  if (!d.suggestion.empty()) out << "\n  help: " << d.suggestion;
  return out;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.size() > 64) return "";
  for (std::string_view candidate : candidates) {
    if (candidate != name && EqualsIgnoringCase(candidate, name)) {
      return "did you mean " + Quote(candidate) + "?";
    }
  }
  const size_t limit = name.size() <= 3 ? 1 : 2;
  size_t best_distance = limit + 1;
  std::string_view best;
  for (std::string_view candidate : candidates) {
    if (candidate == name) continue;
    const size_t distance = EditDistance(name, candidate, limit);
    if (distance < best_distance) std::tie(best_distance, best) = std::pair(distance, candidate);
  }
  return best_distance > limit || best_distance >= name.size()
             ? ""
             : "did you mean " + Quote(best) + "?";
}

std::string Visible(std::string_view text, size_t limit) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (size_t count = 0; !text.empty(); ++count) {
    if (count == limit) return out + "…";
    const CodePoint next = DecodeUtf8(text);
    const std::string_view octets = text.substr(0, std::max<size_t>(next.length, 1));
    if (next.length == 0 || IsInvisible(next.value)) {
      for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        out += {'\\', 'x', kHex[octet >> 4], kHex[octet & 15]};
      }
    } else {
      out.append(octets);
    }
    text.remove_prefix(octets.size());
  }
  return out;
}

std::string Quote(std::string_view text) { return "`" + Visible(text, 60) + "`"; }

}  // namespace doorward
