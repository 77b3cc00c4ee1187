// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/limit_matcher.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <string>
#include <unordered_map>

#include <immintrin.h>

namespace doorward::benchmarks {
namespace {

constexpr uint32_t kDeny = 1u << 31;

uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t Load64(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Reads up to 16 octets beyond `at`.
uint64_t HashSegment(const char* at, uint32_t size) {
  uint64_t a = Load64(at), b = Load64(at + 8);
  if (__builtin_expect(size <= 16, 1)) {
    a = _bzhi_u64(a, size >= 8 ? 64 : size * 8);
    b = _bzhi_u64(b, size <= 8 ? 0 : (size - 8) * 8);
    return Mix(a ^ 0x9E3779B97F4A7C15u ^ size, b ^ 0xE7037ED1A0B428DBu);
  }
  uint64_t hash = Mix(a ^ 0x9E3779B97F4A7C15u ^ size, b ^ 0xE7037ED1A0B428DBu);
  for (at += 16, size -= 16;; at += 8, size -= 8) {
    a = Load64(at);
    if (size <= 8) return Mix(hash ^ _bzhi_u64(a, size * 8), 0xA0761D6478BD642Fu);
    hash = Mix(hash ^ a, 0xA0761D6478BD642Fu);
  }
}

uint64_t Key(uint32_t node, uint64_t hash) { return Mix(hash ^ node, 0x8EBC6AF09C88C6E3u) | 1; }

uint32_t MethodBit(const std::string& method) {
  constexpr const char* kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
  for (uint32_t i = 0; i < 6; ++i) {
    if (method == kMethods[i]) return 1u << i;
  }
  return 1u << 6;
}

uint64_t SlashesIn32(const char* at) {
  const __m256i octets = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  return static_cast<uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(octets, _mm256_set1_epi8('/'))));
}

// Positions of slashes in 64 octets.
uint64_t SlashesIn64(const char* at) { return SlashesIn32(at) | SlashesIn32(at + 32) << 32; }

// Hashes the segments; returns their number.
inline uint32_t HashSegments(const LimitMatcher::Prepared& request, uint64_t* hashes) {
  uint32_t count = 0, begin = 1;
  const auto close_all = [&](uint64_t ends, uint32_t base) {
    for (; ends != 0; ends &= ends - 1) {
      const uint32_t end = base + static_cast<uint32_t>(__builtin_ctzll(ends));
      hashes[count++] = HashSegment(request.path + begin, end - begin);
      begin = end + 1;
    }
  };
  uint64_t slashes = SlashesIn64(request.path) & ~uint64_t{1};
  uint32_t base = 0;
  for (; request.size - base >= 64; slashes = SlashesIn64(request.path + base)) {
    close_all(slashes, base);
    base += 64;
  }
  const uint32_t left = request.size - base;
  close_all(_bzhi_u64(slashes, left) | uint64_t{1} << left, base);
  return count;
}

uint64_t HashOf(const std::string& segment) {
  char buffer[160] = {};
  segment.copy(buffer, sizeof buffer - 16);
  return HashSegment(buffer, static_cast<uint32_t>(segment.size()));
}

}  // namespace

bool LimitMatcher::Supported() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2");
}

// The rules as a trie with its nodes in a row, before it is laid out.
struct LimitMatcher::Trie {
  // Here `any` is a node's index, not one into any_.
  std::vector<Node> nodes{{}, {1, 0, 0, 0, 0}};
  std::unordered_map<uint64_t, uint32_t> edges;
  std::vector<std::vector<Entry>> leaves{{}};

  uint32_t AddNode() {
    const auto id = static_cast<uint32_t>(nodes.size());
    nodes.push_back({id, 0, 0, 0, 0});
    return id;
  }

  uint32_t ChildOf(uint32_t node, const std::string& segment) {
    if (segment[0] == '{') {
      if (nodes[node].any == 0) {
        const uint32_t added = AddNode();
        nodes[node].any = added;
      }
      return nodes[node].any;
    }
    uint32_t& child = edges[Key(node, HashOf(segment))];
    if (child == 0) {
      child = AddNode();
      ++nodes[node].literals;
    }
    return child;
  }

  std::vector<Entry>& LeafOf(const std::vector<std::string>& path) {
    const bool has_tail = !path.empty() && path.back() == "**";
    uint32_t node = 1;
    for (size_t i = 0; i < path.size() - (has_tail ? 1 : 0); ++i) node = ChildOf(node, path[i]);
    uint32_t& leaf = has_tail ? nodes[node].tail : nodes[node].leaf;
    if (leaf == 0) {
      leaf = static_cast<uint32_t>(leaves.size());
      leaves.emplace_back();
    }
    return leaves[leaf];
  }
};

