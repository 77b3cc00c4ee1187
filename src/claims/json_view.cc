// SPDX-License-Identifier: Apache-2.0

#include <charconv>
#include <cstddef>
#include <system_error>
#include <type_traits>

#include "doorward/claims.h"

#include "src/claims/json.h"

namespace doorward {
namespace {

using Kind = JsonView::Kind;

bool IsContainer(const JsonNode* node) noexcept {
  return node != nullptr && (node->kind == Kind::kArray || node->kind == Kind::kObject);
}

// Compares a reference token of a JSON Pointer, in which `~1` stands for `/` and `~0` for `~`.
bool TokenEquals(std::string_view token, std::string_view name) noexcept {
  size_t at = 0;
  for (size_t i = 0; i < token.size(); ++i, ++at) {
    char c = token[i];
    if (c == '~') {
      if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return false;
      c = token[i] == '0' ? '~' : '/';
    }
    if (at == name.size() || name[at] != c) return false;
  }
  return at == name.size();
}

JsonView FindByToken(JsonView object, std::string_view token) noexcept {
  for (auto it = object.elements().begin(); it != object.elements().end(); ++it) {
    if (TokenEquals(token, (*it).name())) return *it;
  }
  return JsonView();
}

// RFC 6901 section 4: digits without a superfluous zero.
JsonView ElementAt(JsonView array, std::string_view token) noexcept {
  size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) return JsonView();
  if ((token.size() > 1 && token[0] == '0') || index >= array.size()) return JsonView();
  auto it = array.elements().begin();
  while (index-- > 0) ++it;
  return *it;
}

}  // namespace

static_assert(std::is_standard_layout_v<JsonNode> && offsetof(JsonNode, kind) == 0,
              "JsonView::kind() reads a node's first octet");

std::string_view JsonView::string_or(std::string_view otherwise) const noexcept {
  return is_string() ? std::string_view(node_->text, node_->size) : otherwise;
}

bool JsonView::bool_or(bool otherwise) const noexcept {
  return kind() == Kind::kBool ? node_->boolean : otherwise;
}

int64_t JsonView::int_or(int64_t otherwise) const noexcept {
  return kind() == Kind::kInt ? node_->integer : otherwise;
}

double JsonView::double_or(double otherwise) const noexcept {
  if (kind() == Kind::kInt) return static_cast<double>(node_->integer);
  return kind() == Kind::kDouble ? node_->number : otherwise;
}

size_t JsonView::size() const noexcept { return IsContainer(node_) ? node_->size : 0; }

JsonView JsonView::Find(std::string_view name) const noexcept {
  if (!is_object()) return JsonView();
  const JsonNode* const end = AfterNode(node_);
  for (const JsonNode* member = node_ + 1; member != end; member = AfterNode(member)) {
    if (std::string_view(member->name, member->name_size) == name) return JsonView(member);
  }
  return JsonView();
}

JsonView JsonView::FindPointer(std::string_view pointer) const noexcept {
  JsonView at = *this;
  while (!pointer.empty() && at.exists()) {
    if (pointer[0] != '/') return JsonView();
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (at.is_object()) {
      at = FindByToken(at, token);
    } else {
      at = at.is_array() ? ElementAt(at, token) : JsonView();
    }
  }
  return at;
}

JsonView::Range JsonView::elements() const noexcept {
  if (!IsContainer(node_)) return {Iterator(nullptr), Iterator(nullptr)};
  return {Iterator(node_ + 1), Iterator(AfterNode(node_))};
}

std::string_view JsonView::name() const noexcept {
  return node_ == nullptr ? std::string_view() : std::string_view(node_->name, node_->name_size);
}

JsonView::Iterator& JsonView::Iterator::operator++() noexcept {
  at_ = AfterNode(at_);
  return *this;
}

}  // namespace doorward
