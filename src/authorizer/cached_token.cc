// SPDX-License-Identifier: Apache-2.0

#include "src/authorizer/cached_token.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <memory>
#include <new>
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

// Nodes stand at the next address that is right for them.
size_t Aligned(size_t offset) {
  return (offset + alignof(JsonNode) - 1) / alignof(JsonNode) * alignof(JsonNode);
}

// The token, its payload's nodes, the payload, the issuer, strings that had escapes.
size_t SizeOf(const TokenToKeep& from) {
  const std::span<const JsonNode> nodes = NodesOf(from.token.claims);
  return Aligned(from.text.size()) + nodes.size_bytes() + from.token.payload.size() +
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

CachedToken::Pointer CachedToken::Make(size_t capacity) {
  void* const memory = ::operator new(sizeof(CachedToken) + capacity,
                                      std::align_val_t(alignof(CachedToken)), std::nothrow);
  return Pointer(memory == nullptr ? nullptr : new (memory) CachedToken(capacity));
}

void CachedToken::Delete::operator()(CachedToken* token) const noexcept {
  token->~CachedToken();
  ::operator delete(token, std::align_val_t(alignof(CachedToken)));
}

size_t CachedToken::CapacityFor(const TokenToKeep& from) {
  return std::bit_ceil(sizeof(CachedToken) + SizeOf(from)) - sizeof(CachedToken);
}

void CachedToken::Fill(const TokenToKeep& from, uint64_t hash) {
  text_ = Writer(memory()).Copy(from.text);
  const std::span<const JsonNode> nodes = NodesOf(from.token.claims);
  char* const copies = memory() + Aligned(from.text.size());
  const std::span copied(reinterpret_cast<JsonNode*>(copies), nodes.size());
  std::uninitialized_copy(nodes.begin(), nodes.end(), copied.begin());
  Writer writer(copies + nodes.size_bytes());
  const std::string_view payload = writer.Copy(from.token.payload);
  Relocate(copied, from.token.payload, payload, writer);

  hash_ = hash;
  snapshot_ = from.snapshot.serial;
  issuer_ = from.issuer;
  used_.store(false, std::memory_order_relaxed);
  unrevoked_in_.store(0, std::memory_order_relaxed);
  validity_ = TokenValidity(from.token.registered, from.snapshot.issuers[from.issuer].rules);
  caller_.claims = JsonView(copied.data());
  caller_.issuer = writer.Copy(from.token.issuer);
  from.snapshot.policy->program().Resolve(from.issuer, caller_, from.machine);
}

size_t CachedToken::bytes() const {
  const Holdings& holdings = caller_.holdings;
  return sizeof *this + capacity_ + holdings.held.bytes() + holdings.unknown.bytes() +
         caller_.forward_text.capacity() +
         (holdings.scopes.capacity() + caller_.forward_values.capacity()) *
             sizeof(std::string_view);
}

}  // namespace doorward
