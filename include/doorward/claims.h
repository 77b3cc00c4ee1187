// SPDX-License-Identifier: Apache-2.0
//
// Read-only views of a JSON document that was validated in whole: the claims of a token.
//
//   std::string_view mail = token.claims().Find("email").string_or("");
//   for (doorward::JsonView group : token.claims().Find("groups").elements())
//   Use(group.string_or(""));

#ifndef DOORWARD_CLAIMS_H_
#define DOORWARD_CLAIMS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "doorward/export.h"

namespace doorward {

struct JsonNode;  // internal

// A JSON value, or nothing: looking into what is not there gives nothing again, so that look-ups
// chain. Copying copies a pointer.
//
// Lifetime: that of the document: for a token, until the scratch that verified it is used again.
class DOORWARD_EXPORT JsonView {
 public:
  enum class Kind : uint8_t { kMissing, kNull, kBool, kInt, kDouble, kString, kArray, kObject };

  constexpr JsonView() noexcept = default;
  explicit constexpr JsonView(const JsonNode* node) noexcept : node_(node) {}

  // A node begins with its kind, so that asking needs no call.
  Kind kind() const noexcept {
    return node_ == nullptr ? Kind::kMissing : *reinterpret_cast<const Kind*>(node_);
  }
  bool exists() const noexcept { return node_ != nullptr; }
  bool is_string() const noexcept { return kind() == Kind::kString; }
  bool is_array() const noexcept { return kind() == Kind::kArray; }
  bool is_object() const noexcept { return kind() == Kind::kObject; }
  bool is_number() const noexcept { return kind() == Kind::kInt || kind() == Kind::kDouble; }

  // The value, or `otherwise` where this is of another kind. A number is an int if it is written as
  // an integer that fits 64 bits with sign, else a double.
  std::string_view string_or(std::string_view otherwise) const noexcept;
  bool bool_or(bool otherwise) const noexcept;
  int64_t int_or(int64_t otherwise) const noexcept;
  double double_or(double otherwise) const noexcept;  // ints too, rounded to the nearest

  // Elements of an array or members of an object; 0 for all else.
  size_t size() const noexcept;

  // Finds a member of an object by its name, compared byte for byte after unescaping.
  // Cost: linear in the number of members.
  JsonView Find(std::string_view name) const noexcept;

  // Finds by JSON Pointer (RFC 6901): "" is this value, "/a/0" element 0 of member a.
  JsonView FindPointer(std::string_view pointer) const noexcept;

  // Walks the elements of an array or the values of an object, in their order; `name()` is the
  // member's name.
  class Iterator;
  struct Range;
  Range elements() const noexcept;
  std::string_view name() const noexcept;

  // Returns this value as JSON text, without white space.
  std::string ToJson() const;

  friend bool operator==(JsonView, JsonView) noexcept = default;

  // For the library's own use.
  const JsonNode* node() const noexcept { return node_; }

 private:
  const JsonNode* node_ = nullptr;
};

class DOORWARD_EXPORT JsonView::Iterator {
 public:
  constexpr explicit Iterator(const JsonNode* at) noexcept : at_(at) {}
  JsonView operator*() const noexcept { return JsonView(at_); }
  Iterator& operator++() noexcept;
  friend bool operator==(Iterator, Iterator) noexcept = default;

 private:
  const JsonNode* at_;
};

struct JsonView::Range {
  Iterator first, last;
  Iterator begin() const noexcept { return first; }
  Iterator end() const noexcept { return last; }
};

}  // namespace doorward

#endif  // DOORWARD_CLAIMS_H_
