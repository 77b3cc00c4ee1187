// SPDX-License-Identifier: Apache-2.0
//
// JSON that the command reads (lines of requests and tokens, key files): validated once and whole,
// then looked at as slices of its own text, so that a value can be handed on or echoed exactly as
// it was written (an `id` of forty digits stays one).

#ifndef TOOLS_DOORWARD_JSON_TEXT_H_
#define TOOLS_DOORWARD_JSON_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::command {

struct JsonMember;

// A value inside a validated text. Lifetime: that of the text.
class JsonText {
 public:
  enum class Kind : unsigned char { kNull, kBool, kNumber, kString, kArray, kObject };

  // Strict: UTF-8, one value and nothing after it, no byte-order mark, no member name twice in an
  // object, no lone surrogate, finite numbers, at most `kMaxDepth` deep. Nothing where `text` is
  // not that; `error` is then one sentence that quotes nothing of the text.
  static std::optional<JsonText> Parse(std::string_view text, std::string* error);
  static constexpr size_t kMaxDepth = 256;

  Kind kind() const;
  bool is_string() const { return kind() == Kind::kString; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }
  // The value as it was written, without white space around it.
  std::string_view text() const { return text_; }
  // The value as it was written, without white space between its parts either.
  std::string Compact() const;

  // REQUIRE the kind that the name says.
  bool boolean() const { return text_ == "true"; }
  std::string string() const;
  std::vector<JsonText> elements() const;
  std::vector<JsonMember> members() const;

 private:
  explicit JsonText(std::string_view text) : text_(text) {}
  std::string_view text_;
};

struct JsonMember {
  std::string name;
  JsonText value;
};

// Finds a member by its name; null where there is none.
const JsonText* Find(const std::vector<JsonMember>& members, std::string_view name);

// Returns a validated text laid out for people: an indented line for each member and element, and
// characters that could reorder or rewrite what a terminal shows written as \uNNNN.
std::string LayOutForPeople(JsonText value);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_JSON_TEXT_H_
