// SPDX-License-Identifier: Apache-2.0

#include "src/policy/endpoint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <re2/re2.h>

#include "src/base/ascii.h"
#include "src/base/source.h"

namespace doorward {
namespace {

using Kind = SegmentPattern::Kind;

constexpr size_t kMaxRegexBytes = 4096;
constexpr std::string_view kKnownMethods[] = {"GET",    "HEAD",    "POST", "PUT",
                                              "DELETE", "OPTIONS", "PATCH"};

bool IsNameStart(char c) { return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_'; }
bool IsNameChar(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

// True where one octet more, less or another, or a swap of neighbours, makes `a` of `b`.
bool IsOneSlipAway(std::string_view a, std::string_view b) {
  const size_t head = static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin())
          .first -
      a.begin());
  const std::string_view a_rest = a.substr(head);
  const std::string_view b_rest = b.substr(head);
  if (a_rest.empty() || b_rest.empty()) return a_rest.size() + b_rest.size() == 1;
  const bool swaps = a_rest.size() > 1 && b_rest.size() > 1 && a_rest[0] == b_rest[1] &&
                     a_rest[1] == b_rest[0] && a_rest.substr(2) == b_rest.substr(2);
  return swaps || a_rest.substr(1) == b_rest.substr(1) || a_rest.substr(1) == b_rest ||
         a_rest == b_rest.substr(1);
}

std::string Upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
  return out;
}

void FoldCase(std::string& text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
}

// Returns where the brace that `text` begins with is closed, or npos. A backslash escapes.
size_t FindClosingBrace(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '{')
      ++depth;
    else if (text[i] == '}' && --depth == 0)
      return i;
  }
  return std::string_view::npos;
}

// Returns where the segment that `path` begins with ends. Within braces a "/" ends nothing: it is a
// mistake there, and better told as one.
size_t FindSegmentEnd(std::string_view path) {
  const size_t close = path.starts_with('{') ? FindClosingBrace(path) : path.npos;
  return std::min(path.find('/', close == path.npos ? 0 : close), path.size());
}

bool IsMethodAsterisk(const EndpointModel& endpoint) {
  return endpoint.methods.size() == 1 && endpoint.methods[0] == "OPTIONS";
}

// True where a group of the regular expression, which RE2 has taken, switches the flag `i` off:
// `(?-i)`, `(?s-i:...)`.
bool TurnsFoldingOff(std::string_view regex) {
  bool in_class = false;
  for (size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '\\') {
      ++i;
    } else if (in_class) {
      in_class = regex[i] != ']';
    } else if (regex[i] == '[') {
      in_class = true;
      if (regex.substr(i + 1, 1) == "^") ++i;
      if (regex.substr(i + 1, 1) == "]") ++i;  // the first of a class ends none
    } else if (regex.substr(i, 2) == "(?") {
      const std::string_view rest = regex.substr(i + 2);
      const std::string_view flags = rest.substr(0, rest.find_first_not_of("imsU-"));
      if (flags.find('i', std::min(flags.find('-'), flags.size())) != flags.npos) return true;
    }
  }
  return false;
}

}  // namespace

void EndpointReader::Fault(Piece piece, std::string_view code, std::string message,
                           std::string expected, std::string suggestion) {
  faults_.push_back({Severity::kError, code, piece.offset, piece.text.size(), std::move(message),
                     std::move(expected), std::move(suggestion)});
}

void EndpointReader::Warn(Piece piece, std::string_view code, std::string message,
                          std::string suggestion) {
  faults_.push_back({Severity::kWarning, code, piece.offset, piece.text.size(), std::move(message),
                     "", std::move(suggestion)});
}

void EndpointReader::Begin() { faults_.clear(); }

bool EndpointReader::Finish() const {
  return std::none_of(faults_.begin(), faults_.end(),
                      [](const EndpointFault& f) { return f.severity == Severity::kError; });
}

bool EndpointReader::ReadMethod(std::string_view text, std::vector<std::string>* methods) {
  Begin();
  ReadOneMethod({text, 0}, methods);
  return Finish();
}

