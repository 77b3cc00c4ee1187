// SPDX-License-Identifier: Apache-2.0
//
// A text that is loaded, and the diagnostics about it.

#ifndef DOORWARD_BASE_SOURCE_H_
#define DOORWARD_BASE_SOURCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doorward/diagnostic.h"

namespace doorward {

// A place in a text, in bytes. What a parser keeps for each value; lines and columns are made of it
// only when something is reported.
struct Span {
  uint32_t offset = 0;
  uint32_t length = 0;
};

// Turns byte offsets into lines and columns. Lines end with LF, CR LF or CR. Lifetime: borrows
// `text`.
class SourceText {
 public:
  SourceText(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  std::string_view name() const { return name_; }
  std::string_view text() const { return text_; }

  // Cost: the first call indexes the lines; each is logarithmic in their number, and linear in the
  // line before it, but for calls in the order of the text, which go on where the last one ended.
  SourceRange Range(Span span) const;
  // The line alone. Cost: logarithmic in the number of lines, after the first call.
  uint32_t Line(size_t offset) const;
  // The text of `span`, cut at its first line's end and at 80 code points, control characters shown
  // as spaces and what stands within `secrets` as "*". `secrets`: ascending, none in another.
  std::string Excerpt(Span span, std::span<const Span> secrets = {}) const;

 private:
  void IndexLines() const;

  std::string name_;
  std::string_view text_;
  mutable std::vector<uint32_t> line_starts_;
  mutable size_t counted_offset_ = 0;  // where the last column was counted to, and
  mutable SourceRange counted_;        // what it was
};

// What a diagnostic says besides its message.
struct DiagnosticHelp {
  std::string expected = {};
  std::string suggestion = {};
};

// Collects diagnostics about one text. At most `kMaxDiagnostics` errors and as many warnings are
// kept; after that only a note that there are more.
class DiagnosticList {
 public:
  static constexpr size_t kMaxDiagnostics = 1000;

  explicit DiagnosticList(const SourceText& source) : source_(source) {}

  void Error(Span at, std::string_view code, std::string message, DiagnosticHelp help = {}) {
    Add(Severity::kError, at, code, std::move(message), std::move(help));
  }
  void Warning(Span at, std::string_view code, std::string message, DiagnosticHelp help = {}) {
    Add(Severity::kWarning, at, code, std::move(message), std::move(help));
  }
  // About the text as a whole.
  void WholeTextError(std::string_view code, std::string message, DiagnosticHelp help = {});
  // No excerpt shows what stands at `secret`, of what was reported already neither.
  void HideText(Span secret) { secrets_.push_back(secret); }

  bool has_errors() const { return has_errors_; }
  // True once no more errors, or warnings, are kept: a costly suggestion is not worth making.
  bool full(Severity severity = Severity::kError) const {
    return kept_[static_cast<size_t>(severity)] >= kMaxDiagnostics;
  }
  const SourceText& source() const { return source_; }

  // Returns what was collected, in the order of the text.
  std::vector<Diagnostic> Take();

 private:
  void Add(Severity severity, Span at, std::string_view code, std::string message,
           DiagnosticHelp help);

  void SortSecrets();

  const SourceText& source_;
  std::vector<Span> secrets_;
  // A diagnostic whose place is still in bytes: lines and columns are counted once, in the order of
  // the text, and excerpts are made when all secrets are known.
  struct Found {
    Span at;
    Diagnostic diagnostic;
  };
  std::vector<Found> found_;
  std::array<size_t, 2> kept_{};  // by severity
  size_t dropped_ = 0;
  bool has_errors_ = false;
};

// Returns "did you mean `editor`?" where one of `candidates` is near `name` (an edit or two,
// counting a swap of neighbours as one, or only ASCII letters in another case), else "".
std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates);

// Returns `text` fit to be shown on one line: controls, marks that turn the direction of writing,
// and octets that are not UTF-8 as `\xNN`; at most `limit` code points, then an ellipsis.
std::string Visible(std::string_view text, size_t limit);

// Puts text that an author wrote in backticks, visible and shortened to 60 code points.
std::string Quote(std::string_view text);

}  // namespace doorward

#endif  // DOORWARD_BASE_SOURCE_H_
