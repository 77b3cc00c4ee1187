// SPDX-License-Identifier: Apache-2.0
//
// YAML by libyaml's events. A scalar is the text that stands there, whatever its style; of what
// YAML has besides lists, objects and scalars only anchors are in the language, so tags, merge keys
// and further documents are errors.
//
// libyaml counts places in code points; they become byte offsets here, by a cursor that follows the
// events.

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml.h>

#include "src/base/string_map.h"
#include "src/policy/document.h"

namespace doorward {
namespace {

using Kind = DocumentNode::Kind;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view View(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// Turns libyaml's marks into byte offsets.
class Locator {
 public:
  Locator(std::string_view text, size_t start)
      : text_(text),
        is_ascii_(std::all_of(text.begin() + static_cast<ptrdiff_t>(start), text.end(),
                              [](char c) { return static_cast<signed char>(c) >= 0; })),
        start_(start),
        offset_(start) {}

  uint32_t Offset(const yaml_mark_t& mark) {
    if (is_ascii_) return static_cast<uint32_t>(std::min(start_ + mark.index, text_.size()));
    while (index_ < mark.index && offset_ < text_.size()) {
      ++offset_;
      while (offset_ < text_.size() && IsContinuation(offset_)) ++offset_;
      ++index_;
    }
    while (index_ > mark.index) {
      --offset_;
      while (IsContinuation(offset_)) --offset_;
      --index_;
    }
    return static_cast<uint32_t>(offset_);
  }

 private:
  bool IsContinuation(size_t i) const { return (static_cast<unsigned char>(text_[i]) >> 6) == 2; }

  std::string_view text_;
  bool is_ascii_;
  size_t start_;      // where code point 0 stands
  size_t offset_;     // the cursor, in bytes
  size_t index_ = 0;  // and in code points
};

// What libyaml says of a mistake, in the words of someone who writes policies.
struct Phrase {
  std::string_view problem;  // libyaml's
  std::string_view context;  // libyaml's; "" for any
  std::string_view message;
  std::string_view suggestion;
  bool at_context = false;  // the mistake is where libyaml's context began
};

constexpr std::string_view kTagMessage = "text that begins with `!` is a tag in YAML";
constexpr std::string_view kTabMessage = "a tab cannot indent in YAML";
constexpr std::string_view kUseSpaces = "indent with spaces";
constexpr std::string_view kQuoteIt = "put the text in quotes";
constexpr std::string_view kCheckIndentation = "check the indentation of this line and those above";

constexpr Phrase kPhrases[] = {
    {"mapping values are not allowed in this context", "",
     "a `: ` cannot stand here in YAML: the value has begun already",
     "put text that holds `: ` in quotes, or check the indentation"},
    {"could not find expected ':'", "", "a colon is missing: this line is neither value nor member",
     "write `name: value`"},
    {"did not find expected ',' or ']'", "", "a comma or `]` is missing in this list",
     "put text that holds `{`, `}`, `[`, `]` or `,` in quotes within brackets"},
    {"did not find expected ',' or '}'", "", "a comma or `}` is missing in this object",
     "put text that holds `{`, `}`, `[`, `]` or `,` in quotes within braces"},
    {"did not find expected key", "", "this line does not fit into the object that it stands in",
     kCheckIndentation},
    {"did not find expected '-' indicator", "",
     "this line does not fit into the list that it stands in", kCheckIndentation},
    {"block sequence entries are not allowed in this context", "", "a list cannot begin here",
     kCheckIndentation},
    {"block mapping entries are not allowed in this context", "", "an object cannot begin here",
     kCheckIndentation},
    {"found unexpected end of stream", "while scanning a quoted scalar",
     "the quote that opens here is never closed", "close the quote", true},
    {"found unexpected document indicator", "", "a document ends within a quoted text",
     "close the quote"},
    {"found unknown escape character", "", "this escape is not known in double-quoted text",
     "write the text in single quotes, where `\\` is a plain character"},
    {"did not find expected alphabetic or numeric character", "while scanning an alias",
     "text that begins with `*` is an alias in YAML", kQuoteIt, true},
    {"did not find expected alphabetic or numeric character", "while scanning an anchor",
     "text that begins with `&` is an anchor in YAML", kQuoteIt, true},
    {"found undefined tag handle", "", kTagMessage, kQuoteIt},
    {"did not find expected <document start>", "", "the text goes on after the end of the policy",
     kCheckIndentation},
    {"control characters are not allowed", "", "a control character cannot stand in YAML",
     "remove it, or write it as an escape in double quotes"},
    {"found a tab character that violates indentation", "", "a tab cannot indent in YAML",
     "indent with spaces"},
    {"found a tab character where an indentation space is expected", "", kTabMessage, kUseSpaces},
};

const Phrase* FindPhrase(std::string_view problem, std::string_view context) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.problem == problem && (phrase.context.empty() || phrase.context == context)) {
      return &phrase;
    }
  }
  return nullptr;
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t-") == text.npos; }

// Finds a "!" that begins a value of the line that `text` is the beginning of, or npos.
size_t FindTag(std::string_view text) {
  for (const std::string_view start : {": !", "- !", ", !", "[!"}) {
    const size_t at = text.find(start);
    const bool is_quoted = text.substr(0, at).find_first_of("'\"") != text.npos;
    if (at != text.npos && !is_quoted) return at + start.size() - 1;
  }
  return text.npos;
}

// An event that is freed.
class Event {
 public:
  explicit Event(yaml_parser_t& parser) : ok_(yaml_parser_parse(&parser, &event_) != 0) {}
  ~Event() {
    if (ok_) yaml_event_delete(&event_);
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  bool ok() const { return ok_; }
  const yaml_event_t* operator->() const { return &event_; }
  const yaml_event_t& operator*() const { return event_; }

 private:
  yaml_event_t event_;
  bool ok_;
};

class YamlReader {
 public:
  YamlReader(const SourceText& source, Document& document, DiagnosticList& diagnostics)
      : text_(source.text()),
        start_(text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0),
        locator_(text_, start_),
        builder_(document, diagnostics),
        diagnostics_(diagnostics) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    const std::string_view body = text_.substr(start_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(body.data()),
                                 body.size());
  }
  ~YamlReader() { yaml_parser_delete(&parser_); }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;