bool EndpointReader::ReadHost(std::string_view text, std::string* host) {
  Begin();
  ReadHostPart({text, 0}, host);
  return Finish();
}

bool EndpointReader::ReadPath(std::string_view text, std::vector<SegmentPattern>* path) {
  Begin();
  if (text.starts_with('/')) {
    ReadPathPart({text, 0}, path);
  } else {
    Fault({text, 0}, "bad_path", "the path " + Quote(text) + " does not begin with `/`",
          "`/` and segments");
  }
  return Finish();
}

bool EndpointReader::Read(std::string_view text, EndpointModel* out) {
  Begin();
  weight_ += kEndpointWeight;
  Piece rest{text, 0};
  const size_t space = text.find(' ');
  if (space != text.npos && text.substr(0, space).find_first_of("/{") == text.npos) {
    if (!ReadMethods(rest.Sub(0, space), &out->methods)) return false;
    rest = rest.Sub(std::min(text.find_first_not_of(' ', space), text.size()));
  }
  if (rest.text == "*") {
    out->is_asterisk = true;
    if (!IsMethodAsterisk(*out)) {
      Fault(rest, "bad_asterisk", "the path `*` stands only in `OPTIONS *`", "`OPTIONS *`",
            "write `/**` for any path");
    }
    return Finish();
  }
  const size_t slash = rest.text.find('/');
  if (slash == rest.text.npos) {
    Fault(rest, "bad_path", "this endpoint has no path", "[METHODS] [host]/path",
          "write `/` before the path");
    return Finish();
  }
  if (slash > 0 && rest.text.substr(slash - 1).starts_with("://")) {
    Fault(rest.Sub(0, slash + 2), "bad_host", "an endpoint has no scheme", "[METHODS] [host]/path",
          "begin with the host");
    return Finish();
  }
  if (slash > 0) ReadHostPart(rest.Sub(0, slash), &out->host);
  ReadPathPart(rest.Sub(slash), &out->path);
  return Finish();
}

// False where what follows the space is not the rest of an endpoint.
bool EndpointReader::ReadMethods(Piece piece, std::vector<std::string>* methods) {
  if (piece.text.empty() || piece.text.ends_with(',')) {
    Fault({" ", piece.offset + piece.text.size()}, "bad_method",
          piece.text.empty() ? "an endpoint cannot begin with a space"
                             : "no space can follow a comma between methods",
          "[METHODS] [host]/path", "remove the space");
    return false;
  }
  for (size_t begin = 0; begin <= piece.text.size() && piece.text != "*";) {
    const size_t end = std::min(piece.text.find(',', begin), piece.text.size());
    ReadOneMethod(piece.Sub(begin, end - begin), methods);
    begin = end + 1;
  }
  return true;
}

void EndpointReader::ReadOneMethod(Piece piece, std::vector<std::string>* methods) {
  if (piece.text == "*") {
    Fault(piece, "bad_method", "`*` stands for any method, and so stands alone");
  } else if (piece.text.empty()) {
    Fault(piece, "bad_method", "a method is missing here");
  } else if (!IsMethodSyntax(piece.text)) {
    const std::string upper = Upper(piece.text);
    Fault(piece, "bad_method", Quote(piece.text) + " is no method",
          "upper-case methods with commas between them, without spaces",
          IsMethodSyntax(upper) ? "write " + Quote(upper) : "");
  } else if (IsRefusedMethod(piece.text)) {
    Fault(piece, "refused_method", "requests with " + Quote(piece.text) + " are always refused");
  } else if (std::find(methods->begin(), methods->end(), piece.text) != methods->end()) {
    Warn(piece, "repeated_value", Quote(piece.text) + " stands in this list already",
         "remove it here");
  } else {
    WarnOddMethod(piece);
    methods->emplace_back(piece.text);
  }
}

