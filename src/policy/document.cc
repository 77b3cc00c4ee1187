// SPDX-License-Identifier: Apache-2.0

#include "src/policy/document.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include <absl/container/flat_hash_map.h>

#include "src/policy/scalar_place.h"

namespace doorward {
namespace {

using Kind = DocumentNode::Kind;

bool IsContainer(Kind kind) { return kind == Kind::kList || kind == Kind::kObject; }

uint32_t After(const std::vector<DocumentNode>& nodes, uint32_t index) {
  return index + (IsContainer(nodes[index].kind) ? nodes[index].extra : 1);
}

// The first line of a block scalar that holds text.
Span FirstLineOfBlock(std::string_view source, Span at) {
  const size_t end = size_t{at.offset} + at.length;
  const size_t indicator_end = std::min(source.find_first_of("\r\n", at.offset), end);
  const size_t begin = std::min(source.find_first_not_of(" \r\n", indicator_end), end);
  if (begin == end) return at;
  const size_t line_end = std::min(source.find_first_of("\r\n", begin), end);
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(line_end - begin)};
}

// Faults further in are pointed at as a whole: each costs a walk.
constexpr size_t kMaxWalked = 1u << 17;

Span PartOfDecoded(std::string_view source, Span at, std::string_view text, size_t offset,
                   size_t length) {
  const std::string_view raw = source.substr(at.offset, at.length);
  if (offset + length <= kMaxWalked) {
    const std::optional<size_t> begin = PlaceInScalar(raw, text, offset);
    const std::optional<size_t> end = PlaceInScalar(raw, text, offset + length);
    if (begin && end && *begin <= *end) {
      return {at.offset + static_cast<uint32_t>(*begin), static_cast<uint32_t>(*end - *begin)};
    }
  }
  const bool is_block = raw.starts_with('|') || raw.starts_with('>');
  return is_block ? FirstLineOfBlock(source, at) : at;
}

}  // namespace

void Document::HideKeys(DiagnosticList& diagnostics) const {
  const bool may_hold_keys =
      source_.find("jwks") != source_.npos || source_.find("kty") != source_.npos;
  if (may_hold_keys) FindKeys(0, diagnostics);
}

// Recursion, here and below, is bounded by the depth of a document. What aliases stand for is
// looked at where it stands.
void Document::FindKeys(uint32_t index, DiagnosticList& diagnostics) const {
  const Kind kind = nodes_[index].kind;
  if (!IsContainer(kind)) return;
  const uint32_t end = After(nodes_, index);
  if (kind == Kind::kList) {
    for (uint32_t i = index + 1; i != end; i = After(nodes_, i)) FindKeys(i, diagnostics);
    return;
  }
  for (uint32_t key = index + 1; key != end; key = After(nodes_, After(nodes_, key))) {
    const std::string_view name = DocumentValue(*this, key).text();
    const uint32_t value = After(nodes_, key);
    if (name == "kty") return HideValue(index, diagnostics);
    if (name == "jwks") {
      HideValue(value, diagnostics);
    } else {
      FindKeys(value, diagnostics);
    }
  }
}

void Document::HideValue(uint32_t index, DiagnosticList& diagnostics) const {
  const Span at = nodes_[index].at;
  uint32_t from = at.offset;
  HideAllButNames(index, from, diagnostics);
  const uint32_t end = std::max(from, at.offset + at.length);
  diagnostics.HideText({from, end - from});
}

void Document::HideAllButNames(uint32_t index, uint32_t& from, DiagnosticList& diagnostics) const {
  const DocumentNode& node = nodes_[index];
  if (node.kind == Kind::kAlias) diagnostics.HideText(nodes_[node.extra].at);
  if (!IsContainer(node.kind)) return;
  const uint32_t end = After(nodes_, index);
  for (uint32_t i = index + 1; i != end; i = After(nodes_, i)) {
    if (node.kind == Kind::kObject) {
      const Span name = nodes_[i].at;
      diagnostics.HideText({from, std::max(from, name.offset) - from});
      from = name.offset + name.length;
      i = After(nodes_, i);
    }
    HideAllButNames(i, from, diagnostics);
  }
}

DocumentValue::DocumentValue(const Document& document, uint32_t index)
    : document_(&document), index_(index) {
  const DocumentNode& node = document.nodes_[index];
  if (node.kind == Kind::kAlias) index_ = node.extra;
}

const DocumentNode& DocumentValue::node() const { return document_->nodes_[index_]; }

std::string_view DocumentValue::text() const {
  const DocumentNode& n = node();
  if (IsContainer(n.kind)) return {};
  if (n.decoded) return document_->texts_[n.extra];
  const uint32_t quote = n.quoted ? 1 : 0;
  return document_->source_.substr(n.at.offset + quote, n.at.length - 2 * quote);
}

Span DocumentValue::Part(size_t offset, size_t length) const {
  const DocumentNode& n = node();
  if (IsContainer(n.kind)) return n.at;
  if (n.decoded) return PartOfDecoded(document_->source_, n.at, text(), offset, length);
  return {n.at.offset + (n.quoted ? 1 : 0) + static_cast<uint32_t>(offset),
          static_cast<uint32_t>(length)};
}

DocumentValue::Elements DocumentValue::elements() const {
  const bool is_list = kind() == Kind::kList;
  return {{*document_, index_ + 1}, {*document_, is_list ? index_ + node().extra : index_ + 1}};
}

DocumentValue::Members DocumentValue::members() const {
  const uint32_t end = kind() == Kind::kObject ? index_ + node().extra : index_ + 1;
  return {{*document_, index_ + 1, end}, {*document_, end, end}};
}