  bool Read();

 private:
  enum class Step : uint8_t { kGoOn, kDone, kFailed };
  struct Anchor {
    uint32_t index;
    std::optional<DocumentBuilder::Weight> weight;  // unset until the value is complete
  };

  bool CheckDirectives();
  Step Take(const yaml_event_t& event);
  Step Begin(const yaml_event_t& event, Kind kind, const yaml_char_t* anchor,
             const yaml_char_t* tag, bool flow);
  Step End(const yaml_event_t& event);
  Step TakeScalar(const yaml_event_t& event);
  bool AddScalar(const yaml_event_t& event, Span at);
  Step TakeAlias(const yaml_event_t& event);
  Step ReportSyntax();
  void Report(size_t offset, std::string message, std::string_view suggestion);
  std::string_view LineBefore(size_t offset) const;
  std::string WhereItBegins(std::string_view context, size_t offset);

  Span At(const yaml_event_t& event);
  // Reports a tag, and steps over it and an anchor, to where the value itself begins.
  Span PassProperties(Span at, std::string_view anchor, std::string_view tag);
  void DefineAnchor(std::string_view name, uint32_t index);
  // The value at `index`, the last one, is complete. Another within it may have taken the name.
  void CompleteAnchor(std::string_view name, uint32_t index);

  std::string_view text_;
  size_t start_;
  Locator locator_;
  DocumentBuilder builder_;
  DiagnosticList& diagnostics_;
  yaml_parser_t parser_;
  size_t documents_ = 0;
  struct Container {
    std::string anchor;
    uint32_t index;
    bool flow;
  };
  std::vector<Container> open_;
  StringMap<Anchor> anchors_;
};

bool YamlReader::Read() {
  if (!CheckDirectives()) return false;
  for (;;) {
    const Event event(parser_);
    const Step step = event.ok() ? Take(*event) : ReportSyntax();
    if (step != Step::kGoOn) return step == Step::kDone;
  }
}

// A `%` line before the document. libyaml's cost would grow with the square of their number.
bool YamlReader::CheckDirectives() {
  for (size_t at = start_; at < text_.size();) {
    const size_t end = std::min(text_.find_first_of("\r\n", at), text_.size());
    const std::string_view line = text_.substr(at, end - at);
    if (line.starts_with('%') && !line.starts_with("%YAML ")) {
      diagnostics_.Error({static_cast<uint32_t>(at), static_cast<uint32_t>(line.size())},
                         "yaml_directive", "directives are not in the policy language",
                         {"", "remove this line"});
      return false;
    }
    const size_t first = line.find_first_not_of(" \t");
    const bool says_nothing = first == std::string_view::npos || line[first] == '#';
    if (!says_nothing && !line.starts_with('%')) return true;
    at = end + 1;
  }
  return true;
}

YamlReader::Step YamlReader::Take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_STREAM_END_EVENT:
      if (documents_ > 0) return Step::kDone;
      diagnostics_.WholeTextError("empty_policy", "the policy is empty",
                                  {"at least `doorward: 1`", ""});
      return Step::kFailed;
    case YAML_DOCUMENT_START_EVENT:
      if (++documents_ == 1) return Step::kGoOn;
      diagnostics_.Error(At(event), "yaml_several_documents", "a second document begins here",
                         {"one document", "put each policy in a file of its own"});
      return Step::kDone;
    case YAML_MAPPING_START_EVENT: {
      const auto& start = event.data.mapping_start;
      return Begin(event, Kind::kObject, start.anchor, start.tag,
                   start.style == YAML_FLOW_MAPPING_STYLE);
    }
    case YAML_SEQUENCE_START_EVENT: {
      const auto& start = event.data.sequence_start;
      return Begin(event, Kind::kList, start.anchor, start.tag,
                   start.style == YAML_FLOW_SEQUENCE_STYLE);
    }
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
      return End(event);
    case YAML_SCALAR_EVENT:
      return TakeScalar(event);
    case YAML_ALIAS_EVENT:
      return TakeAlias(event);
    default:
      return Step::kGoOn;
  }
}