// Extension methods are right, but for those that are a slip of the pen away from a usual one.
void EndpointReader::WarnOddMethod(Piece piece) {
  const std::string_view text = piece.text;
  for (const std::string_view method : kKnownMethods) {
    if (text == method) return;
  }
  for (const std::string_view method : kKnownMethods) {
    if (!IsOneSlipAway(text, method)) continue;
    Warn(piece, "odd_method", Quote(text) + " is no usual method, and matches no other one",
         "did you mean " + Quote(method) + "?");
    return;
  }
}

void EndpointReader::ReadHostPart(Piece piece, std::string* host) {
  constexpr std::string_view kExpected = "a host as `api.example.com` or `*.example.com`";
  const bool is_wildcard = piece.text.starts_with("*.");
  const Piece labels = piece.Sub(is_wildcard ? 2 : 0);
  if (labels.text.find_first_of(":[]") != labels.text.npos) {
    Fault(piece, "bad_host", "a host here has no port and is no IPv6 address",
          std::string(kExpected));
    return;
  }
  // A label in place of the "*", so that a wildcard that no host is short enough for is refused.
  std::optional<std::string> name;
  if (!labels.text.ends_with('.') && !labels.text.empty()) {
    name =
        CanonicalHostName(is_wildcard ? "x." + std::string(labels.text) : std::string(labels.text));
  }
  if (!name) {
    Fault(piece, "bad_host", Quote(piece.text) + " is no host", std::string(kExpected),
          piece.text == "*" ? "leave the host out to mean any" : "");
    return;
  }
  const auto* const method =
      std::find(std::begin(kKnownMethods), std::end(kKnownMethods), piece.text);
  if (method != std::end(kKnownMethods)) {
    Warn(piece, "method_as_host", Quote(piece.text) + " is read as a host here",
         "put a space after the method");
  }
  *host = is_wildcard ? "*." + name->substr(2) : *std::move(name);
}

void EndpointReader::ReadPathPart(Piece piece, std::vector<SegmentPattern>* path) {
  const size_t faults_before = faults_.size();
  Piece rest = piece.Sub(1);
  const auto slashes = static_cast<size_t>(std::count(piece.text.begin(), piece.text.end(), '/'));
  if (slashes > kMaxSegments + 2) return FaultTooManySegments(piece);
  path->reserve(slashes);
  size_t tails = 0;
  while (!rest.text.empty()) {
    const size_t end = FindSegmentEnd(rest.text);
    const Piece segment = rest.Sub(0, end);
    ReadSegment(segment, &path->emplace_back());
    ++weight_;
    if (path->back().kind == Kind::kTail && ++tails == 2) {
      Fault(segment, "several_tails", "`**` stands more than once in this pattern",
            "at most one `**` or `{name=**}`", "write `*` for one segment");
    }
    for (size_t i = 0; i + 1 < path->size(); ++i) {
      if (!path->back().capture.empty() && (*path)[i].capture == path->back().capture) {
        Fault(segment, "repeated_capture",
              Quote(path->back().capture) + " is captured twice in this pattern",
              "each name once in a pattern");
        break;
      }
    }
    rest = rest.Sub(std::min(end + 1, rest.text.size()));
  }
  if (faults_.size() == faults_before) CheckWhole(piece, *path);
}

void EndpointReader::FaultTooManySegments(Piece piece) {
  Fault(piece, "unmatchable_pattern", "no request may have as many segments as this pattern",
        "at most 256 segments");
}

// What can be said only of all segments together.
void EndpointReader::CheckWhole(Piece piece, const std::vector<SegmentPattern>& path) {
  size_t segments = 0, octets = 0;
  for (const SegmentPattern& segment : path) {
    segments += segment.kind == Kind::kTail ? 0 : 1;
    octets += 1 + (segment.kind == Kind::kLiteral ? segment.text.size() : 0);
  }
  if (segments > kMaxSegments) {
    FaultTooManySegments(piece);
  } else if (octets > kMaxTargetBytes) {
    Fault(piece, "unmatchable_pattern", "no request may be as long as this pattern",
          "at most 8192 octets");
  }
}

