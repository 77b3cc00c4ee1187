// SPDX-License-Identifier: Apache-2.0

#include <charconv>
#include <vector>

#include "doorward/claims.h"

#include "src/base/json_text.h"
#include "src/claims/json.h"

namespace doorward {
namespace {

using Kind = JsonView::Kind;

// The shortest text that reads as the same double; never one that reads as an int.
void WriteDouble(double value, std::string& out) {
  char text[32];
  const char* const end = std::to_chars(text, text + sizeof text, value).ptr;
  const std::string_view written(text, static_cast<size_t>(end - text));
  out += written;
  if (written.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void WriteScalar(const JsonNode& node, std::string& out) {
  switch (node.kind) {
    case Kind::kBool:
      out += node.boolean ? "true" : "false";
      break;
    case Kind::kInt:
      out += std::to_string(node.integer);
      break;
    case Kind::kDouble:
      WriteDouble(node.number, out);
      break;
    case Kind::kString:
      AppendJsonString({node.text, node.size}, out);
      break;
    default:
      out += "null";
  }
}

}  // namespace

// Nodes stand in the order of the text: walks them in a row and remembers where each open container
// ends, so that depth costs no stack.
std::string JsonView::ToJson() const {
  struct Open {
    const JsonNode* end;
    char bracket;
  };
  std::string out;
  std::vector<Open> open;
  if (node_ == nullptr) return out;
  bool first = true;  // in its container
  for (const JsonNode* node = node_; node != node_ + node_->extent; ++node) {
    if (!first) out += ',';
    if (!open.empty() && open.back().bracket == '}') {
      AppendJsonString({node->name, node->name_size}, out);
      out += ':';
    }
    first = node->kind == Kind::kArray || node->kind == Kind::kObject;
    if (first) {
      const bool is_object = node->kind == Kind::kObject;
      out += is_object ? '{' : '[';
      open.push_back({node + node->extent, is_object ? '}' : ']'});
    } else {
      WriteScalar(*node, out);
    }
    while (!open.empty() && open.back().end == node + 1) {
      out += open.back().bracket;
      open.pop_back();
      first = false;
    }
  }
  return out;
}

}  // namespace doorward
