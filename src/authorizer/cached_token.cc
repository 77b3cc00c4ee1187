// SPDX-License-Identifier: Apache-2.0

#include "src/authorizer/cached_token.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <span>

#include "src/claims/json.h"
#include "src/policy/program.h"

namespace doorward {
namespace {

std::span<const JsonNode> NodesOf(JsonView claims) {
  return {claims.node(), claims.node()->extent};
}

bool LiesIn(const char* at, std::string_view text) {
  return !std::less<>()(at, text.data()) && !std::less<>()(text.data() + text.size(), at);
}

bool IsContainer(const JsonNode& node) {
  return node.kind == JsonView::Kind::kArray || node.kind == JsonView::Kind::kObject;
}

// Octets of the names and strings that had escapes: they stand elsewhere than in the payload.
size_t SizeOutside(std::span<const JsonNode> nodes, std::string_view payload) {
  size_t size = 0;
  for (const JsonNode& node : nodes) {
    if (!LiesIn(node.name, payload)) size += node.name_size;
    if (node.kind == JsonView::Kind::kString && !LiesIn(node.text, payload)) size += node.size;
  }
  return size;
}

// Copies texts one behind the other.
class Writer {
 public:
  explicit Writer(char* to) : to_(to) {}
  std::string_view Copy(std::string_view text) {
    const std::string_view copy(to_, text.size());
    to_ = std::copy(text.begin(), text.end(), to_);
    return copy;
  }

 private:
  char* to_;
};

// Has the nodes of a copied document point into copies of what they pointed to.
void Relocate(std::span<JsonNode> nodes, std::string_view from, std::string_view to,
              Writer& outside) {
  const auto moved = [&](const char* text, size_t size) {
    return LiesIn(text, from) ? to.data() + (text - from.data())
                              : outside.Copy({text, size}).data();
  };
  for (JsonNode& node : nodes) {
    node.name = moved(node.name, node.name_size);
    if (node.kind == JsonView::Kind::kString) {
      node.text = moved(node.text, node.size);
    } else if (IsContainer(node)) {
      node.text = moved(node.text, 0);
    }
  }
}

size_t SizeOf(const TokenToKeep& from) {
  const std::span<const JsonNode> nodes = NodesOf(from.token.claims);
  return nodes.size_bytes() + from.text.size() + from.token.payload.size() +
         from.token.issuer.size() + SizeOutside(nodes, from.token.payload);
}

}  // namespace

TokenValidity::TokenValidity(const RegisteredClaims& claims, const TokenRules& rules)
    : leeway_(rules.leeway) {
  const std::optional<Timestamp> expires = DateIn(claims.exp);
  const std::optional<Timestamp> issued = DateIn(claims.iat);
  if (expires) expires_ = *expires + rules.leeway;
  begins_ = std::max(DateIn(claims.nbf), issued);
  if (issued && rules.max_age) ages_ = *issued + *rules.max_age + rules.leeway;
}

size_t CachedToken::CapacityFor(const TokenToKeep& from) {
  return Buffer<char>::CapacityFor(SizeOf(from));
}

bool CachedToken::Fill(const TokenToKeep& from, uint64_t hash) {
  const size_t size = SizeOf(from);
  if (memory_.capacity() != Buffer<char>::CapacityFor(size)) {
    memory_ = {};
    if (!memory_.Reserve(size)) return false;
  }
  const std::span<const JsonNode> nodes = NodesOf(from.token.claims);
  const auto copied = std::span(reinterpret_cast<JsonNode*>(memory_.data()), nodes.size());
  std::uninitialized_copy(nodes.begin(), nodes.end(), copied.begin());
  Writer writer(memory_.data() + nodes.size_bytes());
  text_ = writer.Copy(from.text);
  const std::string_view payload = writer.Copy(from.token.payload);
  Relocate(copied, from.token.payload, payload, writer);

  hash_ = hash;
  snapshot_ = from.snapshot.serial;
  issuer_ = from.issuer;
  used_.store(false, std::memory_order_relaxed);
  unrevoked_in_.store(0, std::memory_order_relaxed);
  caller_.claims = JsonView(copied.data());
  caller_.issuer = writer.Copy(from.token.issuer);
  validity_ = TokenValidity(from.token.registered, from.snapshot.issuers[from.issuer].rules);
  from.snapshot.policy->program().Resolve(from.issuer, caller_, from.machine);
  return true;
}

size_t CachedToken::bytes() const {
  const Holdings& holdings = caller_.holdings;
  return sizeof *this + memory_.capacity() + caller_.forward_text.capacity() + holdings.held.bytes() + holdings.unknown.bytes() +
         (holdings.scopes.capacity() + caller_.forward_values.capacity()) *
             sizeof(std::string_view);
}

}  // namespace doorward
