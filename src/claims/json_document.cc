// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "src/claims/json.h"

namespace doorward {

struct JsonDocument::State {
  std::string text;  // with padding
  JsonParser parser;
};

JsonDocument::JsonDocument() : state_(std::make_unique<State>()) {}
JsonDocument::~JsonDocument() = default;

std::unique_ptr<const JsonDocument> JsonDocument::Parse(std::string_view text, size_t max_depth,
                                                        JsonError* error) {
  std::unique_ptr<JsonDocument> document(new JsonDocument());
  State& s = *document->state_;
  s.text.reserve(text.size() + JsonParser::kPadding);
  s.text.assign(text).append(JsonParser::kPadding, '\0');
  const JsonError found =
      s.parser.Parse(std::string_view(s.text).substr(0, text.size()), max_depth);
  if (error != nullptr) *error = found;
  if (found != JsonError::kNone) return nullptr;
  return document;
}

JsonView JsonDocument::root() const noexcept { return state_->parser.root(); }

}  // namespace doorward