Span YamlReader::At(const yaml_event_t& event) {
  const uint32_t begin = locator_.Offset(event.start_mark);
  const uint32_t end = locator_.Offset(event.end_mark);
  return {begin, std::max(begin, end) - begin};
}

Span YamlReader::PassProperties(Span at, std::string_view anchor, std::string_view tag) {
  if (anchor.empty() && tag.empty()) return at;
  const uint32_t end = at.offset + at.length;
  size_t next = at.offset;
  while (next < end && (text_[next] == '&' || text_[next] == '!')) {
    if (text_[next] == '!') {
      const size_t line_end = std::min<size_t>(text_.find_first_of("\r\n", next), end);
      diagnostics_.Error({static_cast<uint32_t>(next), static_cast<uint32_t>(line_end - next)},
                         "yaml_tag", std::string(kTagMessage),
                         {"a value without a tag", std::string(kQuoteIt)});
    }
    next = std::min<size_t>(text_.find_first_of(" \t\r\n,[]{}", next), end);
    while (next < end && (text_[next] <= ' ' || text_[next] == '#')) {
      next =
          text_[next] == '#' ? std::min<size_t>(text_.find_first_of("\r\n", next), end) : next + 1;
    }
  }
  return {static_cast<uint32_t>(next), end - static_cast<uint32_t>(next)};
}

void YamlReader::DefineAnchor(std::string_view name, uint32_t index) {
  if (!name.empty()) anchors_.insert_or_assign(std::string(name), Anchor{index, std::nullopt});
}

void YamlReader::CompleteAnchor(std::string_view name, uint32_t index) {
  if (name.empty()) return;
  const auto found = anchors_.find(name);
  if (found->second.index == index) found->second.weight = builder_.last_weight();
}

YamlReader::Step YamlReader::Begin(const yaml_event_t& event, Kind kind, const yaml_char_t* anchor,
                                   const yaml_char_t* tag, bool flow) {
  const Span at = PassProperties(At(event), View(anchor), View(tag));
  if (builder_.at_key()) {
    diagnostics_.Error(at, "yaml_key", "the name of a member must be text, not a list or an object",
                       {"a name", std::string(kQuoteIt) + " if it begins with a bracket"});
    return Step::kFailed;
  }
  DefineAnchor(View(anchor), builder_.next_index());
  open_.push_back({std::string(View(anchor)), builder_.next_index(), flow});
  return builder_.Begin(kind, at) ? Step::kGoOn : Step::kFailed;
}

YamlReader::Step YamlReader::End(const yaml_event_t& event) {
  const Container done = std::move(open_.back());
  open_.pop_back();
  builder_.End(done.flow ? std::optional<size_t>(locator_.Offset(event.end_mark)) : std::nullopt);
  CompleteAnchor(done.anchor, done.index);
  return Step::kGoOn;
}

YamlReader::Step YamlReader::TakeScalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  const Span at = PassProperties(At(event), View(scalar.anchor), View(scalar.tag));
  const uint32_t index = builder_.next_index();
  const bool is_merge_key = builder_.at_key() && scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                            std::string_view(View(scalar.value)) == "<<";
  DefineAnchor(View(scalar.anchor), index);
  if (!AddScalar(event, at)) return Step::kFailed;
  CompleteAnchor(View(scalar.anchor), index);
  if (is_merge_key) {
    builder_.MarkMergeKey(index);
    diagnostics_.Error(at, "yaml_merge_key", "merge keys are not in the policy language",
                       {"", "write the members out"});
  }
  return Step::kGoOn;
}

