// SPDX-License-Identifier: Apache-2.0
//
// Front of the claims floor: strict JSON, parsed in one pass to a flat array of nodes that point
// into the decoded text. What doorward::JsonView looks at.
//
// Strict means (DESIGN 5): UTF-8, one value and nothing after it, no byte-order mark, no member
// name twice in an object after unescaping, no lone surrogate, finite numbers, bounded depth.
// Everything is validated, also what nobody will look at.

#ifndef DOORWARD_CLAIMS_JSON_H_
#define DOORWARD_CLAIMS_JSON_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "doorward/claims.h"

namespace doorward {

// One value. Nodes stand in the order of the text, a container before what it holds, so that a
// value's next sibling begins at `node + node->extent`.
struct JsonNode {
  JsonView::Kind kind = JsonView::Kind::kNull;
  uint32_t extent = 1;  // nodes of this value, itself included
  uint32_t name_size = 0;
  uint32_t size = 0;           // octets of a string; elements or members of a container
  const char* name = nullptr;  // of a member, unescaped
  union {
    const char* text;  // kString: unescaped; containers: their opening bracket in the document
    bool boolean;
    int64_t integer;
    double number;
  };
};

// The node after `node` and all that it holds: of an element or member, the next one.
// Cost: that most nodes hold none is foreseen by the processor; extents would be waited for, each
// before the next can be loaded.
inline const JsonNode* AfterNode(const JsonNode* node) noexcept {
  const bool holds_nodes =
      node->kind == JsonView::Kind::kArray || node->kind == JsonView::Kind::kObject;
  return holds_nodes ? node + node->extent : node + 1;
}

enum class JsonError : uint8_t { kNone, kSyntax, kDuplicateMember };

// Parses documents one after the other into memory that it keeps.
class JsonParser {
 public:
  // Octets that must be readable after the text, the first of them NUL: strings are read ahead.
  static constexpr size_t kPadding = 64;

  JsonParser();
  ~JsonParser();
  JsonParser(JsonParser&&) noexcept;
  JsonParser& operator=(JsonParser&&) noexcept;

  // Parses `text`, which is followed by NUL and kPadding octets in all that may be read; without
  // the NUL it is refused. On success `root()` is the
  // document. Lifetime: nodes are valid until the next Parse, and as long as the text's memory.
  // Cost: one pass; an object's names are compared in at most n log n. No allocation once warm.
  // Errors: what is no JSON is kSyntax, whatever names it repeats; too deep is kSyntax too.
  // `max_depth` counts containers: 1 allows `[]` and not `[[]]`.
  JsonError Parse(std::string_view text, size_t max_depth) noexcept;
  // Missing where the last Parse failed.
  JsonView root() const noexcept;
  // Where the last Parse met what is no JSON.
  size_t error_offset() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A document that owns its text and its nodes: for callers made from claims that are handed in, and
// tools.
class JsonDocument {
 public:
  // Null where `text` is not strict JSON; `error` (may be null) is then set.
  static std::unique_ptr<const JsonDocument> Parse(std::string_view text, size_t max_depth,
                                                   JsonError* error);
  ~JsonDocument();
  JsonView root() const noexcept;

 private:
  JsonDocument();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace doorward

#endif  // DOORWARD_CLAIMS_JSON_H_