void EndpointReader::ReadSegment(Piece piece, SegmentPattern* out) {
  const std::string_view text = piece.text;
  if (text.empty()) {
    Fault({"/", piece.offset}, "unmatchable_pattern", "no request may have an empty segment", "",
          "write one `/` between segments");
  } else if (text == "*") {
    out->kind = Kind::kAny;
  } else if (text == "**") {
    out->kind = Kind::kTail;
  } else if (text.find("**") != text.npos && text[0] != '{') {
    Fault(piece, "bad_segment", "`**` must be a whole segment", "`**` alone, or one `*` in a text",
          "write `*`, which stands for any run of characters within a segment");
  } else if (text[0] == '{') {
    ReadCapture(piece, out);
  } else if (text.find_first_of("{}") != text.npos) {
    Fault(piece.Sub(text.find_first_of("{}")), "bad_segment",
          "a capture must be a whole segment, and a brace of the text itself is written encoded",
          "`{name}` between slashes, or `%7B` and `%7D`", "use `*` for a part of a segment");
  } else if (text.find('*') != text.npos) {
    ReadGlob(piece, out);
  } else {
    ReadLiteral(piece, out);
  }
}

std::string EndpointReader::Decode(Piece piece) {
  const std::string_view text = piece.text;
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 1 < text.size() ? HexValue(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      Fault(piece.Sub(i, 3), "bad_percent", "two hexadecimal digits must follow `%`",
            "`%XX`, or `%25` for the sign itself");
      return out;
    }
    const char octet = static_cast<char>(high << 4 | low);
    const bool kept = octet == '/' && rules_.encoded_slash == RequestRules::EncodedSlash::kKeep;
    out.append(kept ? std::string_view("%2F") : std::string_view(&octet, 1));
    i += 2;
  }
  return out;
}

void EndpointReader::CheckAcceptable(Piece piece, std::string_view octets, bool begins, bool ends) {
  const char* const clause = FindUnacceptable(octets, begins, ends, rules_);
  if (clause == nullptr) return;
  Fault(piece, "unmatchable_pattern", "no request can match " + Quote(piece.text) + ": " + clause);
}

// Other routers write captures so; here they are plain text, and a deny rule with one matches
// nothing that was meant.
void EndpointReader::WarnOddSegment(Piece piece) {
  const std::string_view text = piece.text;
  if (text.size() < 2) return;
  const bool is_capture = text[0] == ':' || text[0] == '$' ||
                          (text[0] == '<' && text.back() == '>') ||
                          (text[0] == '[' && text.back() == ']');
  if (!is_capture) return;
  Warn(piece, "odd_segment", Quote(text) + " stands for just this text",
       "write `{name}` for any segment, or `%XX` for its first octet");
}

void EndpointReader::ReadLiteral(Piece piece, SegmentPattern* out) {
  const size_t faults_before = faults_.size();
  out->text = Decode(piece);
  if (faults_.size() == faults_before) CheckAcceptable(piece, out->text, true, true);
  WarnOddSegment(piece);
  if (rules_.folds_case()) FoldCase(out->text);
}

void EndpointReader::ReadGlob(Piece piece, SegmentPattern* out) {
  out->kind = Kind::kGlob;
  for (size_t begin = 0; begin <= piece.text.size();) {
    const size_t end = std::min(piece.text.find('*', begin), piece.text.size());
    const Piece part = piece.Sub(begin, end - begin);
    const size_t faults_before = faults_.size();
    std::string octets = Decode(part);
    if (faults_.size() == faults_before) {
      CheckAcceptable(part, octets, begin == 0, end == piece.text.size());
    }
    if (rules_.folds_case()) FoldCase(octets);
    out->parts.push_back(std::move(octets));
    ++weight_;
    begin = end + 1;
  }
}

