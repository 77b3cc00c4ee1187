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

using Kind = JsonView::Kind;

struct ParserMemory {
  Buffer<JsonNode> nodes;
  Buffer<uint32_t> open;  // the containers around the cursor, outermost first
  SpecialOctets special;
  UnescapedStrings unescaped;
  DuplicateFinder duplicates;
};

// What is rare is called with copies of what it needs: no address of the reader leaves this file,
// so that its members can live in registers.
class Reader {
 public:
  Reader(std::string_view text, size_t max_depth, ParserMemory& memory) noexcept
      : at_(text.data()),
        end_(text.data() + text.size()),
        max_depth_(max_depth),
        memory_(memory),
        nodes_(memory.nodes.data()),
        next_(nodes_),
        last_(nodes_ + memory.nodes.capacity()) {}

  // Reads the whole text: one value, and nothing after it. Each round reads a scalar, an empty
  // container or the beginning of another, and whatever ends behind it.
  bool ReadDocument() noexcept {
    SkipSpace();
    do {
      if (in_object_ && !ReadName()) return false;
      if (!AddNode()) return false;
      if (*at_ == '{' || *at_ == '[') {
        if (!Open()) return false;
        if (*at_ != ClosingBracket()) continue;
      } else if (!ReadScalar()) {
        return false;
      }
      if (!FinishContainers()) return false;
    } while (depth_ > 0);
    return at_ == end_;
  }

  bool has_duplicate() const noexcept { return has_duplicate_; }
  const char* at() const noexcept { return at_; }

 private:
  void SkipSpace() noexcept {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') ++at_;
  }

  bool Skip(char expected) noexcept {
    if (*at_ != expected) return false;
    ++at_;
    return true;
  }

  char ClosingBracket() const noexcept { return in_object_ ? '}' : ']'; }

  // Behind a value: closes the containers that end here, and moves over the comma to the next
  // value or its name.
  bool FinishContainers() noexcept {
    for (;;) {
      SkipSpace();
      if (depth_ == 0) return true;
      if (Skip(',')) {
        SkipSpace();
        return true;
      }
      if (!Skip(ClosingBracket())) return false;
      Close();
    }
  }

  // Adds the node of the value that begins here; its kind and value come as they are read.
  bool AddNode() noexcept {
    if (next_ == last_ && !Grow()) return false;
    node_ = next_++;
    ++size_;
    node_->extent = 1;
    node_->name_size = static_cast<uint32_t>(name_.size());
    node_->size = 0;
    node_->name = name_.data();
    name_ = {};
    return true;
  }

  bool Grow() noexcept {
    const auto count = static_cast<size_t>(next_ - nodes_);
    if (!memory_.nodes.Reserve(count + 1, count)) return false;
    nodes_ = memory_.nodes.data();
    next_ = nodes_ + count;
    last_ = nodes_ + memory_.nodes.capacity();
    return true;
  }

  // Opens the container whose node was just added. While it is open, its size and its parent's
  // are counted in `size_`, and the parent's own is kept in its node.
  bool Open() noexcept {
    if (depth_ == max_depth_ || !memory_.open.Reserve(depth_ + 1, depth_)) return false;
    if (depth_ > 0) nodes_[Innermost()].size = size_;
    in_object_ = *at_ == '{';
    node_->kind = in_object_ ? Kind::kObject : Kind::kArray;
    node_->text = at_++;
    memory_.open.data()[depth_++] = static_cast<uint32_t>(node_ - nodes_);
    size_ = 0;
    SkipSpace();
    return true;
  }

  void Close() noexcept {
    JsonNode& container = nodes_[Innermost()];
    container.extent = static_cast<uint32_t>(next_ - &container);
    container.size = size_;
    if (in_object_ && memory_.duplicates.Find(container)) has_duplicate_ = true;
    if (--depth_ == 0) return;
    size_ = nodes_[Innermost()].size;
    in_object_ = nodes_[Innermost()].kind == Kind::kObject;
  }

  // REQUIRES: depth_ > 0.
  uint32_t Innermost() const noexcept { return memory_.open.data()[depth_ - 1]; }

  bool ReadName() noexcept {
    if (!Skip('"') || !ReadString(name_)) return false;
    SkipSpace();
    if (!Skip(':')) return false;
    SkipSpace();
    return true;
  }

  bool ReadScalar() noexcept {
    switch (*at_) {
      case '"': {
        ++at_;
        std::string_view string;
        if (!ReadString(string)) return false;
        node_->kind = Kind::kString;
        node_->text = string.data();
        node_->size = static_cast<uint32_t>(string.size());
        return true;
      }
      case 't':
        return ReadLiteral("true", Kind::kBool);
      case 'f':
        return ReadLiteral("false", Kind::kBool);
      case 'n':
        return ReadLiteral("null", Kind::kNull);
      default:
        return ReadNumber();
    }
  }

  // Reads a string whose opening quote was just read. Most are plain.
  bool ReadString(std::string_view& out) noexcept {
    const char* const start = at_;
    at_ = memory_.special.Next(start);
    if (*at_ == '"') {
      out = {start, static_cast<size_t>(at_ - start)};
      ++at_;
      return true;
    }
    JsonCursor cursor{at_, end_};
    std::string_view any;
    const bool read = ReadAnyJsonString(start, cursor, memory_.special, memory_.unescaped, &any);
    out = any;
    at_ = cursor.at;
    return read;
  }

  bool ReadLiteral(std::string_view literal, Kind kind) noexcept {
    if (std::memcmp(at_, literal.data(), literal.size()) != 0) return false;
    node_->kind = kind;
    node_->boolean = *at_ == 't';
    at_ += literal.size();
    return true;
  }

  // Most numbers are integers of a few digits.
  bool ReadNumber() noexcept {
    constexpr ptrdiff_t kSafeDigits = 18;  // so many always fit 64 bits with sign
    const bool negative = *at_ == '-';
    const char* const first = at_ + (negative ? 1 : 0);
    const char* p = first;
    uint64_t value = 0;
    for (; *p >= '0' && *p <= '9'; ++p) value = value * 10 + static_cast<uint64_t>(*p - '0');
    const ptrdiff_t digits = p - first;
    const bool is_short = digits == 1 || (digits > 1 && digits <= kSafeDigits && *first != '0');
    if (!is_short || *p == '.' || *p == 'e' || *p == 'E') return ReadAnyNumber();
    node_->kind = Kind::kInt;
    node_->integer = negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
    at_ = p;
    return true;
  }

  bool ReadAnyNumber() noexcept {
    JsonCursor cursor{at_, end_};
    const bool read = ReadJsonNumber(cursor, *node_);
    at_ = cursor.at;
    return read;
  }

  const char* at_;
  const char* const end_;  // where NUL stands
  const size_t max_depth_;
  ParserMemory& memory_;
  JsonNode* nodes_;           // of `memory_`
  JsonNode* next_;            // the place for the next
  JsonNode* last_;            // behind the last place
  JsonNode* node_ = nullptr;  // of the value being read
  size_t depth_ = 0;
  uint32_t size_ = 0;  // elements or members so far of the innermost container
  bool in_object_ = false;
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
  if (text.size() >= std::numeric_limits<uint32_t>::max()) return JsonError::kSyntax;
  if (text.data()[text.size()] != '\0') return JsonError::kSyntax;
  if (!s.special.Find(text)) return JsonError::kSyntax;
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