bool YamlReader::AddScalar(const yaml_event_t& event, Span at) {
  const auto& scalar = event.data.scalar;
  const std::string_view value(reinterpret_cast<const char*>(scalar.value), scalar.length);
  const bool is_plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (is_plain && value.empty() && scalar.tag != nullptr) {
    return builder_.AddDecoded(at, "!");  // a text, so that it is not reported as missing as well
  }
  if (is_plain && value.empty()) return builder_.AddScalar(Kind::kNull, {at.offset, 0}, false);
  if (is_plain && text_.substr(at.offset, at.length) == value) {
    return builder_.AddScalar(Kind::kString, at, false);
  }
  const bool is_quoted = scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                         scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
  if (is_quoted && at.length >= 2 && text_.substr(at.offset + 1, at.length - 2) == value) {
    return builder_.AddScalar(Kind::kString, at, true);
  }
  return builder_.AddDecoded(at, std::string(value));
}

YamlReader::Step YamlReader::TakeAlias(const yaml_event_t& event) {
  const std::string_view name = View(event.data.alias.anchor);
  const Span at = At(event);
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) {
    diagnostics_.Error(at, "yaml_alias", "no anchor " + Quote(name) + " stands before this alias",
                       {"", "put text that begins with `*` in quotes"});
    return Step::kFailed;
  }
  if (!found->second.weight) {
    diagnostics_.Error(at, "yaml_alias", "this alias stands within what it stands for", {});
    return Step::kFailed;
  }
  const Anchor& anchor = found->second;
  return builder_.AddAlias(at, anchor.index, *anchor.weight) ? Step::kGoOn : Step::kFailed;
}

YamlReader::Step YamlReader::ReportSyntax() {
  const std::string_view problem = parser_.problem == nullptr ? "" : parser_.problem;
  const std::string_view context = parser_.context == nullptr ? "" : parser_.context;
  const Phrase* const phrase = FindPhrase(problem, context);
  size_t offset = std::min(start_ + parser_.problem_offset, text_.size());
  if (parser_.error != YAML_READER_ERROR) {
    const bool at_context = phrase != nullptr && phrase->at_context;
    offset = locator_.Offset(at_context ? parser_.context_mark : parser_.problem_mark);
  }
  const std::string_view before = LineBefore(offset);
  if (const size_t tag = FindTag(before); tag != before.npos) {
    Report(offset - before.size() + tag, std::string(kTagMessage), kQuoteIt);
  } else if (problem == "found character that cannot start any token") {
    const bool is_tab = text_.substr(offset).starts_with('\t');
    Report(offset,
           is_tab ? std::string(kTabMessage)
                  : "text in YAML cannot begin with " + Quote(text_.substr(offset, 1)),
           is_tab ? kUseSpaces : kQuoteIt);
  } else if (problem == "did not find expected key" && !IsBlank(before)) {
    Report(offset, "this cannot follow the value that stands before it",
           "quote the text as a whole");
  } else if (phrase != nullptr) {
    Report(offset, std::string(phrase->message) + WhereItBegins(context, offset),
           phrase->suggestion);
  } else {
    Report(offset, "this is no YAML: " + std::string(problem.empty() ? "broken off" : problem), "");
  }
  return Step::kFailed;
}

void YamlReader::Report(size_t offset, std::string message, std::string_view suggestion) {
  const size_t end = std::min(text_.find_first_of("\r\n", offset), text_.size());
  diagnostics_.Error({static_cast<uint32_t>(offset), static_cast<uint32_t>(end - offset)},
                     "yaml_syntax", std::move(message), {"", std::string(suggestion)});
}

std::string_view YamlReader::LineBefore(size_t offset) const {
  const size_t end = text_.find_last_of("\r\n", offset == 0 ? 0 : offset - 1);
  const size_t begin = end == text_.npos || end >= offset ? start_ : end + 1;
  return text_.substr(begin, offset - begin);
}

// Says where a list or an object in brackets begins, if that is not in the line at fault.
std::string YamlReader::WhereItBegins(std::string_view context, size_t offset) {
  if (!context.starts_with("while parsing a flow")) return "";
  const SourceText& source = diagnostics_.source();
  const uint32_t line = source.Line(locator_.Offset(parser_.context_mark));
  return line == source.Line(offset) ? "" : ", which begins in line " + std::to_string(line);
}

}  // namespace

bool ParseYaml(const SourceText& source, Document& document, DiagnosticList& diagnostics) {
  return YamlReader(source, document, diagnostics).Read();
}

}  // namespace doorward