void EndpointReader::ReadCapture(Piece piece, SegmentPattern* out) {
  const std::string_view text = piece.text;
  const size_t close = FindClosingBrace(text);
  if (close == text.npos) {
    Fault(piece, "bad_capture", "the brace that opens here is never closed",
          "`{name}`, `{name:regex}` or `{name=**}`",
          "braces within a regular expression must balance, or be escaped with a backslash");
    return;
  }
  if (close + 1 < text.size()) {
    Fault(piece.Sub(close + 1), "bad_segment", "a capture must be a whole segment",
          "`/` or the end after `}`", "use `*` for a part of a segment, without capturing it");
    return;
  }
  size_t end = 1;
  while (IsNameChar(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  const Piece rest = piece.Sub(end, close - end);
  const bool is_name = !name.empty() && IsNameStart(name[0]);
  if (!is_name || (rest.text != "" && rest.text[0] != ':' && rest.text[0] != '=')) {
    const size_t name_end = std::min(text.find_first_of(":=", 1), close);
    Fault(name_end == 1 ? piece : piece.Sub(1, name_end - 1), "bad_capture",
          Quote(text.substr(1, name_end - 1)) + " is no name for a capture",
          "a letter or `_`, then letters, digits and `_`");
    return;
  }
  out->capture = std::string(name);
  out->kind = Kind::kAny;
  if (rest.text.starts_with(':')) {
    ReadRegex(rest.Sub(1), out);
  } else if (rest.text == "=**") {
    out->kind = Kind::kTail;
  } else if (!rest.text.empty()) {
    Fault(rest, "bad_capture", "only `**` may follow the `=` of a capture", "`{name=**}`",
          "write `{" + std::string(name) + "}` for one segment");
  }
}

// Other routers take the name of a type there; here it is a regular expression like any other, and
// matches its own text alone.
void EndpointReader::WarnOddRegex(Piece piece, const std::string& capture) {
  struct Type {
    std::string_view name, meant;  // "": any text
  };
  constexpr Type kTypes[] = {
      {"int", ":[0-9]+"},
      {"integer", ":[0-9]+"},
      {"number", ":[0-9]+"},
      {"num", ":[0-9]+"},
      {"digits", ":[0-9]+"},
      {"uuid", ":[0-9a-f-]{36}"},
      {"path", "=**"},
      {"guid", ":[0-9a-fA-F-]{36}"},
      {"alpha", ":[A-Za-z]+"},
      {"string", ""},
      {"str", ""},
      {"slug", ""},
      {"text", ""},
      {"any", ""},
  };
  for (const Type& type : kTypes) {
    if (type.name != piece.text) continue;
    Warn(piece, "odd_regex",
         Quote(type.name) + " is a regular expression here, and matches just this text",
         "write `{" + capture + std::string(type.meant) + "}`");
  }
}

void EndpointReader::ReadRegex(Piece piece, SegmentPattern* out) {
  out->kind = Kind::kRegex;
  out->text = std::string(piece.text);
  const size_t slash = piece.text.find('/');
  if (piece.text.empty()) {
    Fault({":", piece.offset - 1}, "bad_regex", "the regular expression is empty", "`{name:regex}`",
          "write `{" + out->capture + "}` for any segment");
  } else if (slash != piece.text.npos) {
    Fault(piece.Sub(slash, 1), "bad_regex",
          "a `/` cannot stand in a regular expression: it sees one segment, which has none", "",
          "write `.` where any character is meant");
  } else if (piece.text.size() > kMaxRegexBytes) {
    Fault(piece, "bad_regex", "the regular expression is longer than 4096 octets");
  } else {
    RE2::Options options(RE2::Quiet);
    options.set_case_sensitive(!rules_.folds_case());
    const RE2 regex(re2::StringPiece(piece.text.data(), piece.text.size()), options);
    if (regex.ok() && rules_.folds_case() && TurnsFoldingOff(piece.text)) {
      Fault(piece, "bad_regex",
            "case is folded here, and this regular expression asks for it to count",
            "a regular expression without the flag `-i`", "leave `-i` out, or `path_case: fold`");
    } else if (regex.ok()) {
      weight_ += static_cast<size_t>(regex.ProgramSize());
      WarnOddRegex(piece, out->capture);
    } else {
      Fault(piece, "bad_regex", "this is no regular expression: " + regex.error(),
            "RE2 syntax, for the whole segment");
    }
  }
}

}  // namespace doorward