LimitMatcher::LimitMatcher(const Workload& workload) {
  Trie trie;
  for (const WorkloadRule& rule : workload.rules) {
    std::map<uint32_t, uint64_t> words;
    for (uint32_t role : rule.roles) words[role >> 6] |= uint64_t{1} << (role & 63);
    uint32_t methods = rule.deny ? kDeny : 0;
    for (const std::string& method : rule.methods) {
      methods |= MethodBit(method) | (method == "GET" ? MethodBit("HEAD") : 0);
    }
    std::vector<Entry>& entries = trie.LeafOf(rule.path);
    for (const auto& [word, roles] : words) entries.push_back({word, methods, roles});
  }
  for (std::vector<Entry>& entries : trie.leaves) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return (a.methods & kDeny) > (b.methods & kDeny);
    });
    leaves_.push_back(
        {static_cast<uint32_t>(entries_.size()), static_cast<uint32_t>(entries.size())});
    entries_.insert(entries_.end(), entries.begin(), entries.end());
  }
  LayOut(trie);
}

// Puts each node where it is reached: into its edge's slot, or among the "any" children.
void LimitMatcher::LayOut(const Trie& trie) {
  std::unordered_map<uint32_t, uint32_t> place_of_any;
  for (const Node& node : trie.nodes) {
    if (node.any != 0)
      place_of_any.emplace(node.any, static_cast<uint32_t>(place_of_any.size() + 1));
  }
  const auto placed = [&](uint32_t id) {
    Node node = trie.nodes[id];
    if (node.any != 0) node.any = place_of_any.at(node.any);
    return node;
  };
  root_ = placed(1);
  any_.resize(place_of_any.size() + 1);
  for (const auto& [id, place] : place_of_any) any_[place] = placed(id);
  table_.resize(std::bit_ceil(std::max<size_t>(16, trie.edges.size() * 2)));
  mask_ = table_.size() - 1;
  for (const auto& [key, child] : trie.edges) {
    uint64_t i = key >> 20 & mask_;
    while (table_[i].key != 0) i = (i + 1) & mask_;
    table_[i] = {key, placed(child)};
  }
}

LimitMatcher::Prepared LimitMatcher::Prepare(const WorkloadRequest& request,
                                             const uint64_t* roles) const {
  Prepared out = {};
  out.size = static_cast<uint32_t>(request.path.copy(out.path, Prepared::kMaxPath));
  out.method = MethodBit(request.method);
  out.roles = roles;
  return out;
}

inline const LimitMatcher::Node* LimitMatcher::Find(uint32_t parent, uint64_t hash) const {
  const uint64_t key = Key(parent, hash);
  for (uint64_t i = key >> 20 & mask_;; i = (i + 1) & mask_) {
    if (table_[i].key == key) return &table_[i].node;
    if (table_[i].key == 0) return nullptr;
  }
}

inline bool LimitMatcher::Denies(uint32_t leaf, const Prepared& request, bool& allow) const {
  const Leaf at = leaves_[leaf];
  for (uint32_t i = at.first; i < at.first + at.count; ++i) {
    const Entry& entry = entries_[i];
    if ((entry.methods & request.method) == 0 || (request.roles[entry.word] & entry.roles) == 0)
      continue;
    if ((entry.methods & kDeny) != 0) return true;
    allow = true;
  }
  return false;
}

[[gnu::always_inline]] inline bool LimitMatcher::DecideInline(const Prepared& request) const {
  uint64_t hashes[128];
  const uint32_t count = HashSegments(request, hashes);
  bool allow = false;
  struct Frame {
    const Node* node;
    uint32_t position;
  } stack[128];
  int depth = 0;
  stack[depth++] = {&root_, 0};
  while (depth > 0) {
    Frame at = stack[--depth];
    for (;;) {
      const Node& node = *at.node;
      if (node.tail != 0 && Denies(node.tail, request, allow)) return false;
      if (at.position == count) {
        if (node.leaf != 0 && Denies(node.leaf, request, allow)) return false;
        break;
      }
      const Node* child = node.literals != 0 ? Find(node.id, hashes[at.position]) : nullptr;
      const Node* any = node.any != 0 ? &any_[node.any] : nullptr;
      ++at.position;
      if (child != nullptr && any != nullptr) stack[depth++] = {any, at.position};
      at.node = child != nullptr ? child : any;
      if (at.node == nullptr) break;
    }
  }
  return allow;
}

bool LimitMatcher::Decide(const Prepared& request) const { return DecideInline(request); }

size_t LimitMatcher::CountAllowed(std::span<const Prepared> requests) const {
  size_t allowed = 0;
  for (const Prepared& request : requests) allowed += static_cast<size_t>(DecideInline(request));
  return allowed;
}

}  // namespace doorward::benchmarks
