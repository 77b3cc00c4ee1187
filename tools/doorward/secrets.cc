// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/secrets.h"

#include <algorithm>
#include <array>

namespace doorward::command {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr std::string_view kBlank = " \t\r\n";
constexpr std::array<std::string_view, 8> kNames = {"k", "d", "p", "q", "dp", "dq", "qi", "oth"};

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}
bool IsQuote(char c) { return c == '"' || c == '\''; }
bool IsBlank(char c) { return kBlank.find(c) != kNone; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<SecretSpan> Run() {
    std::vector<SecretSpan> out;
    size_t at = 0;
    while (at < text_.size()) {
      const size_t begin = at;
      const size_t after = PassName(at);
      if (after == kNone) continue;
      const SecretSpan value = Value(begin, after);
      if (value.end > value.begin) out.push_back(value);
      at = std::max(at, value.end);
    }
    return out;
  }

 private:
  char At(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  size_t SkipBlank(size_t i) const { return std::min(text_.find_first_not_of(kBlank, i), size()); }
  size_t LineEnd(size_t i) const { return std::min(text_.find_first_of("\r\n", i), size()); }
  size_t size() const { return text_.size(); }

  // Moves `at` over a word, or over one character that is none. Returns where the value of the
  // member begins that the word names, if it names one of a private key. Quotes are not paired: a
  // missing one would turn all that follow round.
  size_t PassName(size_t& at) const {
    const size_t begin = at;
    if (text_[begin] == '\\') return PassEscapedName(at);
    while (at < size() && IsWord(text_[at])) ++at;
    if (at == begin) {
      ++at;
      return kNone;
    }
    const std::string_view name = text_.substr(begin, at - begin);
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end() || !BeginsMember(begin)) {
      return kNone;
    }
    return AfterColon(at);
  }

  // A name written in escapes, "\u006b": whatever it says, nobody needs to for an honest name.
  size_t PassEscapedName(size_t& at) const {
    while (at < size() && (IsWord(text_[at]) || text_[at] == '\\')) ++at;
    return IsQuote(At(at)) ? AfterColon(at) : kNone;
  }

  // False in the path of an endpoint, `/{d:[0-9]+}`, and in a URL.
  bool BeginsMember(size_t name) const {
    const std::string_view before = text_.substr(0, name);
    return !before.ends_with('/') && !before.ends_with('.') && !before.ends_with("/{");
  }

  // After a name in quotes the colon may be missing, and have strays before it.
  size_t AfterColon(size_t at) const {
    const bool quoted = IsQuote(At(at));
    at = quoted ? std::min(text_.find_first_not_of(" \t\r\n*&!|>?#=-", at + 1), size())
                : SkipBlank(at);
    if (At(at) == ':') return at + 1;
    return quoted && IsQuote(At(at)) ? at : kNone;
  }

  // Looks for the end of a line only where the value reaches to it: a policy may be one long line.
  SecretSpan Value(size_t name, size_t at) const {
    const size_t after_colon = at;
    at = SkipProperties(SkipBlank(at));
    const char first = At(at);
    if (IsQuote(first)) return {at + 1, Remains(QuoteEnd(at))};
    const bool other_primes = text_.substr(name).starts_with("oth");
    if (first == '[' || (first == '{' && other_primes)) return {at, BracketEnd(at)};
    if (first == '{') return {at, at};
    if (first == '|' || first == '>') {
      return {at, BlockEnd(name, LineEnd(SkipBlank(LineEnd(at))))};
    }
    if (InFlow(name)) return {at, std::min(text_.find_first_of(",]}", at), size())};
    const bool below = text_.substr(after_colon, at - after_colon).find('\n') != kNone;
    if (below && !other_primes && HoldsMembers(at)) return {at, at};
    return {at, BlockEnd(name, LineEnd(at))};
  }

  // YAML: an anchor and a tag may stand before the value.
  size_t SkipProperties(size_t at) const {
    while (At(at) == '&' || At(at) == '!') {
      at = SkipBlank(std::min(text_.find_first_of(kBlank, at), size()));
    }
    return at;
  }

  size_t QuoteEnd(size_t quote) const {
    for (size_t i = quote + 1; i < size(); ++i) {
      if (text_[i] == text_[quote]) {
        // YAML: a quote in single quotes is written twice.
        if (text_[i] == '"' || At(i + 1) != '\'') return i;
        ++i;
      } else if (text_[i] == '\\' && text_[quote] == '"') {
        ++i;
      }
    }
    return size();
  }

  // What follows a closing quote and neither ends nor separates: the quote stood in the value.
  size_t Remains(size_t quote) const {
    const size_t next = std::min(text_.find_first_not_of(" \t", quote + 1), size());
    if (next == size() || std::string_view(",]}:#\r\n").find(text_[next]) != kNone) return quote;
    return std::min(text_.find_first_of(",]}\r\n", next), size());
  }

  size_t BracketEnd(size_t bracket) const {
    size_t depth = 0;
    for (size_t i = bracket; i < size(); ++i) {
      const char c = text_[i];
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && --depth == 0) return i + 1;
      if (IsQuote(c)) i = QuoteEnd(i);
    }
    return size();
  }

  // True for a member in brackets, false for one on lines of YAML.
  bool InFlow(size_t name) const {
    if (IsQuote(At(name - 1))) --name;
    const size_t before = name == 0 ? kNone : text_.find_last_not_of(kBlank, name - 1);
    return before != kNone && (text_[before] == '{' || text_[before] == ',');
  }

  // The end of the lines that follow `line_end` and belong to the member: indented more than its
  // name, or the elements of a list.
  size_t BlockEnd(size_t name, size_t line_end) const {
    const size_t break_before = text_.find_last_of("\r\n", name);
    const size_t column = name - (break_before == kNone ? 0 : break_before + 1);
    size_t end = line_end;
    while (end < size()) {
      const size_t first = SkipBlank(end);
      const size_t line = text_.find_last_of("\r\n", first) + 1;
      const size_t indent = first - line;
      if (indent < column || (indent == column && At(first) != '-')) break;
      end = LineEnd(first);
      if (first == size()) break;
    }
    return end;
  }

  // True where a mapping begins: a role may be named `d`.
  bool HoldsMembers(size_t at) const {
    size_t end = at;
    while (IsWord(At(end)) || IsQuote(At(end))) ++end;
    return end > at && At(end) == ':';
  }

  std::string_view text_;
};

// `jwks_uri` and `jwks_file` hold no key.
bool SpeaksOfKeys(std::string_view text) {
  if (text.find("kty") != kNone || text.find("\"keys\"") != kNone) return true;
  for (size_t at = 0; (at = text.find("jwk", at)) != kNone; ++at) {
    const std::string_view word = text.substr(at);
    if (!word.starts_with("jwks_uri") && !word.starts_with("jwks_file")) return true;
  }
  return false;
}

}  // namespace

std::vector<SecretSpan> FindSecrets(std::string_view text) {
  if (!SpeaksOfKeys(text)) return {};
  return Scanner(text).Run();
}

std::string MaskSecrets(std::string text, const std::vector<SecretSpan>& secrets) {
  for (const SecretSpan& secret : secrets) {
    for (size_t i = secret.begin; i < secret.end; ++i) {
      if (!IsBlank(text[i])) text[i] = '*';
    }
  }
  return text;
}

}  // namespace doorward::command
