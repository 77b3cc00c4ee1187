// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/json_text.h"

#include <cstdint>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "tools/doorward/terminal.h"

namespace doorward::command {
namespace {

using nlohmann::json;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Keeps nothing of a document, but sees what a plain parse lets pass: names that stand twice, and
// depth.
class StrictReader final : public nlohmann::json_sax<json> {
 public:
  const std::string& error() const { return error_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return Enter(); }
  bool start_array(size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }
  bool key(string_t& name) override {
    if (names_.back().insert(name).second) return true;
    error_ = "a member name stands twice in an object";
    return false;
  }
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    error_ = "not valid JSON at octet " + std::to_string(position);
    return false;
  }

 private:
  bool Enter() {
    names_.emplace_back();
    if (names_.size() <= JsonText::kMaxDepth) return true;
    error_ = "nested deeper than " + std::to_string(JsonText::kMaxDepth) + " levels";
    return false;
  }
  bool Leave() {
    names_.pop_back();
    return true;
  }

  std::vector<std::unordered_set<std::string>> names_;
  std::string error_;
};

// The length of the value that a validated `text` begins with.
size_t ValueLength(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
      if (depth == 0) return i + 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return i;
      if (--depth == 0) return i + 1;
    } else if (depth == 0 && (c == ',' || c == ':' || IsSpace(c))) {
      return i;
    }
  }
  return text.size();
}

// Takes the next value off the front of what stands between a container's brackets, and the
// separator after it.
std::string_view TakeValue(std::string_view& rest) {
  rest = Trim(rest);
  const std::string_view value = rest.substr(0, ValueLength(rest));
  rest = Trim(rest.substr(value.size()));
  if (!rest.empty()) rest.remove_prefix(1);
  return value;
}

std::string_view Inside(std::string_view container) {
  return Trim(container.substr(1, container.size() - 2));
}

std::string Unescape(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) {
    return std::string(quoted.substr(1, quoted.size() - 2));
  }
  return json::parse(quoted).get<std::string>();
}

// A character as JSON escapes it; all that mislead lie below U+10000.
std::string Escaped(uint32_t code) {
  constexpr char kHex[] = "0123456789abcdef";
  return {'\\',           'u', kHex[code >> 12 & 15], kHex[code >> 8 & 15], kHex[code >> 4 & 15],
          kHex[code & 15]};
}

void AppendLaidOut(std::string& out, JsonText value, size_t indent);

template <class Parts, class AppendPart>
void AppendContainer(std::string& out, const Parts& parts, const char* brackets, size_t indent,
                     AppendPart append) {
  out += brackets[0];
  for (size_t i = 0; i < parts.size(); ++i) {
    out += (i == 0 ? "\n" : ",\n") + std::string(indent + 2, ' ');
    append(parts[i]);
  }
  if (!parts.empty()) out += '\n' + std::string(indent, ' ');
  out += brackets[1];
}

// Recursion is bounded by kMaxDepth.
void AppendLaidOut(std::string& out, JsonText value, size_t indent) {
  if (value.is_object()) {
    AppendContainer(out, value.members(), "{}", indent, [&](const JsonMember& member) {
      out += ReplaceMisleading(json(member.name).dump(), Escaped);
      out += ": ";
      AppendLaidOut(out, member.value, indent + 2);
    });
  } else if (value.is_array()) {
    AppendContainer(out, value.elements(), "[]", indent,
                    [&](JsonText element) { AppendLaidOut(out, element, indent + 2); });
  } else if (value.is_string()) {
    out += ReplaceMisleading(value.text(), Escaped);
  } else {
    out += value.text();
  }
}

}  // namespace

std::optional<JsonText> JsonText::Parse(std::string_view text, std::string* error) {
  // The parser would skip a byte-order mark, and take a NUL for the end.
  if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string_view::npos) {
    *error = "not valid JSON: a byte-order mark or a NUL";
    return std::nullopt;
  }
  StrictReader reader;
  if (!json::sax_parse(text, &reader)) {
    *error = reader.error();
    return std::nullopt;
  }
  return JsonText(Trim(text));
}

JsonText::Kind JsonText::kind() const {
  switch (text_.front()) {
    case '{':
      return Kind::kObject;
    case '[':
      return Kind::kArray;
    case '"':
      return Kind::kString;
    case 't':
    case 'f':
      return Kind::kBool;
    case 'n':
      return Kind::kNull;
    default:
      return Kind::kNumber;
  }
}

std::string JsonText::Compact() const {
  std::string out;
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '"') {
      const size_t length = ValueLength(text_.substr(i));
      out += text_.substr(i, length);
      i += length - 1;
    } else if (!IsSpace(text_[i])) {
      out += text_[i];
    }
  }
  return out;
}

std::string JsonText::string() const { return Unescape(text_); }

std::vector<JsonText> JsonText::elements() const {
  std::vector<JsonText> out;
  for (std::string_view rest = Inside(text_); !rest.empty();)
    out.push_back(JsonText(TakeValue(rest)));
  return out;
}

std::vector<JsonMember> JsonText::members() const {
  std::vector<JsonMember> out;
  for (std::string_view rest = Inside(text_); !rest.empty();) {
    std::string name = Unescape(TakeValue(rest));
    out.push_back({std::move(name), JsonText(TakeValue(rest))});
  }
  return out;
}

const JsonText* Find(const std::vector<JsonMember>& members, std::string_view name) {
  for (const JsonMember& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::string LayOutForPeople(JsonText value) {
  std::string out;
  AppendLaidOut(out, value, 0);
  return out;
}

}  // namespace doorward::command
