// SPDX-License-Identifier: Apache-2.0
//
// Any octets as JSON, judged by our parser and by simdjson's DOM, which must agree on what is JSON
// and what it says, but for what ours refuses besides: repeated names, lone surrogates, depth and
// very long numbers; and for integers beyond 64 bits, which simdjson refuses. What is accepted must
// survive being written and read.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "src/base/utf8.h"
#include "src/claims/json.h"
#include "src/claims/special_octets.h"

namespace {

using namespace doorward;

constexpr size_t kDepth = 32;

void Require(bool condition) {
  if (!condition) std::abort();
}

// The length of the longest run of `characters` in `text`.
size_t LongestRun(std::string_view text, std::string_view characters) {
  size_t longest = 0, run = 0;
  for (const char c : text) {
    run = characters.find(c) == std::string_view::npos ? 0 : run + 1;
    longest = std::max(longest, run);
  }
  return longest;
}

// Whether our rules besides the grammar hold.
bool IsStrict(simdjson::dom::element value, size_t depth) {
  if (value.is_string()) return IsUtf8(std::string_view(value));
  if (value.is_array()) {
    if (depth == 0) return false;
    for (const auto element : simdjson::dom::array(value)) {
      if (!IsStrict(element, depth - 1)) return false;
    }
  }
  if (value.is_object()) {
    if (depth == 0) return false;
    std::set<std::string_view> names;
    for (const auto field : simdjson::dom::object(value)) {
      if (!IsUtf8(field.key) || !names.insert(field.key).second) return false;
      if (!IsStrict(field.value, depth - 1)) return false;
    }
  }
  return true;
}

bool IsSameNumber(simdjson::dom::element theirs, JsonView ours) {
  if (theirs.is_int64())
    return ours.int_or(0) == int64_t{theirs} && ours.kind() == JsonView::Kind::kInt;
  return ours.kind() == JsonView::Kind::kDouble && ours.double_or(0) == double{theirs};
}

bool IsSame(simdjson::dom::element theirs, JsonView ours) {
  switch (theirs.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
      return ours.kind() == JsonView::Kind::kNull;
    case simdjson::dom::element_type::BOOL:
      return ours.kind() == JsonView::Kind::kBool && ours.bool_or(false) == bool{theirs};
    case simdjson::dom::element_type::STRING:
      return ours.is_string() && ours.string_or("") == std::string_view(theirs);
    case simdjson::dom::element_type::ARRAY: {
      const simdjson::dom::array array(theirs);
      auto it = ours.elements().begin();
      size_t count = 0;
      for (const auto element : array) {
        if (count++ == ours.size() || !IsSame(element, *it)) return false;
        ++it;
      }
      return ours.is_array() && count == ours.size();
    }
    case simdjson::dom::element_type::OBJECT: {
      const simdjson::dom::object object(theirs);
      size_t count = 0;
      for (const auto field : object) {
        ++count;
        if (!IsSame(field.value, ours.Find(field.key))) return false;
      }
      return ours.is_object() && count == ours.size();
    }
    default:
      return IsSameNumber(theirs, ours);
  }
}

void CheckRoundTrip(JsonView root) {
  const std::string written = root.ToJson();
  const auto again = JsonDocument::Parse(written, kDepth, nullptr);
  Require(again != nullptr && again->root().ToJson() == written);
}

// The ways to find what ends a string must find the same.
void CheckSpecialOctets(std::string_view text) {
  static SpecialOctets fast, portable;
  Require(fast.Find(text) && portable.FindPortably(text));
  for (const char* p = text.data(); p <= text.data() + text.size(); ++p) {
    Require(fast.Next(p) == portable.Next(p));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static JsonParser parser;
  std::string padded(text);
  padded.append(1, '\0').append(JsonParser::kPadding - 1, '"');
  const std::string_view document = std::string_view(padded).substr(0, size);
  CheckSpecialOctets(document);
  const bool accepted = parser.Parse(document, kDepth) == JsonError::kNone;
  if (accepted) CheckRoundTrip(parser.root());
  if (text.starts_with("\xEF\xBB\xBF")) {
    Require(!accepted);
    return 0;
  }
  if (LongestRun(text, "0123456789+-.eE") > 1024) return 0;

  static simdjson::dom::parser reference;
  simdjson::dom::element theirs;
  const simdjson::error_code error = reference.parse(padded.data(), size).get(theirs);
  if (error == simdjson::SUCCESS) {
    const bool is_strict = IsStrict(theirs, kDepth);
    Require(accepted == is_strict);
    if (accepted) Require(IsSame(theirs, parser.root()));
  } else if (accepted) {
    Require(error == simdjson::NUMBER_ERROR);
    Require(LongestRun(text, "0123456789") >= 19);
  }
  return 0;
}
