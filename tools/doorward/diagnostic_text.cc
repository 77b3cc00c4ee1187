// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/diagnostic_text.h"

#include <algorithm>

#include <unistd.h>

#include "tools/doorward/streams.h"
#include "tools/doorward/terminal.h"

namespace doorward::command {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kReset = "\x1b[0m";

// What is shown of a line at most, and how much of that stands before the fault.
constexpr size_t kWindow = 100;
constexpr size_t kWindowBefore = 40;

// The line at fault, and under it the mark: a caret, then tildes to the end of the text at fault.
std::string Excerpt(const Diagnostic& d, std::string_view source, std::string_view colour,
                    std::string_view reset) {
  const SourceLine line = LineAt(source, d.range.offset);
  std::string_view before = line.text.substr(0, line.before);
  std::string_view after = line.text.substr(line.before);
  const size_t marked = CountCharacters(after.substr(0, d.range.length));
  const size_t characters = CountCharacters(before);
  const bool cut_before = CountCharacters(line.text) > kWindow && characters > kWindowBefore;
  if (cut_before) before.remove_prefix(PrefixLength(before, characters - kWindowBefore));
  const size_t room = kWindow - CountCharacters(before);
  const bool cut_after = CountCharacters(after) > room;
  if (cut_after) after = after.substr(0, PrefixLength(after, room));
  const std::string number = std::to_string(d.range.line);
  const std::string margin(std::max<size_t>(number.size(), 4), ' ');
  std::string out = ' ' + margin.substr(number.size()) + number + " | ";
  out += std::string(cut_before ? "…" : "") + Harmless(before) + Harmless(after) +
         (cut_after ? "…" : "");
  out += "\n " + margin + " | ";
  out += std::string(CountCharacters(before) + (cut_before ? 1 : 0), ' ');
  out += std::string(colour) + '^';
  out += std::string(std::min(std::max<size_t>(marked, 1), std::max<size_t>(room, 1)) - 1, '~');
  return out + std::string(reset) + '\n';
}

void ReplaceAll(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

void Sources::Add(const std::string& name, std::string text) {
  std::vector<SecretSpan> secrets = FindSecrets(text);
  std::string masked = MaskSecrets(text, secrets);
  sources_[name] = {std::move(text), std::move(masked), std::move(secrets)};
}

std::string_view Sources::Text(const std::string& name) const {
  const auto found = sources_.find(name);
  return found == sources_.end() ? std::string_view() : found->second.masked;
}

void Sources::HideSecrets(Diagnostic& d) const {
  // An excerpt may end within a secret, so that its first octets count; a message quotes all of
  // it that is at fault.
  constexpr size_t kTelling = 4;
  const auto found = sources_.find(d.file);
  if (found == sources_.end() || d.range.line == 0) return;
  const auto& [text, masked, secrets] = found->second;
  const size_t end = d.range.offset + d.range.length;
  auto secret = std::lower_bound(secrets.begin(), secrets.end(), d.range.offset,
                                 [](const SecretSpan& s, size_t at) { return s.end <= at; });
  bool shown = false;
  for (; secret != secrets.end() && secret->begin < end; ++secret) {
    const size_t begin = std::max(secret->begin, d.range.offset);
    const std::string_view value =
        std::string_view(text).substr(begin, std::min(secret->end, end) - begin);
    shown |= d.excerpt.find(value.substr(0, kTelling)) != std::string::npos;
    if (value.size() < kTelling) continue;
    for (std::string* said : {&d.message, &d.expected, &d.suggestion}) {
      ReplaceAll(*said, value, "***");
    }
  }
  if (shown) d.excerpt = ExcerptOf(masked, d.range);
}

std::string ExcerptOf(std::string_view text, const SourceRange& range) {
  constexpr size_t kLongest = 80;
  std::string_view line = text.substr(std::min(range.offset, text.size()), range.length);
  line = line.substr(0, line.find_first_of("\r\n"));
  const size_t length = PrefixLength(line, kLongest);
  return Harmless(line.substr(0, length)) + (length < line.size() ? "…" : "");
}

SourceLine LineAt(std::string_view text, size_t offset) {
  // Of a line that is a whole file no more is looked at than can be shown: a thousand diagnostics
  // may stand on it.
  constexpr size_t kReach = 1024;
  static_assert(kReach > kWindow * 4);
  const auto continues = [&](size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  offset = std::min(offset, text.size());
  size_t begin = offset;
  const size_t first = offset - std::min(offset, kReach);
  while (begin > first && text[begin - 1] != '\n' && text[begin - 1] != '\r') --begin;
  while (begin == first && begin < offset && continues(begin)) ++begin;
  const std::string_view reach = text.substr(offset, kReach);
  size_t end = offset + std::min(reach.find_first_of("\r\n"), reach.size());
  while (end == offset + kReach && end > offset && continues(end)) --end;
  if (begin == 0 && text.starts_with("\xEF\xBB\xBF") && offset >= 3) begin = 3;
  return {text.substr(begin, end - begin), offset - begin};
}

std::string DiagnosticText(const Diagnostic& d, const Sources& sources, bool colours) {
  const bool error = d.severity == Severity::kError;
  const auto paint = [&](std::string_view code) { return std::string(colours ? code : ""); };
  const std::string reset = paint(kReset);
  const std::string colour = paint(error ? kRed : kYellow);
  std::string out = paint(kBold) + Harmless(d.file);
  if (d.range.line > 0) {
    out += ':' + std::to_string(d.range.line) + ':' + std::to_string(d.range.column);
  }
  out += ": " + reset + colour + (error ? "error: " : "warning: ") + reset + Harmless(d.message);
  out += " [" + d.code + "]\n";
  const std::string_view source = sources.Text(d.file);
  if (d.range.line > 0 && !source.empty()) out += Excerpt(d, source, paint(kGreen), reset);
  if (!d.expected.empty()) out += "  expected: " + Harmless(d.expected) + '\n';
  if (!d.suggestion.empty()) out += "  help: " + Harmless(d.suggestion) + '\n';
  return out;
}

void PrintDiagnostics(const std::vector<Diagnostic>& diagnostics, const Sources& sources) {
  const bool colours = MayColour(STDERR_FILENO);
  for (const Diagnostic& d : diagnostics) {
    WriteAll(STDERR_FILENO, DiagnosticText(d, sources, colours));
  }
}

}  // namespace doorward::command
