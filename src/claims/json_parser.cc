// SPDX-License-Identifier: Apache-2.0
//
// One pass over the text writes the nodes in their order; a stack holds the containers that are
// open. A container's extent and size are known where it ends, and so are duplicates among its
// names.
//
//   {"aud":["a","b"],"n":1}  ->  object(5, 2)  aud:array(3, 2)  "a"  "b"  n:1
//
// Written by hand rather than on simdjson, whose on-demand interface leaves to its user what it
// skips, and whose DOM would have to be walked again to make nodes of it: one pass that validates
// all as it goes is both shorter and faster for documents of a few hundred octets. json_fuzzer
// compares the two.

#include <cstring>
#include <limits>
#include <utility>

#include "src/claims/duplicate_finder.h"
#include "src/claims/json.h"
#include "src/claims/json_cursor.h"

namespace doorward {

namespace {

struct ParserMemory {
  Buffer<JsonNode> nodes;
  Buffer<uint32_t> open;  // the containers around the cursor, outermost first
  UnescapedStrings unescaped;
  DuplicateFinder duplicates;
};

class Reader {
 public:
  Reader(std::string_view text, size_t max_depth, ParserMemory& memory) noexcept
      : cursor_{text.data(), text.data() + text.size()}, max_depth_(max_depth), memory_(memory) {}

  // Reads the whole text: one value, and nothing after it.
  bool ReadDocument() noexcept {
    do {
      if (!ReadValue() || !FinishContainers()) return false;
    } while (depth_ > 0);
    return cursor_.at == cursor_.end;
  }

  bool has_duplicate() const noexcept { return has_duplicate_; }
  const char* at() const noexcept { return cursor_.at; }

 private:
  // Reads a scalar, or the beginning of a container up to its first scalar.
  bool ReadValue() noexcept {
    for (;;) {
      cursor_.SkipSpace();
      const char c = cursor_.Peek();
      JsonNode* const node = AddNode();
      if (node == nullptr) return false;
      if (c != '{' && c != '[') return ReadScalar(c, *node);
      if (!Open(c, *node)) return false;
      cursor_.SkipSpace();
      if (cursor_.Peek() == (c == '{' ? '}' : ']')) return true;
      if (c == '{' && !ReadName()) return false;
    }
  }

  // Behind a value: closes the containers that end here, and moves over the comma before the next
  // value.
  bool FinishContainers() noexcept {
    for (;;) {
      cursor_.SkipSpace();
      if (depth_ == 0) return true;
      JsonNode& container = Innermost();
      const bool is_object = container.kind == JsonView::Kind::kObject;
      if (cursor_.Skip(',')) {
        cursor_.SkipSpace();
        return !is_object || ReadName();
      }
      if (!cursor_.Skip(is_object ? '}' : ']')) return false;
      Close(container);
    }
  }

  // REQUIRES: depth_ > 0.
  JsonNode& Innermost() noexcept { return memory_.nodes.data()[memory_.open.data()[depth_ - 1]]; }

  JsonNode* AddNode() noexcept {
    if (!memory_.nodes.Reserve(count_ + 1, count_)) return nullptr;
    if (depth_ > 0) ++Innermost().size;
    JsonNode* const node = memory_.nodes.data() + count_++;
    *node = JsonNode();
    node->name = name_.data();
    node->name_size = static_cast<uint32_t>(name_.size());
    name_ = {};
    return node;
  }

  bool Open(char bracket, JsonNode& node) noexcept {
    if (depth_ == max_depth_ || !memory_.open.Reserve(depth_ + 1, depth_)) return false;
    node.kind = bracket == '{' ? JsonView::Kind::kObject : JsonView::Kind::kArray;
    node.text = cursor_.at++;
    memory_.open.data()[depth_++] = static_cast<uint32_t>(count_ - 1);
    return true;
  }

  void Close(JsonNode& container) noexcept {
    container.extent = static_cast<uint32_t>(memory_.nodes.data() + count_ - &container);
    if (container.kind == JsonView::Kind::kObject && memory_.duplicates.Find(container)) {
      has_duplicate_ = true;
    }
    --depth_;
  }

  bool ReadName() noexcept {
    if (!cursor_.Skip('"') || !ReadJsonString(cursor_, memory_.unescaped, &name_)) return false;
    cursor_.SkipSpace();
    return cursor_.Skip(':');
  }

  bool ReadScalar(char c, JsonNode& node) noexcept {
    switch (c) {
      case '"':
        return ReadString(node);
      case 't':
        return ReadLiteral("true", JsonView::Kind::kBool, node);
      case 'f':
        return ReadLiteral("false", JsonView::Kind::kBool, node);
      case 'n':
        return ReadLiteral("null", JsonView::Kind::kNull, node);
      default:
        return ReadJsonNumber(cursor_, node);
    }
  }

  bool ReadString(JsonNode& node) noexcept {
    ++cursor_.at;
    std::string_view string;
    if (!ReadJsonString(cursor_, memory_.unescaped, &string)) return false;
    node.kind = JsonView::Kind::kString;
    node.text = string.data();
    node.size = static_cast<uint32_t>(string.size());
    return true;
  }

  bool ReadLiteral(std::string_view literal, JsonView::Kind kind, JsonNode& node) noexcept {
    const std::string_view rest(cursor_.at, static_cast<size_t>(cursor_.end - cursor_.at));
    if (!rest.starts_with(literal)) return false;
    cursor_.at += literal.size();
    node.kind = kind;
    node.boolean = literal == "true";
    return true;
  }

  JsonCursor cursor_;
  size_t max_depth_;
  ParserMemory& memory_;
  size_t count_ = 0;
  size_t depth_ = 0;
  std::string_view name_;  // of the member whose value comes next
  bool has_duplicate_ = false;
};

}  // namespace

struct JsonParser::State : ParserMemory {
  bool parsed = false;
  size_t error_offset = 0;
};

JsonParser::JsonParser() : state_(std::make_unique<State>()) {}
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&&) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&&) noexcept = default;

JsonError JsonParser::Parse(std::string_view text, size_t max_depth) noexcept {
  State& s = *state_;
  s.parsed = false;
  s.error_offset = 0;
  if (text.size() > std::numeric_limits<uint32_t>::max()) return JsonError::kSyntax;
  s.unescaped.Reset(text.size());
  Reader reader(text, max_depth, s);
  if (!reader.ReadDocument()) {
    s.error_offset = static_cast<size_t>(reader.at() - text.data());
    return JsonError::kSyntax;
  }
  if (reader.has_duplicate()) return JsonError::kDuplicateMember;
  s.parsed = true;
  return JsonError::kNone;
}

JsonView JsonParser::root() const noexcept {
  return state_->parsed ? JsonView(state_->nodes.data()) : JsonView();
}

size_t JsonParser::error_offset() const noexcept { return state_->error_offset; }

}  // namespace doorward