DocumentValue::Elements::Iterator& DocumentValue::Elements::Iterator::operator++() {
  index_ = After(document_->nodes_, index_);
  return *this;
}

uint32_t DocumentValue::Members::Iterator::Next() const {
  return After(document_->nodes_, After(document_->nodes_, index_));
}

void DocumentValue::Members::Iterator::PassOverFaulty() {
  while (index_ != end_ && document_->nodes_[index_].faulty) index_ = Next();
}

DocumentValue::Member DocumentValue::Members::Iterator::operator*() const {
  return {{*document_, index_}, {*document_, After(document_->nodes_, index_)}};
}

DocumentValue::Members::Iterator& DocumentValue::Members::Iterator::operator++() {
  index_ = Next();
  PassOverFaulty();
  return *this;
}

bool DocumentBuilder::at_key() const {
  return !open_.empty() && document_.nodes_[open_.back().index].kind == Kind::kObject &&
         open_.back().children % 2 == 0;
}

bool DocumentBuilder::CheckLimits(Span at, const Weight& weight) {
  total_.nodes += weight.nodes;
  total_.bytes += weight.bytes;
  if (total_.nodes > kMaxPolicyNodes) {
    diagnostics_.Error(at, "too_many_values", "the policy holds more than 20,000,000 values",
                       {"at most 20,000,000 values, each alias counted as what it stands for", ""});
    return false;
  }
  if (total_.bytes > kMaxPolicyBytes) {
    diagnostics_.Error(at, "too_large",
                       "the policy's text exceeds 64 MiB with its aliases expanded",
                       {"at most 64 MiB", ""});
    return false;
  }
  if (open_.size() + weight.height > kMaxPolicyDepth) {
    diagnostics_.Error(at, "too_deep", "lists and objects are nested more than 64 deep",
                       {"at most 64 levels", ""});
    return false;
  }
  return true;
}

bool DocumentBuilder::Add(const DocumentNode& node, const Weight& weight) {
  if (!CheckLimits(node.at, weight)) return false;
  document_.nodes_.push_back(node);
  Close(weight, node.at.offset + node.at.length);
  return true;
}

// Adds what a finished value comes to, to the container that holds it.
void DocumentBuilder::Close(const Weight& weight, size_t end) {
  last_weight_ = weight;
  last_end_ = end;
  if (open_.empty()) return;
  Open& parent = open_.back();
  ++parent.children;
  parent.weight.nodes += weight.nodes;
  parent.weight.bytes += weight.bytes;
  parent.weight.height = std::max(parent.weight.height, weight.height + 1);
}

bool DocumentBuilder::AddScalar(Kind kind, Span at, bool quoted) {
  return Add({at, 1, kind, quoted, false, false}, {1, at.length, 0});
}

bool DocumentBuilder::AddDecoded(Span at, std::string text) {
  const Weight weight{1, text.size(), 0};
  const auto index = static_cast<uint32_t>(document_.texts_.size());
  document_.texts_.push_back(std::move(text));
  return Add({at, index, Kind::kString, false, true, false}, weight);
}

bool DocumentBuilder::AddAlias(Span at, uint32_t target, const Weight& weight) {
  document_.has_aliases_ = true;
  return Add({at, target, Kind::kAlias, false, false, false}, weight);
}

bool DocumentBuilder::Begin(Kind kind, Span at) {
  if (!CheckLimits(at, {1, 0, 1})) return false;
  open_.push_back({next_index(), 0, {1, 0, 1}});
  document_.nodes_.push_back({at, 1, kind, false, false, false});
  last_end_ = at.offset + at.length;
  return true;
}

void DocumentBuilder::End(std::optional<size_t> end) {
  const Open done = open_.back();
  open_.pop_back();
  DocumentNode& node = document_.nodes_[done.index];
  const size_t last = end.value_or(last_end_);
  node.at.length = static_cast<uint32_t>(last) - node.at.offset;
  node.extra = next_index() - done.index;
  if (node.kind == Kind::kObject) CheckKeys(done.index);
  Close(done.weight, last);
}

void DocumentBuilder::ReportDuplicate(uint32_t key, uint32_t first) {
  document_.nodes_[key].faulty = true;
  if (diagnostics_.full()) return diagnostics_.Error({}, "duplicate_member", "");
  const DocumentValue value(document_, key);
  const uint32_t line = diagnostics_.source().Line(document_.nodes_[first].at.offset);
  diagnostics_.Error(document_.nodes_[key].at, "duplicate_member",
                     Quote(value.text()) + " stands here a second time",
                     {"each member once", "the first is in line " + std::to_string(line)});
}

// Finds members of one name. Objects are small, but for those of many roles and the like.
void DocumentBuilder::CheckKeys(uint32_t object) {
  constexpr size_t kFew = 12;
  const std::vector<DocumentNode>& nodes = document_.nodes_;
  std::pair<std::string_view, uint32_t> few[kFew];
  size_t count = 0;
  absl::flat_hash_map<std::string_view, uint32_t, std::hash<std::string_view>> many;
  const uint32_t end = object + nodes[object].extra;
  for (uint32_t key = object + 1; key != end; key = After(nodes, After(nodes, key))) {
    if (nodes[key].faulty) continue;
    const std::string_view name = DocumentValue(document_, key).text();
    if (count < kFew) {
      const auto* const found =
          std::find_if(few, few + count, [&](const auto& f) { return f.first == name; });
      if (found != few + count) {
        ReportDuplicate(key, found->second);
      } else {
        few[count++] = {name, key};
      }
      continue;
    }
    if (many.empty()) many.insert(few, few + count);
    const auto [found, inserted] = many.emplace(name, key);
    if (!inserted) ReportDuplicate(key, found->second);
  }
}

}  // namespace doorward
